//! What people fill in of a slash command, held against the command as it is registered.

use serde_json::{Map, Value, json};

use crate::support::discord::state::State;

/// What a client makes of the words of a command.
pub(super) struct Filled {
    /// The command's data of an interaction.
    pub(super) data: Value,
}

const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;

impl State {
    /// The data of a slash command, `incident declare`, with options by name; why the client does not send it otherwise.
    /// Where one is `focused` it is being typed, so that not everything needs to be there.
    pub(super) fn fill(&self, words: &str, options: &[(&str, &str)], focused: Option<&str>) -> Result<Filled, String> {
        let mut path = words.trim_start_matches('/').split_whitespace();
        let name = path.next().unwrap_or_default();
        let command = self.command(name, 1).ok_or_else(|| format!("there is no command /{name}"))?;
        let (mut at, mut steps) = (command, Vec::new());
        for word in path {
            let below = at["options"].as_array().into_iter().flatten();
            let next = below.filter(|one| matches!(one["type"].as_u64(), Some(SUBCOMMAND | GROUP)));
            at = next
                .into_iter()
                .find(|one| one["name"] == word)
                .ok_or_else(|| format!("there is no command /{words}"))?;
            steps.push((word.to_owned(), at["type"].clone()));
        }
        let below = at["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        if below.iter().any(|one| matches!(one["type"].as_u64(), Some(SUBCOMMAND | GROUP))) {
            return Err(format!("/{words} needs a subcommand"));
        }
        let mut resolved = Map::new();
        let mut given = self.values(below, options, focused, &mut resolved)?;
        for (name, kind) in steps.into_iter().rev() {
            given = vec![json!({"name": name, "type": kind, "options": given})];
        }
        let mut data = json!({"id": command["id"], "name": name, "type": 1, "options": given});
        if let Some(guild) = command.get("guild_id") {
            data["guild_id"] = guild.clone();
        }
        if !resolved.is_empty() {
            data["resolved"] = Value::Object(resolved);
        }
        Ok(Filled { data })
    }

    /// A command of a kind: 1 typed, 2 of a user's menu, 3 of a message's menu.
    pub(super) fn command(&self, name: &str, kind: u64) -> Option<&Value> {
        let all = self.guild_commands.iter().chain(&self.global_commands);
        all.into_iter().find(|command| command["name"] == name && command["type"] == kind)
    }

    fn values(
        &self,
        known: &[Value],
        given: &[(&str, &str)],
        focused: Option<&str>,
        resolved: &mut Map<String, Value>,
    ) -> Result<Vec<Value>, String> {
        let mut values = Vec::new();
        for (name, text) in given {
            let option = known.iter().find(|option| option["name"] == *name);
            let option = option.ok_or_else(|| format!("there is no option {name}"))?;
            let typing = focused == Some(*name);
            let value = if typing { json!(text) } else { self.value(option, text, resolved)? };
            let mut shown = json!({"name": name, "type": option["type"], "value": value});
            if typing {
                shown["focused"] = json!(true);
            }
            values.push(shown);
        }
        let missing =
            |option: &&Value| option["required"] == true && !given.iter().any(|(name, _)| option["name"] == **name);
        match known.iter().find(missing).filter(|_| focused.is_none()) {
            Some(option) => Err(format!("{}: this option is required", option["name"].as_str().unwrap_or_default())),
            None => Ok(values),
        }
    }

    fn value(&self, option: &Value, text: &str, resolved: &mut Map<String, Value>) -> Result<Value, String> {
        let name = option["name"].as_str().unwrap_or_default();
        if let Some(choices) = option["choices"].as_array() {
            let chosen = choices
                .iter()
                .find(|choice| choice["name"] == text || choice["value"] == text || shown(&choice["value"]) == text);
            return chosen.map(|choice| choice["value"].clone()).ok_or_else(|| format!("{name}: {text} is no choice"));
        }
        match option["type"].as_u64().unwrap_or_default() {
            3 => fits_length(option, text).map(|()| json!(text)).map_err(|error| format!("{name}: {error}")),
            4 => {
                let number: i64 = text.parse().map_err(|_| format!("{name}: {text} is no integer"))?;
                let at_least = option["min_value"].as_i64().is_none_or(|least| number >= least);
                let at_most = option["max_value"].as_i64().is_none_or(|most| number <= most);
                if at_least && at_most { Ok(json!(number)) } else { Err(format!("{name}: {text} is out of range")) }
            }
            5 => text
                .parse::<bool>()
                .map(|flag| json!(flag))
                .map_err(|_| format!("{name}: {text} is neither true nor false")),
            10 => text.parse::<f64>().map(|number| json!(number)).map_err(|_| format!("{name}: {text} is no number")),
            kind => {
                self.resolve(kind, text, resolved).ok_or_else(|| format!("{name}: there is no {text} to choose"))?;
                Ok(json!(text))
            }
        }
    }

    /// Adds what an id stands for: 6 a user, 7 a channel, 8 a role, 9 a user or role.
    pub(super) fn resolve(&self, kind: u64, id: &str, resolved: &mut Map<String, Value>) -> Option<()> {
        let mut add = |what: &str, value: Value| {
            resolved.entry(what).or_insert_with(|| json!({}))[id] = value;
        };
        match kind {
            6 | 9 | 5 if self.users.contains_key(id) => {
                add("users", self.user(id));
                let member = self.partial_member(id);
                if !member.is_null() {
                    let mut member = member;
                    member["permissions"] = json!(self.permissions_of(id).to_string());
                    add("members", member);
                }
            }
            8 | 9 if self.roles.contains_key(id) => add("roles", self.role(&self.roles[id])),
            7 if self.channels.contains_key(id) => add("channels", self.partial_channel(id, &self.bot)),
            11 => add("attachments", json!({"id": id})),
            _ => return None,
        }
        Some(())
    }
}

/// A number as people type it.
fn shown(value: &Value) -> String {
    value.to_string()
}

fn fits_length(option: &Value, text: &str) -> Result<(), String> {
    let length = u64::try_from(text.chars().count()).unwrap();
    let least = option["min_length"].as_u64().unwrap_or(0);
    let most = option["max_length"].as_u64().unwrap_or(6000);
    if (least..=most).contains(&length) { Ok(()) } else { Err(format!("it must have {least} to {most} characters")) }
}
