//! One account of one service.

use std::fmt;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Url};

use super::{BODY_BYTES, CALL_TIME};
use crate::notify::Secret;

/// How an account proves itself.
#[derive(Debug, Clone)]
pub enum Auth {
    /// `Authorization: Bearer ...`.
    Bearer(Secret),
    /// The credential alone in a header, such as `PRIVATE-TOKEN` or `authorization`, in small letters.
    Header(&'static str, Secret),
    /// A user's name, such as an address of mail, with a token for a password.
    Basic { user: String, token: Secret },
}

/// What is needed to call a service.
#[derive(Clone)]
pub struct Account {
    /// The service as people know it.
    pub(super) service: &'static str,
    /// Under which URL the API is.
    pub(super) base: Url,
    pub(super) time: Duration,
    pub(super) body_bytes: usize,
    auth: Auth,
    headers: HeaderMap,
}

/// Calls cannot be prepared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("prepare calls of {service}: {why}")]
pub struct SetupError {
    /// The service as people know it.
    pub service: &'static str,
    /// What is wrong and what to do about it. It repeats no credential.
    pub why: String,
}

impl Account {
    /// An account whose calls carry no headers but its own.
    pub fn new(service: &'static str, base: Url, auth: Auth) -> Self {
        Self { service, base, time: CALL_TIME, body_bytes: BODY_BYTES, auth, headers: HeaderMap::new() }
    }

    /// The same with a header in every call, such as the API's version; the name is in small letters.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    pub(super) fn check(&self) -> Result<(), SetupError> {
        let fail = |why: &str| Err(SetupError::new(self.service, why));
        if !matches!(self.base.scheme(), "http" | "https") || self.base.host().is_none() {
            return fail("its URL must begin with https:// (or http://); correct the configuration");
        }
        if !self.base.username().is_empty() || self.base.password().is_some() {
            return fail("its URL holds a user or a password before its host; leave them out");
        }
        if self.base.query().is_some() || self.base.fragment().is_some() {
            return fail("its URL holds a ? or a #; leave out what begins there");
        }
        if !self.credential().is_ascii() {
            return fail("the credential holds characters that no credential has; copy it again");
        }
        Ok(())
    }

    /// The call with what the account adds to it.
    pub(super) fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.headers(self.headers.clone());
        match &self.auth {
            Auth::Bearer(token) => request.bearer_auth(token.expose()),
            Auth::Header(name, token) => match HeaderValue::from_str(token.expose()) {
                Ok(mut value) => {
                    value.set_sensitive(true);
                    request.header(*name, value)
                }
                // What is no header makes the call one that cannot be built, which is reported when it is made.
                Err(_) => request.header(AUTHORIZATION, "\n"),
            },
            Auth::Basic { user, token } => request.basic_auth(user, Some(token.expose())),
        }
    }

    /// A text in which the credential is not repeated.
    pub(super) fn without_credentials(&self, text: &str) -> String {
        text.replace(self.credential(), "(..)")
    }

    fn credential(&self) -> &str {
        match &self.auth {
            Auth::Bearer(token) | Auth::Header(_, token) | Auth::Basic { token, .. } => token.expose(),
        }
    }
}

impl SetupError {
    pub(crate) fn new(service: &'static str, why: impl Into<String>) -> Self {
        Self { service, why: why.into() }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("service", &self.service).finish_non_exhaustive()
    }
}
