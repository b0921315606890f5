//! Whether this replica is alive, whether it can do its work, and whether all is well, as far as the engine knows.

mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};

use self::state::State;
use crate::clock::Clock;
use crate::links::Link;

/// A loop whose rounds have failed or stayed away for longer than this does not do its work.
const SILENCE: TimeDelta = TimeDelta::seconds(30);
/// A loop that has not come round for longer than this hangs, and the process with it. Longer than any round may take
/// while the database is slow: whoever asks ends the process.
const HANGS: TimeDelta = TimeDelta::minutes(2);
/// The auditor looks every minute; after this long its last word counts no more.
const AUDIT_COUNTS: TimeDelta = TimeDelta::minutes(3);

/// What the engine knows of itself, told by its parts and read by `/healthz`, `/readyz` and the heartbeat. A clone is the
/// same health.
#[derive(Debug, Clone)]
pub struct Health {
    clock: Clock,
    links: Arc<[Link]>,
    state: Arc<RwLock<State>>,
}

/// The loops without which a process is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Looks for timers that are due.
    Ticker,
    /// Looks for what is to be delivered.
    Worker,
    /// Says that this replica is there, and audits.
    Upkeep,
}

/// Whether the database answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// It answers.
    Up,
    /// It has not answered since then.
    Lost {
        /// When it was first found lost.
        since: DateTime<Utc>,
    },
}

/// What the auditor found at its last pass. Each line names no incident's title and no person: anybody may read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// What Firebell does not do that it must. It is not ready then.
    pub stalled: Vec<String>,
    /// What somebody must mend although Firebell does what it can: another replica could do no better.
    pub unmet: Vec<String>,
}

impl Health {
    /// The health of a process that starts now and listens to these workspaces. It is not ready before the database was
    /// found up.
    pub fn new(clock: Clock, links: Vec<Link>) -> Self {
        let state = State::at(clock.now());
        Self { clock, links: links.into(), state: Arc::new(RwLock::new(state)) }
    }

    /// The workspaces that are listened to.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The database answered.
    pub fn database_up(&self) {
        self.change(|state| state.database = Database::Up);
    }

    /// The database did not answer. The time of the first loss is kept until it is up again.
    pub fn database_lost(&self) {
        let since = self.clock.now();
        self.change(|state| {
            if state.database == Database::Up {
                state.database = Database::Lost { since };
            }
        });
    }

    /// Whether the database answers, and since when it does not.
    pub fn database(&self) -> Database {
        self.read(|state| state.database.clone())
    }

    /// The auditor has made a pass.
    pub fn audited(&self, found: Audit) {
        let now = self.clock.now();
        self.change(|state| state.audit = Some((now, found)));
    }

    /// A loop has come round, whatever it met; to be said more often than every 30 s, however little there is to do.
    pub fn turned(&self, part: Part) {
        let now = self.clock.now();
        self.change(|state| state.pulse_mut(part).turned = now);
    }

    /// A loop has come round and could do what there was to do.
    pub fn worked(&self, part: Part) {
        let now = self.clock.now();
        self.change(|state| {
            let pulse = state.pulse_mut(part);
            (pulse.turned, pulse.worked) = (now, now);
        });
    }

    /// The process is about to stop, and stays so.
    pub fn drain(&self) {
        self.change(|state| state.draining = true);
    }

    /// How far this machine's own clock is ahead of the database's, in milliseconds; negative when it is behind.
    pub fn clock_skew_ms(&self, skew: i64) {
        self.change(|state| state.clock_skew_ms = skew);
    }

    /// For how long this process is there.
    pub fn up_for(&self) -> TimeDelta {
        let now = self.clock.now();
        self.read(|state| now.signed_duration_since(state.started))
    }

    /// Whether every loop of this process comes round, which it does without a database too. A process that is not alive
    /// is to be ended: nothing else helps it.
    ///
    /// # Errors
    /// One line for each loop that hangs.
    pub fn alive(&self) -> Result<(), Vec<String>> {
        let now = self.clock.now();
        all_well(self.read(|state| state.hanging(now)))
    }

    /// Whether this replica can do its work: what others send it is to go elsewhere while it cannot.
    ///
    /// # Errors
    /// One line for each check that fails: what is wrong, and what to do where it can be said.
    pub fn ready(&self) -> Result<(), Vec<String>> {
        let now = self.clock.now();
        let mut failing = self.read(|state| state.failing(now));
        failing.extend(state::silent(&self.links));
        all_well(failing)
    }

    /// Whether a watcher outside may be told that all is well: the database answers, the loops do their work, the clocks
    /// agree, and the auditor has looked lately and found nothing.
    ///
    /// # Errors
    /// One line for each thing that is not well.
    pub fn content(&self) -> Result<(), Vec<String>> {
        let now = self.clock.now();
        all_well(self.read(|state| state.unwell(now)))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        // Every change is one assignment, so a panic elsewhere cannot have left the state half-written.
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Part {
    const ALL: [Self; 3] = [Self::Ticker, Self::Worker, Self::Upkeep];

    fn word(self) -> &'static str {
        match self {
            Self::Ticker => "ticker",
            Self::Worker => "worker",
            Self::Upkeep => "upkeep",
        }
    }
}

fn all_well(failing: Vec<String>) -> Result<(), Vec<String>> {
    if failing.is_empty() { Ok(()) } else { Err(failing) }
}
