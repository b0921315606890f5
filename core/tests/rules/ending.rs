//! What ends a page: an acknowledgement, or the end of its incident.

use firebell_core::command::Command;
use firebell_core::command::Declare;
use firebell_core::ids::{IncidentId, NoticeId, PageId};
use firebell_core::paging::notice::{Attempt, Receipt, Stage};
use firebell_core::paging::page::{EndReason, NoticeState, PageState};
use firebell_core::paging::policy::AckNeed;
use firebell_core::reply::Reply;

use firebell_core::directory::{ContactMethod, Person};
use firebell_core::effect::{Effect, Work};

use crate::world::{World, key, kinds, notified, who, withdrawn};

/// A page to bo and cy, where bo's notice has arrived and cy's is still queued.
fn half_told(needs: AckNeed) -> (World, PageId) {
    let mut world = World::declared();
    world.policy_of("oncall", &[&["bo", "cy"], &["dee"]], needs, 1);
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    world.delivery(Command::NoticeDelivered { page, notice: NoticeId(1), again: false, attempt: Attempt::default() });
    (world, page)
}

fn still_waiting(reply: &Reply) -> &[String] {
    match reply {
        Reply::Acknowledged { still_waiting, .. } => still_waiting,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_acknowledgement_takes_back_what_is_queued_and_withdraws_what_arrived() {
    // Who acknowledges, and who hears that it is over.
    for (by, told) in [("bo", vec![]), ("cy", vec!["bo"]), ("dee", vec!["bo"])] {
        let (mut world, page) = half_told(AckNeed::Anyone);
        world.pass(1);
        let decision = world.says(by, Command::Ack).unwrap();
        assert_eq!(world.page().state, PageState::Acknowledged { at: world.now, by: who(by) });
        assert_eq!(withdrawn(&decision), told, "{by}");
        assert_eq!(decision.cancelled, [format!("{page}:notice:{}:0.0.console", who("cy"))]);
        assert_eq!(world.page().notices[1].state, NoticeState::Cancelled { at: world.now });
        assert_eq!(world.page().due, None);
        assert!(world.incident().has_member(who(by)));
        assert_eq!(world.incident().milestones.acknowledged.as_ref().map(|mark| mark.at), Some(world.now));
        world.pass(60);
        assert!(world.due(page).effects.is_empty());
    }
}

#[test]
fn where_everyone_must_answer_each_answers_for_themselves() {
    let (mut world, page) = half_told(AckNeed::Everyone);
    let owed = "INC-1 waits for @bo, @cy themselves; nobody else can answer for them";
    assert_eq!(world.refuses("dee", Command::Ack), owed, "dee was not asked yet");
    let first = world.says("cy", Command::Ack).unwrap();
    assert_eq!(still_waiting(&first.reply), ["bo"]);
    assert_eq!(first.cancelled, [format!("{page}:notice:{}:0.0.console", who("cy"))]);
    assert_eq!(withdrawn(&first), Vec::<&str>::new());
    assert_eq!(world.refuses("cy", Command::Ack), "INC-1 is already acknowledged by you");
    world.pass(5);
    assert_eq!(notified(&world.due(page)), ["dee"], "bo has not answered");
    world.says("bo", Command::Ack).unwrap();
    assert_eq!(world.open_pages(), 1);
    let last = world.says("dee", Command::Ack).unwrap();
    assert!(still_waiting(&last.reply).is_empty());
    assert_eq!(withdrawn(&last), Vec::<&str>::new(), "whoever answered knows");
    assert_eq!(world.open_pages(), 0);
}

/// A page whose first step wants anyone of bo and cy, whose second wants everyone of dee and ana, and whose last resort
/// is adm; all of them are told.
fn told_by_three_steps() -> World {
    let mut world = World::declared();
    world.policy("oncall", &[&["bo", "cy"], &["dee", "ana"]]);
    let policy = world.directory.policies.get_mut(&key("oncall")).unwrap();
    policy.steps[1].needs = AckNeed::Everyone;
    world.directory.last_resort = vec![who("adm")];
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    for _ in 0..2 {
        world.pass(5);
        world.due(page);
    }
    for notice in 1..=5 {
        world.delivery(Command::NoticeDelivered {
            page,
            notice: NoticeId(notice),
            again: false,
            attempt: Attempt::default(),
        });
    }
    world
}

#[test]
fn one_answer_covers_those_of_whom_one_is_enough_and_each_of_the_others_owes_theirs() {
    // Who answers in turn; who is waited for after the last of them; who hears from the last that it is over.
    for (turns, waiting, told) in [
        (&["bo"][..], &["dee", "ana"][..], &["cy", "adm"][..]),
        (&["gwen"], &["dee", "ana"], &["bo", "cy", "adm"]),
        (&["dee"], &["ana"], &["bo", "cy", "adm"]),
        (&["bo", "dee"], &["ana"], &[]),
        (&["bo", "dee", "ana"], &[], &[]),
        (&["adm"], &[], &["bo", "cy", "dee", "ana"]),
        (&["bo", "dee", "adm"], &[], &["ana"]),
    ] {
        let mut world = told_by_three_steps();
        let gwen = Person { id: who("gone"), ..world.directory.people[&who("bo")].clone() };
        world.directory.people.insert(who("gone"), gwen);
        let answers = turns.iter().map(|by| world.says(if *by == "gwen" { "gone" } else { by }, Command::Ack).unwrap());
        let last = answers.last().unwrap();
        assert_eq!(still_waiting(&last.reply), waiting, "{turns:?}");
        assert_eq!(withdrawn(&last), told, "{turns:?}");
        assert_eq!(world.open_pages(), usize::from(!waiting.is_empty()), "{turns:?}");
        assert_eq!(world.page().due.is_some(), !waiting.is_empty(), "{turns:?}");
    }
}

#[test]
fn an_acknowledgement_covers_every_open_page_that_the_actor_can_answer() {
    let (mut world, _) = half_told(AckNeed::Anyone);
    world.says("ana", Command::Page { target: "@dee".to_owned(), message: None }).unwrap();
    world.says("cy", Command::Ack).unwrap();
    assert_eq!(world.open_pages(), 0);
    assert_eq!(world.refuses("cy", Command::Ack), "nobody waits for an acknowledgement in INC-1");
}

#[test]
fn only_a_person_acknowledges() {
    let (mut world, _) = half_told(AckNeed::Anyone);
    let timer = firebell_core::actor::Actor::timer();
    let refusal = world.run(Some(IncidentId(1)), Command::Ack, &timer).unwrap_err();
    assert_eq!(refusal.to_string(), "nobody waits for an acknowledgement in INC-1");
}

#[test]
fn the_end_of_an_incident_ends_its_pages() {
    let ends = [
        (Command::Resolve { summary: "done".to_owned() }, EndReason::Resolved),
        (Command::Cancel { reason: None }, EndReason::Cancelled),
        (Command::Merge { into: IncidentId(2) }, EndReason::Merged),
    ];
    for (command, reason) in ends {
        let (mut world, page) = half_told(AckNeed::Anyone);
        world.declare("ana", &Declare { title: "other".to_owned(), ..Declare::default() }).unwrap();
        let decision = world.says("ana", command).unwrap();
        assert!(kinds(&decision).contains(&"page_ended"));
        assert_eq!(world.page().state, PageState::Ended { at: world.now, reason });
        assert_eq!(withdrawn(&decision), ["bo"]);
        assert_eq!(decision.cancelled, [format!("{page}:notice:{}:0.0.console", who("cy"))]);
        assert_eq!(world.incident().milestones.acknowledged, None, "nobody has acknowledged");
        world.pass(60);
        assert!(world.due(page).effects.is_empty());
    }
}

/// A page to bo by this method in two rounds, whose notices have all arrived.
fn told_twice_by(method: ContactMethod) -> World {
    let mut world = World::declared();
    world.directory.people.get_mut(&who("bo")).unwrap().contacts = vec![method];
    world.policy_of("oncall", &[&["bo"]], AckNeed::Anyone, 2);
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    for notice in 1..=2 {
        let (notice, attempt) = (NoticeId(notice), Attempt::default());
        world.delivery(Command::NoticeDelivered { page, notice, again: false, attempt });
        world.pass(5);
        world.due(page);
    }
    world
}

#[test]
fn what_a_notice_set_going_is_stopped_whoever_answers() {
    use ContactMethod::{Console, Ntfy, Opsgenie, PagerDuty, Pushover, Slack, Sms, Telegram, Voice, Webhook};
    // By which method; how many ends there are when bo answers, and when ana does.
    for (method, own, others) in [
        (Console, 0, 1),
        (Sms, 0, 1),
        (Slack, 0, 2),
        (Telegram, 0, 2),
        (Ntfy, 0, 2),
        (Voice, 2, 2),
        (Pushover, 2, 2),
        (PagerDuty, 1, 1),
        (Opsgenie, 1, 1),
        (Webhook, 1, 1),
    ] {
        for (by, expected) in [("bo", own), ("ana", others)] {
            let mut world = told_twice_by(method);
            let decision = world.says(by, Command::Ack).unwrap();
            let to_bo = withdrawn(&decision).into_iter().filter(|person| *person == "bo").count();
            assert_eq!(to_bo, expected, "{method:?}, answered by {by}");
        }
    }
}

#[test]
fn a_call_that_somebody_answers_in_goes_on_to_its_end() {
    let mut world = told_twice_by(ContactMethod::Voice);
    let (page, notice) = (world.page().id, NoticeId(2));
    let receipt =
        Receipt { provider_id: "CA2".to_owned(), stage: Stage::Read, word: "in-progress".to_owned(), reason: None };
    world.delivery(Command::NoticeReceipt { page, notice, receipt });
    let decision = world.says("bo", Command::Ack).unwrap();
    let ended = |effect: &Effect| matches!(effect.work, Work::Withdraw { notice: NoticeId(1), .. });
    assert_eq!(withdrawn(&decision), ["bo"], "only the other one is ended");
    assert!(decision.effects.iter().any(ended));
}

#[test]
fn what_was_on_its_way_when_its_person_answered_is_stopped_once_it_is_there() {
    for (method, expected) in [(ContactMethod::Pushover, vec!["bo"]), (ContactMethod::Console, vec![])] {
        let mut world = World::declared();
        world.directory.people.get_mut(&who("bo")).unwrap().contacts = vec![method];
        world.policy("oncall", &[&["bo"]]);
        world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
        let page = world.page().id;
        world.says("bo", Command::Ack).unwrap();
        let attempt = Attempt { number: 1, provider_id: Some("r1".to_owned()) };
        let late = Command::NoticeDelivered { page, notice: NoticeId(1), again: false, attempt };
        assert_eq!(withdrawn(&world.delivery(late)), expected, "{method:?}");
    }
}
