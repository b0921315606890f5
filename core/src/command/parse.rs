//! Text becomes a [`Request`] here, for every surface.
//!
//! A line is `/incident [INC-n] <verb> ...`, with or without its first word, or `/oncall <verb> ...`. Three rules hold for
//! every verb:
//!
//! * `--name value` and `--name=value` are options wherever they stand; `--` ends them.
//! * Quotes around words (`"..."`, `'...'`, `“...”`, `‘...’`) keep them together and keep them from being read as
//!   options. A quote without its partner is text, and so is an apostrophe.
//! * Free text is kept as it was typed, line breaks included, less the options that stood in it.
//!
//! What [`compose`](super::compose::compose) seals is quoted in the same manner, and free text is kept without its seal.

mod actions;
mod contacts;
mod declare;
mod measures;
mod numbers;
mod oncall;
mod options;
mod people;
mod queries;
mod rca;
mod record;
mod review;
mod rooms;
mod say;
#[cfg(test)]
mod tests;
mod token;
mod url;
mod words;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use self::words::Words;
use super::verbs::{Name, Slash, Verb};
use super::{Ask, Command, OnCallQuery, Query, Request};
use crate::ids::IncidentId;
use crate::refusal::Refusal;
use crate::settings::Severity;
use crate::suggest;

/// What the meaning of a line depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'s> {
    /// The zone of the person who typed it.
    pub zone: Tz,
    /// When it was typed.
    pub now: DateTime<Utc>,
    /// Those that an incident can have here.
    pub severities: &'s [Severity],
}

/// Reads one line of the grammar, in time that grows with the line's length alone.
///
/// People, services, severities and policies are passed on as typed, less the `@`: only the directory can tell whether
/// they exist. The role verbs name the person `me` when nobody is named.
///
/// # Errors
/// A line that is no command, with the right usage; a time that is none; a text that is too long.
pub fn parse(line: &str, context: &Context<'_>) -> Result<Request, Refusal> {
    let (mut word, mut rest) = first_word(line);
    let slash = Slash::read(word);
    if slash.is_some() {
        (word, rest) = first_word(rest);
    }
    let slash = slash.unwrap_or(Slash::Incident);
    let mut incident = None;
    if word.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("inc-")) {
        incident = Some(word.parse().map_err(|_| no_number(word))?);
        (word, rest) = first_word(rest);
    }
    if word.is_empty() {
        let ask = match (slash, incident) {
            (Slash::OnCall, _) => Query::OnCall(OnCallQuery::Who { of: None }),
            (Slash::Incident, Some(_)) => Query::Show,
            (Slash::Incident, None) => Query::Help { topic: None },
        };
        return Ok(Request { incident, ask: Ask::Query(ask) });
    }
    let verb = behind(slash, word)?;
    let mut words = Words::read(verb, rest, context)?;
    if takes_incident(verb.name) {
        incident = named_after(&mut words, incident)?;
    }
    let ask = if verb.name == Name::Help { queries::help(&words, slash)? } else { read(&words, context)? };
    Ok(Request { incident, ask })
}

fn read(words: &Words, context: &Context<'_>) -> Result<Ask, Refusal> {
    match words.verb.name {
        Name::Declare => declare::declare(words, context),
        Name::Show => words.nothing(Ask::Query(Query::Show)),
        Name::List => queries::list(words),
        Name::Status => people::status(words),
        Name::Severity => people::severity(words),
        Name::Lead | Name::Communications | Name::Scribe => people::assign(words),
        Name::Role => people::role(words),
        Name::Page => people::page(words),
        Name::Ack => words.nothing(Ask::Command(Command::Ack)),
        Name::WhyPaged => queries::why_paged(words),
        Name::Note => say::note(words),
        Name::Update => say::update(words),
        Name::Snooze => say::snooze(words),
        Name::Timeline => words.nothing(Ask::Query(Query::Timeline)),
        Name::Mark => record::mark(words),
        Name::Unmark => record::unmark(words),
        Name::Correct => record::correct(words, context),
        Name::Redact => record::redact(words),
        Name::Link => record::link(words),
        Name::Summary => say::summary(words),
        Name::Impact => measures::impact(words),
        Name::Times => measures::times(words, context),
        Name::Why => rca::why(words),
        Name::Factor => rca::factor(words),
        Name::Trigger | Name::Limited | Name::Detection => rca::claim(words),
        Name::Evidence => rca::evidence(words),
        Name::Confirm | Name::Suspect => rca::judge(words),
        Name::RuleOut => rca::rule_out(words),
        Name::Because => rca::because(words),
        Name::Cause => rca::cause(words),
        Name::Causes => rca::causes(words),
        Name::Field => record::field(words),
        Name::Action => actions::action(words),
        Name::Actions => actions::actions(words),
        Name::Done => actions::done(words),
        Name::EditAction => actions::edit(words),
        Name::Undone => actions::undone(words),
        Name::Ticket => actions::ticket(words),
        Name::Similar => words.nothing(Ask::Query(Query::Similar)),
        Name::Merge => record::merge(words),
        Name::Cancel => say::cancel(words),
        Name::Resolve => say::resolve(words),
        Name::Reopen => say::reopen(words),
        Name::Close => words.nothing(Ask::Command(Command::Close)),
        Name::Postmortem => review::postmortem(words, context),
        Name::Export => queries::export(words),
        Name::Room => rooms::room(words),
        Name::Mirror => rooms::mirror(words),
        Name::Me => rooms::me(words),
        Name::Help => queries::help(words, words.verb.slash),
        Name::OnCall => oncall::who(words),
        Name::Schedule => oncall::schedule(words),
        Name::Override => oncall::put_in(words),
        Name::Overrides => oncall::overrides(words),
        Name::Take => oncall::take(words),
        Name::Cover => oncall::cover(words),
        Name::Swap => oncall::swap(words),
        Name::Swaps => oncall::swaps(words),
        Name::Handoff => oncall::handoff(words),
        Name::Gaps => oncall::gaps(words),
        Name::Fairness => oncall::fairness(words),
        Name::Simulate => oncall::simulate(words),
        Name::Raise => oncall::page(words),
        Name::Contacts => contacts::me(words),
        Name::Proof => words.nothing(Ask::Query(Query::OnCall(OnCallQuery::Proof))),
        Name::Feed => oncall::feed(words),
    }
}

/// Whether `INC-n` may also follow the verb, because nothing else that the verb takes could look like it.
fn takes_incident(name: Name) -> bool {
    matches!(
        name,
        Name::Show
            | Name::Timeline
            | Name::Actions
            | Name::Similar
            | Name::Ack
            | Name::Close
            | Name::Postmortem
            | Name::Export
            | Name::WhyPaged
            | Name::Status
            | Name::Severity
            | Name::Lead
            | Name::Communications
            | Name::Scribe
            | Name::Done
            | Name::Undone
            | Name::Ticket
            | Name::Room
            | Name::Mirror
            | Name::Causes
            | Name::Times
    )
}

fn named_after(words: &mut Words, before: Option<IncidentId>) -> Result<Option<IncidentId>, Refusal> {
    let Some(after) = words.first_bare().and_then(|word| word.parse::<IncidentId>().ok()) else {
        return Ok(before);
    };
    match before {
        Some(before) if before != after => {
            Err(words.refuse(&format!("{before} and {after} are two incidents, name one")))
        }
        _ => {
            words.take_first();
            Ok(Some(after))
        }
    }
}

/// The first word of a text, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// The verb that a word names behind a slash command; help stands behind each.
fn behind(slash: Slash, word: &str) -> Result<&'static Verb, Refusal> {
    match slash.verb(word).or_else(|| Verb::find(word)) {
        Some(verb) if verb.slash == slash || verb.name == Name::Help => Ok(verb),
        Some(verb) => Err(Refusal::Usage {
            message: format!("\"{}\" stands behind another command: {}", verb.word, verb.usage()),
            usage: verb.usage(),
            nearest: Some(verb.word.to_owned()),
        }),
        None => Err(unknown_verb(word, slash.verbs())),
    }
}

fn unknown_verb(word: &str, known: impl Iterator<Item = &'static Verb>) -> Refusal {
    let known = known.flat_map(|verb| std::iter::once(verb.word).chain(verb.aliases.iter().copied()));
    let nearest = suggest::nearest(word, known);
    let advice = nearest
        .map_or_else(|| "`/incident help` lists them".to_owned(), |nearest| format!("did you mean \"{nearest}\"?"));
    Refusal::Usage {
        message: format!("there is no command \"{}\"; {advice}", Refusal::quote(word)),
        usage: "/incident help".to_owned(),
        nearest: nearest.map(str::to_owned),
    }
}

fn no_number(word: &str) -> Refusal {
    let usage = "/incident INC-42 <command>".to_owned();
    let message = format!("\"{}\" is no incident's number: {usage}", Refusal::quote(word));
    Refusal::Usage { message, usage, nearest: None }
}
