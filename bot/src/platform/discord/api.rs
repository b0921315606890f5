//! Discord's REST API: one bot, its calls, and what they answer.

mod call;
mod channels;
mod commands;
mod error;
mod files;
mod guild;
mod identity;
mod interactions;
mod messages;
mod permission;
mod pins;
mod threads;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{RequestBuilder, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

pub use self::call::Call;
pub use self::channels::{Channel, NewChannel, Overwrite, Tag, ThreadState, kind};
pub use self::error::{ApiError, code};
pub use self::files::Upload;
pub use self::guild::{Guild, Member, Role, User};
pub use self::identity::{Application, Gateway, SessionLimit};
pub use self::interactions::Interaction;
pub use self::messages::{Around, Mentions, NewMessage, Posted};
pub use self::permission::Permissions;
pub use self::pins::Pinned;
pub use self::threads::NewThread;
use crate::platform::rest::{Answered, Key, Outcome, Rest, Token};

/// Where Discord's API is, but for tests and proxies.
pub const BASE_URL: &str = "https://discord.com/api/v10";
/// The largest answer that is read; a server with 500 channels and a thousand threads stays below.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// How long a token that was refused is not tried again: Discord bans an address for ten thousand refused requests in ten
/// minutes (<https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>).
const REFUSED_FOR: TimeDelta = TimeDelta::seconds(60);

/// The REST API as one bot uses it.
pub struct Api {
    /// Without a slash at its end.
    base: Url,
    rest: Rest,
    /// For what belongs to interactions, which the bot's limits do not hold back.
    apart: Rest,
    authorization: HeaderValue,
    refused_at: Mutex<Option<DateTime<Utc>>>,
    me: OnceCell<User>,
    application: OnceCell<Application>,
}

/// What is asked in one call.
#[derive(Default)]
struct Ask<'a> {
    /// The ids of the route, in its order.
    at: Vec<&'a str>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    /// Another body than JSON, and of what kind it is.
    raw: Option<(String, Vec<u8>)>,
    /// Shorter than that of every call.
    time: Option<Duration>,
}

impl Api {
    /// The API by a bot's token. Both books of limits are over one client.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn new([rest, apart]: [Rest; 2], base_url: &str, token: &Token) -> Result<Self, String> {
        let wanted = format!("expected a URL such as {BASE_URL}");
        let base: Url =
            base_url.trim_end_matches('/').parse().map_err(|error| format!("{base_url}: {error}; {wanted}"))?;
        if !matches!(base.scheme(), "https" | "http") || base.query().is_some() || base.fragment().is_some() {
            return Err(format!("{base_url}: {wanted}"));
        }
        let bot = format!("Bot {}", token.expose());
        let mut authorization = HeaderValue::try_from(bot).map_err(|_| "the token is none".to_owned())?;
        authorization.set_sensitive(true);
        let refused_at = Mutex::default();
        Ok(Self { base, rest, apart, authorization, refused_at, me: OnceCell::new(), application: OnceCell::new() })
    }

    /// The time by the clock of the limits.
    pub fn now(&self) -> DateTime<Utc> {
        self.rest.now()
    }

    /// For how long Discord has not been reached; zero when it was reached at the last call.
    pub fn silent_for(&self) -> TimeDelta {
        self.rest.silent_for()
    }

    /// Makes a call and reads its answer.
    async fn call<Res: DeserializeOwned>(&self, call: Call, ask: Ask<'_>) -> Result<Res, ApiError> {
        let answered = self.ask(call, ask).await?;
        error::read(call, &answered.body)
    }

    /// Makes a call and is content with a success.
    async fn done(&self, call: Call, ask: Ask<'_>) -> Result<(), ApiError> {
        self.ask(call, ask).await.map(drop)
    }

    async fn ask(&self, call: Call, ask: Ask<'_>) -> Result<Answered, ApiError> {
        let Some(url) = self.url(call, &ask.at) else {
            return Err(ApiError::refused(404, 0, "there can be no such id"));
        };
        if !call.is_of_interaction() && self.is_token_refused() {
            return Err(ApiError::refused(401, 0, "Unauthorized"));
        }
        let rest = if call.is_of_interaction() { &self.apart } else { &self.rest };
        let key = Key { method: call.name(), place: call.place(&ask.at) };
        let outcome = rest.send(key, self.begin(call, url, ask), MAX_ANSWER_BYTES).await;
        let result = self.result(call, outcome);
        if let Err(error) = &result {
            tracing::debug!(call = call.name(), %error, "Discord did not do it");
        }
        result
    }

    fn result(&self, call: Call, outcome: Outcome) -> Result<Answered, ApiError> {
        match outcome {
            Outcome::Answered(answered) => {
                if !call.is_of_interaction() {
                    let refused = answered.status == reqwest::StatusCode::UNAUTHORIZED;
                    *self.refused_at() = refused.then(|| self.now());
                }
                match answered.status {
                    status if !status.is_success() => Err(error::refusal(call, status.as_u16(), &answered.body)),
                    _ if answered.cut => Err(ApiError::without_answer(call)),
                    _ => Ok(answered),
                }
            }
            Outcome::Limited(wait) => Err(ApiError::RetryAfter(wait)),
            Outcome::NotSent => Err(ApiError::NotSent),
            Outcome::Unknown => Err(ApiError::without_answer(call)),
        }
    }

    /// Whether the token was refused a moment ago. Whoever asks first after that time finds out anew.
    fn is_token_refused(&self) -> bool {
        let mut refused = self.refused_at();
        match *refused {
            Some(at) if self.now() - at < REFUSED_FOR => true,
            Some(_) => {
                *refused = Some(self.now());
                false
            }
            None => false,
        }
    }

    fn refused_at(&self) -> std::sync::MutexGuard<'_, Option<DateTime<Utc>>> {
        self.refused_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` when an id is none, so that it would lead somewhere else.
    fn url(&self, call: Call, at: &[&str]) -> Option<Url> {
        let mut url = self.base.clone();
        let mut ids = at.iter();
        {
            let mut path = url.path_segments_mut().ok()?;
            path.pop_if_empty();
            for part in call.route().split('/') {
                let id = if part == "{}" { Some(*ids.next()?) } else { None };
                if id.is_some_and(|id| matches!(id, "" | "." | "..")) {
                    return None;
                }
                path.push(id.unwrap_or(part));
            }
        }
        Some(url)
    }

    fn begin(&self, call: Call, url: Url, ask: Ask<'_>) -> RequestBuilder {
        let mut begun = self.rest.request(call.method(), url);
        if !call.is_of_interaction() {
            begun = begun.header(AUTHORIZATION, self.authorization.clone());
        }
        if !ask.query.is_empty() {
            begun = begun.query(&ask.query);
        }
        if let Some(time) = ask.time {
            begun = begun.timeout(time);
        }
        match (ask.body, ask.raw) {
            (_, Some((media_type, bytes))) => begun.header(CONTENT_TYPE, media_type).body(bytes),
            (Some(body), None) => begun.json(&body),
            (None, None) => begun,
        }
    }
}

impl<'a> Ask<'a> {
    fn at(at: &[&'a str]) -> Self {
        Self { at: at.to_vec(), ..Self::default() }
    }

    fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    fn json(mut self, body: &impl Serialize) -> Self {
        // Only a map with keys that are no text has no JSON, and there is none.
        self.body = serde_json::to_value(body).ok();
        self
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Api({})", self.base)
    }
}

#[cfg(test)]
pub(super) mod tests;
