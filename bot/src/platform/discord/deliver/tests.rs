//! Deliveries against a small server on loopback that keeps what it is told and breaks where a test says.

mod about;
mod files;
mod people;
mod rooms;
mod server;
mod texts;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::Delivery;
use serde_json::{Value, json};

use self::server::{Fault, Server};
use super::*;
use crate::platform::discord::api::tests::no;
use crate::platform::little::Reply;
use crate::platform::{Account, Labels};

const KEY: &str = "INC-7:post:1:1";

fn delivered(id: &str, name: &str) -> Delivery {
    Delivery::Delivered(Reference { external_id: id.to_owned(), name: name.to_owned() })
}

/// The platform's reference to what was made.
fn reference(delivery: Delivery) -> String {
    match delivery {
        Delivery::Delivered(made) => made.external_id,
        other => panic!("{other:?}"),
    }
}

fn seconds(seconds: i64) -> Delivery {
    Delivery::RetryAfter(TimeDelta::seconds(seconds))
}

/// The reason that somebody is given.
fn reason(delivery: Delivery) -> String {
    match delivery {
        Delivery::Impossible(reason) => reason,
        other => panic!("{other:?}"),
    }
}

fn requested_at() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn labels(now: [&str; 2]) -> Labels {
    let all = ["declared", "investigating", "resolved", "sev1", "sev2"];
    Labels { now: now.map(str::to_owned).to_vec(), all: all.map(str::to_owned).to_vec() }
}

#[tokio::test]
async fn a_bad_token_waits_for_an_operator() {
    let server = Server::new().await;
    server.fault("POST channels/C1/messages", Fault::Before(Reply::Status(401, None, "{}")));
    assert_eq!(server.post("C1", "text", false).await, seconds(300));
    assert_eq!(server.calls(), ["POST channels/C1/messages"]);
}

#[tokio::test]
async fn the_pause_grows_with_the_outage_and_less_for_pages() {
    let server = Server::unreachable().await;
    for (passed, room, page) in [(0, 2, 2), (10, 5, 5), (110, 60, 30), (3480, 300, 30)] {
        server.wait(passed);
        assert_eq!(server.post("C1", "text", false).await, seconds(room));
        assert_eq!(server.notice("U1", false).await, seconds(page));
    }
}

#[tokio::test]
async fn what_is_refused_is_told_with_what_to_do() {
    use crate::platform::discord::api::code;
    let table = [
        (403, code::MISSING_PERMISSIONS, "in channel C1: allow its role View Channels, Send Messages there"),
        (403, code::MISSING_ACCESS, "may not do this in channel C1"),
        (404, code::UNKNOWN_CHANNEL, "no such channel in channel C1 any more"),
        (400, code::BLOCKED_BY_AUTOMOD, "AutoMod"),
        (400, 99, "Words of Discord's (99)"),
    ];
    for (status, number, expected) in table {
        let server = Server::new().await;
        server.fault("POST channels/C1/messages", Fault::Before(no(status, number)));
        let reason = reason(server.post("C1", "text", false).await);
        assert!(reason.contains(expected), "{reason}");
    }
}
