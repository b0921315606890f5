//! The verbs about the record: entries, messages, links, and incidents that are one.

use std::str::FromStr;

use super::super::{Ask, Command, Fix, RedactTarget};
use super::words::Words;
use super::{Context, url};
use crate::ids::MessageId;
use crate::refusal::Refusal;
use crate::text::{self, TEXT_MAX, TITLE_MAX};
use crate::when::parse_instant;

/// `mark <message>`.
pub(super) fn mark(words: &Words) -> Result<Ask, Refusal> {
    Ok(Ask::Command(Command::Mark { message: message(words)? }))
}

/// `unmark <message>`.
pub(super) fn unmark(words: &Words) -> Result<Ask, Refusal> {
    Ok(Ask::Command(Command::Unmark { message: message(words)? }))
}

fn message(words: &Words) -> Result<MessageId, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse("say which message"))?;
    words.at_most(1)?;
    let refusal = || words.refuse(&format!("\"{}\" is no message, they are numbered like M3", Refusal::quote(word)));
    word.parse().map_err(|_| refusal())
}

/// `correct <entry> <text|time> [--text|--time]`.
pub(super) fn correct(words: &Words, context: &Context<'_>) -> Result<Ask, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse("say which entry to correct, and how"))?;
    let entry = numbered(word, "E").ok_or_else(|| no_entry(words, word))?;
    let text = words.needed("correction", words.after_first(), "say what is right")?;
    let time = parse_instant(&text, context.zone, context.now);
    let fix = match (words.flag("text"), words.flag("time"), time) {
        (true, true, _) => return Err(words.refuse("--text and --time exclude each other")),
        (true, false, _) | (false, false, Err(_)) => Fix::Text(text),
        (false, _, Ok(at)) => Fix::HappenedAt(at),
        (false, true, Err(error)) => {
            return Err(Refusal::BadTime { message: error.to_string() });
        }
    };
    Ok(Ask::Command(Command::Correct { entry, fix }))
}

/// `redact <entry|message> <reason>`.
pub(super) fn redact(words: &Words) -> Result<Ask, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse("say what to redact, and why"))?;
    let message = word.parse().map(RedactTarget::Message).ok();
    let target = message.or_else(|| numbered(word, "E").map(RedactTarget::Entry));
    let target = target.ok_or_else(|| no_entry(words, word))?;
    let reason = words.needed("reason", words.after_first(), "say why")?;
    Ok(Ask::Command(Command::Redact { target, reason }))
}

/// `link <url> [title]`.
pub(super) fn link(words: &Words) -> Result<Ask, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse("say where the link leads"))?;
    let url = url::checked(word).map_err(|problem| words.refuse(problem))?.to_owned();
    let title = match words.after_first() {
        [] => None,
        [whole] if whole.quoted => Some(text::line("title", whole.text, TITLE_MAX)?),
        parts => Some(text::line("title", &words.raw(parts), TITLE_MAX)?),
    };
    Ok(Ask::Command(Command::Link { url, title }))
}

/// `field <name> <value|--clear>`.
pub(super) fn field(words: &Words) -> Result<Ask, Refusal> {
    let field = words.first().ok_or_else(|| words.refuse("say which field"))?.to_owned();
    let value = match (words.after_first(), words.flag("clear")) {
        ([], true) => None,
        ([], false) => return Err(words.refuse("say what the field holds, or --clear")),
        (_, true) => return Err(words.refuse("--clear takes no value")),
        ([whole], false) if whole.quoted => Some(text::line("field", whole.text, TEXT_MAX)?),
        (parts, false) => Some(text::line("field", &words.raw(parts), TEXT_MAX)?),
    };
    Ok(Ask::Command(Command::SetField { field, value }))
}

/// `merge <INC-n>`.
pub(super) fn merge(words: &Words) -> Result<Ask, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse("say which incident it is a part of"))?;
    words.at_most(1)?;
    let into = word.parse().map_err(|_| {
        words.refuse(&format!("\"{}\" is no incident, they are numbered like INC-41", Refusal::quote(word)))
    })?;
    Ok(Ask::Command(Command::Merge { into }))
}

/// The reference in `E17`, `#17` or `17`, where `E` is the prefix of its kind.
pub(super) fn numbered<T: FromStr>(word: &str, prefix: &str) -> Option<T> {
    let bare = word.strip_prefix('#').unwrap_or(word);
    if bare.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("{prefix}{bare}").parse().ok();
    }
    word.parse().ok()
}

fn no_entry(words: &Words, word: &str) -> Refusal {
    words.refuse(&format!("\"{}\" is no entry, `/incident timeline` shows their numbers", Refusal::quote(word)))
}
