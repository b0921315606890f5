//! The verbs whose words are free text.

use chrono::TimeDelta;

use super::super::{Ask, Command, Query};
use super::words::Words;
use crate::refusal::Refusal;
use crate::when::parse_duration;

/// How long an update is put off when nobody says how long.
pub(crate) const SNOOZE: TimeDelta = TimeDelta::minutes(15);

/// `note <text> [--at T]`.
pub(super) fn note(words: &Words) -> Result<Ask, Refusal> {
    let text = words.needed("note", words.plain(), "say what to note")?;
    Ok(Ask::Command(Command::Note { text, at: words.at("at") }))
}

/// `update <text> [--next 30m]`.
pub(super) fn update(words: &Words) -> Result<Ask, Refusal> {
    let text = words.needed("update", words.plain(), "say how it stands")?;
    Ok(Ask::Command(Command::Update { text, next: words.span("next") }))
}

/// `snooze [30m]`.
pub(super) fn snooze(words: &Words) -> Result<Ask, Refusal> {
    let Some(text) = words.text("wait", words.plain())? else {
        return Ok(Ask::Command(Command::Snooze { wait: SNOOZE }));
    };
    let wait = parse_duration(&text).map_err(|error| Refusal::BadTime { message: error.to_string() })?;
    Ok(Ask::Command(Command::Snooze { wait }))
}

/// `summary [text]`.
pub(super) fn summary(words: &Words) -> Result<Ask, Refusal> {
    Ok(match words.text("summary", words.plain())? {
        Some(text) => Ask::Command(Command::SetSummary { text }),
        None => Ask::Query(Query::Summary),
    })
}

/// `cancel [reason]`.
pub(super) fn cancel(words: &Words) -> Result<Ask, Refusal> {
    let reason = words.text("reason", words.plain())?;
    Ok(Ask::Command(Command::Cancel { reason }))
}

/// `resolve <summary>`.
pub(super) fn resolve(words: &Words) -> Result<Ask, Refusal> {
    let summary = words.needed("summary", words.plain(), "say in a sentence how it was resolved")?;
    Ok(Ask::Command(Command::Resolve { summary }))
}

/// `reopen [reason]`.
pub(super) fn reopen(words: &Words) -> Result<Ask, Refusal> {
    let reason = words.text("reason", words.plain())?;
    Ok(Ask::Command(Command::Reopen { reason }))
}
