//! Forms as modals. Every field is a text input, which is what serenity reads back: what can be chosen elsewhere is typed
//! here, and the form says what can be typed.
//!
//! Source: <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal>.

use firebell_core::form::{Choice, Field, Form, FormKind, Input, Source};
use firebell_core::ids::IncidentId;
use serde_json::{Value, json};

use super::super::text::clipped;
use super::{CUSTOM_ID, NONE, PREFIX, ROW, TEXT_INPUT};

/// The most rows of a modal, each of which holds one text input, and the longest title.
const ROWS: usize = 5;
const TITLE: usize = 45;
/// Longest label, placeholder and text of a text input.
///
/// Source: <https://discord.com/developers/docs/components/reference#text-input-text-input-structure>.
const LABEL: usize = 45;
const PLACEHOLDER: usize = 100;
const TEXT: usize = 4_000;
/// How much somebody can type where others choose.
const CHOSEN: usize = 200;
/// One line, and several.
///
/// Source: <https://discord.com/developers/docs/components/reference#text-input-text-input-styles>.
const SHORT: u64 = 1;
const PARAGRAPH: u64 = 2;
/// What stands before the form's word in a modal's name.
const FORM: &str = "form:";

/// What a modal carries until it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub kind: FormKind,
    pub incident: Option<IncidentId>,
    /// The channel and the message that the form was opened on; its text is fetched again.
    pub cites: Option<(String, String)>,
}

/// A form as a modal, in its own words no longer than Discord takes; fields beyond the fifth are left out.
pub fn modal(form: &Form, cites: Option<(&str, &str)>) -> Value {
    let rows: Vec<Value> = form.fields.iter().take(ROWS).map(row).collect();
    json!({ "custom_id": name(form, cites), "title": titled(&form.title), "components": rows })
}

/// What a modal that was sent had carried, from the `data` of its interaction; `None` for what is no form of ours.
pub fn opened(data: &Value) -> Option<Opened> {
    let name = data.get("custom_id")?.as_str()?.strip_prefix(PREFIX)?.strip_prefix(FORM)?;
    let mut parts = name.split(':');
    let kind = FormKind::of(parts.next()?)?;
    let part = |part: Option<&str>| part.filter(|part| *part != NONE && !part.is_empty()).map(str::to_owned);
    let incident = match part(parts.next()) {
        Some(incident) => Some(incident.parse().ok()?),
        None => None,
    };
    let cites = part(parts.next()).zip(part(parts.next()));
    Some(Opened { kind, incident, cites })
}

fn name(form: &Form, cites: Option<(&str, &str)>) -> String {
    let incident = form.incident.map_or_else(|| NONE.to_owned(), |incident| incident.to_string());
    let about = format!("{PREFIX}{FORM}{}:{incident}", form.kind.word());
    let (channel, message) = cites.unwrap_or((NONE, NONE));
    let whole = format!("{about}:{channel}:{message}");
    // Ids of Discord's are at most 20 digits long, so that it always fits.
    if whole.len() <= CUSTOM_ID { whole } else { about }
}

fn titled(title: &str) -> String {
    if title.trim().is_empty() { "Firebell".to_owned() } else { clipped(title, TITLE) }
}

fn row(field: &Field) -> Value {
    let (style, initial, max) = match &field.input {
        Input::Line { initial, max } => (SHORT, initial.clone(), *max),
        Input::Text { initial, max } => (PARAGRAPH, initial.clone(), *max),
        Input::Choice { initial, .. } => (SHORT, initial.clone().unwrap_or_default(), CHOSEN),
        Input::Pick { initial, .. } => (SHORT, words(initial), CHOSEN),
        Input::Toggles { initial, .. } => (SHORT, initial.join(", "), CHOSEN),
    };
    let max = max.clamp(1, TEXT);
    let label = if field.label.trim().is_empty() { field.name } else { field.label };
    let mut input = json!({
        "type": TEXT_INPUT,
        "custom_id": field.name,
        "style": style,
        "label": clipped(label, LABEL),
        "required": field.required,
        "max_length": max,
    });
    let initial: String = initial.chars().take(max).collect();
    if !initial.trim().is_empty() {
        input["value"] = json!(initial);
    }
    let hint = hint(field);
    if !hint.trim().is_empty() {
        input["placeholder"] = json!(clipped(&hint, PLACEHOLDER));
    }
    json!({ "type": ROW, "components": [input] })
}

/// What can be typed.
fn hint(field: &Field) -> String {
    match &field.input {
        Input::Line { .. } | Input::Text { .. } => field.hint.clone().unwrap_or_default(),
        Input::Choice { choices, .. } => words(choices),
        Input::Toggles { choices, .. } => format!("{}: what is true of it", words(choices)),
        Input::Pick { source, many, .. } => {
            let one = match source {
                Source::People => "a handle, such as ana",
                Source::Incidents => "its number, such as INC-42",
                Source::Services => "a service's key",
                _ => "a word",
            };
            if *many { format!("{one}; several with commas between") } else { one.to_owned() }
        }
    }
}

fn words(choices: &[Choice]) -> String {
    choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>().join(", ")
}
