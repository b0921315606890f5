//! Messages and set-ups that the tests have in common.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use firebell::notify::guard::Guard;
use firebell::notify::{Ack, Address, Message, Purpose, Secret, Setup, Times, Url};
use firebell_core::effect::Delivery;

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Calls may go to this machine, and time out soon.
pub(crate) fn setup() -> Setup {
    // Long enough for a busy machine to come as far as the provider.
    let soon = Duration::from_secs(1);
    let times = Times { whole: soon, voice: soon, ..Times::default() };
    Setup { times, guard: Guard::allowing_private_networks(), ..Setup::new(Arc::new(noon)) }
}

/// As [`setup`], where the provider is expected to answer.
pub(crate) fn patient() -> Setup {
    Setup { times: Times::default(), ..setup() }
}

pub(crate) fn page(key: &str) -> Message {
    let url = |path: &str| -> Url { format!("https://fire.example/{path}").parse().unwrap() };
    let ack = Ack {
        url: url("a/tok"),
        post_url: url("p/tok"),
        voice_url: Some(url("v/tok")),
        status_url: Some(url("s/tok")),
    };
    let (subject, text) = ("INC-1 checkout is down".to_owned(), "Paged by ana.".to_owned());
    Message {
        key: key.to_owned(),
        again: false,
        purpose: Purpose::Page { urgent: true },
        subject,
        text,
        code: Some("K7QX".to_owned()),
        ack: Some(ack),
    }
}

pub(crate) fn again(message: Message) -> Message {
    Message { again: true, ..message }
}

pub(crate) fn over(key: &str, reference: Option<&str>) -> Message {
    let purpose = Purpose::Over { reference: reference.map(str::to_owned) };
    let (subject, text) = ("INC-1 is over".to_owned(), "Resolved by bo.".to_owned());
    Message { key: key.to_owned(), again: false, purpose, subject, text, code: None, ack: None }
}

pub(crate) fn address(text: &str) -> Address {
    Address::new(text)
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

/// The provider's id of what it took.
pub(crate) fn id_of(delivery: Delivery) -> String {
    match delivery {
        Delivery::Delivered(reference) => reference.external_id,
        other => panic!("not delivered: {other:?}"),
    }
}

/// What the person has to do.
pub(crate) fn reason(delivery: Delivery) -> String {
    match delivery {
        Delivery::Impossible(reason) => reason,
        other => panic!("not impossible: {other:?}"),
    }
}

/// The wait, in seconds.
pub(crate) fn wait(delivery: Delivery) -> i64 {
    match delivery {
        Delivery::RetryAfter(wait) => wait.num_seconds(),
        other => panic!("not put off: {other:?}"),
    }
}
