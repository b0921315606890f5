//! The HTTP server: the Web API, uploads and downloads, response URLs.

mod files;
mod response;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::fake::wire::{self, Reset};
use super::args::Args;
use super::methods::{self, Refusal};
use super::shapes::merge;
use super::{Call, Fake, Fault, control};

pub(super) async fn serve(listener: TcpListener, fake: Fake) {
    let router = Router::new()
        .route("/api/{method}", any(api))
        .route("/upload/v1/{id}", post(files::upload))
        .route("/files-pri/{id}/{*name}", get(files::download))
        .route("/signin", get(files::sign_in))
        .route("/response/{id}", post(response::respond))
        .route("/control/{act}", post(control::act))
        .layer(DefaultBodyLimit::max(64 * 1024 * 1024))
        .with_state(fake);
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(wire::talk(stream, router.clone()));
    }
}

async fn api(
    Shared(fake): Shared<Fake>,
    Path(method): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let args = Args::read(&method, &query.unwrap_or_default(), content_type, &body);
    let mut args = match args {
        Ok(args) => args,
        Err(refusal) => return answer(&fake, &refusal.body()),
    };
    let token = bearer(&headers).or_else(|| args.text("token"));
    args.map.remove("token");
    let channel = args.text("channel").or_else(|| args.text("channel_id"));
    let about = channel.clone().or_else(|| args.text("name").filter(|_| method == "conversations.create"));
    let faults = &fake.inner.faults;
    let fault = faults.befalling(&method, about.as_deref());
    let fault = fault.or_else(|| faults.limiting(&method, about.as_deref(), fake.inner.clock.now()));
    let call = Call {
        method,
        channel,
        args: args.map.clone(),
        at: fake.inner.clock.now(),
        done: 0,
        fault: fault.clone(),
        result: None,
    };
    let latency = fake.inner.faults.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if let Some(
        fault @ (Fault::RateLimited(_)
        | Fault::LimitedEverywhere(_)
        | Fault::Status(_)
        | Fault::Hang
        | Fault::ResetBefore
        | Fault::Error(_)),
    ) = &fault
    {
        return refuse(&fake, call, fault).await;
    }
    let mut result = run(&fake, call, token.as_deref(), &args);
    if content_type == "application/json" {
        warn_of_charset(&mut result);
    }
    match fault {
        Some(Fault::ResetAfter) => reset(),
        Some(Fault::HangAfter) => std::future::pending().await,
        Some(Fault::Delay(delay)) => {
            tokio::time::sleep(delay).await;
            answer(&fake, &result)
        }
        _ => answer(&fake, &result),
    }
}

/// Slack wants `application/json; charset=utf-8`, and says so.
fn warn_of_charset(result: &mut Value) {
    result["warning"] = json!("missing_charset");
    result["response_metadata"]["warnings"] = json!(["missing_charset"]);
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}

/// Carries the call out and remembers it.
fn run(fake: &Fake, mut call: Call, token: Option<&str>, args: &Args) -> Value {
    let result = fake.with(|state| methods::call(state, &call.method, token, args));
    let result = match result {
        Ok(more) => {
            let mut body = json!({"ok": true});
            merge(&mut body, more);
            body
        }
        Err(refusal) => refusal.body(),
    };
    call.result = Some(result.clone());
    remember(fake, call);
    result
}

async fn refuse(fake: &Fake, mut call: Call, fault: &Fault) -> Response {
    match fault {
        Fault::RateLimited(seconds) | Fault::LimitedEverywhere(seconds) => {
            remember(fake, call);
            let headers = [(header::RETRY_AFTER, seconds.to_string())];
            let body = Refusal::from("ratelimited").body().to_string();
            (StatusCode::TOO_MANY_REQUESTS, headers, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Fault::Error(error) => {
            let body = Refusal::from(error.as_str()).body();
            call.result = Some(body.clone());
            remember(fake, call);
            answer(fake, &body)
        }
        Fault::Status(status) => {
            remember(fake, call);
            let page =
                "<!DOCTYPE html><html><head><title>Server Error | Slack</title></head><body>Sorry!</body></html>";
            let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (StatusCode::from_u16(*status).unwrap(), headers, page).into_response()
        }
        Fault::Hang => {
            remember(fake, call);
            std::future::pending().await
        }
        _ => {
            remember(fake, call);
            reset()
        }
    }
}

fn remember(fake: &Fake, mut call: Call) {
    call.done = fake.inner.clock.now();
    fake.inner.calls.lock().unwrap().push(call);
    fake.touch();
}

fn answer(fake: &Fake, body: &Value) -> Response {
    let scopes = fake.with(|state| state.scopes.iter().cloned().collect::<Vec<_>>().join(","));
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header("x-oauth-scopes", scopes)
        .header("x-slack-req-id", "00000000000000000000000000000000")
        .body(Body::from(body.to_string()))
        .unwrap()
}

fn reset() -> Response {
    let mut response = StatusCode::OK.into_response();
    response.extensions_mut().insert(Reset);
    response
}
