//! The lifecycle: declared -> investigating -> identified -> mitigated -> resolved -> closed; also cancelled
//! and merged. Reopening is allowed from resolved.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::actor::Who;
use crate::ids::{EntryId, IncidentId};

/// Where an incident stands, with the data that belongs to that state alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum Status {
    Declared,
    Investigating { since: Mark },
    Identified { since: Mark },
    Mitigated { since: Mark },
    Resolved { resolved: Said },
    Closed { resolved: Said, closed: Mark },
    Cancelled { cancelled: Mark, reason: Option<String> },
    Merged { merged: Mark, into: IncidentId },
}

/// When something happened, who did it, and which entry says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: Who,
    /// The entry that says so.
    pub entry: EntryId,
}

/// Words in force, and the entry that put them there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// The words.
    pub text: String,
    /// Who said them when.
    pub mark: Mark,
}

/// The states that a person may set with `/incident status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActiveStatus {
    Investigating,
    Identified,
    Mitigated,
}

/// A status without its data, for columns, filters and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    Declared,
    Investigating,
    Identified,
    Mitigated,
    Resolved,
    Closed,
    Cancelled,
    Merged,
}

impl Status {
    /// The status without its data.
    pub fn word(&self) -> StatusWord {
        match self {
            Self::Declared => StatusWord::Declared,
            Self::Investigating { .. } => StatusWord::Investigating,
            Self::Identified { .. } => StatusWord::Identified,
            Self::Mitigated { .. } => StatusWord::Mitigated,
            Self::Resolved { .. } => StatusWord::Resolved,
            Self::Closed { .. } => StatusWord::Closed,
            Self::Cancelled { .. } => StatusWord::Cancelled,
            Self::Merged { .. } => StatusWord::Merged,
        }
    }

    /// Whether people are still working on it.
    pub fn is_active(&self) -> bool {
        self.word().is_active()
    }
}

impl StatusWord {
    /// Every status, in the order of the lifecycle.
    pub const ALL: [Self; 8] = [
        Self::Declared,
        Self::Investigating,
        Self::Identified,
        Self::Mitigated,
        Self::Resolved,
        Self::Closed,
        Self::Cancelled,
        Self::Merged,
    ];

    /// Its text in tables, commands and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Merged => "merged",
        }
    }

    /// Reads the text written by [`StatusWord::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.as_str() == text)
    }

    /// Whether people are still working on an incident in this state.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Declared | Self::Investigating | Self::Identified | Self::Mitigated)
    }

    /// Whether an incident in this state is never worked on again.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled | Self::Merged)
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ActiveStatus {
    /// The status word it stands for.
    pub fn word(self) -> StatusWord {
        match self {
            Self::Investigating => StatusWord::Investigating,
            Self::Identified => StatusWord::Identified,
            Self::Mitigated => StatusWord::Mitigated,
        }
    }

    /// The state entered at `since`.
    pub fn enter(self, since: Mark) -> Status {
        match self {
            Self::Investigating => Status::Investigating { since },
            Self::Identified => Status::Identified { since },
            Self::Mitigated => Status::Mitigated { since },
        }
    }
}
