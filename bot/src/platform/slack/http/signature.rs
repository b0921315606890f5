//! Slack's signatures, version 0: HMAC-SHA256 of `v0:`, the time, `:` and the body.

use std::fmt;

use axum::http::{HeaderMap, StatusCode};
use ring::hmac;

use super::Refusal;
use crate::clock::Clock;

/// How far Slack's time may be from ours, in seconds.
pub(in crate::platform::slack) const MAX_AGE_SECONDS: u64 = 300;

/// An app's signing secret. Its `Debug` says only that it is there.
#[derive(Clone)]
pub struct Secret(hmac::Key);

impl Secret {
    /// Takes the secret as it stands in the app's settings.
    pub fn new(text: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()))
    }

    /// Whether the body is signed with this secret; the comparison takes the same time wherever they differ.
    pub(super) fn check(&self, signature: &Signature, body: &[u8]) -> Result<(), Refusal> {
        let mut signed = format!("v0:{}:", signature.at_as_sent).into_bytes();
        signed.extend_from_slice(body);
        hmac::verify(&self.0, &signed, &signature.digest).map_err(|_| unauthorized("it is not signed with the secret"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a request says of its signature.
pub(super) struct Signature {
    /// Seconds since 1970.
    at: u64,
    /// The digits that were signed.
    at_as_sent: String,
    digest: [u8; 32],
}

impl Signature {
    /// Reads it from the headers; nothing when there is no word of it.
    pub(super) fn read(headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let at = only(headers, "x-slack-request-timestamp")?;
        let digest = only(headers, "x-slack-signature")?;
        let (at, digest) = match (at, digest) {
            (None, None) => return Ok(None),
            (Some(at), Some(digest)) => (at, digest),
            _ => return Err(unauthorized("one of the two headers of a signature is missing")),
        };
        let digits = (1..=12).contains(&at.len()) && at.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = at.parse().ok().filter(|_| digits).ok_or(unauthorized("the time of the signature is no time"))?;
        let digest = digest.strip_prefix("v0=").and_then(read_hex);
        let digest = digest.ok_or(unauthorized("the signature is not one of version 0"))?;
        Ok(Some(Self { at: seconds, at_as_sent: at.to_owned(), digest }))
    }

    /// Whether it is of our time. The same one may come twice: that is Slack's own repetition.
    pub(super) fn check_time(&self, clock: &Clock) -> Result<(), Refusal> {
        let now = u64::try_from(clock.now().timestamp()).unwrap_or_default();
        if now.abs_diff(self.at) > MAX_AGE_SECONDS {
            return Err(unauthorized(
                "its time is more than 5 minutes from ours; if it came from Slack, set the clock",
            ));
        }
        Ok(())
    }
}

fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(unauthorized("a header of the signature is there twice"));
    }
    let readable = first.map(|value| value.to_str());
    readable.transpose().map_err(|_| unauthorized("a header of the signature is not text"))
}

fn read_hex(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 2 * digest.len() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(digest)
}

const fn unauthorized(why: &'static str) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, why)
}
