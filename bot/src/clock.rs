//! The clock: the only place that asks the system for the time. Everything else is told.

mod wall;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::sync::watch;

use self::wall::Wall;

/// The longest sleep before the wall clock is read again: it may have been set forward, or the machine may have been
/// suspended, and what fell due meanwhile must not wait for the rest of a long sleep.
const LONGEST_NAP: Duration = Duration::from_secs(5);

/// Tells the time, in UTC and truncated to microseconds, which is what both databases keep. A clone tells the same
/// time.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

/// A manual clock cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// Time only goes forward.
    #[error("set the clock back from {now} to {at}: time only goes forward; choose a later time")]
    Backwards {
        /// What the clock shows.
        now: DateTime<Utc>,
        /// What it was to be set to.
        at: DateTime<Utc>,
    },
    /// The clock follows the system's.
    #[error("set the clock: it follows the system's; only a manual clock can be set")]
    NotManual,
    /// The calendar ends before that.
    #[error("set the clock: that time is beyond the end of the calendar")]
    OutOfRange,
}

#[derive(Clone, Debug)]
enum Kind {
    System(Arc<Mutex<Wall>>),
    Manual(Arc<watch::Sender<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that follows the system's and never goes back. When the wall clock is set forward it jumps with it;
    /// when the wall clock is set back it goes on at nine tenths of the usual speed until the wall clock has caught
    /// up, so that no due page waits for an hour to pass a second time. A set-back of more than a second is logged.
    pub fn system() -> Self {
        Self(Kind::System(Arc::new(Mutex::new(Wall::start()))))
    }

    /// A clock that shows `start` and moves only by hand.
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self(Kind::Manual(Arc::new(watch::Sender::new(start.trunc_subsecs(6)))))
    }

    /// The time, truncated to microseconds. Never earlier than an answer given before in this process.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            // A panic of another thread cannot leave the reading half-written.
            Kind::System(wall) => wall.lock().unwrap_or_else(PoisonError::into_inner).read().trunc_subsecs(6),
            Kind::Manual(time) => *time.borrow(),
        }
    }

    /// The machine's own clock, whatever this one follows; a manual clock has none but itself.
    pub fn own(&self) -> DateTime<Utc> {
        match &self.0 {
            Kind::System(_) => Wall::own(),
            Kind::Manual(_) => self.now(),
        }
    }

    /// Follows another clock, which the machine's was seen to be `ahead` of, give or take `doubt`; a smaller difference
    /// changes nothing. The first time counts as the start of this clock, so it may set it back; afterwards time only
    /// goes forward. A manual clock follows nobody.
    pub fn follow(&self, ahead: TimeDelta, doubt: TimeDelta) {
        if let Kind::System(wall) = &self.0 {
            let mut wall = wall.lock().unwrap_or_else(PoisonError::into_inner);
            if wall.lead().is_none_or(|lead| (lead - ahead).abs() > doubt) {
                wall.follow(ahead);
            }
        }
    }

    /// Returns once the clock shows `at` or later; never early, and at once when `at` has passed.
    pub async fn sleep_until(&self, at: DateTime<Utc>) {
        match &self.0 {
            Kind::System(_) => loop {
                // A negative rest, which `to_std` refuses, means that the time has come.
                let Ok(rest) = (at - self.now()).to_std() else { return };
                if rest.is_zero() {
                    return;
                }
                tokio::time::sleep(rest.min(LONGEST_NAP)).await;
            },
            Kind::Manual(time) => {
                // The sender lives in this clock, so the channel cannot close while we wait.
                let _ = time.subscribe().wait_for(|now| *now >= at).await;
            }
        }
    }

    /// Returns once `duration` has passed from now; at once when it is zero or negative.
    pub async fn after(&self, duration: TimeDelta) {
        let at = self.now().checked_add_signed(duration).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.sleep_until(at).await;
    }

    /// Sets a manual clock and wakes those for whom the time has come.
    ///
    /// # Errors
    /// [`ClockError`] when `at` is earlier than what the clock shows, or the clock is the system's.
    pub fn set(&self, at: DateTime<Utc>) -> Result<(), ClockError> {
        self.turn(|_| Some(at.trunc_subsecs(6)))
    }

    /// Moves a manual clock forward and wakes those for whom the time has come.
    ///
    /// # Errors
    /// [`ClockError`] when `delta` is negative or leaves the calendar, or the clock is the system's.
    pub fn advance(&self, delta: TimeDelta) -> Result<(), ClockError> {
        self.turn(|now| now.checked_add_signed(delta).map(|at| at.trunc_subsecs(6)))
    }

    fn turn(&self, to: impl FnOnce(DateTime<Utc>) -> Option<DateTime<Utc>>) -> Result<(), ClockError> {
        let Kind::Manual(time) = &self.0 else { return Err(ClockError::NotManual) };
        let mut outcome = Ok(());
        time.send_if_modified(|now| match to(*now) {
            Some(at) if at >= *now => {
                *now = at;
                true
            }
            Some(at) => {
                outcome = Err(ClockError::Backwards { now: *now, at });
                false
            }
            None => {
                outcome = Err(ClockError::OutOfRange);
                false
            }
        });
        outcome
    }
}

#[cfg(test)]
mod tests;
