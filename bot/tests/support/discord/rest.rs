//! The REST API: <https://docs.discord.com/developers/reference>

mod application;
mod channels;
mod commands;
mod guild;
mod interactions;
mod messages;
mod pins;
mod posting;
mod reactions;
mod threads;
mod webhooks;

use serde_json::{Value, json};

pub(super) use self::posting::Draft;
pub(super) use self::threads::{NewThread, shown_member};

use super::refusal::Refusal;
use super::request::Request;
use super::state::State;

/// What a call that took effect is answered with.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
}

impl Answer {
    fn nothing() -> Self {
        Self { status: 204, body: None }
    }

    fn created(body: Value) -> Self {
        Self { status: 201, body: Some(body) }
    }
}

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }
}

pub(super) type Answered = Result<Answer, Refusal>;

/// Carries a call out.
pub(super) fn call(state: &mut State, request: &Request) -> Answered {
    let (method, path) = request.name.split_once(' ').unwrap();
    let part = path.trim_start_matches('/').split('/').next().unwrap();
    match part {
        "gateway" if path == "/gateway" => Ok(json!({"url": state.gateway.url()}).into()),
        "gateway" => Ok(state.gateway.describe().into()),
        "applications" if path.contains("/commands") => commands::call(state, method, path, request),
        "applications" | "users" | "oauth2" => application::call(state, method, path, request),
        "guilds" => guild::call(state, method, path, request),
        "interactions" => interactions::call(state, request),
        "webhooks" => webhooks::call(state, method, path, request),
        "channels" => of_channel(state, method, path, request),
        _ => Err(lacking(state, request)),
    }
}

fn of_channel(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    if path.contains("/reactions") {
        return reactions::call(state, method, path, request);
    }
    if path.contains("/pins") {
        return pins::call(state, method, path, request);
    }
    if path.contains("thread") {
        return threads::call(state, method, path, request);
    }
    if path.contains("/messages") {
        return messages::call(state, method, path, request);
    }
    channels::call(state, method, path, request)
}

/// Discord has this and the fake has not; a story that comes here needs it.
fn lacking(state: &mut State, request: &Request) -> Refusal {
    state.violations.push(format!("{}: the fake cannot do this", request.name));
    Refusal::not_found()
}
