//! Users, user groups, the team and the app itself.

use serde_json::{Value, json};

use super::super::args::Args;
use super::super::state::State;
use super::{Answer, page};

pub(super) fn open_connection(state: &mut State) -> Value {
    let ticket = state.id("ticket-");
    state.tickets.insert(ticket.clone());
    json!({"url": format!("{}/link/?ticket={ticket}&app_id={}", state.links, state.app)})
}

pub(super) fn auth_test(state: &State) -> Value {
    json!({
        "url": format!("https://{}.slack.com/", state.domain), "team": "Acme", "user": "firebell",
        "team_id": state.team, "user_id": state.bot_user, "bot_id": state.bot, "is_enterprise_install": false,
    })
}

pub(super) fn team_info(state: &State) -> Value {
    json!({"team": {
        "id": state.team, "name": "Acme", "url": format!("https://{}.slack.com/", state.domain),
        "domain": state.domain, "email_domain": "", "icon": {"image_default": true}, "is_verified": false,
    }})
}

pub(super) fn bot_info(state: &State, args: &Args) -> Answer {
    if args.need("bot")? != state.bot {
        return Err("bot_not_found".into());
    }
    Ok(json!({"bot": {
        "id": state.bot, "app_id": state.app, "user_id": state.bot_user, "name": "Firebell", "deleted": false,
        "updated": 1_764_000_000, "icons": {},
    }}))
}

pub(super) fn info(state: &State, args: &Args) -> Answer {
    let user = state.users.get(&args.need("user")?).ok_or("user_not_found")?;
    Ok(json!({"user": state.show_user(user, reads_email(state))}))
}

pub(super) fn list(state: &State, args: &Args) -> Value {
    let of_team = state.users.values().filter(|user| user.stranger_of.is_none());
    let shown: Vec<Value> = of_team.map(|user| state.show_user(user, reads_email(state))).collect();
    let (members, next) = page(shown, args, 1000);
    json!({"members": members, "cache_ts": state.seconds(), "response_metadata": {"next_cursor": next}})
}

pub(super) fn look_up(state: &State, args: &Args) -> Answer {
    let email = args.need("email")?.to_lowercase();
    let found = state.users.values().find(|user| {
        let same = user.email.as_ref().is_some_and(|own| own.to_lowercase() == email);
        same && !user.deleted && user.stranger_of.is_none()
    });
    Ok(json!({"user": state.show_user(found.ok_or("users_not_found")?, true)}))
}

pub(super) fn groups(state: &State, args: &Args) -> Value {
    let listed = state.groups.values().filter(|group| !group.disabled || args.flag("include_disabled"));
    let shown: Vec<Value> = listed.map(|group| state.show_group(group, args.flag("include_users"))).collect();
    json!({"usergroups": shown})
}

pub(super) fn group_users(state: &State, args: &Args) -> Answer {
    let group = state.groups.get(&args.need("usergroup")?).ok_or("no_such_subteam")?;
    Ok(json!({"users": group.users}))
}

pub(super) fn set_group_users(state: &mut State, args: &Args) -> Answer {
    let id = args.need("usergroup")?;
    let users = args.list("users");
    let group = state.groups.get(&id).ok_or("no_such_subteam")?;
    if group.disabled {
        return Err("subteam_disabled".into());
    }
    if users.is_empty() {
        return Err("no_users_provided".into());
    }
    let taken = |user: &String| state.users.get(user).is_some_and(|user| !user.deleted && !user.is_restricted);
    if !users.iter().all(taken) {
        return Err("invalid_users".into());
    }
    let (now, by) = (state.seconds(), state.bot_user.clone());
    let group = state.groups.get_mut(&id).unwrap();
    (group.users, group.updated, group.updated_by) = (users, now, by);
    Ok(json!({"usergroup": state.show_group(&state.groups[&id], true)}))
}

fn reads_email(state: &State) -> bool {
    state.scopes.contains("users:read.email")
}
