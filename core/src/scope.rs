//! Which incidents something outside Firebell keeps something of, as an installation has configured it.

use crate::ids::Key;
use crate::incident::Incident;

/// What is kept outside without being asked, and what may be known there at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether it keeps what fits without being asked.
    pub always: bool,
    /// Of incidents of these severities alone; of all where there are none.
    pub severities: Vec<Key>,
    /// Of incidents of these teams alone; of all where there are none.
    pub teams: Vec<Key>,
    /// Of incidents on these services alone; of all where there are none.
    pub services: Vec<Key>,
    /// Whether whoever reads it may know of private incidents.
    pub private: bool,
}

impl Scope {
    /// Whether anything of an incident may be told there.
    pub fn may_know(&self, incident: &Incident) -> bool {
        self.private || !incident.is_private()
    }

    /// Whether something of an incident is kept there without being asked. A drill is for practice.
    pub fn takes(&self, incident: &Incident) -> bool {
        let of_severity = self.severities.is_empty() || self.severities.contains(&incident.severity);
        let of_team =
            self.teams.is_empty() || incident.owning_team.as_ref().is_some_and(|team| self.teams.contains(team));
        let on_service = self.services.is_empty() || incident.services.iter().any(|held| self.services.contains(held));
        self.always && !incident.drill && of_severity && of_team && on_service && self.may_know(incident)
    }
}
