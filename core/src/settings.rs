//! What an installation has configured about incidents: types, severities, roles, cadences.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::digest::Digest;
use crate::directory::Urgency;
use crate::directory::proof::Rounds;
use crate::ids::Key;
use crate::incident::Incident;
use crate::postmortem::rules::Rules;
use crate::publishing::Target;
use crate::refusal::Refusal;
use crate::suggest;
use crate::times::Interval;
use crate::tracking::Tracker;

/// The configured rules of incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub types: Vec<Key>,
    /// Worst first.
    pub severities: Vec<Severity>,
    /// The severity of a declaration that names none.
    pub default_severity: Key,
    pub roles: Vec<Role>,
    /// What else may be kept of an incident.
    pub fields: Vec<Field>,
    /// Paged at a declaration whose severity asks for it and whose services name no policy.
    pub default_policy: Option<Key>,
    /// How long a page to a named person waits before the last resort.
    pub person_wait: TimeDelta,
    /// How long between two pages of the last resort.
    pub last_resort_every: TimeDelta,
    pub capture: Capture,
    /// Whether what is said in one room of a new incident is shown in its others.
    pub mirror: bool,
    /// The kinds of causes.
    pub cause_categories: Vec<Key>,
    /// Times between two key times that are wanted beside those that are always told.
    pub intervals: Vec<Interval>,
    /// How often people prove that they can be reached; `None` for never.
    pub proof: Option<Rounds>,
    /// By which template the postmortem of an incident is made; the first rule that fits counts.
    pub templates: Vec<TemplateRule>,
    /// The sections that people write in each postmortem template, in its order; what is not here is not known. They come from the
    /// templates themselves, when a process starts.
    pub shown: BTreeMap<String, Vec<Key>>,
    pub postmortem: Rules,
    /// Where follow-ups are kept besides.
    pub trackers: Vec<Tracker>,
    /// Where postmortems are published besides.
    pub targets: Vec<Target>,
    /// When each team hears what it still has to do; `None` for never.
    pub digest: Option<Digest>,
}

/// Which incidents have their postmortem by a template: those that are all that is said here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRule {
    pub severity: Option<Key>,
    pub incident_type: Option<Key>,
    pub service: Option<Key>,
    pub template: String,
}

/// The postmortem template of incidents that no rule is about.
pub const STANDARD: &str = "standard";

/// One severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severity {
    pub key: Key,
    pub name: String,
    /// How often those who wait are told; `None` for no reminders.
    pub update_every: Option<TimeDelta>,
    /// Whether declaring at this severity, or raising to it, pages at once.
    pub pages: bool,
    /// How much the pages of its incidents hurry.
    pub urgency: Urgency,
    /// Where its incidents have rooms besides the one in which they are declared, as [`crate::place::named`] reads it.
    pub rooms: Vec<String>,
}

/// A role that one person holds in an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub key: Key,
    pub name: String,
}

/// A custom field: something that an installation wants to know of its incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub key: Key,
    pub name: String,
    /// What it may hold; empty for any text.
    pub values: Vec<String>,
}

/// Which messages of a room are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    /// Every message in the room.
    All,
    /// None; messages that someone marks arrive with the mark.
    Marked,
}

/// The role that leads an incident.
pub const LEAD: &str = "lead";
/// The role that speaks to those who wait.
pub const COMMUNICATIONS: &str = "communications";
/// The role that keeps the record.
pub const SCRIBE: &str = "scribe";

/// The kinds of causes where none are configured.
pub const CAUSE_CATEGORIES: [&str; 9] = [
    "change",
    "capacity",
    "dependency",
    "configuration",
    "code",
    "process",
    "detection",
    "human-system-interface",
    "external",
];

impl Default for Settings {
    fn default() -> Self {
        let key = |text: &str| Key::new(text).unwrap_or_else(|_| unreachable!("a literal key"));
        let severity = |number: u8, name: &str, every: Option<i64>, pages| Severity {
            urgency: Urgency::High,
            key: key(&format!("sev{number}")),
            name: name.to_owned(),
            update_every: every.map(TimeDelta::minutes),
            pages,
            rooms: Vec::new(),
        };
        let role = |word: &str, name: &str| Role { key: key(word), name: name.to_owned() };
        Self {
            types: vec![key("default")],
            severities: vec![
                severity(1, "critical", Some(30), true),
                severity(2, "major", Some(60), true),
                severity(3, "minor", None, false),
                severity(4, "low", None, false),
            ],
            default_severity: key("sev3"),
            roles: vec![role(LEAD, "lead"), role(COMMUNICATIONS, "communications"), role(SCRIBE, "scribe")],
            fields: Vec::new(),
            default_policy: None,
            person_wait: TimeDelta::minutes(5),
            last_resort_every: TimeDelta::minutes(5),
            capture: Capture::All,
            mirror: false,
            cause_categories: CAUSE_CATEGORIES.map(key).to_vec(),
            intervals: Vec::new(),
            proof: None,
            templates: Vec::new(),
            shown: BTreeMap::new(),
            postmortem: Rules::default(),
            trackers: Vec::new(),
            targets: Vec::new(),
            digest: None,
        }
    }
}

impl Field {
    /// The text as the field keeps it: a value of a closed field as it is configured, whatever its case.
    ///
    /// # Errors
    /// None of the values that the field may hold; the refusal lists them.
    pub fn value(&self, text: &str) -> Result<String, Refusal> {
        if self.values.is_empty() {
            return Ok(text.to_owned());
        }
        let same = |value: &&String| value.to_lowercase() == text.to_lowercase();
        self.values.iter().find(same).cloned().ok_or_else(|| Refusal::FieldValue {
            field: self.key.to_string(),
            named: Refusal::quote(text),
            known: self.values.clone(),
        })
    }
}

impl Settings {
    /// By which template the postmortem of an incident is made, unless somebody asks for another.
    pub fn template<'s>(&'s self, incident: &'s Incident) -> &'s str {
        let fits = |rule: &&TemplateRule| {
            rule.severity.as_ref().is_none_or(|severity| *severity == incident.severity)
                && rule.incident_type.as_ref().is_none_or(|kind| *kind == incident.kind)
                && rule.service.as_ref().is_none_or(|service| incident.services.contains(service))
        };
        let chosen = incident.postmortem.template.as_deref();
        let ruled = || self.templates.iter().find(fits).map(|rule| rule.template.as_str());
        chosen.or_else(ruled).unwrap_or(STANDARD)
    }

    /// The template of an incident's postmortem, where that does not show a section.
    pub fn leaves_out<'s>(&'s self, incident: &'s Incident, section: &Key) -> Option<&'s str> {
        let template = self.template(incident);
        let shown = self.shown.get(template)?;
        (!shown.contains(section)).then_some(template)
    }

    /// The sections that any template shows, each once, those of the standard one first.
    pub fn sections(&self) -> Vec<&Key> {
        let standard = self.shown.get(STANDARD).into_iter();
        let mut all: Vec<&Key> = Vec::new();
        for key in standard.chain(self.shown.values()).flatten() {
            if !all.contains(&key) {
                all.push(key);
            }
        }
        all
    }

    /// How much the pages of incidents of this severity hurry; one that is no longer configured hurries.
    pub fn urgency(&self, severity: &Key) -> Urgency {
        self.severities.iter().find(|held| held.key == *severity).map(|held| held.urgency).unwrap_or_default()
    }

    /// The severity that a command names.
    ///
    /// # Errors
    /// No such severity; the refusal lists them.
    pub fn severity(&self, named: &str) -> Result<&Severity, Refusal> {
        let wanted = named.to_lowercase();
        self.severities.iter().find(|s| s.key.as_str() == wanted).ok_or_else(|| Refusal::UnknownSeverity {
            named: Refusal::quote(named),
            known: self.severities.iter().map(|s| s.key.to_string()).collect(),
        })
    }

    /// How often updates are due at this severity.
    pub fn update_every(&self, severity: &Key) -> Option<TimeDelta> {
        self.severities.iter().find(|s| s.key == *severity)?.update_every
    }

    /// Whether this severity pages at once.
    pub fn pages(&self, severity: &Key) -> bool {
        self.severities.iter().any(|s| s.key == *severity && s.pages)
    }

    /// Where incidents of this severity have rooms, whoever declares them.
    pub fn rooms(&self, severity: &Key) -> &[String] {
        self.severities.iter().find(|s| s.key == *severity).map_or(&[], |s| s.rooms.as_slice())
    }

    /// Whether the first of two severities is worse.
    pub fn is_worse(&self, one: &Key, other: &Key) -> bool {
        let place = |key: &Key| self.severities.iter().position(|s| s.key == *key);
        match (place(one), place(other)) {
            (Some(one), Some(other)) => one < other,
            // One that is no longer configured is neither.
            _ => false,
        }
    }

    /// The type that a declaration names; the first one, if it names none.
    ///
    /// # Errors
    /// No such type; the refusal lists them.
    pub fn incident_type(&self, named: Option<&str>) -> Result<Key, Refusal> {
        let wanted = named.map(str::to_lowercase);
        let found = self.types.iter().find(|held| wanted.as_deref().is_none_or(|wanted| held.as_str() == wanted));
        found.cloned().ok_or_else(|| Refusal::UnknownType {
            named: Refusal::quote(named.unwrap_or_default()),
            known: self.types.iter().map(ToString::to_string).collect(),
        })
    }

    /// The role that a command names, by its key.
    ///
    /// # Errors
    /// No such role; the refusal lists them.
    pub fn role(&self, named: &Key) -> Result<&Role, Refusal> {
        self.roles.iter().find(|held| held.key == *named).ok_or_else(|| Refusal::UnknownRole {
            named: named.to_string(),
            known: self.roles.iter().map(|held| held.key.to_string()).collect(),
        })
    }

    /// The category of causes that a command names.
    ///
    /// # Errors
    /// No such category; the refusal lists them.
    pub fn cause_category(&self, named: &str) -> Result<Key, Refusal> {
        let wanted = named.trim().to_lowercase().replace([' ', '_'], "-");
        let same = |held: &&Key| held.as_str().replace('_', "-") == wanted;
        self.cause_categories.iter().find(same).cloned().ok_or_else(|| Refusal::UnknownCategory {
            named: Refusal::quote(named),
            nearest: suggest::nearest(&wanted, self.cause_categories.iter().map(Key::as_str)).map(str::to_owned),
            known: self.cause_categories.iter().map(ToString::to_string).collect(),
        })
    }

    /// The custom field that a command names, by its key.
    ///
    /// # Errors
    /// No such field; the refusal lists them.
    pub fn field(&self, named: &str) -> Result<&Field, Refusal> {
        let wanted = named.to_lowercase();
        self.fields.iter().find(|held| held.key.as_str() == wanted).ok_or_else(|| Refusal::UnknownField {
            named: Refusal::quote(named),
            known: self.fields.iter().map(|held| held.key.to_string()).collect(),
        })
    }
}
