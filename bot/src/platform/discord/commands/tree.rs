//! The tree of commands, made from core's grammar alone.
//!
//! Source: <https://discord.com/developers/docs/interactions/application-commands>.

use firebell_core::command::verbs::argument::{Argument, Need, Takes};
use firebell_core::command::verbs::{Group, INCIDENT, Name, Slash, Verb};
use serde_json::{Value, json};

use super::{BOOLEAN, CHAT_INPUT, DECLARE_FROM, EVIDENCE, GROUP, MARK, MESSAGE, STRING, SUBCOMMAND};

/// The longest text that an option takes.
///
/// Source: `max_length`, <https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure>.
const TEXT: usize = 6_000;
/// Where a command can be used: in a guild, and in the direct messages of the bot, where pages arrive.
///
/// Source: <https://discord.com/developers/docs/interactions/application-commands#interaction-contexts>.
const CONTEXTS: [u64; 2] = [0, 1];
/// For whom the bot is installed: for guilds.
const INSTALLED: [u64; 1] = [0];

/// Where commands are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For one guild, where they change at once.
    Guild,
    /// For all guilds that the bot is in, and its direct messages.
    Global,
}

/// Every command of Firebell, as Discord takes them all at once.
pub fn commands(scope: Scope) -> Vec<Value> {
    let slashed = |slash: Slash| {
        json!({
            "type": CHAT_INPUT,
            "name": slash.word(),
            "description": slash.about(),
            "options": options(slash),
        })
    };
    let in_menu = |name: &str| json!({ "type": MESSAGE, "name": name });
    let mut commands: Vec<Value> = Slash::ALL.into_iter().map(slashed).collect();
    commands.extend([MARK, EVIDENCE, DECLARE_FROM].map(in_menu));
    if scope == Scope::Global {
        for command in &mut commands {
            command["contexts"] = json!(CONTEXTS);
            command["integration_types"] = json!(INSTALLED);
        }
    }
    commands
}

fn options(slash: Slash) -> Vec<Value> {
    let of = |group: Group| slash.verbs().filter(move |verb| verb.group == group).map(subcommand).collect::<Vec<_>>();
    let groups = Group::ALL.into_iter().filter_map(|group| {
        let options = of(group);
        let word = group.word().filter(|_| !options.is_empty())?;
        Some(json!({ "type": GROUP, "name": word, "description": group.about(), "options": options }))
    });
    of(Group::Alone).into_iter().chain(groups).collect()
}

fn subcommand(verb: &Verb) -> Value {
    let is_needed = |argument: &&Argument| is_needed(verb, argument);
    let needed = verb.arguments.iter().filter(is_needed);
    let others = verb.arguments.iter().filter(|argument| !is_needed(argument));
    let mut options: Vec<Value> = needed.chain(others).map(|argument| option(verb, argument)).collect();
    if verb.is_about_one() {
        options.push(json!({
            "type": STRING,
            "name": INCIDENT,
            "description": "Else the room's",
            "autocomplete": true,
        }));
    }
    let mut command = json!({ "type": SUBCOMMAND, "name": verb.word, "description": verb.about });
    if !options.is_empty() {
        command["options"] = Value::Array(options);
    }
    command
}

fn option(verb: &Verb, argument: &Argument) -> Value {
    let kind = if argument.takes == Takes::Flag { BOOLEAN } else { STRING };
    let mut option = json!({ "type": kind, "name": argument.name, "description": argument.about });
    if is_needed(verb, argument) {
        option["required"] = json!(true);
    }
    match argument.takes {
        Takes::Text(max) => option["max_length"] = json!(max.min(TEXT)),
        takes if super::offer::source(takes).is_some() => option["autocomplete"] = json!(true),
        Takes::Words(words) => {
            let choice = |word: &&str| json!({ "name": word, "value": word });
            option["choices"] = words.iter().map(choice).collect();
        }
        _ => {}
    }
    option
}

/// Whether Discord is to ask for it; a declaration without anything opens the form.
fn is_needed(verb: &Verb, argument: &Argument) -> bool {
    argument.need == Need::Yes && verb.name != Name::Declare
}
