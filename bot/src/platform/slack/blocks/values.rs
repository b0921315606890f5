//! What was filled into a form.

use firebell_core::form::Values;
use serde_json::Value;

/// What stands before a field's name in the name of its block.
const FIELD: &str = "field:";

/// What was filled in, from a view's `state`; what is no field of ours is passed over.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>.
pub fn values(state: &Value) -> Values {
    let blocks = state.get("values").and_then(Value::as_object).into_iter().flatten();
    blocks
        .filter_map(|(block, elements)| {
            let field = block.strip_prefix(FIELD)?;
            let elements = elements.as_object()?.values();
            Some((field.to_owned(), elements.flat_map(held).filter(|text| !text.is_empty()).collect()))
        })
        .collect()
}

/// The block of a view that shows a field, for what is wrong with it to be said there; `None` where it is not shown.
pub fn block_of(view: &Value, field: &str) -> Option<String> {
    let wanted = block(field);
    let blocks = view.get("blocks")?.as_array()?;
    blocks.iter().any(|held| held.get("block_id").and_then(Value::as_str) == Some(&wanted)).then_some(wanted)
}

/// The name of a field's block.
pub(super) fn block(field: &str) -> String {
    format!("{FIELD}{field}")
}

/// What one element holds: typed, chosen, or several of what can be chosen.
fn held(element: &Value) -> Vec<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let chosen = |option: &Value| text(option.get("value"));
    let several = element.get("selected_options").and_then(Value::as_array).into_iter().flatten();
    let one = element.get("selected_option").into_iter();
    text(element.get("value")).into_iter().chain(one.chain(several).filter_map(chosen)).collect()
}
