//! Whom a page reaches, when, and what stops it.

use firebell_core::effect::Delivery;
use firebell_core::paging::policy::AckNeed;

use crate::support::{Act, Kind, World, minutes, on_both, seconds};

on_both!(
    an_unacknowledged_page_escalates_step_by_step_to_the_last_resort,
    an_acknowledgement_stops_everything,
    an_acknowledgement_takes_back_a_queued_notice,
    a_notice_that_an_acknowledgement_overtook_is_withdrawn,
    a_running_page_keeps_the_policy_it_began_with,
    a_step_that_reaches_nobody_is_skipped_and_says_so,
    a_contact_that_fails_for_good_brings_the_next_step_at_once,
    one_broken_recipient_delays_nobody_else,
    why_paged_explains_every_notice_and_its_absence,
    a_notice_that_never_gets_through_raises_an_alarm,
    where_everyone_must_answer_one_answer_is_not_enough,
);

const DECLARE: &str = "/incident declare checkout is down sev1 --service checkout";
const ROOM: &str = "inc-1-checkout-is-down";

/// The messages of the room that speak of paging.
fn about_paging(world: &World) -> Vec<String> {
    let posts = world.terminal.room(ROOM).posts;
    posts.into_iter().filter(|post| !post.starts_with("An update was due")).collect()
}

async fn an_unacknowledged_page_escalates_step_by_step_to_the_last_resort(world: &mut World) {
    world.says("ana", DECLARE).await;
    world.paged("bo");
    world.advance(minutes(5) - seconds(1)).await;
    world.not_paged("cy");
    world.advance(seconds(1)).await;
    world.paged("cy");
    world.not_paged("dee");
    world.advance(minutes(5)).await;
    assert_eq!(world.pages("dee"), 1);
    world.advance(minutes(10)).await;
    assert_eq!((world.pages("bo"), world.pages("cy"), world.pages("dee")), (1, 1, 3));
    assert_eq!(
        about_paging(world),
        [
            "Paging @bo (web, step 1) — @ana",
            "Escalated to @cy (step 2)",
            "Paging the last resort (round 1): @dee",
            "Paging the last resort (round 2): @dee",
            "Paging the last resort (round 3): @dee",
        ]
    );
    assert_eq!(world.says("dee", "/incident ack").await, "You have INC-1.");
    world.advance(minutes(60)).await;
    assert_eq!(world.pages("dee"), 3);
    assert_eq!(
        world.terminal.told("bo"),
        [
            "INC-1 SEV1: checkout is down\n@bo, you are paged by @ana at 09:00 (web, step 1).\n\
             Answer with /incident INC-1 ack",
            "INC-1: no need to answer the page any more, @bo. @dee acknowledged it at 09:20.",
        ]
    );
}

async fn an_acknowledgement_stops_everything(world: &mut World) {
    world.says("ana", DECLARE).await;
    world.advance(minutes(5)).await;
    assert_eq!(world.says("cy", "/incident ack").await, "You have INC-1.");
    world.advance(minutes(120)).await;
    world.not_paged("dee");
    assert_eq!((world.pages("bo"), world.pages("cy")), (1, 1));
    assert_eq!(
        world.terminal.told("bo")[1..],
        ["INC-1: no need to answer the page any more, @bo. @cy acknowledged it at 09:05."]
    );
    // Who acknowledged needs no telling.
    assert_eq!(world.terminal.told("cy").len(), 1);
    assert_eq!(world.says("bo", "/incident INC-1 ack").await, "! Nobody waits for an acknowledgement in INC-1");
}

async fn an_acknowledgement_takes_back_a_queued_notice(world: &mut World) {
    let later = Act::Answer(Delivery::RetryAfter(minutes(2)));
    world.terminal.script_for(Kind::Notice, "bo", 1, later);
    world.says("ana", DECLARE).await;
    world.not_paged("bo");
    assert_eq!(world.says("cy", "/incident ack").await, "You have INC-1.");
    world.advance(minutes(60)).await;
    assert_eq!(world.terminal.told("bo"), Vec::<String>::new());
}

async fn a_notice_that_an_acknowledgement_overtook_is_withdrawn(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "bo", 1, Act::HangBefore);
    world.asks("ana", None, DECLARE).await;
    let settling = world.settles();
    world.terminal.hangs().await;
    assert_eq!(world.asks("cy", None, "/incident ack").await, "You have INC-1.");
    world.terminal.release();
    settling.await.unwrap();
    world.advance(minutes(60)).await;
    assert_eq!(world.pages("bo"), 1);
    world.not_paged("cy");
    world.not_paged("dee");
    world.adds_up().await;
    // It was too late to stop it, so bo is told that it is over, and the record says what bo saw.
    assert_eq!(
        world.terminal.told("bo")[1..],
        ["INC-1: no need to answer the page any more, @bo. @cy acknowledged it at 09:00."]
    );
    let why = world.says("ana", "/incident INC-1 why-paged @bo").await;
    assert!(why.contains("N1 @bo by console, step 1: queued 09:00, delivered 09:00"), "{why}");
}

async fn a_running_page_keeps_the_policy_it_began_with(world: &mut World) {
    world.says("ana", DECLARE).await;
    world.reorganise(|org| org.policy("web", &[(&["eve"], 1)])).await;
    world.restart().await;
    world.advance(minutes(5)).await;
    world.paged("cy");
    world.not_paged("eve");
    world.says("cy", "/incident ack").await;
    assert_eq!(
        world.says("ana", "/incident declare it is down again sev1 --service checkout").await,
        "INC-2 declared at SEV1. Paging @eve."
    );
    world.paged("eve");
}

async fn a_step_that_reaches_nobody_is_skipped_and_says_so(world: &mut World) {
    world
        .reorganise(|org| {
            org.mute("bo");
            org.policy("web", &[(&["bo"], 5), (&[], 5), (&["cy"], 5)]);
        })
        .await;
    assert_eq!(world.says("ana", DECLARE).await, "INC-1 declared at SEV1. Paging @cy.");
    world.not_paged("bo");
    world.paged("cy");
    assert_eq!(
        about_paging(world),
        [
            "Paging @bo (web, step 1) — @ana",
            "Step 1 skipped: nobody in it can be reached — @ana",
            "Step 2 skipped: it names nobody — @ana",
            "Escalated to @cy (step 3) — @ana",
        ]
    );
}

async fn a_contact_that_fails_for_good_brings_the_next_step_at_once(world: &mut World) {
    let never = Act::Answer(Delivery::Impossible("the number does not exist".to_owned()));
    world.terminal.script_for(Kind::Notice, "bo", 1, never);
    world.says("ana", DECLARE).await;
    world.not_paged("bo");
    world.paged("cy");
    assert_eq!(
        about_paging(world),
        ["Paging @bo (web, step 1) — @ana", "Step 1 skipped: every notice of it failed", "Escalated to @cy (step 2)"]
    );
}

async fn one_broken_recipient_delays_nobody_else(world: &mut World) {
    world.reorganise(|org| org.policy("web", &[(&["bo", "cy"], 5)])).await;
    world.terminal.script_for(Kind::Notice, "bo", 3, Act::Answer(Delivery::RetryAfter(minutes(1))));
    world.says("ana", DECLARE).await;
    world.paged("cy");
    // Another page of bo's waits behind the broken one; cy's does not.
    world.says("ana", "/incident declare search is down sev1 --service checkout").await;
    assert_eq!((world.pages("bo"), world.pages("cy")), (0, 2));
    world.advance(minutes(3)).await;
    assert_eq!((world.pages("bo"), world.pages("cy")), (2, 2));
}

async fn why_paged_explains_every_notice_and_its_absence(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "bo", 1, Act::LoseAnswer);
    world.says("ana", DECLARE).await;
    world.advance(minutes(6)).await;
    world.says("cy", "/incident ack").await;
    assert_eq!(
        world.says("ana", "/incident INC-1 why-paged").await,
        "INC-1: who was paged, and who was not (times in UTC)\n\
         page 1 (web, version 1), raised 09:00 by @ana in E4: acknowledged by @cy at 09:06\n  \
         N1 @bo by console, step 1: queued 09:00, delivered 09:00, perhaps twice; took 1s; 2 attempts\n  \
         N2 @cy by console, step 2: queued 09:05, delivered 09:05; acknowledged 09:06\n  \
         @dee was told nothing: cy acknowledged at 09:06, before last resort 1 was due"
    );
    assert_eq!(
        world.says("ana", "/incident INC-1 why-paged @eve").await,
        "INC-1: why @eve was paged, or was not (times in UTC)\n\
         page 1 (web, version 1), raised 09:00 by @ana in E4: acknowledged by @cy at 09:06\n  \
         @eve was told nothing: neither a step of the page nor the last resort names them"
    );
}

async fn a_notice_that_never_gets_through_raises_an_alarm(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "bo", 1_000, Act::Answer(Delivery::RetryAfter(minutes(1))));
    world.says("ana", DECLARE).await;
    world.says("cy", "/incident note looking").await;
    world.advance(minutes(15)).await;
    world.app.engine.audit().await.unwrap();
    world.settle().await;
    assert_eq!(world.terminal.count(Kind::Alarm), 0);
    world.advance(minutes(1)).await;
    for _ in 0..3 {
        world.app.engine.audit().await.unwrap();
        world.settle().await;
    }
    let alarms: Vec<String> =
        world.terminal.told("dee").into_iter().filter(|text| text.starts_with("Firebell is in trouble")).collect();
    assert_eq!(
        alarms,
        ["Firebell is in trouble: notices that could not be delivered for 15 minutes\n\
             You are told as the last resort. Look at its log and run `firebell check`."]
    );
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn where_everyone_must_answer_one_answer_is_not_enough(world: &mut World) {
    world.reorganise(|org| org.policy_of("web", &[(&["bo", "cy"], 5), (&["eve"], 5)], AckNeed::Everyone)).await;
    world.says("ana", DECLARE).await;
    assert_eq!(world.says("bo", "/incident ack").await, "You have INC-1. Still waiting for @cy.");
    world.advance(minutes(5)).await;
    world.paged("eve");
    assert_eq!(world.says("cy", "/incident ack").await, "You have INC-1. Still waiting for @eve.");
    assert_eq!(world.says("eve", "/incident ack").await, "You have INC-1.");
    world.advance(minutes(60)).await;
    world.not_paged("dee");
    assert_eq!((world.pages("bo"), world.pages("cy"), world.pages("eve")), (1, 1, 1));
    world.adds_up().await;
}
