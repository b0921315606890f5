//! The forms of the analysis: one that changes a cause, and one that asks which cause a message supports.

use super::fields::{choice, known, line, needed, optional, text};
use super::{Choice, Field, Form, FormKind, Values};
use crate::command::rca::NO_CATEGORY;
use crate::command::{CauseCommand, Command, Quote, Support};
use crate::ids::{CauseId, IncidentId};
use crate::incident::Incident;
use crate::rca::{Cause, CauseRole, Confidence};
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::text::{TEXT_MAX, kept};

/// How many causes are offered; every platform shows as many.
const OFFERED: usize = 25;

/// The form that changes a cause, with what it says now; `None` where there is none of that number.
pub fn cause(incident: &Incident, cause: CauseId, settings: &Settings) -> Option<Form> {
    let held = incident.analysis.cause(cause)?;
    let roles = CauseRole::ALL.map(|role| known(role.word(), role.name()));
    let mut categories: Vec<Choice> =
        settings.cause_categories.iter().map(|key| known(key.as_str(), key.as_str())).collect();
    // One that is no longer configured stays until somebody changes it.
    if let Some(other) = held.category.as_ref().filter(|held| !settings.cause_categories.contains(held)) {
        categories.push(known(other.as_str(), other.as_str()));
    }
    let category = held.category.as_ref().map(ToString::to_string);
    let fields = vec![
        needed("cause", "Which cause?", line(&cause.to_string(), 12)),
        needed("text", "What does it say?", text(&held.said.text)),
        needed("role", "What part has it?", choice(roles.to_vec(), Some(held.role.word().to_owned()))),
        optional("category", "Of which kind is it?", choice(categories, category)),
    ];
    let title = format!("Change {cause}");
    Some(Form { kind: FormKind::Cause, incident: Some(incident.id), title, submit: "Change", fields })
}

/// The form that asks which of the causes of these incidents a message supports; `None` where there is none.
pub fn evidence(incidents: &[Incident]) -> Option<Form> {
    let several = incidents.len() > 1;
    let choices: Vec<Choice> = incidents
        .iter()
        .flat_map(|incident| standing(incident).map(move |cause| (incident.id, cause)))
        .map(|(incident, cause)| {
            let Choice { value, label } = cause_choice(cause);
            let label = if several { format!("{incident} {label}") } else { label };
            Choice { value: format!("{incident} {value}"), label }
        })
        .take(OFFERED)
        .collect();
    let newest = choices.first().map(|choice| choice.value.clone())?;
    let field = Field {
        hint: Some("Its incident and its number, such as INC-4 F2.".to_owned()),
        ..needed("cause", "Which cause does it support?", choice(choices, Some(newest)))
    };
    let title = "Add as evidence".to_owned();
    Some(Form { kind: FormKind::Evidence, incident: None, title, submit: "Add", fields: vec![field] })
}

/// The causes that were not ruled out, the newest first.
pub fn standing(incident: &Incident) -> impl Iterator<Item = &Cause> {
    incident.analysis.causes.iter().rev().filter(|cause| cause.confidence() != Confidence::RuledOut)
}

/// A cause as it is offered.
pub fn cause_choice(cause: &Cause) -> Choice {
    let text = cause.said.text.split_whitespace().collect::<Vec<_>>().join(" ");
    known(&cause.id.to_string(), &format!("{} {text}", cause.id))
}

/// The cause that was chosen, with its incident.
///
/// # Errors
/// What was filled in names no cause.
pub fn chosen_cause(values: &Values) -> Result<(IncidentId, CauseId), Refusal> {
    let named = one(values, "cause").ok_or_else(|| Refusal::Empty { what: "cause".to_owned() })?;
    let mut words = named.split_whitespace();
    let found = words.next().and_then(|word| word.parse().ok()).zip(words.next().and_then(|word| word.parse().ok()));
    found.ok_or_else(|| no_cause(named, "INC-4 F2"))
}

/// A change of a cause that was sent.
pub(super) fn edited(values: &Values) -> Result<Command, Refusal> {
    let named = one(values, "cause").ok_or_else(|| Refusal::Empty { what: "cause".to_owned() })?;
    let cause = named.parse().map_err(|_| no_cause(named, "F2"))?;
    let said = one(values, "text").ok_or_else(|| Refusal::Empty { what: "text".to_owned() })?;
    let role = one(values, "role").map(role).transpose()?;
    // What is left empty is taken away.
    let category = one(values, "category").map_or_else(|| NO_CATEGORY.to_owned(), str::to_lowercase);
    let text = Some(kept("text", said, TEXT_MAX)?);
    Ok(Command::Analysis(CauseCommand::Edit { cause, text, role, category: Some(category) }))
}

/// Evidence that was chosen, with the incident that it is of.
pub(super) fn supported(values: &Values, quote: Option<&Quote>) -> Result<(IncidentId, Command), Refusal> {
    let (incident, cause) = chosen_cause(values)?;
    let quote = quote.cloned().ok_or_else(|| Refusal::Empty { what: "message".to_owned() })?;
    let step = CauseCommand::Support { cause: Some(cause), by: Support::Quote(quote) };
    Ok((incident, Command::Analysis(step)))
}

fn role(word: &str) -> Result<CauseRole, Refusal> {
    let named = CauseRole::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(word));
    named.or_else(|| CauseRole::parse(word)).ok_or_else(|| Refusal::FieldValue {
        field: "role".to_owned(),
        named: Refusal::quote(word),
        known: CauseRole::ALL.map(|role| role.word().to_owned()).to_vec(),
    })
}

fn no_cause(named: &str, example: &str) -> Refusal {
    let message = format!("\"{}\" is no cause, write it as {example}", Refusal::quote(named));
    Refusal::Usage { message, usage: example.to_owned(), nearest: None }
}

fn one<'v>(values: &'v Values, name: &str) -> Option<&'v str> {
    values.get(name)?.iter().map(|value| value.trim()).find(|value| !value.is_empty())
}
