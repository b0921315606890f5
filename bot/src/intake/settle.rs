//! Deliveries come back as commands: what became of an effect is decided, committed and settled in one transaction.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::Command;
use firebell_core::decide::decide;
use firebell_core::effect::{Delivery, Reference, Work};

use super::load::Before;
use super::{Fault, Intake, RACES};
use crate::store::effects::{Claimed, Outcome};
use crate::store::{StoreError, Tx, effects, incidents, pages};

/// Longest pause between two attempts.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);
/// After so many attempts a post or a room is given up; a notice never is, its page ends it.
const ATTEMPTS_MAX: i64 = 60;

/// What a settled effect came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Delivered,
    Impossible,
    Dropped,
    Later,
    /// Another worker took the lane over; it decides.
    TakenOver,
}

impl Intake {
    /// Settles a claimed effect by its delivery; `None` means that the recheck found it no longer wanted.
    ///
    /// # Errors
    /// Nothing was committed; the lease runs out and the effect is attempted again.
    pub async fn settle(&self, claimed: Claimed, delivery: Option<Delivery>) -> Result<Settled, Fault> {
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let outcome = outcome(&claimed, delivery, now);
        let job = Arc::new((claimed, outcome));
        let mut races = 0;
        loop {
            let (this, again) = (self.clone(), job.clone());
            let done = self
                .store
                .write(move |tx| {
                    let (this, job) = (this.clone(), again.clone());
                    Box::pin(async move { this.settle_in(tx, (&job.0, &job.1), (seed, now)).await })
                })
                .await;
            match done {
                Err(StoreError::Conflict { .. }) if races < RACES => races += 1,
                done => return Ok(done?),
            }
        }
    }

    async fn settle_in(
        &self,
        tx: &mut Tx<'_>,
        (claimed, outcome): (&Claimed, &Outcome),
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<Settled, StoreError> {
        let command = command(claimed, outcome);
        let mut before = Before::new();
        let mut decision = None;
        // Incident and page are locked before the lane, as everywhere.
        if let (Some(command), Some(id)) = (command, claimed.work.incident())
            && let Some(loaded) = incidents::lock(tx, id).await?
        {
            let mut facts = self.facts(self.directory_in(tx).await?, seed);
            if let Some(page) = command.page() {
                facts.pages = pages::lock(tx, &[page.0]).await?;
            }
            facts.incident = Some(loaded.incident.clone());
            before.insert(id, loaded);
            // A refusal is impossible here: deliveries are nobody's to refuse.
            decision = decide(&facts, command, &Actor::delivery(), now).ok();
        }
        if !effects::still_mine(tx, claimed).await? {
            return Ok(Settled::TakenOver);
        }
        if let Some(decision) = decision.filter(|decision| !decision.entries.is_empty()) {
            self.commit(tx, before, decision, (seed, now)).await?;
        }
        effects::settle(tx, claimed, outcome, now).await?;
        Ok(match outcome {
            Outcome::Done(_) => Settled::Delivered,
            Outcome::Impossible(_) => Settled::Impossible,
            Outcome::Dropped => Settled::Dropped,
            Outcome::Later { .. } => Settled::Later,
        })
    }
}

fn outcome(claimed: &Claimed, delivery: Option<Delivery>, now: DateTime<Utc>) -> Outcome {
    let later = |wait: TimeDelta| now.checked_add_signed(wait).unwrap_or(now);
    let endless = matches!(claimed.work, Work::Notice { .. } | Work::Alarm { .. });
    let worn_out = !endless && claimed.attempts >= ATTEMPTS_MAX;
    match delivery {
        None => Outcome::Dropped,
        Some(Delivery::Delivered(reference)) => Outcome::Done(reference),
        Some(Delivery::Impossible(reason)) => Outcome::Impossible(reason),
        Some(Delivery::RetryAfter(_) | Delivery::Unknown) if worn_out => {
            Outcome::Impossible(format!("given up after {} attempts", claimed.attempts))
        }
        Some(Delivery::RetryAfter(wait)) => Outcome::Later { at: later(wait), answered: true },
        Some(Delivery::Unknown) => Outcome::Later { at: later(pause(claimed.attempts)), answered: false },
    }
}

/// One second, doubled with each attempt, up to [`LONGEST_PAUSE`].
fn pause(attempts: i64) -> TimeDelta {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    TimeDelta::seconds(1_i64 << doublings).min(LONGEST_PAUSE)
}

/// The command that an outcome is, where somebody has to decide on it.
fn command(claimed: &Claimed, outcome: &Outcome) -> Option<Command> {
    let again = claimed.again;
    match (&claimed.work, outcome) {
        (Work::OpenRoom { room, .. }, Outcome::Done(made)) => {
            Some(Command::RoomOpened { room: *room, made: Reference::clone(made) })
        }
        (Work::OpenRoom { room, .. }, Outcome::Impossible(reason)) => {
            Some(Command::RoomFailed { room: *room, reason: reason.clone() })
        }
        (Work::CloseRoom { room, .. }, Outcome::Done(_)) => Some(Command::RoomClosed { room: *room }),
        (Work::Notice { page, notice, .. }, Outcome::Done(_)) => {
            Some(Command::NoticeDelivered { page: *page, notice: *notice, again })
        }
        (Work::Notice { page, notice, .. }, Outcome::Impossible(reason)) => {
            Some(Command::NoticeFailed { page: *page, notice: *notice, reason: reason.clone() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let cases = [(0, 1), (1, 1), (2, 2), (5, 16), (9, 256), (10, 300), (1_000, 300)];
        for (attempts, seconds) in cases {
            assert_eq!(pause(attempts).num_seconds(), seconds, "after {attempts} attempts");
        }
    }
}
