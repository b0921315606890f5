//! Where files go up and come down.

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use serde_json::json;

use super::super::super::fake::multipart::parts;
use super::super::super::fake::wire::half;
use super::super::{Call, Fake, Fault};
use super::{bearer, refuse, remember};

/// Takes raw bytes or a multipart form.
pub(super) async fn upload(
    Shared(fake): Shared<Fake>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bytes = if content_type.starts_with("multipart/form-data") {
        parts(content_type, &body).into_iter().next().map(|part| part.bytes)
    } else {
        Some(body.to_vec())
    };
    fake.with(|state| match (state.files.get_mut(&id), bytes) {
        (Some(file), Some(bytes)) if bytes.len() == file.announced => {
            let size = bytes.len();
            file.bytes = Some(bytes);
            format!("OK - {size}").into_response()
        }
        (Some(_), _) => (StatusCode::BAD_REQUEST, "file size mismatch").into_response(),
        (None, _) => (StatusCode::NOT_FOUND, "no such upload").into_response(),
    })
}

/// Hands a file to whoever holds the token; everybody else is shown the way to the sign-in page, as in Slack.
pub(super) async fn download(
    Shared(fake): Shared<Fake>,
    Path((id, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let fault = fake.inner.faults.befalling("download", None);
    let args = json!({"file": id}).as_object().cloned().unwrap_or_default();
    let (method, at) = ("download".to_owned(), fake.inner.clock.now());
    let call = Call { method, channel: None, args, at, done: 0, fault: fault.clone(), result: None };
    match fault {
        None => {
            remember(&fake, call);
            content(&fake, &id, &headers)
        }
        Some(Fault::ResetAfter) => {
            remember(&fake, call);
            let whole = axum::body::to_bytes(content(&fake, &id, &headers).into_body(), usize::MAX).await.unwrap();
            half(&whole)
        }
        Some(Fault::HangAfter | Fault::Delay(_)) => {
            remember(&fake, call);
            std::future::pending().await
        }
        Some(fault) => refuse(&fake, call, &fault).await,
    }
}

fn content(fake: &Fake, id: &str, headers: &HeaderMap) -> Response {
    let token = bearer(headers);
    fake.with(|state| {
        let allowed = token.as_ref() == Some(&state.bot_token) && !state.revoked && state.scopes.contains("files:read");
        if !allowed {
            return (StatusCode::FOUND, [(header::LOCATION, "/signin")]).into_response();
        }
        let file = id.split_once('-').and_then(|(_, file)| state.files.get(file));
        match file.and_then(|file| file.bytes.clone()) {
            Some(bytes) => bytes.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

pub(super) async fn sign_in() -> Html<&'static str> {
    Html(
        "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to your workspace</body></html>",
    )
}
