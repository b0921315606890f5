//! Deliveries against a small workspace on loopback that keeps what it is told and breaks where a test says.

mod about;
mod invites;
mod link;
mod people;
mod rooms;
mod texts;
mod workspace;

use std::sync::atomic::AtomicBool;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::Delivery;
use serde_json::{Value, json};
use tokio::time::Instant;

use self::workspace::{Fault, Workspace};
use super::*;
use crate::platform::attempt::LAST_CALL;
use crate::platform::slack::api::tests::little::{Reply, no, ok};

const KEY: &str = "INC-7:post:1:1";

fn delivered(id: &str, name: &str) -> Delivery {
    Delivery::Delivered(Reference { external_id: id.to_owned(), name: name.to_owned() })
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

#[tokio::test]
async fn nothing_is_begun_that_would_outlast_the_workers_patience() {
    let workspace = Workspace::new().await;
    let notes = Notes::default();
    let late = |in_doubt| {
        let mut attempt = Attempt::to_read(KEY);
        attempt.in_doubt = AtomicBool::new(in_doubt);
        attempt.began = Instant::now().checked_sub(LAST_CALL).unwrap();
        Turn { api: &workspace.api, notes: &notes, attempt }
    };
    let wish = Wish { name: "inc-7".to_owned(), private: false, requested_at: requested_at() };
    assert_eq!(late(false).make_room(&wish).await, Err(seconds(0)));
    assert_eq!(late(false).post("C1", "text", &[]).await, Err(seconds(0)));
    assert_eq!(late(true).post("C1", "text", &[]).await, Err(Delivery::Unknown), "the doubt stays");
    assert_eq!(workspace.methods(), [""; 0]);
}

#[tokio::test]
async fn a_bad_token_waits_for_an_operator() {
    for code in ["token_revoked", "invalid_auth", "account_inactive"] {
        let workspace = Workspace::new().await;
        workspace.fault("chat.postMessage", Fault::Before(no(code)));
        assert_eq!(workspace.post("C1", "text", false).await, seconds(300), "{code}");
    }
    let notes = Notes::default();
    let complaints =
        [0, 1, 59, 60, 61].map(|second| notes.complaint.is_due(requested_at() + TimeDelta::seconds(second)));
    assert_eq!(complaints, [true, false, false, true, false]);
}

#[tokio::test]
async fn the_pause_grows_with_the_outage_and_less_for_pages() {
    let workspace = Workspace::unreachable().await;
    for (passed, room, page) in [(0, 2, 2), (10, 5, 5), (110, 60, 30), (3480, 300, 30)] {
        workspace.wait(passed);
        assert_eq!(workspace.post("C1", "text", false).await, seconds(room));
        assert_eq!(workspace.notice("U1", false).await, seconds(page));
    }
}
