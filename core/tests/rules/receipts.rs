//! What providers tell of notices that they had accepted.

use firebell_core::command::Command;
use firebell_core::decide::Decision;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::{Effect, Work};
use firebell_core::ids::NoticeId;
use firebell_core::paging::notice::{Attempt, Receipt, Stage};
use firebell_core::paging::page::NoticeState;
use firebell_core::paging::policy::AckNeed;
use firebell_core::timeline::{Change, NoticeOutcome};

use crate::world::{World, changes, kinds, notified, who};

/// A page to bo by a text message and then a call, and to cy by the terminal; whoever answers, answers for both.
fn texted(needs: AckNeed) -> World {
    let mut world = World::declared();
    let bo = world.directory.people.get_mut(&who("bo")).unwrap();
    bo.contacts = vec![ContactMethod::Sms, ContactMethod::Voice];
    world.policy_of("oncall", &[&["bo", "cy"], &["dee"]], needs, 1);
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    world
}

fn accepted(world: &mut World, notice: i64, sid: &str) -> Decision {
    let (page, notice) = (world.page().id, NoticeId(notice));
    let attempt = Attempt { number: 1, provider_id: Some(sid.to_owned()) };
    world.delivery(Command::NoticeDelivered { page, notice, again: false, attempt })
}

fn tells(world: &mut World, notice: i64, sid: &str, stage: Stage) -> Decision {
    let (page, notice) = (world.page().id, NoticeId(notice));
    let reason = (stage == Stage::Failed).then(|| "the line was busy".to_owned());
    let receipt = Receipt { provider_id: sid.to_owned(), stage, word: format!("{stage:?}"), reason };
    world.delivery(Command::NoticeReceipt { page, notice, receipt })
}

fn state(world: &World, notice: usize) -> &'static str {
    world.page().notices[notice - 1].state.word()
}

fn methods(effects: &[Effect]) -> Vec<ContactMethod> {
    let told = |effect: &Effect| match effect.work {
        Work::Notice { method, .. } => Some(method),
        _ => None,
    };
    effects.iter().filter_map(told).collect()
}

#[test]
fn what_a_provider_accepts_is_sent_where_it_tells_more_and_delivered_elsewhere() {
    let mut world = texted(AckNeed::Anyone);
    accepted(&mut world, 1, "SM1");
    accepted(&mut world, 2, "terminal");
    assert_eq!((state(&world, 1), state(&world, 2)), ("sent", "delivered"));
    for method in ContactMethod::ALL {
        assert_eq!(method.tells_receipts(), ["sms", "voice"].contains(&method.word()), "{method:?}");
    }
}

#[test]
fn receipts_move_a_notice_on_and_each_move_is_an_entry() {
    let mut world = texted(AckNeed::Anyone);
    accepted(&mut world, 1, "SM1");
    assert_eq!(kinds(&tells(&mut world, 1, "SM1", Stage::UnderWay)), Vec::<&str>::new(), "it was sent before");
    world.pass(1);
    let arrived = tells(&mut world, 1, "SM1", Stage::Delivered);
    let outcome = |decision: &Decision| match changes(decision)[0] {
        Change::NoticeSettled { outcome, .. } => outcome.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(outcome(&arrived), NoticeOutcome::Delivered);
    assert_eq!(tells(&mut world, 1, "SM1", Stage::UnderWay), Decision::nothing(), "out of order");
    assert_eq!(tells(&mut world, 1, "SM1", Stage::Delivered), Decision::nothing(), "twice");
    assert_eq!(tells(&mut world, 1, "SM1", Stage::Failed), Decision::nothing(), "what arrived does not fail");
    assert_eq!(outcome(&tells(&mut world, 1, "SM1", Stage::Read)), NoticeOutcome::Read);
    let trail = &world.page().notices[0].trail;
    assert_eq!((trail.attempts, trail.provider_id.as_deref()), (1, Some("SM1")));
    let took = |at: Option<chrono::DateTime<chrono::Utc>>| (at.unwrap() - world.page().raised_at).num_minutes();
    assert_eq!([trail.sent_at, trail.delivered_at, trail.read_at].map(took), [0, 1, 1]);
}

#[test]
fn a_failure_after_it_was_sent_brings_the_next_method_and_then_the_next_step() {
    let mut world = texted(AckNeed::Anyone);
    accepted(&mut world, 1, "SM1");
    let failed = tells(&mut world, 1, "SM1", Stage::Failed);
    assert_eq!(methods(&failed.effects), [ContactMethod::Voice]);
    assert_eq!(tells(&mut world, 1, "SM1", Stage::Failed), Decision::nothing());
    accepted(&mut world, 3, "CA1");
    assert_eq!(notified(&tells(&mut world, 3, "CA1", Stage::Failed)), Vec::<&str>::new(), "cy may still answer");
    let (page, reason, attempt) = (world.page().id, "an hour in vain".to_owned(), Attempt::default());
    let given_up = world.delivery(Command::NoticeGivenUp { page, notice: NoticeId(2), reason, attempt });
    assert_eq!((notified(&given_up), state(&world, 2)), (vec!["dee"], "dead"));
}

#[test]
fn whoever_has_answered_needs_no_other_method() {
    let mut world = texted(AckNeed::Everyone);
    accepted(&mut world, 1, "SM1");
    world.says("bo", Command::Ack).unwrap();
    assert!(world.page().is_open(), "cy owes an answer");
    let failed = tells(&mut world, 1, "SM1", Stage::Failed);
    assert_eq!((methods(&failed.effects), kinds(&failed)), (vec![], vec!["notice_settled"]));
}

#[test]
fn a_receipt_may_come_before_the_answer_to_the_attempt() {
    for (stage, word) in [(Stage::Accepted, "sent"), (Stage::Delivered, "delivered"), (Stage::Failed, "failed")] {
        let mut world = texted(AckNeed::Anyone);
        let decision = tells(&mut world, 1, "SM1", stage);
        assert!(!world.page().wants(NoticeId(1)), "{word}: it is not sent again");
        assert_eq!(decision.cancelled.len(), usize::from(stage == Stage::Failed));
        accepted(&mut world, 1, "SM1");
        assert_eq!((state(&world, 1), world.page().notices[0].trail.attempts > 0), (word, true));
    }
}

#[test]
fn what_was_taken_back_and_left_all_the_same_is_withdrawn() {
    let mut world = texted(AckNeed::Anyone);
    world.says("cy", Command::Ack).unwrap();
    assert_eq!(state(&world, 1), "cancelled");
    let late = tells(&mut world, 1, "SM1", Stage::Failed);
    assert_eq!((kinds(&late), state(&world, 1)), (vec![], "cancelled"), "that is of no interest by then");
    let mut world = texted(AckNeed::Anyone);
    world.says("cy", Command::Ack).unwrap();
    let late = tells(&mut world, 1, "SM1", Stage::Delivered);
    assert_eq!(late.effects.iter().filter(|effect| matches!(effect.work, Work::Withdraw { .. })).count(), 1);
    assert!(matches!(world.page().notices[0].state, NoticeState::Delivered { .. }));
    assert!(tells(&mut world, 1, "SM1", Stage::Read).effects.is_empty(), "once");
}
