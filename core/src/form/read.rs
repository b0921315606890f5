//! What was filled in, as a request; and which field a refusal is about.

use super::fields::UNWRITTEN;
use super::{FormKind, Values, causes};
use crate::action::{ActionKind, Priority};
use crate::command::parse::Context;
use crate::command::{ActionTraits, Ask, Command, Declare, Quote, Request, ReviewCommand};
use crate::ids::{EntryId, IncidentId};
use crate::incident::ActiveStatus;
use crate::postmortem::sections;
use crate::refusal::Refusal;
use crate::text::{self, TEXT_MAX, TITLE_MAX};
use crate::when::{parse_duration, parse_future};

/// The field of a declaration that holds what is on, and what can be.
const OPTIONS: &str = "options";
const TOGGLES: [&str; 2] = ["private", "drill"];
/// The statuses that a change can set.
pub(super) const STATUSES: [ActiveStatus; 3] =
    [ActiveStatus::Investigating, ActiveStatus::Identified, ActiveStatus::Mitigated];

/// Reads a form that was sent, with the message on which it was opened. Names are passed on as they came: only the
/// directory can tell whether they exist. Of what [`split`] would part, the first is read.
///
/// # Errors
/// What was filled in cannot be taken; [`field_of`] says where.
pub fn request(
    kind: FormKind,
    incident: Option<IncidentId>,
    (values, quote): (&Values, Option<&Quote>),
    context: &Context<'_>,
) -> Result<Request, Refusal> {
    let mut incident = incident;
    let command = match kind {
        FormKind::Declare => declare(values, quote)?,
        FormKind::Update => {
            let text = needed(values, "text", "update")?;
            // As the choice is shown, where people type it.
            let next =
                one(values, "next").map(|next| parse_duration(next.strip_prefix("in ").unwrap_or(next))).transpose();
            Command::Update { text, next: next.map_err(|error| bad_time(&error))? }
        }
        FormKind::Change => change(values)?,
        FormKind::Action => {
            let text = needed(values, "text", "action")?;
            let owner = one(values, "owner").map(|owner| owner.strip_prefix('@').unwrap_or(owner).to_owned());
            let due = one(values, "due").map(|due| parse_future(due, context.zone, context.now)).transpose();
            let traits = ActionTraits {
                kind: chosen(values, "type", &ActionKind::ALL.map(ActionKind::word), ActionKind::parse)?,
                priority: chosen(values, "priority", &Priority::ALL.map(Priority::word), Priority::parse)?,
                cause: None,
            };
            Command::AddAction { text, owner, due: due.map_err(|error| bad_time(&error))?, traits }
        }
        FormKind::Resolve => Command::Resolve { summary: needed(values, "summary", "summary")? },
        FormKind::Cause => causes::edited(values)?,
        FormKind::Evidence => {
            let (chosen, command) = causes::supported(values, quote)?;
            incident = Some(chosen);
            command
        }
        FormKind::Section => written(values)?,
        FormKind::Cite => {
            incident = Some(chosen_incident(values)?);
            let quote = quote.cloned().ok_or_else(|| Refusal::Empty { what: "message".to_owned() })?;
            Command::Cite { quote }
        }
    };
    Ok(Request { incident, ask: Ask::Command(command) })
}

/// A form that may ask for two things, as one for each: severity and status are changed one after the other.
pub fn split(kind: FormKind, values: &Values) -> Vec<Values> {
    if kind != FormKind::Change {
        return vec![values.clone()];
    }
    let part =
        |name: &str| values.get_key_value(name).map(|(name, value)| Values::from([(name.clone(), value.clone())]));
    let parts: Vec<Values> = ["severity", "status"].into_iter().filter_map(part).collect();
    if parts.is_empty() { vec![Values::new()] } else { parts }
}

/// The incident that was chosen.
fn chosen_incident(values: &Values) -> Result<IncidentId, Refusal> {
    let named = one(values, "incident").ok_or_else(|| Refusal::Empty { what: "incident".to_owned() })?;
    let word = named.split_whitespace().next().unwrap_or_default();
    word.parse().or_else(|_| format!("INC-{}", word.trim_start_matches('#')).parse()).map_err(|_| {
        let message = format!("\"{}\" is no incident, they are numbered like INC-41", Refusal::quote(named));
        Refusal::Usage { message, usage: "INC-41".to_owned(), nearest: None }
    })
}

/// The field that a refusal is about; the first one where it is about none.
pub fn field_of(kind: FormKind, refusal: &Refusal) -> &'static str {
    let by_what = |what: &str| match (kind, what) {
        (FormKind::Declare, "description") => "description",
        (FormKind::Declare, _) => "title",
        (FormKind::Resolve, _) => "summary",
        (FormKind::Section, "section name") => "section",
        (FormKind::Cite, _) => "incident",
        (FormKind::Evidence, _) | (FormKind::Cause, "cause") => "cause",
        (FormKind::Update | FormKind::Action | FormKind::Change | FormKind::Cause | FormKind::Section, _) => "text",
    };
    match (kind, refusal) {
        (FormKind::Declare, Refusal::UnknownService { .. }) => "services",
        (FormKind::Declare, Refusal::FieldValue { field, .. }) if field == OPTIONS => OPTIONS,
        (FormKind::Change, Refusal::FieldValue { field, .. }) if field == "status" => "status",
        (FormKind::Change, Refusal::Transition { .. }) => "status",
        (FormKind::Change, Refusal::Already { is, .. }) if STATUSES.iter().any(|held| held.word().as_str() == is) => {
            "status"
        }
        (FormKind::Declare, Refusal::UnknownSeverity { .. }) | (FormKind::Change, _) => "severity",
        (FormKind::Action, Refusal::UnknownPerson { .. } | Refusal::Guest { .. }) => "owner",
        (FormKind::Section, Refusal::UnknownSection { .. }) => "section",
        (FormKind::Action, Refusal::BadTime { .. }) => "due",
        (FormKind::Action, Refusal::FieldValue { field, .. }) if field == "type" => "type",
        (FormKind::Action, Refusal::FieldValue { .. }) => "priority",
        (FormKind::Update, Refusal::BadTime { .. }) => "next",
        (FormKind::Cause, Refusal::UnknownCategory { .. }) => "category",
        (FormKind::Cause, Refusal::FieldValue { .. }) => "role",
        (FormKind::Cause, Refusal::NoCause { .. } | Refusal::Usage { .. } | Refusal::CauseAlready { .. }) => "cause",
        (_, Refusal::Empty { what } | Refusal::TooLong { what, .. }) => by_what(what),
        _ => by_what(""),
    }
}

fn declare(values: &Values, quote: Option<&Quote>) -> Result<Command, Refusal> {
    let title = one(values, "title").ok_or_else(|| Refusal::Empty { what: "title".to_owned() })?;
    let chosen: Vec<&str> = several(values, OPTIONS).collect();
    let on = |option: &str| chosen.iter().any(|held| held.eq_ignore_ascii_case(option));
    // What is not understood may be the wish that nobody else sees it.
    if let Some(unknown) = chosen.iter().find(|held| !TOGGLES.iter().any(|known| known.eq_ignore_ascii_case(held))) {
        return Err(one_of(OPTIONS, unknown, &TOGGLES));
    }
    Ok(Command::Declare(Declare {
        title: text::line("title", title, TITLE_MAX)?,
        severity: one(values, "severity").map(str::to_owned),
        services: several(values, "services").map(str::to_owned).collect(),
        private: on("private"),
        drill: on("drill"),
        description: one(values, "description").map(|text| text::kept("description", text, TEXT_MAX)).transpose()?,
        quote: quote.cloned(),
        ..Declare::default()
    }))
}

/// A section, with the entry that said what whoever wrote had before them.
fn written(values: &Values) -> Result<Command, Refusal> {
    let named = one(values, "section").ok_or_else(|| Refusal::Empty { what: "section name".to_owned() })?;
    let (name, seen) = match named.rsplit_once(' ') {
        Some((name, UNWRITTEN)) => (name, Some(EntryId(0))),
        Some((name, seen)) if seen.parse::<EntryId>().is_ok() => (name, seen.parse().ok()),
        _ => (named, None),
    };
    let text = one(values, "text").map(|text| text::kept("section", text, sections::SECTION_MAX)).transpose()?;
    let section = sections::section(name)?;
    Ok(Command::Review(ReviewCommand::Write { section, text: text.unwrap_or_default(), over: seen }))
}

fn change(values: &Values) -> Result<Command, Refusal> {
    if let Some(to) = one(values, "severity") {
        return Ok(Command::Severity { to: to.to_lowercase() });
    }
    let word = one(values, "status").ok_or_else(|| Refusal::Empty { what: "change".to_owned() })?;
    let words = STATUSES.map(|status| status.word().as_str());
    let named = STATUSES.into_iter().find(|status| status.word().as_str().eq_ignore_ascii_case(word));
    named.map(|to| Command::Status { to }).ok_or_else(|| one_of("status", word, &words))
}

/// One of a few words, if any.
fn chosen<T>(
    values: &Values,
    name: &str,
    known: &[&str],
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    let Some(word) = one(values, name) else { return Ok(None) };
    read(word).map(Some).ok_or_else(|| one_of(name, word, known))
}

fn one_of(field: &str, named: &str, known: &[&str]) -> Refusal {
    let known = known.iter().map(|&word| word.to_owned()).collect();
    Refusal::FieldValue { field: field.to_owned(), named: Refusal::quote(named), known }
}

/// What was chosen of many, or typed with commas between.
fn several<'v>(values: &'v Values, name: &str) -> impl Iterator<Item = &'v str> {
    let chosen = values.get(name).into_iter().flatten().flat_map(|value| value.split(','));
    chosen.map(str::trim).filter(|word| !word.is_empty())
}

fn needed(values: &Values, name: &str, what: &'static str) -> Result<String, Refusal> {
    let text = one(values, name).ok_or_else(|| Refusal::Empty { what: what.to_owned() })?;
    text::kept(what, text, TEXT_MAX)
}

fn one<'v>(values: &'v Values, name: &str) -> Option<&'v str> {
    values.get(name)?.iter().map(|value| value.trim()).find(|value| !value.is_empty())
}

fn bad_time(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::BadTime { message: error.to_string() }
}
