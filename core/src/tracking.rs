//! Which trackers keep which follow-ups, as an installation has configured it.

use crate::action::{Action, ActionKind};
use crate::ids::Key;
use crate::incident::Incident;
use crate::refusal::Refusal;
use crate::scope::Scope;

/// A configured tracker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracker {
    pub name: Key,
    pub scope: Scope,
    /// Follow-ups of these kinds alone; of all, and of those without one, where there are none.
    pub kinds: Vec<ActionKind>,
}

impl Tracker {
    /// Whether it keeps a follow-up without being asked.
    pub fn takes(&self, incident: &Incident, action: &Action) -> bool {
        let of_kind = self.kinds.is_empty() || action.kind.is_some_and(|kind| self.kinds.contains(&kind));
        self.scope.takes(incident) && of_kind
    }
}

/// The tracker that somebody means: by its name, else the only one that keeps the follow-up, else the only one there is.
///
/// # Errors
/// There is no such tracker, or more than one; the refusal names those that there are.
pub fn named<'t>(trackers: &'t [Tracker], word: Option<&str>, action: &Action) -> Result<&'t Tracker, Refusal> {
    let unknown = |named: Option<&str>| Refusal::UnknownTracker {
        named: named.map(Refusal::quote),
        known: trackers.iter().map(|tracker| tracker.name.to_string()).collect(),
    };
    if let Some(word) = word {
        let wanted = word.to_lowercase();
        return trackers.iter().find(|held| held.name.as_str() == wanted).ok_or_else(|| unknown(Some(word)));
    }
    let keeps = |tracker: &&Tracker| action.tickets.iter().any(|ticket| ticket.tracker == tracker.name.as_str());
    let kept: Vec<&Tracker> = trackers.iter().filter(keeps).collect();
    match (kept.as_slice(), trackers) {
        ([one], _) => Ok(one),
        ([], [one]) => Ok(one),
        _ => Err(unknown(None)),
    }
}
