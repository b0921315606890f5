//! Where files go up and come down.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use serde_json::json;

use super::super::args::parts;
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
    let boundary = content_type.strip_prefix("multipart/form-data").and_then(|rest| rest.split("boundary=").nth(1));
    let bytes = match boundary {
        Some(boundary) => parts(boundary.trim_matches('"'), &body).into_iter().next().map(|(_, bytes)| bytes),
        None => Some(body.to_vec()),
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
            half(content(&fake, &id, &headers)).await
        }
        Some(Fault::HangAfter | Fault::Delay(_)) => {
            remember(&fake, call);
            std::future::pending().await
        }
        Some(fault) => refuse(&fake, call, &fault).await,
    }
}

/// The first bytes of what should have come, and the length of the whole.
async fn half(whole: Response) -> Response {
    let bytes = axum::body::to_bytes(whole.into_body(), usize::MAX).await.unwrap();
    let first = bytes.slice(..bytes.len() / 2);
    let broken = futures_util::stream::iter([Ok(first), Err(std::io::Error::other("it breaks off"))]);
    Response::builder().header(header::CONTENT_LENGTH, bytes.len()).body(Body::from_stream(broken)).unwrap()
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
