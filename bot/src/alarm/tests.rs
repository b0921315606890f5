//! The alarm against a webhook on loopback.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;

/// A webhook that gives the statuses it was told, then 200, and passes on what it was sent.
struct Webhook {
    url: Url,
    heard: mpsc::UnboundedReceiver<Value>,
}

type Desk = (Arc<Mutex<VecDeque<u16>>>, mpsc::UnboundedSender<Value>);

impl Webhook {
    async fn answering(statuses: &[u16]) -> Self {
        let (said, heard) = mpsc::unbounded_channel();
        let desk: Desk = (Arc::new(Mutex::new(statuses.iter().copied().collect())), said);
        let router = Router::new().route("/hook/token-123", post(take)).with_state(desk);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook/token-123", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(crate::web::serve_router(listener, router, std::future::pending()));
        Self { url, heard }
    }

    fn was_left_alone(&mut self) -> bool {
        self.heard.try_recv().is_err()
    }
}

async fn take(State((statuses, said)): State<Desk>, body: axum::Json<Value>) -> Response {
    said.send(body.0).unwrap();
    let status = statuses.lock().unwrap().pop_front().unwrap_or(200);
    if status == 307 {
        return Redirect::temporary("/elsewhere").into_response();
    }
    StatusCode::from_u16(status).unwrap().into_response()
}

fn setting(webhook: Option<&Webhook>) -> (Arc<Alarm>, Clock, AlarmText) {
    let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
    let text = AlarmText {
        replica: "firebell-1".to_owned(),
        since: "2026-03-01T11:59:30Z".parse().unwrap(),
        reason: "connection\nrefused".to_owned(),
    };
    (Arc::new(Alarm::new(webhook.map(|webhook| webhook.url.clone()), clock.clone())), clock, text)
}

const LOST: &str = "firebell: firebell-1 has lost the database since 2026-03-01T11:59:30Z: connection refused. \
                    Pages and escalations do not run until it is back.";

#[tokio::test]
async fn one_alarm_for_each_loss_and_an_all_clear() {
    let mut webhook = Webhook::answering(&[]).await;
    let (alarm, clock, text) = setting(Some(&webhook));

    alarm.over().await.unwrap();
    assert!(webhook.was_left_alone(), "no all-clear without an alarm");

    for _ in 0..3 {
        alarm.raise(&text).await.unwrap();
    }
    let expected = serde_json::json!({ "text": LOST, "source": "firebell", "at": "2026-03-01T12:00:00Z" });
    assert_eq!(webhook.heard.recv().await.unwrap(), expected);
    assert!(webhook.was_left_alone(), "a loss is told once");

    clock.advance(TimeDelta::minutes(3)).unwrap();
    alarm.over().await.unwrap();
    alarm.over().await.unwrap();
    let clear = webhook.heard.recv().await.unwrap();
    assert_eq!(clear["text"], "firebell: all clear, the database answers again");
    assert_eq!(clear["at"], "2026-03-01T12:03:00Z");
    assert!(webhook.was_left_alone(), "the all-clear is told once");

    alarm.raise(&text).await.unwrap();
    assert_eq!(webhook.heard.recv().await.unwrap()["text"], LOST, "the next loss is told again");
}

#[tokio::test]
async fn a_webhook_that_stumbles_is_tried_again_after_a_while() {
    let mut webhook = Webhook::answering(&[500, 503]).await;
    let (alarm, clock, text) = setting(Some(&webhook));
    let raised = tokio::spawn(async move { alarm.raise(&text).await });
    for spacing in SPACING {
        webhook.heard.recv().await.unwrap();
        assert!(webhook.was_left_alone() && !raised.is_finished());
        clock.advance(spacing).unwrap();
    }
    webhook.heard.recv().await.unwrap();
    raised.await.unwrap().unwrap();
    assert!(webhook.was_left_alone());
}

#[tokio::test]
async fn after_three_failures_the_next_call_tries_again_and_the_all_clear_follows() {
    let mut webhook = Webhook::answering(&[500, 404, 307]).await;
    let (alarm, clock, text) = setting(Some(&webhook));
    let raised = tokio::spawn({
        let (alarm, text) = (alarm.clone(), text.clone());
        async move { alarm.raise(&text).await }
    });
    for spacing in SPACING {
        webhook.heard.recv().await.unwrap();
        clock.advance(spacing).unwrap();
    }
    let error = raised.await.unwrap().unwrap_err();
    assert!(matches!(error, AlarmError::Answered(StatusCode::TEMPORARY_REDIRECT)), "redirects are not followed");
    webhook.heard.recv().await.unwrap();

    alarm.raise(&text).await.unwrap();
    assert_eq!(webhook.heard.recv().await.unwrap()["text"], LOST);
    alarm.over().await.unwrap();
    assert!(webhook.heard.recv().await.unwrap()["text"].as_str().unwrap().contains("all clear"));
}

#[tokio::test]
async fn no_answer_is_an_error_without_the_url() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/hook/token-123", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let (_, clock, text) = setting(None);
    let alarm = Alarm::new(Some(url), clock.clone());
    let alarm = Arc::new(alarm);
    let mut raised = Box::pin(alarm.raise(&text));
    let error = loop {
        tokio::select! {
            outcome = &mut raised => break outcome.unwrap_err(),
            () = tokio::task::yield_now() => clock.advance(TimeDelta::seconds(1)).unwrap(),
        }
    };
    assert!(matches!(error, AlarmError::NoAnswer(_)));
    assert!(!format!("{error} {error:?}").contains("token-123"));
}

#[tokio::test]
async fn without_a_webhook_the_line_on_stderr_is_all() {
    let (alarm, _, text) = setting(None);
    alarm.raise(&text).await.unwrap();
    assert_eq!(*alarm.loss.lock().await, Loss { written: true, called: false, taken: true });
    alarm.over().await.unwrap();
    assert_eq!(*alarm.loss.lock().await, Loss::default());
}
