//! The engine: timers and effects, driven by loops that serve or by a pump that lets nothing pass before its time.

mod audit;
mod calendars;
mod failing;
mod handoffs;
pub mod lease;
mod pulse;
mod reconcile;
mod synthetic;
mod trackers;
mod upkeep;

pub use self::handoffs::HandoffWatch;
pub use self::reconcile::Walk;
pub use self::synthetic::Synthetic;
pub use self::upkeep::{Presence, Retention};

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::failing::Failing;
use crate::alarm::Alarm;
use crate::calendars::Calendars;
use crate::heartbeat::Heartbeat;
use crate::intake::{Fault, Fired, Intake};
use crate::metrics::Metrics;
use crate::trackers::Trackers;
use crate::web::{Health, Part};
use crate::worker::Worker;

/// The longest that a loop sleeps: hints can be missed, timers are the truth.
const LONGEST_SLEEP: TimeDelta = TimeDelta::seconds(1);
/// How long running effects may take once the process is told to stop; what is not done then is left to its lease.
const DRAIN: Duration = Duration::from_secs(10);
/// How many effects may be under way at once; enough that some that hang do not hold the others up.
const MOST_RUNNING: usize = 512;
/// A timer that is committed so much after it was due is late.
const LATE: TimeDelta = TimeDelta::milliseconds(20);
/// The pause after a failed look at the database.
const AFTER_FAULT: TimeDelta = TimeDelta::seconds(1);

/// How timers are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Nothing was due: whether anything is, is asked first, because that costs no commit.
    Idle,
    /// Where timers fall due one after the other, the next is due by now and need not be looked for.
    Going,
    /// They are carried out later than they should be: where there is one writer, another round waits for it while one is
    /// under way, so that nothing else comes between them. Side by side, both would look for the same.
    Behind,
}

impl Pace {
    fn after(fired: &Fired, now: DateTime<Utc>) -> Self {
        let late = |due: &DateTime<Utc>| now.signed_duration_since(*due) > LATE;
        if fired.more || fired.pages.iter().any(late) {
            Self::Behind
        } else if fired.pages.is_empty() && fired.updates == 0 {
            Self::Idle
        } else {
            Self::Going
        }
    }

    /// How many rounds are asked for at once.
    fn at_once(self, one_writer: bool) -> usize {
        match self {
            Self::Idle => 0,
            Self::Behind if one_writer => 2,
            Self::Going | Self::Behind => 1,
        }
    }
}

/// What keeps going while Firebell serves.
#[derive(Clone)]
pub struct Engine {
    pub intake: Intake,
    pub worker: Worker,
    pub metrics: Arc<Metrics>,
    pub health: Health,
    pub retention: Retention,
    pub alarm: Arc<Alarm>,
    /// Absent where no watcher is configured, and in processes that do not serve.
    pub heartbeat: Option<Arc<Heartbeat>>,
    /// The same for the synthetic page.
    pub synthetic: Option<Synthetic>,
    pub calendars: Calendars,
    pub trackers: Trackers,
    pub walk: Walk,
    pub handoffs: HandoffWatch,
    pub presence: Presence,
}

impl Engine {
    /// Carries out everything that is due or ready at this instant, until nothing is left. The clock does not move, so
    /// the same input gives the same order.
    ///
    /// # Errors
    /// The database failed.
    pub async fn settle(&self) -> Result<(), Fault> {
        loop {
            let fired = self.intake.fire().await?;
            self.health.worked(Part::Ticker);
            let (proving, asking) = (Box::pin(self.prove()).await?, Box::pin(self.intake.go_round()).await?);
            let passing = Box::pin(self.hand_over()).await?;
            let reading = Box::pin(self.calendars.refresh()).await? || Box::pin(self.read_trackers()).await?;
            let telling = Box::pin(self.intake.tell_teams()).await?;
            let done = self.worker.pump().await?;
            self.health.worked(Part::Worker);
            let moved = proving || asking || passing || reading || telling;
            if !moved && fired.pages.is_empty() && fired.updates == 0 && done.attempted == 0 {
                return Ok(());
            }
        }
    }

    /// When something is due or ready next.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn next(&self) -> Result<Option<DateTime<Utc>>, Fault> {
        let due = self.intake.next_due().await?;
        let now = self.intake.clock.now();
        let due = due.into_iter().chain(self.next_proof(now).await?).chain(self.next_handoff(now).await?);
        let due = due.chain(self.intake.next_round().await?);
        let due = due.chain(self.calendars.next().await?);
        let due = due.chain(self.intake.next_digest().await?).chain(self.next_tracker(now).await?);
        Ok(due.chain(self.worker.next_ready().await?).min())
    }

    /// Serves until `stop` turns true, then lets what is running finish within ten seconds.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let ticker = tokio::spawn(self.clone().tick(stop.clone()));
        let worker = tokio::spawn(self.clone().work(stop.clone()));
        let heartbeat = tokio::spawn(self.clone().keep_beating(stop.clone()));
        let calendars = tokio::spawn(self.clone().keep_calendars(stop.clone()));
        let trackers = tokio::spawn(self.clone().keep_trackers(stop.clone()));
        let upkeep = tokio::spawn(self.clone().keep_up(stop));
        let all = async {
            let _ = ticker.await;
            let _ = worker.await;
            let _ = heartbeat.await;
            let _ = calendars.await;
            let _ = trackers.await;
            let _ = upkeep.await;
        };
        all.await;
    }

    async fn tick(self, mut stop: watch::Receiver<bool>) {
        let mut hints = self.intake.store.changed();
        let mut failing = Failing::new("timers not looked at; what is due stays due", "timers are looked at again");
        let mut pace = Pace::Idle;
        let mut firing = FuturesUnordered::new();
        while !*stop.borrow() {
            while firing.len() < pace.at_once(self.intake.store.has_one_writer()) {
                firing.push(self.intake.fire_again());
            }
            let fired = match firing.next().await {
                Some(fired) => fired,
                None => self.intake.fire().await,
            };
            let now = self.intake.clock.now();
            failing.heard(&fired, now);
            let Ok(fired) = fired else {
                self.health.turned(Part::Ticker);
                pace = Pace::Idle;
                self.rest(AFTER_FAULT, &mut stop).await;
                continue;
            };
            self.health.worked(Part::Ticker);
            for due in &fired.pages {
                self.metrics.timer_fired(now.signed_duration_since(*due).to_std().unwrap_or_default());
            }
            pace = Pace::after(&fired, now);
            if pace == Pace::Idle && firing.is_empty() {
                self.sleep(fired.next.unwrap_or(DateTime::<Utc>::MAX_UTC), &mut hints, &mut stop).await;
            }
        }
    }

    async fn work(self, mut stop: watch::Receiver<bool>) {
        let mut hints = self.intake.store.changed();
        let mut tasks = JoinSet::new();
        let mut failing =
            Failing::new("queue not looked at; what is queued stays queued", "the queue is looked at again");
        while !*stop.borrow() {
            while tasks.try_join_next().is_some() {}
            if tasks.len() >= MOST_RUNNING {
                tasks.join_next().await;
                continue;
            }
            let looked = self.worker.dispatch(&mut tasks).await;
            failing.heard(&looked, self.intake.clock.now());
            let next = match looked {
                Ok(done) if done.attempted > 0 => {
                    self.health.worked(Part::Worker);
                    continue;
                }
                Ok(_) if Worker::is_busy(&tasks) => {
                    self.health.worked(Part::Worker);
                    tokio::select! {
                        _ = tasks.join_next() => {}
                        _ = hints.changed() => {}
                        _ = stop.changed() => {}
                    }
                    continue;
                }
                Ok(_) => self.worker.next_ready().await.ok().flatten().unwrap_or(DateTime::<Utc>::MAX_UTC),
                Err(_) => {
                    self.health.turned(Part::Worker);
                    self.rest(AFTER_FAULT, &mut stop).await;
                    continue;
                }
            };
            self.health.worked(Part::Worker);
            self.sleep(next, &mut hints, &mut stop).await;
        }
        let _ = tokio::time::timeout(DRAIN, async { while tasks.join_next().await.is_some() {} }).await;
    }

    /// Sleeps until `next`, a hint, the end, or [`LONGEST_SLEEP`].
    async fn sleep(&self, next: DateTime<Utc>, hints: &mut watch::Receiver<u64>, stop: &mut watch::Receiver<bool>) {
        let clock = &self.intake.clock;
        let latest = clock.now().checked_add_signed(LONGEST_SLEEP).unwrap_or(next);
        tokio::select! {
            () = clock.sleep_until(next.min(latest)) => {}
            _ = hints.changed() => {}
            _ = stop.changed() => {}
        }
    }

    async fn rest(&self, wait: TimeDelta, stop: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = self.intake.clock.after(wait) => {}
            _ = stop.changed() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_asked_for_by_what_the_last_one_found() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let before = |ms: &[i64]| ms.iter().map(|ms| now - TimeDelta::milliseconds(*ms)).collect();
        let cases = [
            ("nothing", Fired::default(), Pace::Idle),
            ("a page in time", Fired { pages: before(&[3]), ..Fired::default() }, Pace::Going),
            ("a reminder", Fired { updates: 1, ..Fired::default() }, Pace::Going),
            ("the last in time", Fired { pages: before(&[20, 19]), ..Fired::default() }, Pace::Going),
            ("one of two late", Fired { pages: before(&[21, 3]), ..Fired::default() }, Pace::Behind),
            ("more than one round holds", Fired { pages: before(&[1]), more: true, ..Fired::default() }, Pace::Behind),
            ("another replica was first", Fired { more: true, ..Fired::default() }, Pace::Behind),
        ];
        for (case, fired, pace) in cases {
            assert_eq!(Pace::after(&fired, now), pace, "{case}");
        }
    }
}
