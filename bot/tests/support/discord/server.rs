//! The HTTP server: REST, files, and what other programs tell the fake to do.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::fake::wire::{self, Reset};
use super::openapi::document;
use super::refusal::Refusal;
use super::request::{Request, body_of, query_of};
use super::rest::{self, Answer};
use super::{Call, Fake, Fault, control};

/// Those that need no token, and that the global limit does not count:
/// <https://docs.discord.com/developers/topics/rate-limits#global-rate-limit>
const OPEN: &[&str] = &["/interactions/", "/webhooks/{webhook_id}/{webhook_token}", "/gateway"];

pub(super) async fn serve(listener: TcpListener, fake: Fake) {
    let router = Router::new()
        .route("/attachments/{channel}/{id}/{*name}", get(download))
        .route("/control/{act}", post(control::act))
        .fallback(api)
        .layer(DefaultBodyLimit::max(64 * 1024 * 1024))
        .with_state(fake);
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(wire::talk(stream, router.clone()));
    }
}

async fn api(Shared(fake): Shared<Fake>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().strip_prefix("/api").unwrap_or(uri.path());
    let path = ["/v10", "/v9"].iter().find_map(|version| path.strip_prefix(version)).unwrap_or(path);
    let Some((template, params)) = document().route(path) else {
        fake.with(|state| state.violations.push(format!("{method} {}: there is no such path", hidden(path))));
        return answered(&fake, None, &Err(Refusal::not_found()));
    };
    if !document().has(method.as_str(), template) {
        fake.with(|state| state.violations.push(format!("{method} {template}: there is no such method")));
        return answered(&fake, None, &Err(Refusal::method_not_allowed()));
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (body, files) = match body_of(content_type, &body) {
        Ok(read) => read,
        Err(refusal) => return answered(&fake, None, &Err(refusal)),
    };
    let query = query_of(uri.query().unwrap_or_default());
    let request = Request { name: format!("{method} {template}"), params, query, body, files };
    fake.with(|state| state.hold_against(&request));
    let open = OPEN.iter().any(|open| template.starts_with(open));
    let authorized = open || fake.with(|state| is_bot(&headers, &state.token) && !state.revoked);
    carry_out(fake, &request, authorized, open).await
}

/// A path's token has no place in what tests print.
fn hidden(path: &str) -> String {
    path.split('/').map(|segment| if segment.len() > 40 { "..." } else { segment }).collect::<Vec<_>>().join("/")
}

fn is_bot(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.strip_prefix("Bot ").is_some_and(|given| given == token)
}

async fn carry_out(fake: Fake, request: &Request, authorized: bool, open: bool) -> Response {
    let faults = &fake.inner.faults;
    let now = fake.inner.clock.now();
    let fault = faults.befalling(&request.name, request.about());
    let fault = fault.or_else(|| faults.limiting(&request.name, request.about(), now));
    let fault = fault.filter(|fault| !(open && matches!(fault, Fault::LimitedEverywhere(_))));
    let call = begun(request, now, fault.clone());
    let latency = faults.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    match &fault {
        Some(fault @ (Fault::RateLimited(_) | Fault::LimitedEverywhere(_) | Fault::Status(_) | Fault::Error(_))) => {
            return refuse(&fake, call, fault, request);
        }
        Some(Fault::Hang) => {
            remember(&fake, call);
            return std::future::pending().await;
        }
        Some(Fault::ResetBefore) => {
            remember(&fake, call);
            return reset();
        }
        _ => {}
    }
    let result = if authorized { fake.with(|state| rest::call(state, request)) } else { Err(Refusal::of(0)) };
    finish(&fake, call, &result);
    match fault {
        Some(Fault::ResetAfter) => return reset(),
        Some(Fault::HangAfter) => return std::future::pending().await,
        Some(Fault::Delay(delay)) => tokio::time::sleep(delay).await,
        _ => {}
    }
    answered(&fake, Some(request), &result)
}

fn begun(request: &Request, at: i64, fault: Option<Fault>) -> Call {
    let params = request.params.iter().filter(|(name, _)| !name.ends_with("_token")).cloned().collect();
    Call {
        method: request.name.clone(),
        channel: request.about().map(str::to_owned),
        params,
        query: request.query.clone().into_iter().collect(),
        args: request.body.clone(),
        files: request.files.iter().filter_map(|file| file.filename.clone()).collect(),
        at,
        done: 0,
        fault,
        status: None,
        result: None,
    }
}

fn refuse(fake: &Fake, mut call: Call, fault: &Fault, request: &Request) -> Response {
    match fault {
        Fault::Error(code) => {
            let refusal = Err(Refusal::of(code.parse().expect("an error of Discord's is a number")));
            finish(fake, call, &refusal);
            answered(fake, Some(request), &refusal)
        }
        Fault::Status(status) => {
            call.status = Some(*status);
            remember(fake, call);
            let page = "<!DOCTYPE html><html><head><title>Server Error | Discord</title></head><body></body></html>";
            let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (StatusCode::from_u16(*status).unwrap(), headers, page).into_response()
        }
        Fault::RateLimited(seconds) | Fault::LimitedEverywhere(seconds) => {
            call.status = Some(429);
            remember(fake, call);
            limited(fake, request, *seconds, matches!(fault, Fault::LimitedEverywhere(_)))
        }
        _ => unreachable!("it takes effect or is not answered"),
    }
}

/// <https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit>
fn limited(fake: &Fake, request: &Request, seconds: u64, global: bool) -> Response {
    let mut body = Refusal::limited(0.0).body();
    body["retry_after"] = json!(f64::from(u32::try_from(seconds).unwrap()));
    body["global"] = json!(global);
    let mut response = json_of(429, &body);
    let headers = response.headers_mut();
    headers.insert("retry-after", seconds.into());
    headers.insert("x-ratelimit-scope", if global { "global" } else { "user" }.parse().unwrap());
    if global {
        headers.insert("x-ratelimit-global", "true".parse().unwrap());
    } else {
        bucket(fake, request, &mut response);
        response.headers_mut().insert("x-ratelimit-remaining", "0".parse().unwrap());
        response.headers_mut().insert("x-ratelimit-reset-after", format!("{seconds}.000").parse().unwrap());
    }
    response
}

fn finish(fake: &Fake, mut call: Call, result: &Result<Answer, Refusal>) {
    match result {
        Ok(answer) => (call.status, call.result) = (Some(answer.status), answer.body.clone()),
        Err(refusal) => (call.status, call.result) = (Some(refusal.status), Some(refusal.body())),
    }
    remember(fake, call);
}

fn remember(fake: &Fake, mut call: Call) {
    call.done = fake.inner.clock.now();
    fake.inner.calls.lock().unwrap().push(call);
    fake.touch();
}

fn answered(fake: &Fake, request: Option<&Request>, result: &Result<Answer, Refusal>) -> Response {
    let mut response = match result {
        Ok(Answer { status, body: Some(body) }) => json_of(*status, body),
        Ok(Answer { status, body: None }) => StatusCode::from_u16(*status).unwrap().into_response(),
        Err(refusal) => json_of(refusal.status, &refusal.body()),
    };
    if let Some(request) = request {
        bucket(fake, request, &mut response);
    }
    if let Err(Refusal { wait: Some(wait), .. }) = result {
        response.headers_mut().insert("retry-after", format!("{wait:.0}").parse().unwrap());
        response.headers_mut().insert("x-ratelimit-scope", "shared".parse().unwrap());
    }
    response
}

fn json_of(status: u16, body: &Value) -> Response {
    let builder = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    builder.body(Body::from(body.to_string())).unwrap()
}

/// Where no limit was ordered, there is more left than anybody uses.
fn bucket(fake: &Fake, request: &Request, response: &mut Response) {
    let now = fake.inner.clock.now();
    let allowance = fake.inner.faults.allowance(&request.name, request.about(), now);
    let (calls, left, reset) = allowance.map_or((1000, 999, now + 1_000_000), |got| (got.calls, got.left, got.reset));
    let after = (reset - now).max(0);
    let hash = request.name.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    for (name, value) in [
        ("x-ratelimit-limit", calls.to_string()),
        ("x-ratelimit-remaining", left.to_string()),
        ("x-ratelimit-reset", format!("{}.{:03}", reset / 1_000_000, reset % 1_000_000 / 1000)),
        ("x-ratelimit-reset-after", format!("{}.{:03}", after / 1_000_000, after % 1_000_000 / 1000)),
        ("x-ratelimit-bucket", format!("{hash:016x}")),
    ] {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
}

/// Hands out a file; whoever knows the address may have it.
async fn download(Shared(fake): Shared<Fake>, Path((channel, id, _)): Path<(String, String, String)>) -> Response {
    let name = "GET /cdn".to_owned();
    let params = vec![("channel_id".to_owned(), channel), ("attachment_id".to_owned(), id.clone())];
    let (query, body, files) = (std::collections::BTreeMap::new(), Value::Null, Vec::new());
    let request = Request { name, params, query, body, files };
    let fault = fake.inner.faults.befalling(&request.name, request.about());
    let mut call = begun(&request, fake.inner.clock.now(), fault.clone());
    match &fault {
        Some(fault @ (Fault::RateLimited(_) | Fault::LimitedEverywhere(_) | Fault::Status(_) | Fault::Error(_))) => {
            return refuse(&fake, call, fault, &request);
        }
        Some(Fault::Hang | Fault::HangAfter) => {
            remember(&fake, call);
            return std::future::pending().await;
        }
        Some(Fault::ResetBefore) => {
            remember(&fake, call);
            return reset();
        }
        Some(Fault::Delay(delay)) => tokio::time::sleep(*delay).await,
        _ => {}
    }
    let bytes = fake.with(|state| state.files.get(&id).cloned());
    call.status = Some(if bytes.is_some() { 200 } else { 404 });
    remember(&fake, call);
    match (bytes, fault) {
        (Some(bytes), Some(Fault::ResetAfter)) => wire::half(&bytes.into()),
        (Some(bytes), _) => bytes.into_response(),
        (None, _) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn reset() -> Response {
    let mut response = StatusCode::OK.into_response();
    response.extensions_mut().insert(Reset);
    response
}
