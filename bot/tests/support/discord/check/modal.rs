//! <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal>

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::refusal::{Form, Refusal};

const ROW: u64 = 1;
const TEXT_INPUT: u64 = 4;
const TEXT: u64 = 10;
/// What holds one input and has a label of its own.
const LABEL: u64 = 18;

/// Checks a modal; `path` is where it stands in the body.
pub(in super::super) fn check_modal(path: &str, modal: &Value) -> Result<(), Refusal> {
    let mut form = Form::default();
    form.needed(&format!("{path}.custom_id"), &modal["custom_id"], (1, 100));
    form.needed(&format!("{path}.title"), &modal["title"], (1, 45));
    let rows = modal["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let path = format!("{path}.components");
    form.within(&path, rows.len(), (1, 5));
    let mut ids = BTreeSet::new();
    for (index, row) in rows.iter().enumerate() {
        let path = format!("{path}.{index}");
        match row["type"].as_u64() {
            Some(ROW) => {
                let parts = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
                form.within(&format!("{path}.components"), parts.len(), (1, 1));
                if let Some(input) = parts.first() {
                    check_input(&mut form, &format!("{path}.components.0"), input, &mut ids);
                    form.needed(&format!("{path}.components.0.label"), &input["label"], (1, 45));
                }
            }
            Some(LABEL) => {
                form.needed(&format!("{path}.label"), &row["label"], (1, 45));
                form.text(&format!("{path}.description"), &row["description"], (0, 100));
                check_input(&mut form, &format!("{path}.component"), &row["component"], &mut ids);
            }
            Some(TEXT) => form.needed(&format!("{path}.content"), &row["content"], (1, 2000)),
            _ => form.wrong(
                &format!("{path}.type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1, 10, 18).",
            ),
        }
    }
    form.done()
}

fn check_input(form: &mut Form, path: &str, input: &Value, ids: &mut BTreeSet<String>) {
    form.needed(&format!("{path}.custom_id"), &input["custom_id"], (1, 100));
    if let Some(id) = input["custom_id"].as_str()
        && !ids.insert(id.to_owned())
    {
        let message = "Component custom id cannot be duplicated";
        form.wrong(&format!("{path}.custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
    if input["type"] != TEXT_INPUT {
        return;
    }
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        form.need(&format!("{path}.style"));
    }
    form.text(&format!("{path}.placeholder"), &input["placeholder"], (0, 100));
    let (least, most) = (input["min_length"].as_u64(), input["max_length"].as_u64());
    let fits = least.unwrap_or(0) <= 4000 && (1..=4000).contains(&most.unwrap_or(4000));
    if !fits || least.unwrap_or(0) > most.unwrap_or(4000) {
        form.wrong(&format!("{path}.max_length"), "NUMBER_TYPE_MAX", "int value should be between 1 and 4000.");
    }
    let most = usize::try_from(most.unwrap_or(4000)).unwrap_or(4000);
    form.text(&format!("{path}.value"), &input["value"], (0, most));
}
