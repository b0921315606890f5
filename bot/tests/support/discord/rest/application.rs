//! The application, its bot and users.

use serde_json::{Value, json};

use super::{Answer, Answered, lacking};
use crate::support::discord::refusal::Refusal;
use crate::support::discord::request::Request;
use crate::support::discord::state::{Kind, State};

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    match (method, path) {
        ("GET", "/users/@me") => Ok(state.myself().into()),
        ("GET", "/users/{user_id}") => user(state, request.param("user_id")),
        ("POST", "/users/@me/channels") => open_dm(state, request),
        ("GET", "/users/@me/guilds") => Ok(json!([{
            "id": state.guild, "name": state.guild_name, "icon": null, "banner": null, "owner": false,
            "permissions": state.permissions_of(&state.bot).to_string(), "features": [],
        }])
        .into()),
        ("GET", "/applications/@me" | "/oauth2/applications/@me") => Ok(application(state).into()),
        ("GET", "/applications/{application_id}") => {
            if request.param("application_id") == state.application {
                Ok(application(state).into())
            } else {
                Err(Refusal::of(10002))
            }
        }
        _ => Err(lacking(state, request)),
    }
}

fn user(state: &State, id: &str) -> Answered {
    if state.users.contains_key(id) { Ok(state.user(id).into()) } else { Err(Refusal::of(10013)) }
}

fn application(state: &State) -> Value {
    json!({
        "id": state.application, "name": "Firebell", "icon": null, "description": "", "type": null,
        "bot": state.user(&state.bot), "summary": "", "bot_public": false, "bot_require_code_grant": false,
        "verify_key": state.public_key, "flags": state.app_flags(), "owner": state.user(&state.owner), "team": null,
        "redirect_uris": [], "interactions_endpoint_url": null, "role_connections_verification_url": null,
        "approximate_guild_count": 1, "approximate_user_install_count": 0, "event_webhooks_status": 1,
        "approximate_user_authorization_count": 0, "integration_types_config": {"0": {}}, "hook": true,
        "is_monetized": false, "is_verified": false, "max_participants": null, "explicit_content_filter": 0,
    })
}

fn open_dm(state: &mut State, request: &Request) -> Answered {
    let Some(user) = request.body["recipient_id"].as_str().map(str::to_owned) else {
        return Err(Refusal::field("recipient_id", "BASE_TYPE_REQUIRED", "This field is required"));
    };
    let known = state.users.get(&user).ok_or_else(|| Refusal::of(50033))?;
    if known.bot {
        return Err(Refusal::of(50007));
    }
    let fresh = !state.channels.values().any(|channel| channel.kind == Kind::Dm && channel.recipients.contains(&user));
    let id = state.dm_of(&user);
    let shown = state.channel(&state.channels[&id]);
    if fresh {
        state.tell("CHANNEL_CREATE", &id, shown.clone());
    }
    Ok(Answer::from(shown))
}
