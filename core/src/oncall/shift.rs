//! What a schedule comes to: who is on call at an instant, and from when to when.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{Key, OverrideId, PersonId};

/// Who is on call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCall {
    /// Nobody twice, in the order of the layers; nobody at all in a gap.
    pub on_call: Vec<Held>,
    /// Who is told along and not counted on; never one of those on call.
    pub shadows: Vec<PersonId>,
}

/// Somebody on call, and why it is them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub person: PersonId,
    pub why: Why,
}

/// What put somebody on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is their turn in this layer, the first one that names them.
    Layer(Key),
    /// The override that brought them in.
    Override(OverrideId),
}

/// A stretch over which the same people are on call for the same reasons, with the same shadows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    pub start: DateTime<Utc>,
    /// Exclusive.
    pub end: DateTime<Utc>,
    /// As in [`OnCall`].
    pub on_call: Vec<Held>,
    pub shadows: Vec<PersonId>,
}

/// From `start` to `end` (exclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

/// A stretch over which one person is on call, whoever comes and goes beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub span: Span,
    /// What puts them there, one after the other, each once.
    pub reasons: Vec<Held>,
}

/// Other people come on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub at: DateTime<Utc>,
    /// From then on.
    pub to: OnCall,
}

impl OnCall {
    /// Whether `person` is on call; a shadow is not.
    pub fn names(&self, person: PersonId) -> bool {
        names(&self.on_call, person)
    }

    /// Whether the same people are on call, in whatever order and for whatever reasons.
    pub fn same_people(&self, other: &Self) -> bool {
        // Nobody is named twice, so counting is enough for the other direction.
        self.on_call.len() == other.on_call.len() && self.on_call.iter().all(|held| other.names(held.person))
    }
}

/// Whether `person` is one of those held.
pub(crate) fn names(held: &[Held], person: PersonId) -> bool {
    held.iter().any(|held| held.person == person)
}
