//! The fields of each form, with what is known filled in.

use super::read::STATUSES;
use super::{Choice, Field, Form, FormKind, Input, Source};
use crate::action::{ActionKind, Priority};
use crate::ids::Key;
use crate::incident::Incident;
use crate::postmortem::Review;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::text::{TEXT_MAX, TITLE_MAX};

/// Stands in the place of the entry that wrote a section while none has.
pub(super) const UNWRITTEN: &str = "new";
/// The longest text of a field, in characters; platforms take no more.
pub(super) const FIELD_MAX: usize = if TEXT_MAX < 3_000 { TEXT_MAX } else { 3_000 };

/// The form that declares an incident; `title` and `description` are what is known of it.
pub fn declare(settings: &Settings, title: &str, description: &str) -> Form {
    let severities = severities(settings);
    let fields = vec![
        needed("title", "What is wrong?", line(title, TITLE_MAX)),
        needed("severity", "Severity", choice(severities, Some(settings.default_severity.to_string()))),
        optional("services", "Services", Input::Pick { source: Source::Services, many: true, initial: Vec::new() }),
        optional("description", "What is known so far?", text(description)),
        Field {
            hint: Some("A private incident is seen by those who take part and by administrators alone.".to_owned()),
            ..optional("options", "Options", options())
        },
    ];
    Form { kind: FormKind::Declare, incident: None, title: "Declare an incident".to_owned(), submit: "Declare", fields }
}

/// A form about an incident.
pub fn about(kind: FormKind, incident: &Incident, settings: &Settings) -> Form {
    let id = incident.id;
    let (title, submit, fields) = match kind {
        FormKind::Update => ("Update", "Send", update(incident, settings)),
        FormKind::Change => ("Change", "Change", change(incident, settings)),
        FormKind::Action => ("Action of", "Add", action()),
        FormKind::Resolve => {
            ("Resolve", "Resolve", vec![needed("summary", "In a sentence: how was it resolved?", text(""))])
        }
        FormKind::Declare | FormKind::Section | FormKind::Cite | FormKind::Cause | FormKind::Evidence => return cite(),
    };
    Form { kind, incident: Some(id), title: format!("{title} {id}"), submit, fields }
}

/// The form in which a section of the postmortem is edited, with what it says now. What was written by somebody else while it
/// was open is not replaced: the section's name goes with the entry that said it.
///
/// # Errors
/// The postmortem is published, or the section says more than a form takes.
pub fn section(incident: &Incident, section: &Key) -> Result<Form, Refusal> {
    let (id, document) = (incident.id, &incident.postmortem);
    if document.state == Review::Published {
        return Err(Refusal::Document { incident: id, is: document.state });
    }
    let held = document.sections.get(section);
    let says = held.map_or("", |said| said.text.as_str());
    if says.chars().count() > FIELD_MAX {
        return Err(Refusal::SectionTooLong { incident: id, section: section.to_string() });
    }
    let seen = held.map_or_else(|| UNWRITTEN.to_owned(), |said| said.mark.entry.to_string());
    let value = format!("{section} {seen}");
    let only = choice(vec![known(&value, section.as_str())], Some(value.clone()));
    let fields = vec![
        needed("section", "Section", only),
        Field {
            hint: Some("Left empty, the section is taken out of the document.".to_owned()),
            ..optional("text", "What does it say?", text(says))
        },
    ];
    let (title, submit) = (format!("Postmortem {id}"), "Save");
    Ok(Form { kind: FormKind::Section, incident: Some(id), title, submit, fields })
}

/// The form that asks which incident a message belongs to.
pub fn cite() -> Form {
    let incidents = Input::Pick { source: Source::Incidents, many: false, initial: Vec::new() };
    let fields = vec![needed("incident", "Which incident does it belong to?", incidents)];
    Form { kind: FormKind::Cite, incident: None, title: "Add to timeline".to_owned(), submit: "Add", fields }
}

fn update(incident: &Incident, settings: &Settings) -> Vec<Field> {
    let every = settings.update_every(&incident.severity);
    let waits = [("15m", "in 15 minutes"), ("30m", "in 30 minutes"), ("1h", "in an hour"), ("2h", "in two hours")];
    let hint = every.map(|every| format!("Left open, it is due in {} minutes.", every.num_minutes()));
    let next = choice(waits.iter().map(|(value, label)| known(value, label)).collect(), None);
    vec![
        needed("text", "How does it stand?", text("")),
        Field { hint, ..optional("next", "When is the next update?", next) },
    ]
}

fn change(incident: &Incident, settings: &Settings) -> Vec<Field> {
    let words = STATUSES.map(|status| status.word().to_string());
    let is = incident.status.word().to_string();
    let held = words.contains(&is).then_some(is);
    vec![
        optional("severity", "Severity", choice(severities(settings), Some(incident.severity.to_string()))),
        optional("status", "Status", choice(words.iter().map(|word| known(word, word)).collect(), held)),
    ]
}

fn action() -> Vec<Field> {
    let owner = Input::Pick { source: Source::People, many: false, initial: Vec::new() };
    let kinds = [
        (ActionKind::Prevent, "that it does not happen again"),
        (ActionKind::Detect, "that it is noticed sooner"),
        (ActionKind::Mitigate, "that it does less harm"),
        (ActionKind::Process, "that people work together better"),
    ]
    .map(|(kind, meaning)| known(kind.word(), &format!("{}: {meaning}", kind.word())));
    let priorities = Priority::ALL.map(|priority| known(priority.word(), priority.word()));
    vec![
        needed("text", "What is to be done?", text("")),
        optional("owner", "Who does it?", owner),
        Field {
            hint: Some("A day or a time, such as \"fri\", \"2026-12-01\" or \"tomorrow 10:00\".".to_owned()),
            ..optional("due", "By when?", line("", 40))
        },
        optional("type", "What is it good for?", choice(kinds.to_vec(), None)),
        optional("priority", "How much does it matter?", choice(priorities.to_vec(), None)),
    ]
}

fn severities(settings: &Settings) -> Vec<Choice> {
    let label = |key: &str, name: &str| {
        if name.is_empty() { key.to_uppercase() } else { format!("{}: {name}", key.to_uppercase()) }
    };
    settings.severities.iter().map(|held| known(held.key.as_str(), &label(held.key.as_str(), &held.name))).collect()
}

fn options() -> Input {
    let choices = vec![known("private", "Private"), known("drill", "A drill, not the real thing")];
    Input::Toggles { choices, initial: Vec::new() }
}

pub(super) fn known(value: &str, label: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned() }
}

pub(super) fn line(initial: &str, max: usize) -> Input {
    let initial = initial.split_whitespace().collect::<Vec<_>>().join(" ");
    Input::Line { initial: initial.chars().take(max).collect(), max }
}

pub(super) fn text(initial: &str) -> Input {
    Input::Text { initial: initial.chars().take(FIELD_MAX).collect(), max: FIELD_MAX }
}

pub(super) fn choice(choices: Vec<Choice>, initial: Option<String>) -> Input {
    Input::Choice { choices, initial }
}

pub(super) fn needed(name: &'static str, label: &'static str, input: Input) -> Field {
    Field { name, label, hint: None, required: true, input }
}

pub(super) fn optional(name: &'static str, label: &'static str, input: Input) -> Field {
    Field { required: false, ..needed(name, label, input) }
}
