//! `/v1/pages`: programs raise pages, and end what they were about. Each has a token of its own, and names what is wrong by a
//! key, so that a repetition pages nobody twice.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use firebell_core::command::{Raise, Whom};
use firebell_core::directory::Urgency;
use firebell_core::ids::IncidentId;
use firebell_core::integration::{Integration, Scope};
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use firebell_core::text::{self, TEXT_MAX, TITLE_MAX};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::Door;
use crate::intake::{Answer, Fault, Resolving, raised};
use crate::text::hex;

/// The largest body, in bytes.
const BODY_MAX: usize = 64 * 1024;
/// The longest key, in characters; an `Idempotency-Key` may be as long.
const KEY_MAX: usize = 255;

/// What a program posts to raise a page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    service: Option<String>,
    policy: Option<String>,
    team: Option<String>,
    person: Option<String>,
    title: String,
    description: Option<String>,
    urgency: Option<Urgency>,
    severity: Option<String>,
    key: String,
}

/// What a program may post to end it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ended {
    summary: Option<String>,
}

/// Why a request is turned away.
struct Turned(StatusCode, String);

pub(super) fn router(door: Arc<Door>) -> Router {
    let limit = DefaultBodyLimit::max(BODY_MAX);
    Router::new()
        .route("/v1/pages", post(raise))
        .route("/v1/pages/{key}/resolve", post(resolve))
        .layer(limit)
        .with_state(door)
}

async fn raise(State(door): State<Arc<Door>>, headers: HeaderMap, body: Bytes) -> Response {
    match raise_in(&door, &headers, &body).await {
        Ok(response) => response,
        Err(turned) => turned.into_response(),
    }
}

async fn raise_in(door: &Door, headers: &HeaderMap, body: &[u8]) -> Result<Response, Turned> {
    let integration = allowed(door, headers).await?;
    let asked: Asked = read(headers, body)?;
    let id = headers.get("idempotency-key").map(|id| id.to_str().ok().filter(|id| (1..=KEY_MAX).contains(&id.len())));
    let id = match id {
        Some(None) => return Err(wrong(format!("Idempotency-Key has 1 to {KEY_MAX} plain characters"))),
        // Another body is another request, whose page must not be lost for an id that was used before.
        Some(Some(id)) => Some(format!("pages:{}:{id}:{}", integration.name, hex(&Sha256::digest(body)))),
        None => None,
    };
    let raise = asked.into_raise()?;
    let answer = door.intake.raise_for((&integration, door.console), raise, id).await.map_err(failed)?;
    let Some((incident, again)) = raised(&answer) else { return Err(refused(answer)) };
    let (status, word) = if again { (StatusCode::OK, "open") } else { (StatusCode::CREATED, "raised") };
    let people = match answer {
        Answer::Done(Reply::Raised { people, .. }) => people,
        _ => Vec::new(),
    };
    Ok((status, Json(json!({ "incident": incident.to_string(), "state": word, "paging": people }))).into_response())
}

async fn resolve(State(door): State<Arc<Door>>, Path(key): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    match resolve_in(&door, &key, &headers, &body).await {
        Ok(response) => response,
        Err(turned) => turned.into_response(),
    }
}

async fn resolve_in(door: &Door, key: &str, headers: &HeaderMap, body: &[u8]) -> Result<Response, Turned> {
    let integration = allowed(door, headers).await?;
    let ended: Ended = if body.is_empty() { Ended::default() } else { read(headers, body)? };
    let summary = ended.summary.map(|summary| text::kept("summary", &summary, TEXT_MAX)).transpose().map_err(unfit)?;
    let done = door.intake.resolve_for((&integration, door.console), key, summary).await.map_err(failed)?;
    let said = |incident: IncidentId, state: &str| {
        Json(json!({ "incident": incident.to_string(), "state": state })).into_response()
    };
    let (incident, answer) = match done {
        Some(Resolving::Asked { incident, answer }) => (incident, answer),
        Some(Resolving::Merged { into }) => return Ok(said(into, "merged")),
        None => {
            let message = "nothing was raised under this key with this token".to_owned();
            return Err(Turned(StatusCode::NOT_FOUND, message));
        }
    };
    match answer {
        // It is over by another way, or this is a repetition.
        Answer::Done(_) | Answer::Refused(Refusal::Already { .. } | Refusal::Transition { .. }) => {
            Ok(said(incident, "resolved"))
        }
        answer => Err(refused(answer)),
    }
}

/// The program whose token the request has, if the token is for this.
async fn allowed(door: &Door, headers: &HeaderMap) -> Result<Integration, Turned> {
    let missing = || {
        let message =
            "send the token of an integration as \"Authorization: Bearer ...\"; `firebell token add` makes one";
        Turned(StatusCode::UNAUTHORIZED, message.to_owned())
    };
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = token.and_then(|value| value.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    let integration = door.intake.integration(token.trim()).await.map_err(failed)?;
    let Some(integration) = integration else {
        tracing::warn!("a request to /v1/pages was turned away: its token is no integration's, or was revoked");
        return Err(missing());
    };
    integration.may(Scope::Pages).map_err(|refusal| Turned(StatusCode::FORBIDDEN, refusal.to_string()))?;
    Ok(integration)
}

fn read<T: for<'de> Deserialize<'de>>(headers: &HeaderMap, body: &[u8]) -> Result<T, Turned> {
    let is_json =
        |value: &str| value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_json) {
        let message = "send JSON as \"Content-Type: application/json\"".to_owned();
        return Err(Turned(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    serde_json::from_slice(body).map_err(|error| wrong(format!("the body is not what is asked for: {error}")))
}

impl Asked {
    fn into_raise(self) -> Result<Raise, Turned> {
        let Self { service, policy, team, person, title, description, urgency, severity, key } = self;
        let named =
            [service.map(Whom::Service), policy.map(Whom::Policy), team.map(Whom::Team), person.map(Whom::Person)];
        let mut named = named.into_iter().flatten();
        let (Some(whom), None) = (named.next(), named.next()) else {
            return Err(wrong("name one of \"service\", \"policy\", \"team\" and \"person\"".to_owned()));
        };
        if !(1..=KEY_MAX).contains(&key.chars().count()) || key.chars().any(char::is_control) {
            return Err(wrong(format!(
                "\"key\" names what is wrong in 1 to {KEY_MAX} characters, the same at a repetition"
            )));
        }
        let title = text::line("title", &title, TITLE_MAX).map_err(unfit)?;
        let description =
            description.map(|text| text::kept("description", &text, TEXT_MAX)).transpose().map_err(unfit)?;
        Ok(Raise { whom, title, description, urgency, severity, key: Some(key) })
    }
}

fn wrong(message: String) -> Turned {
    Turned(StatusCode::UNPROCESSABLE_ENTITY, message)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what a refusal is turned into")]
fn unfit(refusal: Refusal) -> Turned {
    wrong(refusal.to_string())
}

fn refused(answer: Answer) -> Turned {
    match answer {
        Answer::Refused(refusal) => unfit(refusal),
        Answer::Done(_) | Answer::Shown(_) => {
            // Only a reply that is stored beside another request's id is no reply to this one.
            wrong("this Idempotency-Key was used for another request".to_owned())
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what a fault is turned into")]
fn failed(fault: Fault) -> Turned {
    tracing::error!(%fault, "a page was not raised or resolved for a program");
    let message = "nothing was stored: Firebell cannot reach its database; send it again".to_owned();
    Turned(StatusCode::SERVICE_UNAVAILABLE, message)
}

impl axum::response::IntoResponse for Turned {
    fn into_response(self) -> Response {
        let Self(status, message) = self;
        let mut response = (status, Json(json!({ "error": message }))).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}
