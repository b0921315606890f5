//! Notices: how far each has come, and what its provider says of it. Whatever is told late, twice or out of order never moves
//! one backwards.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::page::DueStep;
use crate::directory::ContactMethod;
use crate::ids::{NoticeId, PersonId};

/// One message of a page to one recipient by one contact method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// Its number within the page: 4 is `N4`.
    pub id: NoticeId,
    /// Who is told.
    pub person: PersonId,
    /// By what.
    pub method: ContactMethod,
    /// Which round and step it belongs to; the notice's occurrence.
    pub occasion: DueStep,
    /// How many by the same method for this occasion came before it, since a person's rules may have it more than once.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub repeat: i64,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
    /// How far it has come.
    pub state: NoticeState,
    /// Absent in pages of older versions.
    #[serde(default, skip_serializing_if = "Trail::is_empty")]
    pub trail: Trail,
}

/// How far a notice has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum NoticeState {
    Queued,
    /// A provider has accepted it that tells later how it fared.
    Sent {
        at: DateTime<Utc>,
        again: bool,
    },
    Delivered {
        at: DateTime<Utc>,
        again: bool,
    },
    /// The person has seen it, or taken the call.
    Read {
        at: DateTime<Utc>,
        again: bool,
    },
    Failed {
        at: DateTime<Utc>,
        reason: String,
    },
    /// It was tried for so long in vain that it was given up.
    Dead {
        at: DateTime<Utc>,
        reason: String,
    },
    Cancelled {
        at: DateTime<Utc>,
    },
}

/// What is known of the way of a notice, so that it can be told how long each part of it took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Trail {
    /// How often it was tried.
    #[serde(skip_serializing_if = "is_none_yet")]
    pub attempts: i64,
    /// What its provider calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// When a provider accepted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<DateTime<Utc>>,
    /// When the person had seen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<DateTime<Utc>>,
    /// The last that its provider said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard: Option<Heard>,
}

/// What a provider said of a notice, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Heard {
    /// What that means.
    pub stage: Stage,
    /// In the provider's own word.
    pub word: String,
    /// When it said so.
    pub at: DateTime<Utc>,
}

/// How an attempt came out for the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    /// Which one it was, counted from 1.
    pub number: i64,
    /// What the provider calls what it accepted.
    pub provider_id: Option<String>,
}

/// What a provider tells of something that it had accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What it calls it.
    pub provider_id: String,
    pub stage: Stage,
    pub word: String,
    /// Why it failed, where it did.
    pub reason: Option<String>,
}

/// From the provider to the person, or to where it got stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The provider has it.
    Accepted,
    /// The carrier has it, or the telephone rings.
    UnderWay,
    Delivered,
    Read,
    Failed,
}

impl Notice {
    /// When it left Firebell; nothing of one that did not.
    pub fn left_at(&self) -> Option<DateTime<Utc>> {
        let known = self.trail.sent_at.or(self.trail.delivered_at);
        known.or_else(|| self.state.since().filter(|_| self.state.is_out()))
    }

    /// Moves it on; false where that would be a step back.
    pub fn moves(&mut self, to: NoticeState) -> bool {
        if !self.state.may_become(&to) {
            return false;
        }
        let trail = &mut self.trail;
        match &to {
            NoticeState::Sent { at, .. } => trail.sent_at = Some(*at),
            NoticeState::Delivered { at, .. } => trail.delivered_at = Some(*at),
            NoticeState::Read { at, .. } => trail.read_at = Some(*at),
            _ => {}
        }
        self.state = to;
        true
    }

    /// Takes note of an attempt, whether it moves the notice or not.
    pub fn was_tried(&mut self, attempt: &Attempt) {
        self.trail.attempts = self.trail.attempts.max(attempt.number);
        if self.trail.provider_id.is_none() {
            self.trail.provider_id.clone_from(&attempt.provider_id);
        }
    }

    /// Takes note of what its provider said; false where that is old, or of another attempt that failed beside this one.
    pub fn hears(&mut self, receipt: &Receipt, at: DateTime<Utc>) -> bool {
        let of_another = self.trail.provider_id.as_ref().is_some_and(|own| *own != receipt.provider_id);
        let last = self.trail.heard.as_ref().map(|heard| heard.stage);
        let is_news = last.is_none_or(|last| receipt.stage.follows(last));
        if !is_news || (of_another && receipt.stage == Stage::Failed) {
            return false;
        }
        self.trail.heard = Some(Heard { stage: receipt.stage, word: receipt.word.clone(), at });
        true
    }
}

impl NoticeState {
    /// Whether this may come after it. What failed or was read is done with; what was taken back may turn out to have been
    /// on its way.
    pub fn may_become(&self, next: &Self) -> bool {
        match (self, next) {
            (Self::Queued, next) => *next != Self::Queued,
            (Self::Sent { .. }, Self::Delivered { .. } | Self::Read { .. } | Self::Failed { .. })
            | (Self::Delivered { .. }, Self::Read { .. })
            | (Self::Cancelled { .. }, Self::Sent { .. } | Self::Delivered { .. } | Self::Read { .. }) => true,
            _ => false,
        }
    }

    /// Whether it left Firebell and nothing says that it is lost.
    pub fn is_out(&self) -> bool {
        matches!(self, Self::Sent { .. } | Self::Delivered { .. } | Self::Read { .. })
    }

    /// Whether it will never arrive.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Dead { .. })
    }

    /// Whether it may have arrived twice.
    pub fn again(&self) -> bool {
        match self {
            Self::Sent { again, .. } | Self::Delivered { again, .. } | Self::Read { again, .. } => *again,
            Self::Queued | Self::Failed { .. } | Self::Dead { .. } | Self::Cancelled { .. } => false,
        }
    }

    /// Since when it is so; nothing of one that is queued.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Queued => None,
            Self::Sent { at, .. }
            | Self::Delivered { at, .. }
            | Self::Read { at, .. }
            | Self::Failed { at, .. }
            | Self::Dead { at, .. }
            | Self::Cancelled { at } => Some(*at),
        }
    }

    /// Why it will never arrive.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Failed { reason, .. } | Self::Dead { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Its one-word form in tables and texts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent { .. } => "sent",
            Self::Delivered { .. } => "delivered",
            Self::Read { .. } => "read",
            Self::Failed { .. } => "failed",
            Self::Dead { .. } => "dead",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

impl Trail {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Stage {
    /// Whether this is news after what was said before.
    pub fn follows(self, before: Self) -> bool {
        let rank = |stage| match stage {
            Self::Accepted => 0,
            Self::UnderWay => 1,
            Self::Delivered => 2,
            Self::Read => 3,
            Self::Failed => 4,
        };
        let arrived = matches!(before, Self::Delivered | Self::Read);
        rank(self) > rank(before) && !(arrived && self == Self::Failed)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it so")]
fn is_none_yet(attempts: &i64) -> bool {
    *attempts == 0
}

#[cfg(test)]
mod tests;
