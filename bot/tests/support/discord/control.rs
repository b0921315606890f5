//! How a program beside the fake makes people act: `POST /control/slash` with a JSON object, for Discord's clients.

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Fake, Outcome};

/// Does what the path names; 404 where the fake cannot do it.
pub(super) async fn act(
    Shared(fake): Shared<Fake>,
    Path(act): Path<String>,
    Json(args): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let text = |name: &str| args[name].as_str().unwrap_or_default().to_owned();
    let answer = match act.as_str() {
        "user" => json!({"id": fake.add_person(&text("name"))}),
        "connected" => {
            fake.connected(1).await;
            json!({"connections": fake.connections().len(), "connects": fake.connects()})
        }
        "says" => json!({"id": fake.says(&text("user"), &text("channel"), &text("text"))}),
        "reacts" => {
            json!({"new": fake.reacts(&text("user"), &text("channel"), &text("message"), &text("emoji"))})
        }
        "slash" => {
            let options = args["options"].as_object().cloned().unwrap_or_default();
            let options: Vec<(&str, &str)> =
                options.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
            shown(&fake.slash(&text("user"), &text("channel"), &text("words"), &options).await)
        }
        "press" => shown(&fake.press(&text("user"), &text("channel"), &text("message"), &text("button")).await),
        "drop" => {
            fake.drops_tcp();
            json!({})
        }
        "reconnect" => {
            fake.asks_to_reconnect();
            json!({})
        }
        "sessions" => json!({"sessions": fake.sessions()}),
        "violations" => json!({"violations": fake.violations()}),
        _ => return (StatusCode::NOT_FOUND, Json(json!({"error": format!("there is no act {act}")}))),
    };
    (StatusCode::OK, Json(answer))
}

fn shown(outcome: &Outcome) -> Value {
    let modal = outcome.modal().map(|modal| modal.custom_id.clone());
    json!({
        "error": outcome.error, "text": outcome.text(), "ephemeral": outcome.is_ephemeral(), "modal": modal,
        "message": outcome.message().map(|message| message.id.clone()),
    })
}
