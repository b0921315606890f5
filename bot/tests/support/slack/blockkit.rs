//! The limits of Block Kit, as at <https://docs.slack.dev/reference/block-kit>, and the ids that Slack fills in.

mod elements;

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub(super) use elements::check_options;
use elements::{check_element, check_text};

/// What is wrong, each as Slack says it: `must be ... [json-pointer:/blocks/0/text/text]`.
pub(super) type Faults = Vec<String>;

/// Where blocks stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    Message,
    Modal,
    Home,
}

/// Checks the blocks of a message or view and fills in the ids that it left out.
pub(super) fn check_blocks(blocks: &mut Value, surface: Surface, at: &str) -> Faults {
    let mut faults = Faults::new();
    let Value::Array(blocks) = blocks else { return vec![fault("must be an array", at)] };
    let most = if surface == Surface::Message { 50 } else { 100 };
    if blocks.len() > most {
        faults.push(fault(&format!("no more than {most} items allowed"), at));
    }
    if blocks.is_empty() && surface == Surface::Modal {
        faults.push(fault("no fewer than 1 items allowed", at));
    }
    let mut ids = BTreeSet::new();
    for (index, block) in blocks.iter_mut().enumerate() {
        let at = format!("{at}/{index}");
        fill_in(block, index);
        check_id(block, "block_id", &at, &mut faults);
        if !ids.insert(block["block_id"].to_string()) {
            faults.push(fault("block_id already exists", &format!("{at}/block_id")));
        }
        check_block(block, surface, &at, &mut faults);
    }
    faults
}

/// Checks a modal or a home page and fills in the ids that it left out.
pub(super) fn check_view(view: &mut Value) -> Faults {
    let mut faults = Faults::new();
    let surface = match view["type"].as_str() {
        Some("modal") => Surface::Modal,
        Some("home") => Surface::Home,
        _ => return vec![fault("missing or unknown type", "/view/type")],
    };
    if surface == Surface::Modal {
        check_text(&view["title"], (24, true), "/view/title", &mut faults);
        for button in ["submit", "close"] {
            if !view[button].is_null() {
                check_text(&view[button], (24, true), &format!("/view/{button}"), &mut faults);
            }
        }
    }
    for (field, most) in [("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)] {
        if view[field].as_str().is_some_and(|text| text.chars().count() > most) {
            faults.push(fault(&format!("must be less than {} characters", most + 1), &format!("/view/{field}")));
        }
    }
    faults.extend(check_blocks(&mut view["blocks"], surface, "/view/blocks"));
    let has_input = view["blocks"].as_array().is_some_and(|all| all.iter().any(|block| block["type"] == "input"));
    if surface == Surface::Modal && has_input && view["submit"].is_null() {
        faults.push(fault("must define `submit` to use an `input` block in modals", "/view/submit"));
    }
    faults
}

pub(super) fn fault(what: &str, at: &str) -> String {
    format!("[ERROR] {what} [json-pointer:{at}]")
}

/// Every element of a block that a person can use.
pub(super) fn elements_of(block: &Value) -> Vec<&Value> {
    let listed = block["elements"].as_array().filter(|_| block["type"] == "actions");
    let single = [&block["accessory"], &block["element"]];
    let elements = listed.into_iter().flatten().chain(single);
    elements.filter(|element| element.get("action_id").is_some()).collect()
}

fn fill_in(block: &mut Value, index: usize) {
    if block.get("block_id").is_none_or(Value::is_null) && block.is_object() {
        block["block_id"] = json!(format!("b{index:03}"));
    }
    let fill = |element: &mut Value, index: usize| {
        if element.is_object() && element.get("action_id").is_none() && element["type"] != "image" {
            element["action_id"] = json!(format!("a{index:03}"));
        }
    };
    if block["type"] == "actions"
        && let Some(elements) = block["elements"].as_array_mut()
    {
        elements.iter_mut().enumerate().for_each(|(index, element)| fill(element, index));
    }
    for single in ["accessory", "element"] {
        if let Some(element) = block.get_mut(single) {
            fill(element, 0);
        }
    }
}

fn check_block(block: &Value, surface: Surface, at: &str, faults: &mut Faults) {
    match block["type"].as_str().unwrap_or_default() {
        "section" => check_section(block, at, faults),
        "header" => check_text(&block["text"], (150, true), &format!("{at}/text"), faults),
        "divider" | "rich_text" | "image" | "file" => {}
        "markdown" if surface == Surface::Message => {
            if block["text"].as_str().is_none_or(|text| text.chars().count() > 12_000) {
                faults.push(fault("must be less than 12001 characters", &format!("{at}/text")));
            }
        }
        "context" => {
            let elements = block["elements"].as_array().map_or(0, Vec::len);
            if !(1..=10).contains(&elements) {
                faults.push(fault("must have 1 to 10 items", &format!("{at}/elements")));
            }
            for (index, element) in block["elements"].as_array().into_iter().flatten().enumerate() {
                if element["type"] != "image" {
                    check_text(element, (3000, false), &format!("{at}/elements/{index}"), faults);
                }
            }
        }
        "actions" => check_actions(block, at, faults),
        "input" if surface == Surface::Message => faults.push(fault("unsupported type: input", &format!("{at}/type"))),
        "input" => {
            check_text(&block["label"], (2000, true), &format!("{at}/label"), faults);
            if !block["hint"].is_null() {
                check_text(&block["hint"], (2000, true), &format!("{at}/hint"), faults);
            }
            check_element(&block["element"], &format!("{at}/element"), faults);
        }
        other => faults.push(fault(&format!("unsupported type: {other}"), &format!("{at}/type"))),
    }
}

fn check_section(block: &Value, at: &str, faults: &mut Faults) {
    if block["text"].is_null() && block["fields"].is_null() {
        faults.push(fault("missing required field: text", at));
    }
    if !block["text"].is_null() {
        check_text(&block["text"], (3000, false), &format!("{at}/text"), faults);
    }
    let fields = block["fields"].as_array().into_iter().flatten();
    for (index, field) in fields.enumerate() {
        if index == 10 {
            faults.push(fault("no more than 10 items allowed", &format!("{at}/fields")));
        }
        check_text(field, (2000, false), &format!("{at}/fields/{index}"), faults);
    }
    if !block["accessory"].is_null() {
        check_element(&block["accessory"], &format!("{at}/accessory"), faults);
    }
}

fn check_actions(block: &Value, at: &str, faults: &mut Faults) {
    let at = format!("{at}/elements");
    let elements = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
    if !(1..=25).contains(&elements.len()) {
        faults.push(fault("must have 1 to 25 items", &at));
    }
    let mut ids = BTreeSet::new();
    for (index, element) in elements.iter().enumerate() {
        if !ids.insert(element["action_id"].to_string()) {
            faults.push(fault("action_id already exists in this block", &format!("{at}/{index}/action_id")));
        }
        check_element(element, &format!("{at}/{index}"), faults);
    }
}

fn check_id(of: &Value, name: &str, at: &str, faults: &mut Faults) {
    let at = format!("{at}/{name}");
    match of[name].as_str().map(|id| id.chars().count()) {
        None | Some(0) => faults.push(fault("must be a string that is not empty", &at)),
        Some(256..) => faults.push(fault("must be less than 256 characters", &at)),
        Some(_) => {}
    }
}
