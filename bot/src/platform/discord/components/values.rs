//! What was filled into a modal.

use firebell_core::form::Values;
use serde_json::Value;

/// What was filled in, from the `data` of the interaction of a modal; what is no text input is passed over. Words that others
/// choose are as they were typed: core reads them, and its refusal names the field.
///
/// Source: <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-modal-submit-data-structure>.
pub fn values(data: &Value) -> Values {
    let rows = data.get("components").and_then(Value::as_array).into_iter().flatten();
    rows.flat_map(inside).filter_map(field).collect()
}

/// What a row holds, or a label, as newer modals have around each input.
fn inside(row: &Value) -> Vec<&Value> {
    let several = row.get("components").and_then(Value::as_array).into_iter().flatten();
    several.chain(row.get("component")).collect()
}

fn field(input: &Value) -> Option<(String, Vec<String>)> {
    let name = input.get("custom_id")?.as_str()?;
    let typed = input.get("value")?.as_str()?;
    let typed = Some(typed.to_owned()).filter(|typed| !typed.trim().is_empty());
    Some((name.to_owned(), typed.into_iter().collect()))
}
