//! What an answer of Slack's says, and what it means when it is no success.

use std::fmt;

use chrono::TimeDelta;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Method;
use crate::platform::lenient::or_default;
use crate::platform::rest::retry_after;

/// A code longer than this is no code.
const CODE_MAX: usize = 80;

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// Slack did not do it. `needed` is the scope that the app lacks.
    Refused { code: String, needed: Option<String> },
    /// Too many calls; try again after this.
    RetryAfter(TimeDelta),
    /// Slack was not reached.
    NotSent,
    /// It may or may not have been done.
    Unknown,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default, deserialize_with = "or_default")]
    ok: bool,
    #[serde(default, deserialize_with = "or_default")]
    error: String,
    #[serde(default, deserialize_with = "or_default")]
    needed: String,
}

/// Whether an answer says `ok`. Slack says so in the body; its status is 200 even when it refuses.
pub(super) fn check(headers: &HeaderMap, body: &[u8]) -> Result<(), ApiError> {
    let Ok(head) = serde_json::from_slice::<Head>(body) else { return Err(ApiError::Unknown) };
    if head.ok {
        return Ok(());
    }
    Err(match head.error.as_str() {
        "ratelimited" | "rate_limited" => ApiError::RetryAfter(retry_after(headers)),
        // "It's possible some aspect of the operation succeeded before the error was raised."
        "" | "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => ApiError::Unknown,
        code => {
            ApiError::Refused { code: word(code), needed: Some(word(&head.needed)).filter(|scope| !scope.is_empty()) }
        }
    })
}

/// Reads the result of a call that was done.
pub(super) fn read<Res: DeserializeOwned>(method: Method, body: &[u8]) -> Result<Res, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        tracing::warn!(method = method.name(), line, column, "Slack's answer cannot be read");
        ApiError::Unknown
    })
}

/// A code as it may stand in a log or a reason.
fn word(code: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || "_.:,-".contains(*c);
    code.chars().filter(fits).take(CODE_MAX).collect()
}

impl ApiError {
    /// A refusal by a code.
    pub(in crate::platform::slack) fn refused(code: &str) -> Self {
        Self::Refused { code: code.to_owned(), needed: None }
    }

    /// Slack's word for a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code, needed: Some(scope) } => write!(f, "Slack refused it: {code}, {scope} is needed"),
            Self::Refused { code, needed: None } => write!(f, "Slack refused it: {code}"),
            Self::RetryAfter(wait) => write!(f, "Slack takes no more calls for {} s", wait.num_seconds()),
            Self::NotSent => f.write_str("Slack was not reached; check the network"),
            Self::Unknown => f.write_str("Slack gave no answer that can be read"),
        }
    }
}

impl std::error::Error for ApiError {}
