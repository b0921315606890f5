//! Slack's Web API: one workspace, its methods, and what they answer.

mod channels;
mod error;
mod files;
mod identity;
mod links;
mod messages;
mod method;
mod people;
mod respond;
mod views;

use std::fmt;

use reqwest::{RequestBuilder, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

pub use self::channels::{Channel, Invited, Topic};
pub use self::error::ApiError;
pub use self::files::{FileInfo, HeldFile, Share, Upload, Uploaded};
pub use self::identity::Identity;
pub use self::links::{Bookmark, Lasting};
pub use self::messages::{Metadata, Page, Post, Posted, Range};
pub use self::method::{Method, Style};
use self::people::Emails;
use crate::platform::rest::{Answered, Key, Outcome, Rest, Token};

/// Where Slack's API is, but for government's and for tests.
pub const BASE_URL: &str = "https://slack.com/api";
/// The largest answer that is read; a page of a thousand channels is about a megabyte.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// The Web API of one workspace.
pub struct Api {
    /// Without a slash at its end.
    base: Url,
    rest: Rest,
    bot: Token,
    app: Option<Token>,
    me: OnceCell<Identity>,
    emails: Emails,
}

impl Api {
    /// A workspace by the token of the app's bot. The app's own token is for Socket Mode alone.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn new(rest: Rest, base_url: &str, bot: Token, app: Option<Token>) -> Result<Self, String> {
        let wanted = format!("expected a URL such as {BASE_URL}");
        let base: Url =
            base_url.trim_end_matches('/').parse().map_err(|error| format!("{base_url}: {error}; {wanted}"))?;
        if !matches!(base.scheme(), "https" | "http") || base.query().is_some() || base.fragment().is_some() {
            return Err(format!("{base_url}: {wanted}"));
        }
        Ok(Self { base, rest, bot, app, me: OnceCell::new(), emails: Emails::default() })
    }

    /// Calls a method. `channel` is where it acts, for those that Slack limits per channel.
    ///
    /// # Errors
    /// [`ApiError`]; no answer of Slack's is in it but its code.
    pub async fn call<Req, Res>(&self, method: Method, channel: Option<&str>, request: &Req) -> Result<Res, ApiError>
    where
        Req: Serialize + Sync + ?Sized,
        Res: DeserializeOwned,
    {
        let answered = self.ask(method, channel, request).await?;
        error::read(method, &answered.body)
    }

    /// The time by the clock of the limits.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.rest.now()
    }

    /// For how long Slack has not been reached; zero when it was reached at the last call.
    pub fn silent_for(&self) -> chrono::TimeDelta {
        self.rest.silent_for()
    }

    /// Calls a method and is content with an answer that says `ok`.
    async fn ask<Req>(&self, method: Method, channel: Option<&str>, request: &Req) -> Result<Answered, ApiError>
    where
        Req: Serialize + Sync + ?Sized,
    {
        let place = channel.filter(|_| method.is_limited_per_channel());
        let key = Key { method: method.name(), place };
        let outcome = match self.begin(method, request) {
            Some(begun) => self.rest.send(key, begun, MAX_ANSWER_BYTES).await,
            None => return Err(ApiError::refused("not_authed")),
        };
        let result = match outcome {
            Outcome::Answered(answered) if answered.cut => Err(ApiError::Unknown),
            Outcome::Answered(answered) => match error::check(&answered.headers, &answered.body) {
                Ok(()) => Ok(answered),
                Err(error) => Err(error),
            },
            Outcome::Limited(wait) => Err(ApiError::RetryAfter(wait)),
            Outcome::NotSent => Err(ApiError::NotSent),
            Outcome::Unknown => Err(ApiError::Unknown),
        };
        if let Err(error) = &result {
            if let ApiError::RetryAfter(wait) = error {
                self.rest.close(key, *wait);
            }
            tracing::debug!(method = method.name(), %error, "Slack did not do it");
        }
        result
    }

    /// `None` when the token is not there that the method needs.
    fn begin<Req: Serialize + ?Sized>(&self, method: Method, request: &Req) -> Option<RequestBuilder> {
        let token = if method == Method::ConnectionsOpen { self.app.as_ref()? } else { &self.bot };
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{}", self.base.path().trim_end_matches('/'), method.name()));
        let begun = self.rest.request(reqwest::Method::POST, url).bearer_auth(token.expose());
        Some(match method.style() {
            Style::Json => begun.json(request),
            Style::Form => begun.form(request),
        })
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Api({})", self.base)
    }
}

#[cfg(test)]
pub(super) mod tests;
