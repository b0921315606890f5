//! `firebell doctor`.

mod database;
mod heartbeat;
mod proof;
mod trackers;
mod workspaces;

use chrono::{DateTime, Utc};
use firebell_core::directory::Directory;
use firebell_core::settings::Settings;
use serde_json::json;

use super::check::beware::Unmet;
use super::check::words;
use super::open::{config, contact_methods, key, log, nobody_to_page, renderer};
use super::say::say;
use super::{Exit, Failure, Global};
use crate::clock::Clock;
use crate::config::Config;
use crate::logging::Answered;
use crate::platform::finding::{Finding, Level};

/// What is said of who is paged.
const PAGING: &str = "paging";

/// Examines everything that can be examined, one thing after the other; one that fails stops none of the others that do
/// not need it.
pub(super) async fn doctor(global: &Global, json: bool) -> Result<Exit, Failure> {
    let mut report = Report { json, found: Vec::new() };
    match config(global) {
        Ok(config) => examine(&config, &mut report).await?,
        Err(why) => report.add(Finding::problem("configuration", why.to_string()))?,
    }
    report.end()
}

async fn examine(config: &Config, report: &mut Report) -> Result<(), Failure> {
    log(config, Answered::Here)?;
    report.add(configuration(config))?;
    report.add(heartbeat::examine(config).await)?;
    let key = key(config).map(|named| Finding::ok("key", named));
    let has_key = key.is_ok();
    report.add(key.unwrap_or_else(|why| Finding::problem("key", why.to_string())))?;
    for finding in database::examine(config, has_key).await {
        report.add(finding)?;
    }
    report.add(templates(config))?;
    if !report.found.iter().any(|finding| finding.about == PAGING) {
        report.add(people(config))?;
    }
    if config.slack.is_empty() && config.discord.is_empty() {
        report.add(Finding::note(
            "chat",
            "neither Slack nor Discord is configured; README.md tells how to connect one",
        ))?;
    }
    for workspace in &config.slack {
        for finding in workspaces::examine_slack(config, workspace).await {
            report.add(finding)?;
        }
    }
    for tracker in &config.trackers.all {
        for finding in trackers::examine(tracker).await {
            report.add(finding)?;
        }
    }
    for target in &config.targets {
        for finding in trackers::examine_target(target).await {
            report.add(finding)?;
        }
    }
    for server in &config.discord {
        for finding in workspaces::examine_discord(config, server).await {
            report.add(finding)?;
        }
    }
    Ok(())
}

fn configuration(config: &Config) -> Finding {
    const ABOUT: &str = "configuration";
    // What is wrong with them keeps `serve` from its start.
    if let Err(why) = contact_methods(config, &Clock::system()) {
        return Finding::problem(ABOUT, why.to_string());
    }
    match config.alarm_webhook() {
        Ok(Some(_)) => Finding::ok(ABOUT, "is sound; when the database is lost, a webhook and stderr tell"),
        Ok(None) => Finding::ok(ABOUT, "is sound; when the database is lost, stderr alone tells ([alarm] names more)"),
        Err(why) => Finding::problem(ABOUT, why.to_string()),
    }
}

fn templates(config: &Config) -> Finding {
    const ABOUT: &str = "templates";
    let named = config.templates.as_ref().map_or("built in".to_owned(), |dir| dir.display().to_string());
    let tried = renderer(config).and_then(|renderer| renderer.check());
    match tried {
        Ok(()) => Finding::ok(ABOUT, format!("{named}, each tried with every branch")),
        Err(why) => Finding::problem(ABOUT, why.to_string()),
    }
}

/// What the directory of the database comes to, which files were applied to or chat has changed.
fn applied(config: &Config, directory: &Directory, now: DateTime<Utc>) -> Vec<Finding> {
    let settings = config.settings();
    if any_pages(&settings) && directory.policies.is_empty() && directory.last_resort.is_empty() {
        let says = "nobody would be paged; name people, a policy, \"default_policy\" and \"last_resort\" in files, and `firebell \
                    apply` them";
        return vec![Finding::problem(PAGING, says)];
    }
    let warnings = directory.lint(&settings, &config.named_policies(), now);
    let mut found: Vec<Finding> =
        warnings.into_iter().map(|warning| Finding::note(PAGING, words::of(&warning))).collect();
    let active = directory.people.values().filter(|person| person.active).count();
    let resort = if directory.last_resort.is_empty() { "no last resort" } else { "a last resort" };
    let says = format!(
        "{}, {}, {resort}, as of version {} of the directory",
        responders(active, directory.policies.len()),
        counted(directory.schedules.len(), "schedule", "schedules"),
        directory.version
    );
    found.push(Finding::ok(PAGING, says));
    if directory.last_resort.is_empty() {
        found.push(no_last_resort(directory.policies.len()));
    }
    found
}

fn people(config: &Config) -> Finding {
    let directory = config.directory();
    if nobody_to_page(config) {
        return Finding::problem(
            PAGING,
            "nobody would be paged; name people in [[people]], a policy in [[policies]] and \"default_policy\", and \
             \"last_resort\"",
        );
    }
    let (people, policies) = (directory.people.len(), directory.policies.len());
    if directory.last_resort.is_empty() && policies > 0 {
        return no_last_resort(policies);
    }
    if !any_pages(&config.settings()) {
        return Finding::note(
            PAGING,
            "no severity pages; set \"pages\" for one in [[incidents.severity]] if one is to",
        );
    }
    if directory.last_resort.is_empty() {
        return no_last_resort(policies);
    }
    Finding::ok(PAGING, format!("{}, a last resort", responders(people, policies)))
}

fn responders(people: usize, policies: usize) -> String {
    format!("{}, {}", counted(people, "person", "people"), counted(policies, "policy", "policies"))
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Nobody is named for when a policy is exhausted; where this configuration sees none, that need not matter.
fn no_last_resort(policies: usize) -> Finding {
    let says = Unmet::NoLastResort.to_string();
    if policies == 0 { Finding::note(PAGING, says) } else { Finding::problem(PAGING, says) }
}

fn any_pages(settings: &Settings) -> bool {
    settings.severities.iter().any(|severity| severity.pages)
}

/// What was found so far. Lines are said as they come, since some take their time.
struct Report {
    json: bool,
    found: Vec<Finding>,
}

impl Report {
    fn add(&mut self, finding: Finding) -> Result<(), Failure> {
        if !self.json {
            say(format_args!("{:<8} {}: {}", finding.level.word(), finding.about, one_line(&finding.says)))?;
        }
        self.found.push(finding);
        Ok(())
    }

    fn end(self) -> Result<Exit, Failure> {
        let problems = self.found.iter().filter(|finding| finding.level == Level::Problem).count();
        if self.json {
            let checks: Vec<_> = self.found.iter().map(as_json).collect();
            say(serde_json::to_string_pretty(&json!({ "well": problems == 0, "checks": checks }))?)?;
        } else {
            match problems {
                0 => say("all is well")?,
                1 => say("1 problem")?,
                _ => say(format_args!("{problems} problems"))?,
            }
        }
        Ok(if problems == 0 { Exit::Done } else { Exit::Fault })
    }
}

fn as_json(finding: &Finding) -> serde_json::Value {
    json!({ "level": finding.level.word(), "about": finding.about, "says": finding.says })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
