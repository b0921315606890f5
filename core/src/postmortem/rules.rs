//! What an installation has configured about the document: by when it is due, who reviews it, and what it needs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::remind::Reminders;
use crate::directory::{Directory, Person, Standing};
use crate::ids::{Key, PersonId};
use crate::incident::Incident;

/// The configured rules of postmortems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// How long after its incident was resolved a postmortem is due, by severity; one that is absent has none to be due.
    pub due: BTreeMap<Key, TimeDelta>,
    /// How many sign-offs it needs before it is published, by severity; none where it is absent.
    pub required: BTreeMap<Key, u32>,
    /// Who reviews it, by severity: handles, or keys of teams.
    pub reviewers: BTreeMap<Key, Vec<Key>>,
    /// Who reviews it besides, by the services of its incident.
    pub service_reviewers: BTreeMap<Key, Vec<Key>>,
    /// Whether it is published whatever [`super::lint`] finds to be an error.
    pub publish_with_errors: bool,
    pub remind: Reminders,
}

impl Rules {
    /// How many sign-offs the postmortem of an incident of this severity needs.
    pub fn required(&self, severity: &Key) -> u32 {
        self.required.get(severity).copied().unwrap_or(0)
    }

    /// Who reviews the postmortem of an incident by configuration, as far as they may respond and know of it.
    pub fn reviewers(&self, incident: &Incident, directory: &Directory) -> BTreeSet<PersonId> {
        let of_services = incident.services.iter().filter_map(|service| self.service_reviewers.get(service));
        let named = self.reviewers.get(&incident.severity).into_iter().chain(of_services).flatten();
        let people = named.flat_map(|key| people(key, directory));
        people.filter(|person| may_hear(*person, incident, directory)).collect()
    }

    /// Whether somebody may sign off whom nobody has asked: reviewers by configuration, and administrators.
    pub fn may_sign(&self, person: PersonId, incident: &Incident, directory: &Directory) -> bool {
        let admin = directory.people.get(&person).is_some_and(|held| held.standing == Standing::Admin);
        admin || self.reviewers(incident, directory).contains(&person)
    }
}

/// Those whom a name stands for: the members of a team, else the person of that handle.
pub(crate) fn people(named: &Key, directory: &Directory) -> Vec<PersonId> {
    match directory.teams.get(named) {
        Some(team) => team.members.clone(),
        None => directory.resolve_person(named.as_str()).map(|person| person.id).into_iter().collect(),
    }
}

/// Whether somebody can be told of an incident: they respond, and of a private one they are a member.
pub(crate) fn may_hear(person: PersonId, incident: &Incident, directory: &Directory) -> bool {
    let responds = directory.people.get(&person).is_some_and(Person::may_respond);
    responds && (!incident.is_private() || incident.has_member(person))
}
