//! The database: whether it can be opened, read and written, and how its clock goes.

use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::timeout;

use crate::app;
use crate::cli::open::{Purpose, app, stdout_screen};
use crate::config::Config;
use crate::intake::CalendarStanding;
use crate::platform::slack::doctor::Finding;
use crate::store::{StoreOptions, installation, schema_number};

const ABOUT: &str = "database";
/// How long all of it may take.
const TIME: Duration = Duration::from_secs(30);
/// Postgres tells the time for all replicas; what this machine's clock says beside it is only confusing, up to here.
const CLOCK_MAY_DIFFER: TimeDelta = TimeDelta::seconds(60);

/// Opens it as every command does, which also migrates it. A `SQLite` file that is not there is not made.
pub(super) async fn examine(config: &Config, has_key: bool) -> Vec<Finding> {
    if let Some(file) = config.database.url.sqlite_file().filter(|file| !file.exists()) {
        return vec![not_yet(file)];
    }
    match timeout(TIME, open(config, has_key)).await {
        Ok(found) => found,
        Err(_) => vec![Finding::problem(
            ABOUT,
            format!("{} gave no answer in {} s; is it running?", config.database.url, TIME.as_secs()),
        )],
    }
}

async fn open(config: &Config, has_key: bool) -> Vec<Finding> {
    let url = &config.database.url;
    let options = StoreOptions { pg_connections: 2, ..StoreOptions::default() };
    let (store, fresh) = match app::open(url, options).await {
        Ok(opened) => opened,
        Err(why) => return vec![Finding::problem(ABOUT, format!("{url}: {why}"))],
    };
    let written = store.write(|tx| Box::pin(installation::rewrite(tx))).await;
    store.close().await;
    if let Err(why) = written {
        return vec![Finding::problem(ABOUT, format!("{url} cannot be written: failed to {why}"))];
    }
    let mut found = vec![Finding::ok(ABOUT, format!("{url} opens, has schema {}, can be written", schema_number()))];
    // The first key that a database sees becomes its own; that is for those who serve.
    if has_key && !fresh {
        found.extend(record(config).await);
    }
    found
}

/// Whether the key is that of the database, and whose clock is right.
async fn record(config: &Config) -> Vec<Finding> {
    let app = match app(config, stdout_screen(), Purpose::Visit).await {
        Ok(app) => app,
        Err(why) => return vec![Finding::problem("record", why.to_string())],
    };
    let mut found = vec![Finding::ok("record", "is signed with the key that is given")];
    match app.intake.follow_database().await {
        Ok(None) => {}
        Ok(Some(ahead)) => found.push(clock(ahead)),
        Err(why) => found.push(Finding::problem("database clock", format!("failed to {why}"))),
    }
    // What a file describes is judged by that file.
    if !config.describes_directory() {
        match app.intake.directory().await {
            Ok(directory) => found.extend(super::applied(config, &directory, app.intake.clock.now())),
            Err(why) => found.push(Finding::problem("paging", why.to_string())),
        }
    }
    match app.intake.calendar_standings().await {
        Ok(standings) => found.extend(standings.into_iter().map(calendar)),
        Err(why) => found.push(Finding::problem("calendars", why.to_string())),
    }
    found.extend(super::proof::examine(&app.intake).await);
    app.store.close().await;
    found
}

/// How a calendar at a URL stands.
fn calendar(standing: CalendarStanding) -> Finding {
    const ABOUT: &str = "calendar";
    let CalendarStanding { calendar, host, heard_at, failure, stale } = standing;
    let heard = heard_at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    match (failure, heard) {
        (Some(why), Some(heard)) => {
            let says = format!(
                "{calendar} cannot be read from {host}: {why}; what it said at {heard} counts on. Check its \"url\" in \
                 [[calendars]]"
            );
            if stale { Finding::problem(ABOUT, says) } else { Finding::note(ABOUT, says) }
        }
        (None, Some(heard)) if stale => {
            let says = format!("{calendar} was read last at {heard}; is `firebell serve` running?");
            Finding::problem(ABOUT, says)
        }
        (_, Some(heard)) => Finding::ok(ABOUT, format!("{calendar} was read from {host} at {heard}")),
        (_, None) => Finding::ok(ABOUT, format!("{calendar} was read from {host} when it was applied")),
    }
}

fn clock(ahead: TimeDelta) -> Finding {
    const ABOUT: &str = "database clock";
    let seconds = ahead.num_seconds().abs();
    if ahead.abs() <= CLOCK_MAY_DIFFER {
        return Finding::ok(ABOUT, format!("is within {} s of this machine's", seconds.max(1)));
    }
    let side = if ahead > TimeDelta::zero() { "behind" } else { "ahead of" };
    Finding::problem(
        ABOUT,
        format!("is {seconds} s {side} this machine's; let both keep their time (NTP), for pages follow Postgres's"),
    )
}

fn not_yet(file: &Path) -> Finding {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match tempfile_in(folder) {
        Ok(()) => Finding::note(ABOUT, format!("{} is not there yet; `firebell serve` makes it", file.display())),
        Err(why) => Finding::problem(
            ABOUT,
            format!("{} cannot be made: {why}; name another one with --db or mend the folder", file.display()),
        ),
    }
}

/// Makes a file in a folder and takes it away.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".firebell-doctor-{}", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&file)?;
    std::fs::remove_file(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::slack::doctor::Level;

    #[test]
    fn a_clock_of_the_database_may_differ_by_a_minute() {
        for (ahead, level, says) in [
            (0, Level::Ok, "is within 1 s"),
            (-60, Level::Ok, "is within 60 s"),
            (61, Level::Problem, "is 61 s behind this machine's"),
            (-90, Level::Problem, "is 90 s ahead of this machine's"),
        ] {
            let found = clock(TimeDelta::seconds(ahead));
            assert!(found.level == level && found.says.starts_with(says), "{ahead}: {found:?}");
        }
    }

    #[test]
    fn a_folder_in_which_nothing_can_be_made_is_a_problem() {
        let found = not_yet(Path::new("/proc/firebell.db"));
        assert!(
            found.level == Level::Problem && found.says.starts_with("/proc/firebell.db cannot be made: "),
            "{found:?}"
        );
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(not_yet(&folder.path().join("firebell.db")).level, Level::Note);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was left behind");
    }
}
