//! Buttons, and what is sent back when one is pressed.

use std::collections::HashSet;

use firebell_core::control::{Button, Control};
use serde_json::{Value, json};

use super::{BUTTON, NONE, OPTIONS, PREFIX, ROW, ROWS, SELECT};

/// The most buttons of one row.
///
/// Source: <https://discord.com/developers/docs/components/reference#action-row>.
const IN_ROW: usize = 5;
/// The name of the menu that holds the buttons for which there is no room.
const MORE: &str = "more";
/// How buttons look.
///
/// Source: <https://discord.com/developers/docs/components/reference#button-button-styles>.
const PRIMARY: u64 = 1;
const SECONDARY: u64 = 2;

/// Rows of buttons, in their order, each button once. What no row has room for stands in a menu below them, beyond which
/// nothing is shown.
pub fn rows(controls: &[Control]) -> Value {
    let mut seen = HashSet::new();
    let controls: Vec<Control> = controls.iter().copied().filter(|control| seen.insert(*control)).collect();
    let room = if controls.len() > ROWS * IN_ROW { (ROWS - 1) * IN_ROW } else { ROWS * IN_ROW };
    let (shown, others) = controls.split_at_checked(room).unwrap_or((&controls, &[]));
    let row = |held: &[Control]| row(&held.iter().map(button).collect::<Vec<_>>());
    let mut rows: Vec<Value> = shown.chunks(IN_ROW).map(row).collect();
    if !others.is_empty() {
        rows.push(menu(others));
    }
    Value::Array(rows)
}

/// The button that was pressed or chosen, from the `data` of an interaction with a component; `None` for what is no button
/// of ours.
pub fn control_of(data: &Value) -> Option<Control> {
    let name = data.get("custom_id")?.as_str()?.strip_prefix(PREFIX)?;
    if name == MORE {
        return named(data.pointer("/values/0")?.as_str()?);
    }
    named(name)
}

fn named(name: &str) -> Option<Control> {
    let (word, incident) = name.split_once(':')?;
    let incident = if incident == NONE { None } else { Some(incident.parse().ok()?) };
    Some(Control { button: Button::of(word)?, incident })
}

fn name(control: &Control) -> String {
    let incident = control.incident.map_or_else(|| NONE.to_owned(), |incident| incident.to_string());
    format!("{}:{incident}", control.button.word())
}

fn row(components: &[Value]) -> Value {
    json!({ "type": ROW, "components": components })
}

/// None asks whether it was meant: what ends something opens a form first.
fn button(control: &Control) -> Value {
    json!({
        "type": BUTTON,
        "style": style(control.button),
        "label": control.button.label(),
        "custom_id": format!("{PREFIX}{}", name(control)),
    })
}

fn menu(controls: &[Control]) -> Value {
    let option = |control: &Control| {
        let label = match control.incident {
            Some(incident) => format!("{} {incident}", control.button.label()),
            None => control.button.label().to_owned(),
        };
        json!({ "label": label, "value": name(control) })
    };
    let options: Vec<Value> = controls.iter().take(OPTIONS).map(option).collect();
    let menu = json!({
        "type": SELECT,
        "custom_id": format!("{PREFIX}{MORE}"),
        "placeholder": "More",
        "options": options,
    });
    row(&[menu])
}

/// The one thing that a page waits for, and the one with which all begins, stand out.
fn style(button: Button) -> u64 {
    match button {
        Button::Acknowledge | Button::Declare => PRIMARY,
        Button::Lead
        | Button::Update
        | Button::Change
        | Button::Action
        | Button::Resolve
        | Button::Timeline
        | Button::Snooze => SECONDARY,
    }
}
