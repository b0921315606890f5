//! The verb about the postmortem.

use super::super::verbs::argument::Takes;
use super::super::{Ask, Command, Query, ReviewCommand, ReviewQuery};
use super::Context;
use super::people::handle;
use super::record::numbered;
use super::token::Token;
use super::words::Words;
use crate::ids::Key;
use crate::postmortem::sections::{SECTION_MAX, section};
use crate::refusal::Refusal;
use crate::suggest;
use crate::text;
use crate::when::parse_future;

/// `postmortem [do] [what] [--section S] [--template T] [--clear]`.
pub(super) fn postmortem(words: &Words, context: &Context<'_>) -> Result<Ask, Refusal> {
    let Some(word) = words.first().map(str::to_lowercase) else { return show(words) };
    let rest = words.after_first();
    allowed(words, &word)?;
    let command = match word.as_str() {
        "" if rest.is_empty() => return show(words),
        "status" => return nothing(words, Ask::Query(Query::Review(ReviewQuery::Status))),
        "lint" => return nothing(words, Ask::Query(Query::Review(ReviewQuery::Lint))),
        "edit" => {
            let (section, _) = named_section(words, "say which section to edit")?;
            words.at_most(if words.flag("section") { 1 } else { 2 })?;
            return Ok(Ask::Query(Query::Review(ReviewQuery::Edit { section })));
        }
        "write" => write(words)?,
        "review" => ReviewCommand::Ask { reviewers: names(words, rest)? },
        "sign" => nothing(words, ReviewCommand::Sign)?,
        "back" => ReviewCommand::Back { reason: words.text("reason", rest)? },
        "publish" => nothing(words, ReviewCommand::Publish)?,
        "revise" => nothing(words, ReviewCommand::Revise)?,
        "send" => {
            words.at_most(2)?;
            ReviewCommand::Send { target: rest.first().map(|token| token.text.trim().to_owned()) }
        }
        "owner" => ReviewCommand::Own { owner: owner(words, rest)? },
        "due" => due(words, context)?,
        "comment" => {
            let text = words.needed("comment", rest, "say what there is to remark")?;
            let named = words.texts("section").next().map(section).transpose()?;
            ReviewCommand::Comment { text, section: named }
        }
        "settle" => settle(words)?,
        "template" => template(words)?,
        other => return Err(unknown(words, other)),
    };
    Ok(Ask::Command(Command::Review(command)))
}

/// `postmortem [--template T]`.
fn show(words: &Words) -> Result<Ask, Refusal> {
    allowed(words, "")?;
    let template = words.texts("template").next().map(|named| template_key(words, named)).transpose()?;
    Ok(Ask::Query(Query::Postmortem { template }))
}

/// Refuses options that mean nothing beside a word: whoever gave one meant something by it.
fn allowed(words: &Words, word: &str) -> Result<(), Refusal> {
    let takes: &[&str] = match word {
        "" | "template" => &["template"],
        "write" => &["section", "clear"],
        "edit" | "comment" => &["section"],
        "due" => &["clear"],
        _ => &[],
    };
    let strange = ["section", "template", "clear"].into_iter().find(|name| words.flag(name) && !takes.contains(name));
    match strange {
        Some(name) => Err(words.refuse(&format!("--{name} says nothing here"))),
        None => Ok(()),
    }
}

fn nothing<T>(words: &Words, asked: T) -> Result<T, Refusal> {
    words.at_most(1)?;
    Ok(asked)
}

fn unknown(words: &Words, word: &str) -> Refusal {
    let known = words.verb.argument("do").map(|argument| argument.takes);
    let known: &[&str] = if let Some(Takes::Words(known)) = known { known } else { &[] };
    let nearest = suggest::nearest(word, known.iter().copied());
    words.suggest(&format!("\"{}\" is nothing to do with a postmortem", Refusal::quote(word)), nearest)
}

/// The section that `--section` names, else the first word; and the words that are left.
fn named_section<'w, 'a>(words: &'w Words<'a>, plea: &str) -> Result<(Key, &'w [Token<'a>]), Refusal> {
    let rest = words.after_first();
    if let Some(named) = words.texts("section").next() {
        return Ok((section(named)?, rest));
    }
    let (first, rest) = rest.split_first().ok_or_else(|| words.refuse(plea))?;
    Ok((section(first.text)?, rest))
}

/// `write <section> <text>`, or `write <section> --clear`.
fn write(words: &Words) -> Result<ReviewCommand, Refusal> {
    let (section, rest) = named_section(words, "say which section, and what it says")?;
    let text = match (rest, words.flag("clear")) {
        ([], true) => String::new(),
        ([], false) => return Err(words.refuse("say what the section says, or --clear")),
        (_, true) => return Err(words.refuse("--clear takes no text")),
        (rest, false) => text::kept("section", &words.raw(rest), SECTION_MAX)?,
    };
    Ok(ReviewCommand::Write { section, text, over: None })
}

/// The names in `@ana, @bo cy`.
fn names(words: &Words, tokens: &[Token]) -> Result<Vec<String>, Refusal> {
    let raw = words.raw(tokens);
    let named = raw.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    named.map(|word| handle(words, word)).collect()
}

/// `owner [@person]`; whoever asks, where nobody is named.
fn owner(words: &Words, tokens: &[Token]) -> Result<String, Refusal> {
    match names(words, tokens)?.as_slice() {
        [] => Ok("me".to_owned()),
        [one] => Ok(one.clone()),
        [_, second, ..] => Err(words.refuse(&format!("\"{}\" is one word too many", Refusal::quote(second)))),
    }
}

/// `due <T>`, or `due --clear`.
fn due(words: &Words, context: &Context<'_>) -> Result<ReviewCommand, Refusal> {
    let said = words.text("time", words.after_first())?;
    let due = match (said, words.flag("clear")) {
        (None, true) => None,
        (None, false) => return Err(words.refuse("say by when, as \"due fri 17:00\", or --clear")),
        (Some(_), true) => return Err(words.refuse("--clear takes no time")),
        (Some(text), false) => {
            let at = parse_future(&text, context.zone, context.now);
            Some(at.map_err(|error| Refusal::BadTime { message: error.to_string() })?)
        }
    };
    Ok(ReviewCommand::Due { due })
}

/// `settle <comment>`.
fn settle(words: &Words) -> Result<ReviewCommand, Refusal> {
    words.at_most(2)?;
    let word = words.after_first().first().map(|token| token.text.trim());
    let word = word.ok_or_else(|| words.refuse("say which comment was seen to, as C3"))?;
    let refusal = || words.refuse(&format!("\"{}\" is no comment, they are numbered like C3", Refusal::quote(word)));
    let comment = numbered(word, "C").ok_or_else(refusal)?;
    Ok(ReviewCommand::Settle { comment })
}

/// `template <name>`, which may also be given as an option.
fn template(words: &Words) -> Result<ReviewCommand, Refusal> {
    let given = words.texts("template").next();
    words.at_most(if given.is_some() { 1 } else { 2 })?;
    let named = given.or_else(|| words.after_first().first().map(|token| token.text));
    let named = named.ok_or_else(|| words.refuse("say which template"))?;
    Ok(ReviewCommand::Template { template: template_key(words, named.trim())? })
}

fn template_key(words: &Words, named: &str) -> Result<String, Refusal> {
    let key = Key::new(named).map_err(|_| words.refuse("a template's name has only a-z, 0-9, '-' and '_'"))?;
    Ok(String::from(key))
}
