//! What is offered while somebody types.
//!
//! Source: <https://discord.com/developers/docs/interactions/application-commands#autocomplete>.

use firebell_core::command::verbs::INCIDENT;
use firebell_core::command::verbs::argument::Takes;
use firebell_core::form::{Choice, Source};
use serde_json::{Value, json};

use super::reading::{Chosen, chosen, incident_named};
use crate::platform::incoming::Ask;

/// The most choices, and the longest name and value of one.
///
/// Source: <https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure>.
const CHOICES: usize = 25;
const LONGEST: usize = 100;
/// So many words stand in the tree as choices; of more, those are offered that begin as somebody types.
const FEW: usize = 3;

/// What somebody is typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What the desk is asked.
    pub ask: Ask,
    /// What they typed before what is offered: the first services of several.
    before: String,
}

/// What can be chosen of what an argument takes; `None` where nothing is offered.
pub(super) fn source(takes: Takes) -> Option<Source> {
    Some(match takes {
        Takes::Severity => Source::Severities,
        Takes::Person => Source::People,
        Takes::Target => Source::Targets,
        Takes::Pageable => Source::Pageable,
        Takes::Covered => Source::Covered,
        Takes::Schedule => Source::Schedules,
        Takes::Duty => Source::Duties,
        Takes::Role => Source::Roles,
        Takes::Services => Source::Services,
        Takes::Type => Source::Types,
        Takes::Field => Source::Fields,
        Takes::FieldValue => Source::FieldValues,
        Takes::Incident => Source::Incidents,
        Takes::Action => Source::Actions,
        Takes::Cause => Source::Causes,
        Takes::Category => Source::Categories,
        Takes::Team => Source::Teams,
        Takes::Tracker => Source::Trackers,
        Takes::Template => Source::Templates,
        Takes::Section => Source::Sections,
        Takes::Command => Source::Verbs,
        Takes::Place => Source::Places,
        // Discord counts choices against what a command may hold in all, and offers a few without asking.
        Takes::Words(words) if words.len() > FEW => Source::Words(words),
        Takes::Words(_)
        | Takes::Text(_)
        | Takes::Entry
        | Takes::Message
        | Takes::EntryOrMessage
        | Takes::Support
        | Takes::Count
        | Takes::Money
        | Takes::Duration
        | Takes::Past
        | Takes::Instant
        | Takes::Number
        | Takes::Future
        | Takes::Ahead
        | Takes::Url
        | Takes::Flag => return None,
    })
}

/// Reads what somebody is typing, from the `data` of an interaction; `None` where nothing is offered.
pub fn offer(data: &Value) -> Option<Offer> {
    let Chosen { verb, options } = chosen(data)?;
    let is_typed = |option: &&Value| option.get("focused").and_then(Value::as_bool) == Some(true);
    let focused = options.iter().find(is_typed)?;
    let name = focused.get("name")?.as_str()?;
    let typed = focused.get("value").and_then(Value::as_str).unwrap_or_default();
    let takes = if name == INCIDENT { Takes::Incident } else { verb.argument(name)?.takes };
    let (before, typed) = match typed.rsplit_once(',').filter(|_| takes == Takes::Services) {
        Some((before, last)) => (format!("{before},"), last.trim_start()),
        None => (String::new(), typed),
    };
    let incident = incident_named(options).and_then(Result::ok);
    let ask = Ask::Options { source: source(takes)?, typed: typed.to_owned(), incident };
    Some(Offer { ask, before })
}

/// The choices that answer it. One whose value is longer than Discord takes is left out, because a clipped one would mean
/// something else.
pub fn options(offer: &Offer, choices: &[Choice]) -> Value {
    let choices = choices.iter().filter_map(|choice| {
        let value = format!("{}{}", offer.before, choice.value);
        let fits = (1..=LONGEST).contains(&value.chars().count());
        let label = if choice.label.trim().is_empty() { &choice.value } else { &choice.label };
        fits.then(|| json!({ "name": clipped(&format!("{}{label}", offer.before)), "value": value }))
    });
    choices.take(CHOICES).collect()
}

fn clipped(text: &str) -> String {
    super::super::text::clipped(text, LONGEST)
}
