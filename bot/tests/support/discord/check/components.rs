//! <https://docs.discord.com/developers/components/reference>

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::refusal::Form;

const ROW: u64 = 1;
const BUTTON: u64 = 2;
const STRING_SELECT: u64 = 3;

/// Selects of strings, users, roles, mentionables and channels.
const SELECTS: [u64; 5] = [3, 5, 6, 7, 8];

pub(super) fn check(form: &mut Form, path: &str, rows: &Value) {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    form.within(path, rows.len(), (0, 5));
    let mut ids = BTreeSet::new();
    for (index, row) in rows.iter().enumerate() {
        let path = format!("{path}.{index}");
        if row["type"] != ROW {
            let message = format!("Value of field \"type\" must be one of ({ROW},).");
            form.wrong(&format!("{path}.type"), "UNION_TYPE_CHOICES", &message);
            continue;
        }
        check_row(form, &path, row, &mut ids);
    }
}

fn check_row(form: &mut Form, path: &str, row: &Value, ids: &mut BTreeSet<String>) {
    let parts = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let path = format!("{path}.components");
    form.within(&path, parts.len(), (1, 5));
    let selects = parts.iter().filter(|part| part["type"].as_u64().is_some_and(|kind| SELECTS.contains(&kind))).count();
    if selects > 0 && parts.len() > 1 {
        form.wrong(&path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width");
    }
    for (index, part) in parts.iter().enumerate() {
        let path = format!("{path}.{index}");
        let kind = part["type"].as_u64().unwrap_or_default();
        match kind {
            BUTTON => check_button(form, &path, part),
            kind if SELECTS.contains(&kind) => check_select(form, &path, part),
            _ => form.wrong(
                &format!("{path}.type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).",
            ),
        }
        if let Some(id) = part["custom_id"].as_str()
            && !ids.insert(id.to_owned())
        {
            let message = "Component custom id cannot be duplicated";
            form.wrong(&format!("{path}.custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message);
        }
    }
}

fn check_button(form: &mut Form, path: &str, button: &Value) {
    form.text(&format!("{path}.label"), &button["label"], (0, 80));
    if super::is_empty(&button["label"]) && button["emoji"].is_null() {
        let message = "A component must have a label or emoji";
        form.wrong(path, "BUTTON_COMPONENT_INVALID_LABEL_OR_EMOJI", message);
    }
    match button["style"].as_u64() {
        Some(1..=4) => {
            form.needed(&format!("{path}.custom_id"), &button["custom_id"], (1, 100));
            if !button["url"].is_null() {
                form.wrong(path, "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A custom id and url cannot both be specified");
            }
        }
        Some(5) => {
            form.needed(&format!("{path}.url"), &button["url"], (1, 512));
            if !button["custom_id"].is_null() {
                form.wrong(path, "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A custom id and url cannot both be specified");
            }
        }
        Some(6) => form.needed(&format!("{path}.sku_id"), &button["sku_id"], (1, 30)),
        _ => form.need(&format!("{path}.style")),
    }
}

fn check_select(form: &mut Form, path: &str, select: &Value) {
    form.needed(&format!("{path}.custom_id"), &select["custom_id"], (1, 100));
    form.text(&format!("{path}.placeholder"), &select["placeholder"], (0, 150));
    let options = select["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    if select["type"] == STRING_SELECT {
        form.within(&format!("{path}.options"), options.len(), (1, 25));
        check_options(form, &format!("{path}.options"), options);
    }
    let (least, most) = (select["min_values"].as_u64().unwrap_or(1), select["max_values"].as_u64().unwrap_or(1));
    if least > 25 || most > 25 || most == 0 || least > most {
        form.wrong(&format!("{path}.max_values"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 25.");
    }
    let defaults = options.iter().filter(|option| option["default"] == true).count();
    if select["type"] == STRING_SELECT && u64::try_from(defaults).unwrap() > most {
        form.wrong(path, "COMPONENT_TOO_MANY_DEFAULT_VALUES", "There are more default values than max_values");
    }
}

fn check_options(form: &mut Form, path: &str, options: &[Value]) {
    let mut values = BTreeSet::new();
    for (index, option) in options.iter().enumerate() {
        let path = format!("{path}.{index}");
        form.needed(&format!("{path}.label"), &option["label"], (1, 100));
        form.needed(&format!("{path}.value"), &option["value"], (1, 100));
        form.text(&format!("{path}.description"), &option["description"], (0, 100));
        if !values.insert(option["value"].as_str().unwrap_or_default()) {
            let message = "The specified option value is already used";
            form.wrong(&format!("{path}.value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
        }
    }
}
