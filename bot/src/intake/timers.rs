//! Timers that fell due: pages to go on with, updates and promises to remind of, many in one transaction.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::Command;
use firebell_core::ids::IncidentId;
use uuid::Uuid;

use super::load::{Before, turns};
use super::round::Unattended;
use super::{Fault, Intake};
use crate::metrics::Tally;
use crate::store::{StoreError, Tx, Writes, incidents, installation, pages, timers};

/// How soon to look again at what another replica holds.
const HELD: TimeDelta = TimeDelta::milliseconds(10);

/// What one look at the timers found.
#[derive(Debug, Clone, Default)]
pub struct Fired {
    /// When each of the pages gone on with had been due.
    pub pages: Vec<DateTime<Utc>>,
    /// Updates that were reminded of.
    pub updates: usize,
    /// Incidents in which people were reminded of what they had promised.
    pub reminders: usize,
    /// More may be due: look again at once.
    pub more: bool,
    /// When to look again if nothing was carried out: when the next timer falls due, or soon if one that is due is held
    /// by somebody else.
    pub next: Option<DateTime<Utc>>,
    /// What is counted once it is committed.
    pub(crate) tally: Tally,
}

impl Intake {
    /// Carries out what is due by now.
    ///
    /// # Errors
    /// Nothing was committed; what is due stays due.
    pub async fn fire(&self) -> Result<Fired, Fault> {
        let now = self.clock.now();
        // Most looks find nothing, and a look costs no commit.
        let next = self.next_due().await?;
        if next.is_none_or(|next| next > now) {
            return Ok(Fired { next, ..Fired::default() });
        }
        self.fire_again().await
    }

    /// [`Intake::fire`] for whoever has a reason to think that something is due.
    ///
    /// # Errors
    /// As [`Intake::fire`].
    pub async fn fire_again(&self) -> Result<Fired, Fault> {
        let seed = self.entropy.seed()?;
        let this = self.clone();
        let fired = self.store.write_first(move |tx| {
            let this = this.clone();
            // As of when its turn comes: what falls due while it waits for that goes with it.
            Box::pin(async move { this.fire_in(tx, this.clock.now(), seed).await })
        });
        match fired.await {
            // Another replica was first; what is left is due again.
            Err(StoreError::Conflict { .. }) => Ok(Fired { more: true, ..Fired::default() }),
            fired => {
                let fired = fired?;
                self.metrics.add(&fired.tally);
                Ok(Fired { next: self.clock.now().checked_add_signed(HELD), ..fired })
            }
        }
    }

    /// Follows the clock of the database, where it has one, so that due times and leases mean the same to every replica.
    /// Answers how far this machine's own clock is ahead of it.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub(crate) async fn follow_database(&self) -> Result<Option<TimeDelta>, StoreError> {
        let mut best: Option<(TimeDelta, TimeDelta)> = None;
        // The quickest of a few answers tells it best; the first may have waited for a connection.
        for _ in 0..3 {
            let asked = self.clock.own();
            let Some(theirs) = self.store.read(|tx| Box::pin(installation::database_time(tx))).await? else {
                return Ok(None);
            };
            let took = self.clock.own().signed_duration_since(asked);
            let ahead = (asked + took / 2).signed_duration_since(theirs);
            if best.is_none_or(|(quickest, _)| took < quickest) {
                best = Some((took, ahead));
            }
        }
        if let Some((took, ahead)) = best {
            self.clock.follow(ahead, took);
        }
        Ok(best.map(|(_, ahead)| ahead))
    }

    /// When the next timer falls due.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Fault> {
        Ok(self.store.look(|tx| Box::pin(timers::next_due(tx))).await?)
    }

    async fn fire_in(&self, tx: &mut Tx<'_>, now: DateTime<Utc>, seed: [u8; 32]) -> Result<Fired, StoreError> {
        let at_once = tx.timers_at_once();
        let due = pages::due(tx, now, at_once).await?;
        let updates = timers::due_updates(tx, now, at_once).await?;
        let reminders = timers::due_reminders(tx, now, at_once).await?;
        if due.is_empty() && updates.is_empty() && reminders.is_empty() {
            return Ok(Fired::default());
        }
        let beside = updates.iter().chain(&reminders).copied();
        let mut numbers: Vec<i64> = due.iter().map(|(_, incident)| *incident).chain(beside).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let loaded = incidents::lock_free(tx, &numbers).await?;
        let before: Before = loaded.into_iter().map(|loaded| (loaded.incident.id, loaded)).collect();
        let free: Vec<Uuid> =
            due.iter().filter(|(_, n)| before.contains_key(&IncidentId(*n))).map(|(id, _)| *id).collect();
        let held = pages::lock_sound(tx, &free).await?;
        let directory = self.directory_in(tx).await?;
        let due_at: Vec<_> = held.iter().map(|page| (page.incident, page.id, page.due_at())).collect();
        let turns = turns(tx, &directory).await?;
        let round = Unattended::new((self, directory), Actor::timer(), (seed, now), (&before, held));
        let mut round = round.after(turns);
        let mut lateness = Vec::new();
        for (incident, page, was_due) in due_at {
            if round.run(incident, Command::PageDue { page }) {
                lateness.extend(was_due);
            }
        }
        let mut reminded = 0;
        for number in updates {
            reminded += usize::from(round.run(IncidentId(number), Command::UpdateDue));
        }
        let mut promises = 0;
        for number in reminders {
            promises += usize::from(round.run(IncidentId(number), Command::RemindersDue));
        }
        let more = i64::try_from(due.len()).is_ok_and(|found| found == at_once);
        let mut tally = Tally::default();
        if let Some(decision) = round.decided() {
            let mut writes = Writes::new(tx);
            tally = self.commit((tx, &mut writes), before, decision, (seed, now)).await?;
            writes.run(tx).await?;
        }
        Ok(Fired { pages: lateness, updates: reminded, reminders: promises, more, next: None, tally })
    }
}
