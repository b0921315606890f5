//! Twilio: what a message and a call ask for, how a call is ended, and what comes back.

use firebell::notify::twilio::inbound::{Pressed, read_digits, read_status, verify_signature};
use firebell::notify::twilio::{Sender, Twilio, TwilioConfig};
use firebell::notify::{Carrier, Notifier, Purpose};
use firebell_core::effect::Delivery;
use firebell_core::paging::notice::Stage;

use crate::notify::outcomes::{carriers, twilio_at};
use crate::notify::providers::http::{Fake, Fault};
use crate::notify::providers::twilio::{ACCOUNT, API_KEY, FROM, TOKEN, Twilio as FakeTwilio};
use crate::notify::support::{address, id_of, over, page, patient, reason, secret, wait};

const KEY: &str = "pg1:notice:ana:1";
const TO: &str = "+4915112345678";

async fn stage() -> (Fake<FakeTwilio>, Notifier, Notifier) {
    let fake = Fake::start(FakeTwilio::default()).await;
    let setup = patient();
    let one = || carriers(vec![Carrier::Twilio(twilio_at(fake.url.clone(), &setup))], &setup);
    let (sms, voice) = (Notifier::Sms(one()), Notifier::Voice(one()));
    (fake, sms, voice)
}

#[tokio::test]
async fn a_text_message_is_sent_and_its_receipt_is_signed() {
    let (fake, sms, _) = stage().await;
    let sid = id_of(sms.send(&address(TO), &page(KEY)).await);
    let form = fake.with(|state| state.messages[0].clone());
    let expected = [("To", TO), ("From", FROM), ("StatusCallback", "https://fire.example/s/tok")];
    assert_eq!(expected.map(|(name, _)| form.get(name)), expected.map(|(_, value)| value));
    assert!(form.get("Body").contains("Reply K7QX to acknowledge"), "{form:?}");
    let callback = fake.with(|state| state.callback(&sid, "delivered"));
    assert!(verify_signature(&secret(TOKEN), &callback.url, &callback.params, &callback.signature));
    let receipt = read_status(&callback.params).unwrap();
    assert_eq!((receipt.provider_id, receipt.stage), (sid, Stage::Delivered));
}

#[tokio::test]
async fn a_call_asks_for_a_key_and_is_ended_when_it_is_over() {
    let (fake, _, voice) = stage().await;
    let sid = id_of(voice.send(&address(TO), &page(KEY)).await);
    let form = fake.with(|state| state.calls[0].form.clone());
    let expected =
        [("To", TO), ("From", FROM), ("Url", "https://fire.example/v/tok"), ("Method", "POST"), ("Twiml", "")];
    assert_eq!(expected.map(|(name, _)| form.get(name)), expected.map(|(_, value)| value));
    let events = form.0.iter().filter(|(name, _)| name == "StatusCallbackEvent").count();
    assert_eq!(events, 4, "each event is a field of its own");
    let callback = fake.with(|state| state.press(&sid, "https://fire.example/v/tok", "4"));
    assert!(verify_signature(&secret(TOKEN), &callback.url, &callback.params, &callback.signature));
    assert_eq!(read_digits(&callback.params).unwrap().pressed, Pressed::Acknowledge);
    for attempt in ["it rings", "it is over by now"] {
        assert_eq!(id_of(voice.send(&address(TO), &over("pg1:withdraw:ana:1", Some(&sid))).await), sid, "{attempt}");
        assert_eq!(fake.with(|state| state.calls[0].status), "completed");
    }
    fake.fails(Fault::Busy(429, 3));
    assert_eq!(wait(voice.send(&address(TO), &over("k", Some(&sid))).await), 3);
    fake.fails(Fault::ResetBefore);
    assert_eq!(voice.send(&address(TO), &over("k", Some(&sid))).await, Delivery::Unknown);
}

#[tokio::test]
async fn what_is_over_rings_nobody() {
    let (fake, _, voice) = stage().await;
    let unknown = format!("CA{:032x}", 99);
    for reference in [None, Some("17"), Some(unknown.as_str())] {
        id_of(voice.send(&address(TO), &over("k", reference)).await);
    }
    assert_eq!(fake.with(|state| state.calls.len()), 0);
}

#[tokio::test]
async fn a_call_is_ended_by_the_account_that_made_it() {
    let (first, second) = (Fake::start(FakeTwilio::default()).await, Fake::start(FakeTwilio::default()).await);
    let setup = patient();
    let both = [&first, &second].map(|fake| Carrier::Twilio(twilio_at(fake.url.clone(), &setup)));
    let voice = Notifier::Voice(carriers(both.into(), &setup));
    first.fails(Fault::Busy(429, 60));
    let sid = id_of(voice.send(&address(TO), &page(KEY)).await);
    first.with(|state| state.locked = true);
    id_of(voice.send(&address(TO), &over("k", Some(&sid))).await);
    assert_eq!(second.with(|state| state.calls[0].status), "completed");
    let unknown = format!("CA{:032x}", 99);
    assert_eq!(wait(voice.send(&address(TO), &over("k", Some(&unknown))).await), 60, "it may be the first's");
}

#[tokio::test]
async fn a_call_without_a_page_of_ours_brings_its_words() {
    let (fake, _, voice) = stage().await;
    let mut message = page(KEY);
    message.purpose = Purpose::Code;
    (message.subject, message.text, message.ack) = ("Your code".to_owned(), "1 & 2".to_owned(), None);
    id_of(voice.send(&address(TO), &message).await);
    let twiml = fake.with(|state| state.calls[0].form.get("Twiml").to_owned());
    assert!(twiml.ends_with("<Say language=\"en-GB\">Your code. 1 &amp; 2</Say><Hangup/></Response>"), "{twiml}");
}

#[tokio::test]
async fn a_refusal_names_what_to_do() {
    let (fake, sms, voice) = stage().await;
    let persons = [(21_211, "does not exist"), (21_614, "cannot receive"), (21_610, "START")];
    for (code, part) in persons {
        fake.with(|state| state.bad.insert(TO, code));
        for notifier in [&sms, &voice] {
            let why = reason(notifier.send(&address(TO), &page(KEY)).await);
            assert!(why.contains(part) && !why.contains(TO), "{why}");
        }
    }
    for code in [21_408, 21_606, 21_608] {
        fake.with(|state| state.bad.insert(TO, code));
        assert_eq!(wait(sms.send(&address(TO), &page(KEY)).await), 60, "{code}");
    }
    fake.with(|state| state.locked = true);
    assert_eq!(wait(sms.send(&address("+4915100000000"), &page(KEY)).await), 60, "our credential, not the person's");
}

#[tokio::test]
async fn a_messaging_service_sends_and_its_number_calls() {
    let fake = Fake::start(FakeTwilio::default()).await;
    let service = format!("MG{:032x}", 7);
    let config = |account: &str, from: Sender| TwilioConfig {
        base: fake.url.clone(),
        account: account.to_owned(),
        api_key: None,
        secret: secret(TOKEN),
        from,
        language: "en-GB".to_owned(),
    };
    let from = |sid: &str, caller: &str| Sender::Service { sid: sid.to_owned(), caller: caller.to_owned() };
    let one = Twilio::new(config(ACCOUNT, from(&service, FROM)), &patient()).unwrap();
    let sms = Notifier::Sms(carriers(vec![Carrier::Twilio(one)], &patient()));
    id_of(sms.send(&address(TO), &page(KEY)).await);
    let form = fake.with(|state| state.messages[0].clone());
    assert_eq!((form.get("MessagingServiceSid"), form.get("From")), (service.as_str(), ""));
    let key = TwilioConfig { api_key: Some(API_KEY.to_owned()), ..config(ACCOUNT, from(&service, FROM)) };
    let voice = Notifier::Voice(carriers(vec![Carrier::Twilio(Twilio::new(key, &patient()).unwrap())], &patient()));
    id_of(voice.send(&address(TO), &page(KEY)).await);
    assert_eq!(fake.with(|state| state.calls[0].form.get("From").to_owned()), FROM, "by an API key");
    for (account, sid, caller) in [("AC1", service.as_str(), FROM), (ACCOUNT, "MG1", FROM), (ACCOUNT, &service, "1500")]
    {
        assert!(Twilio::new(config(account, from(sid, caller)), &patient()).is_err(), "{account} {sid} {caller}");
    }
}
