//! What an answer of Discord's says when it is no success.

use std::fmt;

use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Call, Permissions};

/// A word longer than this is not repeated.
const WORD_MAX: usize = 120;
/// The wait when Discord says that it has too much to do.
const OVERLOADED: TimeDelta = TimeDelta::seconds(5);

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// Discord did not do it, with the HTTP status, its own code (0 where it gives none; see [`code`]), its words, and what
    /// the bot must be allowed for it where that may be why.
    Refused { status: u16, code: u32, word: String, needed: Permissions },
    /// Too many calls; try again after this.
    RetryAfter(TimeDelta),
    /// Nothing was done: Discord was not reached, or what was only asked was not answered.
    NotSent,
    /// It may or may not have been done.
    Unknown,
}

/// Discord's codes that mean something to Firebell.
///
/// Source: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
pub mod code {
    pub const UNKNOWN_CHANNEL: u32 = 10_003;
    pub const UNKNOWN_GUILD: u32 = 10_004;
    pub const UNKNOWN_MEMBER: u32 = 10_007;
    pub const UNKNOWN_MESSAGE: u32 = 10_008;
    pub const UNKNOWN_ROLE: u32 = 10_011;
    pub const UNKNOWN_USER: u32 = 10_013;
    pub const UNKNOWN_WEBHOOK: u32 = 10_015;
    pub const UNKNOWN_INTERACTION: u32 = 10_062;
    pub const MAX_PINS: u32 = 30_003;
    pub const MAX_CHANNELS: u32 = 30_013;
    pub const MAX_THREAD_MEMBERS: u32 = 30_033;
    pub const TAG_NAME_TWICE: u32 = 40_061;
    pub const ALREADY_ANSWERED: u32 = 40_060;
    pub const TAG_NEEDED: u32 = 40_067;
    pub const MISSING_ACCESS: u32 = 50_001;
    pub const NOT_MINE: u32 = 50_005;
    pub const CANNOT_TELL: u32 = 50_007;
    pub const MISSING_PERMISSIONS: u32 = 50_013;
    pub const NOT_HERE: u32 = 50_024;
    pub const BAD_FORM: u32 = 50_035;
    pub const ARCHIVED: u32 = 50_083;
    pub const NO_SHARED_SERVER: u32 = 50_278;
    pub const OVERLOADED: u32 = 130_000;
    pub const THREAD_THERE: u32 = 160_004;
    pub const LOCKED: u32 = 160_005;
    pub const MAX_THREADS: u32 = 160_006;
    pub const BLOCKED_BY_AUTOMOD: u32 = 200_000;
    pub const TITLE_BLOCKED_BY_AUTOMOD: u32 = 200_001;
}

/// What an answer says that is no success.
pub(super) fn refusal(call: Call, status: u16, body: &[u8]) -> ApiError {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = said["code"].as_u64().and_then(|code| u32::try_from(code).ok()).unwrap_or(0);
    if code == code::OVERLOADED {
        return ApiError::RetryAfter(OVERLOADED);
    }
    let mut word = fit(said["message"].as_str().unwrap_or_default());
    if let Some((field, why)) = first_wrong(&said["errors"], &mut Vec::new()) {
        word = format!("{word}: {}: {}", fit(&field), fit(why));
    }
    let needed = if status == 403 { call.permissions() } else { Permissions::NONE };
    ApiError::Refused { status, code, word, needed }
}

/// The first field of a form that Discord does not take, and its word for why; what stood in it is not repeated.
fn first_wrong<'v>(errors: &'v Value, path: &mut Vec<&'v str>) -> Option<(String, &'v str)> {
    if let Some(code) = errors["_errors"][0]["code"].as_str() {
        return Some((path.join("."), code));
    }
    for (name, below) in errors.as_object()? {
        path.push(name);
        if let Some(found) = first_wrong(below, path) {
            return Some(found);
        }
        path.pop();
    }
    None
}

/// Reads the result of a call that was done.
pub(super) fn read<Res: DeserializeOwned>(call: Call, body: &[u8]) -> Result<Res, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        tracing::warn!(call = call.name(), line, column, "Discord's answer cannot be read");
        ApiError::without_answer(call)
    })
}

/// Words as they may stand in a log or a reason.
fn fit(words: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || " _.:,-'()".contains(*c);
    words.chars().filter(fits).take(WORD_MAX).collect()
}

impl ApiError {
    /// A refusal that Discord would give by a code.
    pub(in crate::platform::discord) fn refused(status: u16, code: u32, word: &str) -> Self {
        Self::Refused { status, code, word: word.to_owned(), needed: Permissions::NONE }
    }

    /// What it means that a call was not answered.
    pub(super) fn without_answer(call: Call) -> Self {
        if call.has_effect() { Self::Unknown } else { Self::NotSent }
    }

    /// Discord's code of a refusal; 0 where it gave none.
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            Self::RetryAfter(_) | Self::NotSent | Self::Unknown => None,
        }
    }

    /// Whether it is one of these refusals.
    pub fn is(&self, codes: &[u32]) -> bool {
        self.code().is_some_and(|code| codes.contains(&code))
    }

    /// Whether the token is not good, for anything.
    pub fn is_of_token(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { status, code: 0, word, .. } => write!(f, "Discord refused it: {status} {word}"),
            Self::Refused { code, word, .. } => write!(f, "Discord refused it: {word} ({code})"),
            Self::RetryAfter(wait) => write!(f, "Discord takes no more calls for {} s", wait.num_seconds()),
            Self::NotSent => f.write_str("Discord was not reached or gave no answer; check the network"),
            Self::Unknown => f.write_str("Discord gave no answer that can be read"),
        }
    }
}

impl std::error::Error for ApiError {}
