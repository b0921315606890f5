//! Calls of other services' JSON APIs, the same for all of them: one account, limits of time and size, no redirects, and an
//! outcome that says whether the call may have had an effect.

mod account;
mod answer;

use std::time::Duration;

use chrono::TimeDelta;
use firebell_core::effect::Delivery;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use self::account::{Account, Auth, SetupError};
pub(crate) use self::answer::cut;
use self::answer::{is_limit, said, wait_of};
use crate::clock::Clock;

/// The longest that a connection may take to come about, with the look-up of the name and TLS.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// The longest that a call may take, from its start to the last byte of its answer.
const CALL_TIME: Duration = Duration::from_secs(10);
/// What is read of an answer's body, but where more is expected; one that is longer is of no use.
const BODY_BYTES: usize = 2 * 1024 * 1024;

/// Calls one service with one account. Clones share its connections.
#[derive(Clone)]
pub struct Caller {
    client: Client,
    account: Account,
    clock: Clock,
}

/// What a service answered to a call that succeeded.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// `null` where the answer had no body.
    pub body: Value,
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The service will not do it, now or later: nothing happened. `status` is that of HTTP, or 0 where nothing was asked.
    #[error("{reason}")]
    Refused { status: u16, reason: String },
    /// Too many calls: nothing happened, and it is worth another try after this.
    #[error("the service wants no calls for {} s", after.num_seconds())]
    Limited { after: TimeDelta },
    /// It did not reach the service for sure; it is worth another try.
    #[error("{0}")]
    Unsent(String),
    /// It may have had its effect: no answer, half an answer, or one that says that the service failed.
    #[error("{0}")]
    Unknown(String),
}

/// After a call that did not reach its service the next is made so much later.
const UNSENT: TimeDelta = TimeDelta::seconds(5);

impl From<CallError> for Delivery {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused { reason, .. } => Self::Impossible(reason),
            CallError::Limited { after } => Self::RetryAfter(after),
            CallError::Unsent(_) => Self::RetryAfter(UNSENT),
            CallError::Unknown(_) => Self::Unknown,
        }
    }
}

impl Caller {
    /// Prepares calls; nobody is called yet.
    ///
    /// # Errors
    /// The account cannot be used, or this machine's certificates cannot.
    pub fn new(account: Account, clock: Clock) -> Result<Self, SetupError> {
        account.check()?;
        let builder = crate::client::builder().connect_timeout(CONNECT_TIME).timeout(CALL_TIME);
        let client = builder
            .build()
            .map_err(|error| SetupError::new(account.service, format!("{error}; check this machine's certificates")))?;
        Ok(Self { client, account, clock })
    }

    /// The same with less patience, for whom ten seconds are too long.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.account.time = time.min(CALL_TIME);
        self
    }

    /// The same for answers that may be longer than 2 MiB, such as lists of texts.
    #[must_use]
    pub fn reading(mut self, bytes: usize) -> Self {
        self.account.body_bytes = bytes;
        self
    }

    /// The name of the service, as people know it.
    pub fn service(&self) -> &'static str {
        self.account.service
    }

    /// The time by which waits are counted.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What is configured as the API's URL.
    pub fn base(&self) -> &Url {
        &self.account.base
    }

    /// The API's URL with more segments; each is encoded, so that one may hold a slash. Those of the base stay.
    pub fn url(&self, path: &[&str]) -> Url {
        let mut url = self.account.base.clone();
        // It fails on such as `mailto:` alone, which the account's check does not let through.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// # Errors
    /// [`CallError`].
    pub async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Answer, CallError> {
        self.send(self.request(Method::GET, self.url(path)).query(query)).await
    }

    /// Asks for the headers alone.
    ///
    /// # Errors
    /// [`CallError`]; its reason is the status, as there is no body to quote.
    pub async fn head(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Answer, CallError> {
        self.send(self.request(Method::HEAD, self.url(path)).query(query)).await
    }

    /// # Errors
    /// [`CallError`].
    pub async fn post(&self, path: &[&str], body: &Value) -> Result<Answer, CallError> {
        self.send(self.request(Method::POST, self.url(path)).json(body)).await
    }

    /// # Errors
    /// [`CallError`].
    pub async fn put(&self, path: &[&str], body: &Value) -> Result<Answer, CallError> {
        self.send(self.request(Method::PUT, self.url(path)).json(body)).await
    }

    /// # Errors
    /// [`CallError`].
    pub async fn patch(&self, path: &[&str], body: &Value) -> Result<Answer, CallError> {
        self.send(self.request(Method::PATCH, self.url(path)).json(body)).await
    }

    /// # Errors
    /// [`CallError`].
    pub async fn delete(&self, path: &[&str]) -> Result<Answer, CallError> {
        self.send(self.request(Method::DELETE, self.url(path))).await
    }

    /// Asks a GraphQL API whose endpoint is the base itself, and gives the `data` of its answer.
    ///
    /// # Errors
    /// [`CallError`]; an answer with `errors` is a refusal, whatever its status and its data.
    pub async fn graphql(&self, query: &str, variables: &Value) -> Result<Value, CallError> {
        let body = json!({ "query": query, "variables": variables });
        let answer = self.send(self.request(Method::POST, self.account.base.clone()).json(&body)).await?;
        let is_refused = answer.body["errors"].as_array().is_some_and(|errors| !errors.is_empty());
        if !is_refused {
            return Ok(answer.body["data"].clone());
        }
        Err(self.refused(answer.status, &answer.headers, &answer.body))
    }

    /// Begins a call with the account's credentials, for what the other methods do not offer. The URL is one of
    /// [`Caller::url`]; whatever another one leads to would learn the credentials.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.account.sign(self.client.request(method, url)).timeout(self.account.time)
    }

    /// Makes a call.
    ///
    /// # Errors
    /// [`CallError`] unless the answer has a 2xx with JSON or nothing for a body, or 304.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, CallError> {
        let mut response = request.send().await.map_err(|error| self.not_answered(error))?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = match self.body_of(response).await {
            Ok(body) => body,
            // The status is enough where it says that nothing was done.
            Err(_) if status.is_client_error() => Some(Vec::new()),
            Err(error) => return Err(error),
        };
        let code = status.as_u16();
        if status.is_server_error() {
            let said = body.as_deref().and_then(|body| serde_json::from_slice(body).ok()).and_then(|body| said(&body));
            return Err(CallError::Unknown(self.reason(&format!("it failed with status {code}"), said)));
        }
        let Some(body) = body else {
            return Err(self.refusal(code, "its answer is longer than what is read", None));
        };
        let is_empty = body.iter().all(u8::is_ascii_whitespace);
        let body = if is_empty { Some(Value::Null) } else { serde_json::from_slice(&body).ok() };
        if status.is_redirection() && code != 304 {
            let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere").to_owned();
            let what = format!("it answers {code}, a redirect, which is not followed; configure what it leads to");
            return Err(self.refusal(code, &what, Some(to)));
        }
        match body {
            Some(body) if status.is_success() || code == 304 => Ok(Answer { status: code, headers, body }),
            body if status.is_client_error() => Err(self.refused(code, &headers, &body.unwrap_or_default())),
            _ => Err(self.refusal(code, "its answer is not JSON; check the configured URL", None)),
        }
    }

    /// What an answer tells.
    ///
    /// # Errors
    /// A refusal where it is not what the service's description promises.
    pub fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, CallError> {
        self.read_value(&answer.body)
    }

    /// As [`Caller::read`], for a part of an answer.
    ///
    /// # Errors
    /// As those of [`Caller::read`].
    pub fn read_value<T: DeserializeOwned>(&self, value: &Value) -> Result<T, CallError> {
        T::deserialize(value).map_err(|error| {
            self.refusal(200, "its answer is not what its description promises", Some(error.to_string()))
        })
    }

    /// What an answer comes to that says why it is none.
    fn refused(&self, code: u16, headers: &HeaderMap, body: &Value) -> CallError {
        let said = said(body);
        if matches!(code, 408 | 425) || is_limit(code, headers, body, said.as_deref()) {
            return CallError::Limited { after: wait_of(code, headers, self.clock.now()) };
        }
        self.refusal(code, &format!("it refused with status {code}"), said)
    }

    fn refusal(&self, status: u16, what: &str, said: Option<String>) -> CallError {
        CallError::Refused { status, reason: self.reason(what, said) }
    }

    /// A reason with the service's own words, which are cut, and never with a credential, whoever repeats it.
    fn reason(&self, what: &str, said: Option<String>) -> String {
        let service = self.account.service;
        match said.map(|said| cut(&self.account.without_credentials(&said))) {
            Some(said) if !said.is_empty() => format!("{service}: {what}: {said}"),
            _ => format!("{service}: {what}"),
        }
    }

    /// The body, or nothing where it is longer than what is read.
    async fn body_of(&self, mut response: Response) -> Result<Option<Vec<u8>>, CallError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.not_answered(error))? {
            if chunk.len() > self.account.body_bytes - body.len() {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }

    /// The URL is left out: it may tell what an incident is about.
    fn not_answered(&self, error: reqwest::Error) -> CallError {
        let error = error.without_url();
        tracing::debug!(%error, service = self.account.service, "a call was not answered");
        if error.is_builder() {
            return self.refusal(0, "the call cannot be made; check the credentials for stray characters", None);
        }
        if error.is_connect() {
            return CallError::Unsent(self.reason("it was not reached", Some(causes(&error))));
        }
        let what = if error.is_timeout() { "it did not answer in time" } else { "its answer was lost" };
        CallError::Unknown(self.reason(what, Some(causes(&error))))
    }
}

impl CallError {
    /// A refusal of our own, before anything was asked.
    pub(crate) fn not_asked(reason: impl Into<String>) -> Self {
        Self::Refused { status: 0, reason: reason.into() }
    }

    /// The status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether there is no such thing, or none that the account may see.
    pub fn is_missing(&self) -> bool {
        matches!(self.status(), Some(404 | 410))
    }
}

/// The innermost cause, which names what went wrong; those around it say only that something did.
fn causes(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Without headers and body, which hold what people say.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("service", &self.account.service).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
