//! Slack's limits, counted as Slack may count them at the most.

use std::collections::HashSet;

use serde_json::Value;

use super::cut;

/// What Slack would refuse of these blocks.
pub(super) fn faults(blocks: &Value, most: usize) -> Vec<String> {
    let blocks = blocks.as_array().unwrap();
    let mut faults = Vec::new();
    if blocks.is_empty() || blocks.len() > most {
        faults.push(format!("{} blocks", blocks.len()));
    }
    let mut names = HashSet::new();
    for block in blocks {
        if let Some(name) = block["block_id"].as_str()
            && !names.insert(name)
        {
            faults.push(format!("two blocks are called {name}"));
        }
        of_block(block, &mut faults);
    }
    faults
}

/// A text's limits: at least one sign that can be seen, at most `most`.
pub(super) fn text(held: &Value, most: usize, faults: &mut Vec<String>) {
    let words = held["text"].as_str().unwrap_or_default();
    if words.trim().is_empty() || cut::length(words) > most {
        faults.push(format!("a text of {} where {most} are taken", cut::length(words)));
    }
}

fn of_block(block: &Value, faults: &mut Vec<String>) {
    match block["type"].as_str().unwrap() {
        "section" => {
            text(&block["text"], 3_000, faults);
            if block["text"]["verbatim"] != true {
                faults.push("a section in which Slack looks for names".to_owned());
            }
            if !block["accessory"].is_null() {
                of_button(&block["accessory"], faults);
            }
        }
        "actions" => {
            let buttons = block["elements"].as_array().unwrap();
            let names: HashSet<&str> = buttons.iter().filter_map(|held| held["action_id"].as_str()).collect();
            if buttons.is_empty() || buttons.len() > 25 || names.len() < buttons.len() {
                faults.push(format!("{} buttons with {} names", buttons.len(), names.len()));
            }
            for held in buttons {
                of_button(held, faults);
            }
        }
        "context" => text(&block["elements"][0], 2_000, faults),
        "header" => text(&block["text"], 150, faults),
        "input" => {
            text(&block["label"], 2_000, faults);
            if !block["hint"].is_null() {
                text(&block["hint"], 2_000, faults);
            }
            of_element(&block["element"], faults);
        }
        other => faults.push(format!("a block of the kind {other}")),
    }
}

fn of_button(button: &Value, faults: &mut Vec<String>) {
    text(&button["text"], 75, faults);
    if !button["confirm"].is_null() {
        faults.push("a question".to_owned());
    }
}

fn of_element(element: &Value, faults: &mut Vec<String>) {
    let kind = element["type"].as_str().unwrap();
    let options = element["options"].as_array();
    let most = if kind == "checkboxes" || kind == "radio_buttons" { 10 } else { 100 };
    if let Some(options) = options
        && (options.is_empty() || options.len() > most)
    {
        faults.push(format!("{kind} of {} options", options.len()));
    }
    let initial = element.get("initial_options").and_then(Value::as_array).into_iter().flatten();
    let initial: Vec<&Value> = initial.chain(element.get("initial_option")).collect();
    if element["initial_options"].as_array().is_some_and(Vec::is_empty) {
        faults.push("an empty list of what is chosen".to_owned());
    }
    if let Some(options) = options
        && !initial.iter().all(|held| options.contains(held))
    {
        faults.push("what is chosen is no option".to_owned());
    }
    for option in options.into_iter().flatten().chain(initial) {
        text(&option["text"], 75, faults);
        let value = option["value"].as_str().unwrap();
        if value.is_empty() || cut::length(value) > 150 {
            faults.push(format!("a value of {}", cut::length(value)));
        }
    }
    if let (Some(words), Some(max)) = (element["initial_value"].as_str(), element["max_length"].as_u64())
        && (cut::length(words) as u64 > max || max > 3_000)
    {
        faults.push(format!("{} of {max} typed", cut::length(words)));
    }
}
