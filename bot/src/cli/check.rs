//! `firebell check`.

pub(super) mod beware;
pub(super) mod words;

use std::path::PathBuf;

use clap::Args;
use firebell_core::directory::ContactMethod;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::settings::Settings;
use firebell_core::when::format_duration;
use serde_json::{Map, Value, json};

use self::beware::Beware;
use super::open::{config, contact_methods, key, log, renderer, warn_of_unread};
use super::say::say;
use super::{Exit, Failure, Global};
use crate::clock::Clock;
use crate::config::{Config, Sources};
use crate::logging::Answered;

/// `firebell check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files of the directory, or folders whose *.toml are read; the whole configuration without them.
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn check(global: &Global, args: &CheckArgs) -> Result<Exit, Failure> {
    let config = config(global)?;
    log(&config, Answered::Here)?;
    if args.files.is_empty() { check_config(&config, args.json) } else { check_files(&config, args) }
}

fn check_config(config: &Config, json: bool) -> Result<Exit, Failure> {
    let renderer = renderer(config)?;
    renderer.check()?;
    let webhook = config.alarm_webhook()?.is_some();
    let every = |every| format!("every {}", format_duration(every));
    let synthetic = config.synthetic.as_ref();
    let synthetic = synthetic.map(|section| format!("to @{}, {}", section.person, every(section.every)));
    let heartbeat = config.heartbeat()?.map(|(_, pace)| every(pace));
    let none = || "none".to_owned();
    let notifiers = contact_methods(config, &Clock::system())?;
    let methods = notifiers.methods().map(ContactMethod::word).collect::<Vec<_>>().join(", ");
    let trackers = config.trackers.all.iter().map(|held| held.name.to_string()).collect::<Vec<_>>().join(", ");
    let targets = config.targets.iter().map(|held| held.name.to_string()).collect::<Vec<_>>().join(", ");
    let key = key(config)?;
    let directory = config.directory();
    let mut lines = vec![
        ("database", config.database.url.to_string()),
        ("key", key),
        ("listen", config.http.listen.to_string()),
        ("templates", config.templates.as_ref().map_or("built in".to_owned(), |dir| dir.display().to_string())),
        ("postmortem templates", renderer.templates().join(", ")),
    ];
    lines.extend(counts(directory));
    lines.extend([
        ("severities that page", paging(&config.settings())),
        ("last resort", last_resort(directory)),
        ("alarm when the database is lost", if webhook { "a webhook and stderr" } else { "stderr only" }.to_owned()),
        ("synthetic page", synthetic.unwrap_or_else(none)),
        ("heartbeat", heartbeat.unwrap_or_else(none)),
        ("trackers", if trackers.is_empty() { none() } else { trackers }),
        ("targets of postmortems", if targets.is_empty() { none() } else { targets }),
        ("contact methods beside chat", if methods.is_empty() { none() } else { methods }),
    ]);
    warn_of_unread(directory);
    let warnings = beware::of_config(config);
    if json {
        let mut map: Map<String, Value> =
            lines.into_iter().map(|(name, value)| (name.replace(' ', "_"), value.into())).collect();
        map.insert("warnings".to_owned(), as_json(&warnings));
        say(serde_json::to_string_pretty(&map)?)?;
    } else {
        told(&lines, &warnings)?;
        say("the configuration is sound")?;
    }
    Ok(Exit::Done)
}

/// Files of the directory, by what the configuration says of workspaces and severities.
fn check_files(config: &Config, args: &CheckArgs) -> Result<Exit, Failure> {
    let sources = Sources::read(&args.files)?;
    let directory = config.directory_of(&sources)?;
    warn_of_unread(&directory);
    let warnings = beware::of_sources(config, &sources, &directory);
    let names: Vec<&str> = sources.files().map(|text| text.name.as_str()).collect();
    if args.json {
        let mut map: Map<String, Value> = counts(&directory)
            .map(|(name, count)| (name.to_owned(), count.parse::<u64>().map_or(Value::Null, Value::from)))
            .collect();
        map.insert("files".to_owned(), json!(names));
        map.insert("last_resort".to_owned(), json!(directory.last_resort));
        map.insert("warnings".to_owned(), as_json(&warnings));
        say(serde_json::to_string_pretty(&map)?)?;
        return Ok(Exit::Done);
    }
    let mut lines = vec![("files", names.join(", "))];
    lines.extend(counts(&directory));
    lines.push(("last resort", last_resort(&directory)));
    told(&lines, &warnings)?;
    say("the files are sound")?;
    Ok(Exit::Done)
}

fn told(lines: &[(&'static str, String)], warnings: &[Beware]) -> Result<(), Failure> {
    for (name, value) in lines {
        say(format_args!("{name:<32} {value}"))?;
    }
    for warning in warnings {
        say(format_args!("beware: {}", warning.says))?;
    }
    Ok(())
}

fn as_json(warnings: &[Beware]) -> Value {
    warnings.iter().map(Beware::as_json).collect()
}

fn counts(directory: &FileDirectory) -> impl Iterator<Item = (&'static str, String)> {
    [
        ("people", directory.people.len()),
        ("teams", directory.teams.len()),
        ("services", directory.services.len()),
        ("policies", directory.policies.len()),
        ("schedules", directory.schedules.len()),
        ("calendars", directory.calendars.len()),
    ]
    .into_iter()
    .map(|(name, count)| (name, count.to_string()))
}

fn paging(settings: &Settings) -> String {
    let pages = settings.severities.iter().filter(|severity| severity.pages);
    let keys: Vec<String> = pages.map(|severity| severity.key.to_string()).collect();
    let policy = settings.default_policy.as_ref().map_or("no default policy".to_owned(), |key| format!("policy {key}"));
    if keys.is_empty() { "none".to_owned() } else { format!("{} ({policy})", keys.join(", ")) }
}

fn last_resort(directory: &FileDirectory) -> String {
    match directory.last_resort.as_slice() {
        [] => "nobody named: the incident's lead, else whoever raised the page, else an administrator".to_owned(),
        people => people.iter().map(|person| format!("@{person}")).collect::<Vec<_>>().join(", "),
    }
}
