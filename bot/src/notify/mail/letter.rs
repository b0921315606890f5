//! What a letter looks like: plain text, and the same as a small page with a button.

use std::time::{Duration, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue, InReplyTo, References};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use crate::notify::message::{Message, characters, cut, one_line};
use crate::text::escape_html;

const SUBJECT_CHARACTERS: usize = 250;

/// A letter as it is sent, and its id.
pub(super) struct Letter {
    /// `<...@...>`, the same at every attempt, so that a mailbox may know a repetition.
    pub(super) id: String,
    pub(super) bytes: Vec<u8>,
}

/// Says that no human wrote it, so that no absence notice comes back (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Writes a letter; none where the parts do not make one.
pub(super) fn write(message: &Message, from: &Mailbox, to: lettre::Address, now: DateTime<Utc>) -> Option<Letter> {
    let id = format!("<{}.firebell@{}>", message.mark(), from.email.domain());
    let seconds = Duration::from_secs(u64::try_from(now.timestamp()).unwrap_or_default());
    let mut letter = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(cut(&message.title(), SUBJECT_CHARACTERS, characters))
        .date(UNIX_EPOCH + seconds)
        .message_id(Some(id.clone()))
        .header(AutoSubmitted);
    if let Some(over) = message.purpose.over().filter(|over| is_message_id(over)) {
        letter = letter.header(InReplyTo::from(over.to_owned())).header(References::from(over.to_owned()));
    }
    let part = |kind, body| SinglePart::builder().header(kind).body(body);
    let plain = part(ContentType::TEXT_PLAIN, plain(message));
    let html = part(ContentType::TEXT_HTML, html(message));
    let letter = letter.multipart(MultiPart::alternative().singlepart(plain).singlepart(html)).ok()?;
    Some(Letter { id, bytes: letter.formatted() })
}

/// What a reference must be to stand in a header.
fn is_message_id(text: &str) -> bool {
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).and_then(|text| text.split_once('@'));
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>@".contains(&byte));
    text.len() <= 250 && inner.is_some_and(|(local, host)| is_part(local) && is_part(host))
}

fn plain(message: &Message) -> String {
    let ack = message.ack.as_ref().map(|ack| format!("\n\nAcknowledge: {}", ack.url));
    format!("{}{}\n", message.whole(), ack.unwrap_or_default())
}

/// Styles stand with their elements, since many mailboxes drop all others.
fn html(message: &Message) -> String {
    let title = escape_html(&one_line(&message.title()));
    let text = escape_html(message.text.trim()).replace('\n', "<br>\n");
    let button = message.ack.as_ref().map(|ack| {
        format!(
            "<p><a href=\"{}\" style=\"display:inline-block;padding:12px 24px;background:#b3261e;color:#ffffff;\
             text-decoration:none;border-radius:4px\">Acknowledge</a></p>\n",
            escape_html(ack.url.as_str())
        )
    });
    format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body style=\"font-family:sans-serif\">\n<h1 style=\"font-size:18px\">{title}</h1>\n\
         <p>{text}</p>\n{}</body></html>\n",
        button.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::{Ack, Purpose};

    fn letter(subject: &str, text: &str, reference: Option<&str>) -> String {
        let url: reqwest::Url = "https://fire.example/a?x=1&y=2".parse().unwrap();
        let ack = Ack { url: url.clone(), post_url: url, voice_url: None, status_url: None };
        let purpose = Purpose::Over { reference: reference.map(str::to_owned) };
        let (key, subject, text) = ("pg1:notice:ana:1".to_owned(), subject.to_owned(), text.to_owned());
        let message = Message { key, again: false, purpose, subject, text, code: None, ack: Some(ack) };
        let from = "Firebell <fire@example.org>".parse().unwrap();
        let letter = write(&message, &from, "ana@example.net".parse().unwrap(), DateTime::UNIX_EPOCH).unwrap();
        String::from_utf8(letter.bytes).unwrap()
    }

    fn head(letter: &str) -> &str {
        letter.split_once("\r\n\r\n").unwrap().0
    }

    #[test]
    fn the_head_says_what_it_is_and_what_it_answers() {
        let head = letter("INC-1", "down", Some("<abc@example.org>"));
        let head = self::head(&head);
        for line in [
            "From: \"Firebell\" <fire@example.org>",
            "To: ana@example.net",
            "Subject: INC-1",
            "Date: Thu, 01 Jan 1970 00:00:00 +0000",
            "Auto-Submitted: auto-generated",
            "In-Reply-To: <abc@example.org>",
            "References: <abc@example.org>",
        ] {
            assert!(
                head.lines().any(|found| found.replace("From: Firebell", "From: \"Firebell\"") == line),
                "{line} in {head}"
            );
        }
        assert!(head.contains(".firebell@example.org>"), "{head}");
    }

    #[test]
    fn no_text_makes_a_header_of_its_own() {
        let subjects =
            ["a\r\nBcc: eve@example.com", "a\nBcc: eve@example.com", "a\r\n\r\nbody", "ü\r\nBcc: e", "a\u{85}Bcc: e"];
        let references = ["<a@b>\r\nBcc: eve", "<a@b\r\nBcc:eve>", "a@b", "<a b@c>", "<a@b><c@d>"];
        for (subject, reference) in subjects.into_iter().flat_map(|s| references.map(|r| (s, r))) {
            let letter = letter(subject, "text\r\n.\r\nQUIT", Some(reference));
            let head = head(&letter).to_ascii_lowercase();
            assert!(!head.lines().any(|line| line.starts_with("bcc")), "{head}");
            assert!(!head.contains("in-reply-to"), "{head}");
        }
    }

    #[test]
    fn the_page_holds_what_was_typed_as_text() {
        let page = letter("<b>x", "<script>alert('1')</script>\nsecond & last", None);
        assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;<br>"), "{page}");
        assert!(page.contains("&lt;b&gt;x</h1>"), "{page}");
        assert!(page.contains("x=3D1&amp;y=3D2\"") || page.contains("x=1&amp;y=2\""), "{page}");
    }
}
