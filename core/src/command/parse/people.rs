//! The verbs about the work and those who do it.

use super::super::verbs::{Name, Verb};
use super::super::{Ask, Command};
use super::words::{Words, usage};
use crate::ids::Key;
use crate::incident::{ActiveStatus, StatusWord};
use crate::refusal::Refusal;
use crate::settings::{COMMUNICATIONS, LEAD, SCRIBE};
use crate::suggest;

/// The person that a role verb names when it names nobody: whoever gives the command.
const MYSELF: &str = "me";

/// `status <investigating|identified|mitigated>`.
pub(super) fn status(words: &Words) -> Result<Ask, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse("say how far the work has come"))?;
    words.at_most(1)?;
    let known = [ActiveStatus::Investigating, ActiveStatus::Identified, ActiveStatus::Mitigated];
    if let Some(to) = known.into_iter().find(|status| word.eq_ignore_ascii_case(status.word().as_str())) {
        return Ok(Ask::Command(Command::Status { to }));
    }
    if let Some(verb) = verb_for(word) {
        let problem = format!("{} is not set as a status, it has its own command", word.to_lowercase());
        return Err(usage(verb, &problem, None));
    }
    let nearest = suggest::nearest(word, known.map(|status| status.word().as_str()));
    Err(words.suggest(&format!("\"{}\" is no status", Refusal::quote(word)), nearest))
}

/// `sev <sevN>`.
pub(super) fn severity(words: &Words) -> Result<Ask, Refusal> {
    let named = words.first().filter(|word| !word.trim().is_empty());
    let to = named.ok_or_else(|| words.refuse("name the severity"))?.to_lowercase();
    words.at_most(1)?;
    Ok(Ask::Command(Command::Severity { to }))
}

/// `lead`, `comms` and `scribe [@person]`.
pub(super) fn assign(words: &Words) -> Result<Ask, Refusal> {
    words.at_most(1)?;
    let role = match words.verb.name {
        Name::Communications => COMMUNICATIONS,
        Name::Scribe => SCRIBE,
        _ => LEAD,
    };
    let role = Key::new(role).map_err(|error| words.refuse(&error.to_string()))?;
    let person = words.first().map_or(Ok(MYSELF.to_owned()), |word| handle(words, word))?;
    Ok(Ask::Command(Command::Assign { role, person }))
}

/// `role <role> [@person]`.
pub(super) fn role(words: &Words) -> Result<Ask, Refusal> {
    let named = words.first().ok_or_else(|| words.refuse("say which role"))?;
    words.at_most(2)?;
    // The verb's own short word means the role, too.
    let named = if named.eq_ignore_ascii_case("comms") { COMMUNICATIONS } else { named };
    let role = Key::new(named).map_err(|_| words.refuse(&format!("\"{}\" is no role", Refusal::quote(named))))?;
    let person = words.after_first().first();
    let person = person.map_or(Ok(MYSELF.to_owned()), |token| handle(words, token.text))?;
    Ok(Ask::Command(Command::Assign { role, person }))
}

/// `page <person|policy> [message]`.
pub(super) fn page(words: &Words) -> Result<Ask, Refusal> {
    let target = words.first().ok_or_else(|| words.refuse("say whom to page"))?;
    let target = handle(words, target)?;
    let message = words.text("message", words.after_first())?;
    Ok(Ask::Command(Command::Page { target, message }))
}

/// The handle in `ana` or `@ana`.
pub(super) fn handle(words: &Words, word: &str) -> Result<String, Refusal> {
    let handle = word.strip_prefix('@').unwrap_or(word).trim();
    if handle.is_empty() {
        return Err(words.refuse(&format!("\"{}\" is nobody's name", Refusal::quote(word))));
    }
    Ok(handle.to_owned())
}

/// The verb that brings an incident into a status which is not set as one.
fn verb_for(word: &str) -> Option<&'static Verb> {
    let verb = match StatusWord::parse(&word.to_lowercase())? {
        StatusWord::Resolved => "resolve",
        StatusWord::Closed => "close",
        StatusWord::Cancelled => "cancel",
        StatusWord::Merged => "merge",
        StatusWord::Declared => "declare",
        StatusWord::Investigating | StatusWord::Identified | StatusWord::Mitigated => return None,
    };
    Verb::find(verb)
}
