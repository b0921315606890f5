//! Whether this replica can do its work, as far as the engine knows.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;

/// A worker or ticker that has shown no sign of life for longer than this is taken to hang.
const SILENCE: TimeDelta = TimeDelta::seconds(30);

/// The most that this machine's clock may differ from the database's, in milliseconds.
const MOST_SKEW_MS: u64 = 500;

/// What the engine knows of itself, told by its parts and read by `/readyz`. A clone is the same health.
#[derive(Debug, Clone)]
pub struct Health {
    clock: Clock,
    state: Arc<RwLock<State>>,
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

/// What the auditor found at its last pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auditor {
    /// Everything that should have a due time has one.
    Content,
    /// What is wrong, in one line that names no incident's title and no person: anybody may read it.
    Finding(String),
}

#[derive(Debug)]
struct State {
    database: Database,
    auditor: Auditor,
    worker_alive_at: DateTime<Utc>,
    ticker_alive_at: DateTime<Utc>,
    draining: bool,
    clock_skew_ms: i64,
}

impl Health {
    /// The health of a process that starts now. It is not ready before the database was found up.
    pub fn new(clock: Clock) -> Self {
        let now = clock.now();
        let state = State {
            database: Database::Lost { since: now },
            auditor: Auditor::Content,
            worker_alive_at: now,
            ticker_alive_at: now,
            draining: false,
            clock_skew_ms: 0,
        };
        Self { clock, state: Arc::new(RwLock::new(state)) }
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
    pub fn audited(&self, verdict: Auditor) {
        self.change(|state| state.auditor = verdict);
    }

    /// The worker is alive; to be said more often than every 30 s, however little there is to do.
    pub fn worker_alive(&self) {
        let now = self.clock.now();
        self.change(|state| state.worker_alive_at = now);
    }

    /// The ticker is alive; to be said more often than every 30 s, however little is due.
    pub fn ticker_alive(&self) {
        let now = self.clock.now();
        self.change(|state| state.ticker_alive_at = now);
    }

    /// The process is about to stop, and stays so.
    pub fn drain(&self) {
        self.change(|state| state.draining = true);
    }

    /// How far this machine's own clock is ahead of the database's, in milliseconds; negative when it is behind.
    pub fn clock_skew_ms(&self, skew: i64) {
        self.change(|state| state.clock_skew_ms = skew);
    }

    /// [`Health::ready`] at this moment.
    ///
    /// # Errors
    /// As [`Health::ready`].
    pub fn check(&self) -> Result<(), Vec<String>> {
        self.ready(self.clock.now())
    }

    /// Whether this replica can do its work at `now`.
    ///
    /// # Errors
    /// One line for each check that fails: what is wrong, and what to do where it can be said.
    pub fn ready(&self, now: DateTime<Utc>) -> Result<(), Vec<String>> {
        let failing = self.read(|state| state.failing(now));
        if failing.is_empty() { Ok(()) } else { Err(failing) }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        // Every change is one assignment, so a panic elsewhere cannot have left the state half-written.
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn failing(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut failing = Vec::new();
        if self.draining {
            failing.push("draining: the process is about to stop".to_owned());
        }
        if let Database::Lost { since } = self.database {
            failing.push(format!("database: no answer since {}", stamp(since)));
        }
        if let Auditor::Finding(text) = &self.auditor {
            // One line for each check is the promise, whatever the finding holds.
            failing.push(format!("auditor: {}", text.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        for (part, alive_at) in [("worker", self.worker_alive_at), ("ticker", self.ticker_alive_at)] {
            if now - alive_at > SILENCE {
                failing.push(format!("{part}: no sign of life since {}; restart this replica", stamp(alive_at)));
            }
        }
        if self.clock_skew_ms.unsigned_abs() > MOST_SKEW_MS {
            let skew = self.clock_skew_ms;
            failing.push(format!("clock: {skew} ms ahead of the database's; synchronise both machines' clocks"));
        }
        failing
    }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn healthy() -> (Health, Clock) {
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let health = Health::new(clock.clone());
        health.database_up();
        (health, clock)
    }

    #[test]
    fn nothing_is_ready_before_the_database_was_reached() {
        let (_, clock) = healthy();
        let health = Health::new(clock);
        assert_eq!(health.check(), Err(vec!["database: no answer since 2026-03-01T12:00:00Z".to_owned()]));
        health.database_up();
        assert_eq!(health.check(), Ok(()));
    }

    #[test]
    fn each_check_has_its_line() {
        type Trouble = fn(&Health);
        let table: [(Trouble, &str); 5] = [
            (Health::drain, "draining: the process is about to stop"),
            (Health::database_lost, "database: no answer since 2026-03-01T12:00:00Z"),
            (
                |health| health.audited(Auditor::Finding("2 pages have\nno due time".to_owned())),
                "auditor: 2 pages have no due time",
            ),
            (
                |health| health.clock_skew_ms(501),
                "clock: 501 ms ahead of the database's; synchronise both machines' clocks",
            ),
            (
                |health| health.clock_skew_ms(-501),
                "clock: -501 ms ahead of the database's; synchronise both machines' clocks",
            ),
        ];
        for (trouble, line) in table {
            let (health, _) = healthy();
            trouble(&health);
            assert_eq!(health.check(), Err(vec![line.to_owned()]));
        }
    }

    #[test]
    fn what_is_tolerable_is_ready() {
        let (health, clock) = healthy();
        health.clock_skew_ms(-500);
        clock.advance(SILENCE).unwrap();
        assert_eq!(health.check(), Ok(()));
    }

    #[test]
    fn a_silent_worker_or_ticker_is_noticed_until_it_speaks() {
        let (health, clock) = healthy();
        clock.advance(SILENCE + TimeDelta::seconds(1)).unwrap();
        let failing = health.check().unwrap_err();
        assert!(failing.len() == 2 && failing[0].starts_with("worker:") && failing[1].starts_with("ticker:"));
        health.worker_alive();
        assert!(health.check().unwrap_err()[0].starts_with("ticker:"));
        health.ticker_alive();
        assert_eq!(health.check(), Ok(()));
    }

    #[test]
    fn a_loss_keeps_its_first_time() {
        let (health, clock) = healthy();
        let since = clock.now();
        health.database_lost();
        clock.advance(TimeDelta::seconds(5)).unwrap();
        health.database_lost();
        assert_eq!(health.database(), Database::Lost { since });
    }
}
