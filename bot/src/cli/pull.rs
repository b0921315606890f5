//! `firebell pull`: the directory of the database as a file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use firebell_core::directory::describe::Extent;
use firebell_core::directory::{Directory, Origin};
use firebell_core::ids::Key;

use super::files::private;
use super::open::quiet_app;
use super::say::{complain, say};
use super::{Exit, Failure, Global};
use crate::config::{calendar_aside, write};

/// The file in a folder.
const FILE: &str = "directory.toml";

/// `firebell pull`.
#[derive(Debug, Args)]
pub struct PullArgs {
    /// The file to write, or the folder for directory.toml; standard output without it.
    #[arg(value_name = "DIR|FILE")]
    pub to: Option<PathBuf>,
    /// Also what was made in chat or by the API, and is not owned by files.
    #[arg(long)]
    pub all: bool,
}

pub(super) async fn pull(global: &Global, args: &PullArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let directory = app.intake.directory().await?;
    let extent = if args.all { Extent::Everything } else { Extent::Owned };
    let mut described = directory.described(extent, &app.workspaces);
    for calendar in &mut described.calendars {
        let source = calendar.calendar.source.as_ref();
        calendar.url = source.map(|source| app.engine.calendars.opened(source)).transpose()?;
    }
    app.store.close().await;
    let foreign = foreign(&directory);
    let mut text = "# The directory as the database holds it; `firebell apply` brings it back.\n".to_owned();
    if !args.all {
        for (what, key, from) in &foreign {
            let _ = writeln!(text, "# Left out, as it was made {from}: {what} {key}.");
        }
    }
    let notes: BTreeMap<(&str, &Key), &str> = foreign.iter().map(|(what, key, from)| ((*what, *key), *from)).collect();
    let path = args.to.as_deref().map(file).transpose()?;
    let beside_it = |key: &Key| calendar_path(path.as_deref().unwrap_or(Path::new(FILE)), key);
    let named = |key: &Key| beside_it(key).display().to_string();
    text.push_str(&write(&described, &|what, key| note(&notes, what, key), &named));
    let asides = described.calendars.iter().filter_map(|held| Some((&held.calendar.key, calendar_aside(held)?)));
    let Some(path) = &path else {
        say(text.trim_end_matches('\n'))?;
        for (key, _) in asides {
            complain(format_args!(
                "warning: what calendar {key} holds is not printed, so {} is missing; `firebell pull FILE` writes it too",
                named(key)
            ));
        }
        return Ok(Exit::Done);
    };
    keep(path, &text)?;
    for (key, text) in asides {
        keep(&beside_it(key), &text)?;
    }
    beside(path)?;
    Ok(Exit::Done)
}

/// Writes a file, for its owner alone, since it may hold the URLs of calendars.
fn keep(path: &Path, text: &str) -> Result<(), Failure> {
    let written = private().create(true).truncate(true).open(path).and_then(|mut file| {
        // One that lay there before was perhaps for others, too.
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        file.write_all(text.as_bytes())
    });
    written.map_err(|error| format!("write {}: {error}", path.display()))?;
    say(format_args!("wrote {}", path.display()))
}

/// Where what a calendar holds is written: beside the file, by a name of its own, since a calendar's own file may lie there.
fn calendar_path(of: &Path, key: &Key) -> PathBuf {
    let stem = of.file_stem().unwrap_or(of.as_os_str()).to_string_lossy();
    of.with_file_name(format!("{stem}.{key}.ics"))
}

/// Where to write: a path that is a folder, or has no ending, is a folder.
fn file(to: &Path) -> Result<PathBuf, Failure> {
    if !to.is_dir() && to.extension().is_some() {
        return Ok(to.to_owned());
    }
    std::fs::create_dir_all(to).map_err(|error| format!("make {}: {error}", to.display()))?;
    Ok(to.join(FILE))
}

/// Tells of files that would be read together with the one that was written, and describe the same.
fn beside(written: &Path) -> Result<(), Failure> {
    let Some(folder) = written.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut others = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path != written && path.extension() == Some(OsStr::new("toml")) {
            others.push(path.display().to_string());
        }
    }
    others.sort();
    if !others.is_empty() {
        complain(format_args!("warning: {} may describe the same, which would be there twice", others.join(", ")));
    }
    Ok(())
}

/// Rows that files do not own, in the order in which a file has them.
fn foreign(directory: &Directory) -> Vec<(&'static str, &Key, &'static str)> {
    let mut rows = Vec::new();
    let mut add = |what, key, origin: Origin| rows.extend(made(origin).map(|from| (what, key, from)));
    let mut people: Vec<_> = directory.people.values().filter(|person| person.active).collect();
    people.sort_by_key(|person| &person.handle);
    for held in people {
        add("person", &held.handle, held.origin);
    }
    directory.teams.values().for_each(|held| add("team", &held.key, held.origin));
    directory.services.values().for_each(|held| add("service", &held.key, held.origin));
    directory.policies.values().for_each(|held| add("policy", &held.key, held.origin));
    directory.schedules.values().for_each(|held| add("schedule", &held.key, held.origin));
    directory.calendars.values().for_each(|held| add("calendar", &held.key, held.origin));
    rows
}

/// What to say above something that files do not own.
fn note(foreign: &BTreeMap<(&str, &Key), &str>, what: &str, key: &Key) -> Option<String> {
    let from = foreign.get(&(what, key))?;
    let then = if what == "person" { "files that name them take them over" } else { "files pass it over" };
    Some(format!("Made {from}; {then}."))
}

fn made(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::File => None,
        Origin::Chat => Some("in chat"),
        Origin::Api => Some("by the API"),
    }
}
