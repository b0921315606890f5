//! Who is in a channel, and which channels there are.

use serde_json::{Value, json};

use super::super::args::Args;
use super::super::state::{Channel, Kind, State};
use super::conversations::not_dm;
use super::{Answer, Refusal, page};

pub(super) fn invite(state: &mut State, args: &Args) -> Answer {
    let id = args.need("channel")?;
    let channel = state.own(&id)?;
    not_dm(channel.kind)?;
    let users = args.list("users");
    match users.len() {
        0 => return Err("no_user".into()),
        1001.. => return Err("too_many_users".into()),
        _ => {}
    }
    let wrong = |user: &String| Some((user.clone(), cannot_come(state, channel, user)?));
    let wrongs: Vec<(String, &str)> = users.iter().filter_map(wrong).collect();
    let all_wrong = wrongs.len() == users.len();
    if let Some((_, first)) = wrongs.first()
        && (all_wrong || !args.flag("force"))
    {
        let each = |(user, error): &(String, &str)| json!({"user": user, "ok": false, "error": error});
        return Err(Refusal::with(first, json!({"errors": wrongs.iter().map(each).collect::<Vec<Value>>()})));
    }
    let bot = state.bot_user.clone();
    for user in users.iter().filter(|&user| wrongs.iter().all(|(wrong, _)| wrong != user)) {
        state.join(&id, user, Some(&bot));
    }
    Ok(json!({"channel": state.show_channel(&state.channels[&id])}))
}

fn cannot_come(state: &State, channel: &Channel, id: &str) -> Option<&'static str> {
    if id == state.bot_user {
        return Some("cant_invite_self");
    }
    let Some(user) = state.users.get(id) else { return Some("user_not_found") };
    let elsewhere = |other: &Channel| other.id != channel.id && other.kind != Kind::Dm && other.has(id);
    if channel.has(id) {
        Some("already_in_channel")
    } else if user.deleted {
        Some("cant_invite")
    } else if user.stranger_of.is_some() {
        Some("user_team_not_in_channel")
    } else if user.is_ultra_restricted && state.channels.values().any(elsewhere) {
        Some("ura_max_channels")
    } else {
        None
    }
}

pub(super) fn kick(state: &mut State, args: &Args) -> Answer {
    let (id, user) = (args.need("channel")?, args.need("user")?);
    let channel = state.own(&id)?;
    not_dm(channel.kind)?;
    if user == state.bot_user {
        return Err("cant_kick_self".into());
    }
    if channel.general {
        return Err("cant_kick_from_general".into());
    }
    if !state.users.contains_key(&user) {
        return Err("user_not_found".into());
    }
    if !channel.has(&user) {
        return Err("not_in_channel".into());
    }
    state.leave(&id, &user);
    Ok(json!({"errors": {}}))
}

pub(super) fn join(state: &mut State, args: &Args) -> Answer {
    let id = args.need("channel")?;
    let channel = state.seen(&id)?;
    if channel.kind != Kind::Public {
        return Err("method_not_supported_for_channel_type".into());
    }
    if channel.archived {
        return Err("is_archived".into());
    }
    let bot = state.bot_user.clone();
    if channel.has(&bot) {
        let warning = json!({"warnings": ["already_in_channel"]});
        let shown = state.show_channel(channel);
        return Ok(json!({"channel": shown, "warning": "already_in_channel", "response_metadata": warning}));
    }
    state.join(&id, &bot, None);
    Ok(json!({"channel": state.show_channel(&state.channels[&id])}))
}

pub(super) fn leave(state: &mut State, args: &Args) -> Answer {
    let id = args.need("channel")?;
    let channel = state.seen(&id)?;
    not_dm(channel.kind)?;
    if channel.archived {
        return Err("is_archived".into());
    }
    if channel.general {
        return Err("cant_leave_general".into());
    }
    let bot = state.bot_user.clone();
    if !channel.has(&bot) {
        return Ok(json!({"not_in_channel": true}));
    }
    state.leave(&id, &bot);
    Ok(json!({}))
}

pub(super) fn members(state: &State, args: &Args) -> Answer {
    let channel = state.seen(&args.need("channel")?)?;
    let (members, next) = page(channel.members.clone(), args, 100);
    Ok(json!({"members": members, "response_metadata": {"next_cursor": next}}))
}

/// Lists channels; with `of`, those that this user is in.
pub(super) fn list(state: &State, args: &Args, of: Option<&str>) -> Answer {
    if of.is_some_and(|user| !state.users.contains_key(user)) {
        return Err("user_not_found".into());
    }
    let kinds: Vec<Kind> = kinds(args)?.into_iter().map(|(kind, _)| kind).collect();
    let listed = |channel: &&Channel| {
        kinds.contains(&channel.kind)
            && !(channel.archived && args.flag("exclude_archived"))
            && of.is_none_or(|user| channel.has(user))
            && state.seen(&channel.id).is_ok()
    };
    let shown: Vec<Value> = state.channels.values().filter(listed).map(|channel| state.show_channel(channel)).collect();
    let (channels, next) = page(shown, args, 100);
    Ok(json!({"channels": channels, "response_metadata": {"next_cursor": next}}))
}

/// The kinds that `types` names.
pub(super) fn kinds(args: &Args) -> Result<Vec<(Kind, String)>, Refusal> {
    let mut types = args.list("types");
    if types.is_empty() {
        types.push("public_channel".to_owned());
    }
    let kind = |word: String| {
        let kind = match word.as_str() {
            "public_channel" => Kind::Public,
            "private_channel" => Kind::Private,
            "im" => Kind::Dm,
            "mpim" => Kind::Mpim,
            _ => return Err("invalid_types".into()),
        };
        Ok((kind, word))
    };
    types.into_iter().map(kind).collect()
}
