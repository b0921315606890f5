use std::collections::BTreeSet;

use chrono::DateTime;
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;
use crate::directory::Standing;
use crate::ids::WorkspaceId;
use crate::paging::policy::{AckNeed, Terms};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn keys(words: &[&str]) -> Vec<Key> {
    words.iter().map(|word| key(word)).collect()
}

fn minter(seed: u8) -> Minter {
    Minter::new([seed; 32], DateTime::UNIX_EPOCH)
}

fn person(handle: &str) -> FilePerson {
    FilePerson {
        handle: key(handle),
        name: handle.to_owned(),
        email: None,
        accounts: Vec::new(),
        zone: Tz::UTC,
        standing: Standing::Responder,
        contacts: None,
        addresses: std::collections::BTreeMap::new(),
        rules: None,
    }
}

fn policy(people: &[&str], wait_s: i64) -> FilePolicy {
    let step = FileStep { people: keys(people), wait_s, needs: AckNeed::Anyone, ..FileStep::default() };
    FilePolicy { key: key("web"), name: "web".to_owned(), rounds: 1, terms: Terms::default(), steps: vec![step] }
}

fn ana_and_bo() -> FileDirectory {
    FileDirectory {
        people: vec![person("ana"), person("bo")],
        policies: vec![policy(&["ana", "bo"], 300)],
        last_resort: keys(&["ana"]),
        ..FileDirectory::default()
    }
}

fn applied(directory: &Directory, wanted: &FileDirectory, seed: u8) -> Directory {
    let mut next = directory.clone();
    for change in directory.plan(wanted, &mut minter(seed)) {
        next.apply(&change);
    }
    next
}

fn held<'a>(directory: &'a Directory, handle: &str) -> &'a Person {
    directory.people.values().find(|person| person.handle.as_str() == handle).unwrap()
}

#[test]
fn names_in_a_policy_become_the_ids_of_people() {
    let directory = applied(&Directory::default(), &ana_and_bo(), 1);
    let (ana, bo) = (held(&directory, "ana").id, held(&directory, "bo").id);
    assert_ne!(ana, bo);
    assert_eq!(directory.policies[&key("web")].steps[0].people, [ana, bo]);
    assert_eq!(directory.policies[&key("web")].version, 1);
    assert_eq!(directory.last_resort, [ana]);
    assert_eq!(held(&directory, "ana").contacts, [ContactMethod::Console]);
}

#[test]
fn a_policys_version_rises_only_with_its_content() {
    let first = applied(&Directory::default(), &ana_and_bo(), 1);
    let mut wanted = ana_and_bo();
    wanted.people[0].name = "Ana Alvarez".to_owned();
    let renamed = applied(&first, &wanted, 2);
    assert_eq!(renamed.policies[&key("web")].version, 1);
    assert_eq!(held(&renamed, "ana").name, "Ana Alvarez");
    wanted.policies[0].steps[0].wait_s = 60;
    assert_eq!(applied(&renamed, &wanted, 3).policies[&key("web")].version, 2);
}

#[test]
fn who_leaves_the_file_becomes_inactive_and_comes_back_as_the_same_person() {
    let first = applied(&Directory::default(), &ana_and_bo(), 1);
    let only_bo = FileDirectory { people: vec![person("bo")], ..FileDirectory::default() };
    let second = applied(&first, &only_bo, 2);
    assert!(!held(&second, "ana").active);
    assert!(second.policies.is_empty() && second.last_resort.is_empty());
    let third = applied(&second, &ana_and_bo(), 3);
    assert!(held(&third, "ana").active);
    assert_eq!(held(&third, "ana").id, held(&first, "ana").id);
}

#[test]
fn a_person_from_chat_is_taken_over_with_their_contacts() {
    let mut directory = applied(&Directory::default(), &ana_and_bo(), 1);
    let mut ana = held(&directory, "ana").clone();
    ana.origin = Origin::Chat;
    ana.contacts = Vec::new();
    directory.apply(&DirectoryChange::PersonSaved(ana.clone()));
    let next = applied(&directory, &ana_and_bo(), 2);
    assert_eq!(*held(&next, "ana"), Person { origin: Origin::File, ..ana });
}

#[test]
fn what_files_do_not_own_stays_and_is_named() {
    let mut directory = applied(&Directory::default(), &ana_and_bo(), 1);
    let team = Team { key: key("sea"), name: "Sea".to_owned(), members: Vec::new(), origin: Origin::Chat };
    let service = Service {
        key: key("shop"),
        name: "Shop".to_owned(),
        team: None,
        policy: Some(key("web")),
        runbook: None,
        tier: None,
        depends_on: Vec::new(),
        rooms: Vec::new(),
        origin: Origin::Api,
    };
    directory.apply(&DirectoryChange::TeamSaved(team.clone()));
    directory.apply(&DirectoryChange::ServiceSaved(service.clone()));
    let wanted = FileTeam { key: key("sea"), name: "Other".to_owned(), members: Vec::new() };
    let wanted = FileDirectory { teams: vec![wanted], ..FileDirectory::default() };
    let next = applied(&directory, &wanted, 2);
    assert_eq!(next.teams[&key("sea")], team);
    assert_eq!(next.services[&key("shop")], service);
    assert!(next.policies.contains_key(&key("web")), "the service from the API still names it");
    assert_eq!(directory.not_owned(&wanted), [NotOwned { what: "team", key: key("sea"), origin: Origin::Chat }],);
}

const HANDLES: [&str; 4] = ["ana", "bo", "cy", "di"];

prop_compose! {
    fn any_file()(
        handles in subsequence(&HANDLES[..], 0..=4),
        named in any::<[bool; 4]>(),
        team in any::<Option<bool>>(),
        service in any::<Option<(bool, bool)>>(),
        waits in proptest::collection::vec(1_i64..3, 0..3),
        admin in any::<bool>(),
        told in any::<bool>(),
    ) -> FileDirectory {
        let some: Vec<&str> = handles.iter().zip(named).filter(|(_, named)| *named).map(|(handle, _)| *handle).collect();
        let standing = if admin { Standing::Admin } else { Standing::Responder };
        let contacts = told.then(Vec::new);
        let has_policy = !waits.is_empty();
        let steps = waits.into_iter().map(|wait_s| FileStep { people: keys(&some), wait_s, needs: AckNeed::Anyone, ..FileStep::default() });
        let policy = FilePolicy { key: key("web"), name: "web".to_owned(), rounds: 1, terms: Terms::default(), steps: steps.collect() };
        FileDirectory {
            people: handles.iter().map(|h| FilePerson { standing, contacts: contacts.clone(), ..person(h) }).collect(),
            teams: team.map(|long| FileTeam {
                key: key("sea"),
                name: if long { "The sea" } else { "Sea" }.to_owned(),
                members: keys(&some),
            }).into_iter().collect(),
            services: service.map(|(of_team, paged)| FileService {
                key: key("shop"),
                name: "Shop".to_owned(),
                team: (of_team && team.is_some()).then(|| key("sea")),
                policy: (paged && has_policy).then(|| key("web")),
                runbook: None,
                tier: None,
                depends_on: Vec::new(),
                rooms: Vec::new(),
            }).into_iter().collect(),
            policies: if has_policy { vec![policy] } else { Vec::new() },
            last_resort: keys(&some),
            ..FileDirectory::default()
        }
    }
}

/// Gives the chosen rows to chat, as if they had been born there.
fn given_to_chat(mut directory: Directory, people: &BTreeSet<usize>, rows: [bool; 3]) -> Directory {
    for (_, person) in directory.people.values_mut().enumerate().filter(|(at, _)| people.contains(at)) {
        person.origin = Origin::Chat;
    }
    directory.teams.values_mut().filter(|_| rows[0]).for_each(|team| team.origin = Origin::Chat);
    directory.services.values_mut().filter(|_| rows[1]).for_each(|service| service.origin = Origin::Chat);
    directory.policies.values_mut().filter(|_| rows[2]).for_each(|policy| policy.origin = Origin::Chat);
    directory
}

proptest! {
    #[test]
    fn planning_again_gives_nothing_and_other_origins_stay(
        before in any_file(),
        wanted in any_file(),
        people in proptest::collection::btree_set(0_usize..4, 0..3),
        rows in any::<[bool; 3]>(),
    ) {
        let start = given_to_chat(applied(&Directory::default(), &before, 1), &people, rows);
        let end = applied(&start, &wanted, 2);
        prop_assert_eq!(end.plan(&wanted, &mut minter(3)), Vec::new());

        for (key, team) in start.teams.iter().filter(|(_, team)| team.origin == Origin::Chat) {
            prop_assert_eq!(end.teams.get(key), Some(team));
        }
        for (key, service) in start.services.iter().filter(|(_, service)| service.origin == Origin::Chat) {
            prop_assert_eq!(end.services.get(key), Some(service));
        }
        for (id, person) in &start.people {
            let listed = wanted.people.iter().any(|listed| listed.handle == person.handle);
            let after = end.people.get(id).unwrap();
            prop_assert_eq!(after.active, listed || person.origin == Origin::Chat);
            prop_assert!(listed || after.name == person.name && after.origin == person.origin);
        }
        for (key, policy) in &start.policies {
            let Some(after) = end.policies.get(key) else { continue };
            let same = PagingPolicy { version: policy.version, ..after.clone() } == *policy;
            prop_assert_eq!(after.version, policy.version + i64::from(!same));
        }
    }
}

const SLACK: WorkspaceId = WorkspaceId(uuid::Uuid::from_u128(7));

/// Somebody who was first seen in chat, by the name they gave themselves.
fn seen(directory: &mut Directory, number: u128, (handle, email): (&str, Option<&str>), account: &str) -> PersonId {
    let id = PersonId(uuid::Uuid::from_u128(number));
    directory.apply(&DirectoryChange::PersonSaved(Person {
        id,
        handle: key(handle),
        name: handle.to_owned(),
        email: email.map(str::to_owned),
        zone: Tz::UTC,
        locale: "en".to_owned(),
        standing: Standing::Responder,
        contacts: vec![ContactMethod::Slack],
        addresses: BTreeMap::new(),
        rules: Vec::new(),
        chosen: crate::directory::Chosen::default(),
        origin: Origin::Chat,
        active: true,
    }));
    let external_id = account.to_owned();
    let linked = Identity { workspace: SLACK, external_id, person: id, origin: Origin::Chat };
    directory.apply(&DirectoryChange::IdentityLinked(linked));
    id
}

fn with_slack(people: Vec<FilePerson>) -> FileDirectory {
    let workspaces = BTreeMap::from([("main".to_owned(), SLACK)]);
    FileDirectory { people, workspaces, default_contacts: vec![ContactMethod::Slack], ..FileDirectory::default() }
}

fn account(external_id: &str) -> FileAccount {
    FileAccount { workspace: "main".to_owned(), external_id: external_id.to_owned() }
}

#[test]
fn a_name_that_somebody_chose_in_chat_makes_nobody_an_administrator() {
    let mut directory = Directory::default();
    let impostor = seen(&mut directory, 1, ("ana", Some("mallory@example.org")), "U666");
    let file = with_slack(vec![FilePerson {
        standing: Standing::Admin,
        email: Some("ana@example.org".to_owned()),
        ..person("ana")
    }]);
    let directory = applied(&directory, &file, 1);
    let ana = held(&directory, "ana");
    assert_ne!(ana.id, impostor);
    assert_eq!(ana.contacts, [ContactMethod::Slack]);
    let seen = directory.person_by_account(SLACK, "U666").unwrap();
    assert_eq!((seen.id, seen.handle.as_str(), seen.standing), (impostor, "ana-2", Standing::Responder));
}

#[test]
fn whoever_was_seen_in_chat_is_known_by_account_or_address() {
    let mut directory = Directory::default();
    let by_account = seen(&mut directory, 1, ("anna", None), "U1");
    let by_email = seen(&mut directory, 2, ("bob", Some("Bo@example.org")), "U2");
    let file = with_slack(vec![
        FilePerson { accounts: vec![account("U1")], ..person("ana") },
        FilePerson { email: Some("bo@example.org".to_owned()), ..person("bo") },
    ]);
    let directory = applied(&directory, &file, 1);
    assert_eq!((held(&directory, "ana").id, held(&directory, "bo").id), (by_account, by_email));
    assert!(directory.plan(&file, &mut minter(2)).is_empty(), "{:?}", directory.plan(&file, &mut minter(2)));
}

#[test]
fn no_two_people_have_one_handle_at_any_time() {
    for (seen_as, file) in [
        // Exchanged, in a ring, and one after the other, in both orders.
        (&["ana", "bo"][..], &[("bo", "U1"), ("ana", "U2")][..]),
        (&["ana", "bo", "cy"], &[("bo", "U1"), ("cy", "U2"), ("ana", "U3")]),
        (&["ana", "bo"], &[("bo", "U1"), ("cy", "U2")]),
        (&["ana", "bo"], &[("cy", "U2"), ("bo", "U1")]),
        // The one that somebody would be moved to is another one's, or is to be.
        (&["ana"], &[("ana", "U9"), ("ana-2", "U8")]),
        (&["ana", "ana-2"], &[("ana", "U9"), ("ana-2", "U8"), ("ana-3", "U1")]),
        (&["ana", "bo"], &[("bo", "U1"), ("ana", "U2"), ("bo-2", "U8"), ("bo-3", "U7")]),
    ] {
        let mut directory = Directory::default();
        for (handle, number) in seen_as.iter().zip(1..) {
            seen(&mut directory, number, (handle, None), &format!("U{number}"));
        }
        let people = file.iter().map(|(handle, id)| FilePerson { accounts: vec![account(id)], ..person(handle) });
        let file_directory = with_slack(people.collect());
        for change in directory.plan(&file_directory, &mut minter(1)) {
            directory.apply(&change);
            let handles: BTreeSet<&Key> = directory.people.values().map(|held| &held.handle).collect();
            assert_eq!(handles.len(), directory.people.len(), "{file:?} {change:?}");
        }
        for (handle, id) in file {
            assert_eq!(directory.person_by_account(SLACK, id).unwrap().handle.as_str(), *handle, "{file:?}");
        }
        assert!(directory.plan(&file_directory, &mut minter(2)).is_empty(), "{file:?}");
    }
}

#[test]
fn an_account_is_linked_and_unlinked_as_the_file_says() {
    let with = with_slack(vec![FilePerson { accounts: vec![account("U1")], ..person("ana") }]);
    let directory = applied(&Directory::default(), &with, 1);
    assert_eq!(directory.person_by_account(SLACK, "U1").unwrap().handle.as_str(), "ana");
    let without = with_slack(vec![person("ana")]);
    let directory = applied(&directory, &without, 2);
    assert!(directory.person_by_account(SLACK, "U1").is_none());
}

#[test]
fn an_address_that_the_file_tells_later_brings_the_account_along() {
    let before = with_slack(vec![person("ana")]);
    let mut directory = applied(&Directory::default(), &before, 1);
    seen(&mut directory, 9, ("annie", Some("ana@example.org")), "U1");
    let after = with_slack(vec![FilePerson { email: Some("ana@example.org".to_owned()), ..person("ana") }]);
    let directory = applied(&directory, &after, 2);
    assert_eq!(directory.person_by_account(SLACK, "U1").unwrap().handle.as_str(), "ana");
    assert!(directory.plan(&after, &mut minter(3)).is_empty());
}

#[test]
fn what_a_person_proved_or_chose_in_chat_prevails_until_they_take_it_back() {
    use ContactMethod::{Email, Ntfy, Sms, Voice};

    use crate::directory::{Chosen, PersonalRule, Urgency};
    let given = |mark: &str, origin| Address { sealed: mark.to_owned(), mark: mark.to_owned(), origin };
    let rule = |method| PersonalRule { urgency: Urgency::High, method, after_s: 0 };
    let sealed = BTreeMap::from([(key("ana"), BTreeMap::from([(Sms, given("file", Origin::File))]))]);
    let file = FileDirectory {
        people: vec![FilePerson {
            contacts: Some(vec![Sms, Voice, Email]),
            rules: Some(vec![rule(Voice)]),
            ..person("ana")
        }],
        sealed: Some(sealed),
        ..FileDirectory::default()
    };
    let directory = applied(&Directory::default(), &file, 1);
    let ana = held(&directory, "ana").clone();
    let own = Person {
        contacts: vec![Ntfy, Email, Sms, Voice],
        addresses: BTreeMap::from([(Sms, given("own", Origin::Chat)), (Ntfy, given("topic", Origin::Chat))]),
        rules: vec![rule(Ntfy)],
        ..ana
    };
    // What was chosen, and how the person is reached once the file was applied.
    for (order, rules, contacts, ruled) in [
        (false, false, [Sms, Voice, Email, Ntfy], Voice),
        (true, false, [Ntfy, Email, Sms, Voice], Voice),
        (true, true, [Ntfy, Email, Sms, Voice], Ntfy),
    ] {
        let mut directory = directory.clone();
        let chosen = Chosen { order, rules };
        directory.apply(&DirectoryChange::PersonSaved(Person { chosen, ..own.clone() }));
        let directory = applied(&directory, &file, 2);
        let after = held(&directory, "ana");
        assert_eq!((after.contacts.as_slice(), after.rules.as_slice()), (&contacts[..], &[rule(ruled)][..]));
        assert_eq!((after.addresses[&Sms].mark.as_str(), after.addresses[&Ntfy].mark.as_str()), ("own", "topic"));
        assert!(directory.plan(&file, &mut minter(3)).is_empty());
    }
    let mut directory = directory;
    directory.apply(&DirectoryChange::PersonSaved(Person { addresses: BTreeMap::new(), contacts: vec![Email], ..own }));
    let after = applied(&directory, &file, 2);
    assert_eq!(held(&after, "ana").addresses[&Sms].mark, "file");
}
