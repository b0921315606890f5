//! The verbs of the analysis and of the key times.

use std::str::FromStr;

use super::super::verbs::Name;
use super::super::{Ask, CauseCommand, Command, Query, Support};
use super::record::numbered;
use super::url;
use super::words::Words;
use crate::ids::CauseId;
use crate::rca::{CauseRole, Edge, Verdict};
use crate::refusal::Refusal;
use crate::suggest;
use crate::text::{self, TEXT_MAX, TITLE_MAX};

/// `why <text> [--of F2]`. The word has asked who was paged before, and still does in many a finger.
pub(super) fn why(words: &Words) -> Result<Ask, Refusal> {
    if let [only] = words.plain()
        && !only.quoted
        && only.text.starts_with('@')
    {
        let problem = format!(
            "`why` adds the next why of the analysis; `/incident why-paged {}` tells why somebody was paged",
            Refusal::quote(only.text)
        );
        return Err(words.refuse(&problem));
    }
    let plea = "say why it came to that; `/incident why-paged` tells who was paged";
    let text = words.needed("why", words.plain(), plea)?;
    Ok(does(CauseCommand::Why { text, of: option(words, "of")? }))
}

/// `factor <text> [--category C] [--because F2]`.
pub(super) fn factor(words: &Words) -> Result<Ask, Refusal> {
    let text = words.needed("factor", words.plain(), "say what contributed to it")?;
    let category = words.texts("category").next().map(str::to_lowercase);
    Ok(does(CauseCommand::Add { role: CauseRole::Factor, text, category, because: option(words, "because")? }))
}

/// `trigger <text>`, `limited <text>` and `detection <text> [--should]`.
pub(super) fn claim(words: &Words) -> Result<Ask, Refusal> {
    let (role, plea) = match words.verb.name {
        Name::Trigger => (CauseRole::Trigger, "say what set it off"),
        Name::Limited => (CauseRole::Limited, "say what limited the damage"),
        _ if words.flag("should") => (CauseRole::ShouldDetect, "say how it should have been detected"),
        _ => (CauseRole::Detected, "say how it was detected"),
    };
    let text = words.needed("text", words.plain(), plea)?;
    Ok(does(CauseCommand::Add { role, text, category: None, because: None }))
}

/// `evidence <F3> <entry|message|link> [title] [--remove]`.
pub(super) fn evidence(words: &Words) -> Result<Ask, Refusal> {
    let cause = Some(first(words, "say which cause, and what supports it")?);
    let [_, what, rest @ ..] = words.plain() else { return Err(words.refuse("say what supports it")) };
    let message = what.text.parse().map(Support::Message).ok();
    let by = message.or_else(|| numbered(what.text, "E").map(Support::Entry));
    let remove = words.flag("remove");
    let by = match by {
        Some(by) => {
            words.at_most(2)?;
            by
        }
        None if remove => return Err(words.refuse("name the entry or message that is no evidence, as E12")),
        None if is_address(what.text) => {
            let url = url::checked(what.text).map_err(|problem| words.refuse(problem))?.to_owned();
            let title = match rest {
                [] => None,
                [whole] if whole.quoted => Some(text::line("title", whole.text, TITLE_MAX)?),
                parts => Some(text::line("title", &words.raw(parts), TITLE_MAX)?),
            };
            Support::Link { url, title }
        }
        None => {
            let named = Refusal::quote(what.text);
            return Err(words.refuse(&format!("\"{named}\" is no entry, message or link")));
        }
    };
    Ok(does(if remove { CauseCommand::Withdraw { cause, by } } else { CauseCommand::Support { cause, by } }))
}

fn is_address(word: &str) -> bool {
    word.contains("://")
}

/// `rule-out <F2> <reason>`.
pub(super) fn rule_out(words: &Words) -> Result<Ask, Refusal> {
    let cause = first(words, "say which cause, and why it is none")?;
    let reason = words.needed("reason", words.after_first(), "say why it is no cause")?;
    Ok(does(CauseCommand::Judge { cause, verdict: Verdict::RuledOut { reason } }))
}

/// `confirm <F2>` and `suspect <F2>`.
pub(super) fn judge(words: &Words) -> Result<Ask, Refusal> {
    let cause = first(words, "say which cause")?;
    words.at_most(1)?;
    let verdict = if words.verb.name == Name::Confirm { Verdict::Confirmed } else { Verdict::Open };
    Ok(does(CauseCommand::Judge { cause, verdict }))
}

/// `because <F2> <F3> [--remove]`: the first came about because of the second.
pub(super) fn because(words: &Words) -> Result<Ask, Refusal> {
    let to = first(words, "say which cause, and what led to it")?;
    let from = words.after_first().first().ok_or_else(|| words.refuse("say what led to it"))?;
    let from = numbered_cause(words, from.text)?;
    words.at_most(2)?;
    Ok(does(CauseCommand::Link { edge: Edge { from, to }, remove: words.flag("remove") }))
}

/// `cause <F2> [--text TEXT] [--role R] [--category C]`; without an option it is shown.
pub(super) fn cause(words: &Words) -> Result<Ask, Refusal> {
    let cause = first(words, "say which cause")?;
    words.at_most(1)?;
    if !words.has_options() {
        return Ok(Ask::Query(Query::Cause { cause }));
    }
    let text = words.texts("text").next().map(|text| text::kept("text", text, TEXT_MAX)).transpose()?;
    let role = words.texts("role").next().map(|word| role(words, word)).transpose()?;
    let category = words.texts("category").next().map(str::to_lowercase);
    Ok(does(CauseCommand::Edit { cause, text, role, category }))
}

/// `causes [--at T]`.
pub(super) fn causes(words: &Words) -> Result<Ask, Refusal> {
    words.nothing(Ask::Query(Query::Causes { at: words.at("at") }))
}

fn role(words: &Words, word: &str) -> Result<CauseRole, Refusal> {
    CauseRole::parse(word).ok_or_else(|| {
        let known = CauseRole::ALL.map(CauseRole::word);
        let nearest = suggest::nearest(word, known);
        let problem = format!("\"{}\" is no role of a cause; there are {}", Refusal::quote(word), known.join(", "));
        words.suggest(&problem, nearest)
    })
}

fn first(words: &Words, plea: &str) -> Result<CauseId, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse(plea))?;
    numbered_cause(words, word)
}

fn option(words: &Words, name: &'static str) -> Result<Option<CauseId>, Refusal> {
    words.texts(name).next().map(|word| numbered_cause(words, word)).transpose()
}

fn numbered_cause(words: &Words, word: &str) -> Result<CauseId, Refusal> {
    CauseId::from_str(word)
        .map_err(|_| words.refuse(&format!("\"{}\" is no cause, they are numbered like F2", Refusal::quote(word))))
}

fn does(command: CauseCommand) -> Ask {
    Ask::Command(Command::Analysis(command))
}
