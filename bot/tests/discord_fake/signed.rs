//! Interactions by HTTP.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{App, asking};
use crate::support::discord::{Fake, Signing};

/// An app that checks signatures, and answers commands by HTTP.
async fn app(key: &str, now: i64) -> String {
    let hex: Vec<u8> = (0..32).map(|index| u8::from_str_radix(&key[2 * index..2 * index + 2], 16).unwrap()).collect();
    let key = VerifyingKey::from_bytes(&hex.try_into().unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/discord/interactions", listener.local_addr().unwrap());
    let router = Router::new().route("/discord/interactions", post(answer)).with_state((key, now));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn answer(State((key, now)): State<(VerifyingKey, i64)>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (signature, time) = (header("x-signature-ed25519"), header("x-signature-timestamp"));
    let bytes: Vec<u8> = (0..signature.len() / 2)
        .filter_map(|index| u8::from_str_radix(signature.get(2 * index..2 * index + 2)?, 16).ok())
        .collect();
    let signed = [time.as_bytes(), &body].concat();
    let good = Signature::from_slice(&bytes).is_ok_and(|signature| key.verify_strict(&signed, &signature).is_ok());
    if !good || time.parse::<i64>().unwrap_or_default() < now - 300 {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let answer = match asked["type"].as_u64().unwrap() {
        1 => json!({"type": 1}),
        _ => json!({"type": 4, "data": {"content": "by HTTP", "flags": 64}}),
    };
    axum::Json(answer).into_response()
}

#[tokio::test]
async fn interactions_come_signed_forged_stale_and_again() {
    let fake = Fake::start().await;
    let rest = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    let path = format!("/applications/{}/commands", rest.application);
    rest.done("PUT", &path, asking::commands()).await;
    fake.deliver_to(&app(&fake.public_key(), fake.now()).await);
    let pong = fake.pings().await;
    assert_eq!((pong.status, pong.json()), (200, json!({"type": 1})));
    for signing in [Signing::Forged, Signing::Stale, Signing::Missing, Signing::Malformed] {
        fake.sign_next(signing);
        assert_eq!(fake.pings().await.status, 401, "{signing:?}");
    }
    let declared = fake.slash(&ana, &room, "incident declare", &[("title", "checkout")]).await;
    assert_eq!((declared.text(), declared.is_ephemeral(), declared.error.as_ref()), ("by HTTP", true, None));
    assert_eq!(fake.replay().await.status, 200);
    fake.sign_next(Signing::Forged);
    let refused = fake.slash(&ana, &room, "incident declare", &[("title", "checkout")]).await;
    assert_eq!(refused.error.as_deref(), Some("The application did not respond"));
    assert!(refused.after.is_none() && declared.after.unwrap() < Duration::from_secs(3));
    assert_eq!(fake.violations(), Vec::<String>::new());
}
