//! Connections that a platform's events come on, as far as they are alike everywhere: how they are, and the pauses between
//! attempts.

mod pauses;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};

pub(in crate::platform) use self::pauses::Pauses;
use crate::clock::Clock;
use crate::links::Linked;

/// How the connections are. Clones share it. `T` is what can go wrong with one.
pub struct Status<T>(Arc<Inner<T>>);

struct Inner<T> {
    clock: Clock,
    health: watch::Sender<Health<T>>,
    notes: Mutex<Notes<T>>,
    came: Notify,
}

struct Notes<T> {
    /// When something was heard last on any connection.
    heard: Option<DateTime<Utc>>,
    /// Not told yet.
    gap: Option<Gap>,
    /// What somebody was told to put right, since a connection was up last.
    advised: Option<T>,
}

/// How the connections are at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health<T> {
    /// How many connections are up. While one takes the place of another, both count.
    pub up: usize,
    /// Since when there is one without a break.
    pub up_since: Option<DateTime<Utc>>,
    /// Since when there is none.
    pub none_since: Option<DateTime<Utc>>,
    /// What went wrong last, even if all is well by now.
    pub last_trouble: Option<T>,
    /// How many connections came up that began anew.
    pub begun: u64,
    /// How many times something may have been missed: a connection began anew while there was none. The first of a process
    /// does not count.
    pub gaps: u64,
    /// How many frames could not be read.
    pub unreadable: u64,
}

/// A time without any connection has ended. What happened on the platform meanwhile was perhaps not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// When something was heard last; nothing when it is the first connection of this process.
    pub since: Option<DateTime<Utc>>,
    /// When a connection was there again.
    pub until: DateTime<Utc>,
}

impl<T: Clone + PartialEq> Status<T> {
    /// None is up yet.
    pub fn new(clock: Clock) -> Self {
        let health = Health { none_since: Some(clock.now()), ..Health::default() };
        let (health, notes) = (watch::Sender::new(health), Mutex::default());
        Self(Arc::new(Inner { clock, health, notes, came: Notify::new() }))
    }

    /// How they are now.
    pub fn health(&self) -> Health<T> {
        self.0.health.borrow().clone()
    }

    /// The same in short.
    pub fn linked(&self) -> Linked {
        let since = self.0.health.borrow().none_since;
        since.map_or(Linked::Up, |since| Linked::Down { since })
    }

    /// How they are, and each time that it changes.
    pub fn watch(&self) -> watch::Receiver<Health<T>> {
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

    pub(in crate::platform) fn heard(&self) {
        let now = self.0.clock.now();
        self.notes().heard = Some(now);
    }

    /// A connection that began anew is up, as long as the answer lives.
    pub(in crate::platform) fn up(&self) -> Up<T> {
        self.rise(|health, since, notes, until| {
            health.begun += 1;
            if health.up == 0 {
                health.gaps += u64::from(since.is_some());
                let since = notes.gap.map_or(since, |earlier| earlier.since);
                notes.gap = Some(Gap { since, until });
                self.0.came.notify_one();
            }
        })
    }

    /// A connection is up again on which the platform has told all that happened since it broke.
    pub(in crate::platform) fn resumed(&self) -> Up<T> {
        self.rise(|_, _, _, _| {})
    }

    pub(in crate::platform) fn trouble(&self, trouble: T) {
        self.0.health.send_modify(|health| health.last_trouble = Some(trouble));
    }

    /// Whether nobody was told yet to put this right; from now on somebody was.
    pub(in crate::platform) fn is_news(&self, trouble: &T) -> bool {
        let mut notes = self.notes();
        let before = notes.advised.replace(trouble.clone());
        before.as_ref() != Some(trouble)
    }

    pub(in crate::platform) fn unreadable(&self) {
        self.0.health.send_modify(|health| health.unreadable += 1);
    }

    fn rise(&self, note: impl FnOnce(&mut Health<T>, Option<DateTime<Utc>>, &mut Notes<T>, DateTime<Utc>)) -> Up<T> {
        let now = self.0.clock.now();
        self.0.health.send_modify(|health| {
            let mut notes = self.notes();
            notes.advised = None;
            let since = notes.heard.replace(now);
            note(health, since, &mut notes, now);
            health.up += 1;
            health.none_since = None;
            health.up_since = health.up_since.or(Some(now));
        });
        Up(self.clone())
    }
}

impl<T> Status<T> {
    fn notes(&self) -> MutexGuard<'_, Notes<T>> {
        self.0.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// Derived, they would ask the same of `T`.
impl<T> Clone for Status<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Health<T> {
    fn default() -> Self {
        Self { up: 0, up_since: None, none_since: None, last_trouble: None, begun: 0, gaps: 0, unreadable: 0 }
    }
}

impl<T> Default for Notes<T> {
    fn default() -> Self {
        Self { heard: None, gap: None, advised: None }
    }
}

/// A connection that is up.
pub(in crate::platform) struct Up<T>(Status<T>);

impl<T> Drop for Up<T> {
    fn drop(&mut self) {
        let now = self.0.0.clock.now();
        self.0.0.health.send_modify(|health| {
            health.up = health.up.saturating_sub(1);
            if health.up == 0 {
                (health.none_since, health.up_since) = (Some(now), None);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::TimeDelta;

    use super::*;

    #[tokio::test]
    async fn gaps_are_told_from_what_was_heard_last_until_a_connection_is_there() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH);
        let status = Status::<()>::new(clock.clone());
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let pass = || clock.advance(TimeDelta::seconds(10)).unwrap();
        let first = status.up();
        assert_eq!(status.gap().await, Gap { since: None, until: at(0) });
        assert_eq!(status.linked(), Linked::Up);
        pass();
        status.heard();
        let second = status.up();
        drop(first);
        pass();
        assert_eq!((status.health().none_since, status.health().up_since), (None, Some(at(0))));
        drop(second);
        assert_eq!((status.health().none_since, status.health().up_since), (Some(at(20)), None));
        assert_eq!(status.linked(), Linked::Down { since: at(20) });
        pass();
        let third = status.up();
        assert_eq!((status.health().up, status.health().up_since), (1, Some(at(30))));
        pass();
        drop(third);
        drop(status.up());
        // Two in one, as nobody asked between them.
        assert_eq!(status.gap().await, Gap { since: Some(at(10)), until: at(40) });
        let none = tokio::time::timeout(Duration::from_millis(10), status.gap()).await;
        assert!(none.is_err(), "it was told twice");
        assert_eq!((status.health().begun, status.health().gaps), (4, 2));
    }

    #[tokio::test]
    async fn what_was_resumed_has_missed_nothing() {
        let status = Status::<()>::new(Clock::manual(DateTime::UNIX_EPOCH));
        drop(status.up());
        status.gap().await;
        drop(status.resumed());
        let none = tokio::time::timeout(Duration::from_millis(10), status.gap()).await;
        assert!(none.is_err(), "{none:?}");
        assert_eq!((status.health().begun, status.health().gaps), (1, 0));
    }
}
