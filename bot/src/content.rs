//! What is in a document that leaves Firebell.

use std::fmt;

/// What is in a document that leaves Firebell.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    Text(String),
    /// What no terminal shows.
    Bytes(Vec<u8>),
}

impl fmt::Debug for Content {
    /// How long it is: its words are nobody's business who debugs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes().len())
    }
}

impl Content {
    /// The whole as bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The words, where it has words that a terminal shows.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(_) => None,
        }
    }
}

/// The media type that a file's name stands for.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("md") => "text/markdown; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("pdf") => "application/pdf",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}
