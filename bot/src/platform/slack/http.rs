//! Slack's payloads by HTTP, signed with the app's signing secret, on the same inlet as Socket Mode. The rules are those
//! of <https://docs.slack.dev/authentication/verifying-requests-from-slack>.

mod payload;
mod signature;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;

use self::payload::Meant;
pub use self::signature::Secret;
use self::signature::Signature;
use crate::clock::Clock;
use crate::platform::inlet::{Ack, Inlet, Kind, Raw};
pub(super) use crate::platform::signed::MAX_AGE_SECONDS;
use crate::platform::signed::{self, MAX_BODY_BYTES, Refusal};

/// The routes that Slack posts to: `/slack/events`, `/slack/commands` and `/slack/interactions`. What is not signed with
/// the secret within 5 minutes of the clock gets 401 and learns nothing; what was not kept gets 503, so that Slack sends
/// it again.
pub fn router(secret: Secret, inlet: Arc<dyn Inlet>, clock: Clock) -> Router {
    let door = Arc::new(Door { secret, inlet, clock });
    Router::new()
        .route("/slack/events", post(|State(door): State<Arc<Door>>, request| door.answer(Kind::Event, request)))
        .route("/slack/commands", post(|State(door): State<Arc<Door>>, request| door.answer(Kind::Command, request)))
        .route(
            "/slack/interactions",
            post(|State(door): State<Arc<Door>>, request| door.answer(Kind::Interaction, request)),
        )
        .with_state(door)
}

struct Door {
    secret: Secret,
    inlet: Arc<dyn Inlet>,
    clock: Clock,
}

impl Door {
    async fn answer(self: Arc<Self>, kind: Kind, request: Request) -> Response {
        match self.take(kind, request).await {
            Ok(response) => response,
            Err(refusal) => {
                let (status, why) = (refusal.status.as_u16(), refusal.why);
                tracing::warn!(status, ?kind, why, "a request to the Slack routes was turned away");
                refusal.answer()
            }
        }
    }

    async fn take(&self, kind: Kind, request: Request) -> Result<Response, Refusal> {
        signed::refuse_too_large(request.headers(), MAX_BODY_BYTES)?;
        let headers = request.headers().clone();
        let Some(signature) = Signature::read(&headers)? else { return payload::ssl_check(kind, request).await };
        signed::check_time(&signature.at, &self.clock)?;
        let body = signed::read_body(request, MAX_BODY_BYTES).await?;
        self.secret.check(&signature, &body)?;
        match payload::read(kind, &headers, &body).await? {
            Meant::Payload(payload) => Ok(self.ask(Raw { kind, payload, retry: retry(&headers) }).await),
            Meant::Challenge(challenge) => Ok(Json(serde_json::json!({ "challenge": challenge })).into_response()),
            Meant::Nothing => Ok(StatusCode::OK.into_response()),
        }
    }

    async fn ask(&self, raw: Raw) -> Response {
        let (inlet, kind) = (self.inlet.clone(), raw.kind);
        // In a task of its own: Slack hangs up after 3 s, and what was begun is finished all the same.
        match tokio::spawn(async move { inlet.receive(raw).await }).await {
            Ok(Ack::Received(None)) => StatusCode::OK.into_response(),
            Ok(Ack::Received(Some(payload))) => Json::<Value>(payload).into_response(),
            Ok(Ack::NotKept) => {
                tracing::warn!(?kind, "a request of Slack's was not kept; Slack sends it again");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            Err(_) => {
                tracing::error!(?kind, "handling a request of Slack's failed within; Slack sends it again");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        }
    }
}

/// How often Slack had tried before. <https://docs.slack.dev/apis/events-api#retries>
fn retry(headers: &HeaderMap) -> u32 {
    let count = headers.get("x-slack-retry-num").and_then(|count| count.to_str().ok());
    count.and_then(|count| count.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
