//! Calls of HTTP APIs, the same for every platform: each with a limit of time and of size, and with an outcome that says
//! whether it may have had an effect.

mod limits;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};

pub use self::limits::Key;
use self::limits::Limits;
use super::Sink;
use super::incoming::NotKept;
use crate::clock::Clock;

/// The longest that a connection may take to come about, with the look-up of the name and TLS.
const CONNECT_TIME: Duration = Duration::from_secs(3);
/// The longest that a call may take, from its start to the last byte of its answer.
const CALL_TIME: Duration = Duration::from_secs(8);
/// The least and the longest that a server's wish to be left alone is believed.
const WAIT_MIN: TimeDelta = TimeDelta::seconds(1);
const WAIT_MAX: f64 = 600.0;
/// The wait where a server says that there were too many calls, and not for how long.
const WAIT_UNSAID: TimeDelta = TimeDelta::seconds(5);
/// What is read of the answer that there were too many.
const LIMITED_BYTES: usize = 4096;

/// A key of an API. Its `Debug` says only that it is there.
#[derive(Clone)]
pub struct Token(String);

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("prepare calls over HTTPS: {0}; check this machine's certificates")]
pub struct ClientError(#[source] reqwest::Error);

/// How a call ended.
#[derive(Debug)]
pub enum Outcome {
    Answered(Answered),
    /// It was refused, or not made at all, since there were too many; it is worth another try after this.
    Limited(TimeDelta),
    /// It did not reach the server for sure.
    NotSent,
    /// It may have had its effect: no answer, half an answer, or one that says that the server failed.
    Unknown,
}

/// What a server answered, whatever its status, but for 429 and 5xx.
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The body was longer than the caller wanted, and is not whole.
    pub cut: bool,
}

/// One API with one account's limits.
pub struct Rest {
    client: Client,
    clock: Clock,
    limits: Limits,
    /// Since when no call has got through.
    silent_since: Mutex<Option<DateTime<Utc>>>,
}

/// The client of all calls: no redirects, 3 s to connect, 8 s for a whole call. Clones share its connections.
///
/// # Errors
/// [`ClientError`] when this machine has no certificates to trust.
pub fn client() -> Result<Client, ClientError> {
    crate::client::builder().connect_timeout(CONNECT_TIME).timeout(CALL_TIME).build().map_err(ClientError)
}

impl Rest {
    /// Calls with limits of their own over a client that may be shared.
    pub fn new(client: Client, clock: Clock) -> Self {
        Self { client, clock, limits: Limits::default(), silent_since: Mutex::default() }
    }

    /// The time by the clock of the limits.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Begins a call.
    pub fn request(&self, method: Method, url: reqwest::Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Makes a call, unless its key is closed, and reads at most `max_bytes` of the answer's body.
    pub async fn send(&self, key: Key<'_>, request: RequestBuilder, max_bytes: usize) -> Outcome {
        if let Some(rest) = self.limits.take(key, self.now()) {
            return Outcome::Limited(rest);
        }
        let outcome = match request.send().await {
            Ok(response) => self.read(key, response, max_bytes).await,
            Err(error) => not_answered(error),
        };
        self.note_silence(&outcome);
        outcome
    }

    /// Makes a call as [`Rest::send`] does, and hands what a 200 answers to `into` instead of keeping it in memory. The answer
    /// is cut when it is longer than `max_bytes`; then a part of it has been handed over.
    ///
    /// # Errors
    /// What was handed over could not be kept.
    pub async fn stream(
        &self,
        key: Key<'_>,
        request: RequestBuilder,
        max_bytes: usize,
        into: &mut dyn Sink,
    ) -> Result<Outcome, NotKept> {
        if let Some(rest) = self.limits.take(key, self.now()) {
            return Ok(Outcome::Limited(rest));
        }
        let outcome = match request.send().await {
            Ok(response) if response.status() == StatusCode::OK => hand_over(response, max_bytes, into).await?,
            Ok(response) => self.read(key, response, 0).await,
            Err(error) => not_answered(error),
        };
        self.note_silence(&outcome);
        Ok(outcome)
    }

    /// Makes no call under this key for so long, as the server said in its own way.
    pub fn close(&self, key: Key<'_>, wait: TimeDelta) {
        self.limits.close(key, self.now(), wait);
    }

    /// For how long the server has not been reached; zero when it was reached at the last call.
    pub fn silent_for(&self) -> TimeDelta {
        let since = *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.map_or(TimeDelta::zero(), |since| self.now() - since)
    }

    async fn read(&self, key: Key<'_>, mut response: Response, max_bytes: usize) -> Outcome {
        self.limits.learn(key, response.headers(), self.now());
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Outcome::Limited(self.limited(key, response).await);
        }
        if status.is_server_error() {
            return Outcome::Unknown;
        }
        let headers = std::mem::take(response.headers_mut());
        match body_of(&mut response, max_bytes).await {
            Ok((body, cut)) => Outcome::Answered(Answered { status, headers, body, cut }),
            Err(error) => not_answered(error),
        }
    }

    /// Closes what the server says is used up: everything, or what was called.
    async fn limited(&self, key: Key<'_>, mut response: Response) -> TimeDelta {
        let wait = retry_after(response.headers());
        let is_global = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"true");
        let mut all = response.headers().get("x-ratelimit-global").is_some_and(is_global);
        if !all && let Ok((body, _)) = body_of(&mut response, LIMITED_BYTES).await {
            let said = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
            all = said["global"] == true;
        }
        if all {
            self.limits.close_all(self.now(), wait);
        } else {
            self.close(key, wait);
        }
        wait
    }

    fn note_silence(&self, outcome: &Outcome) {
        let mut since = self.silent_since.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Outcome::NotSent => *since = since.or_else(|| Some(self.now())),
            _ => *since = None,
        }
    }
}

/// At most `max_bytes` of the body, and whether there was more.
async fn body_of(response: &mut Response, max_bytes: usize) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let (mut body, mut cut) = (Vec::new(), false);
    while !cut {
        let Some(chunk) = response.chunk().await? else { break };
        let room = max_bytes - body.len();
        cut = chunk.len() > room;
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok((body, cut))
}

async fn hand_over(mut response: Response, max_bytes: usize, into: &mut dyn Sink) -> Result<Outcome, NotKept> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let (mut left, mut cut) = (max_bytes, false);
    while !cut {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > left => cut = true,
            Ok(Some(chunk)) => {
                left -= chunk.len();
                into.take(&chunk).await?;
            }
            Ok(None) => break,
            Err(error) => return Ok(not_answered(error)),
        }
    }
    Ok(Outcome::Answered(Answered { status, headers, body: Vec::new(), cut }))
}

/// The wait that a server asks for, in seconds, which some write with a fraction; between 1 s and 10 min.
pub fn retry_after(headers: &HeaderMap) -> TimeDelta {
    let said = headers.get(RETRY_AFTER).and_then(|value| seconds(value.to_str().ok()?.trim()));
    said.map_or(WAIT_UNSAID, |wait| wait.max(WAIT_MIN))
}

/// Seconds with or without a fraction; at most 10 min.
fn seconds(text: &str) -> Option<TimeDelta> {
    let said = text.parse::<f64>().ok().filter(|seconds| !seconds.is_nan())?;
    #[expect(clippy::cast_possible_truncation, reason = "it was clamped")]
    Some(TimeDelta::milliseconds((said.clamp(0.0, WAIT_MAX) * 1000.0).ceil() as i64))
}

/// The URL is left out of the log: those of uploads are keys by themselves.
fn not_answered(error: reqwest::Error) -> Outcome {
    let not_sent = error.is_connect() || error.is_builder();
    let error = error.without_url();
    tracing::debug!(%error, not_sent, "a call was not answered");
    if not_sent { Outcome::NotSent } else { Outcome::Unknown }
}

impl Token {
    /// Hides a key; spaces around it are a slip of whoever copied it.
    ///
    /// # Errors
    /// What is wrong with it; the text is not repeated.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        match text {
            "" => Err("the token is empty".to_owned()),
            _ if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self(text.to_owned())),
            _ => Err("the token holds characters that no token has; copy it again".to_owned()),
        }
    }

    /// The key, for the call that needs it; never for a log or an error.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Without headers and body, which hold what people say.
impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answered({}, {} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests;
