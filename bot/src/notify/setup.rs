//! What all adapters are made with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::notify::guard::Guard;

/// Tells the time, in UTC. Signatures and dates need it; nothing here asks the system.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What is the same for all adapters of a process.
#[derive(Clone)]
pub struct Setup {
    pub now: Now,
    pub times: Times,
    /// Which hosts may be called that people name.
    pub guard: Guard,
}

/// How long an attempt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// Until there is a connection, with the look-up of the name and TLS.
    pub connect: Duration,
    /// From the start of a call to the last byte of its answer.
    pub whole: Duration,
    /// As `whole`, where the call asks a carrier to ring somebody.
    pub voice: Duration,
}

/// An adapter cannot be made of its configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("prepare {what}: {why}")]
pub struct SetupError {
    /// The adapter, as people know it.
    pub what: &'static str,
    /// What is wrong and what to do about it. It repeats no credential.
    pub why: String,
}

impl Setup {
    /// The usual time-outs, and no private networks.
    pub fn new(now: Now) -> Self {
        Self { now, times: Times::default(), guard: Guard::default() }
    }
}

impl SetupError {
    pub(crate) fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self { what, why: why.into() }
    }
}

impl Default for Times {
    /// 5 s to connect, 15 s for a call, 20 s for one that rings somebody.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), whole: seconds(15), voice: seconds(20) }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("times", &self.times).field("guard", &self.guard).finish_non_exhaustive()
    }
}
