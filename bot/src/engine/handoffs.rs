//! Hand-offs: what falls due around them is derived from the schedules at each look, and told once by the keys of its
//! effects. Who was seen last is a row of each schedule, so that a process that was down passes over none.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::decide::{Walked, handoffs_due, next_handoff_due};
use firebell_core::directory::Directory;
use firebell_core::effect::Effect;
use firebell_core::ids::Key;
use firebell_core::oncall::schedule::Schedule;

use super::Engine;
use crate::intake::{Fault, Intake};
use crate::store::{StoreError, Tx, effects, handoffs};

/// After so long it is looked again, whatever was found.
const LOOK_AT_LEAST: TimeDelta = TimeDelta::days(1);

/// What was seen last of each schedule.
type Seen = BTreeMap<Key, Walked>;

/// When it is to be looked next, by which version of the directory. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct HandoffWatch(Arc<Mutex<Option<NextLook>>>);

/// That version, and when.
type NextLook = (i64, DateTime<Utc>);

/// What is to be written.
#[derive(Debug, Default)]
struct Passing {
    effects: Vec<Effect>,
    /// What was seen of schedules, by which the next look goes.
    seen: BTreeMap<Key, Walked>,
    /// Schedules whose hand-offs are told no more.
    ends: Vec<Key>,
}

impl HandoffWatch {
    fn is_due(&self, version: i64, now: DateTime<Utc>) -> bool {
        let held = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.is_none_or(|(of, next)| of != version || next <= now)
    }

    fn set(&self, version: i64, next: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, next));
    }
}

impl Passing {
    fn is_empty(&self) -> bool {
        self.effects.is_empty() && self.seen.is_empty() && self.ends.is_empty()
    }
}

impl Engine {
    /// Tells what is due around hand-offs; whether anything was. Of several replicas one does.
    ///
    /// # Errors
    /// Nothing was committed; it stays due.
    pub async fn hand_over(&self) -> Result<bool, Fault> {
        let (directory, now) = (self.intake.directory().await?, self.intake.clock.now());
        if !self.handoffs.is_due(directory.version, now) {
            return Ok(false);
        }
        // Most looks find nothing, and a look costs no commit.
        let held = directory.clone();
        let found = self.intake.store.read(move |tx| {
            Box::pin(async move {
                let walked = handoffs::walked(tx).await?;
                let found = passing(tx, &held, &walked, now).await?;
                Ok((walked, found))
            })
        });
        let (mut walked, found) = found.await?;
        let due = !found.is_empty();
        if due {
            let intake = self.intake.clone();
            let told = self.intake.store.write(move |tx| {
                let intake = intake.clone();
                Box::pin(async move { tell(&intake, tx, now).await })
            });
            walked = told.await?;
        }
        // It is looked so far ahead and no further, so the next one may be beyond.
        let soon = now.checked_add_signed(LOOK_AT_LEAST).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.handoffs.set(directory.version, next(&directory, &walked, now).unwrap_or(soon).min(soon));
        Ok(due)
    }

    /// When something is due next around a hand-off.
    pub(super) async fn next_handoff(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Fault> {
        let walked = self.intake.store.look(|tx| Box::pin(handoffs::walked(tx))).await?;
        Ok(next(&*self.intake.directory().await?, &walked, now))
    }
}

fn next(directory: &Directory, walked: &Seen, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let of = |schedule: &Schedule| next_handoff_due(directory, schedule, (walked.get(&schedule.key), now));
    directory.schedules.values().filter_map(of).min()
}

/// What is due by now, less what was queued before.
async fn passing(
    tx: &mut Tx<'_>,
    directory: &Directory,
    walked: &Seen,
    now: DateTime<Utc>,
) -> Result<Passing, StoreError> {
    let mut found = Passing::default();
    let mut due = Vec::new();
    for schedule in directory.schedules.values() {
        let of = handoffs_due(directory, schedule, (walked.get(&schedule.key), now));
        due.extend(of.effects);
        found.seen.extend(of.walked.map(|seen| (schedule.key.clone(), seen)));
    }
    let told = |key: &&Key| directory.schedules.get(*key).is_some_and(|held| held.handoff_notice().is_some());
    found.ends = walked.keys().filter(|key| !told(key)).cloned().collect();
    found.effects = effects::unknown(tx, due).await?;
    Ok(found)
}

/// Looks again where nobody else does, and queues what is due; what is remembered then.
async fn tell(intake: &Intake, tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<Seen, StoreError> {
    let directory = intake.directory_in(tx).await?;
    let mut walked = handoffs::lock(tx).await?;
    let found = passing(tx, &directory, &walked, now).await?;
    for (schedule, seen) in found.seen {
        if walked.contains_key(&schedule) {
            handoffs::went(tx, &schedule, &seen).await?;
        } else {
            handoffs::begin(tx, &schedule, &seen).await?;
        }
        walked.insert(schedule, seen);
    }
    for schedule in &found.ends {
        handoffs::end(tx, schedule).await?;
        walked.remove(schedule);
    }
    effects::queue(tx, &found.effects, now).await?;
    Ok(walked)
}
