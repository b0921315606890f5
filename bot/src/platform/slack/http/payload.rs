//! What a signed body says, in the shape that it would have in Socket Mode.

use std::collections::BTreeMap;

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

use super::Refusal;
use crate::platform::inlet::Kind;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// What is meant by a body.
pub(super) enum Meant {
    /// This is for the inlet.
    Payload(Value),
    /// Slack wants this back: <https://docs.slack.dev/reference/events/url_verification>.
    Challenge(String),
    /// It is to be answered, and that is all.
    Nothing,
}

/// Reads a body that is known to be Slack's.
pub(super) async fn read(kind: Kind, headers: &HeaderMap, body: &Bytes) -> Result<Meant, Refusal> {
    let fits = if kind == Kind::Event { is_type(headers, JSON) } else { is_form(headers) };
    if !fits {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "its content is of another type"));
    }
    let text = std::str::from_utf8(body).map_err(|_| bad("its body is not UTF-8"))?;
    match kind {
        Kind::Command => {
            let fields = form(body).await?;
            if is_ssl_check(&fields) {
                return Ok(Meant::Nothing);
            }
            let fields = fields.into_iter().map(|(name, value)| (name, Value::String(value)));
            Ok(Meant::Payload(Value::Object(fields.collect())))
        }
        Kind::Interaction => {
            let fields = form(body).await?;
            let payload = fields.get("payload").ok_or(bad("its form has no payload"))?;
            object(payload).map(Meant::Payload)
        }
        Kind::Event => event(object(text)?),
    }
}

/// Whether the body is said to be a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    is_type(headers, FORM)
}

/// The fields of a form. Slack sends each once; of two, the later one counts.
pub(super) async fn form(body: &Bytes) -> Result<BTreeMap<String, String>, Refusal> {
    let request = Request::builder().method(Method::POST).header(header::CONTENT_TYPE, FORM);
    let request = request.body(Body::from(body.clone())).map_err(|_| bad("its form cannot be read"))?;
    let Form(fields) = Form::from_request(request, &()).await.map_err(|_| bad("its form cannot be read"))?;
    Ok(fields)
}

/// Slack looks after the certificate of a command's URL now and then:
/// <https://docs.slack.dev/interactivity/implementing-slash-commands>.
pub(super) fn is_ssl_check(fields: &BTreeMap<String, String>) -> bool {
    fields.get("ssl_check").is_some_and(|value| value == "1")
}

fn is_type(headers: &HeaderMap, wanted: &str) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(wanted)
}

fn object(text: &str) -> Result<Value, Refusal> {
    let value = serde_json::from_str(text).ok().filter(Value::is_object);
    value.ok_or(bad("its payload is not a JSON object"))
}

fn event(payload: Value) -> Result<Meant, Refusal> {
    match payload.get("type").and_then(Value::as_str) {
        Some("event_callback") => Ok(Meant::Payload(payload)),
        Some("url_verification") => {
            let challenge = payload.get("challenge").and_then(Value::as_str);
            challenge.map(|challenge| Meant::Challenge(challenge.to_owned())).ok_or(bad("it has no challenge"))
        }
        Some("app_rate_limited") => {
            let minute = payload.get("minute_rate_limited").and_then(Value::as_i64);
            tracing::warn!(minute, "Slack withholds events, as there are more than 30 000 in an hour");
            Ok(Meant::Nothing)
        }
        Some(_) => {
            tracing::debug!("a request of a type that is not handled is answered");
            Ok(Meant::Nothing)
        }
        None => Err(bad("its payload has no type")),
    }
}

const fn bad(why: &'static str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, why)
}
