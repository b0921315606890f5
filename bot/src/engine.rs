//! The engine: timers and effects, driven by loops that serve or by a pump that lets nothing pass before its time.

mod failing;
mod reconcile;
mod upkeep;

pub use self::reconcile::Walk;
pub use self::upkeep::{Presence, Retention};

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::failing::Failing;
use crate::alarm::Alarm;
use crate::intake::{Fault, Intake};
use crate::metrics::Metrics;
use crate::web::Health;
use crate::worker::Worker;

/// The longest that a loop sleeps: hints can be missed, timers are the truth.
const LONGEST_SLEEP: TimeDelta = TimeDelta::seconds(1);
/// How long running effects may take once the process is told to stop; what is not done then is left to its lease.
const DRAIN: Duration = Duration::from_secs(10);
/// How many effects may be under way at once; enough that some that hang do not hold the others up.
const MOST_RUNNING: usize = 512;
/// The pause after a failed look at the database.
const AFTER_FAULT: TimeDelta = TimeDelta::seconds(1);

/// What keeps going while Firebell serves.
#[derive(Clone)]
pub struct Engine {
    pub intake: Intake,
    pub worker: Worker,
    pub metrics: Arc<Metrics>,
    pub health: Health,
    pub retention: Retention,
    pub alarm: Arc<Alarm>,
    pub walk: Walk,
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
            let done = self.worker.pump().await?;
            if fired.pages.is_empty() && fired.updates == 0 && done.attempted == 0 {
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
        Ok(due.into_iter().chain(self.worker.next_ready().await?).min())
    }

    /// Serves until `stop` turns true, then lets what is running finish within ten seconds.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let ticker = tokio::spawn(self.clone().tick(stop.clone()));
        let worker = tokio::spawn(self.clone().work(stop.clone()));
        let upkeep = tokio::spawn(self.clone().keep_up(stop));
        let all = async {
            let _ = ticker.await;
            let _ = worker.await;
            let _ = upkeep.await;
        };
        all.await;
    }

    async fn tick(self, mut stop: watch::Receiver<bool>) {
        let mut hints = self.intake.store.changed();
        let mut failing = Failing::new("timers not looked at; what is due stays due", "timers are looked at again");
        let mut busy = false;
        while !*stop.borrow() {
            let looked = self.fire_once(busy).await;
            busy = matches!(looked, Ok(None));
            failing.heard(&looked, self.intake.clock.now());
            let next = match looked {
                Ok(Some(next)) => next,
                Ok(None) => continue,
                Err(_) => {
                    self.rest(AFTER_FAULT, &mut stop).await;
                    continue;
                }
            };
            self.sleep(next, &mut hints, &mut stop).await;
        }
    }

    /// One look at the timers; answers when to look next, `None` after something was carried out. Where timers fall due
    /// one after the other, the next is due by then and need not be looked for.
    async fn fire_once(&self, busy: bool) -> Result<Option<DateTime<Utc>>, Fault> {
        let fired = if busy { self.intake.fire_again().await } else { self.intake.fire().await }?;
        let now = self.intake.clock.now();
        self.health.ticker_alive();
        for due in &fired.pages {
            self.metrics.timer_fired(now.signed_duration_since(*due).to_std().unwrap_or_default());
        }
        let idle = fired.pages.is_empty() && fired.updates == 0 && !fired.more;
        Ok(idle.then(|| fired.next.unwrap_or(DateTime::<Utc>::MAX_UTC)))
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
                Ok(done) if done.attempted > 0 => continue,
                Ok(_) => self.worker.next_ready().await.ok().flatten().unwrap_or(DateTime::<Utc>::MAX_UTC),
                Err(_) => {
                    self.rest(AFTER_FAULT, &mut stop).await;
                    continue;
                }
            };
            self.health.worker_alive();
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
