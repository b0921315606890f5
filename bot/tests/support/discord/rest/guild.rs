//! <https://docs.discord.com/developers/resources/guild>

use serde_json::{Value, json};

use super::{Answer, Answered, channels, lacking, threads};
use crate::support::discord::perms::flags::MANAGE_ROLES;
use crate::support::discord::refusal::Refusal;
use crate::support::discord::request::Request;
use crate::support::discord::state::{Channel, Kind, State};

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    if request.param("guild_id") != state.guild {
        return Err(Refusal::of(10004));
    }
    if !state.members.contains_key(&state.bot) {
        return Err(Refusal::of(50001));
    }
    match (method, path.strip_prefix("/guilds/{guild_id}").unwrap_or_default()) {
        ("GET", "") => {
            let mut guild = state.guild();
            if request.flag("with_counts") {
                guild["approximate_member_count"] = json!(state.members.len());
                guild["approximate_presence_count"] = json!(0);
            }
            Ok(guild.into())
        }
        ("GET", "/channels") => {
            let own = |place: &&Channel| {
                !place.kind.is_thread() && place.kind != Kind::Dm && state.sees(&place.id, &state.bot)
            };
            Ok(state.channels.values().filter(own).map(|place| state.channel(place)).collect::<Value>().into())
        }
        ("POST", "/channels") => channels::create(state, request),
        ("GET", "/roles") => Ok(json!(state.roles()).into()),
        ("GET", "/roles/{role_id}") => {
            let role = state.roles.get(request.param("role_id")).ok_or_else(|| Refusal::of(10011))?;
            Ok(state.role(role).into())
        }
        ("GET", "/members") => members(state, request),
        ("GET", "/members/search") => search(state, request),
        ("GET", "/members/{user_id}") => {
            let id = request.param("user_id");
            match (state.members.contains_key(id), state.users.contains_key(id)) {
                (true, _) => Ok(state.member(id).into()),
                (false, true) => Err(Refusal::of(10007)),
                (false, false) => Err(Refusal::of(10013)),
            }
        }
        ("PUT" | "DELETE", "/members/{user_id}/roles/{role_id}") => give_role(state, method == "PUT", request),
        ("GET", "/threads/active") => Ok(threads::active(state).into()),
        _ => Err(lacking(state, request)),
    }
}

/// Only with the intent of the same name.
fn members(state: &State, request: &Request) -> Answered {
    if !state.members_intent {
        return Err(Refusal::of(50001));
    }
    let limit = request.number("limit", 1, (1, 1000))?;
    let after = request.query.get("after").and_then(|id| id.parse::<u64>().ok()).unwrap_or_default();
    let later = |id: &&String| id.parse::<u64>().is_ok_and(|id| id > after);
    let found = state.members.keys().filter(later).take(limit);
    Ok(found.map(|id| state.member(id)).collect::<Value>().into())
}

fn search(state: &State, request: &Request) -> Answered {
    let Some(query) = request.query.get("query").filter(|query| !query.is_empty()) else {
        return Err(Refusal::field("query", "BASE_TYPE_REQUIRED", "This field is required"));
    };
    let limit = request.number("limit", 1, (1, 1000))?;
    let query = query.to_lowercase();
    let fits = |id: &&String| {
        let names =
            [Some(&state.users[*id].username), state.users[*id].global_name.as_ref(), state.members[*id].nick.as_ref()];
        names.into_iter().flatten().any(|name| name.to_lowercase().starts_with(&query))
    };
    let found = state.members.keys().filter(fits).take(limit);
    Ok(found.map(|id| state.member(id)).collect::<Value>().into())
}

/// Only what stands below the bot's own roles, and belongs to no app, can be given or taken.
fn give_role(state: &mut State, give: bool, request: &Request) -> Answered {
    let (user, role) = (request.param("user_id").to_owned(), request.param("role_id").to_owned());
    let Some(wanted) = state.roles.get(&role).filter(|_| role != state.guild) else { return Err(Refusal::of(10011)) };
    let (position, managed) = (wanted.position, wanted.managed);
    let own = state.members[&state.bot].roles.iter().map(|held| state.roles[held].position).max().unwrap_or_default();
    if managed || own <= position || state.permissions_of(&state.bot) & MANAGE_ROLES == 0 {
        return Err(Refusal::of(50013));
    }
    let Some(member) = state.members.get_mut(&user) else { return Err(Refusal::of(10007)) };
    let has = member.roles.contains(&role);
    if has != give {
        if give {
            member.roles.push(role);
        } else {
            member.roles.retain(|held| *held != role);
        }
        let member = state.member(&user);
        state.tell_guild("GUILD_MEMBER_UPDATE", member);
    }
    Ok(Answer::nothing())
}
