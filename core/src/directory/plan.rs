//! Applying files: from what a file says and what the directory holds to the changes between them.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::{ContactMethod, Directory, DirectoryChange, Origin, Person, Service, Standing, Team};
use crate::ids::{Key, Minter, PersonId};
use crate::paging::policy::{AckNeed, PagingPolicy, Step};

#[cfg(test)]
mod tests;

/// What a file wants the directory to hold. Handles and keys are unique, and every name in it is that of something in
/// it; whoever reads the file refuses anything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileDirectory {
    pub people: Vec<FilePerson>,
    pub teams: Vec<FileTeam>,
    pub services: Vec<FileService>,
    pub policies: Vec<FilePolicy>,
    /// Handles of those who are paged when a policy is exhausted.
    pub last_resort: Vec<Key>,
}

/// A person as a file describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePerson {
    pub handle: Key,
    pub name: String,
    pub zone: Tz,
    pub standing: Standing,
    /// `None` leaves what the person chose elsewhere; someone new is reached at the console.
    pub contacts: Option<Vec<ContactMethod>>,
}

/// A team as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTeam {
    pub key: Key,
    pub name: String,
    /// Handles.
    pub members: Vec<Key>,
}

/// A service as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileService {
    pub key: Key,
    pub name: String,
    pub team: Option<Key>,
    pub policy: Option<Key>,
    pub runbook: Option<String>,
}

/// A policy as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePolicy {
    pub key: Key,
    pub name: String,
    /// At least 1.
    pub rounds: i64,
    pub steps: Vec<FileStep>,
}

/// One step of a policy in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStep {
    /// Handles.
    pub people: Vec<Key>,
    /// Seconds to wait for an acknowledgement before the next step.
    pub wait_s: i64,
    pub needs: AckNeed,
}

/// Something that a file describes and the directory holds from elsewhere; the file does not change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOwned {
    /// "team", "service" or "policy".
    pub what: &'static str,
    pub key: Key,
    pub origin: Origin,
}

impl Directory {
    /// The changes that make the directory hold what the file wants, in an order in which nothing names what is not
    /// there yet or no longer. None when it does already.
    ///
    /// * Only rows whose origin is a file are changed or removed. [`Directory::not_owned`] names what is passed over.
    /// * People are the exception: someone with the same handle whom chat or the API made is taken over, so that a
    ///   person who was first seen in chat keeps their identities and their past.
    /// * A person whom the file no longer names becomes inactive; one who comes back is the same person again.
    /// * A team or policy that a service of another origin names stays, for the service cannot be changed.
    /// * A policy's version rises only if its content changes.
    /// * The last resort belongs to the file.
    pub fn plan(&self, wanted: &FileDirectory, mint: &mut Minter) -> Vec<DirectoryChange> {
        let people: Vec<Person> = wanted.people.iter().map(|person| self.wanted_person(person, mint)).collect();
        let ids = self.ids(&people);
        let mut changes = Vec::new();
        let new = people.iter().filter(|person| self.people.get(&person.id) != Some(*person));
        changes.extend(new.cloned().map(DirectoryChange::PersonSaved));
        changes.extend(wanted.teams.iter().filter_map(|team| self.team_change(team, &ids)));
        changes.extend(wanted.policies.iter().filter_map(|policy| self.policy_change(policy, &ids)));
        changes.extend(wanted.services.iter().filter_map(|service| self.service_change(service)));
        let last_resort = resolve(&wanted.last_resort, &ids);
        if last_resort != self.last_resort {
            changes.push(DirectoryChange::LastResortSet { people: last_resort });
        }
        self.remove_rows(wanted, &mut changes);
        self.remove_people(&people, &mut changes);
        changes
    }

    /// What the file describes and does not own, so that whoever applies it can say so.
    pub fn not_owned(&self, wanted: &FileDirectory) -> Vec<NotOwned> {
        let team = |t: &FileTeam| (("team", t.key.clone()), self.teams.get(&t.key).map(|held| held.origin));
        let policy = |p: &FilePolicy| (("policy", p.key.clone()), self.policies.get(&p.key).map(|held| held.origin));
        let service = |s: &FileService| (("service", s.key.clone()), self.services.get(&s.key).map(|held| held.origin));
        let teams = wanted.teams.iter().map(team);
        let rows = teams.chain(wanted.policies.iter().map(policy)).chain(wanted.services.iter().map(service));
        rows.filter_map(|((what, key), origin)| {
            origin.filter(|origin| *origin != Origin::File).map(|origin| NotOwned { what, key, origin })
        })
        .collect()
    }

    fn wanted_person(&self, wanted: &FilePerson, mint: &mut Minter) -> Person {
        let namesakes = self.people.values().filter(|person| person.handle == wanted.handle);
        let held = namesakes.max_by_key(|person| (person.active, person.origin == Origin::File));
        let contacts = wanted.contacts.clone().or_else(|| held.map(|person| person.contacts.clone()));
        Person {
            id: held.map_or_else(|| PersonId(mint.uuid()), |person| person.id),
            handle: wanted.handle.clone(),
            name: wanted.name.clone(),
            email: held.and_then(|person| person.email.clone()),
            zone: wanted.zone,
            locale: held.map_or_else(|| "en".to_owned(), |person| person.locale.clone()),
            standing: wanted.standing,
            contacts: contacts.unwrap_or_else(|| vec![ContactMethod::Console]),
            origin: Origin::File,
            active: true,
        }
    }

    /// Handles to ids; the file's people come after the directory's and so prevail.
    fn ids<'a>(&'a self, people: &'a [Person]) -> BTreeMap<&'a Key, PersonId> {
        let held = self.people.values().filter(|person| person.active);
        held.chain(people).map(|person| (&person.handle, person.id)).collect()
    }

    fn team_change(&self, wanted: &FileTeam, ids: &BTreeMap<&Key, PersonId>) -> Option<DirectoryChange> {
        let team = Team {
            key: wanted.key.clone(),
            name: wanted.name.clone(),
            members: resolve(&wanted.members, ids),
            origin: Origin::File,
        };
        let held = self.teams.get(&team.key);
        let changes = held.is_none_or(|held| held.origin == Origin::File && *held != team);
        changes.then_some(DirectoryChange::TeamSaved(team))
    }

    fn service_change(&self, wanted: &FileService) -> Option<DirectoryChange> {
        let service = Service {
            key: wanted.key.clone(),
            name: wanted.name.clone(),
            team: wanted.team.clone(),
            policy: wanted.policy.clone(),
            runbook: wanted.runbook.clone(),
            origin: Origin::File,
        };
        let held = self.services.get(&service.key);
        let changes = held.is_none_or(|held| held.origin == Origin::File && *held != service);
        changes.then_some(DirectoryChange::ServiceSaved(service))
    }

    fn policy_change(&self, wanted: &FilePolicy, ids: &BTreeMap<&Key, PersonId>) -> Option<DirectoryChange> {
        let held = self.policies.get(&wanted.key);
        let step =
            |step: &FileStep| Step { people: resolve(&step.people, ids), wait_s: step.wait_s, needs: step.needs };
        let mut policy = PagingPolicy {
            key: wanted.key.clone(),
            name: wanted.name.clone(),
            version: held.map_or(1, |held| held.version),
            steps: wanted.steps.iter().map(step).collect(),
            rounds: wanted.rounds,
            origin: Origin::File,
        };
        if let Some(held) = held {
            if held.origin != Origin::File || *held == policy {
                return None;
            }
            policy.version += 1;
        }
        Some(DirectoryChange::PolicySaved(policy))
    }

    /// Services go first, as they name the others.
    fn remove_rows(&self, wanted: &FileDirectory, changes: &mut Vec<DirectoryChange>) {
        let foreign = || self.services.values().filter(|service| service.origin != Origin::File);
        for service in self.services.values().filter(|service| service.origin == Origin::File) {
            if wanted.services.iter().all(|other| other.key != service.key) {
                changes.push(DirectoryChange::ServiceRemoved { key: service.key.clone() });
            }
        }
        for policy in self.policies.values().filter(|policy| policy.origin == Origin::File) {
            let named = foreign().any(|service| service.policy.as_ref() == Some(&policy.key));
            if !named && wanted.policies.iter().all(|other| other.key != policy.key) {
                changes.push(DirectoryChange::PolicyRemoved { key: policy.key.clone() });
            }
        }
        for team in self.teams.values().filter(|team| team.origin == Origin::File) {
            let named = foreign().any(|service| service.team.as_ref() == Some(&team.key));
            if !named && wanted.teams.iter().all(|other| other.key != team.key) {
                changes.push(DirectoryChange::TeamRemoved { key: team.key.clone() });
            }
        }
    }

    fn remove_people(&self, people: &[Person], changes: &mut Vec<DirectoryChange>) {
        for held in self.people.values().filter(|held| held.active && held.origin == Origin::File) {
            if people.iter().all(|person| person.id != held.id) {
                changes.push(DirectoryChange::PersonSaved(Person { active: false, ..held.clone() }));
            }
        }
    }
}

fn resolve(handles: &[Key], ids: &BTreeMap<&Key, PersonId>) -> Vec<PersonId> {
    handles.iter().filter_map(|handle| ids.get(handle).copied()).collect()
}
