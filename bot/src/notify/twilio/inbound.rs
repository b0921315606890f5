//! What Twilio posts to us: how a message or a call fared, a reply, a pressed key. All of it is signed.
//!
//! Source: <https://www.twilio.com/docs/usage/security#validating-requests>.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::hmac;

use super::errors::undelivered;
use crate::notify::secret::Secret;
use crate::text::hex;

/// The parameters of a form, in any order.
pub type Params<'p> = &'p [(String, String)];

/// How a message or a call fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The id that was the reference of the delivery.
    pub id: String,
    pub state: State,
}

/// From the queue to the person, or to where it got stuck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Queued,
    /// The carrier has it.
    Sent,
    /// The phone has it.
    Delivered,
    Read,
    Ringing,
    /// Somebody, or a mailbox, took the call.
    Answered,
    /// The call was taken and is over.
    Ended,
    /// We ended it ourselves.
    Cancelled,
    /// It reached nobody, and why.
    Failed(String),
}

/// A text message that somebody sent us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    pub sid: String,
    pub from: String,
    pub to: String,
    pub body: String,
}

/// A key that was pressed during a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    /// The call.
    pub sid: String,
    pub to: String,
    pub pressed: Pressed,
}

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// 4.
    Acknowledge,
    /// 6.
    Escalate,
    /// Another key, or none.
    Nothing,
}

/// Whether a form was posted by Twilio to this very URL: the one that Twilio was given, whatever proxies made of it.
/// The comparison takes constant time. Twilio signs with the account's auth token, also where calls are made with an
/// API key.
pub fn verify_signature(auth_token: &Secret, url: &str, params: Params<'_>, header: &str) -> bool {
    let params = sorted(params);
    is_signed(auth_token, url, &params, header)
}

/// Whether a body other than a form was posted by Twilio. Its digest is in the URL, and the URL is signed.
pub fn verify_body(auth_token: &Secret, url: &str, body: &[u8], header: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut digests = query.split(['&', '#']).filter_map(|pair| pair.strip_prefix("bodySHA256="));
    let is_ours = |said: &str| said.eq_ignore_ascii_case(&hex(digest(&SHA256, body).as_ref()));
    digests.next().is_some_and(is_ours) && is_signed(auth_token, url, "", header)
}

/// How a message or a call fares; none where the form tells of neither.
pub fn read_status(params: Params<'_>) -> Option<Receipt> {
    let code = get(params, "ErrorCode").and_then(|code| code.parse().ok());
    let text = get(params, "MessageStatus").or_else(|| get(params, "SmsStatus"));
    if let Some((status, id)) = text.zip(get(params, "MessageSid").or_else(|| get(params, "SmsSid"))) {
        let state = match status {
            "accepted" | "scheduled" | "queued" | "sending" => State::Queued,
            "sent" => State::Sent,
            "delivered" => State::Delivered,
            "read" => State::Read,
            "canceled" => State::Cancelled,
            "undelivered" | "failed" => State::Failed(undelivered(code)),
            _ => return None,
        };
        return Some(Receipt { id: id.to_owned(), state });
    }
    let state = match get(params, "CallStatus")? {
        "queued" | "initiated" => State::Queued,
        "ringing" => State::Ringing,
        "in-progress" => State::Answered,
        "completed" => State::Ended,
        "canceled" => State::Cancelled,
        "busy" => State::Failed("the line was busy".to_owned()),
        "no-answer" => State::Failed("nobody took the call".to_owned()),
        "failed" => State::Failed("the call could not be made; check the number".to_owned()),
        _ => return None,
    };
    Some(Receipt { id: get(params, "CallSid")?.to_owned(), state })
}

/// A text message that somebody sent us; none where the form is of something else.
pub fn read_sms(params: Params<'_>) -> Option<Sms> {
    let own = |name: &str| get(params, name).map(str::to_owned);
    let sid = own("MessageSid").or_else(|| own("SmsSid"))?;
    Some(Sms { sid, from: own("From")?, to: own("To")?, body: own("Body")? })
}

/// The key that was pressed during a call; none where the form is of something else.
pub fn read_digits(params: Params<'_>) -> Option<Digits> {
    let pressed = match get(params, "Digits") {
        Some("4") => Pressed::Acknowledge,
        Some("6") => Pressed::Escalate,
        Some(_) | None => Pressed::Nothing,
    };
    let to = get(params, "To").unwrap_or_default().to_owned();
    Some(Digits { sid: get(params, "CallSid")?.to_owned(), to, pressed })
}

fn get<'p>(params: Params<'p>, name: &str) -> Option<&'p str> {
    params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Names and values without anything between, in the order of the names; what is there twice counts once.
fn sorted(params: Params<'_>) -> String {
    let pairs: BTreeSet<_> = params.iter().collect();
    pairs.into_iter().fold(String::new(), |text, (name, value)| text + name + value)
}

/// Twilio signs some URLs with their port and some without, so either form will do.
fn is_signed(auth_token: &Secret, url: &str, params: &str, header: &str) -> bool {
    let Ok(tag) = STANDARD.decode(header.trim()) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.expose().as_bytes());
    let fits = |url: &str| hmac::verify(&key, format!("{url}{params}").as_bytes(), &tag).is_ok();
    forms(url).iter().any(|form| fits(form))
}

/// A URL as it is, and with or without its scheme's own port.
fn forms(url: &str) -> Vec<String> {
    let mut forms = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return forms };
    let port = if scheme == "http" { ":80" } else { ":443" };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host_end = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[host_end..].rfind(':') {
        Some(at) => forms.push(format!("{scheme}://{}{path}", &authority[..host_end + at])),
        None => forms.push(format!("{scheme}://{authority}{port}{path}")),
    }
    forms
}

#[cfg(test)]
mod tests;
