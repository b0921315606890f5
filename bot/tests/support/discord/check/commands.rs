//! <https://docs.discord.com/developers/interactions/application-commands>

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::refusal::{Form, Refusal};

const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;

/// The options that may have choices or complete themselves: strings, integers and numbers.
const TYPED: [u64; 3] = [3, 4, 10];

/// Checks a command and all below it; `path` is where it stands in the body.
pub(in super::super) fn check_command(path: &str, command: &Value) -> Result<(), Refusal> {
    let mut form = Form::default();
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let typed = matches!(command["type"].as_u64(), None | Some(1));
    if typed {
        check_name(&mut form, &at("name"), &command["name"]);
        form.needed(&at("description"), &command["description"], (1, 100));
        check_options(&mut form, &at("options"), &command["options"], 0);
    } else {
        form.needed(&at("name"), &command["name"], (1, 32));
        if !super::is_empty(&command["description"]) {
            let message = "Context menu commands cannot have description";
            form.wrong(&at("description"), "APPLICATION_COMMANDS_CONTEXT_MENU_NO_DESCRIPTION", message);
        }
        if !super::is_empty(&command["options"]) {
            let message = "Context menu commands cannot have options";
            form.wrong(&at("options"), "APPLICATION_COMMAND_CONTEXT_MENU_NO_OPTIONS", message);
        }
    }
    if size_of(command) > 8000 {
        let message = "Command exceeds maximum size (8000)";
        form.wrong(path, "APPLICATION_COMMAND_TOO_LARGE", message);
    }
    form.done()
}

/// Small letters of any script, digits, `-` and `_`.
fn check_name(form: &mut Form, path: &str, name: &Value) {
    form.needed(path, name, (1, 32));
    let fits = |letter: char| (letter.is_alphanumeric() && !letter.is_uppercase()) || "-_'".contains(letter);
    if let Some(name) = name.as_str()
        && !name.chars().all(fits)
    {
        form.wrong(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

fn check_options(form: &mut Form, path: &str, options: &Value, depth: usize) {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    form.within(path, options.len(), (0, 25));
    let nests = |option: &&Value| matches!(option["type"].as_u64(), Some(SUBCOMMAND | GROUP));
    let nested = options.iter().filter(nests).count();
    if nested > 0 && nested < options.len() {
        let message = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        form.wrong(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
    let (mut names, mut optional) = (BTreeSet::new(), false);
    for (index, option) in options.iter().enumerate() {
        let path = format!("{path}.{index}");
        check_name(form, &format!("{path}.name"), &option["name"]);
        form.needed(&format!("{path}.description"), &option["description"], (1, 100));
        if !names.insert(option["name"].as_str().unwrap_or_default()) {
            let message = "The option names must be unique";
            form.wrong(&format!("{path}.name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message);
        }
        if option["required"] == true && optional {
            let message = "Required options must be placed before non-required options";
            form.wrong(&format!("{path}.required"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional |= option["required"] != true;
        check_option(form, &path, option, depth);
    }
}

fn check_option(form: &mut Form, path: &str, option: &Value, depth: usize) {
    let kind = option["type"].as_u64().unwrap_or_default();
    match (kind, depth) {
        (SUBCOMMAND, 0 | 1) | (GROUP, 0) => {
            if kind == GROUP && super::is_empty(&option["options"]) {
                form.need(&format!("{path}.options"));
            }
            check_options(
                form,
                &format!("{path}.options"),
                &option["options"],
                depth + if kind == GROUP { 1 } else { 2 },
            );
        }
        (3..=11, _) => {}
        _ => form.wrong(&format!("{path}.type"), "BASE_TYPE_CHOICES", "The option type cannot stand here"),
    }
    let choices = option["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let completes = option["autocomplete"] == true;
    if (completes || !choices.is_empty()) && !TYPED.contains(&kind) {
        form.wrong(path, "APPLICATION_COMMAND_OPTION_TYPE_INVALID", "This option cannot have choices or autocomplete");
    }
    if completes && !choices.is_empty() {
        let message = "Autocomplete cannot be used with choices";
        form.wrong(path, "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES", message);
    }
    form.within(&format!("{path}.choices"), choices.len(), (0, 25));
    let mut names = BTreeSet::new();
    for (index, choice) in choices.iter().enumerate() {
        let path = format!("{path}.choices.{index}");
        form.needed(&format!("{path}.name"), &choice["name"], (1, 100));
        form.text(&format!("{path}.value"), &choice["value"], (0, 100));
        if choice["value"].is_string() != (kind == 3) || choice["value"].is_null() {
            form.wrong(
                &format!("{path}.value"),
                "APPLICATION_COMMAND_OPTIONS_CHOICE_INVALID",
                "The value is of another type",
            );
        }
        if !names.insert(choice["name"].as_str().unwrap_or_default()) {
            let message = "The choice names must be unique";
            form.wrong(&format!("{path}.name"), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", message);
        }
    }
}

/// What counts to the 8,000 characters of a command: names, descriptions and the values of choices.
fn size_of(command: &Value) -> usize {
    let own = ["name", "description", "value"].into_iter().filter_map(|name| command[name].as_str());
    let own: usize = own.map(|text| text.chars().count()).sum();
    let below = ["options", "choices"].into_iter().filter_map(|name| command[name].as_array()).flatten();
    own + below.map(size_of).sum::<usize>()
}
