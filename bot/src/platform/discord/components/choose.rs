//! Forms in which everything is chosen, as menus of a message: of a modal's components serenity reads text inputs alone.
//! What is chosen in a menu is sent at once.
//!
//! Source: <https://discord.com/developers/docs/components/reference#string-select>.

use firebell_core::form::{Choice, Field, Form, FormKind, Input, Values};
use firebell_core::ids::IncidentId;
use serde_json::{Value, json};

use super::super::text::{clipped, inert};
use super::{NONE, OPTIONS, PREFIX, ROW, ROWS, SELECT};

/// What stands before the form's word in the name of a menu.
const PICK: &str = "pick:";
/// The longest placeholder of a menu, and the longest label and value of an option.
///
/// Source: <https://discord.com/developers/docs/components/reference#string-select-string-select-structure>.
const PLACEHOLDER: usize = 150;
const LABEL: usize = 100;

/// What was chosen in a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub kind: FormKind,
    pub incident: Option<IncidentId>,
    /// The one field whose menu it was.
    pub values: Values,
}

/// A form as the body of a message with a menu for each field, less who may see it; `None` where something is to be typed,
/// or a menu has no room for its choices.
pub fn menus(form: &Form) -> Option<Value> {
    let rows: Option<Vec<Value>> = form.fields.iter().map(|field| menu(form, field)).collect();
    let rows = rows.filter(|rows| (1..=ROWS).contains(&rows.len()))?;
    Some(json!({ "content": inert(&form.title), "components": rows, "allowed_mentions": { "parse": [] } }))
}

/// What was chosen, from the `data` of an interaction with a component; `None` for what is no menu of a form of ours.
pub fn chosen(data: &Value) -> Option<Chosen> {
    let name = data.get("custom_id")?.as_str()?.strip_prefix(PREFIX)?.strip_prefix(PICK)?;
    let mut parts = name.splitn(3, ':');
    let kind = FormKind::of(parts.next()?)?;
    let incident = match parts.next()? {
        NONE => None,
        incident => Some(incident.parse().ok()?),
    };
    let value = data.pointer("/values/0")?.as_str()?.to_owned();
    Some(Chosen { kind, incident, values: Values::from([(parts.next()?.to_owned(), vec![value])]) })
}

fn menu(form: &Form, field: &Field) -> Option<Value> {
    let Input::Choice { choices, initial } = &field.input else { return None };
    let fits = |choice: &Choice| (1..=LABEL).contains(&choice.value.chars().count());
    if !(1..=OPTIONS).contains(&choices.len()) || !choices.iter().all(fits) {
        return None;
    }
    let option = |choice: &Choice| {
        let label = if choice.label.trim().is_empty() { &choice.value } else { &choice.label };
        let is_held = initial.as_deref() == Some(choice.value.as_str());
        json!({ "label": clipped(label, LABEL), "value": choice.value, "default": is_held })
    };
    let incident = form.incident.map_or_else(|| NONE.to_owned(), |incident| incident.to_string());
    let menu = json!({
        "type": SELECT,
        "custom_id": format!("{PREFIX}{PICK}{}:{incident}:{}", form.kind.word(), field.name),
        "placeholder": clipped(field.label, PLACEHOLDER),
        "options": choices.iter().map(option).collect::<Vec<_>>(),
    });
    Some(json!({ "type": ROW, "components": [menu] }))
}
