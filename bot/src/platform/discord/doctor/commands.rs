//! Whether people are offered the commands that this version knows.

use serde_json::Value;

use super::{Finding, Subject, unanswered};
use crate::platform::discord::api::Api;

pub(super) async fn examine(api: &Api, subject: &Subject) -> Finding {
    const ABOUT: &str = "commands";
    let guild = subject.commands_in_guild.then_some(subject.guild.as_str());
    let held = match api.commands(guild).await {
        Ok(held) => held,
        Err(error) => return Finding::problem(ABOUT, unanswered(&error)),
    };
    let named = |command: &&Value| command["name"].as_str().unwrap_or_default().to_owned();
    let find = |wanted: &&Value| held.iter().find(|held| same(held, wanted, "name") && same(held, wanted, "type"));
    let missing: Vec<String> =
        subject.commands.iter().filter(|wanted| find(wanted).is_none()).map(|c| named(&c)).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Finding::note(
            ABOUT,
            format!("not registered yet: {missing}; `firebell serve` does that when it starts"),
        );
    }
    let old = subject.commands.iter().filter(|wanted| find(wanted).is_some_and(|held| !holds(held, wanted)));
    let old: Vec<String> = old.map(|command| named(&command)).collect();
    if old.is_empty() {
        Finding::ok(ABOUT, "are registered as this version has them")
    } else {
        Finding::note(ABOUT, format!("of another version: {}; `firebell serve` brings them up to date", old.join(", ")))
    }
}

fn same(one: &Value, other: &Value, field: &str) -> bool {
    let read = |value: &Value| match &value[field] {
        // A command of no kind is a slash command.
        Value::Null if field == "type" => Value::from(1),
        held => held.clone(),
    };
    read(one) == read(other)
}

/// Whether all that is wanted is held; Discord adds fields of its own and leaves out what is as when nothing is said.
fn holds(held: &Value, wanted: &Value) -> bool {
    match (held, wanted) {
        (Value::Object(held), Value::Object(wanted)) => wanted.iter().all(|(name, wanted)| {
            let is_default = matches!(wanted, Value::Null | Value::Bool(false)) || *wanted == Value::Array(Vec::new());
            held.get(name).map_or(is_default || (name == "type" && *wanted == 1), |held| holds(held, wanted))
        }),
        (Value::Array(held), Value::Array(wanted)) => {
            held.len() == wanted.len() && held.iter().zip(wanted).all(|(held, wanted)| holds(held, wanted))
        }
        (Value::Null, wanted) => {
            matches!(wanted, Value::Null | Value::Bool(false)) || wanted.as_array().is_some_and(Vec::is_empty)
        }
        (held, wanted) => held == wanted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_discord_adds_or_leaves_out_is_no_difference() {
        let wanted =
            json!({ "name": "incident", "type": 1, "options": [{ "name": "x", "required": false, "choices": [] }] });
        let table = [
            (json!({ "id": "1", "version": "2", "name": "incident", "type": 1, "options": [{ "name": "x" }] }), true),
            (json!({ "name": "incident", "options": [{ "name": "x", "choices": null }] }), true),
            (json!({ "name": "incident", "type": 1, "options": [{ "name": "y" }] }), false),
            (json!({ "name": "incident", "type": 1, "options": [{ "name": "x" }, { "name": "y" }] }), false),
            (json!({ "name": "incident", "type": 1, "options": [{ "name": "x", "required": true }] }), false),
            (json!({ "name": "incident", "type": 2, "options": [{ "name": "x" }] }), false),
        ];
        for (held, expected) in table {
            assert_eq!(holds(&held, &wanted), expected, "{held}");
        }
    }
}
