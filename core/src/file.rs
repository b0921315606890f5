//! Files that people attach to messages: what is told of them, and what became of their copies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::chain::Hash;
use crate::ids::{FileId, MessageId};
use crate::text;

/// Longest name that is kept of a file, in characters.
pub const NAME_MAX: usize = 255;

/// A file as the platform tells of it. What it does not tell is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The platform's id of it.
    pub external_id: String,
    pub name: String,
    /// Such as `image/png`.
    pub media_type: Option<String>,
    /// In bytes.
    pub size: Option<i64>,
    /// Where people see it.
    pub permalink: Option<String>,
}

/// A file of a captured message, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub id: FileId,
    pub message: MessageId,
    /// The platform's id of it.
    pub external_id: String,
    /// `None` once it was redacted.
    pub attached: Option<Attached>,
    pub state: FileState,
}

/// How far the copy of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// Nobody wants a copy.
    Told,
    /// It is to be copied; with what is in it once all of that is there and nothing has been decided on it yet.
    Wanted {
        whole: Option<(i64, Hash)>,
    },
    Copied {
        size: i64,
        hash: Hash,
    },
    NotCopied {
        reason: String,
    },
    /// Retention let go of the copy.
    Purged,
    /// It was taken out of the record with its message.
    Redacted,
}

/// What became of the copy of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileOutcome {
    /// `size` in bytes; `hash` is the SHA-256 of what is in it.
    Copied {
        size: i64,
        hash: Hash,
    },
    NotCopied {
        reason: String,
    },
    /// What remains to be said of it after a redaction: a hash would let a short file be guessed.
    Erased,
}

/// A size as people read it: `900 B`, `12 KiB`, `3 MiB`, rounded up.
pub fn size_text(bytes: i64) -> String {
    let bytes = bytes.unsigned_abs();
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{} MiB", bytes.div_ceil(1_048_576)),
    }
}

impl Attached {
    /// The line that stands for it in the words of its message.
    pub fn line(&self) -> String {
        let about: Vec<String> = self.media_type.clone().into_iter().chain(self.size.map(size_text)).collect();
        let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
        let link = self.permalink.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
        format!("[file: {}{about}{link}]", self.name)
    }

    /// The same with texts that are fit to keep: each on one line and not longer than [`NAME_MAX`], a link excepted.
    #[must_use]
    pub fn fit(self) -> Self {
        let line = |text: &str| {
            let cut: String = text.chars().take(NAME_MAX).collect();
            text::line("file", &cut, NAME_MAX).ok()
        };
        Self {
            name: line(&self.name).unwrap_or_else(|| "without a name".to_owned()),
            media_type: self.media_type.as_deref().and_then(line),
            size: self.size.filter(|size| *size >= 0),
            permalink: self.permalink.and_then(|link| text::line("link", &link, text::TEXT_MAX).ok()),
            external_id: self.external_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_file_is_made_fit_to_keep() {
        let told = |name: &str, size| Attached {
            external_id: "F1".to_owned(),
            name: name.to_owned(),
            media_type: Some("image/\0png".to_owned()),
            size: Some(size),
            permalink: Some(" ".to_owned()),
        };
        let fit = told(" a\nb\u{1b}.png ", 3).fit();
        assert_eq!((fit.name.as_str(), fit.size, fit.permalink), ("a b\u{241b}.png", Some(3), None));
        assert_eq!(fit.media_type.as_deref(), Some("image/\u{2400}png"));
        let fit = told("", -1).fit();
        assert_eq!((fit.name.as_str(), fit.size), ("without a name", None));
        assert_eq!(told(&"é".repeat(300), 0).fit().name.chars().count(), NAME_MAX);
    }
}
