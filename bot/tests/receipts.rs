//! What a carrier tells of a notice after it has accepted it, as it comes in by the carrier's own requests.

use firebell_core::directory::ContactMethod::{Ntfy, Sms, Voice};
use firebell_core::timeline::{Change, NoticeOutcome};

use crate::contacts::{DECLARE, PUBLIC, Providers, http, reached};
use crate::notify::providers::http::Fault;
use crate::notify::providers::twilio::{Callback, signed};
use crate::support::{World, minutes, on_both, seconds};

on_both!(
    a_text_message_is_sent_and_then_delivered,
    callbacks_that_come_twice_or_out_of_order_change_nothing,
    a_text_message_that_fails_after_it_was_sent_brings_the_call_at_once,
    a_call_that_nobody_takes_brings_the_next_step_and_one_that_is_taken_counts_as_read,
    forged_and_expired_callbacks_change_nothing_and_are_told_nothing,
    a_callback_tells_of_an_attempt_whose_answer_was_lost,
    a_notice_that_is_tried_in_vain_for_an_hour_is_dead_and_brings_the_next_method,
    an_acknowledgement_stands_at_the_notice_that_reached_them_last,
);

/// Bo is texted and, where that fails, called; then cy is told.
async fn texted(world: &mut World) -> Providers {
    let providers = Providers::of(world).await;
    world
        .reorganise(|org| {
            reached(org, &[Sms, Voice], &[(Sms, 0)]);
            org.policy("web", &[(&["bo"], 30), (&["cy"], 5)]);
        })
        .await;
    world.says("ana", DECLARE).await;
    assert_eq!((providers.texts().len(), providers.calls()), (1, 0));
    providers
}

/// Twilio posts what it has to tell.
async fn posts(world: &mut World, callback: &Callback) -> (u16, String) {
    let (url, served) = http(world).await;
    let client = reqwest::Client::new().post(callback.url.replace(PUBLIC, &url));
    let request = client.header("X-Twilio-Signature", &callback.signature).form(&callback.params);
    let response = request.send().await.unwrap();
    let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
    served.abort();
    world.settle().await;
    (status, text)
}

/// The provider's `number`th message or call has come so far.
async fn fares(world: &mut World, providers: &Providers, sid: &str, status: &str) {
    let callback = providers.twilio.with(|twilio| twilio.callback(sid, status));
    assert_eq!(posts(world, &callback).await, (204, String::new()), "{sid} {status}");
}

fn sms(number: usize) -> String {
    format!("SM{number:032x}")
}

fn call(number: usize) -> String {
    format!("CA{number:032x}")
}

/// The line of a notice in what explains them.
async fn line(world: &mut World, notice: &str) -> String {
    let why = world.says("ana", "/incident why-paged @bo").await;
    let line = why.lines().find(|line| line.trim_start().starts_with(notice));
    line.unwrap_or_else(|| panic!("{notice} in {why}")).trim().to_owned()
}

async fn outcomes(world: &World) -> Vec<NoticeOutcome> {
    let settled = |change: Option<Change>| match change {
        Some(Change::NoticeSettled { outcome, .. }) => Some(outcome),
        _ => None,
    };
    world.history(1).await.into_iter().filter_map(|entry| settled(entry.change)).collect()
}

async fn a_text_message_is_sent_and_then_delivered(world: &mut World) {
    let providers = texted(world).await;
    assert_eq!(line(world, "N1").await, format!("N1 @bo by sms, step 1: queued 09:00, sent 09:00; {}", sms(1)));
    world.advance(seconds(3)).await;
    fares(world, &providers, &sms(1), "sent").await;
    world.advance(minutes(1)).await;
    fares(world, &providers, &sms(1), "delivered").await;
    let expected = format!(
        "N1 @bo by sms, step 1: queued 09:00, sent 09:00, delivered 09:01; took 1m3s; the provider said \"delivered\" 09:01; {}",
        sms(1)
    );
    assert_eq!(line(world, "N1").await, expected);
    assert_eq!(outcomes(world).await, [NoticeOutcome::Sent, NoticeOutcome::Delivered]);
    assert!(!world.says("ana", "/incident timeline").await.contains("Notice N1"), "what went well is no story");
    world.adds_up().await;
}

async fn callbacks_that_come_twice_or_out_of_order_change_nothing(world: &mut World) {
    let providers = texted(world).await;
    for status in ["queued", "delivered", "delivered", "sent", "queued", "undelivered", "failed", "delivered"] {
        fares(world, &providers, &sms(1), status).await;
    }
    assert!(line(world, "N1").await.contains("delivered 09:00; the provider said \"delivered\" 09:00"));
    assert_eq!(outcomes(world).await, [NoticeOutcome::Sent, NoticeOutcome::Delivered]);
    assert_eq!(providers.calls(), 0);
    world.restart().await;
    fares(world, &providers, &sms(1), "undelivered").await;
    assert_eq!(outcomes(world).await.len(), 2);
}

async fn a_text_message_that_fails_after_it_was_sent_brings_the_call_at_once(world: &mut World) {
    let providers = texted(world).await;
    fares(world, &providers, &sms(1), "sent").await;
    for _ in 0..2 {
        fares(world, &providers, &sms(1), "undelivered").await;
        assert_eq!((providers.texts().len(), providers.calls()), (1, 1), "at once, and once");
    }
    fares(world, &providers, &sms(1), "delivered").await;
    let expected = "failed 09:00: the carrier did not say why; the provider said \"undelivered\" 09:00";
    assert!(line(world, "N1").await.contains(expected), "{}", line(world, "N1").await);
    assert!(line(world, "N2").await.starts_with("N2 @bo by voice, step 1: queued 09:00, sent 09:00"));
    let timeline = world.says("ana", "/incident timeline").await;
    assert!(timeline.contains("Notice N1 to @bo by sms: failed, the carrier did not say why"), "{timeline}");
    world.adds_up().await;
}

async fn a_call_that_nobody_takes_brings_the_next_step_and_one_that_is_taken_counts_as_read(world: &mut World) {
    let providers = texted(world).await;
    fares(world, &providers, &sms(1), "failed").await;
    for status in ["initiated", "ringing", "no-answer"] {
        fares(world, &providers, &call(1), status).await;
    }
    world.paged("cy");
    assert!(line(world, "N2").await.contains("failed 09:00: nobody took the call"));

    world.says("ana", DECLARE).await;
    let failed = providers.twilio.with(|twilio| twilio.callback(&sms(2), "failed"));
    posts(world, &failed).await;
    for status in ["ringing", "in-progress", "completed"] {
        fares(world, &providers, &call(2), status).await;
    }
    let why = world.says("ana", "/incident INC-2 why-paged @bo").await;
    assert!(why.contains("by voice, step 1: queued 09:00, sent 09:00, read 09:00; the provider said"), "{why}");
    assert!(why.contains(": open; next step 2"), "to take a call acknowledges nothing: {why}");
}

async fn forged_and_expired_callbacks_change_nothing_and_are_told_nothing(world: &mut World) {
    let providers = texted(world).await;
    let truly = providers.twilio.with(|twilio| twilio.callback(&sms(1), "undelivered"));
    let forged = Callback { url: truly.url.clone(), params: truly.params.clone(), signature: "AAAA".to_owned() };
    assert_eq!(posts(world, &forged).await, (403, String::new()));
    let answer = providers.twilio.with(|twilio| twilio.messages[0].get("Body").to_owned());
    let answer = answer.split(&format!("{PUBLIC}a/")).nth(1).unwrap().trim().to_owned();
    let spoilt = ["nonsense".to_owned(), format!("{}0", truly.url.rsplit('/').next().unwrap()), answer];
    for token in spoilt {
        let at = signed(&format!("{PUBLIC}v1/twilio/status/{token}"), truly.params.clone());
        assert_eq!(posts(world, &at).await, (204, String::new()), "as if it were good: {token}");
    }
    let nothing =
        signed(&truly.url, vec![("MessageSid".to_owned(), sms(1)), ("MessageStatus".to_owned(), "x".to_owned())]);
    assert_eq!(posts(world, &nothing).await, (204, String::new()));
    assert_eq!(outcomes(world).await, [NoticeOutcome::Sent]);
    world.says("bo", "/incident ack").await;
    world.advance(minutes(24 * 60 + 1)).await;
    assert_eq!(posts(world, &truly).await, (204, String::new()));
    assert_eq!(outcomes(world).await, [NoticeOutcome::Sent], "its token has ended");
    assert_eq!(providers.calls(), 0);
}

async fn a_callback_tells_of_an_attempt_whose_answer_was_lost(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(|org| reached(org, &[Sms, Voice], &[(Sms, 0)])).await;
    providers.twilio.fails(Fault::ResetAfter);
    world.says("ana", DECLARE).await;
    assert_eq!(line(world, "N1").await, "N1 @bo by sms, step 1: queued 09:00, sending");
    fares(world, &providers, &sms(1), "sent").await;
    world.advance(minutes(1)).await;
    assert_eq!(providers.texts().len(), 1, "the carrier has it, so it is not sent once more");
    assert!(line(world, "N1").await.contains("queued 09:00, sent 09:00; the provider said \"sent\" 09:00"));
    fares(world, &providers, &sms(1), "undelivered").await;
    assert_eq!(providers.calls(), 1);
}

async fn a_notice_that_is_tried_in_vain_for_an_hour_is_dead_and_brings_the_next_method(world: &mut World) {
    let providers = Providers::of(world).await;
    world
        .reorganise(|org| {
            reached(org, &[Ntfy, Sms], &[(Ntfy, 0)]);
            org.policy("web", &[(&["bo"], 120)]);
        })
        .await;
    for _ in 0..20 {
        providers.ntfy.fails(Fault::Busy(503, 300));
    }
    world.says("ana", DECLARE).await;
    world.advance(minutes(55)).await;
    assert_eq!(providers.texts().len(), 0);
    assert_eq!(line(world, "N1").await, "N1 @bo by ntfy, step 1: queued 09:00, sending; 12 attempts");
    world.advance(minutes(5)).await;
    assert_eq!(providers.texts().len(), 1);
    let expected = "N1 @bo by ntfy, step 1: queued 09:00, dead 10:00: given up after 13 attempts; took 1h; 13 attempts";
    assert_eq!(line(world, "N1").await, expected);
    let dead = NoticeOutcome::Dead { reason: "given up after 13 attempts".to_owned() };
    assert_eq!(outcomes(world).await, [dead, NoticeOutcome::Sent]);
    world.adds_up().await;
}

async fn an_acknowledgement_stands_at_the_notice_that_reached_them_last(world: &mut World) {
    let providers = texted(world).await;
    fares(world, &providers, &sms(1), "undelivered").await;
    world.advance(minutes(2)).await;
    world.says("bo", "/incident ack").await;
    assert!(line(world, "N2").await.ends_with("; acknowledged 09:02"), "{}", line(world, "N2").await);
    assert!(!line(world, "N1").await.contains("acknowledged"));
}
