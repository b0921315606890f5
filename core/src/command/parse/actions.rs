//! The verbs about follow-ups.

use super::super::action::{ActionCommand, ActionEdit, ActionTraits, Edit, Promised};
use super::super::{Ask, Command, Query};
use super::people::handle;
use super::record::numbered;
use super::token::Token;
use super::words::Words;
use crate::action::{ActionKind, Priority};
use crate::ids::{ActionId, CauseId};
use crate::refusal::Refusal;

/// `action <text> [@owner] [--due D] [--type T] [--priority P] [--against F2]`; the owner may also be named by `--owner`.
pub(super) fn action(words: &Words) -> Result<Ask, Refusal> {
    let (owner, rest) = owned(words, words.plain())?;
    let text = words.needed("action", rest, "say what is to be done")?;
    let traits = ActionTraits { kind: kind(words)?, priority: priority(words)?, cause: cause(words)? };
    Ok(Ask::Command(Command::AddAction { text, owner, due: words.at("due"), traits }))
}

/// `edit-action <action> [text] [@owner] ... [--no-owner ...]`.
pub(super) fn edit(words: &Words) -> Result<Ask, Refusal> {
    let action = numbered_action(words, "say which action, and how it is to read")?;
    let (owner, rest) = owned(words, words.after_first())?;
    let text = words.text("action", rest)?;
    let edit = ActionEdit {
        text,
        owner: edited(words, owner, ("owner", "no-owner"))?,
        due: edited(words, words.at("due"), ("due", "no-due"))?,
        kind: edited(words, kind(words)?, ("type", "no-type"))?,
        priority: edited(words, priority(words)?, ("priority", "no-priority"))?,
        cause: edited(words, cause(words)?, ("against", "no-cause"))?,
    };
    if edit == ActionEdit::default() {
        return Err(words.refuse("say what is to change"));
    }
    Ok(Ask::Command(Command::Action(ActionCommand::Edit { action, edit })))
}

/// `done <action>`.
pub(super) fn done(words: &Words) -> Result<Ask, Refusal> {
    let action = alone(words, "say which action is done")?;
    Ok(Ask::Command(Command::FinishAction { action }))
}

/// `undone <action>`.
pub(super) fn undone(words: &Words) -> Result<Ask, Refusal> {
    let action = alone(words, "say which action is to be done after all")?;
    Ok(Ask::Command(Command::Action(ActionCommand::Reopen { action })))
}

/// `ticket <action> [tracker]`.
pub(super) fn ticket(words: &Words) -> Result<Ask, Refusal> {
    let action = numbered_action(words, "say which action a tracker is to keep")?;
    words.at_most(2)?;
    let tracker = words.after_first().first().map(|token| token.text.trim().to_owned()).filter(|name| !name.is_empty());
    Ok(Ask::Command(Command::Action(ActionCommand::Ticket { action, tracker })))
}

/// `actions [--mine] [--overdue] [--team T] [--all]`.
pub(super) fn actions(words: &Words) -> Result<Ask, Refusal> {
    words.at_most(0)?;
    let team = words.texts("team").next().map(|team| team.trim().to_owned());
    let promised = Promised { mine: words.flag("mine"), overdue: words.flag("overdue"), team };
    let query =
        if promised == Promised::default() && !words.flag("all") { Query::Actions } else { Query::Promised(promised) };
    Ok(Ask::Query(query))
}

fn alone(words: &Words, plea: &str) -> Result<ActionId, Refusal> {
    let action = numbered_action(words, plea)?;
    words.at_most(1)?;
    Ok(action)
}

fn numbered_action(words: &Words, plea: &str) -> Result<ActionId, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse(plea))?;
    numbered(word, "A")
        .ok_or_else(|| words.refuse(&format!("\"{}\" is no action, they are numbered like A2", Refusal::quote(word))))
}

/// The owner that is named by an option, behind the text or before it; and the text.
fn owned<'w, 'a>(words: &Words, plain: &'w [Token<'a>]) -> Result<(Option<String>, &'w [Token<'a>]), Refusal> {
    let named = words.texts("owner").next().map(|word| handle(words, word)).transpose()?;
    Ok(match (plain.split_last(), plain.split_first()) {
        _ if named.is_some() => (named, plain),
        (Some((last, rest)), _) if owner(last).is_some() => (owner(last), rest),
        (_, Some((first, rest))) if owner(first).is_some() => (owner(first), rest),
        _ => (None, plain),
    })
}

/// The owner in `@bo`, less the punctuation behind.
fn owner(token: &Token) -> Option<String> {
    let handle = token.text.strip_prefix('@').filter(|_| !token.quoted)?;
    let handle = handle.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    (!handle.is_empty()).then(|| handle.to_owned())
}

fn kind(words: &Words) -> Result<Option<ActionKind>, Refusal> {
    one_of(words, "type", &ActionKind::ALL.map(ActionKind::word), ActionKind::parse)
}

fn priority(words: &Words) -> Result<Option<Priority>, Refusal> {
    one_of(words, "priority", &Priority::ALL.map(Priority::word), Priority::parse)
}

fn one_of<T>(
    words: &Words,
    name: &str,
    known: &[&str],
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    let Some(word) = words.texts(name).next() else { return Ok(None) };
    let refusal = || Refusal::FieldValue {
        field: name.to_owned(),
        named: Refusal::quote(word),
        known: known.iter().map(|&word| word.to_owned()).collect(),
    };
    read(word.trim()).map(Some).ok_or_else(refusal)
}

fn cause(words: &Words) -> Result<Option<CauseId>, Refusal> {
    let Some(word) = words.texts("against").next() else { return Ok(None) };
    let no_cause = || words.refuse(&format!("\"{}\" is no cause, they are numbered like F2", Refusal::quote(word)));
    numbered(word.trim(), "F").map(Some).ok_or_else(no_cause)
}

fn edited<T>(words: &Words, value: Option<T>, (name, clear): (&str, &str)) -> Result<Edit<T>, Refusal> {
    match (value, words.flag(clear)) {
        (Some(_), true) => Err(words.refuse(&format!("--{name} and --{clear} exclude each other"))),
        (Some(value), false) => Ok(Edit::Set(value)),
        (None, true) => Ok(Edit::Clear),
        (None, false) => Ok(Edit::Keep),
    }
}
