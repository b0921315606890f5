//! What only one replica may do: who does it is told by a lease in the database.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use crate::clock::Clock;
use crate::stop::stopped;
use crate::store::leases::{self, Holding};
use crate::store::{Store, StoreError};

/// How long things take around a lease; the default is for production: another process takes over within 7 s of a death,
/// and within 1 s of an orderly end.
#[derive(Debug, Clone, Copy)]
pub struct LeasePace {
    /// How long it is held without being renewed.
    pub lasts: Duration,
    /// Between two renewals.
    pub renew: Duration,
    /// How long before its end a holder that cannot renew it stops, so that it has stopped when others may begin.
    pub margin: Duration,
    /// How often is looked whether it is free.
    pub look: Duration,
    /// The longest that is waited for the database when it is given up.
    pub release: Duration,
}

impl Default for LeasePace {
    fn default() -> Self {
        Self {
            lasts: Duration::from_secs(6),
            renew: Duration::from_secs(2),
            margin: Duration::from_secs(2),
            look: Duration::from_secs(1),
            release: Duration::from_secs(1),
        }
    }
}

/// One process's part in a lease.
pub struct Lease {
    pub store: Store,
    /// For SQLite, whose leases run by it.
    pub clock: Clock,
    /// What is held; each name is a lease of its own.
    pub name: String,
    /// This process; another one each time that it starts.
    pub holder: Uuid,
    pub pace: LeasePace,
}

impl Lease {
    /// Takes the lease whenever it is free and holds it, and tells `held` whether it does, until `stop` says true or its
    /// sender is gone; then it is given up. Whoever has to end something before others begin says `stop` afterwards.
    ///
    /// For how long it is held is measured by a clock that nobody can set, from before the database was asked. So this
    /// process thinks that it has ended before the database does, whatever becomes of both.
    pub async fn keep(self, held: &watch::Sender<bool>, mut stop: watch::Receiver<bool>) {
        let mut failing = false;
        loop {
            let (holding, until) = tokio::select! {
                () = stopped(&mut stop) => return,
                taken = self.wait(&mut failing) => taken,
            };
            tracing::info!(lease = self.name, token = holding.token, "this process holds a lease from now on");
            held.send_replace(true);
            let ended = tokio::select! {
                () = stopped(&mut stop) => true,
                () = self.hold(&holding, until) => false,
            };
            held.send_replace(false);
            if ended {
                return self.release(holding).await;
            }
        }
    }

    /// Waits until it could be taken; with until when it is held.
    async fn wait(&self, failing: &mut bool) -> (Holding, Instant) {
        loop {
            let asked = Instant::now();
            match self.take().await {
                Ok(Some(holding)) if asked.elapsed() < self.safe() => {
                    *failing = false;
                    return (holding, asked + self.safe());
                }
                // It took so long that it is nearly over.
                Ok(_) => *failing = false,
                Err(fault) => {
                    // Said once: whoever lost the database hears of that elsewhere.
                    if !std::mem::replace(failing, true) {
                        tracing::warn!(lease = self.name, %fault, "a lease could not be asked for; it is tried again");
                    }
                }
            }
            sleep(self.pace.look).await;
        }
    }

    async fn take(&self) -> Result<Option<Holding>, StoreError> {
        let (name, now) = (self.name.clone(), self.clock.now());
        if !self.store.read(move |tx| Box::pin(async move { leases::is_free(tx, &name, now).await })).await? {
            return Ok(None);
        }
        let (name, holder, lasts, now) = (self.name.clone(), self.holder, self.lasts(), self.clock.now());
        let take = self.store.write(move |tx| {
            let name = name.clone();
            Box::pin(async move { leases::take(tx, &name, holder, lasts, now).await })
        });
        take.await
    }

    /// Returns once it is no longer held, or might not be.
    async fn hold(&self, holding: &Holding, mut until: Instant) {
        loop {
            let next = Instant::now() + self.pace.renew;
            if timeout_at(until, tokio::time::sleep_until(next)).await.is_err() {
                return self.say_lost("it could not be renewed in time");
            }
            let asked = Instant::now();
            match timeout_at(until, self.renew(holding)).await {
                Ok(Ok(true)) => until = asked + self.safe(),
                Ok(Ok(false)) => return self.say_lost("another process has taken it"),
                Ok(Err(fault)) => tracing::debug!(lease = self.name, %fault, "a lease was not renewed"),
                Err(_) => return self.say_lost("it could not be renewed in time"),
            }
        }
    }

    async fn renew(&self, holding: &Holding) -> Result<bool, StoreError> {
        let (holding, lasts, now) = (holding.clone(), self.lasts(), self.clock.now());
        let renew = self.store.write(move |tx| {
            let holding = holding.clone();
            Box::pin(async move { leases::renew(tx, &holding, lasts, now).await })
        });
        renew.await
    }

    async fn release(&self, holding: Holding) {
        let now = self.clock.now();
        let release = self.store.write(move |tx| {
            let holding = holding.clone();
            Box::pin(async move { leases::release(tx, &holding, now).await })
        });
        if !matches!(tokio::time::timeout(self.pace.release, release).await, Ok(Ok(()))) {
            tracing::warn!(lease = self.name, "a lease could not be given up; others wait until it runs out");
        }
    }

    fn say_lost(&self, why: &'static str) {
        tracing::warn!(lease = self.name, why, "this process no longer holds a lease");
    }

    /// How long it is thought to be held.
    fn safe(&self) -> Duration {
        self.pace.lasts.saturating_sub(self.pace.margin)
    }

    fn lasts(&self) -> TimeDelta {
        TimeDelta::from_std(self.pace.lasts).unwrap_or(TimeDelta::MAX)
    }
}
