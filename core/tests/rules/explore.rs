//! Every way in which a small page can go, to a depth: timers, answers, deliveries, failures and ends, racing each other, and
//! a restart between any two of them. Each state that is new is held against the promises of paging.

use std::collections::HashSet;

use chrono::TimeDelta;
use firebell_core::command::Command;
use firebell_core::directory::{ContactMethod, PersonalRule, Urgency};
use firebell_core::ids::NoticeId;
use firebell_core::paging::notice::{Attempt, Receipt, Stage};
use firebell_core::paging::page::{DueStep, NoticeState, Page, PageState};
use firebell_core::paging::policy::AckNeed;

use crate::invariants::{holds, never_backwards};
use crate::targets::{shadowed, world_of};
use crate::world::{World, key, who};

/// How many things happen one after the other. Deeper, the states that are new differ in little but their number.
const DEPTH: usize = 5;
/// As [`DEPTH`], where providers tell of every notice in each of their words.
const DEPTH_TOLD: usize = 4;

/// Something that may happen at any moment.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// The page's timer falls due, whenever that is.
    Timer,
    /// A timer comes before its time, or for the second time.
    Early,
    Acknowledges(&'static str),
    Resolves,
    Delivered(i64),
    Failed(i64),
    /// A provider tells how a notice fared, perhaps before it has answered the attempt; and tells it again.
    Receipt(i64, Stage),
}

const ANSWERS: [Event; 4] =
    [Event::Acknowledges("bo"), Event::Acknowledges("cy"), Event::Acknowledges("ana"), Event::Resolves];

const RECEIPTS: [Stage; 4] = [Stage::UnderWay, Stage::Delivered, Stage::Read, Stage::Failed];

fn events(page: &Page, told: bool) -> Vec<Event> {
    let outcomes = page.notices.iter().flat_map(|notice| {
        let id = notice.id.0;
        let tells: &[Stage] = if told && notice.method.tells_receipts() { &RECEIPTS } else { &[] };
        let receipts = tells.iter().map(move |stage| Event::Receipt(id, *stage));
        [Event::Delivered(id), Event::Failed(id)].into_iter().chain(receipts)
    });
    [Event::Timer, Event::Early].into_iter().chain(ANSWERS).chain(outcomes).collect()
}

fn happens(world: &mut World, event: Event) {
    let page = world.page().id;
    match event {
        Event::Timer => {
            if let Some(at) = world.page().due_at() {
                world.now = world.now.max(at);
                world.due(page);
            }
        }
        Event::Early => {
            let before = world.page().clone();
            world.due(page);
            let is_due = before.due_at().is_some_and(|at| at <= world.now);
            assert!(is_due || *world.page() == before, "never early");
        }
        Event::Acknowledges(who) => {
            // One who cannot answer is refused, and that changes nothing.
            let before = world.page().clone();
            if world.says(who, Command::Ack).is_err() {
                assert_eq!(*world.page(), before);
            }
        }
        Event::Resolves => {
            let _ = world.says("ana", Command::Resolve { summary: "done".to_owned() });
        }
        Event::Delivered(number) => {
            world.delivery(Command::NoticeDelivered {
                page,
                notice: NoticeId(number),
                again: false,
                attempt: Attempt::default(),
            });
        }
        Event::Failed(number) => {
            let reason = "no such number".to_owned();
            world.delivery(Command::NoticeFailed {
                page,
                notice: NoticeId(number),
                reason,
                attempt: Attempt::default(),
            });
        }
        Event::Receipt(number, stage) => {
            let receipt = Receipt { provider_id: "SM1".to_owned(), stage, word: format!("{stage:?}"), reason: None };
            let tells = Command::NoticeReceipt { page, notice: NoticeId(number), receipt };
            world.delivery(tells.clone());
            let after = world.page().clone();
            world.delivery(tells);
            assert_eq!(*world.page(), after, "what is told twice counts once");
        }
    }
}

/// What a state is, but for numbers that only count.
fn seen_as(world: &World) -> String {
    let mut page = world.page().clone();
    page.version = 0;
    let since = world.now - page.raised_at;
    format!("{since} {:?} {}", world.incident().status.word(), serde_json::to_string(&page).unwrap())
}

/// A process that stops here and starts again has what the database holds, and nothing else.
fn restarts(page: &Page) {
    let stored = serde_json::to_string(page).unwrap();
    assert_eq!(serde_json::from_str::<Page>(&stored).unwrap(), *page);
}

fn kept(before: &World, event: Event, after: &World) {
    let (was, is) = (before.page(), after.page());
    restarts(is);
    holds(is, after);
    never_backwards(&before.pages, &after.pages);
    if !was.is_open() {
        assert_eq!(is.notices.len(), was.notices.len(), "nobody is told of what is over, after {event:?}");
    }
    for planned in &is.planned {
        let recipient = is.recipient(planned.person).unwrap();
        let waits = recipient.state == firebell_core::paging::page::RecipientState::Waiting;
        assert!(waits, "nothing is planned for whoever has answered, after {event:?}");
    }
    let mut keys = HashSet::new();
    for notice in &is.notices {
        let key = (notice.person, notice.method, format!("{}", notice.occasion));
        assert!(keys.insert(key), "nobody is told twice of one occasion by one method, after {event:?}");
    }
}

/// If nobody does anything any more, the last resort is told.
fn comes_to_somebody(world: &World) {
    let mut world = world.clone();
    if !world.page().is_open() {
        return;
    }
    for _ in 0..12 {
        happens(&mut world, Event::Timer);
    }
    let last = |page: &Page| page.notices.iter().any(|n| matches!(n.occasion, DueStep::LastResort { .. }));
    assert!(last(world.page()), "an open page ends in silence");
}

/// Answers how many states there were.
fn explore(world: &World) -> usize {
    explore_to(world, DEPTH, false)
}

fn explore_to(world: &World, depth: usize, told: bool) -> usize {
    let mut seen = HashSet::from([seen_as(world)]);
    let mut edge = vec![world.clone()];
    for _ in 0..depth {
        let mut next = Vec::new();
        for before in &edge {
            for event in events(before.page(), told) {
                let mut after = before.clone();
                happens(&mut after, event);
                kept(before, event, &after);
                if seen.insert(seen_as(&after)) {
                    comes_to_somebody(&after);
                    next.push(after);
                }
            }
        }
        edge = next;
    }
    seen.len()
}

/// A page to bo, who has rules of his own, and then to cy.
fn by_rules(needs: AckNeed) -> World {
    let mut world = World::declared();
    world.policy_of("oncall", &[&["bo"], &["cy", "bo"]], needs, 1);
    let bo = world.directory.people.get_mut(&who("bo")).unwrap();
    bo.contacts = vec![ContactMethod::Console, ContactMethod::Sms];
    let rule = |method, minutes: i64| PersonalRule { urgency: Urgency::High, method, after_s: minutes * 60 };
    bo.rules = vec![rule(ContactMethod::Console, 0), rule(ContactMethod::Sms, 2)];
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    world
}

#[test]
fn a_page_with_personal_rules_keeps_its_promises() {
    for needs in [AckNeed::Anyone, AckNeed::Everyone] {
        let states = explore(&by_rules(needs));
        assert!(states > 300, "only {states} states were found");
    }
}

#[test]
fn a_page_whose_carriers_tell_late_twice_and_out_of_order_keeps_its_promises() {
    let mut world = World::declared();
    world.policy_of("oncall", &[&["bo"], &["cy", "bo"]], AckNeed::Everyone, 1);
    world.directory.people.get_mut(&who("bo")).unwrap().contacts = vec![ContactMethod::Sms, ContactMethod::Voice];
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let states = explore_to(&world, DEPTH_TOLD, true);
    assert!(states > 300, "only {states} states were found");
}

#[test]
fn a_page_to_a_schedule_with_a_shadow_keeps_its_promises() {
    let mut world = world_of(vec![
        firebell_core::paging::policy::Step { schedules: vec![key("web")], wait_s: 300, ..Default::default() },
        firebell_core::paging::policy::Step { people: vec![who("cy")], wait_s: 300, ..Default::default() },
    ]);
    shadowed(&mut world);
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let states = explore(&world);
    assert!(states > 300, "only {states} states were found");
}

#[test]
fn an_answer_and_a_timer_may_race_either_way() {
    let mut world = by_rules(AckNeed::Anyone);
    world.now += TimeDelta::minutes(2);
    let (mut answered, mut fired) = (world.clone(), world);
    happens(&mut answered, Event::Acknowledges("bo"));
    happens(&mut answered, Event::Early);
    assert_eq!(answered.page().notices.len(), 1, "the text message was planned and never sent");
    happens(&mut fired, Event::Early);
    happens(&mut fired, Event::Acknowledges("bo"));
    let states: Vec<&NoticeState> = fired.page().notices.iter().map(|notice| &notice.state).collect();
    assert!(states.iter().all(|state| matches!(state, NoticeState::Cancelled { .. })), "{states:?}");
    for page in [answered.page(), fired.page()] {
        assert!(matches!(page.state, PageState::Acknowledged { .. }));
    }
}
