//! Trackers that are read again and again while Firebell serves: whoever closes a ticket there has done what was promised here.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::ids::Key;
use serde_json::Value;
use tokio::sync::watch;

use super::Engine;
use super::failing::Failing;
use crate::intake::{Fault, Reading};
use crate::outside::tracker::Cursor;
use crate::stop::stopped;
use crate::store::tickets;

/// How often it is looked whether one is due.
const EVERY: TimeDelta = TimeDelta::seconds(5);
/// How far back the first reading looks, for tickets that were made before it.
const FIRST: TimeDelta = TimeDelta::hours(1);

impl Engine {
    /// Reads the trackers that are due, of several replicas by one; whether any was.
    ///
    /// # Errors
    /// The database failed; they are read again.
    pub async fn read_trackers(&self) -> Result<bool, Fault> {
        let now = self.intake.clock.now();
        if self.next_tracker(now).await?.is_none_or(|due| due > now) {
            return Ok(false);
        }
        let mut any = false;
        for (name, _) in self.trackers.all() {
            any |= self.read_tracker(name, now).await?;
        }
        Ok(any)
    }

    /// When one is due next: at once where one was never read.
    pub(super) async fn next_tracker(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Fault> {
        if self.trackers.is_empty() {
            return Ok(None);
        }
        let dues = self.intake.store.look(|tx| Box::pin(tickets::dues(tx))).await?;
        let latest = self.after(now);
        let due = |(name, _): (&Key, _)| dues.get(name.as_str()).map_or(now, |due| (*due).min(latest));
        Ok(self.trackers.all().map(due).min())
    }

    fn after(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_add_signed(self.trackers.every()).unwrap_or(now)
    }

    async fn read_tracker(&self, name: &Key, now: DateTime<Utc>) -> Result<bool, Fault> {
        let begin = written(&Cursor { since: now.checked_sub_signed(FIRST).unwrap_or(now), mark: None })?;
        let (tracker, next) = (name.clone(), self.after(now));
        let claim = self.intake.store.write(move |tx| {
            let (tracker, begin) = (tracker.clone(), begin.clone());
            Box::pin(async move { tickets::claim(tx, (&tracker, &begin), (now, next), next).await })
        });
        let Some(from) = claim.await? else { return Ok(false) };
        let cursor: Cursor = serde_json::from_value(from.clone())
            .map_err(|error| Fault::Render(format!("what was read of the tracker {name} does not decode: {error}")))?;
        let Some(changes) = self.trackers.changes(name, &cursor).await else { return Ok(true) };
        let states: BTreeMap<String, bool> =
            changes.states.into_iter().map(|(at, state)| (at.id, state.done)).collect();
        let to = written(&changes.cursor)?;
        if states.is_empty() && to == from {
            return Ok(true);
        }
        self.intake.sync(Reading { tracker: name.clone(), asked: now, from, to, states }).await?;
        Ok(true)
    }

    pub(super) async fn keep_trackers(self, mut stop: watch::Receiver<bool>) {
        if self.trackers.is_empty() {
            return;
        }
        let mut failing = Failing::new("trackers not looked at", "trackers are looked at again");
        while !*stop.borrow() {
            let mut told = stop.clone();
            // One that is being read when the process ends is soon due again.
            tokio::select! {
                looked = self.read_trackers() => failing.heard(&looked, self.intake.clock.now()),
                () = stopped(&mut told) => return,
            }
            self.rest(EVERY, &mut stop).await;
        }
    }
}

fn written(cursor: &Cursor) -> Result<Value, Fault> {
    serde_json::to_value(cursor).map_err(|error| Fault::Render(error.to_string()))
}
