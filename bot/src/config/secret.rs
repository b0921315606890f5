//! Values that must never be shown.

use std::fmt;
use std::path::PathBuf;

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

/// The URL of a database. Its `Debug` shows a `SQLite` file, and of Postgres nothing, as a password may stand anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Secret);

impl DatabaseUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// What to write instead; it never repeats the URL.
    pub fn new(text: &str) -> Result<Self, String> {
        let sqlite = text.strip_prefix("sqlite:").is_some_and(|path| !path.trim_start_matches('/').is_empty());
        let postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if sqlite || postgres && Url::parse(text).is_ok() {
            return Ok(Self(Secret::new(text)));
        }
        if postgres {
            return Err("this is not a URL; write special characters of the password as %2F and the like".to_owned());
        }
        Err("expected a URL such as \"sqlite:firebell.db\" or \"postgres://user@host/name\"".to_owned())
    }

    /// The URL with its password, for the store alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether this is Postgres; otherwise it is `SQLite`.
    pub fn is_postgres(&self) -> bool {
        self.expose().starts_with("postgres")
    }

    /// The `SQLite` file; `None` for Postgres and for a database in memory.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.expose().strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
        let in_memory = path == ":memory:" || options.split('&').any(|option| option == "mode=memory");
        (!in_memory).then(|| PathBuf::from(percent_decoded(path)))
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self(Secret::new("sqlite:firebell.db"))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_postgres() { f.write_str("DatabaseUrl(postgres://..)") } else { f.write_str(self.expose()) }
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from, "a URL, such as \"sqlite:firebell.db\"", Self::new)
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

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = hex.filter(|hex| !hex.starts_with('+')).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(decoded.unwrap_or(first));
        rest = if decoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
