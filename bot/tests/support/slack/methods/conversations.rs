//! Channels: made, named, described, archived, opened.

use serde_json::json;

use super::super::args::Args;
use super::super::state::{Kind, Note, State};
use super::{Answer, Refusal};

pub(super) fn create(state: &mut State, args: &Args) -> Answer {
    let name = args.text("name").unwrap_or_default();
    check_name(state, &name, None)?;
    let kind = if args.flag("is_private") { Kind::Private } else { Kind::Public };
    let bot = state.bot_user.clone();
    let id = state.make_channel(&name, kind, &bot);
    state.join(&id, &bot, None);
    if kind == Kind::Public {
        let channel = &state.channels[&id];
        let shown = json!({
            "id": id, "name": name, "name_normalized": name, "created": channel.created, "creator": bot,
            "is_channel": true, "is_shared": false, "is_org_shared": false, "context_team_id": state.team,
        });
        state.tell(&id, json!({"type": "channel_created", "channel": shown}));
    }
    Ok(json!({"channel": state.show_channel(&state.channels[&id])}))
}

pub(super) fn rename(state: &mut State, args: &Args) -> Answer {
    let id = args.need("channel")?;
    let channel = state.own(&id)?;
    not_dm(channel.kind)?;
    if channel.creator != state.bot_user {
        return Err("not_authorized".into());
    }
    let (old, name) = (channel.name.clone(), args.text("name").unwrap_or_default());
    check_name(state, &name, Some(&id))?;
    let channel = state.channel_mut(&id);
    channel.previous_names.insert(0, old.clone());
    channel.name.clone_from(&name);
    let (created, private) = (channel.created, channel.kind == Kind::Private);
    let bot = state.bot_user.clone();
    let text = format!("has renamed the channel from \"{old}\" to \"{name}\"");
    state.announce(&id, &bot, "name", (text, json!({"old_name": old, "name": name})));
    let kind = if private { "group_rename" } else { "channel_rename" };
    state.tell(&id, json!({"type": kind, "channel": {"id": id, "name": name, "created": created}}));
    Ok(json!({"channel": state.show_channel(&state.channels[&id])}))
}

/// Sets the topic or the purpose.
pub(super) fn set_note(state: &mut State, args: &Args, which: &str) -> Answer {
    let id = args.need("channel")?;
    let channel = state.own(&id)?;
    if channel.kind == Kind::Dm {
        return Err("method_not_supported_for_channel_type".into());
    }
    let value = args.text(which).unwrap_or_default();
    if value.chars().count() > 250 {
        return Err("too_long".into());
    }
    let bot = state.bot_user.clone();
    let note = Note { value: value.clone(), creator: bot.clone(), last_set: state.seconds() };
    let channel = state.channel_mut(&id);
    let old = std::mem::replace(if which == "topic" { &mut channel.topic } else { &mut channel.purpose }, note);
    if old.value != value {
        let text = format!("set the channel {which}: {value}");
        state.announce(&id, &bot, which, (text, json!({which: value})));
    }
    Ok(json!({"channel": state.show_channel(&state.channels[&id]), which: value}))
}

pub(super) fn archive(state: &mut State, args: &Args) -> Answer {
    let id = args.need("channel")?;
    let channel = state.seen(&id)?;
    not_dm(channel.kind)?;
    if channel.archived {
        return Err("already_archived".into());
    }
    if channel.general {
        return Err("cant_archive_general".into());
    }
    state.own(&id)?;
    let bot = state.bot_user.clone();
    state.set_archived(&id, &bot, true);
    Ok(json!({}))
}

pub(super) fn unarchive(state: &mut State, args: &Args) -> Answer {
    let id = args.need("channel")?;
    let channel = state.seen(&id)?;
    not_dm(channel.kind)?;
    if !channel.archived {
        return Err("not_archived".into());
    }
    if !channel.has(&state.bot_user) {
        return Err("not_in_channel".into());
    }
    let bot = state.bot_user.clone();
    state.set_archived(&id, &bot, false);
    Ok(json!({}))
}

pub(super) fn info(state: &State, args: &Args) -> Answer {
    let channel = state.seen(&args.need("channel")?)?;
    let mut shown = state.show_channel(channel);
    if !args.flag("include_num_members") {
        shown.as_object_mut().unwrap().remove("num_members");
    }
    Ok(json!({"channel": shown}))
}

/// Opens a direct message, or one of several people.
pub(super) fn open(state: &mut State, args: &Args) -> Answer {
    let users = args.list("users");
    if let Some(channel) = args.text("channel") {
        let channel = state.seen(&channel)?;
        return Ok(json!({"channel": {"id": channel.id}, "no_op": true, "already_open": true}));
    }
    match users.len() {
        0 => return Err("users_list_not_supplied".into()),
        9.. => return Err("too_many_users".into()),
        _ => {}
    }
    for id in &users {
        let user = state.users.get(id).ok_or("user_not_found")?;
        if user.deleted {
            return Err("user_disabled".into());
        }
        if user.dm_closed {
            return Err("user_not_visible".into());
        }
        if user.is_bot {
            return Err("cannot_dm_bot".into());
        }
    }
    let id = if let [user] = &users[..] {
        state.dm_of(user)
    } else {
        let bot = state.bot_user.clone();
        let id = state.make_channel(&format!("mpdm-{}-1", users.join("--").to_lowercase()), Kind::Mpim, &bot);
        state.channel_mut(&id).members = users.into_iter().chain([bot]).collect();
        id
    };
    let channel = &state.channels[&id];
    Ok(json!({"channel": if args.flag("return_im") { state.show_channel(channel) } else { json!({"id": id}) }}))
}

pub(super) fn not_dm(kind: Kind) -> Result<(), Refusal> {
    if matches!(kind, Kind::Dm | Kind::Mpim) {
        return Err("method_not_supported_for_channel_type".into());
    }
    Ok(())
}

/// Slack's naming rules; archived channels keep their names.
fn check_name(state: &State, name: &str, own: Option<&str>) -> Result<(), Refusal> {
    let allowed = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '-' | '_');
    if name.is_empty() {
        return Err("invalid_name_required".into());
    }
    if name.chars().count() > 80 {
        return Err("invalid_name_maxlength".into());
    }
    if !name.chars().all(allowed) {
        return Err("invalid_name_specials".into());
    }
    if !name.chars().any(char::is_alphanumeric) {
        return Err("invalid_name_punctuation".into());
    }
    let taken = |id: &String| Some(id.as_str()) != own && state.channels[id].name == name;
    if state.channels.keys().any(taken) || matches!(name, "archive" | "archived" | "channel" | "here" | "me") {
        return Err("name_taken".into());
    }
    Ok(())
}
