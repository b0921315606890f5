//! <https://docs.discord.com/developers/interactions/application-commands>

use serde_json::{Value, json};

use super::{Answer, Answered, lacking};
use crate::support::discord::check::check_command;
use crate::support::discord::refusal::Refusal;
use crate::support::discord::request::Request;
use crate::support::discord::state::State;

/// Slash commands, and commands of a menu.
const MOST: (usize, usize) = (100, 5);

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    if request.param("application_id") != state.application {
        return Err(Refusal::of(10002));
    }
    let guild = request.params.iter().find(|(name, _)| name == "guild_id").map(|(_, id)| id.clone());
    if guild.as_ref().is_some_and(|guild| *guild != state.guild) {
        return Err(Refusal::of(50001));
    }
    let id = request.param("command_id");
    let known = list(state, guild.is_some()).iter().find(|command| command["id"] == id).cloned();
    match (method, path.ends_with("/commands")) {
        ("GET", true) => Ok(json!(list(state, guild.is_some())).into()),
        ("PUT", true) => overwrite(state, guild.as_deref(), &request.body),
        ("POST", true) => {
            check_command("", &request.body)?;
            let (command, fresh) = finished(state, guild.as_deref(), &request.body);
            put(state, guild.is_some(), &command)?;
            Ok(if fresh { Answer::created(command) } else { command.into() })
        }
        ("GET", false) => known.map(Answer::from).ok_or_else(|| Refusal::of(10063)),
        ("PATCH", false) => {
            let mut command = known.ok_or_else(|| Refusal::of(10063))?;
            for (name, value) in request.body.as_object().into_iter().flatten() {
                command[name] = value.clone();
            }
            check_command("", &command)?;
            command["version"] = json!(state.id());
            put(state, guild.is_some(), &command)?;
            Ok(command.into())
        }
        ("DELETE", false) => {
            known.ok_or_else(|| Refusal::of(10063))?;
            list(state, guild.is_some()).retain(|command| command["id"] != id);
            state.command_writes += 1;
            Ok(Answer::nothing())
        }
        _ => Err(lacking(state, request)),
    }
}

fn list(state: &mut State, of_guild: bool) -> &mut Vec<Value> {
    if of_guild { &mut state.guild_commands } else { &mut state.global_commands }
}

fn overwrite(state: &mut State, guild: Option<&str>, body: &Value) -> Answered {
    let commands = body.as_array().cloned().unwrap_or_default();
    for (index, command) in commands.iter().enumerate() {
        check_command(&index.to_string(), command)?;
        let same = |other: &&Value| other["name"] == command["name"] && kind(other) == kind(command);
        if commands.iter().filter(same).count() > 1 {
            let message = "Application command names must be unique";
            let path = format!("{index}.name");
            return Err(Refusal::field(&path, "APPLICATION_COMMANDS_DUPLICATE_NAME", message));
        }
    }
    let of = |kinds: &[u64]| commands.iter().filter(|command| kinds.contains(&kind(command))).count();
    if of(&[1]) > MOST.0 || of(&[2]) > MOST.1 || of(&[3]) > MOST.1 {
        return Err(Refusal::of(30032));
    }
    let finished: Vec<Value> = commands.iter().map(|command| finished(state, guild, command).0).collect();
    list(state, guild.is_some()).clone_from(&finished);
    state.command_writes += 1;
    Ok(json!(finished).into())
}

fn kind(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

/// Puts a command in the place of the one with its name and kind.
fn put(state: &mut State, of_guild: bool, command: &Value) -> Result<(), Refusal> {
    let commands = list(state, of_guild);
    match commands.iter().position(|known| known["id"] == command["id"]) {
        Some(index) => commands[index].clone_from(command),
        None if commands.len() >= MOST.0 => return Err(Refusal::of(30032)),
        None => commands.push(command.clone()),
    }
    state.command_writes += 1;
    Ok(())
}

/// The command as Discord keeps it, and whether it is a new one.
fn finished(state: &mut State, guild: Option<&str>, body: &Value) -> (Value, bool) {
    let same = |known: &&Value| known["name"] == body["name"] && kind(known) == kind(body);
    let known = list(state, guild.is_some()).iter().find(same).map(|known| known["id"].clone());
    let (id, fresh) = (known.clone().unwrap_or_else(|| json!(state.id())), known.is_none());
    let mut command = json!({
        "id": id, "application_id": state.application, "version": state.id(), "type": kind(body), "name": body["name"],
        "name_localizations": body["name_localizations"], "description": body["description"].as_str().unwrap_or_default(),
        "description_localizations": body["description_localizations"],
        "default_member_permissions": body["default_member_permissions"],
        "integration_types": [0], "nsfw": body["nsfw"] == true,
    });
    let options: Vec<Value> = body["options"].as_array().into_iter().flatten().map(finished_option).collect();
    if !options.is_empty() {
        command["options"] = json!(options);
    }
    match guild {
        Some(guild) => command["guild_id"] = json!(guild),
        None => {
            command["dm_permission"] = json!(body["dm_permission"] != false);
            command["contexts"] = body["contexts"].clone();
        }
    }
    (command, fresh)
}

/// Discord leaves out what is not so.
fn finished_option(option: &Value) -> Value {
    let mut option = option.clone();
    let map = option.as_object_mut().unwrap();
    map.retain(|name, value| {
        let unset =
            value.is_null() || (*value == false && name == "required") || (*value == false && name == "autocomplete");
        let empty = value.as_array().is_some_and(Vec::is_empty);
        !unset && !empty
    });
    for inner in option["options"].as_array_mut().into_iter().flatten() {
        *inner = finished_option(inner);
    }
    if option["options"].is_null() {
        option.as_object_mut().unwrap().remove("options");
    }
    option
}
