//! Values that must never be shown.

use std::fmt;

use reqwest::Url;
use serde::de::{Deserialize, Deserializer};

use super::value::from_text;

/// A text that is shown to nobody; its `Debug` says only that it is there.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one who needs it; never for a log or an error.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Where Firebell sends its own alarm. Whoever knows such a URL may post to it, so it is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook(Secret);

impl Webhook {
    /// Reads a URL: https, or http to this very machine.
    ///
    /// # Errors
    /// What to write instead; it never repeats the URL.
    pub fn new(text: &str) -> Result<Self, String> {
        let fits = Url::parse(text).is_ok_and(|url| match url.scheme() {
            "https" => url.has_host(),
            "http" => is_loopback(&url),
            _ => false,
        });
        if fits {
            return Ok(Self(Secret::new(text)));
        }
        Err("expected a URL that begins with https://, or with http:// for this machine alone".to_owned())
    }

    /// The URL, for the one who posts to it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl<'de> Deserialize<'de> for Webhook {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from, "a URL in quotes", Self::new)
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
