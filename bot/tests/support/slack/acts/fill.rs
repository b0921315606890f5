//! What people put into fields, in the shape of `state.values`:
//! <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>

use serde_json::{Value, json};

/// The state of an element; `given` is text, an option's value, an id, a list of those, or a whole option, and what
/// the element starts with where nothing is given.
pub(super) fn filled(element: &Value, given: Option<&Value>) -> Value {
    let kind = element["type"].as_str().unwrap();
    let or_initial = |name: &str| given.cloned().unwrap_or_else(|| element[name].clone());
    let (field, value) = match kind {
        "plain_text_input" | "email_text_input" | "url_text_input" | "number_input" => {
            ("value", or_initial("initial_value"))
        }
        "static_select" | "radio_buttons" | "external_select" | "overflow" => {
            ("selected_option", option(element, &or_initial("initial_option")))
        }
        "multi_static_select" | "checkboxes" | "multi_external_select" => {
            let chosen = or_initial("initial_options");
            let chosen = chosen.as_array().into_iter().flatten().map(|value| option(element, value));
            ("selected_options", chosen.collect())
        }
        "users_select" => ("selected_user", or_initial("initial_user")),
        "multi_users_select" => ("selected_users", list(or_initial("initial_users"))),
        "channels_select" => ("selected_channel", or_initial("initial_channel")),
        "multi_channels_select" => ("selected_channels", list(or_initial("initial_channels"))),
        "conversations_select" => ("selected_conversation", or_initial("initial_conversation")),
        "multi_conversations_select" => ("selected_conversations", list(or_initial("initial_conversations"))),
        "datepicker" => ("selected_date", or_initial("initial_date")),
        "timepicker" => ("selected_time", or_initial("initial_time")),
        "datetimepicker" => ("selected_date_time", or_initial("initial_date_time")),
        other => panic!("nobody can fill in a {other}"),
    };
    json!({"type": kind, field: value})
}

/// Why the client would not send it.
pub(super) fn refusal(block: &Value, state: &Value) -> Option<String> {
    let element = &block["element"];
    let content = state.as_object().unwrap().iter().find(|(name, _)| *name != "type").unwrap().1;
    let empty = match content {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if empty {
        return (block["optional"] != true).then(|| "Please complete this required field.".to_owned());
    }
    let length = content.as_str().map_or(0, |text| text.chars().count() as u64);
    if let Some(most) = element["max_length"].as_u64().filter(|&most| length > most) {
        return Some(format!("Must be at most {most} characters."));
    }
    let least = element["min_length"].as_u64().filter(|&least| content.is_string() && length < least);
    least.map(|least| format!("Must be at least {least} characters."))
}

/// The option of this value; external menus have none of their own.
pub(super) fn option(element: &Value, given: &Value) -> Value {
    if !given.is_string() {
        return given.clone();
    }
    if element["type"].as_str().unwrap().ends_with("external_select") {
        return json!({"text": {"type": "plain_text", "text": given, "emoji": true}, "value": given});
    }
    let grouped = element["option_groups"].as_array().into_iter().flatten();
    let options = grouped.filter_map(|group| group["options"].as_array()).chain(element["options"].as_array());
    let known: Vec<&Value> = options.flatten().collect();
    let found = known.iter().find(|option| option["value"] == *given);
    found.map_or_else(|| panic!("there is no option {given}, only {known:?}"), |&option| option.clone())
}

fn list(value: Value) -> Value {
    if value.is_null() { json!([]) } else { value }
}
