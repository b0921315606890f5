//! What is owed is what was decided and is not done yet. That it is never more is asserted after every decision of every
//! story, in the world.

use std::collections::BTreeSet;

use firebell_core::command::Command;
use firebell_core::decide::Decision;
use firebell_core::effect::{Effect, Reference, Work};
use firebell_core::ids::{EntryId, IncidentId, NoticeId, RoomId};
use firebell_core::incident::Status;
use firebell_core::owed::owed;
use firebell_core::paging::notice::Attempt;
use firebell_core::paging::page::{DueStep, NoticeState};

use crate::world::{World, who};

/// What INC-1 owes, each as a word and the person it is for.
fn words(world: &World) -> Vec<String> {
    let pages: Vec<_> = world.pages.values().filter(|page| page.incident == IncidentId(1)).cloned().collect();
    owed(world.incident(), &pages).iter().map(word).collect()
}

fn word(effect: &Effect) -> String {
    let handle = |person| crate::world::PEOPLE.into_iter().find(|handle| who(handle) == person).unwrap();
    match &effect.work {
        Work::OpenRoom { .. } => "open".to_owned(),
        Work::CloseRoom { .. } => "close".to_owned(),
        Work::Invite { person, .. } => format!("invite {}", handle(*person)),
        Work::Notice { person, .. } => format!("notify {}", handle(*person)),
        other => panic!("{other:?} is not owed"),
    }
}

fn room(world: &World) -> RoomId {
    world.incident().rooms[0].id
}

fn open(world: &mut World) {
    let made = Reference { external_id: "C1".to_owned(), name: "inc-1".to_owned() };
    world.delivery(Command::RoomOpened { room: room(world), made });
}

fn paging() -> World {
    let mut world = World::new();
    world.policy("plain", &[&["bo"], &["cy", "dee"]]);
    world.service("shop", "plain");
    world
}

/// Everything of a decision but what rooms are told and the withdrawals.
fn lasting(decision: &Decision) -> BTreeSet<String> {
    let news = |work: &Work| matches!(work, Work::Post { .. } | Work::Withdraw { .. } | Work::Alarm { .. });
    decision.effects.iter().filter(|effect| !news(&effect.work)).map(|effect| effect.key.clone()).collect()
}

#[test]
fn until_anything_is_done_all_that_was_decided_is_owed() {
    let mut world = paging();
    let decided = world.declare_paging();
    let keys: BTreeSet<String> =
        owed(world.incident(), &[world.page().clone()]).into_iter().map(|effect| effect.key).collect();
    assert_eq!(keys, lasting(&decided));
    assert_eq!(words(&world), ["open", "invite ana", "invite bo", "notify bo"]);
}

#[test]
fn what_is_done_is_owed_no_longer() {
    let mut world = paging();
    world.declare_paging();
    let waits = |world: &World| owed(world.incident(), &[]).iter().filter(|effect| effect.after.is_some()).count();
    assert_eq!(waits(&world), 2);
    open(&mut world);
    assert_eq!(words(&world), ["invite ana", "invite bo", "notify bo"]);
    assert_eq!(waits(&world), 0, "the room is open, so nothing has to be waited for");
    let page = world.page().id;
    world.delivery(Command::NoticeDelivered { page, notice: NoticeId(1), again: false, attempt: Attempt::default() });
    assert_eq!(words(&world), ["invite ana", "invite bo"]);
    world.pass(5);
    world.due(page);
    assert_eq!(words(&world), ["invite ana", "invite bo", "invite cy", "invite dee", "notify cy", "notify dee"]);
    world.says("cy", Command::Ack).unwrap();
    assert_eq!(words(&world), ["invite ana", "invite bo", "invite cy", "invite dee"]);
}

#[test]
fn a_room_that_cannot_be_made_owes_nothing() {
    let mut world = World::declared();
    world.delivery(Command::RoomFailed { room: room(&world), reason: "no".to_owned() });
    assert_eq!(words(&world), [""; 0]);
}

#[test]
fn the_open_rooms_of_what_is_over_are_to_be_closed() {
    let resolve = || Command::Resolve { summary: "over".to_owned() };
    for ending in [vec![resolve(), Command::Close], vec![Command::Cancel { reason: None }]] {
        for opened in [true, false] {
            let mut world = World::declared();
            if opened {
                open(&mut world);
            }
            let decided: Vec<Decision> =
                ending.iter().map(|command| world.says("ana", command.clone()).unwrap()).collect();
            let room = room(&world);
            let close =
                Effect::close_room(IncidentId(1), &world.incident().rooms[0], EntryId(world.incident().entries), None);
            assert!(decided.last().unwrap().effects.contains(&close), "{:?}", world.incident().status);
            // A room that was never opened stays unopened: nobody needs it.
            assert_eq!(owed(world.incident(), &[]), if opened { vec![close] } else { Vec::new() });
            // What is added to the record later does not change the key.
            world.says("ana", Command::Note { text: "a lesson".to_owned(), at: None }).unwrap();
            assert_eq!(words(&world), if opened { vec!["close"] } else { Vec::new() });
            world.delivery(Command::RoomClosed { room });
            assert_eq!(words(&world), [""; 0]);
        }
    }
}

#[test]
fn a_resolved_incident_can_be_reopened_and_keeps_its_room() {
    let mut world = World::declared();
    open(&mut world);
    world.says("ana", Command::Resolve { summary: "over".to_owned() }).unwrap();
    assert!(matches!(world.incident().status, Status::Resolved { .. }));
    assert_eq!(words(&world), ["invite ana"]);
}

#[test]
fn a_page_that_lost_its_timer_goes_on() {
    let mut world = paging();
    world.declare_paging();
    let held = world.page().clone();
    let (mut known, mut lost) = (held.clone(), held.clone());
    // The time is what it was, past or not: nobody is paged early.
    known.resume(world.now);
    assert_eq!((known.due.clone(), known.version), (held.due.clone(), held.version + 1));
    // Where it is gone, whoever answers when all else fails is told now, for a round that was not there before.
    for round in 1..=2 {
        lost.due = None;
        lost.resume(world.now);
        let due = lost.due.clone().unwrap();
        assert_eq!((due.at, due.what), (world.now, DueStep::LastResort { round }));
        let told = lost.notices[0].clone();
        lost.notices.push(firebell_core::paging::page::Notice {
            occasion: due.what,
            state: NoticeState::Queued,
            trail: firebell_core::paging::notice::Trail::default(),
            ..told
        });
    }
}
