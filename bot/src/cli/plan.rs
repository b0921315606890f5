//! `firebell plan`, `apply` and `versions`: the directory as files.

mod text;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::SubsecRound as _;
use clap::Args;
use firebell_core::directory::diff::{Diff, changed, over};
use firebell_core::directory::plan::{FileDirectory, NotOwned};
use firebell_core::directory::{Directory, DirectoryChange};
use firebell_core::ids::Minter;
use firebell_core::oncall::shift::Span;
use serde_json::{Value, json};

use super::act::os_user;
use super::check::beware::unmet;
use super::open::{config, quiet_app};
use super::say::{complain, say};
use super::times::{self, Typed};
use super::{Exit, Failure, Global};
use crate::app::App;
use crate::calendars::Fresh;
use crate::config::{Config, Sources};
use crate::intake::{Applying, Wanted};
use crate::notifiers::sealed;

/// How many versions are listed.
const LISTED: i64 = 1_000;

/// Nobody means to take everything away by a file that is empty, or of which everything is a comment.
const NOTHING: &str = "! The files describe nothing, and would take away everything that files ever brought; look whether they are \
                       those that you mean. To take away all but a little, keep that little in them";

/// `firebell plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Files of the directory, or folders whose *.toml are read.
    #[arg(required = true, value_name = "FILES")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub shown: Shown,
}

/// `firebell apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// Files of the directory, or folders whose *.toml are read.
    #[arg(required_unless_present = "version", conflicts_with = "version", value_name = "FILES")]
    pub files: Vec<PathBuf>,
    /// Apply again what was applied as this version, in the place of files.
    #[arg(long, value_name = "N")]
    pub version: Option<i64>,
    /// Refuse if the directory is of another version by now.
    #[arg(long, value_name = "N")]
    pub expect_version: Option<i64>,
    #[command(flatten)]
    pub shown: Shown,
}

/// How a change is shown.
#[derive(Debug, Args)]
pub struct Shown {
    /// Over how many days shifts are compared, up to 366.
    #[arg(long, value_name = "N", default_value = "28", value_parser = times::days)]
    pub days: u16,
    /// From when on shifts are compared, as 2026-12-01T09:00 (in UTC) or with an offset; now by default.
    #[arg(long, value_name = "T", value_parser = times::typed)]
    pub from: Option<Typed>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What files do to a directory.
struct Plan {
    diff: Diff,
    not_owned: Vec<NotOwned>,
    /// How many rows change, those included that nobody would notice.
    changes: usize,
    /// The directory's version before.
    version: i64,
    over: Span,
}

impl Plan {
    fn of(before: &Directory, files: &FileDirectory, changes: &[DirectoryChange], over: Span) -> Self {
        let after = changed(before, changes);
        Self {
            diff: Diff::between(before, &after, over, &files.workspaces),
            not_owned: before.not_owned(files),
            changes: changes.len(),
            version: before.version,
            over,
        }
    }

    /// `applied` is the version that came of it, if it was applied.
    fn as_json(&self, applied: Option<i64>) -> Result<Value, Failure> {
        let not_owned = |held: &NotOwned| json!({ "what": held.what, "key": held.key, "origin": held.origin });
        let mut value = serde_json::to_value(&self.diff)?;
        if let Value::Object(map) = &mut value {
            map.insert("not_owned".to_owned(), self.not_owned.iter().map(not_owned).collect());
            map.insert("changes".to_owned(), self.changes.into());
            map.insert("from".to_owned(), json!(self.over.start));
            map.insert("to".to_owned(), json!(self.over.end));
            map.insert("version_before".to_owned(), self.version.into());
            map.extend(applied.map(|version| ("version".to_owned(), version.into())));
        }
        Ok(value)
    }

    fn say(&self, json: bool, applied: Option<i64>) -> Result<(), Failure> {
        if json {
            return say(serde_json::to_string_pretty(&self.as_json(applied)?)?);
        }
        text::lines(self).iter().try_for_each(say)
    }
}

pub(super) async fn plan(global: &Global, args: &PlanArgs) -> Result<Exit, Failure> {
    let config = config(global)?;
    let sources = Sources::read(&args.files)?;
    let wanted = config.directory_of(&sources)?;
    if wanted.is_empty() {
        complain(NOTHING);
        return Ok(Exit::Refused);
    }
    let app = quiet_app(global).await?;
    let files = ready(&app, &config, wanted).await?;
    let directory = app.intake.directory().await?;
    let changes = directory.plan(&files, &mut Minter::new([0; 32], app.intake.clock.now()));
    let planned = Plan::of(&directory, &files, &changes, compared(&app, &args.shown));
    app.store.close().await;
    planned.say(args.shown.json, None)?;
    if !args.shown.json && planned.changes > 0 {
        let version = planned.version;
        say(format_args!(
            "the directory is of version {version}; `firebell apply --expect-version {version}` is refused once it is another"
        ))?;
    }
    Ok(Exit::Done)
}

pub(super) async fn apply(global: &Global, args: &ApplyArgs) -> Result<Exit, Failure> {
    let config = config(global)?;
    let named = if args.version.is_none() { Some(Sources::read(&args.files)?.with_calendars()) } else { None };
    // What is wrong with files is said before the database is opened.
    let named = named.map(|sources| Ok::<_, Failure>((config.directory_of(&sources)?, sources))).transpose()?;
    if named.as_ref().is_some_and(|(wanted, _)| wanted.is_empty()) {
        complain(NOTHING);
        return Ok(Exit::Refused);
    }
    let app = quiet_app(global).await?;
    let (wanted, sources) = match (named, args.version) {
        (Some(named), _) => named,
        (None, version) => match kept(&app, version.unwrap_or_default()).await? {
            Some(sources) => (config.directory_of(&sources)?, sources),
            None => return refuse(&app, &no_such_version(&app, version.unwrap_or_default()).await?).await,
        },
    };
    let exit = commit(&app, &config, args, (wanted, sources)).await?;
    app.store.close().await;
    Ok(exit)
}

async fn commit(
    app: &App,
    config: &Config,
    args: &ApplyArgs,
    (wanted, sources): (FileDirectory, Sources),
) -> Result<Exit, Failure> {
    let files = Arc::new(ready(app, config, wanted).await?);
    let plan: Wanted = {
        let files = files.clone();
        Arc::new(move |directory, mint| directory.plan(&files, mint))
    };
    let texts = serde_json::to_value(&sources)?;
    let applying = Applying { by: os_user(), wanted: plan, files: texts, expected: args.expect_version };
    let applied = match app.intake.apply_files(applying).await? {
        Ok(applied) => applied,
        Err(present) => {
            complain(format_args!(
                "! The directory is of version {present} by now; look at `firebell plan` again, then apply with \
                 --expect-version {present}"
            ));
            return Ok(Exit::Refused);
        }
    };
    let planned = Plan::of(&applied.before, &files, &applied.changes, compared(app, &args.shown));
    planned.say(args.shown.json, Some(applied.version))?;
    if !args.shown.json {
        say(format_args!("the directory is of version {}", applied.version))?;
    }
    Ok(Exit::Done)
}

pub(super) async fn versions(global: &Global, json: bool) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let versions = app.intake.versions(LISTED).await?;
    app.store.close().await;
    if json {
        let rows: Vec<Value> = versions
            .iter()
            .map(|held| {
                json!({
                    "number": held.number,
                    "applied_at": held.applied_at,
                    "applied_by": held.applied_by,
                    "changes": held.changes,
                })
            })
            .collect();
        say(serde_json::to_string_pretty(&rows)?)?;
    } else if versions.is_empty() {
        say("No files were applied yet.")?;
    } else {
        versions.iter().map(text::version).try_for_each(say)?;
    }
    Ok(Exit::Done)
}

/// The files that were applied as a version.
async fn kept(app: &App, number: i64) -> Result<Option<Sources>, Failure> {
    let Some(files) = app.intake.version_files(number).await? else { return Ok(None) };
    let Sources(mut texts) = serde_json::from_value(files)
        .map_err(|error| format!("the files of version {number} in the database do not decode: {error}"))?;
    // A calendar is found by the name of its text.
    for text in texts.iter_mut().filter(|text| !text.calendar) {
        text.name = format!("version {number}: {}", text.name);
    }
    Ok(Some(Sources(texts)))
}

async fn no_such_version(app: &App, number: i64) -> Result<String, Failure> {
    let known: Vec<String> = app.intake.versions(5).await?.iter().map(|held| held.number.to_string()).collect();
    Ok(match known.as_slice() {
        [] => format!("No files were applied as version {number}; none were applied yet"),
        known => format!(
            "No files were applied as version {number}; the newest are {}, and `firebell versions` lists all",
            known.join(", ")
        ),
    })
}

async fn refuse(app: &App, why: &str) -> Result<Exit, Failure> {
    app.store.close().await;
    complain(format_args!("! {why}"));
    Ok(Exit::Refused)
}

/// What files say, with everything that the directory needs to take it: accounts by their workspaces, addresses sealed, and
/// calendars read.
async fn ready(app: &App, config: &Config, files: FileDirectory) -> Result<FileDirectory, Failure> {
    let files = sealed(&app.intake.keyring, with_workspaces(app, config, files))?;
    read_calendars(app, files).await
}

/// With the workspaces that are known; tells of what would be lost otherwise.
fn with_workspaces(app: &App, config: &Config, files: FileDirectory) -> FileDirectory {
    let accounts = files.people.iter().flat_map(|person| &person.accounts);
    let unknown: BTreeSet<&str> = accounts
        .map(|account| account.workspace.as_str())
        .filter(|workspace| !app.workspaces.contains_key(*workspace))
        .collect();
    for workspace in unknown {
        complain(format_args!(
            "warning: {workspace} has not been connected yet, so accounts there are passed over; start `firebell serve`, then \
             apply again"
        ));
    }
    if config.describes_directory() {
        complain(
            "warning: firebell.toml describes a directory too, which prevails at the next start of `firebell serve`; move it \
             into these files",
        );
    }
    for unmet in unmet(config, &files) {
        complain(format_args!("beware: {unmet}"));
    }
    FileDirectory { workspaces: app.workspaces.clone(), ..files }
}

/// With what calendars at URLs say now; tells of those that cannot be read and count on as they were.
async fn read_calendars(app: &App, files: FileDirectory) -> Result<FileDirectory, Failure> {
    let (files, unread) = app.engine.calendars.read(files, Fresh::Always).await?;
    for why in unread {
        complain(format_args!("warning: {why}"));
    }
    Ok(files)
}

fn compared(app: &App, shown: &Shown) -> Span {
    let now = || app.intake.clock.now().trunc_subsecs(0);
    over(shown.from.map_or_else(now, |from| from.within(chrono_tz::UTC)), shown.days)
}
