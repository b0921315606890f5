//! What Discord does not take, beyond what its document says.

mod commands;
mod components;
mod embeds;
mod modal;

use serde_json::Value;

pub(super) use self::commands::check_command;
pub(super) use self::modal::check_modal;

use super::refusal::{Form, Refusal};

/// The flag of the newer components, with which a message has no content.
pub(super) const COMPONENTS_V2: u64 = 1 << 15;

/// Checks what a message is to say; `path` is where it stands in the body. Whether there is anything at all is asked
/// elsewhere.
pub(super) fn check_message(path: &str, body: &Value) -> Result<(), Refusal> {
    let mut form = Form::default();
    form.text(&at(path, "content"), &body["content"], (0, 2000));
    embeds::check(&mut form, &at(path, "embeds"), &body["embeds"]);
    let newer = body["flags"].as_u64().unwrap_or_default() & COMPONENTS_V2 != 0;
    if newer {
        let taken = ["content", "embeds"].into_iter().filter(|name| !is_empty(&body[*name]));
        taken.for_each(|name| {
            form.wrong(
                &at(path, name),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                "The field cannot be used",
            );
        });
    } else {
        components::check(&mut form, &at(path, "components"), &body["components"]);
    }
    check_allowed(&mut form, &at(path, "allowed_mentions"), &body["allowed_mentions"]);
    form.done()
}

/// A kind of mention cannot be both allowed in general and listed.
fn check_allowed(form: &mut Form, path: &str, allowed: &Value) {
    let parsed = |what: &str| allowed["parse"].as_array().is_some_and(|parse| parse.iter().any(|one| one == what));
    for what in ["users", "roles"] {
        let listed = allowed[what].as_array().map_or(0, Vec::len);
        if parsed(what) && listed > 0 {
            let message = format!("parse:[\"{what}\"] and {what}: [ids...] are mutually exclusive.");
            form.wrong(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", &message);
        }
        if listed > 100 {
            form.within(&at(path, what), listed, (0, 100));
        }
    }
}

pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn at(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
