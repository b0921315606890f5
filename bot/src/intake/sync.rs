//! What people did with tickets in their trackers, as commands.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use firebell_core::actor::{Actor, Via, Who};
use firebell_core::command::{ActionCommand, Command};
use firebell_core::ids::Key;
use serde_json::Value;

use super::load::Before;
use super::round::Unattended;
use super::{Fault, Intake};
use crate::metrics::Tally;
use crate::store::tickets::{self, Kept};
use crate::store::{StoreError, Tx, Writes, incidents};

/// What was read of a tracker.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) tracker: Key,
    /// When it was asked.
    pub(crate) asked: DateTime<Utc>,
    /// Up to where it had been read, and up to where it is read now.
    pub(crate) from: Value,
    pub(crate) to: Value,
    /// Whether tickets are done, by their references.
    pub(crate) states: BTreeMap<String, bool>,
}

impl Intake {
    /// Carries out what a reading tells: whoever closed a ticket did its follow-up, and whoever opened it again found that it
    /// is not done. A state that was known is no news, so that nothing comes back that was told there.
    ///
    /// # Errors
    /// Nothing was committed; it is read again.
    pub(crate) async fn sync(&self, reading: Reading) -> Result<(), Fault> {
        let (seed, now) = (self.seed()?, self.clock.now());
        let this = self.clone();
        let tally = self.write_in_race(move |tx| {
            let (this, reading) = (this.clone(), reading.clone());
            Box::pin(async move { this.sync_in(tx, &reading, (seed, now)).await })
        });
        self.metrics.add(&tally.await?);
        Ok(())
    }

    async fn sync_in(
        &self,
        tx: &mut Tx<'_>,
        reading: &Reading,
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<Tally, StoreError> {
        let (tracker, references) = (&reading.tracker, reading.states.keys().cloned().collect::<Vec<_>>());
        let found = tickets::known(tx, tracker, &references).await?;
        let numbers: BTreeSet<i64> = changed(&found, reading).map(|(held, _)| held.incident.0).collect();
        // Incidents are locked first, as everywhere.
        let loaded = incidents::lock_all(tx, &numbers.iter().copied().collect::<Vec<_>>()).await?;
        let before: Before = loaded.into_iter().map(|loaded| (loaded.incident.id, loaded)).collect();
        if tickets::reading(tx, tracker, true).await?.as_ref() != Some(&reading.from) {
            // Another replica was faster.
            return Ok(Tally::default());
        }
        tickets::read(tx, tracker, &reading.to).await?;
        let found = tickets::known(tx, tracker, &references).await?;
        let locked = changed(&found, reading).filter(|(held, _)| before.contains_key(&held.incident));
        let locked: Vec<(Kept, bool)> = locked.map(|(held, done)| (held.clone(), done)).collect();
        if locked.is_empty() {
            return Ok(Tally::default());
        }
        let actor = Actor { who: Who::Integration(tracker.clone()), via: Via::Delivery };
        let directory = self.directory_in(tx).await?;
        let mut round = Unattended::new((self, directory), actor, (seed, now), (&before, Vec::new()));
        for (held, done) in &locked {
            tickets::seen(tx, tracker, &held.reference, *done).await?;
            let command = ActionCommand::Synced { action: held.action, done: *done };
            round.run(held.incident, Command::Action(command));
        }
        let Some(decision) = round.decided() else { return Ok(Tally::default()) };
        let mut writes = Writes::new(tx);
        let tally = self.commit((tx, &mut writes), before, decision, (seed, now)).await?;
        writes.run(tx).await?;
        Ok(tally)
    }
}

/// The tickets that stand otherwise than they stood. What was asked before the tracker was told otherwise may be older than
/// that, and is read again.
fn changed<'k>(found: &'k BTreeMap<String, Kept>, reading: &'k Reading) -> impl Iterator<Item = (&'k Kept, bool)> {
    let state = |held: &Kept| reading.states.get(&held.reference).copied();
    let differs = move |held: &'k Kept| state(held).filter(|done| *done != held.done).map(|done| (held, done));
    found.values().filter(|held| held.told_at <= reading.asked).filter_map(differs)
}
