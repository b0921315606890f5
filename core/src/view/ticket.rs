//! What a tracker is told of a follow-up.

use serde::Serialize;

use super::record::Record;
use crate::action::{Action, ActionKind, Priority};

/// What a tracker is told of a follow-up besides what it has fields for. No line of it may begin with people's own words, which
/// some trackers would take for commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketBodyView {
    pub incident: String,
    /// What the incident is called.
    pub title: String,
    pub severity: String,
    pub action: String,
    pub text: String,
    /// Whoever does it, by handle.
    pub owner: Option<String>,
    /// The day by which it is due: `2026-12-04`, in UTC.
    pub due: Option<String>,
    pub kind_of: Option<&'static str>,
    pub priority: Option<&'static str>,
    /// The cause that it is to take away: `F2`.
    pub cause: Option<String>,
    /// What that is.
    pub cause_text: Option<String>,
    pub drill: bool,
}

impl TicketBodyView {
    /// What is to be told of a follow-up.
    pub fn of(record: &Record<'_>, action: &Action) -> Self {
        let incident = record.incident;
        let cause = action.cause.and_then(|cause| incident.analysis.cause(cause));
        Self {
            incident: incident.id.to_string(),
            title: incident.title.clone(),
            severity: incident.severity.to_string().to_uppercase(),
            action: action.id.to_string(),
            text: action.said.text.clone(),
            owner: action.owner.map(|person| record.handle(person)),
            due: action.due.map(|due| due.date_naive().to_string()),
            kind_of: action.kind.map(ActionKind::word),
            priority: action.priority.map(Priority::word),
            cause: action.cause.map(|cause| cause.to_string()),
            cause_text: cause.map(|cause| cause.said.text.clone()),
            drill: incident.drill,
        }
    }

    /// The title of the ticket, in plain words.
    pub fn heading(incident: crate::ids::IncidentId, action: &Action) -> String {
        let words: Vec<&str> = action.said.text.split_whitespace().collect();
        format!("[{incident} {}] {}", action.id, words.join(" "))
    }
}
