//! How a program beside the fake makes people act: `POST /control/slash` with a JSON object, for Slack's own SDKs.

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Fake, Fault, Trouble};

/// Does what the path names; 404 where the fake cannot do it.
pub(super) async fn act(
    Shared(fake): Shared<Fake>,
    Path(act): Path<String>,
    Json(args): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let text = |name: &str| args[name].as_str().unwrap_or_default().to_owned();
    let answer = match act.as_str() {
        "user" => json!({"id": fake.add_person(&text("name"))}),
        "group" => json!({"id": fake.add_group(&text("handle"), &[])}),
        "ratelimit" => {
            fake.breaks(Trouble::with(&text("method"), Fault::RateLimited(1)).times(1));
            json!({})
        }
        "connected" => {
            fake.connected(1).await;
            json!({"sockets": fake.sockets().len()})
        }
        "slash" => {
            let outcome = fake.slash(&text("user"), &text("channel"), &text("command"), &text("text")).await;
            json!({"ack": outcome.ack, "error": outcome.error, "trigger_id": outcome.payload["trigger_id"]})
        }
        "press" => {
            let outcome = fake.press(&text("user"), &text("channel"), &text("ts"), &text("action_id")).await;
            json!({"ack": outcome.ack, "error": outcome.error})
        }
        "says" => {
            let ts = fake.says(&text("user"), &text("channel"), &text("text")).await;
            fake.settled().await;
            let sent = fake.sent().pop();
            json!({"ts": ts, "acked": sent.is_some_and(|sent| sent.acked.is_some())})
        }
        "disconnect" => {
            fake.disconnect(fake.sockets()[0], "refresh_requested");
            json!({})
        }
        _ => return (StatusCode::NOT_FOUND, Json(json!({"error": format!("there is no act {act}")}))),
    };
    (StatusCode::OK, Json(answer))
}
