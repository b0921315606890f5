//! What is missing in a postmortem, and what could be worded better. The findings come from the record alone, in the order of the
//! document: impact, times, analysis, follow-ups, words.

mod blame;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::action::Action;
use crate::directory::Directory;
use crate::ids::CauseId;
use crate::incident::Incident;
use crate::postmortem::sections::OFFERED;
use crate::rca::{Analysis, Cause, CauseRole, Confidence};
use crate::settings::Settings;
use crate::times::KeyTime;

/// One thing that is missing, or could be better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its word for programs; never changed.
    pub rule: &'static str,
    pub severity: Severity,
    /// What it is about: `F2`, `A1`, `section summary`.
    pub subject: String,
    pub message: String,
    /// What can be done about it.
    pub hint: String,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It keeps the document from being published, unless that is configured otherwise.
    Error,
    Warning,
}

impl Severity {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The sections without which a postmortem tells too little, whatever its template.
const NEEDED: [&str; 1] = ["summary"];

/// Everything that there is to say of a postmortem at `now`.
pub fn lint(incident: &Incident, directory: &Directory, settings: &Settings, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    findings.impact(incident);
    findings.times(incident);
    findings.causes(&incident.analysis);
    findings.actions(incident, directory, now);
    findings.sections(incident, settings);
    findings.comments(incident);
    for (subject, text) in written(incident) {
        for blamed in blame::find(text, directory) {
            findings.warn("blaming-language", &subject, blamed.message(), blame::HINT);
        }
    }
    let due = incident.postmortem.due.is_none() && settings.postmortem.due.contains_key(&incident.severity);
    if due && !incident.status.is_active() && !incident.drill {
        findings.warn("no-due-date", "postmortem", "nobody knows by when it is due", "`/incident postmortem due fri`");
    }
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, rule: &'static str, (subject, message): (&str, String), hint: &str) {
        let (subject, hint) = (subject.to_owned(), hint.to_owned());
        self.0.push(Finding { rule, severity, subject, message, hint });
    }

    fn fail(&mut self, rule: &'static str, subject: &str, message: impl Into<String>, hint: &str) {
        self.add(Severity::Error, rule, (subject, message.into()), hint);
    }

    fn warn(&mut self, rule: &'static str, subject: &str, message: impl Into<String>, hint: &str) {
        self.add(Severity::Warning, rule, (subject, message.into()), hint);
    }

    fn impact(&mut self, incident: &Incident) {
        let impact = &incident.impact;
        if impact.text.is_none() {
            self.fail("no-impact", "impact", "it does not say what users felt", "`/incident impact <text>`");
        }
        if impact.measures.is_empty() {
            let hint = "`/incident impact` with users, requests, money or SLO minutes";
            self.fail("no-impact-numbers", "impact", "it has no numbers: how many users or requests?", hint);
        }
        if incident.time(KeyTime::ImpactStarted).is_none() {
            let hint = "`/incident impact --started 14:05`";
            self.warn("no-impact-start", "impact", "nobody knows since when users felt it", hint);
        }
    }

    /// Each key time is held against the one before it that is known.
    fn times(&mut self, incident: &Incident) {
        let known = KeyTime::ALL.into_iter().filter_map(|which| Some((which, incident.time(which)?.at)));
        let known: Vec<_> = known.collect();
        for pair in known.windows(2) {
            let [(first, at), (then, later)] = pair else { continue };
            // People do acknowledge what was mitigated before they came.
            let may_cross = *first == KeyTime::Acknowledged && *then == KeyTime::Mitigated;
            if later < at && !may_cross {
                let message = format!("{} lies before {}", then.name(), first.name());
                self.fail("times-out-of-order", then.word(), message, "`/incident times` shows and corrects them");
            }
        }
    }

    fn causes(&mut self, analysis: &Analysis) {
        let stands = |cause: &&Cause| cause.confidence() != Confidence::RuledOut;
        let has = |role: CauseRole| analysis.causes.iter().filter(stands).any(|cause| cause.role == role);
        if !has(CauseRole::Trigger) {
            self.warn("no-trigger", "causes", "it does not say what set it off", "`/incident trigger <text>`");
        }
        if !has(CauseRole::Factor) && !has(CauseRole::Why) {
            let hint = "`/incident factor <text>` or `/incident why <text>`";
            self.fail("no-cause", "causes", "no contributing factor and no why is named", hint);
        }
        if !has(CauseRole::Detected) {
            let hint = "say how it was detected, and how it should have been";
            self.warn("no-detection", "causes", "it does not say how it was detected", hint);
        }
        for cause in analysis.causes.iter().filter(stands) {
            self.cause(cause);
        }
    }

    fn cause(&mut self, cause: &Cause) {
        let id = cause.id.to_string();
        let hint = format!("`/incident evidence {id} <entry|link>`");
        match cause.confidence() {
            Confidence::Confirmed if cause.is_unsupported() => {
                self.fail("unsupported-cause", &id, "it is confirmed, and nothing supports it", &hint);
            }
            Confidence::Suspected => {
                self.warn("unsupported-cause", &id, "nothing supports it: it is a guess", &hint);
            }
            Confidence::Supported if is_claim(cause) => {
                let hint = format!("`/incident confirm {id}` or `/incident rule-out {id} <reason>`");
                self.warn("open-cause", &id, "it is neither confirmed nor ruled out", &hint);
            }
            _ => {}
        }
    }

    fn actions(&mut self, incident: &Incident, directory: &Directory, now: DateTime<Utc>) {
        if incident.actions.is_empty() {
            let hint = "`/incident action <text> @owner --due fri`";
            self.fail("no-action", "actions", "nothing is promised so that it does not happen again", hint);
        }
        for action in incident.actions.iter().filter(|action| action.done.is_none()) {
            self.action(action, directory, now);
        }
        let against: BTreeSet<CauseId> = incident.actions.iter().filter_map(|action| action.cause).collect();
        let bare = |cause: &&Cause| cause.role == CauseRole::Factor && !against.contains(&cause.id);
        for cause in incident.analysis.confirmed().filter(bare) {
            let message = "it is confirmed, and no follow-up is against it";
            self.warn("unaddressed-cause", &cause.id.to_string(), message, "link a follow-up to the cause");
        }
    }

    fn action(&mut self, action: &Action, directory: &Directory, now: DateTime<Utc>) {
        let id = action.id.to_string();
        match action.owner.map(|owner| (owner, directory.people.get(&owner).is_some_and(|held| held.active))) {
            None => self.fail("action-without-owner", &id, "nobody has promised it", "give it an owner"),
            Some((owner, false)) => {
                let message = format!("its owner @{} has left", directory.handle(owner));
                self.fail("action-without-owner", &id, message, "give it another owner");
            }
            Some((_, true)) => {}
        }
        if action.due.is_none() {
            self.fail("action-without-due-date", &id, "it is promised for no time", "give it a due date");
        }
        if action.is_overdue(now) {
            self.warn("action-overdue", &id, "it should have been done by now", "do it, or promise another time");
        }
    }

    fn sections(&mut self, incident: &Incident, settings: &Settings) {
        let sections = &incident.postmortem.sections;
        for (name, said) in sections {
            // One that another template shows may be for other readers.
            if !settings.shown.is_empty() && !settings.shown.values().flatten().any(|shown| shown == name) {
                let hint = "write it in a section that one of them shows, or add a template";
                self.warn("section-left-out", &format!("section {name}"), "no template shows it", hint);
            }
            if said.text.trim().is_empty() {
                self.warn("empty-section", &format!("section {name}"), "it says nothing", "write it, or --clear it");
            }
        }
        for name in NEEDED {
            let is_there = sections.keys().any(|key| key.as_str() == name);
            let is_said = name == OFFERED[0] && incident.summary.is_some();
            if !is_there && !is_said {
                let hint = "`/incident summary <text>` or `/incident postmortem write summary <text>`";
                self.fail("no-summary", &format!("section {name}"), "it is missing", hint);
            }
        }
    }

    fn comments(&mut self, incident: &Incident) {
        for comment in incident.postmortem.open_comments() {
            let id = comment.id.to_string();
            let hint = format!("`/incident postmortem settle {id}`");
            self.warn("open-comment", &id, "nobody has seen to it", &hint);
        }
    }
}

/// Whether it is for people to confirm; how it was detected is no claim.
fn is_claim(cause: &Cause) -> bool {
    matches!(cause.role, CauseRole::Trigger | CauseRole::Factor | CauseRole::Why)
}

/// Everything that people wrote and the document shows, each with what it is.
fn written(incident: &Incident) -> Vec<(String, &str)> {
    let mut all: Vec<(String, &str)> = Vec::new();
    all.extend(incident.summary.iter().map(|said| ("summary".to_owned(), said.text.as_str())));
    all.extend(incident.impact.text.iter().map(|said| ("impact".to_owned(), said.text.as_str())));
    if let crate::incident::Status::Resolved { resolved } | crate::incident::Status::Closed { resolved, .. } =
        &incident.status
    {
        all.push(("resolution".to_owned(), &resolved.text));
    }
    all.extend(incident.analysis.causes.iter().map(|cause| (cause.id.to_string(), cause.said.text.as_str())));
    all.extend(incident.actions.iter().map(|action| (action.id.to_string(), action.said.text.as_str())));
    let document = &incident.postmortem;
    all.extend(document.sections.iter().map(|(name, said)| (format!("section {name}"), said.text.as_str())));
    all.extend(document.open_comments().map(|comment| (comment.id.to_string(), comment.said.text.as_str())));
    all
}
