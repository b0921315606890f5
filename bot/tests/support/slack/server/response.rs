//! Response URLs: five times within 30 minutes,
//! <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::super::super::fake::clock::micros;
use super::super::args::Args;
use super::super::methods::Refusal;
use super::super::state::{ResponseUrl, State};
use super::super::{Call, Fake, Fault};
use super::{refuse, remember, reset};

const LIFE: Duration = Duration::from_mins(30);

const USES: usize = 5;

/// What faults and calls name them by; no method of Slack's.
const METHOD: &str = "response_url";

pub(super) async fn respond(Shared(fake): Shared<Fake>, Path(id): Path<String>, body: Bytes) -> Response {
    let Ok(Value::Object(map)) = serde_json::from_slice(&body) else {
        return (StatusCode::BAD_REQUEST, "invalid_payload").into_response();
    };
    let fault = fake.inner.faults.befalling(METHOD, None);
    let now = fake.inner.clock.now();
    let mut call = Call {
        method: METHOD.to_owned(),
        channel: None,
        args: map.clone(),
        at: now,
        done: now,
        fault: fault.clone(),
        result: None,
    };
    match &fault {
        Some(Fault::Error(error)) => {
            remember(&fake, call);
            return (StatusCode::NOT_FOUND, Refusal::from(error.as_str()).body().to_string()).into_response();
        }
        Some(
            fault @ (Fault::RateLimited(_)
            | Fault::LimitedEverywhere(_)
            | Fault::Status(_)
            | Fault::Hang
            | Fault::ResetBefore),
        ) => {
            return refuse(&fake, call, fault).await;
        }
        _ => {}
    }
    let done = fake.with(|state| use_url(state, &id, &Args { map }));
    call.result = Some(json!({"ok": done.is_ok()}));
    remember(&fake, call);
    match (fault, done) {
        (Some(Fault::ResetAfter), _) => reset(),
        (Some(Fault::HangAfter), _) => std::future::pending().await,
        (_, Ok(())) => "ok".into_response(),
        (_, Err((status, refusal))) => (status, refusal.body().to_string()).into_response(),
    }
}

fn use_url(state: &mut State, id: &str, args: &Args) -> Result<(), (StatusCode, Refusal)> {
    let now = state.now;
    let url = state.response_urls.get_mut(id).ok_or((StatusCode::NOT_FOUND, "no_such_url".into()))?;
    if now - url.made > micros(LIFE) {
        return Err((StatusCode::NOT_FOUND, "expired_url".into()));
    }
    if url.uses >= USES {
        return Err((StatusCode::NOT_FOUND, "used_url".into()));
    }
    url.uses += 1;
    let url = url.clone();
    say(state, &url, args).map_err(|refusal| (StatusCode::BAD_REQUEST, refusal))
}

fn say(state: &mut State, url: &ResponseUrl, args: &Args) -> Result<(), Refusal> {
    if let Some(ts) = url.message.as_deref().filter(|_| args.flag("delete_original")) {
        if state.channels[&url.channel].message(ts).is_some() {
            state.remove_message(&url.channel, ts);
        }
        state.ephemerals.retain(|shown| shown.ts != ts);
        return Ok(());
    }
    let mut shown = args.clone();
    if let Some(ts) = url.message.as_deref().filter(|_| args.flag("replace_original")) {
        shown.map.insert("replaces".to_owned(), json!(ts));
    }
    state.show(&url.channel, &url.user, &shown)
}
