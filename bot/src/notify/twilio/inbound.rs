//! What Twilio posts to us: how a message or a call fared, a reply, a pressed key. All of it is signed.
//!
//! Source: <https://www.twilio.com/docs/usage/security#validating-requests>.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firebell_core::paging::notice::{Receipt, Stage};
use ring::hmac;

use super::errors::undelivered;
use crate::notify::secret::Secret;

const ENDED: &str = "the call was ended before somebody took it";

/// The parameters of a form, in any order.
pub type Params<'p> = &'p [(String, String)];

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

/// How a message or a call fares, by the id that was the reference of the delivery; none where the form tells of neither.
pub fn read_status(params: Params<'_>) -> Option<Receipt> {
    let code = get(params, "ErrorCode").and_then(|code| code.parse().ok());
    let text = get(params, "MessageStatus").or_else(|| get(params, "SmsStatus"));
    if let Some((word, id)) = text.zip(get(params, "MessageSid").or_else(|| get(params, "SmsSid"))) {
        let (stage, reason) = match word {
            "accepted" | "scheduled" | "queued" | "sending" => (Stage::Accepted, None),
            "sent" => (Stage::UnderWay, None),
            "delivered" => (Stage::Delivered, None),
            "read" => (Stage::Read, None),
            "canceled" => (Stage::Failed, Some("it was cancelled at Twilio".to_owned())),
            "undelivered" | "failed" => (Stage::Failed, Some(undelivered(code))),
            _ => return None,
        };
        return Some(receipt(id, word, stage, reason));
    }
    let word = get(params, "CallStatus")?;
    let (stage, reason) = match word {
        "queued" | "initiated" => (Stage::Accepted, None),
        "ringing" => (Stage::UnderWay, None),
        // One that we ended while it rang is completed, too.
        "completed" if get(params, "CallDuration") == Some("0") => (Stage::Failed, Some(ENDED)),
        // Somebody, or a mailbox, took the call.
        "in-progress" | "completed" => (Stage::Read, None),
        "canceled" => (Stage::Failed, Some(ENDED)),
        "busy" => (Stage::Failed, Some("the line was busy")),
        "no-answer" => (Stage::Failed, Some("nobody took the call")),
        "failed" => (Stage::Failed, Some("the call could not be made; check the number")),
        _ => return None,
    };
    Some(receipt(get(params, "CallSid")?, word, stage, reason.map(str::to_owned)))
}

fn receipt(id: &str, word: &str, stage: Stage, reason: Option<String>) -> Receipt {
    Receipt { provider_id: id.to_owned(), stage, word: word.to_owned(), reason }
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
