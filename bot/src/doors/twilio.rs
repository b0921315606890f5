//! What Twilio posts: text messages that people reply with, the keys that they press during a call, and how messages and
//! calls fared. A request counts
//! only with Twilio's signature over the URL that Twilio was given.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use firebell_core::directory::ContactMethod;

use super::Door;
use crate::intake::{Answer, Fault, Intake, Sender};
use crate::notify::throttle::{Matter, bundle_line};
use crate::notify::twilio::inbound::{Pressed, read_digits, read_sms, read_status, verify_signature};
use crate::notify::twilio::twiml::{Question, ask, say};
use crate::notify::{Secret, Url};
use crate::render::Target;

/// By what a telephone number is somebody's.
const TELEPHONE: [ContactMethod; 2] = [ContactMethod::Sms, ContactMethod::Voice];

/// By what Twilio is known.
#[derive(Debug, Clone)]
pub struct TwilioDoor {
    /// The account's auth token, with which Twilio signs.
    pub auth_token: Secret,
    /// Where Twilio reaches this Firebell.
    pub public_url: Url,
    /// BCP 47 language of calls.
    pub language: String,
}

struct Carrier {
    door: Arc<Door>,
    twilio: TwilioDoor,
}

pub(super) fn router(door: Arc<Door>, twilio: TwilioDoor) -> Router {
    let carrier = Arc::new(Carrier { door, twilio });
    let router = Router::new().route("/v1/twilio/sms", post(text)).route("/v1/twilio/voice/{token}", post(call));
    router.route("/v1/twilio/status/{token}", post(status)).with_state(carrier)
}

async fn text(State(carrier): State<Arc<Carrier>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(form) = carrier.form("v1/twilio/sms", &headers, &body) else { return turned_away() };
    let Some(sms) = read_sms(&form) else { return turned_away() };
    let (methods, stranger) = (&TELEPHONE, "this number is nobody's here".to_owned());
    let sender = Sender { methods, address: sms.from, stranger };
    match carrier.door.intake.answer_by_message(carrier.door.console, &sender, &sms.body, None).await {
        Ok(answer) => match words(&carrier.door.intake, &answer) {
            Ok(words) => markup(&message(&words)),
            Err(fault) => failed(&fault),
        },
        Err(fault) => failed(&fault),
    }
}

async fn call(
    State(carrier): State<Arc<Carrier>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = format!("v1/twilio/voice/{token}");
    let Some(form) = carrier.form(&path, &headers, &body) else { return turned_away() };
    let intake = &carrier.door.intake;
    let language = &carrier.twilio.language;
    let Some(to) = intake.read_answer_token(&token) else {
        return markup(&say("This page is over.", language));
    };
    let digits = read_digits(&form);
    if let Some(digits) = &digits
        && let Err(fault) = intake.take_call(to, &digits.sid).await
    {
        // What is said in it matters more.
        tracing::error!(%fault, "that a call was taken was not written down");
    }
    if digits.is_some_and(|digits| digits.pressed == Pressed::Acknowledge) {
        return match intake.answer_page(carrier.door.console, to).await {
            Ok(words) => markup(&say(&words, language)),
            Err(fault) => failed(&fault),
        };
    }
    match intake.standing(to).await {
        Ok(Some(standing)) if standing.open => {
            let title = standing.title.unwrap_or_else(|| "a private incident".to_owned());
            let others: Vec<String> = standing.others.iter().map(ToString::to_string).collect();
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            let others = bundle_line(Matter::Pages, &others).map(|line| format!(" {line}.")).unwrap_or_default();
            let text =
                format!("Firebell. You are paged. {} {}: {title}.{others}", standing.incident, standing.severity);
            let Ok(action) = carrier.twilio.public_url.join(&path) else { return turned_away() };
            let prompt = "Press 4 to acknowledge.".to_owned();
            markup(&ask(&Question { language: language.clone(), text, prompt, action }))
        }
        Ok(_) => markup(&say("This page is over.", language)),
        Err(fault) => failed(&fault),
    }
}

/// Twilio does not read the answer, and nobody else learns by it whether a token is good, or what it is for.
async fn status(
    State(carrier): State<Arc<Carrier>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(form) = carrier.form(&format!("v1/twilio/status/{token}"), &headers, &body) else { return turned_away() };
    let intake = &carrier.door.intake;
    if let Some((of, receipt)) = intake.read_receipt_token(&token).zip(read_status(&form))
        && let Err(fault) = intake.take_receipt(of, receipt).await
    {
        tracing::error!(%fault, "what Twilio told of a notice was not taken");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    StatusCode::NO_CONTENT.into_response()
}

impl Carrier {
    /// The form, if Twilio has signed it.
    fn form(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Option<Vec<(String, String)>> {
        let url = self.twilio.public_url.join(path).ok()?;
        let signature = headers.get("x-twilio-signature")?.to_str().ok()?;
        let form: Vec<(String, String)> = form_of(body);
        verify_signature(&self.twilio.auth_token, url.as_str(), &form, signature).then_some(form)
    }
}

fn form_of(body: &[u8]) -> Vec<(String, String)> {
    // The URL's own reader of forms: a body is read like a query.
    let text = String::from_utf8_lossy(body);
    let url = Url::parse(&format!("http://form/?{text}"));
    url.map(|url| url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
        .unwrap_or_default()
}

fn words(intake: &Intake, answer: &Answer) -> Result<String, Fault> {
    intake.words(Target::Console, answer, chrono_tz::UTC).map(|words| words.trim().to_owned())
}

fn message(words: &str) -> String {
    let escaped = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>{escaped}</Message></Response>")
}

fn markup(document: &str) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document.to_owned()).into_response()
}

/// Whoever did not sign learns nothing.
fn turned_away() -> Response {
    tracing::warn!("a request to Twilio's routes was turned away: it is not signed with the account's auth token");
    StatusCode::FORBIDDEN.into_response()
}

fn failed(fault: &Fault) -> Response {
    tracing::error!(%fault, "an answer by telephone was not taken");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
