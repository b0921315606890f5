//! The directory: written change by change, read as one copy.

use std::collections::BTreeMap;

use chrono::DateTime;
use firebell_core::chain::Hash;
use firebell_core::directory::plan::{FileDirectory, FilePerson};
use firebell_core::directory::{Directory, DirectoryChange, Origin, Person};
use firebell_core::ids::{Key, Minter, OverrideId, SwapId};
use uuid::Uuid;

use super::super::directory::{advance, changed_at, head, load, write};
use super::super::incidents::Head;
use super::sample::{ANN, BOB, changes, key, people, plant};
use super::*;

#[tokio::test]
async fn the_directory_is_read_as_it_was_written() {
    on_both(async |session| {
        let tx = &mut session.tx();
        assert_eq!(load(tx, false).await.unwrap().directory, Directory::default());
        assert_eq!(changed_at(tx).await.unwrap(), None);
        plant(tx).await;
        let mut expected = people();
        expected.version = 0;
        for lock in [false, true] {
            assert_eq!(load(tx, lock).await.unwrap().directory, expected);
        }
        // Whatever is written again is replaced, and what is removed is gone.
        let mut bob = expected.people.get(&BOB).unwrap().clone();
        bob.contacts.clear();
        bob.active = false;
        let mut more = changes();
        more.extend([
            DirectoryChange::PersonSaved(bob),
            DirectoryChange::TeamRemoved { key: key("core") },
            DirectoryChange::ServiceRemoved { key: key("api") },
            DirectoryChange::PolicyRemoved { key: key("primary") },
            DirectoryChange::ScheduleRemoved { key: key("primary") },
            DirectoryChange::OverrideRemoved { schedule: key("primary"), id: OverrideId(Uuid::from_u128(20)) },
            DirectoryChange::SwapRemoved { id: SwapId(Uuid::from_u128(21)) },
            DirectoryChange::CalendarRemoved { key: key("holidays") },
            DirectoryChange::LastResortSet { people: Vec::new() },
        ]);
        for change in &more {
            write(tx, change).await.unwrap();
            expected.apply(change);
        }
        expected.version = 0;
        assert_eq!(load(tx, true).await.unwrap().directory, expected);
    })
    .await;
}

#[tokio::test]
async fn handles_change_hands() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let file = |held: &Person, handle: Key| FilePerson {
            handle,
            name: held.name.clone(),
            email: held.email.clone(),
            accounts: Vec::new(),
            zone: held.zone,
            standing: held.standing,
            contacts: None,
            addresses: BTreeMap::new(),
            rules: None,
        };
        // Both are known by their addresses, as nobody else gave them their handles.
        let mut held = people();
        for (number, id) in [ANN, BOB].into_iter().enumerate() {
            let person = held.people.get(&id).unwrap().clone();
            let email = Some(format!("{number}@example.org"));
            let change = DirectoryChange::PersonSaved(Person { email, origin: Origin::Chat, ..person });
            write(tx, &change).await.unwrap();
            held.apply(&change);
        }
        let (ann, bob) = (held.people.get(&ANN).unwrap(), held.people.get(&BOB).unwrap());
        let people = vec![file(ann, bob.handle.clone()), file(bob, ann.handle.clone())];
        let wanted = FileDirectory { people, ..FileDirectory::default() };
        let changes = held.plan(&wanted, &mut Minter::new([7; 32], DateTime::UNIX_EPOCH));
        let mut exchanged = held.clone();
        for change in changes.into_iter().filter(|change| matches!(change, DirectoryChange::PersonSaved(_))) {
            write(tx, &change).await.unwrap();
            exchanged.apply(&change);
        }
        exchanged.version = 0;
        let loaded = load(tx, false).await.unwrap().directory;
        assert_eq!(loaded, exchanged);
        assert_eq!((&loaded.people[&ANN].handle, &loaded.people[&BOB].handle), (&bob.handle, &ann.handle));
    })
    .await;
}

#[tokio::test]
async fn the_head_moves_from_the_version_that_was_read() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let next = Head { hash: Hash::from_bytes([4; 32]), signature: "signed".to_owned() };
        advance(tx, (0, 3, 2), &next).await.unwrap();
        let loaded = load(tx, false).await.unwrap();
        assert_eq!((loaded.directory.version, loaded.entries, loaded.head), (3, 2, next.clone()));
        assert_eq!(head(tx).await.unwrap(), next.hash);
        let stale = advance(tx, (0, 4, 3), &next).await;
        assert!(matches!(stale, Err(StoreError::Conflict { table: "directory", .. })));
    })
    .await;
}

#[tokio::test]
async fn a_row_that_was_edited_by_hand_is_named() {
    on_both(async |session| {
        plant(&mut session.tx()).await;
        let (bob, made, swap) = (BOB.to_string(), Uuid::from_u128(20).to_string(), Uuid::from_u128(21).to_string());
        let cases = [
            ("person", bob.as_str(), "handle = 'B B'", "handle = 'bob'"),
            ("person", &bob, "zone = 'Mars/Base'", "zone = 'Europe/Berlin'"),
            ("person", &bob, "standing = 'king'", "standing = 'responder'"),
            ("person", &bob, "origin = 'rumour'", "origin = 'file'"),
            ("contact", &bob, "method = 'pigeon'", "method = 'console'"),
            ("identity", "U1", "origin = 'x'", "origin = 'chat'"),
            ("team", "core", "members = '{}'", "members = '[]'"),
            ("team", "core", "origin = 'x'", "origin = 'file'"),
            ("service", "api", "team = 'not a key'", "team = NULL"),
            ("service", "api", "origin = 'x'", "origin = 'file'"),
            ("policy", "primary", "steps = '{}'", "steps = '[]'"),
            ("policy", "primary", "origin = 'x'", "origin = 'file'"),
            ("service", "api", "depends_on = '{}'", "depends_on = '[]'"),
            ("schedule", "primary", "version = 9", "version = 2"),
            ("schedule", "primary", "origin = 'chat'", "origin = 'file'"),
            ("shift_override", &made, "schedule = 'other'", "schedule = 'primary'"),
            ("swap", &swap, "schedule = 'other'", "schedule = 'primary'"),
            ("calendar", "holidays", "origin = 'api'", "origin = 'file'"),
            ("directory", "1", "last_resort = '{}'", "last_resort = '[]'"),
            ("directory", "1", "head = substr(head, 1, 3)", "version = 1"),
        ];
        for (named, row, edit, mend) in cases {
            let only = match named {
                "person" => " WHERE handle <> 'ann'",
                "contact" => " WHERE person = (SELECT id FROM person WHERE handle <> 'ann')",
                _ => "",
            };
            session.sql(format!("UPDATE {named} SET {edit}{only}")).await;
            let read = load(&mut session.tx(), false).await.map(|loaded| loaded.directory);
            let Err(StoreError::Corrupt { table, id, .. }) = read else { panic!("{named} {edit}: {read:?}") };
            assert_eq!((table, id.as_str()), (named, row), "{edit}");
            session.sql(format!("UPDATE {named} SET {mend}{only}")).await;
        }
    })
    .await;
}
