//! Two accounts of one human: what becomes of whoever the second one was taken for.

use super::{ContactMethod, Directory, DirectoryChange, Identity, Origin, Person, Team};
use crate::ids::PersonId;
use crate::incident::Channel;
use crate::oncall::overrides::{Override, Swap};
use crate::oncall::schedule::{Layer, Rotation, Schedule, Source};
use crate::paging::policy::{PagingPolicy, Step};
use crate::refusal::Refusal;

/// What linking an account comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linking {
    pub changes: Vec<DirectoryChange>,
    /// Who the account belonged to, and is nobody of their own any more.
    pub was: Option<PersonId>,
    /// The contact method by which they would be reached there, where that is for a file to say.
    pub unreached: Option<ContactMethod>,
}

impl Directory {
    /// The changes that make an account that of `into`, with everything that its own person has or is to do: whoever first spoke by it
    /// was taken for somebody new. `method` is the one by which people are reached there.
    ///
    /// # Errors
    /// It is theirs already, or somebody's whom a file describes: that must be put right there.
    pub fn link(&self, into: &Person, account: &Channel, method: Option<ContactMethod>) -> Result<Linking, Refusal> {
        let is_it = |held: &&Identity| held.workspace == account.workspace && held.external_id == account.external_id;
        let known = self.identities.iter().find(is_it);
        let holder = known.and_then(|held| self.people.get(&held.person));
        if holder.is_some_and(|holder| holder.id == into.id) {
            return Err(no(format!("this account is @{}'s already", into.handle)));
        }
        let was = holder.map(|holder| self.swallowed(holder)).transpose()?;
        let mut changes = Vec::new();
        if let Some(holder) = was {
            // Their handle is free for nobody: it stands in the record.
            changes.push(DirectoryChange::PersonSaved(Person {
                active: false,
                contacts: Vec::new(),
                ..holder.clone()
            }));
            changes.extend(self.inherited(Heir { was: holder.id, into: into.id }));
        }
        let new = method.filter(|method| !into.contacts.contains(method));
        let own = into.origin != Origin::File;
        if let Some(method) = new.filter(|_| own) {
            let contacts = into.contacts.iter().copied().chain([method]).collect();
            changes.push(DirectoryChange::PersonSaved(Person { contacts, ..into.clone() }));
        }
        let link = |held: &Identity| DirectoryChange::IdentityLinked(Identity { person: into.id, ..held.clone() });
        let moved = |held: &&Identity| was.is_some_and(|was| held.person == was.id);
        changes.extend(self.identities.iter().filter(moved).map(link));
        if known.is_none() {
            let (workspace, external_id) = (account.workspace, account.external_id.clone());
            let identity = Identity { workspace, external_id, person: into.id, origin: Origin::Chat };
            changes.push(DirectoryChange::IdentityLinked(identity));
        }
        Ok(Linking { changes, was: was.map(|was| was.id), unreached: new.filter(|_| !own) })
    }

    /// The changes that take an account of a person from them, which they name by its id or its workspace's name in
    /// `places`. It is somebody new when it speaks again.
    ///
    /// # Errors
    /// It is none of theirs, one of a file, or the only one that they have.
    pub fn unlink(&self, person: &Person, account: &Identity) -> Result<Vec<DirectoryChange>, Refusal> {
        if account.origin == Origin::File {
            return Err(no(
                "a file says that this account is yours; ask an operator to change firebell.toml".to_owned()
            ));
        }
        if self.identities.iter().filter(|held| held.person == person.id).count() < 2 {
            return Err(no("this is the only account that you have, and it stays yours".to_owned()));
        }
        let (workspace, external_id) = (account.workspace, account.external_id.clone());
        Ok(vec![DirectoryChange::IdentityUnlinked { workspace, external_id }])
    }

    /// The changes that give one person what another one has to do: shifts that were changed in chat or are to change, turns,
    /// teams and steps. Events of calendars stay, which say in words of their own whom they mean.
    fn inherited(&self, heir: Heir) -> Vec<DirectoryChange> {
        let mut changes: Vec<DirectoryChange> = Vec::new();
        changes.extend(self.overrides.values().flatten().filter_map(|made| heir.override_change(made)));
        changes.extend(self.swaps.values().filter_map(|swap| heir.swap_change(swap)));
        changes.extend(self.teams.values().filter_map(|team| {
            let members = heir.people(&team.members)?;
            Some(DirectoryChange::TeamSaved(Team { members, ..team.clone() }))
        }));
        changes.extend(self.schedules.values().filter_map(|schedule| heir.schedule_change(schedule)));
        changes.extend(self.policies.values().filter_map(|policy| heir.policy_change(policy)));
        let last_resort = heir.people(&self.last_resort);
        changes.extend(last_resort.map(|people| DirectoryChange::LastResortSet { people }));
        changes
    }

    /// Somebody who may become somebody else: whom chat made, with accounts that no file gave them.
    fn swallowed<'d>(&'d self, holder: &'d Person) -> Result<&'d Person, Refusal> {
        let by_file = |held: &Identity| held.person == holder.id && held.origin == Origin::File;
        if holder.origin == Origin::Chat && !self.identities.iter().any(by_file) {
            return Ok(holder);
        }
        let handle = &holder.handle;
        Err(no(format!(
            "this account is @{handle}'s, whom the configuration describes, so it cannot become somebody else's; ask an \
             operator to put both accounts under one person in firebell.toml"
        )))
    }
}

/// Whoever was `was` is `into`.
#[derive(Clone, Copy)]
struct Heir {
    was: PersonId,
    into: PersonId,
}

impl Heir {
    fn person(self, person: PersonId) -> PersonId {
        if person == self.was { self.into } else { person }
    }

    /// Nobody twice; `None` where nothing changes.
    fn people(self, people: &[PersonId]) -> Option<Vec<PersonId>> {
        if !people.contains(&self.was) {
            return None;
        }
        let mut mine: Vec<PersonId> = Vec::with_capacity(people.len());
        for person in people.iter().map(|person| self.person(*person)) {
            if !mine.contains(&person) {
                mine.push(person);
            }
        }
        Some(mine)
    }

    /// One by which somebody would stand in for themselves is over.
    fn override_change(self, made: &Override) -> Option<DirectoryChange> {
        let (people, instead_of) = (self.people(&made.people), made.instead_of.map(|person| self.person(person)));
        if people.is_none() && instead_of == made.instead_of {
            return None;
        }
        let people = people.unwrap_or_else(|| made.people.clone());
        if instead_of.is_some_and(|person| people == [person]) {
            return Some(DirectoryChange::OverrideRemoved { schedule: made.schedule.clone(), id: made.id });
        }
        Some(DirectoryChange::OverrideSaved(Override { people, instead_of, ..made.clone() }))
    }

    /// Nobody changes shifts with themselves.
    fn swap_change(self, swap: &Swap) -> Option<DirectoryChange> {
        let (by, with) = (self.person(swap.by), self.person(swap.with));
        if (by, with) == (swap.by, swap.with) {
            return None;
        }
        let moved = || DirectoryChange::SwapSaved(Swap { by, with, ..swap.clone() });
        Some(if by == with { DirectoryChange::SwapRemoved { id: swap.id } } else { moved() })
    }

    fn schedule_change(self, schedule: &Schedule) -> Option<DirectoryChange> {
        if !schedule.names(self.was) {
            return None;
        }
        let pool = |pool: &Vec<PersonId>| self.people(pool).unwrap_or_else(|| pool.clone());
        let layer = |layer: &Layer| {
            let Source::Rotation(rotation) = &layer.source else { return layer.clone() };
            let pools = rotation.pools.iter().map(pool).collect();
            Layer { source: Source::Rotation(Rotation { pools, ..rotation.clone() }), ..layer.clone() }
        };
        let layers = schedule.layers.iter().map(layer).collect();
        let version = schedule.version + 1;
        Some(DirectoryChange::ScheduleSaved(Schedule { version, layers, ..schedule.clone() }))
    }

    fn policy_change(self, policy: &PagingPolicy) -> Option<DirectoryChange> {
        if !policy.steps.iter().any(|step| step.people.contains(&self.was)) {
            return None;
        }
        let step = |step: &Step| Step {
            people: self.people(&step.people).unwrap_or_else(|| step.people.clone()),
            ..step.clone()
        };
        let steps = policy.steps.iter().map(step).collect();
        let version = policy.version + 1;
        Some(DirectoryChange::PolicySaved(PagingPolicy { version, steps, ..policy.clone() }))
    }
}

fn no(message: String) -> Refusal {
    Refusal::NotAllowed { message }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use chrono_tz::Tz;
    use uuid::Uuid;

    use super::super::Standing;
    use super::*;
    use crate::actor::Who;
    use crate::ids::{Key, OverrideId, SwapId, WorkspaceId};
    use crate::oncall::overrides::OverrideKind;
    use crate::oncall::shift::Span;

    fn person(number: u128, origin: Origin) -> Person {
        Person {
            id: PersonId(Uuid::from_u128(number)),
            handle: Key::new(&format!("p{number}")).unwrap(),
            name: format!("P {number}"),
            email: None,
            zone: Tz::UTC,
            locale: "en".to_owned(),
            standing: Standing::Responder,
            contacts: vec![ContactMethod::Slack],
            addresses: std::collections::BTreeMap::new(),
            rules: Vec::new(),
            chosen: crate::directory::Chosen::default(),
            origin,
            active: true,
        }
    }

    fn account(workspace: u128, id: &str) -> Channel {
        Channel { workspace: WorkspaceId(Uuid::from_u128(workspace)), external_id: id.to_owned() }
    }

    fn identity(workspace: u128, id: &str, person: u128, origin: Origin) -> Identity {
        let Channel { workspace, external_id } = account(workspace, id);
        Identity { workspace, external_id, person: PersonId(Uuid::from_u128(person)), origin }
    }

    fn directory() -> Directory {
        let people = [(1, Origin::File), (2, Origin::Chat), (3, Origin::File), (4, Origin::Chat)];
        let people = people.map(|(number, origin)| person(number, origin));
        let identities = vec![
            identity(1, "U1", 1, Origin::File),
            identity(2, "V2", 2, Origin::Chat),
            identity(3, "W2", 2, Origin::Chat),
            identity(2, "V3", 3, Origin::Chat),
            identity(1, "U4", 4, Origin::Chat),
        ];
        Directory {
            people: people.into_iter().map(|held| (held.id, held)).collect(),
            identities,
            ..Directory::default()
        }
    }

    #[test]
    fn what_chat_took_for_somebody_new_is_merged_with_all_accounts() {
        let mut directory = directory();
        for number in [1, 4] {
            let into = directory.people[&PersonId(Uuid::from_u128(number))].clone();
            let mut after = directory.clone();
            let console = Some(ContactMethod::Console);
            let linking = directory.link(&into, &account(2, "V2"), console).unwrap();
            assert_eq!(linking.was, Some(PersonId(Uuid::from_u128(2))));
            assert_eq!(linking.unreached.is_some(), number == 1, "a file says how its people are reached");
            linking.changes.iter().for_each(|change| after.apply(change));
            for (workspace, id) in [(2, "V2"), (3, "W2")] {
                let found = after.person_by_account(WorkspaceId(Uuid::from_u128(workspace)), id).unwrap();
                assert_eq!(found.id, into.id, "{id}");
            }
            assert!(!after.people[&PersonId(Uuid::from_u128(2))].active);
            assert_eq!(after.people[&into.id].contacts.contains(&ContactMethod::Console), number == 4);
        }
        directory.identities.retain(|held| held.external_id != "V2");
        let into = directory.people[&PersonId(Uuid::from_u128(1))].clone();
        assert_eq!(directory.link(&into, &account(2, "V2"), None).unwrap().was, None);
    }

    fn made(number: u128, people: &[u128], instead_of: Option<u128>) -> Override {
        let id = |number: &u128| PersonId(Uuid::from_u128(*number));
        Override {
            id: OverrideId(Uuid::from_u128(number)),
            schedule: Key::new("web").unwrap(),
            start: DateTime::UNIX_EPOCH,
            end: DateTime::<Utc>::MAX_UTC,
            people: people.iter().map(id).collect(),
            instead_of: instead_of.as_ref().map(id),
            kind: OverrideKind::Override,
            made_by: Who::Firebell,
            made_at: DateTime::UNIX_EPOCH,
        }
    }

    fn swap(number: u128, by: u128, with: u128) -> Swap {
        let person = |number| PersonId(Uuid::from_u128(number));
        Swap {
            id: SwapId(Uuid::from_u128(number)),
            schedule: Key::new("web").unwrap(),
            by: person(by),
            with: person(with),
            own: Span { start: DateTime::UNIX_EPOCH, end: DateTime::<Utc>::MAX_UTC },
            theirs: None,
            proposed_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_somebody_swallowed_has_to_do_is_that_of_who_stays() {
        let mut directory = directory();
        let person = |number| PersonId(Uuid::from_u128(number));
        let overrides = [
            made(1, &[2], None),
            made(2, &[2, 4], Some(3)),
            made(3, &[3], Some(2)),
            made(4, &[4], Some(2)),
            made(5, &[3], None),
        ];
        for made in &overrides {
            directory.apply(&DirectoryChange::OverrideSaved(made.clone()));
        }
        for swap in [swap(1, 2, 3), swap(2, 3, 2), swap(3, 2, 4), swap(4, 1, 3)] {
            directory.apply(&DirectoryChange::SwapSaved(swap));
        }
        let key = Key::new("shop").unwrap();
        let members = vec![person(2), person(3), person(4)];
        directory.apply(&DirectoryChange::TeamSaved(Team {
            key: key.clone(),
            name: String::new(),
            members,
            origin: Origin::Api,
        }));
        directory.apply(&DirectoryChange::LastResortSet { people: vec![person(2)] });
        let into = directory.people[&person(4)].clone();
        let linking = directory.link(&into, &account(2, "V2"), None).unwrap();
        linking.changes.iter().for_each(|change| directory.apply(change));
        let held: Vec<_> = directory.overrides[&Key::new("web").unwrap()].clone();
        let expected = [made(1, &[4], None), made(2, &[4], Some(3)), made(3, &[3], Some(4)), made(5, &[3], None)];
        assert_eq!(held, expected, "nobody stands in for themselves");
        let swaps: Vec<_> = directory.swaps.values().cloned().collect();
        assert_eq!(swaps, [swap(1, 4, 3), swap(2, 3, 4), swap(4, 1, 3)], "nor changes shifts with themselves");
        assert_eq!(directory.teams[&key].members, [person(4), person(3)]);
        assert_eq!(directory.last_resort, [person(4)]);
    }

    #[test]
    fn whom_a_file_describes_is_not_swallowed_nor_is_oneself() {
        let directory = directory();
        let into = &directory.people[&PersonId(Uuid::from_u128(4))];
        for (account, says) in [(account(2, "V3"), "@p3"), (account(1, "U1"), "@p1"), (account(1, "U4"), "already")] {
            let refusal = directory.link(into, &account, None).unwrap_err().to_string();
            assert!(refusal.contains(says), "{refusal}");
        }
    }

    #[test]
    fn the_last_account_and_those_of_files_stay() {
        let directory = directory();
        let of = |number| &directory.people[&PersonId(Uuid::from_u128(number))];
        assert!(directory.unlink(of(2), &directory.identities[1]).is_ok());
        for (number, place, says) in [(4, 4, "only account"), (1, 0, "a file says")] {
            let refusal = directory.unlink(of(number), &directory.identities[place]).unwrap_err().to_string();
            assert!(refusal.contains(says), "{refusal}");
        }
    }
}
