//! Upkeep: signs of life, the auditor, retention.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::Directory;
use firebell_core::effect::Effect;
use firebell_core::timeline::InstallationChange;
use tokio::sync::watch;
use uuid::Uuid;

use super::Engine;
use super::failing::Failing;
use crate::alarm::AlarmText;
use crate::intake::{Fault, replica_id};
use crate::store::{StoreError, Writes, effects, files, inbox, installation, messages, pages, timers};
use crate::web::Auditor;

/// How often a serving process says that it is alive.
const SIGN_OF_LIFE: TimeDelta = TimeDelta::seconds(5);
/// How often the reconcile pass and the auditor run, in signs of life.
const AUDIT_EVERY: u32 = 12;
/// How often retention is applied, in signs of life.
const PURGE_EVERY: u32 = 720;
/// A lane head that nobody could deliver for so long is a finding.
const STUCK: TimeDelta = TimeDelta::minutes(15);

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
            match alive {
                Ok(()) => self.database_is_up(),
                Err(fault) => self.database_is_lost(replica, &fault),
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
        let ((open, oldest), (pages, incidents)) = self.intake.store.read(|tx| Box::pin(gauges(tx))).await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let age = oldest.and_then(|since| now.signed_duration_since(since).to_std().ok()).unwrap_or_default();
        self.metrics.effects_waiting(count(open), age);
        self.metrics.pages_open(count(pages));
        self.metrics.incidents_open(count(incidents));
        Ok(())
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

    /// Raises an alarm for what should never be, and puts right what can be.
    ///
    /// # Errors
    /// The database failed.
    pub async fn audit(&self) -> Result<(), Fault> {
        let stuck_since = self.before(STUCK);
        let findings = self.intake.store.read(move |tx| Box::pin(findings(tx, stuck_since))).await?;
        self.raise_alarms(&findings).await?;
        self.health.audited(match findings.as_slice() {
            [] => Auditor::Content,
            some => Auditor::Finding(some.join("; ")),
        });
        self.reconcile().await
    }

    async fn raise_alarms(&self, findings: &[String]) -> Result<(), Fault> {
        for finding in findings {
            let (now, seed) = (self.intake.clock.now(), self.intake.seed()?);
            let alarms = alarms(finding, &*self.intake.directory().await?, now);
            let (intake, finding) = (self.intake.clone(), finding.clone());
            tracing::error!(finding, "auditor raised an alarm");
            let raised = self.intake.store.write(move |tx| {
                let (intake, finding, alarms) = (intake.clone(), finding.clone(), alarms.clone());
                Box::pin(async move {
                    // The key holds the hour: the second alarm of one hour changes nothing.
                    let new = effects::unknown(tx, alarms).await?;
                    if new.is_empty() {
                        return Ok(());
                    }
                    let change = InstallationChange::AlarmRaised { finding };
                    intake.record_installation(tx, change, (seed, now)).await?;
                    let mut writes = Writes::new(tx);
                    effects::enqueue(tx, &mut writes, &new, now).await?;
                    writes.run(tx).await?;
                    tx.wake().await
                })
            });
            raised.await?;
        }
        Ok(())
    }

    async fn purge(&self) -> Result<(), Fault> {
        let inbox_until = self.before(self.retention.inbox);
        let messages_until = self.retention.messages.map(|kept| self.before(kept));
        let files_until = self.retention.files.map(|kept| self.before(kept));
        let purge = self.intake.store.write(move |tx| {
            Box::pin(async move {
                inbox::purge(tx, inbox_until).await?;
                effects::purge(tx, inbox_until).await?;
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

    fn before(&self, span: TimeDelta) -> DateTime<Utc> {
        let now = self.intake.clock.now();
        now.checked_sub_signed(span).unwrap_or(now)
    }
}

async fn gauges(tx: &mut crate::store::Tx<'_>) -> Result<((i64, Option<DateTime<Utc>>), (i64, i64)), StoreError> {
    Ok((effects::backlog(tx).await?, timers::open_counts(tx).await?))
}

async fn findings(tx: &mut crate::store::Tx<'_>, stuck_since: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
    let mut findings = Vec::new();
    if pages::forgotten(tx).await? > 0 {
        findings.push("open pages without a due time".to_owned());
    }
    if effects::stuck_notices(tx, stuck_since).await? > 0 {
        findings.push("notices that could not be delivered for 15 minutes".to_owned());
    }
    Ok(findings)
}

/// An alarm to everyone of the last resort, by their first contact method.
fn alarms(finding: &str, directory: &Directory, now: DateTime<Utc>) -> Vec<Effect> {
    directory
        .last_resort
        .iter()
        .filter_map(|person| directory.people.get(person))
        .filter_map(|person| Some(Effect::alarm(finding, person.id, *person.contacts.first()?, now)))
        .collect()
}
