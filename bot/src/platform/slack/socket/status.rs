//! How the connections are, for those who want to know.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};

use crate::clock::Clock;

/// How the connections are. Clones share it.
#[derive(Clone)]
pub struct Status(Arc<Inner>);

struct Inner {
    clock: Clock,
    health: watch::Sender<Health>,
    notes: Mutex<Notes>,
    came: Notify,
}

#[derive(Default)]
struct Notes {
    /// When something was heard last on any connection.
    heard: Option<DateTime<Utc>>,
    /// Not told yet.
    gap: Option<Gap>,
    /// What somebody was told to put right, since a connection was up last.
    advised: Option<Trouble>,
}

/// How the connections are at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// How many connections are up. While one takes the place of another, both count.
    pub up: usize,
    /// Since when there is none.
    pub none_since: Option<DateTime<Utc>>,
    /// What went wrong last, even if all is well by now.
    pub last_trouble: Option<Trouble>,
    /// How many frames could not be read.
    pub unreadable: u64,
}

/// A time without any connection has ended. What happened on Slack meanwhile was perhaps not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// When something was heard last; nothing when it is the first connection of this process.
    pub since: Option<DateTime<Utc>>,
    /// When a connection was there again.
    pub until: DateTime<Utc>,
}

/// Why there is no connection, or why one ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("Slack refused: {code}")]
    Refused { code: String },
    #[error("Slack wants to be asked again in {} s", .0.as_secs())]
    AskedToWait(Duration),
    #[error("Slack gave no URL to connect to")]
    NotOpened,
    #[error("the connection could not be made")]
    NotConnected,
    #[error("Slack did not say hello")]
    NoHello,
    #[error("Socket Mode is switched off in the app's settings")]
    Disabled,
    #[error("the app has more connections than Slack allows")]
    Crowded,
    #[error("nothing was heard any more")]
    Silent,
    #[error("Slack closed the connection")]
    Closed,
    #[error("the connection broke")]
    Broken,
    #[error("Slack sent more in one frame than is taken")]
    TooLarge,
}

impl Status {
    /// None is up yet.
    pub fn new(clock: Clock) -> Self {
        let health = Health { none_since: Some(clock.now()), ..Health::default() };
        let (health, notes) = (watch::Sender::new(health), Mutex::default());
        Self(Arc::new(Inner { clock, health, notes, came: Notify::new() }))
    }

    /// How they are now.
    pub fn health(&self) -> Health {
        self.0.health.borrow().clone()
    }

    /// How they are, and each time that it changes.
    pub fn watch(&self) -> watch::Receiver<Health> {
        self.0.health.subscribe()
    }

    /// Waits until a connection came up after there was none. Gaps that nobody asked for meanwhile are told as one. For
    /// one asker.
    pub async fn gap(&self) -> Gap {
        loop {
            let told = self.notes().gap.take();
            match told {
                Some(gap) => return gap,
                None => self.0.came.notified().await,
            }
        }
    }

    pub(super) fn heard(&self) {
        let now = self.0.clock.now();
        self.notes().heard = Some(now);
    }

    /// A connection is up, as long as the answer lives.
    pub(super) fn up(&self) -> Up {
        let until = self.0.clock.now();
        self.0.health.send_modify(|health| {
            let mut notes = self.notes();
            notes.advised = None;
            let since = notes.heard.replace(until);
            if health.up == 0 {
                let since = notes.gap.map_or(since, |earlier| earlier.since);
                notes.gap = Some(Gap { since, until });
                self.0.came.notify_one();
            }
            health.up += 1;
            health.none_since = None;
        });
        Up(self.clone())
    }

    pub(super) fn trouble(&self, trouble: Trouble) {
        self.0.health.send_modify(|health| health.last_trouble = Some(trouble));
    }

    /// Whether nobody was told yet to put this right; from now on somebody was.
    pub(super) fn is_news(&self, trouble: &Trouble) -> bool {
        let mut notes = self.notes();
        let before = notes.advised.replace(trouble.clone());
        before.as_ref() != Some(trouble)
    }

    pub(super) fn unreadable(&self) {
        self.0.health.send_modify(|health| health.unreadable += 1);
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is up.
pub(super) struct Up(Status);

impl Drop for Up {
    fn drop(&mut self) {
        let now = self.0.0.clock.now();
        self.0.0.health.send_modify(|health| {
            health.up = health.up.saturating_sub(1);
            health.none_since = (health.up == 0).then_some(now);
        });
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[tokio::test]
    async fn gaps_are_told_from_what_was_heard_last_until_a_connection_is_there() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH);
        let status = Status::new(clock.clone());
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let pass = || clock.advance(TimeDelta::seconds(10)).unwrap();
        let first = status.up();
        assert_eq!(status.gap().await, Gap { since: None, until: at(0) });
        pass();
        status.heard();
        let second = status.up();
        drop(first);
        pass();
        assert_eq!(status.health().none_since, None);
        drop(second);
        assert_eq!(status.health().none_since, Some(at(20)));
        pass();
        let third = status.up();
        assert_eq!(status.health().up, 1);
        pass();
        drop(third);
        drop(status.up());
        // Two in one, as nobody asked between them.
        assert_eq!(status.gap().await, Gap { since: Some(at(10)), until: at(40) });
        let none = tokio::time::timeout(Duration::from_millis(10), status.gap()).await;
        assert!(none.is_err(), "it was told twice");
    }
}
