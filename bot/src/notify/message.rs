//! What a person is told, before it takes the form of any method.

use std::fmt;

use reqwest::Url;
use ring::digest::{SHA256, digest};

/// One notice to one person by one method.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The same at every attempt. Providers that know such keys are told it, so that a second attempt changes nothing.
    pub key: String,
    /// An earlier attempt ended without an answer: where a person sees it, it is marked as a possible repetition.
    pub again: bool,
    pub purpose: Purpose,
    /// One line.
    pub subject: String,
    /// Plain text, of any length; each method cuts it to its own limit.
    pub text: String,
    /// The code with which a person answers it, 4 to 8 characters, where there is something to acknowledge.
    pub code: Option<String>,
    /// Links by which it is acknowledged, where there is something to acknowledge and a URL to do it at.
    pub ack: Option<Ack>,
}

/// Why a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody has to look after something.
    Page { urgent: bool },
    /// What was paged is over.
    Over {
        /// The provider's id of the page's notice: the call to be ended, the message to be edited.
        reference: Option<String>,
    },
    /// A code by which a person proves that an address is theirs.
    Code,
    /// A test that the person asked for.
    Proof,
    /// Something that is good to know.
    News,
    /// Firebell itself is in trouble.
    Alarm,
}

/// The ways to acknowledge a page without the chat.
#[derive(Clone, PartialEq, Eq)]
pub struct Ack {
    /// Shows a page with one button; to open it acknowledges nothing, since mail scanners open links.
    pub url: Url,
    /// Acknowledges at a bare POST, for the buttons of push messages.
    pub post_url: Url,
    /// Where the carrier fetches what a call says, and posts the key that was pressed.
    pub voice_url: Option<Url>,
    /// Where the carrier posts how a message or a call fared.
    pub status_url: Option<Url>,
}

impl Message {
    /// The subject as a person sees it: one line, and marked where it may have come before.
    pub(crate) fn title(&self) -> String {
        let line = one_line(&self.subject);
        if self.again { format!("(may be a repetition) {line}") } else { line }
    }

    /// Title and text in one, for methods that have no subject.
    pub(crate) fn whole(&self) -> String {
        let text = self.text.trim();
        if text.is_empty() { self.title() } else { format!("{}\n{text}", self.title()) }
    }

    pub(crate) fn is_urgent(&self) -> bool {
        matches!(self.purpose, Purpose::Page { urgent: true } | Purpose::Alarm)
    }

    /// What marks this message with a provider, in 32 hexadecimal digits; keys may be longer than providers allow, and
    /// hold characters that they do not.
    pub(crate) fn mark(&self) -> String {
        mark(&self.key)
    }

    /// The first part of the key, which a page's notices and its end have in common.
    pub(crate) fn stem(&self) -> &str {
        self.key.split_once(':').map_or(self.key.as_str(), |(stem, _)| stem)
    }
}

impl Purpose {
    /// The word for it in what programs read.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Page { .. } => "page",
            Self::Over { .. } => "over",
            Self::Code => "code",
            Self::Proof => "proof",
            Self::News => "news",
            Self::Alarm => "alarm",
        }
    }

    /// The provider's id of the notice that is over.
    pub(crate) fn over(&self) -> Option<&str> {
        match self {
            Self::Over { reference } => reference.as_deref(),
            Self::Page { .. } | Self::Code | Self::Proof | Self::News | Self::Alarm => None,
        }
    }
}

/// Without the texts, which may be private.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, again, purpose, .. } = self;
        let mut shown = f.debug_struct("Message");
        shown.field("key", key).field("again", again).field("purpose", purpose).finish_non_exhaustive()
    }
}

/// Whoever knows the URLs may acknowledge.
impl fmt::Debug for Ack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ack(..)")
    }
}

/// 16 bytes of the digest of a key, in hexadecimal.
pub(crate) fn mark(key: &str) -> String {
    crate::text::hex(&digest(&SHA256, key.as_bytes()).as_ref()[..16])
}

/// A text without line breaks and other control characters, which would begin a header or a command of their own.
pub(crate) fn one_line(text: &str) -> String {
    let blank = text.replace(|letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}'), " ");
    blank.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text that is no longer than `limit`, where `size` says what a character counts. What was cut ends
/// in an ellipsis.
pub(crate) fn cut(text: &str, limit: usize, size: fn(char) -> usize) -> String {
    if text.chars().map(size).sum::<usize>() <= limit {
        return text.to_owned();
    }
    let mut room = limit.saturating_sub(size('…'));
    let kept = text.chars().take_while(|&letter| {
        let fits = size(letter) <= room;
        room = room.saturating_sub(size(letter));
        fits
    });
    let kept: String = kept.collect();
    format!("{}…", kept.trim_end())
}

/// Counts characters, for [`cut`].
pub(crate) fn characters(_: char) -> usize {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(again: bool) -> Message {
        let (key, subject) = ("pg1:notice:ana:1".to_owned(), "INC-1\r\nBcc: all".to_owned());
        Message {
            key,
            again,
            purpose: Purpose::Page { urgent: true },
            subject,
            text: " down \n".to_owned(),
            code: None,
            ack: None,
        }
    }

    #[test]
    fn a_title_is_one_line_and_says_when_it_may_be_a_repetition() {
        assert_eq!(message(false).title(), "INC-1 Bcc: all");
        assert_eq!(message(true).title(), "(may be a repetition) INC-1 Bcc: all");
        assert_eq!(message(false).whole(), "INC-1 Bcc: all\ndown");
        assert_eq!(one_line("a\u{2028}b\u{0}c\t d"), "a b c d");
    }

    #[test]
    fn what_is_shown_of_a_message_is_no_text() {
        let shown = format!("{:?}", message(false));
        assert!(shown.contains("pg1:notice:ana:1") && !shown.contains("INC-1") && !shown.contains("down"), "{shown}");
        let url: Url = "https://fire.example/tok".parse().unwrap();
        let ack = Ack { url: url.clone(), post_url: url, voice_url: None, status_url: None };
        assert_eq!(format!("{ack:?}"), "Ack(..)");
    }

    #[test]
    fn the_mark_is_of_the_key_alone_and_the_stem_is_the_page() {
        assert_eq!(message(false).mark(), message(true).mark());
        assert_eq!(message(false).mark().len(), 32);
        assert_ne!(mark("a"), mark("b"));
        assert_eq!(message(false).stem(), "pg1");
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let table = [("", 3, ""), ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a cd", 3, "a…"), ("äöü", 2, "ä…")];
        for (text, limit, expected) in table {
            assert_eq!(cut(text, limit, characters), expected, "{text} to {limit}");
        }
        let bytes = cut("äöüäöü", 8, char::len_utf8);
        assert_eq!(bytes, "äö…");
        assert!(cut("x🔥🔥", 4, char::len_utf16).encode_utf16().count() <= 4);
    }
}
