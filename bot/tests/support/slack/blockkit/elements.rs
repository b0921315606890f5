//! What goes into blocks: texts, buttons, menus and fields.

use serde_json::Value;

use super::{Faults, check_id, fault};

/// Checks a text object of at most so many characters, which must be plain where the flag says so.
pub(super) fn check_text(text: &Value, (most, plain): (usize, bool), at: &str, faults: &mut Faults) {
    let kind = text["type"].as_str().unwrap_or_default();
    let fits = if plain { kind == "plain_text" } else { matches!(kind, "plain_text" | "mrkdwn") };
    if !fits {
        return faults.push(fault("must be a text object of an allowed type", at));
    }
    let length = text["text"].as_str().map_or(0, |text| text.chars().count());
    if length == 0 {
        faults.push(fault("must be more than 0 characters", &format!("{at}/text")));
    } else if length > most {
        faults.push(fault(&format!("must be less than {} characters", most + 1), &format!("{at}/text")));
    }
}

pub(super) fn check_element(element: &Value, at: &str, faults: &mut Faults) {
    let kind = element["type"].as_str().unwrap_or_default();
    if kind == "image" {
        return;
    }
    check_id(element, "action_id", at, faults);
    if !element["placeholder"].is_null() {
        check_text(&element["placeholder"], (150, true), &format!("{at}/placeholder"), faults);
    }
    if !element["confirm"].is_null() {
        check_confirm(&element["confirm"], &format!("{at}/confirm"), faults);
    }
    match kind {
        "button" => check_button(element, at, faults),
        "static_select" | "multi_static_select" => check_menu(element, at, faults),
        "overflow" => check_options(&element["options"], 5, &format!("{at}/options"), faults),
        "checkboxes" | "radio_buttons" => check_options(&element["options"], 10, &format!("{at}/options"), faults),
        "plain_text_input" => check_input(element, at, faults),
        "external_select" | "multi_external_select" => {
            for initial in
                element["initial_options"].as_array().into_iter().flatten().chain(element.get("initial_option"))
            {
                check_option(initial, &format!("{at}/initial_option"), faults);
            }
        }
        "users_select"
        | "multi_users_select"
        | "conversations_select"
        | "multi_conversations_select"
        | "channels_select"
        | "multi_channels_select"
        | "datepicker"
        | "timepicker"
        | "datetimepicker"
        | "number_input"
        | "email_text_input"
        | "url_text_input"
        | "file_input"
        | "rich_text_input" => {}
        other => faults.push(fault(&format!("unsupported type: {other}"), &format!("{at}/type"))),
    }
}

fn check_button(button: &Value, at: &str, faults: &mut Faults) {
    check_text(&button["text"], (75, true), &format!("{at}/text"), faults);
    for (field, most) in [("value", 2000), ("url", 3000), ("accessibility_label", 75)] {
        if button[field].as_str().is_some_and(|text| text.chars().count() > most) {
            faults.push(fault(&format!("must be less than {} characters", most + 1), &format!("{at}/{field}")));
        }
    }
    if !button["style"].is_null() && !matches!(button["style"].as_str(), Some("primary" | "danger")) {
        faults.push(fault("must be primary or danger", &format!("{at}/style")));
    }
}

fn check_confirm(confirm: &Value, at: &str, faults: &mut Faults) {
    for (field, limit) in
        [("title", (100, true)), ("text", (300, false)), ("confirm", (30, true)), ("deny", (30, true))]
    {
        check_text(&confirm[field], limit, &format!("{at}/{field}"), faults);
    }
}

fn check_menu(menu: &Value, at: &str, faults: &mut Faults) {
    let Some(groups) = menu["option_groups"].as_array() else {
        check_options(&menu["options"], 100, &format!("{at}/options"), faults);
        let options = menu["options"].as_array().map_or(&[][..], Vec::as_slice);
        let initial = menu["initial_options"].as_array().into_iter().flatten().chain(menu.get("initial_option"));
        for chosen in initial {
            if !options.contains(chosen) {
                faults.push(fault("must be among the options", &format!("{at}/initial_option")));
            }
        }
        return;
    };
    if groups.len() > 100 {
        faults.push(fault("no more than 100 items allowed", &format!("{at}/option_groups")));
    }
    for (index, group) in groups.iter().enumerate() {
        let at = format!("{at}/option_groups/{index}");
        check_text(&group["label"], (75, true), &format!("{at}/label"), faults);
        check_options(&group["options"], 100, &format!("{at}/options"), faults);
    }
}

fn check_input(input: &Value, at: &str, faults: &mut Faults) {
    let initial = input["initial_value"].as_str().map_or(0, |text| text.chars().count());
    let most = input["max_length"].as_u64().unwrap_or(3000);
    if !(1..=3000).contains(&most) {
        faults.push(fault("must be from 1 to 3000", &format!("{at}/max_length")));
    }
    if u64::try_from(initial).unwrap() > most {
        faults.push(fault("must be less than max_length", &format!("{at}/initial_value")));
    }
}

/// Checks the options of a menu; also those that an app suggests.
pub(crate) fn check_options(options: &Value, most: usize, at: &str, faults: &mut Faults) {
    let options = options.as_array().map_or(&[][..], Vec::as_slice);
    if options.is_empty() || options.len() > most {
        faults.push(fault(&format!("must have 1 to {most} items"), at));
    }
    for (index, option) in options.iter().enumerate() {
        check_option(option, &format!("{at}/{index}"), faults);
    }
}

fn check_option(option: &Value, at: &str, faults: &mut Faults) {
    check_text(&option["text"], (75, false), &format!("{at}/text"), faults);
    match option["value"].as_str().map(|value| value.chars().count()) {
        None | Some(0) => faults.push(fault("missing required field: value", at)),
        Some(151..) => faults.push(fault("must be less than 151 characters", &format!("{at}/value"))),
        Some(_) => {}
    }
    if !option["description"].is_null() {
        check_text(&option["description"], (75, false), &format!("{at}/description"), faults);
    }
}
