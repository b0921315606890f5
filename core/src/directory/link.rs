//! Two accounts of one human: what becomes of whoever the second one was taken for.

use super::{ContactMethod, Directory, DirectoryChange, Identity, Origin, Person};
use crate::ids::PersonId;
use crate::incident::Channel;
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
    /// The changes that make an account that of `into`, with everything that its own person has: whoever first spoke by it
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

fn no(message: String) -> Refusal {
    Refusal::NotAllowed { message }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use uuid::Uuid;

    use super::super::Standing;
    use super::*;
    use crate::ids::{Key, WorkspaceId};

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
