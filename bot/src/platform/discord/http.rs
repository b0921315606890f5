//! Interactions by HTTP, signed with the application's key, as the alternative to the gateway. The rules are those of
//! <https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint>.

mod key;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

pub use self::key::{KeyError, PublicKey};
use crate::clock::Clock;
use crate::platform::signed::{self, MAX_BODY_BYTES, Refusal};

/// Discord's word for "are you there", and the answer to it:
/// <https://discord.com/developers/docs/interactions/overview#acknowledging-ping-requests>.
const PING: i64 = 1;
const PONG: i64 = 1;

/// Takes interactions.
pub trait Receiver: Send + Sync + 'static {
    /// Takes one as Discord posted it. What is signed may come twice, as whoever saw it can send it again for 5 minutes; the
    /// interaction's id tells.
    fn receive(&self, interaction: Value) -> BoxFuture<'static, Ack>;
}

/// What became of an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ack {
    /// This is the answer: `{"type": .., "data": ..}`.
    Answer(Value),
    /// It was not kept, and the person has to try again; Discord sends nothing twice.
    NotKept,
}

/// The route that Discord posts to: `/discord/interactions`. What is not signed with the key within 5 minutes of the clock
/// gets 401 and learns nothing; what was not kept gets 503, and Discord tells the person that it failed.
pub fn router(key: PublicKey, receiver: Arc<dyn Receiver>, clock: Clock) -> Router {
    let door = Arc::new(Door { key, receiver, clock });
    Router::new()
        .route("/discord/interactions", post(|State(door): State<Arc<Door>>, request| door.answer(request)))
        .with_state(door)
}

struct Door {
    key: PublicKey,
    receiver: Arc<dyn Receiver>,
    clock: Clock,
}

impl Door {
    async fn answer(self: Arc<Self>, request: Request) -> Response {
        match self.take(request).await {
            Ok(response) => response,
            Err(refusal) => {
                let (status, why) = (refusal.status.as_u16(), refusal.why);
                // Discord itself tries with wrong signatures, now and then.
                tracing::warn!(status, why, "a request to the Discord route was turned away");
                refusal.answer()
            }
        }
    }

    async fn take(&self, request: Request) -> Result<Response, Refusal> {
        signed::refuse_too_large(request.headers(), MAX_BODY_BYTES)?;
        let at = header(&request, "x-signature-timestamp")?;
        let signature = header(&request, "x-signature-ed25519")?;
        signed::check_time(&at, &self.clock)?;
        let body = signed::read_body(request, MAX_BODY_BYTES).await?;
        self.key.check(&signature, &at, &body)?;
        let interaction: Option<Value> = serde_json::from_slice(&body).ok().filter(Value::is_object);
        let interaction = interaction.ok_or(Refusal::bad("its body is not a JSON object"))?;
        if interaction.get("type").and_then(Value::as_i64) == Some(PING) {
            return Ok(Json(json!({ "type": PONG })).into_response());
        }
        Ok(self.ask(interaction).await)
    }

    async fn ask(&self, interaction: Value) -> Response {
        let receiver = self.receiver.clone();
        // In a task of its own: Discord hangs up after 3 s, and what was begun is finished all the same.
        match tokio::spawn(async move { receiver.receive(interaction).await }).await {
            Ok(Ack::Answer(answer)) => Json(answer).into_response(),
            Ok(Ack::NotKept) => {
                tracing::warn!("an interaction was not kept; whoever made it has to try again");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            Err(_) => {
                tracing::error!("handling an interaction failed within; whoever made it has to try again");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        }
    }
}

fn header(request: &Request, name: &str) -> Result<String, Refusal> {
    let value = signed::only(request.headers(), name)?;
    value.map(str::to_owned).ok_or(Refusal::unauthorized("a header of a signature is missing"))
}

#[cfg(test)]
mod tests;
