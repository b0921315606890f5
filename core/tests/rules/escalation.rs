//! What a page does as time passes and deliveries come back.

use chrono::TimeDelta;
use firebell_core::command::Command;
use firebell_core::decide::Decision;
use firebell_core::directory::{ContactMethod, PersonalRule, Urgency};
use firebell_core::effect::Work;
use firebell_core::ids::{NoticeId, PageId};
use firebell_core::paging::notice::Attempt;
use firebell_core::paging::page::{DueStep, NoticeState, SkipReason};
use firebell_core::paging::policy::AckNeed;
use firebell_core::timeline::Change;

use crate::world::{World, changes, key, kinds, notified, who};

/// A page under a policy of these steps, raised by ana.
fn paged(steps: &[&[&str]]) -> (World, PageId, Decision) {
    paged_of(steps, 1)
}

fn paged_of(steps: &[&[&str]], rounds: i64) -> (World, PageId, Decision) {
    let mut world = World::declared();
    world.policy_of("oncall", steps, AckNeed::Anyone, rounds);
    let decision = world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    (world, page, decision)
}

fn fails(world: &mut World, page: PageId, number: i64) -> Decision {
    let (notice, reason) = (NoticeId(number), "no such terminal".to_owned());
    world.delivery(Command::NoticeFailed { page, notice, reason, attempt: Attempt::default() })
}

fn skips(decision: &Decision) -> Vec<(i64, SkipReason)> {
    let skip = |change: &&Change| match change {
        Change::StepSkipped { step, reason, .. } => Some((*step, *reason)),
        _ => None,
    };
    changes(decision).iter().filter_map(skip).collect()
}

#[test]
fn an_unanswered_page_goes_on_step_by_step_and_round_by_round() {
    let (mut world, page, decision) = paged_of(&[&["bo"], &["cy", "dee"]], 2);
    let mut told = vec![notified(&decision)];
    for _ in 0..5 {
        world.pass(5);
        told.push(notified(&world.due(page)));
        assert!(world.page().due.as_ref().unwrap().at > world.now);
    }
    assert_eq!(told, [vec!["bo"], vec!["cy", "dee"], vec!["bo"], vec!["cy", "dee"], vec!["ana"], vec!["ana"]]);
    assert_eq!(world.page().due.as_ref().unwrap().what, DueStep::LastResort { round: 3 });
}

#[test]
fn a_timer_that_comes_early_twice_or_for_no_page_does_nothing() {
    let (mut world, page, _) = paged(&[&["bo"], &["cy"]]);
    world.pass(4);
    assert_eq!(world.due(page), Decision::nothing());
    world.pass(1);
    assert_eq!(notified(&world.due(page)), ["cy"]);
    assert_eq!(world.due(page), Decision::nothing());
    assert_eq!(world.due(PageId(uuid::Uuid::nil())), Decision::nothing());
}

#[test]
fn a_step_that_reaches_nobody_is_skipped_at_once_and_said() {
    let (_, _, decision) = paged(&[&[], &["mute", "gone", "gus"], &["mute", "cy"], &["dee"]]);
    assert_eq!(skips(&decision), [(0, SkipReason::Empty), (1, SkipReason::Unreachable)]);
    assert_eq!(notified(&decision), ["cy"], "whoever can be reached is told");
}

#[test]
fn a_policy_that_reaches_nobody_comes_to_the_last_resort_without_going_round() {
    for rounds in [1, i64::MAX] {
        let (_, _, decision) = paged_of(&[&[], &["mute"]], rounds);
        assert_eq!(skips(&decision).len(), 2);
        assert_eq!(notified(&decision), ["ana"]);
    }
    let (_, _, decision) = paged(&[]);
    assert_eq!(notified(&decision), ["ana"], "even a policy without steps");
}

#[test]
fn when_every_notice_of_a_step_failed_the_next_step_follows_at_once() {
    let (mut world, page, _) = paged(&[&["bo", "cy"], &["dee"]]);
    assert_eq!(kinds(&fails(&mut world, page, 1)), ["notice_settled"], "cy may still answer");
    let second = fails(&mut world, page, 2);
    assert_eq!(skips(&second), [(0, SkipReason::AllFailed)]);
    assert_eq!(notified(&second), ["dee"]);
    assert_eq!(fails(&mut world, page, 2), Decision::nothing(), "a failure counts once");
}

#[test]
fn a_late_failure_of_an_earlier_step_holds_nothing_up() {
    let (mut world, page, _) = paged(&[&["bo"], &["cy"], &["dee"]]);
    world.pass(5);
    world.due(page);
    assert_eq!(kinds(&fails(&mut world, page, 1)), ["notice_settled"]);
    assert_eq!(world.page().due.as_ref().unwrap().what, DueStep::Step { round: 0, step: 2 });
}

#[test]
fn a_contact_method_is_tried_once_for_one_occasion() {
    let mut world = World::declared();
    let methods = vec![ContactMethod::Console, ContactMethod::Console];
    world.directory.people.get_mut(&who("bo")).unwrap().contacts = methods;
    world.policy("oncall", &[&["bo"], &["cy"]]);
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    assert_eq!(notified(&fails(&mut world, page, 1)), ["cy"]);
}

#[test]
fn the_last_resort_is_the_first_that_can_be_reached() {
    // The configured last resort, the lead, who raises, who is told.
    let cases = [
        (vec!["cy", "dee"], Some("adm"), "ana", vec!["cy", "dee"], "the configured one"),
        (vec!["mute", "gone"], Some("adm"), "ana", vec!["adm"], "nobody of the configured one is there"),
        (vec![], Some("adm"), "ana", vec!["adm"], "the lead"),
        (vec![], Some("mute"), "cy", vec!["cy"], "the lead has no contact method, so who raised it"),
        (vec![], None, "mute", vec!["ana"], "who raised it has none either, so who declared"),
    ];
    for (configured, lead, raiser, expected, why) in cases {
        let mut world = World::declared();
        world.directory.last_resort = configured.into_iter().map(who).collect();
        if let Some(lead) = lead {
            world.says("ana", Command::Assign { role: key("lead"), person: lead.to_owned() }).unwrap();
        }
        world.policy("oncall", &[&["bo"]]);
        world.says(raiser, Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
        world.pass(5);
        let page = world.page().id;
        assert_eq!(notified(&world.due(page)), expected, "{why}");
    }
}

#[test]
fn a_last_resort_that_reaches_nobody_is_said_and_tried_again() {
    let (mut world, page, _) = paged(&[&["bo"]]);
    for handle in ["ana", "bo", "adm"] {
        world.directory.people.get_mut(&who(handle)).unwrap().contacts.clear();
    }
    world.settings.last_resort_every = TimeDelta::minutes(2);
    world.pass(5);
    let decision = world.due(page);
    assert!(matches!(changes(&decision)[0], Change::LastResortPaged { people, round: 1, .. } if people.is_empty()));
    assert_eq!(world.page().fired.last().unwrap().skipped, Some(SkipReason::Unreachable));
    world.directory.people.get_mut(&who("ana")).unwrap().contacts = vec![ContactMethod::Console];
    world.pass(1);
    assert_eq!(world.due(page), Decision::nothing());
    world.pass(1);
    assert_eq!(notified(&world.due(page)), ["ana"]);
}

#[test]
fn where_nobody_who_should_know_is_here_the_administrators_are_paged() {
    for (gone, expected) in [(vec!["ana"], "adm"), (vec!["ana", "adm"], "bo")] {
        let (mut world, page, _) = paged(&[&["bo"]]);
        for handle in gone {
            world.directory.people.get_mut(&who(handle)).unwrap().contacts.clear();
        }
        world.pass(5);
        assert_eq!(notified(&world.due(page)), [expected]);
    }
}

#[test]
fn a_wait_beyond_the_calendar_never_comes_early() {
    let mut world = World::declared();
    world.policy("oncall", &[&["bo"], &["cy"]]);
    world.directory.policies.get_mut(&key("oncall")).unwrap().steps[0].wait_s = i64::MAX;
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    world.pass(1_000_000);
    let page = world.page().id;
    assert_eq!(world.due(page), Decision::nothing());
}

#[test]
fn a_delivery_is_recorded_once_and_one_that_was_overtaken_is_withdrawn() {
    let (mut world, page, _) = paged(&[&["bo", "cy"]]);
    let arrives =
        |number, again| Command::NoticeDelivered { page, notice: NoticeId(number), again, attempt: Attempt::default() };
    assert_eq!(kinds(&world.delivery(arrives(1, true))), ["notice_settled"]);
    assert_eq!(world.page().notices[0].state, NoticeState::Delivered { at: world.now, again: true });
    assert_eq!(world.delivery(arrives(1, false)), Decision::nothing());
    world.says("bo", Command::Ack).unwrap();
    let over = world.page().state.clone();
    let failed =
        Command::NoticeFailed { page, notice: NoticeId(2), reason: "gone".to_owned(), attempt: Attempt::default() };
    assert_eq!(world.delivery(failed), Decision::nothing());
    let late = world.delivery(arrives(2, false));
    assert_eq!(kinds(&late), ["notice_settled"]);
    assert!(late.effects.iter().all(|effect| matches!(effect.work, Work::Withdraw { .. })));
    assert_eq!(late.effects.len(), 1, "cy was told and must hear that it is over");
    assert_eq!(world.page().state, over);
    assert_eq!(world.delivery(arrives(2, false)), Decision::nothing());
}

#[test]
fn the_last_resort_is_asked_to_take_over_what_others_owe() {
    // By whom the first step is answered, before cy is waited for in vain.
    for first in ["ana", "bo"] {
        let mut world = World::declared();
        world.directory.last_resort = vec![who("ana")];
        world.policy_of("oncall", &[&["ana"], &["bo", "cy"]], AckNeed::Everyone, 1);
        world.directory.policies.get_mut(&key("oncall")).unwrap().steps[0].needs = AckNeed::Anyone;
        world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
        let page = world.page().id;
        world.pass(5);
        world.due(page);
        world.says(first, Command::Ack).unwrap();
        if first == "ana" {
            world.says("bo", Command::Ack).unwrap();
        }
        world.pass(5);
        assert_eq!(notified(&world.due(page)), ["ana"], "answered by {first}");
        world.says("ana", Command::Ack).unwrap();
        assert_eq!(world.open_pages(), 0, "and what cy owes is taken over");
    }
}

/// Bo is told by these rules.
fn ruled(world: &mut World, rules: &[(ContactMethod, i64)], contacts: &[ContactMethod]) {
    let bo = world.directory.people.get_mut(&who("bo")).unwrap();
    bo.contacts = contacts.to_vec();
    let rule = |(method, minutes): &(ContactMethod, i64)| PersonalRule {
        urgency: Urgency::High,
        method: *method,
        after_s: minutes * 60,
    };
    bo.rules = rules.iter().map(rule).collect();
}

#[test]
fn a_rule_may_have_a_method_more_than_once() {
    use ContactMethod::{Sms, Voice};
    let mut world = World::declared();
    ruled(&mut world, &[(Sms, 0), (Sms, 2), (Voice, 4)], &[Sms, Voice]);
    world.policy("oncall", &[&["bo"]]);
    let raised = world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    let mut told = vec![methods(&raised)];
    for _ in 0..2 {
        world.pass(2);
        told.push(methods(&world.due(page)));
    }
    assert_eq!(told, [vec![Sms], vec![Sms], vec![Voice]]);
    // What failed is followed by what was not tried, and comes again at its own time.
    let mut world = World::declared();
    ruled(&mut world, &[(Sms, 0), (Sms, 2)], &[Sms, Voice]);
    world.policy("oncall", &[&["bo"], &["cy"]]);
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    assert_eq!(methods(&fails(&mut world, page, 1)), [Voice]);
    assert_eq!(kinds(&fails(&mut world, page, 2)), ["notice_settled"], "the step waits for what is planned");
    world.pass(2);
    assert_eq!(methods(&world.due(page)), [Sms]);
    let last = fails(&mut world, page, 3);
    assert_eq!((skips(&last), notified(&last)), (vec![(0, SkipReason::AllFailed)], vec!["cy"]));
}

fn methods(decision: &Decision) -> Vec<ContactMethod> {
    let by = |work: &Work| match work {
        Work::Notice { method, .. } => Some(*method),
        _ => None,
    };
    decision.effects.iter().filter_map(|effect| by(&effect.work)).collect()
}

#[test]
fn a_step_waits_for_those_whose_rules_tell_them_later() {
    let mut world = World::declared();
    ruled(&mut world, &[(ContactMethod::Ntfy, 2)], &[ContactMethod::Ntfy]);
    world.policy("oncall", &[&["dee", "bo"], &["cy"]]);
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    assert_eq!(kinds(&fails(&mut world, page, 1)), ["notice_settled"], "bo is yet to be told");
    world.pass(2);
    assert_eq!(notified(&world.due(page)), ["bo"]);
}

#[test]
fn whoever_has_left_is_tried_by_no_other_method() {
    use ContactMethod::{Sms, Voice};
    let mut world = World::declared();
    ruled(&mut world, &[(Sms, 0)], &[Sms, Voice]);
    world.policy("oncall", &[&["bo"], &["cy"]]);
    world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let page = world.page().id;
    world.directory.people.get_mut(&who("bo")).unwrap().active = false;
    assert_eq!(notified(&fails(&mut world, page, 1)), ["cy"]);
}
