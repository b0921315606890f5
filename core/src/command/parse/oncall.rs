//! The verbs of `/oncall`.

use super::super::oncall::{OnCallCommand, OnCallQuery, SwapAnswer};
use super::super::{Ask, Command, Own, Query, Raise, Whom};
use super::people::handle;
use super::words::Words;
use crate::directory::Urgency;
use crate::refusal::Refusal;
use crate::text::{self, TITLE_MAX};

/// `who [service|policy|schedule]`.
pub(super) fn who(words: &Words) -> Result<Ask, Refusal> {
    words.at_most(1)?;
    Ok(query(OnCallQuery::Who { of: words.first().map(str::to_owned) }))
}

/// `schedule <schedule> [--from T] [--to T]`.
pub(super) fn schedule(words: &Words) -> Result<Ask, Refusal> {
    let schedule = named(words, "say which schedule")?;
    words.at_most(1)?;
    Ok(query(OnCallQuery::Schedule { schedule, from: words.at("from"), to: words.at("to") }))
}

/// `gaps [schedule] [--to T]`.
pub(super) fn gaps(words: &Words) -> Result<Ask, Refusal> {
    words.at_most(1)?;
    Ok(query(OnCallQuery::Gaps { schedule: words.first().map(str::to_owned), to: words.at("to") }))
}

/// `fairness <schedule> [--from T] [--to T]`.
pub(super) fn fairness(words: &Words) -> Result<Ask, Refusal> {
    let schedule = named(words, "say which schedule")?;
    words.at_most(1)?;
    Ok(query(OnCallQuery::Fairness { schedule, from: words.at("from"), to: words.at("to") }))
}

/// `simulate <service|policy> [--at T] [--severity S]`.
pub(super) fn simulate(words: &Words) -> Result<Ask, Refusal> {
    let policy = named(words, "say which policy, or which service")?;
    words.at_most(1)?;
    let severity = words.texts("severity").next().map(str::to_lowercase);
    Ok(query(OnCallQuery::Simulate { policy, at: words.at("at"), severity }))
}

/// `override <schedule> <@person> --to T [--from T] [--instead person]`.
pub(super) fn put_in(words: &Words) -> Result<Ask, Refusal> {
    let schedule = named(words, "say which schedule")?;
    let person = second_person(words, "say who is to be on call")?;
    words.at_most(2)?;
    let to = words.at("to").ok_or_else(|| words.refuse("say until when, as --to \"fri 17:00\""))?;
    let instead_of = words.texts("instead").next().map(|word| handle(words, word)).transpose()?;
    Ok(Ask::OnCall(OnCallCommand::Override { schedule, person, from: words.at("from"), to, instead_of }))
}

/// `take <schedule> [--for 2h]`.
pub(super) fn take(words: &Words) -> Result<Ask, Refusal> {
    let schedule = named(words, "say which schedule")?;
    words.at_most(1)?;
    Ok(Ask::OnCall(OnCallCommand::Take { schedule, length: words.span("for") }))
}

/// `cover <@person> [schedule] --to T [--from T]`.
pub(super) fn cover(words: &Words) -> Result<Ask, Refusal> {
    let person = words.first().ok_or_else(|| words.refuse("say for whom you stand in"))?;
    let person = handle(words, person)?;
    words.at_most(2)?;
    let schedule = words.after_first().first().map(|token| token.text.to_owned());
    let to = words.at("to").ok_or_else(|| words.refuse("say until when, as --to \"fri 17:00\""))?;
    Ok(Ask::OnCall(OnCallCommand::Cover { person, schedule, from: words.at("from"), to }))
}

/// `swap <schedule> <@person> --mine T [--theirs T]`.
pub(super) fn swap(words: &Words) -> Result<Ask, Refusal> {
    let schedule = named(words, "say which schedule")?;
    let with = second_person(words, "say with whom you would change")?;
    words.at_most(2)?;
    let mine =
        words.at("mine").ok_or_else(|| words.refuse("say which shift of yours, by a time in it, as --mine fri"))?;
    Ok(Ask::OnCall(OnCallCommand::Swap { schedule, with, mine, theirs: words.at("theirs") }))
}

/// `swaps [accept|decline|withdraw] [number]`.
pub(super) fn swaps(words: &Words) -> Result<Ask, Refusal> {
    let answer = match words.first().map(str::to_lowercase).as_deref() {
        None => return Ok(query(OnCallQuery::Swaps)),
        Some("accept") => SwapAnswer::Accept,
        Some("decline") => SwapAnswer::Decline,
        Some("withdraw") => SwapAnswer::Withdraw,
        Some(other) => {
            return Err(words.refuse(&format!("\"{}\" is no answer to a proposal", Refusal::quote(other))));
        }
    };
    words.at_most(2)?;
    Ok(Ask::OnCall(OnCallCommand::AnswerSwap { answer, number: number(words)? }))
}

/// `overrides [end] [number]`.
pub(super) fn overrides(words: &Words) -> Result<Ask, Refusal> {
    match words.first().map(str::to_lowercase).as_deref() {
        None => return Ok(query(OnCallQuery::Overrides)),
        Some("end") => {}
        Some(other) => {
            return Err(words.refuse(&format!("\"{}\" cannot be done to an override", Refusal::quote(other))));
        }
    }
    words.at_most(2)?;
    Ok(Ask::OnCall(OnCallCommand::EndOverride { number: number(words)? }))
}

/// `page <person|team|service|policy> <message> [--urgency high|low] [--severity sevN]`.
pub(super) fn page(words: &Words) -> Result<Ask, Refusal> {
    let target = named(words, "say whom to page, or for what")?;
    let message = words.needed("message", words.after_first(), "say what it is about")?;
    let title = text::line("message", &message, TITLE_MAX)?;
    let urgency = words.texts("urgency").next().map(|word| match word.to_lowercase().as_str() {
        "high" => Ok(Urgency::High),
        "low" => Ok(Urgency::Low),
        _ => Err(words.refuse(&format!("\"{}\" is no urgency, it is high or low", Refusal::quote(word)))),
    });
    let severity = words.texts("severity").next().map(str::to_lowercase);
    let (whom, urgency) = (Whom::Any(target), urgency.transpose()?);
    Ok(Ask::Command(Command::Raise(Raise { whom, title, description: None, urgency, severity, key: None })))
}

/// `handoff [accept|note] [schedule] [text]`.
pub(super) fn handoff(words: &Words) -> Result<Ask, Refusal> {
    let does = words.first_bare().map(str::to_lowercase);
    let rest = match does.as_deref() {
        Some("accept" | "note") => words.after_first(),
        // A composed line has nothing in the place of the word.
        _ if words.first().is_some_and(|word| word.trim().is_empty()) => words.after_first(),
        _ => words.plain(),
    };
    let schedule = rest.first().map(|token| token.text.trim().to_owned()).filter(|word| !word.is_empty());
    let text = words.text("note", rest.get(1..).unwrap_or_default())?;
    match does.as_deref() {
        Some("accept") => Ok(Ask::OnCall(OnCallCommand::AcceptHandoff { schedule, note: text })),
        Some("note") => {
            let schedule = schedule.ok_or_else(|| words.refuse("say for which schedule the note is"))?;
            let text = text.ok_or_else(|| words.refuse("say what those who come next should know"))?;
            Ok(Ask::OnCall(OnCallCommand::NoteHandoff { schedule, text }))
        }
        _ if text.is_some() => Err(words.refuse("say what to do, accept or note")),
        _ => Ok(query(OnCallQuery::Handoff { schedule })),
    }
}

/// `feed [revoke] [schedule]`.
pub(super) fn feed(words: &Words) -> Result<Ask, Refusal> {
    let trimmed = |word: &str| Some(word.trim().to_owned()).filter(|word| !word.is_empty());
    let second = words.after_first().first().and_then(|token| trimmed(token.text));
    match words.first().map(str::to_lowercase).as_deref() {
        Some("revoke") => {
            words.at_most(2)?;
            Ok(Ask::Own(Own::EndFeed { schedule: second }))
        }
        // A platform that asks for each by itself leaves the first one empty.
        Some("") => {
            words.at_most(2)?;
            Ok(Ask::Own(Own::Feed { schedule: second }))
        }
        _ => {
            words.at_most(1)?;
            Ok(Ask::Own(Own::Feed { schedule: words.first().and_then(trimmed) }))
        }
    }
}

fn query(query: OnCallQuery) -> Ask {
    Ask::Query(Query::OnCall(query))
}

fn named(words: &Words, plea: &str) -> Result<String, Refusal> {
    let word = words.first().map(str::trim).filter(|word| !word.is_empty());
    word.map(str::to_owned).ok_or_else(|| words.refuse(plea))
}

/// The number of a list that may follow the first word.
fn number(words: &Words) -> Result<Option<usize>, Refusal> {
    let number = words.after_first().first().map(|token| {
        let number = token.text.parse().ok().filter(|number| *number > 0);
        number.ok_or_else(|| words.refuse(&format!("\"{}\" is no number of the list", Refusal::quote(token.text))))
    });
    number.transpose()
}

fn second_person(words: &Words, plea: &str) -> Result<String, Refusal> {
    let person = words.after_first().first().ok_or_else(|| words.refuse(plea))?;
    handle(words, person.text)
}
