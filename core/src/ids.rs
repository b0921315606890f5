//! Identifiers. A number that people say aloud is an integer with a prefix; everything else is a UUID
//! minted at intake.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(
    /// A human.
    PersonId
);
uuid_id!(
    /// One Slack workspace, Discord guild or console.
    WorkspaceId
);
uuid_id!(
    /// A place where an incident is talked about.
    RoomId
);
uuid_id!(
    /// The duty to get one subject acknowledged.
    PageId
);
uuid_id!(
    /// Somebody else on call for a while.
    OverrideId
);
uuid_id!(
    /// A proposal to change shifts.
    SwapId
);

uuid_id!(
    /// A code that waits to come back from an address.
    CodeId
);

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotANumber;

            /// Reads the number with its prefix in any case; the bare number is not accepted, so
            /// that the words of a title are never taken for a reference.
            fn from_str(text: &str) -> Result<Self, NotANumber> {
                let prefix = $prefix.len();
                let head = text.get(..prefix).ok_or(NotANumber)?;
                let digits = text.get(prefix..).ok_or(NotANumber)?;
                let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                if !head.eq_ignore_ascii_case($prefix) || !plain {
                    return Err(NotANumber);
                }
                digits.parse().ok().filter(|n| *n > 0).map(Self).ok_or(NotANumber)
            }
        }
    };
}

/// A text that is not the reference it was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reference of this kind")]
pub struct NotANumber;

number_id!(
    /// `INC-42`: an incident, numbered without gaps within the installation.
    IncidentId,
    "INC-"
);
number_id!(
    /// `E17`: an entry's place on its stream, counted from 1.
    EntryId,
    "E"
);
number_id!(
    /// `M3`: a captured message, counted from 1 within its incident.
    MessageId,
    "M"
);
number_id!(
    /// `FILE2`: a file that was attached to a captured message, counted from 1 within its incident.
    FileId,
    "FILE"
);
number_id!(
    /// `F2`: a cause of the analysis (most are contributing factors), counted from 1 within its incident.
    CauseId,
    "F"
);
number_id!(
    /// `C3`: a comment on the postmortem, counted from 1 within its incident.
    CommentId,
    "C"
);
number_id!(
    /// `A2`: a follow-up action, counted from 1 within its incident.
    ActionId,
    "A"
);
number_id!(
    /// `N4`: a notice, counted from 1 within its page.
    NoticeId,
    "N"
);

/// The short name by which files and commands refer to a team, service, policy, severity or role:
/// lower-case letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// Longest key accepted, in bytes.
pub const KEY_MAX: usize = 64;

impl Key {
    /// Reads a key, folding upper case.
    ///
    /// # Errors
    /// A text that is empty, longer than [`KEY_MAX`] or has other characters.
    pub fn new(text: &str) -> Result<Self, BadKey> {
        let lower = text.to_lowercase();
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if lower.is_empty() || lower.len() > KEY_MAX || !lower.bytes().all(fits) {
            return Err(BadKey);
        }
        Ok(Self(lower))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has 1 to 64 of the characters a-z, 0-9, '-' and '_'")]
pub struct BadKey;

impl TryFrom<String> for Key {
    type Error = BadKey;

    fn try_from(text: String) -> Result<Self, BadKey> {
        Self::new(&text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl JsonSchema for Key {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Key")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The short name of a team, service, policy, severity or role.",
            "type": "string",
            "pattern": "^[a-z0-9_-]{1,64}$",
        })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What one request may mint: ids and salts, all derived from a seed that intake drew at random.
/// Deciding again from the same seed mints the same ids, so a lost race costs nothing.
#[derive(Debug, Clone)]
pub struct Minter {
    seed: [u8; 32],
    at: DateTime<Utc>,
    used: u32,
}

impl Minter {
    /// A minter over `seed` for things born at `at`.
    pub fn new(seed: [u8; 32], at: DateTime<Utc>) -> Self {
        Self { seed, at, used: 0 }
    }

    /// A new UUID (version 7, so that ids sort by birth).
    pub fn uuid(&mut self) -> Uuid {
        let bytes = self.bytes();
        let mut random = [0; 10];
        random.copy_from_slice(&bytes[..10]);
        let millis = u64::try_from(self.at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// Sixteen fresh bytes for an entry body.
    pub fn salt(&mut self) -> [u8; 16] {
        let bytes = self.bytes();
        let mut salt = [0; 16];
        salt.copy_from_slice(&bytes[..16]);
        salt
    }

    fn bytes(&mut self) -> [u8; 32] {
        self.used += 1;
        let mut hash = Sha256::new();
        hash.update(b"firebell-mint-1");
        hash.update(self.seed);
        hash.update(self.used.to_be_bytes());
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_prefix_only() {
        let cases = [
            ("INC-42", Some(42)),
            ("inc-7", Some(7)),
            ("42", None),
            ("INC-", None),
            ("INC-0", None),
            ("INC--3", None),
            ("INC-+3", None),
            ("INC-99999999999999999999", None),
            ("ÍNC-1", None),
            ("", None),
        ];
        for (text, number) in cases {
            assert_eq!(text.parse().ok().map(|IncidentId(n)| n), number, "{text}");
        }
    }

    #[test]
    fn keys_fold_case_and_refuse_spaces() {
        assert_eq!(Key::new("SEV1").unwrap().as_str(), "sev1");
        for text in ["", "a b", "ü", &"x".repeat(65)] {
            assert_eq!(Key::new(text), Err(BadKey), "{text}");
        }
    }

    #[test]
    fn one_seed_mints_the_same_ids_again() {
        let at = DateTime::UNIX_EPOCH;
        let (mut a, mut b) = (Minter::new([7; 32], at), Minter::new([7; 32], at));
        let first = a.uuid();
        assert_eq!(first, b.uuid());
        assert_ne!(first, a.uuid());
        assert_eq!(first.get_version_num(), 7);
    }
}
