//! What an installation has configured about incidents: types, severities, roles, cadences.

use chrono::TimeDelta;

use crate::ids::Key;
use crate::refusal::Refusal;
use crate::suggest;

/// The configured rules of incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub types: Vec<Key>,
    /// Worst first.
    pub severities: Vec<Severity>,
    /// The severity of a declaration that names none.
    pub default_severity: Key,
    pub roles: Vec<Role>,
    /// Paged at a declaration whose severity asks for it and whose services name no policy.
    pub default_policy: Option<Key>,
    /// How long a page to a named person waits before the last resort.
    pub person_wait: TimeDelta,
    /// How long between two pages of the last resort.
    pub last_resort_every: TimeDelta,
    pub capture: Capture,
}

/// One severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severity {
    pub key: Key,
    pub name: String,
    /// How often those who wait are told; `None` for no reminders.
    pub update_every: Option<TimeDelta>,
    /// Whether declaring at this severity, or raising to it, pages at once.
    pub pages: bool,
}

/// A role that one person holds in an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub key: Key,
    pub name: String,
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

impl Default for Settings {
    fn default() -> Self {
        let key = |text: &str| Key::new(text).unwrap_or_else(|_| unreachable!("a literal key"));
        let severity = |number: u8, name: &str, every: Option<i64>, pages| Severity {
            key: key(&format!("sev{number}")),
            name: name.to_owned(),
            update_every: every.map(TimeDelta::minutes),
            pages,
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
            default_policy: None,
            person_wait: TimeDelta::minutes(5),
            last_resort_every: TimeDelta::minutes(5),
            capture: Capture::All,
        }
    }
}

impl Settings {
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

    /// Where a severity stands, the worst being 0.
    pub fn rank(&self, severity: &Key) -> usize {
        self.severities.iter().position(|s| s.key == *severity).unwrap_or(usize::MAX)
    }

    /// The nearest known severity, for a mistyped one.
    pub fn nearest_severity(&self, named: &str) -> Option<&str> {
        suggest::nearest(named, self.severities.iter().map(|s| s.key.as_str()))
    }
}
