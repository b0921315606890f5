//! The verbs of the impact in numbers and of the key times.

use super::super::{Ask, Command, Query};
use super::Context;
use super::numbers::{count, money};
use super::words::Words;
use crate::incident::Measures;
use crate::refusal::Refusal;
use crate::suggest;
use crate::times::KeyTime;
use crate::when::parse_instant;

/// `impact [text] [--started T] [--ended T] [--users N] [--requests N] [--money M] [--slo N]`.
pub(super) fn impact(words: &Words) -> Result<Ask, Refusal> {
    let text = words.text("impact", words.plain())?;
    if text.is_none() && !words.has_options() {
        return Ok(Ask::Query(Query::Impact));
    }
    let number = |name: &'static str| {
        let given = words.texts(name).next();
        given.map(|text| count(text).map_err(|problem| words.refuse(&problem))).transpose()
    };
    // An amount and its currency may be two words.
    let amount = words.texts("money").collect::<Vec<_>>().join(" ");
    let amount = Some(amount).filter(|_| words.flag("money"));
    let measures = Measures {
        users: number("users")?,
        requests: number("requests")?,
        money: amount.map(|text| money(&text).map_err(|problem| words.refuse(&problem))).transpose()?,
        slo_minutes: number("slo")?,
    };
    let (started_at, ended_at) = (words.at("started"), words.at("ended"));
    Ok(Ask::Command(Command::SetImpact { text, started_at, ended_at, measures }))
}

/// `times [key-time] [T] [--clear]`.
pub(super) fn times(words: &Words, context: &Context<'_>) -> Result<Ask, Refusal> {
    let clear = words.flag("clear");
    let Some(word) = words.first() else {
        return if clear { Err(words.refuse("say which time")) } else { Ok(Ask::Query(Query::Times)) };
    };
    // "impact started" is one time in two words.
    let two = words.after_first().first().map(|next| format!("{word} {}", next.text));
    let two = two.as_deref().and_then(KeyTime::parse);
    let time = two.or_else(|| KeyTime::parse(word)).ok_or_else(|| unknown(words, word))?;
    let rest = words.plain().get(if two.is_some() { 2 } else { 1 }..).unwrap_or_default();
    let at = match (rest, clear) {
        ([], true) => None,
        ([], false) => return Err(words.refuse("say when it was, or --clear")),
        (_, true) => return Err(words.refuse("--clear takes no time")),
        (_, false) => {
            let text = match rest {
                [whole] => whole.text.to_owned(),
                parts => words.raw(parts),
            };
            let at = parse_instant(&text, context.zone, context.now);
            Some(at.map_err(|error| Refusal::BadTime { message: error.to_string() })?)
        }
    };
    Ok(Ask::Command(Command::SetTime { time, at }))
}

fn unknown(words: &Words, word: &str) -> Refusal {
    let known = KeyTime::ALL.map(KeyTime::word);
    let nearest = suggest::nearest(word, known);
    words.suggest(&format!("\"{}\" is no key time", Refusal::quote(word)), nearest)
}
