//! What an interaction with a command asks for.
//!
//! Source: <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-application-command-data-structure>.

use firebell_core::command::compose::{ON, compose};
use firebell_core::command::verbs::{Group, INCIDENT, Name, Slash, Verb};
use firebell_core::ids::IncidentId;
use serde_json::Value;

use super::super::text::mentions;
use super::{DECLARE_FROM, EVIDENCE, GROUP, MARK, MESSAGE, SUBCOMMAND};
use crate::platform::incoming::Ask;

/// What a command asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Ask(Ask),
    /// This message is to stand on the timeline; it is Discord's own JSON of it.
    Mark(Value),
    /// This message is to be evidence.
    Evidence(Value),
    /// The form that declares an incident from this message.
    DeclareFrom(Value),
}

/// A subcommand with what was given to it.
pub(super) struct Chosen<'d> {
    pub verb: &'static Verb,
    pub options: &'d [Value],
}

/// Reads the `data` of an interaction with a command.
///
/// # Errors
/// What is not understood, in words for the log that repeat nothing of what people wrote: a command that Firebell does not
/// have, or an argument that a command of another version had.
pub fn read(data: &Value) -> Result<Asked, String> {
    if data.get("type").and_then(Value::as_u64) == Some(MESSAGE) {
        return from_message(data);
    }
    let chosen = chosen(data).ok_or("a slash command that Firebell does not have")?;
    if chosen.verb.name == Name::Declare && chosen.options.is_empty() {
        return Ok(Asked::Ask(Ask::Declare { from: None }));
    }
    line(&chosen).map(Asked::Ask)
}

fn from_message(data: &Value) -> Result<Asked, String> {
    let target = data.get("target_id").and_then(Value::as_str).unwrap_or_default();
    let message = data.pointer("/resolved/messages").and_then(|messages| messages.get(target));
    let message = message.ok_or("a command on a message that is not told")?.clone();
    match data.get("name").and_then(Value::as_str) {
        Some(MARK) => Ok(Asked::Mark(message)),
        Some(EVIDENCE) => Ok(Asked::Evidence(message)),
        Some(DECLARE_FROM) => Ok(Asked::DeclareFrom(message)),
        _ => Err("a command on a message that Firebell does not have".to_owned()),
    }
}

fn line(Chosen { verb, options }: &Chosen<'_>) -> Result<Ask, String> {
    let mut accounts: Vec<String> = Vec::new();
    let mut given: Vec<(&str, String)> = Vec::new();
    for option in *options {
        let name = option.get("name").and_then(Value::as_str).unwrap_or_default();
        let value = option.get("value").unwrap_or(&Value::Null);
        let (value, mentioned) = match value {
            Value::String(text) => mentions(text),
            Value::Bool(true) => (ON.to_owned(), Vec::new()),
            Value::Number(number) => (number.to_string(), Vec::new()),
            _ => continue,
        };
        if name == INCIDENT {
            continue;
        }
        given.push((name, value));
        accounts.extend(mentioned);
    }
    accounts.sort_unstable();
    accounts.dedup();
    let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = match incident_named(options).filter(|_| verb.is_about_one()) {
        None => compose(verb, None, &given).map_err(|error| error.to_string())?,
        Some(Ok(incident)) => compose(verb, Some(incident), &given).map_err(|error| error.to_string())?,
        // Refused as the incident's number that it is not, and nothing else is taken for it.
        Some(Err(named)) => format!("INC-{named}? {}", verb.word),
    };
    Ok(Ask::Line { text, mentions: accounts })
}

/// The incident that is named, if one is: by its number with or without `INC-`, or as it was offered, with its title behind.
/// What is no incident's number is given back, less what a line would take for more than a word.
pub(super) fn incident_named(options: &[Value]) -> Option<Result<IncidentId, String>> {
    let is_it = |option: &&Value| option.get("name").and_then(Value::as_str) == Some(INCIDENT);
    let named = options.iter().find(is_it)?.get("value")?.as_str()?.trim();
    let word = named.split_whitespace().next().unwrap_or_default();
    let bare = word.strip_prefix('#').unwrap_or(word);
    let found = word.parse().or_else(|_| format!("INC-{bare}").parse());
    Some(found.map_err(|_| word.chars().filter(|c| c.is_alphanumeric()).take(20).collect()))
}

/// The subcommand of an interaction, wherever it stands in the tree.
pub(super) fn chosen(data: &Value) -> Option<Chosen<'_>> {
    let name = data.get("name")?.as_str()?;
    let slash = Slash::ALL.into_iter().find(|slash| slash.word() == name)?;
    let mut option = data.get("options")?.get(0)?;
    let mut group = Group::Alone;
    if kind(option) == Some(GROUP) {
        let word = option.get("name")?.as_str()?;
        group = Group::ALL.into_iter().find(|group| group.word() == Some(word))?;
        option = option.get("options")?.get(0)?;
    }
    let word = option.get("name")?.as_str().filter(|_| kind(option) == Some(SUBCOMMAND))?;
    let verb = slash.verbs().find(|verb| verb.word == word && verb.group == group)?;
    let options = option.get("options").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Some(Chosen { verb, options })
}

fn kind(option: &Value) -> Option<u64> {
    option.get("type")?.as_u64()
}
