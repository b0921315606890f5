//! Policies: whom to page in which order, and how long to wait.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::directory::Origin;
use crate::ids::{Key, PersonId};

/// Whom to page in which order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagingPolicy {
    pub key: Key,
    pub name: String,
    /// Rises with every change of this policy; a running page keeps the version it started with.
    pub version: i64,
    pub steps: Vec<Step>,
    /// How many times the steps are gone through before the last resort; at least 1.
    pub rounds: i64,
    pub origin: Origin,
}

/// One step: these people at once, then wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub people: Vec<PersonId>,
    /// Seconds to wait for an acknowledgement before the next step.
    pub wait_s: i64,
    pub needs: AckNeed,
}

/// Whose acknowledgement a step waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AckNeed {
    /// The first one acknowledges for all.
    Anyone,
    /// Each acknowledges for themselves; the page is acknowledged when all have.
    Everyone,
}

impl Step {
    /// The wait as a duration.
    pub fn wait(&self) -> TimeDelta {
        TimeDelta::try_seconds(self.wait_s).unwrap_or(TimeDelta::MAX)
    }
}
