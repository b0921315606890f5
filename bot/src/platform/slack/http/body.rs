//! Bodies, within their limits of size and time.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::time::timeout;

use super::{Refusal, payload};
use crate::platform::inlet::Kind;

/// The longest that a caller may take to send a body. Slack itself waits 3 s for the answer.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The largest body that is read without a signature, in bytes: Slack's check of the certificate has about 40.
const MAX_UNSIGNED_BYTES: usize = 4 * 1024;

/// Turns away what says of itself that it is too large, before anything of it is read.
pub(super) fn refuse_too_large(headers: &HeaderMap, limit: usize) -> Result<(), Refusal> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(too_large());
    }
    Ok(())
}

/// Reads a body of `limit` bytes at most.
pub(super) async fn read(mut request: Request, limit: usize) -> Result<Bytes, Refusal> {
    DefaultBodyLimit::max(limit).apply(&mut request);
    match timeout(BODY_TIME, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::new(StatusCode::BAD_REQUEST, "its body ended early")),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "its body took more than 10 s")),
    }
}

/// Answers what is not signed. Slack's check of a command's certificate is not
/// (<https://github.com/slackapi/bolt-js/issues/1397>); it is answered and nothing comes of it. All else is turned away.
pub(super) async fn ssl_check(kind: Kind, request: Request) -> Result<Response, Refusal> {
    let unsigned = || Refusal::new(StatusCode::UNAUTHORIZED, "it is not signed");
    let headers = request.headers().clone();
    if kind != Kind::Command || !payload::is_form(&headers) {
        return Err(unsigned());
    }
    let body = read(request, MAX_UNSIGNED_BYTES).await.map_err(|_| unsigned())?;
    let fields = payload::form(&body).await.map_err(|_| unsigned())?;
    if payload::is_ssl_check(&fields) { Ok(StatusCode::OK.into_response()) } else { Err(unsigned()) }
}

const fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "its body is larger than 1 MiB")
}
