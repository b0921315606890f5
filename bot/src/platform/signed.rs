//! What a platform posts over HTTP, as far as it is alike everywhere: bodies within their limits of size and time, signatures
//! of our time, and requests that are turned away.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::time::timeout;

use crate::clock::Clock;

/// The largest body that is read, in bytes.
pub(in crate::platform) const MAX_BODY_BYTES: usize = 1024 * 1024;

/// How far the time of a signature may be from ours, in seconds.
pub(in crate::platform) const MAX_AGE_SECONDS: u64 = 300;

/// The longest that a caller may take to send a body. The platforms themselves wait 3 s for the answer.
const BODY_TIME: Duration = Duration::from_secs(10);

/// A request is turned away: with this status, and for a reason that only the log tells.
pub(in crate::platform) struct Refusal {
    pub(in crate::platform) status: StatusCode,
    pub(in crate::platform) why: &'static str,
}

impl Refusal {
    pub(in crate::platform) const fn new(status: StatusCode, why: &'static str) -> Self {
        Self { status, why }
    }

    /// It is not the platform's.
    pub(in crate::platform) const fn unauthorized(why: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, why)
    }

    /// It is the platform's, and makes no sense.
    pub(in crate::platform) const fn bad(why: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why)
    }

    /// The answer, which says nothing of why. A body that was not read to its end would be taken for the next request.
    pub(in crate::platform) fn answer(&self) -> Response {
        (self.status, [(header::CONNECTION, "close")]).into_response()
    }
}

/// Turns away what says of itself that it is too large, before anything of it is read.
pub(in crate::platform) fn refuse_too_large(headers: &HeaderMap, limit: usize) -> Result<(), Refusal> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(too_large());
    }
    Ok(())
}

/// Reads a body of `limit` bytes at most.
pub(in crate::platform) async fn read_body(mut request: Request, limit: usize) -> Result<Bytes, Refusal> {
    DefaultBodyLimit::max(limit).apply(&mut request);
    match timeout(BODY_TIME, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::bad("its body ended early")),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "its body took more than 10 s")),
    }
}

/// A header of a signature, which may be there once.
pub(in crate::platform) fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Refusal::unauthorized("a header of the signature is there twice"));
    }
    let readable = first.map(|value| value.to_str());
    readable.transpose().map_err(|_| Refusal::unauthorized("a header of the signature is not text"))
}

/// Reads the time of a signature, in seconds since 1970, and turns away what is not of our time. The same one may come
/// twice: that is the platform's own repetition.
pub(in crate::platform) fn check_time(at: &str, clock: &Clock) -> Result<(), Refusal> {
    let digits = (1..=12).contains(&at.len()) && at.bytes().all(|byte| byte.is_ascii_digit());
    let at: Option<u64> = at.parse().ok().filter(|_| digits);
    let at = at.ok_or(Refusal::unauthorized("the time of the signature is no time"))?;
    let now = u64::try_from(clock.now().timestamp()).unwrap_or_default();
    if now.abs_diff(at) > MAX_AGE_SECONDS {
        return Err(Refusal::unauthorized(
            "its time is more than 5 minutes from ours; if it is genuine, set the clock",
        ));
    }
    Ok(())
}

/// The bytes behind hexadecimal digits, neither more nor fewer.
pub(in crate::platform) fn read_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

const fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "its body is larger than 1 MiB")
}
