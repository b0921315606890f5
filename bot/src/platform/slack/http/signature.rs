//! Slack's signatures, version 0: HMAC-SHA256 of `v0:`, the time, `:` and the body.

use std::fmt;

use axum::http::HeaderMap;
use ring::hmac;

use crate::platform::signed::{Refusal, only, read_hex};

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
        let mut signed = format!("v0:{}:", signature.at).into_bytes();
        signed.extend_from_slice(body);
        hmac::verify(&self.0, &signed, &signature.digest)
            .map_err(|_| Refusal::unauthorized("it is not signed with the secret"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a request says of its signature.
pub(super) struct Signature {
    /// The time as it was signed; whether it is one is for [`check_time`](crate::platform::signed::check_time).
    pub(super) at: String,
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
            _ => return Err(Refusal::unauthorized("one of the two headers of a signature is missing")),
        };
        let digest = digest.strip_prefix("v0=").and_then(read_hex);
        let digest = digest.ok_or(Refusal::unauthorized("the signature is not one of version 0"))?;
        Ok(Some(Self { at: at.to_owned(), digest }))
    }
}
