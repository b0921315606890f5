//! Whether what is registered is what should be: an unchanged tree is never written again.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What Discord adds to a command or an option, and nobody asked for.
///
/// Source: <https://discord.com/developers/docs/interactions/application-commands#application-command-object>.
const ADDED: [&str; 6] = ["id", "application_id", "guild_id", "version", "name_localized", "description_localized"];
/// What is the same as not being there.
const DEFAULTS: [(&str, Value); 7] = [
    ("required", Value::Bool(false)),
    ("autocomplete", Value::Bool(false)),
    ("nsfw", Value::Bool(false)),
    // Deprecated in favour of `contexts`; it says no more than they do.
    ("dm_permission", Value::Bool(true)),
    ("dm_permission", Value::Bool(false)),
    ("description", Value::String(String::new())),
    ("default_permission", Value::Bool(true)),
];

/// Whether the commands that are registered, as Discord lists them, are others than those that should be. Their order means
/// nothing; that of options, subcommands and choices does.
pub fn differ(registered: &Value, wanted: &[Value]) -> bool {
    let registered = registered.as_array().map(Vec::as_slice).unwrap_or_default();
    registered.len() != wanted.len() || by_name(registered) != by_name(wanted)
}

fn by_name(commands: &[Value]) -> BTreeMap<String, Value> {
    let named = |command: &Value| {
        let command = told(command);
        let (kind, name) = (command.get("type").unwrap_or(&Value::Null), command.get("name").unwrap_or(&Value::Null));
        (format!("{kind} {name}"), command)
    };
    commands.iter().map(named).collect()
}

/// What a command says, without what Discord added.
fn told(command: &Value) -> Value {
    let mut told = plain(command);
    if let Value::Object(fields) = &mut told {
        fields.entry("type").or_insert(Value::from(super::CHAT_INPUT));
        // Where it is installed is told of commands of one guild too, for which nobody can say it.
        let is_default = fields.get("integration_types").is_some_and(|held| *held == Value::from(vec![0]));
        if is_default {
            fields.remove("integration_types");
        }
        if let Some(Value::Array(contexts)) = fields.get_mut("contexts") {
            contexts.sort_by_key(Value::as_u64);
        }
    }
    told
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().filter(|(name, value)| counts(name, value)).map(held).collect())
        }
        other => other.clone(),
    }
}

fn held((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), plain(value))
}

fn counts(name: &str, value: &Value) -> bool {
    let is_empty = match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields == &Map::new(),
        _ => false,
    };
    !is_empty && !ADDED.contains(&name) && !DEFAULTS.iter().any(|(known, default)| *known == name && default == value)
}
