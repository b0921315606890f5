//! What a signed body says, in the shape that it would have in Socket Mode.

use std::collections::BTreeMap;

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use crate::platform::inlet::Kind;
use crate::platform::signed::{self, Refusal};

/// The largest body that is read without a signature, in bytes: Slack's check of the certificate has about 40.
const MAX_UNSIGNED_BYTES: usize = 4 * 1024;

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
    let text = std::str::from_utf8(body).map_err(|_| Refusal::bad("its body is not UTF-8"))?;
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
            let payload = fields.get("payload").ok_or(Refusal::bad("its form has no payload"))?;
            object(payload).map(Meant::Payload)
        }
        Kind::Event => event(object(text)?),
    }
}

/// Answers what is not signed. Slack's check of a command's certificate is not
/// (<https://github.com/slackapi/bolt-js/issues/1397>); it is answered and nothing comes of it. All else is turned away.
pub(super) async fn ssl_check(kind: Kind, request: Request) -> Result<Response, Refusal> {
    let unsigned = || Refusal::unauthorized("it is not signed");
    let headers = request.headers().clone();
    if kind != Kind::Command || !is_form(&headers) {
        return Err(unsigned());
    }
    let body = signed::read_body(request, MAX_UNSIGNED_BYTES).await.map_err(|_| unsigned())?;
    let fields = form(&body).await.map_err(|_| unsigned())?;
    if is_ssl_check(&fields) { Ok(StatusCode::OK.into_response()) } else { Err(unsigned()) }
}

/// Whether the body is said to be a form.
fn is_form(headers: &HeaderMap) -> bool {
    is_type(headers, FORM)
}

/// The fields of a form. Slack sends each once; of two, the later one counts.
async fn form(body: &Bytes) -> Result<BTreeMap<String, String>, Refusal> {
    let request = Request::builder().method(Method::POST).header(header::CONTENT_TYPE, FORM);
    let request = request.body(Body::from(body.clone())).map_err(|_| Refusal::bad("its form cannot be read"))?;
    let Form(fields) = Form::from_request(request, &()).await.map_err(|_| Refusal::bad("its form cannot be read"))?;
    Ok(fields)
}

/// Slack looks after the certificate of a command's URL now and then:
/// <https://docs.slack.dev/interactivity/implementing-slash-commands>.
fn is_ssl_check(fields: &BTreeMap<String, String>) -> bool {
    fields.get("ssl_check").is_some_and(|value| value == "1")
}

fn is_type(headers: &HeaderMap, wanted: &str) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(wanted)
}

fn object(text: &str) -> Result<Value, Refusal> {
    let value = serde_json::from_str(text).ok().filter(Value::is_object);
    value.ok_or(Refusal::bad("its payload is not a JSON object"))
}

fn event(payload: Value) -> Result<Meant, Refusal> {
    match payload.get("type").and_then(Value::as_str) {
        Some("event_callback") => Ok(Meant::Payload(payload)),
        Some("url_verification") => {
            let challenge = payload.get("challenge").and_then(Value::as_str);
            challenge.map(|challenge| Meant::Challenge(challenge.to_owned())).ok_or(Refusal::bad("it has no challenge"))
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
        None => Err(Refusal::bad("its payload has no type")),
    }
}
