//! Many pages to one telephone: some at once, and then one message that names the others. None is lost.

use firebell_core::directory::ContactMethod::{Ntfy, Sms, Voice};

use crate::contacts::{DECLARE, PUBLIC, Providers, http, reached};
use crate::notify::providers::http::Fault;
use crate::notify::providers::twilio::{Callback, FROM, signed};
use crate::support::{World, key, minutes, on_both, seconds};

on_both!(
    thirty_pages_to_one_telephone_are_told_by_six_messages,
    a_code_of_a_bundle_acknowledges_its_page_alone,
    what_was_acknowledged_while_it_waited_is_not_told,
    a_receipt_of_a_bundle_is_one_of_each_page_in_it,
    a_bundle_that_is_put_off_or_in_doubt_is_told_again_as_a_whole,
    the_end_of_one_page_does_not_take_back_what_tells_of_others,
    other_telephones_and_programs_are_told_at_once,
    the_end_of_a_storm_is_told_by_few_messages,
    a_page_waits_for_nothing_else_that_is_told,
    a_doubt_outlives_an_attempt_that_was_put_off,
    a_bundle_hurries_as_what_it_tells_of,
    whoever_has_left_is_told_nothing_that_still_waits,
);

/// Bo has a telephone, is called where a text message fails, and there are this many incidents.
async fn storm(world: &mut World, count: usize) -> Providers {
    let providers = Providers::of(world).await;
    world
        .reorganise(|org| {
            reached(org, &[Sms, Voice], &[(Sms, 0)]);
            org.policy("web", &[(&["bo"], 120)]);
        })
        .await;
    for _ in 0..count {
        world.says("ana", DECLARE).await;
    }
    providers
}

async fn state_of(world: &mut World, incident: usize) -> String {
    let why = world.says("ana", &format!("/incident INC-{incident} why-paged @bo")).await;
    let line = why.lines().find(|line| line.trim_start().starts_with("N1 "));
    line.unwrap_or_else(|| panic!("{why}")).trim().to_owned()
}

/// The code that a text names for an incident in it.
fn code(text: &str, incident: usize) -> String {
    let named = text.split(&format!("INC-{incident} (")).nth(1).unwrap_or_else(|| panic!("INC-{incident} in {text}"));
    named[..6].to_owned()
}

async fn posts(world: &mut World, callback: &Callback) -> String {
    let (url, served) = http(world).await;
    let client = reqwest::Client::new().post(callback.url.replace(PUBLIC, &url));
    let request = client.header("X-Twilio-Signature", &callback.signature).form(&callback.params);
    let text = request.send().await.unwrap().text().await.unwrap();
    served.abort();
    world.settle().await;
    text
}

async fn thirty_pages_to_one_telephone_are_told_by_six_messages(world: &mut World) {
    let providers = storm(world, 30).await;
    assert_eq!(providers.texts().len(), 5, "some come at once");
    assert_eq!(state_of(world, 6).await, "N1 @bo by sms, step 1: queued 09:00, queued");
    world.advance(seconds(29)).await;
    assert_eq!(providers.texts().len(), 5);
    world.advance(seconds(1)).await;
    let texts = providers.texts();
    assert_eq!(texts.len(), 6);
    assert!(texts[5].contains("INC-6") && texts[5].contains("+24 more pages: INC-7 ("), "{}", texts[5]);
    assert!(texts[5].contains("; ...") && texts[5].contains("Reply "), "{}", texts[5]);
    for incident in [1, 5, 6, 7, 30] {
        let line = state_of(world, incident).await;
        let sid = format!("SM{:032x}", incident.min(6));
        assert!(line.contains(", sent 09:00") && line.ends_with(&format!("; {sid}")), "{line}");
        assert!(!line.contains("attempts"), "to wait is no attempt: {line}");
    }
    world.says("ana", DECLARE).await;
    world.advance(minutes(10)).await;
    assert_eq!(providers.texts().len(), 7, "the next is told by itself, and nothing twice");
    world.adds_up().await;
}

async fn a_code_of_a_bundle_acknowledges_its_page_alone(world: &mut World) {
    let providers = storm(world, 8).await;
    world.advance(seconds(30)).await;
    let code = code(&providers.texts()[5], 7);
    let form = [("MessageSid", "SM1"), ("From", "+4915112345678"), ("To", FROM), ("Body", code.as_str())];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let words = posts(world, &signed(&format!("{PUBLIC}v1/twilio/sms"), form)).await;
    assert!(words.contains("You have INC-7."), "{words}");
    for (incident, state) in [(6, "open"), (7, "acknowledged"), (8, "open")] {
        let why = world.says("ana", &format!("/incident INC-{incident} why-paged")).await;
        assert!(why.contains(&format!("in E4: {state}")), "{incident}: {why}");
    }
}

async fn what_was_acknowledged_while_it_waited_is_not_told(world: &mut World) {
    let providers = storm(world, 9).await;
    world.says("cy", "/incident INC-7 ack").await;
    world.says("cy", "/incident INC-6 ack").await;
    world.advance(seconds(30)).await;
    let texts = providers.texts();
    assert_eq!(texts.len(), 6);
    assert!(texts[5].contains("INC-8") && texts[5].contains("+1 more page: INC-9 ("), "{}", texts[5]);
    assert!(state_of(world, 7).await.contains("cancelled"));
}

async fn a_receipt_of_a_bundle_is_one_of_each_page_in_it(world: &mut World) {
    let providers = storm(world, 9).await;
    world.advance(seconds(30)).await;
    world.restart_beside(providers.beside(world)).await;
    let delivered = providers.twilio.with(|twilio| twilio.callback(&format!("SM{:032x}", 5), "delivered"));
    posts(world, &delivered).await;
    assert!(state_of(world, 5).await.contains("delivered") && state_of(world, 6).await.contains(", sent"));
    let failed = providers.twilio.with(|twilio| twilio.callback(&format!("SM{:032x}", 6), "undelivered"));
    for _ in 0..2 {
        posts(world, &failed).await;
    }
    for incident in 6..=9 {
        assert!(state_of(world, incident).await.contains("failed 09:00"), "{incident}");
    }
    assert_eq!(providers.calls(), 4, "each page brings its call, and once");
    let url = providers.twilio.with(|twilio| twilio.calls[0].form.get("Url").to_owned());
    let said = posts(world, &signed(&url, vec![("CallSid".to_owned(), "CA1".to_owned())])).await;
    assert!(said.contains("INC-6 SEV1: checkout is down. +8 more pages: INC-"), "{said}");
}

async fn a_bundle_that_is_put_off_or_in_doubt_is_told_again_as_a_whole(world: &mut World) {
    let providers = storm(world, 9).await;
    providers.twilio.fails(Fault::Busy(429, 10));
    providers.twilio.fails(Fault::ResetAfter);
    world.advance(seconds(30)).await;
    assert_eq!(providers.texts().len(), 5, "the carrier had no time");
    world.advance(seconds(10)).await;
    assert_eq!(providers.texts().len(), 6, "it was sent, and the answer was lost");
    assert_eq!(state_of(world, 9).await, "N1 @bo by sms, step 1: queued 09:00, sending; 2 attempts");
    world.advance(seconds(60)).await;
    let texts = providers.texts();
    assert_eq!(texts.len(), 7);
    for text in &texts[5..] {
        assert!(text.contains("+3 more pages: INC-7 ("), "{text}");
    }
    assert!(texts[6].starts_with("(may be a repetition)"), "{}", texts[6]);
    let line = state_of(world, 9).await;
    assert!(line.contains("perhaps twice") && line.contains("3 attempts"), "{line}");
    world.advance(minutes(30)).await;
    assert_eq!(providers.texts().len(), 7);
}

async fn the_end_of_one_page_does_not_take_back_what_tells_of_others(world: &mut World) {
    let providers = storm(world, 0).await;
    world.reorganise(|org| reached(org, &[Voice], &[])).await;
    for _ in 0..8 {
        world.says("ana", DECLARE).await;
    }
    world.advance(seconds(30)).await;
    assert_eq!(providers.calls(), 6);
    let status = |call: usize| providers.twilio.with(|twilio| twilio.calls[call].status);
    world.says("ana", "/incident INC-7 ack").await;
    assert_eq!(status(5), "ringing", "the call is about INC-6 and INC-8 too");
    world.says("ana", "/incident INC-6 ack").await;
    assert_eq!(status(5), "completed");
}

async fn other_telephones_and_programs_are_told_at_once(world: &mut World) {
    let providers = storm(world, 6).await;
    assert_eq!(providers.texts().len(), 5);
    world
        .reorganise(|org| {
            reached(org, &[Ntfy], &[]);
            org.files.people.iter_mut().for_each(|person| {
                person.addresses.entry(Ntfy).and_modify(|address| "another-phone".clone_into(&mut address.0));
            });
        })
        .await;
    world.says("ana", DECLARE).await;
    assert_eq!(providers.ntfy.with(|ntfy| ntfy.messages.len()), 1);
}

async fn the_end_of_a_storm_is_told_by_few_messages(world: &mut World) {
    let providers = storm(world, 12).await;
    world.advance(minutes(10)).await;
    assert_eq!(providers.texts().len(), 6);
    for incident in 1..=12 {
        world.says("cy", &format!("/incident INC-{incident} ack")).await;
    }
    let texts = providers.texts();
    assert_eq!(texts.len(), 11, "some ends come at once");
    assert!(texts[6].starts_with("INC-1: no need to answer the page any more"), "{}", texts[6]);
    assert!(!texts[10].contains("Nor "), "nothing waited yet: {}", texts[10]);
    world.says("ana", DECLARE).await;
    assert_eq!(providers.texts().len(), 12, "a page does not wait for them");
    world.advance(seconds(30)).await;
    let texts = providers.texts();
    assert_eq!(texts.len(), 13);
    assert!(texts[12].starts_with("INC-6: no need to answer the page any more"), "{}", texts[12]);
    assert!(texts[12].ends_with("\nNor 6 more: INC-7; INC-8; INC-9; INC-10; INC-11; INC-12"), "{}", texts[12]);
    world.restart_beside(providers.beside(world)).await;
    world.advance(minutes(2)).await;
    assert_eq!(providers.texts().len(), 13, "a restart forgets and repeats nothing");
    world.adds_up().await;
}

/// The carrier wants a code to wait.
async fn a_page_waits_for_nothing_else_that_is_told(world: &mut World) {
    let providers = storm(world, 0).await;
    world.says("bo", "/oncall me test sms").await;
    let before = providers.texts().len();
    providers.twilio.fails(Fault::Busy(429, 50));
    world.says("bo", "/oncall me test sms").await;
    assert_eq!(providers.texts().len(), before, "the carrier had no time");
    world.says("ana", DECLARE).await;
    let texts = providers.texts();
    assert_eq!(texts.len(), before + 1);
    assert!(texts[before].contains("INC-1"), "{}", texts[before]);
    world.advance(seconds(50)).await;
    assert_eq!(providers.texts().len(), before + 2, "and then the rest");
}

async fn a_doubt_outlives_an_attempt_that_was_put_off(world: &mut World) {
    let providers = storm(world, 0).await;
    providers.twilio.fails(Fault::ResetAfter);
    providers.twilio.fails(Fault::Busy(429, 10));
    world.says("ana", DECLARE).await;
    world.advance(minutes(1)).await;
    let texts = providers.texts();
    assert_eq!(texts.len(), 2, "the first answer was lost, the second attempt was put off");
    assert!(texts[1].starts_with("(may be a repetition)"), "{}", texts[1]);
    assert!(state_of(world, 1).await.contains("perhaps twice"));
}

async fn a_bundle_hurries_as_what_it_tells_of(world: &mut World) {
    let providers = Providers::of(world).await;
    world
        .reorganise(|org| {
            reached(org, &[Ntfy], &[]);
            org.policy("web", &[(&["bo"], 120)]);
        })
        .await;
    for _ in 0..7 {
        world.says("ana", "/oncall page web a disk fills up --urgency low").await;
    }
    world.says("ana", DECLARE).await;
    world.advance(seconds(30)).await;
    let (count, last) = providers.ntfy.with(|ntfy| (ntfy.messages.len(), ntfy.messages.last().unwrap().clone()));
    assert_eq!((count, last["priority"].as_i64()), (6, Some(5)), "{last}");
    let text = last["message"].as_str().unwrap();
    assert!(text.contains("+2 more pages: INC-8 ("), "what hurries is named first: {text}");
}

async fn whoever_has_left_is_told_nothing_that_still_waits(world: &mut World) {
    let providers = storm(world, 7).await;
    world
        .reorganise(|org| {
            org.files.people.retain(|person| person.handle != key("bo"));
            org.policy("web", &[(&["cy"], 120)]);
        })
        .await;
    world.advance(seconds(30)).await;
    assert_eq!(providers.texts().len(), 5);
    assert_eq!(providers.calls(), 0);
    let why = world.says("ana", "/incident INC-6 why-paged").await;
    assert!(why.contains("they do not answer pages any more"), "{why}");
    world.adds_up().await;
}
