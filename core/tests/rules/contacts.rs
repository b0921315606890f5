//! How people are reached, as they want it: what is refused, what is sent, and what a code that comes back changes.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::command::{Code, ContactCommand};
use firebell_core::decide::{ContactDecision, decide_contact};
use firebell_core::directory::reach::{ContactFacts, Home, Waiting};
use firebell_core::directory::{Address, ContactMethod, DirectoryChange, Origin, Person, PlainAddress};
use firebell_core::effect::{CodeFor, Work};
use firebell_core::ids::{CodeId, Minter};
use firebell_core::reply::{ContactDone, Reply};
use serde_json::json;
use uuid::Uuid;

use crate::world::{World, chat, who};

const SMS: ContactMethod = ContactMethod::Sms;

fn now() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn home(mark: &str, origin: Origin) -> Home {
    let address = Address { sealed: "c2VhbGVk".to_owned(), mark: mark.to_owned(), origin };
    Home { address, masked: "…42".to_owned() }
}

fn set() -> ContactCommand {
    ContactCommand::Set { method: SMS, address: PlainAddress("+4366012345642".to_owned()) }
}

fn confirm() -> ContactCommand {
    ContactCommand::Confirm { code: Code("ABC234".to_owned()) }
}

/// Text messages are configured, and an address was typed.
fn facts() -> ContactFacts {
    let typed = Some(Ok(home("new", Origin::Chat)));
    ContactFacts { typed, here: [SMS].into(), ..ContactFacts::default() }
}

fn waits(why: CodeFor, misses: i64) -> ContactFacts {
    let (id, person, to) = (CodeId(Uuid::from_u128(9)), who("bo"), home("new", Origin::Chat).address);
    let until = now() + TimeDelta::minutes(15);
    let waiting = vec![Waiting { id, person, method: SMS, to, why, asked: now(), until, misses }];
    ContactFacts { waiting, given: Some(id), ..facts() }
}

fn decide(handle: &str, facts: &ContactFacts, command: &ContactCommand, later: i64) -> ContactDecision {
    let world = World::new();
    let at = now() + TimeDelta::minutes(later);
    decide_contact(&world.directory, facts, command, (&chat(handle), at), &mut Minter::new([7; 32], at))
}

fn saved(decision: &ContactDecision) -> &Person {
    match decision.changes.as_slice() {
        [DirectoryChange::PersonSaved(person)] => person,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_address_waits_for_its_code_and_changes_nothing() {
    let decision = decide("bo", &facts(), &set(), 0);
    assert!(decision.reply.is_ok() && decision.changes.is_empty() && decision.proved.is_none(), "{decision:?}");
    let [waiting] = decision.asked.as_slice() else { panic!("{decision:?}") };
    assert_eq!((waiting.method, waiting.why, waiting.until), (SMS, CodeFor::Address, now() + TimeDelta::minutes(15)));
    let [effect] = decision.effects.as_slice() else { panic!("{decision:?}") };
    assert!(matches!(&effect.work, Work::ContactCode { code, to, .. } if *code == waiting.id && *to == waiting.to));
}

#[test]
fn a_code_that_comes_back_makes_the_address_theirs_and_the_one_before_hears_it() {
    let mut facts = waits(CodeFor::Address, 4);
    facts.homes.insert(SMS, home("old", Origin::File));
    let decision = decide("bo", &facts, &confirm(), 14);
    let person = saved(&decision);
    assert_eq!((person.contacts.last(), person.addresses[&SMS].mark.as_str()), (Some(&SMS), "new"));
    assert_eq!(decision.proved, Some((SMS, "new".to_owned())));
    let told: Vec<&Work> = decision.effects.iter().map(|effect| &effect.work).collect();
    assert!(matches!(told.as_slice(), [Work::TellReplaced { to, .. }] if to.mark == "old"), "{told:?}");
}

#[test]
fn an_address_that_is_taken_away_hears_it_where_something_sends_there() {
    let mut world = World::new();
    let bo = world.directory.people.get_mut(&who("bo")).unwrap();
    bo.contacts.push(SMS);
    let old = home("old", Origin::Chat);
    bo.addresses.insert(SMS, old.address.clone());
    let known = ContactFacts { homes: [(SMS, old)].into(), ..facts() };
    for (facts, masked) in [
        (known.clone(), Some("…42")),
        (ContactFacts { here: [].into(), ..known }, None),
        // An address that does not open with the key.
        (facts(), None),
    ] {
        let (command, mut mint) = (ContactCommand::Remove { method: SMS }, Minter::new([7; 32], now()));
        let decision = decide_contact(&world.directory, &facts, &command, (&chat("bo"), now()), &mut mint);
        assert!(!saved(&decision).contacts.contains(&SMS));
        let done = ContactDone::Removed { method: "sms".to_owned(), was: masked.map(str::to_owned) };
        assert_eq!(decision.reply, Ok(Reply::Contact { done }));
        let told: Vec<&Work> = decision.effects.iter().map(|effect| &effect.work).collect();
        match told.as_slice() {
            [Work::TellReplaced { to, removed: true, .. }] => assert!(to.mark == "old" && masked.is_some()),
            none => assert!(none.is_empty() && masked.is_none(), "{none:?}"),
        }
    }
}

#[test]
fn what_an_older_version_queued_for_an_address_is_understood() {
    let to = json!({"sealed": "c2VhbGVk", "mark": "old", "origin": "chat"});
    let held = json!({"do": "tell_replaced", "person": who("bo"), "method": "sms", "to": to});
    let work: Work = serde_json::from_value(held).unwrap();
    assert!(matches!(work, Work::TellReplaced { removed: false, .. }), "{work:?}");
}

#[test]
fn what_cannot_be_is_refused_with_a_way_out() {
    let wrong = |misses| ContactFacts { given: None, ..waits(CodeFor::Address, misses) };
    let full = ContactFacts { full: [SMS].into(), ..facts() };
    let elsewhere = ContactFacts { here: [ContactMethod::Ntfy].into(), ..facts() };
    let broken = ContactFacts { typed: Some(Err("it is none".to_owned())), ..facts() };
    let moved = waits(CodeFor::Test, 0);
    for (who, facts, command, later, says, missed) in [
        ("gus", facts(), set(), 0, "guest", false),
        ("bo", elsewhere, set(), 0, "not configured here", false),
        ("bo", broken, set(), 0, "cannot be an address for sms: it is none", false),
        ("bo", ContactFacts { sent: 6, ..facts() }, set(), 0, "6 codes", false),
        ("bo", full, set(), 0, "enough codes within an hour", false),
        ("bo", facts(), confirm(), 0, "no code waits for you", false),
        ("bo", waits(CodeFor::Address, 0), confirm(), 15, "no code waits for you", false),
        ("bo", wrong(0), confirm(), 0, "you may try 4 times more", true),
        ("bo", wrong(4), confirm(), 0, "too many were wrong by now", true),
        ("bo", waits(CodeFor::Address, 5), confirm(), 0, "too many wrong codes were given", false),
        ("bo", moved, confirm(), 0, "leads elsewhere since that code was sent", false),
        ("bo", facts(), ContactCommand::Remove { method: SMS }, 0, "not reached by sms", false),
        (
            "bo",
            facts(),
            ContactCommand::Remove { method: ContactMethod::Console },
            0,
            "a file gives you console",
            false,
        ),
        ("bo", facts(), ContactCommand::Test { method: None }, 0, "no method of yours leads to an address", false),
    ] {
        let decision = decide(who, &facts, &command, later);
        let refusal = decision.reply.clone().unwrap_err().to_string();
        assert!(refusal.contains(says), "{says}: {refusal}");
        assert_eq!(decision.missed, missed, "{refusal}");
        assert!(decision.changes.is_empty() && decision.effects.is_empty() && decision.asked.is_empty(), "{refusal}");
    }
}
