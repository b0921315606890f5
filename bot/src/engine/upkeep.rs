//! Upkeep: signs of life, the auditor's rounds, retention.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::Priority;
use tokio::sync::watch;
use uuid::Uuid;

use super::Engine;
use super::failing::Failing;
use crate::alarm::AlarmText;
use crate::intake::{Fault, replica_id};
use crate::links::Linked;
use crate::metrics::Waiting;
use crate::store::synthetic::{self, Standing};
use crate::store::{StoreError, Tx, contacts, effects, files, inbox, installation, messages, timers};
use crate::web::Part;

/// How often a serving process says that it is alive.
const SIGN_OF_LIFE: TimeDelta = TimeDelta::seconds(5);
/// How often the reconcile pass and the auditor run, in signs of life.
const AUDIT_EVERY: u32 = 12;
/// How often retention is applied, in signs of life.
const PURGE_EVERY: u32 = 720;

/// How long things are kept; `None` is for ever.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    pub inbox: TimeDelta,
    /// Captured messages, counted from the end of their incident.
    pub messages: Option<TimeDelta>,
    /// Copies of files, counted from the end of their incident.
    pub files: Option<TimeDelta>,
}

/// How this process is known to the others on its database.
#[derive(Debug, Clone, Copy)]
pub struct Presence {
    /// A person sits before it and sees what it shows.
    watched: bool,
    /// Absent until it has said that it is there.
    replica: Option<Uuid>,
}

impl Presence {
    /// A process that has not said yet that it is there.
    pub fn new(watched: bool) -> Self {
        Self { watched, replica: None }
    }
}

impl Engine {
    /// Says that this process is there before it runs, so that nobody else delivers what is its own to deliver.
    ///
    /// # Errors
    /// The database failed.
    pub async fn arrive(mut self) -> Result<Self, Fault> {
        let replica = self.new_replica()?;
        self.sign_of_life(replica).await?;
        self.presence.replica = Some(replica);
        Ok(self)
    }

    pub(super) async fn keep_up(self, mut stop: watch::Receiver<bool>) {
        let Ok(replica) = self.presence.replica.map_or_else(|| self.new_replica(), Ok) else { return };
        let mut round: u32 = 0;
        let mut failing = Failing::new("database lost", "database back");
        while !*stop.borrow() {
            let alive = self.sign_of_life(replica).await;
            failing.heard(&alive, self.intake.clock.now());
            self.health.turned(Part::Upkeep);
            self.look_at_links();
            match alive {
                Ok(()) => self.database_is_up(),
                Err(fault) => self.database_is_lost(replica, &fault),
            }
            if let Err(fault) = self.prove().await {
                tracing::error!(%fault, "synthetic page not looked at; it is looked at again in 5 s");
            }
            if let Err(fault) = self.hand_over().await {
                tracing::error!(%fault, "hand-offs not looked at; they are looked at again in 5 s");
            }
            if let Err(fault) = self.intake.go_round().await {
                tracing::error!(%fault, "rounds of proof not looked at; they are looked at again in 5 s");
            }
            if round.is_multiple_of(AUDIT_EVERY)
                && let Err(fault) = self.audit().await
            {
                tracing::error!(%fault, "audit not finished; it runs again in a minute");
            }
            if round.is_multiple_of(PURGE_EVERY)
                && let Err(fault) = self.purge().await
            {
                tracing::error!(%fault, "retention not applied; it is tried again in an hour");
            }
            round = round.wrapping_add(1);
            self.rest(SIGN_OF_LIFE, &mut stop).await;
        }
        let stale = self.before(TimeDelta::hours(1));
        let goodbye = self.intake.store.write(move |tx| Box::pin(installation::gone(tx, replica, stale)));
        let _ = tokio::time::timeout(Duration::from_secs(2), goodbye).await;
    }

    fn new_replica(&self) -> Result<Uuid, Fault> {
        Ok(replica_id(self.intake.seed()?, self.intake.clock.now()))
    }

    async fn sign_of_life(&self, replica: Uuid) -> Result<(), Fault> {
        let (now, watched) = (self.intake.clock.now(), self.presence.watched);
        self.intake.store.write(move |tx| Box::pin(installation::seen(tx, replica, watched, now))).await?;
        if let Some(ahead) = self.intake.follow_database().await? {
            self.health.clock_skew_ms(ahead.num_milliseconds());
        }
        let (queues, (pages, incidents), proof) = self.intake.store.read(|tx| Box::pin(gauges(tx))).await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let age = |since| now.signed_duration_since(since).to_std().unwrap_or_default();
        let waiting = |(priority, open, since)| Waiting { priority, count: count(open), oldest: age(since) };
        self.metrics.effects_waiting(&queues.into_iter().map(waiting).collect::<Vec<_>>());
        self.metrics.proven(proof.and_then(|proof| proof.delivered_at));
        let unproved: usize = self.intake.unproved().await?.iter().map(|held| held.methods.len()).sum();
        self.metrics.contacts_unproved(unproved);
        self.metrics.pages_open(count(pages));
        self.metrics.incidents_open(count(incidents));
        Ok(())
    }

    fn look_at_links(&self) {
        for link in self.health.links() {
            let up = match link.now() {
                Linked::Up => Some(true),
                Linked::Down { .. } => Some(false),
                Linked::Elsewhere => None,
            };
            self.metrics.connected(link.platform, &link.workspace, up);
        }
    }

    fn database_is_up(&self) {
        self.health.database_up();
        let alarm = self.alarm.clone();
        // The webhook may take long, and whoever asks for a sign of life must not wait for it, nor the end.
        tokio::spawn(async move {
            if let Err(error) = alarm.over().await {
                tracing::error!(%error, "all-clear not sent");
            }
        });
    }

    /// The one exception to commit-first: nothing can be committed, and yet somebody must hear of it.
    fn database_is_lost(&self, replica: Uuid, fault: &Fault) {
        self.health.database_lost();
        let since = self.intake.clock.now();
        let text = AlarmText { replica: replica.to_string(), since, reason: fault.to_string() };
        let alarm = self.alarm.clone();
        // The webhook may take long, and the loop must find out when the database is back.
        tokio::spawn(async move {
            if let Err(error) = alarm.raise(&text).await {
                tracing::error!(%error, "alarm not sent");
            }
        });
    }

    async fn purge(&self) -> Result<(), Fault> {
        let inbox_until = self.before(self.retention.inbox);
        let messages_until = self.retention.messages.map(|kept| self.before(kept));
        let files_until = self.retention.files.map(|kept| self.before(kept));
        let purge = self.intake.store.write(move |tx| {
            Box::pin(async move {
                inbox::purge(tx, inbox_until).await?;
                effects::purge(tx, inbox_until).await?;
                contacts::purge(tx, inbox_until).await?;
                if let Some(until) = files_until {
                    files::purge(tx, until).await?;
                }
                match messages_until {
                    Some(until) => messages::purge(tx, until).await,
                    None => Ok(0),
                }
            })
        });
        purge.await?;
        Ok(())
    }

    pub(super) fn before(&self, span: TimeDelta) -> DateTime<Utc> {
        let now = self.intake.clock.now();
        now.checked_sub_signed(span).unwrap_or(now)
    }
}

type Gauges = (Vec<(Priority, i64, DateTime<Utc>)>, (i64, i64), Option<Standing>);

async fn gauges(tx: &mut Tx<'_>) -> Result<Gauges, StoreError> {
    Ok((effects::backlog(tx).await?, timers::open_counts(tx).await?, synthetic::get(tx).await?))
}
