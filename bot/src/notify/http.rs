//! Calls over HTTP, the same for every provider: limits of time and size, no redirects, and an outcome that says
//! whether the call was refused, was not made, or may have had its effect.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::{Delivery, Reference};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;

use crate::notify::setup::{Now, Setup, SetupError};

/// What is read of an answer's body, but where more is expected of a trusted provider.
const BODY_BYTES: usize = 64 * 1024;
/// The least and the longest that a server's wish to be left alone is believed.
const WAIT_MIN: TimeDelta = TimeDelta::seconds(1);
const WAIT_MAX: TimeDelta = TimeDelta::minutes(5);
/// The wait where a server says that it cannot now, and not for how long.
const WAIT_UNSAID: TimeDelta = TimeDelta::seconds(10);
/// The wait after a server was not reached.
const WAIT_UNREACHED: TimeDelta = TimeDelta::seconds(5);
/// The wait while an account of ours does not work: somebody has to mend it, and nobody is told by trying faster.
pub(crate) const WAIT_ACCOUNT: TimeDelta = TimeDelta::seconds(60);

/// Makes calls. Clones share its connections.
#[derive(Clone)]
pub(crate) struct Caller {
    client: Client,
    now: Now,
    body_bytes: usize,
}

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Up to the caller's limit; the rest was not read.
    body: Vec<u8>,
}

/// A call that gave no answer to go by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It was refused for now, or did not reach the server at all; it had no effect.
    Later(TimeDelta),
    /// It may have had its effect: no answer, half an answer, or one of a gateway that waited in vain.
    Unknown,
}

impl From<Failure> for Delivery {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Later(wait) => Self::RetryAfter(wait),
            Failure::Unknown => Self::Unknown,
        }
    }
}

impl Caller {
    /// Calls hosts that the operator configured.
    pub(crate) fn trusted(setup: &Setup) -> Result<Self, SetupError> {
        Self::build(setup, builder(setup))
    }

    /// Calls hosts that people named: only public ones, unless the operator allows others. A proxy of the environment
    /// is not asked, since it would look up the names itself.
    pub(crate) fn guarded(setup: &Setup) -> Result<Self, SetupError> {
        Self::build(setup, builder(setup).no_proxy().dns_resolver(setup.guard))
    }

    fn build(setup: &Setup, builder: ClientBuilder) -> Result<Self, SetupError> {
        let failed = |error| SetupError::new("calls over HTTPS", format!("{error}; check this machine's certificates"));
        Ok(Self { client: builder.build().map_err(failed)?, now: setup.now.clone(), body_bytes: BODY_BYTES })
    }

    /// The same, for answers that may be longer than others.
    pub(crate) fn reading(&self, body_bytes: usize) -> Self {
        Self { body_bytes, ..self.clone() }
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    /// Makes a call. An answer with 408, 425, 429 or a 5xx is a failure; any other is for the caller to judge.
    ///
    /// # Errors
    /// [`Failure`] where there is no answer to go by.
    pub(crate) async fn call(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        self.call_telling(request, |_| None).await
    }

    /// As [`Caller::call`], where `wait_in` finds the wait that a provider asks for in its own way.
    ///
    /// # Errors
    /// As those of [`Caller::call`].
    pub(crate) async fn call_telling(
        &self,
        request: RequestBuilder,
        wait_in: fn(&Answer) -> Option<TimeDelta>,
    ) -> Result<Answer, Failure> {
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status();
        let wait = wait_of(response.headers(), (self.now)());
        match self.read(response).await {
            Ok(answer) => {
                let wait = wait_in(&answer).unwrap_or(wait);
                judge(answer, wait)
            }
            // The status is enough where it says that nothing was done.
            Err(_) if is_for_later(status) => Err(Failure::Later(wait)),
            Err(error) => Err(no_answer(error)),
        }
    }

    async fn read(&self, mut response: Response) -> Result<Answer, reqwest::Error> {
        let mut body = Vec::new();
        while body.len() < self.body_bytes {
            let Some(chunk) = response.chunk().await? else { break };
            body.extend_from_slice(&chunk[..chunk.len().min(self.body_bytes - body.len())]);
        }
        Ok(Answer { status: response.status(), body })
    }
}

impl Answer {
    /// The body, as far as it is JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// What an answer says that no rule of the adapter knows: the provider does not want this message.
    pub(crate) fn refused(&self, provider: &str) -> Delivery {
        let status = self.status.as_u16();
        if self.status.is_redirection() {
            return misconfigured(
                provider,
                &format!("it answers {status}, a redirect, which is not followed; configure the URL it leads to"),
            );
        }
        Delivery::Impossible(format!(
            "{provider} refused the message with status {status}; check the address, then the provider's log"
        ))
    }
}

/// The outcome of what a provider took.
pub(crate) fn delivered(id: impl Into<String>) -> Delivery {
    Delivery::Delivered(Reference { external_id: id.into(), name: String::new() })
}

/// The outcome while an account of ours does not work. That is not the person's fault, so the notice stays due, and the
/// operator reads in the log what to mend.
pub(crate) fn misconfigured(provider: &str, why: &str) -> Delivery {
    tracing::error!(provider, why, "a contact method does not work for anybody until this is mended");
    Delivery::RetryAfter(WAIT_ACCOUNT)
}

/// An id as text, whether it came as text or as a number; empty where there is none.
pub(crate) fn id_text(id: &Value) -> String {
    match id {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => String::new(),
    }
}

/// A wait in seconds as a provider writes it, within reason.
pub(crate) fn wait_seconds(seconds: i64) -> TimeDelta {
    TimeDelta::try_seconds(seconds).map_or(WAIT_MAX, |wait| wait.clamp(WAIT_MIN, WAIT_MAX))
}

/// A base URL with more segments. Those that are there stay, so that an API may live below a path.
pub(crate) fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // It fails on such as `mailto:` alone, which no configuration lets through.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// Whether a configured URL can be a base of calls.
pub(crate) fn check_base(what: &'static str, base: &Url) -> Result<(), SetupError> {
    if matches!(base.scheme(), "http" | "https") && base.host().is_some() {
        return Ok(());
    }
    Err(SetupError::new(what, "its URL must begin with https:// (or http://); correct the configuration"))
}

/// As [`Setup::times`], for the calls that ring somebody.
pub(crate) fn within(request: RequestBuilder, time: Duration) -> RequestBuilder {
    request.timeout(time)
}

fn builder(setup: &Setup) -> ClientBuilder {
    crate::client::builder().connect_timeout(setup.times.connect).timeout(setup.times.whole)
}

fn judge(answer: Answer, wait: TimeDelta) -> Result<Answer, Failure> {
    match answer.status.as_u16() {
        // A gateway speaks for a server that may have done what it was asked before it fell silent.
        502 | 504 => Err(Failure::Unknown),
        _ if is_for_later(answer.status) => Err(Failure::Later(wait)),
        _ => Ok(answer),
    }
}

fn is_for_later(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429) || status.is_server_error() && !matches!(status.as_u16(), 502 | 504)
}

/// The URL is left out of the log: those of webhooks and bots are keys by themselves.
fn no_answer(error: reqwest::Error) -> Failure {
    let (not_sent, error) = (error.is_connect(), error.without_url());
    if error.is_builder() {
        tracing::error!(%error, "a call cannot be made; check the credentials of its method for stray characters");
        return Failure::Later(WAIT_ACCOUNT);
    }
    tracing::debug!(%error, not_sent, "a call was not answered");
    if not_sent { Failure::Later(WAIT_UNREACHED) } else { Failure::Unknown }
}

/// The wait that a server asks for, in seconds or as a date; between 1 s and 5 min.
fn wait_of(headers: &HeaderMap, now: DateTime<Utc>) -> TimeDelta {
    let said = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::trim);
    let wait = said.and_then(|said| {
        let seconds = said.parse::<f64>().ok().filter(|seconds| !seconds.is_nan());
        #[expect(clippy::cast_possible_truncation, reason = "it was clamped")]
        let wait = seconds.map(|seconds| TimeDelta::milliseconds((seconds.clamp(0.0, 600.0) * 1000.0).ceil() as i64));
        wait.or_else(|| Some(DateTime::parse_from_rfc2822(said).ok()?.to_utc() - now))
    });
    wait.unwrap_or(WAIT_UNSAID).clamp(WAIT_MIN, WAIT_MAX)
}

#[cfg(test)]
mod tests;
