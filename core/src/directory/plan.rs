//! Applying files: from what a file says and what the directory holds to the changes between them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Address, ContactMethod, Directory, DirectoryChange, Identity, Origin, Person, Service, Team};
use crate::ids::{Key, Minter, PersonId};
use crate::paging::policy::{PagingPolicy, Step};

mod files;
mod oncall;
#[cfg(test)]
mod tests;

pub use files::{
    FileAccount, FileCalendar, FileDirectory, FileLayer, FilePerson, FilePolicy, FileSchedule, FileService, FileStep,
    FileTeam, FileUrl, PlainUrl,
};

/// Something that a file describes and the directory holds from elsewhere; the file does not change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOwned {
    /// "team", "service", "policy", "schedule" or "calendar".
    pub what: &'static str,
    pub key: Key,
    pub origin: Origin,
}

impl Directory {
    /// The changes that make the directory hold what the file wants, in an order in which nothing names what is not
    /// there yet or no longer. None when it does already.
    ///
    /// * Only rows whose origin is a file are changed or removed. [`Directory::not_owned`] names what is passed over.
    /// * People are the exception: someone whom chat or the API made is taken over, so that a person who was first seen
    ///   in chat keeps their identities and their past. They are known by an account that the file names, else by their
    ///   address; by their handle only where nobody could have chosen it themselves, which is at the console.
    /// * A person whom the file no longer names becomes inactive; one who comes back is the same person again.
    /// * What something of another origin names stays, for that cannot be changed.
    /// * The version of a policy or schedule rises only if its content changes.
    /// * The last resort belongs to the file.
    pub fn plan(&self, wanted: &FileDirectory, mint: &mut Minter) -> Vec<DirectoryChange> {
        let people: Vec<Person> = self.wanted_people(wanted, mint);
        let ids = self.ids(&people);
        let mut changes = self.moved_aside(&people);
        let new = people.iter().filter(|person| self.people.get(&person.id) != Some(*person));
        changes.extend(new.cloned().map(DirectoryChange::PersonSaved));
        self.accounts(wanted, &people, &mut changes);
        changes.extend(wanted.teams.iter().filter_map(|team| self.team_change(team, &ids)));
        changes.extend(wanted.calendars.iter().filter_map(|calendar| self.calendar_change(calendar, &ids)));
        changes.extend(wanted.schedules.iter().filter_map(|schedule| self.schedule_change(schedule, &ids)));
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
        let rows = rows.chain(self.origins_on_call(wanted));
        rows.filter_map(|((what, key), origin)| {
            origin.filter(|origin| *origin != Origin::File).map(|origin| NotOwned { what, key, origin })
        })
        .collect()
    }

    fn wanted_people(&self, wanted: &FileDirectory, mint: &mut Minter) -> Vec<Person> {
        let mut people: Vec<Person> = Vec::with_capacity(wanted.people.len());
        for person in &wanted.people {
            let held = self.held(person, wanted).filter(|held| people.iter().all(|taken| taken.id != held.id));
            people.push(wanted_person(person, held, wanted, mint));
        }
        people
    }

    /// Whom the directory holds as the person that the file describes.
    fn held(&self, person: &FilePerson, wanted: &FileDirectory) -> Option<&Person> {
        let account = |account: &FileAccount| {
            let workspace = wanted.workspaces.get(&account.workspace)?;
            self.person_by_account(*workspace, &account.external_id)
        };
        // An account that a file gave before says nothing of whom another file means.
        let by_account = person.accounts.iter().find_map(account).filter(|held| held.origin != Origin::File);
        let by_email = || person.email.as_deref().and_then(|email| self.person_by_email(email));
        let by_email = || by_email().filter(|held| held.origin != Origin::File);
        let own = self.people.values().filter(|held| held.handle == person.handle);
        let own = own.max_by_key(|held| (held.active, held.origin == Origin::File));
        let own = own.filter(|held| held.origin == Origin::File || self.is_of_console(held, wanted));
        own.filter(|held| held.origin == Origin::File).or(by_account).or_else(by_email).or(own)
    }

    /// Whether nobody but whoever sits at the console can have chosen this person's handle.
    fn is_of_console(&self, person: &Person, wanted: &FileDirectory) -> bool {
        let remote = |identity: &Identity| wanted.workspaces.values().any(|held| *held == identity.workspace);
        !self.identities.iter().any(|identity| identity.person == person.id && remote(identity))
    }

    /// Those who have a handle that the file wants for somebody else go by another, since no two people have one at any time:
    /// for good, or, where the file has another for them, until that is free.
    fn moved_aside(&self, people: &[Person]) -> Vec<DirectoryChange> {
        let wanted: BTreeMap<&Key, usize> = people.iter().map(|person| &person.handle).zip(0..).collect();
        let places: BTreeMap<PersonId, usize> = people.iter().map(|person| person.id).zip(0..).collect();
        let mut promised: BTreeSet<Key> = wanted.keys().copied().cloned().collect();
        let mut changes = Vec::new();
        for held in self.people.values() {
            let Some(wanted) = wanted.get(&held.handle) else { continue };
            // Who is saved before has given it up by then, and whose own it is keeps it.
            if places.get(&held.id).is_some_and(|place| place <= wanted) {
                continue;
            }
            let handle = self.free_handle_beside(&held.handle, &promised);
            promised.insert(handle.clone());
            changes.push(DirectoryChange::PersonSaved(Person { handle, ..held.clone() }));
        }
        changes
    }

    /// Accounts are linked as the file says, and unlinked that it named before.
    fn accounts(&self, wanted: &FileDirectory, people: &[Person], changes: &mut Vec<DirectoryChange>) {
        let mut named = Vec::new();
        for (file, person) in wanted.people.iter().zip(people) {
            for account in &file.accounts {
                let Some(workspace) = wanted.workspaces.get(&account.workspace).copied() else { continue };
                let external_id = account.external_id.clone();
                named.push(Identity { workspace, external_id, person: person.id, origin: Origin::File });
            }
        }
        // Whoever was seen in chat before the file told their address is the person that it describes.
        let by_address = |held: &Identity| {
            let seen = self.people.get(&held.person).filter(|person| person.origin != Origin::File)?;
            let email = seen.email.as_deref()?;
            let same = |person: &&Person| person.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(email));
            let described = people.iter().find(same).filter(|person| person.id != held.person)?;
            Some(Identity { person: described.id, ..held.clone() })
        };
        let known = self.identities.iter().filter_map(by_address);
        let known: Vec<Identity> = known.filter(|held| !named.iter().any(|own| own.same_account(held))).collect();
        let gone = |held: &&Identity| {
            let known = wanted.workspaces.values().any(|workspace| *workspace == held.workspace);
            held.origin == Origin::File && known && !named.iter().any(|identity| identity.same_account(held))
        };
        changes.extend(self.identities.iter().filter(gone).map(|held| DirectoryChange::IdentityUnlinked {
            workspace: held.workspace,
            external_id: held.external_id.clone(),
        }));
        let new = named.into_iter().filter(|identity| !self.identities.contains(identity));
        changes.extend(new.chain(known).map(DirectoryChange::IdentityLinked));
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
            tier: wanted.tier,
            depends_on: wanted.depends_on.clone(),
            runbook: wanted.runbook.clone(),
            rooms: wanted.rooms.clone(),
            origin: Origin::File,
        };
        let held = self.services.get(&service.key);
        let changes = held.is_none_or(|held| held.origin == Origin::File && *held != service);
        changes.then_some(DirectoryChange::ServiceSaved(service))
    }

    fn policy_change(&self, wanted: &FilePolicy, ids: &BTreeMap<&Key, PersonId>) -> Option<DirectoryChange> {
        let held = self.policies.get(&wanted.key);
        let step = |step: &FileStep| Step {
            people: resolve(&step.people, ids),
            schedules: step.schedules.clone(),
            round_robin: step.round_robin.clone(),
            teams: step.teams.clone(),
            rooms: step.rooms.clone(),
            webhooks: step.webhooks.clone(),
            when: step.when.clone(),
            wait_s: step.wait_s,
            needs: step.needs,
        };
        let mut policy = PagingPolicy {
            key: wanted.key.clone(),
            name: wanted.name.clone(),
            version: held.map_or(1, |held| held.version),
            steps: wanted.steps.iter().map(step).collect(),
            rounds: wanted.rounds,
            terms: wanted.terms.clone(),
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
        self.remove_on_call(wanted, changes);
        for team in self.teams.values().filter(|team| team.origin == Origin::File) {
            let named = foreign().any(|service| service.team.as_ref() == Some(&team.key));
            let named = named || self.pages_team(&team.key) || self.is_on_calls_team(&team.key);
            if !named && wanted.teams.iter().all(|other| other.key != team.key) {
                changes.push(DirectoryChange::TeamRemoved { key: team.key.clone() });
            }
        }
    }

    /// Whether a policy of another origin pages this team.
    fn pages_team(&self, team: &Key) -> bool {
        let foreign = self.policies.values().filter(|policy| policy.origin != Origin::File);
        foreign.flat_map(|policy| &policy.steps).any(|step| step.teams.contains(team))
    }

    fn remove_people(&self, people: &[Person], changes: &mut Vec<DirectoryChange>) {
        for held in self.people.values().filter(|held| held.active && held.origin == Origin::File) {
            if people.iter().all(|person| person.id != held.id) {
                changes.push(DirectoryChange::PersonSaved(Person { active: false, ..held.clone() }));
            }
        }
    }
}

fn wanted_person(wanted: &FilePerson, held: Option<&Person>, directory: &FileDirectory, mint: &mut Minter) -> Person {
    let contacts = wanted_contacts(wanted, held, directory);
    let chosen = held.map(|person| person.chosen).unwrap_or_default();
    let rules = wanted.rules.clone().filter(|_| !chosen.rules).or_else(|| held.map(|person| person.rules.clone()));
    Person {
        addresses: wanted_addresses(wanted, held, directory, &contacts),
        rules: rules.unwrap_or_default(),
        id: held.map_or_else(|| PersonId(mint.uuid()), |person| person.id),
        handle: wanted.handle.clone(),
        name: wanted.name.clone(),
        email: wanted.email.clone().or_else(|| held.and_then(|person| person.email.clone())),
        zone: wanted.zone,
        locale: held.map_or_else(|| "en".to_owned(), |person| person.locale.clone()),
        standing: wanted.standing,
        contacts,
        chosen,
        origin: Origin::File,
        active: true,
    }
}

/// By which methods a person is reached: as the file says, and by those to which they proved an address in chat; in the order
/// that they chose, where they chose one.
fn wanted_contacts(wanted: &FilePerson, held: Option<&Person>, directory: &FileDirectory) -> Vec<ContactMethod> {
    let Some(held) = held else { return wanted.contacts.clone().unwrap_or_else(|| of_newcomers(directory)) };
    let Some(given) = &wanted.contacts else { return held.contacts.clone() };
    let own = |method: &&ContactMethod| held.addresses.get(*method).is_some_and(|own| own.origin == Origin::Chat);
    let added = held.contacts.iter().filter(own).filter(|method| !given.contains(method));
    let mut contacts: Vec<ContactMethod> = given.iter().chain(added).copied().collect();
    if held.chosen.order {
        let place = |method: &ContactMethod| held.contacts.iter().position(|other| other == method);
        contacts.sort_by_key(|method| place(method).unwrap_or(usize::MAX));
    }
    contacts
}

/// The addresses of the methods that a person has: those that they proved in chat, then those of the file, else as they are.
/// One that is the same stays as it was sealed.
fn wanted_addresses(
    wanted: &FilePerson,
    held: Option<&Person>,
    directory: &FileDirectory,
    contacts: &[ContactMethod],
) -> BTreeMap<ContactMethod, Address> {
    let held = held.map(|person| person.addresses.clone()).unwrap_or_default();
    let mut addresses: BTreeMap<ContactMethod, Address> = match &directory.sealed {
        None => held,
        Some(sealed) => {
            let given = sealed.get(&wanted.handle).cloned().unwrap_or_default();
            // A file that tells none leaves them as they are: one that was written from the directory cannot tell them.
            if given.is_empty() {
                return kept(held, contacts);
            }
            // What somebody proved to be theirs says more than what was written down of them.
            let own = held.iter().filter(|(_, own)| own.origin != Origin::File);
            let own: BTreeMap<_, _> = own.map(|(method, own)| (*method, own.clone())).collect();
            let same =
                |method: &ContactMethod, new: &Address| held.get(method).filter(|old| old.mark == new.mark).cloned();
            let given = given.into_iter().map(|(method, new)| (method, same(&method, &new).unwrap_or(new)));
            given.chain(own).collect()
        }
    };
    addresses.retain(|method, _| contacts.contains(method));
    addresses
}

fn kept(mut held: BTreeMap<ContactMethod, Address>, contacts: &[ContactMethod]) -> BTreeMap<ContactMethod, Address> {
    held.retain(|method, _| contacts.contains(method));
    held
}

/// How somebody is reached of whom nothing says it.
fn of_newcomers(directory: &FileDirectory) -> Vec<ContactMethod> {
    match &directory.default_contacts {
        none if none.is_empty() => vec![ContactMethod::Console],
        methods => methods.clone(),
    }
}

fn resolve(handles: &[Key], ids: &BTreeMap<&Key, PersonId>) -> Vec<PersonId> {
    handles.iter().filter_map(|handle| ids.get(handle).copied()).collect()
}
