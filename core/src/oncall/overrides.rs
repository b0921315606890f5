//! Overrides: somebody else is on call for a while, whatever the schedule says; and swaps, which become overrides.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::shift::Span;
use crate::actor::Who;
use crate::ids::{Key, OverrideId, PersonId, SwapId};

/// Somebody else is on call from `start` to `end` (exclusive). Of two that overlap the newer one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    pub id: OverrideId,
    pub schedule: Key,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub people: Vec<PersonId>,
    /// Whom they stand in for, wherever that person would be on call; everybody of the schedule without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<PersonId>,
    pub kind: OverrideKind,
    pub made_by: Who,
    pub made_at: DateTime<Utc>,
}

/// How an override came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideKind {
    /// Somebody was put in.
    Override,
    /// Somebody took it themselves, now.
    Take,
    /// Somebody stands in for a person.
    Cover,
    /// Two people have changed shifts.
    Swap,
}

/// A proposal to change shifts: `with` stands in for `by` during `own`, and `by` for `with` during `theirs`. It counts for
/// nothing until `with` has accepted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    pub id: SwapId,
    pub schedule: Key,
    pub by: PersonId,
    pub with: PersonId,
    /// What `by` gives away.
    pub own: Span,
    /// What `by` takes on in return; nothing where they only ask to be relieved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Span>,
    pub proposed_at: DateTime<Utc>,
}

impl Swap {
    /// Who would stand in, for whom, and over which shift of theirs.
    pub(crate) fn sides(&self) -> impl Iterator<Item = (PersonId, PersonId, Span)> + use<> {
        let theirs = self.theirs.map(|span| (self.by, self.with, span));
        std::iter::once((self.with, self.by, self.own)).chain(theirs)
    }
}
