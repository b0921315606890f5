//! Deliveries come back as commands: what became of an effect is decided, committed and settled in one transaction.

mod files;
mod mirrors;
mod synthetic;
mod targets;
mod tickets;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::Command;
use firebell_core::effect::{Delivery, Reference, SetUp, Work};
use firebell_core::ids::{NoticeId, PageId};
use firebell_core::paging::notice::Attempt;
use uuid::Uuid;

use super::load::{Before, turns};
use super::round::Unattended;
use super::together::Together;
use super::{Fault, Intake, RACES};
use crate::metrics::Tally;
use crate::store::copies::Shows;
use crate::store::effects::{Claimed, Outcome};
use crate::store::{StoreError, Tx, Writes, effects, incidents, pages};

/// Longest pause between two attempts.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);
/// After so many attempts a post or a room is given up; an alarm never is.
const ATTEMPTS_MAX: i64 = 60;
/// A notice that was tried for so long, and so often, is given up, and the page goes on by the person's next method. Time alone
/// is not enough: what nobody could try, because no process served, is tried first.
const IN_VAIN: TimeDelta = TimeDelta::hours(1);
const IN_VAIN_ATTEMPTS: i64 = 10;

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

/// How many deliveries are committed in one transaction: enough to share its statements, and few enough that a timer
/// that falls due meanwhile does not wait for long.
const AT_ONCE: usize = 24;

/// Deliveries that wait to be settled.
pub(super) type Settling = Together<Job, Result<Settled, Fault>, AT_ONCE>;

#[derive(Clone)]
pub(super) struct Job {
    claimed: Claimed,
    outcome: Outcome,
    /// What a copy of a message shows then.
    shows: Option<Shows>,
}

impl Intake {
    /// Settles a claimed effect by its delivery, together with others that wait to be settled; `None` means that the
    /// recheck found it no longer wanted. Where a copy of a message was delivered, `shows` is what it shows.
    ///
    /// # Errors
    /// Nothing was committed; the lease runs out and the effect is attempted again.
    pub async fn settle(
        &self,
        claimed: Claimed,
        delivery: Option<Delivery>,
        shows: Option<Shows>,
    ) -> Result<Settled, Fault> {
        let outcome = outcome(&claimed, delivery, self.clock.now());
        let settled = self.settling.carry_out(Job { claimed, outcome, shows }, |jobs| self.settle_together(jobs)).await;
        settled.unwrap_or(Err(Fault::Unsettled))
    }

    /// Settles a claimed notice and those that its message told besides, in one transaction: they are of one lane, and go on
    /// together or not at all. Answers what became of the first.
    ///
    /// # Errors
    /// As those of [`Intake::settle`].
    pub async fn settle_bundle(
        &self,
        head: (Claimed, Option<Delivery>),
        carried: Vec<(Claimed, Option<Delivery>)>,
    ) -> Result<Settled, Fault> {
        let now = self.clock.now();
        let job = |(claimed, delivery): (Claimed, Option<Delivery>)| {
            let outcome = outcome(&claimed, delivery, now);
            Job { claimed, outcome, shows: None }
        };
        let jobs = std::iter::once(head).chain(carried).map(job).collect();
        self.settle_jobs(jobs).await?.first().copied().ok_or(Fault::Unsettled)
    }

    /// Gives a claimed effect back that was not tried, until this instant.
    ///
    /// # Errors
    /// As those of [`Intake::settle`].
    pub async fn put_off(&self, claimed: Claimed, until: DateTime<Utc>) -> Result<(), Fault> {
        let job = Job { claimed, outcome: Outcome::Untried(until), shows: None };
        self.settle_jobs(vec![job]).await.map(drop)
    }

    async fn settle_together(&self, jobs: Vec<Job>) -> Vec<Result<Settled, Fault>> {
        match self.settle_jobs(jobs.clone()).await {
            Ok(settled) => settled.into_iter().map(Ok).collect(),
            // What one of them met must not hold up the others.
            Err(_) if jobs.len() > 1 => self.settle_each(jobs).await,
            Err(fault) => vec![Err(fault)],
        }
    }

    async fn settle_each(&self, jobs: Vec<Job>) -> Vec<Result<Settled, Fault>> {
        let mut results = Vec::with_capacity(jobs.len());
        for job in jobs {
            let settled = self.settle_jobs(vec![job]).await;
            results.push(settled.and_then(|settled| settled.first().copied().ok_or(Fault::Unsettled)));
        }
        results
    }

    async fn settle_jobs(&self, jobs: Vec<Job>) -> Result<Vec<Settled>, Fault> {
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let jobs = Arc::new(jobs);
        let mut races = 0;
        loop {
            let (this, again) = (self.clone(), jobs.clone());
            let done = self
                .store
                .write(move |tx| {
                    let (this, jobs) = (this.clone(), again.clone());
                    Box::pin(async move { this.settle_in(tx, &jobs, (seed, now)).await })
                })
                .await;
            match done {
                Err(StoreError::Conflict { .. }) if races < RACES => races += 1,
                done => {
                    let (settled, tally) = done?;
                    self.metrics.add(&tally);
                    return Ok(settled);
                }
            }
        }
    }

    async fn settle_in(
        &self,
        tx: &mut Tx<'_>,
        jobs: &[Job],
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<(Vec<Settled>, Tally), StoreError> {
        let mut commands: Vec<Option<Command>> = jobs.iter().map(|job| command(&job.claimed, &job.outcome)).collect();
        let decided = || jobs.iter().zip(&commands).filter(|(_, command)| command.is_some());
        let numbers: BTreeSet<i64> = decided()
            .filter_map(|(job, _)| job.claimed.work.incident())
            .chain(files::incidents(jobs))
            .map(|id| id.0)
            .collect();
        let wanted: BTreeSet<Uuid> = commands.iter().flatten().filter_map(Command::page).map(|page| page.0).collect();
        // Incidents and pages are locked before lanes, as everywhere.
        let numbers: Vec<i64> = numbers.into_iter().collect();
        let loaded = incidents::lock_all(tx, &numbers).await?;
        let before: Before = loaded.into_iter().map(|loaded| (loaded.incident.id, loaded)).collect();
        let held = pages::lock_sound(tx, &wanted.into_iter().collect::<Vec<_>>()).await?;
        let claims: Vec<&Claimed> = jobs.iter().map(|job| &job.claimed).collect();
        synthetic::lock(tx, jobs).await?;
        let mine = effects::still_mine(tx, &claims).await?;
        files::settle(tx, (jobs, &mine), &mut commands).await?;
        mirrors::settle(tx, (jobs, &mine)).await?;
        tickets::settle(tx, (jobs, &mine), now).await?;
        synthetic::settle(self, tx, (jobs, &mine), (seed, now)).await?;
        let (mut writes, mut tally) = (Writes::new(tx), Tally::default());
        if !numbers.is_empty() {
            let directory = self.directory_in(tx).await?;
            let turns = turns(tx, &directory).await?;
            let round = Unattended::new((self, directory), Actor::delivery(), (seed, now), (&before, held));
            let mut round = round.after(turns);
            for (job, command) in jobs.iter().zip(commands).filter(|(job, _)| mine.contains(&job.claimed.id)) {
                if let (Some(command), Some(id)) = (command, job.claimed.work.incident()) {
                    round.run(id, command);
                }
            }
            if let Some(decision) = round.decided() {
                tally = self.commit((tx, &mut writes), before, decision, (seed, now)).await?;
            }
        }
        let settled: Vec<(&Claimed, &Outcome)> =
            jobs.iter().filter(|job| mine.contains(&job.claimed.id)).map(|job| (&job.claimed, &job.outcome)).collect();
        effects::settle(tx, &mut writes, &settled, now).await?;
        Ok((jobs.iter().map(|job| settled_as(job, &mine)).collect(), tally))
    }
}

fn settled_as(job: &Job, mine: &BTreeSet<i64>) -> Settled {
    match job.outcome {
        _ if !mine.contains(&job.claimed.id) => Settled::TakenOver,
        Outcome::Done(_) => Settled::Delivered,
        Outcome::Impossible(_) | Outcome::GivenUp(_) => Settled::Impossible,
        Outcome::Dropped => Settled::Dropped,
        Outcome::Later { .. } | Outcome::Untried(_) => Settled::Later,
    }
}

fn outcome(claimed: &Claimed, delivery: Option<Delivery>, now: DateTime<Utc>) -> Outcome {
    let later = |wait: TimeDelta| now.checked_add_signed(wait).unwrap_or(now);
    let worn_out = match claimed.work {
        Work::Alarm { .. } => false,
        Work::Notice { .. } => claimed.attempts >= IN_VAIN_ATTEMPTS && now - claimed.queued_at >= IN_VAIN,
        _ => claimed.attempts >= ATTEMPTS_MAX,
    };
    match delivery {
        None => Outcome::Dropped,
        Some(Delivery::Delivered(reference)) => Outcome::Done(reference),
        Some(Delivery::Impossible(reason)) => Outcome::Impossible(reason),
        Some(Delivery::RetryAfter(_) | Delivery::Unknown) if worn_out => {
            Outcome::GivenUp(format!("given up after {} attempts", claimed.attempts))
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
    match (&claimed.work, outcome) {
        (Work::OpenRoom { room, .. }, Outcome::Done(made)) => {
            Some(Command::RoomOpened { room: *room, made: Reference::clone(made) })
        }
        (Work::OpenRoom { room, .. }, Outcome::Impossible(reason) | Outcome::GivenUp(reason)) => {
            Some(Command::RoomFailed { room: *room, reason: reason.clone() })
        }
        (Work::SetUp { room, step, .. }, Outcome::Impossible(reason) | Outcome::GivenUp(reason)) => {
            Some(Command::SetUpFailed { room: *room, step: *step, person: None, reason: reason.clone() })
        }
        (Work::Invite { room, person, .. }, Outcome::Impossible(reason) | Outcome::GivenUp(reason)) => {
            let (room, step, person) = (*room, SetUp::Invite, Some(*person));
            Some(Command::SetUpFailed { room, step, person, reason: reason.clone() })
        }
        (Work::Announce { channel, .. }, Outcome::Done(made)) => {
            Some(Command::Announced { channel: channel.clone(), message: made.external_id.clone() })
        }
        (Work::Announce { channel, .. }, Outcome::Impossible(reason) | Outcome::GivenUp(reason)) => {
            Some(Command::AnnouncementFailed { channel: channel.clone(), reason: reason.clone() })
        }
        (Work::Call { page, channel, .. }, Outcome::Impossible(reason) | Outcome::GivenUp(reason)) => {
            Some(Command::PlaceFailed { page: *page, place: channel.external_id.clone(), reason: reason.clone() })
        }
        (Work::Hook { page, webhook, .. }, Outcome::Impossible(reason) | Outcome::GivenUp(reason)) => {
            Some(Command::PlaceFailed { page: *page, place: webhook.to_string(), reason: reason.clone() })
        }
        (work @ Work::Ticket { .. }, outcome) => tickets::command(work, outcome),
        (work @ Work::Publish { .. }, outcome) => targets::command(work, outcome),
        (Work::CloseRoom { room, .. }, Outcome::Done(_)) => Some(Command::RoomClosed { room: *room }),
        (Work::Notice { page, notice, .. }, outcome) => ended(claimed, (*page, *notice), outcome),
        _ => None,
    }
}

/// What became of a notice, where its attempts have ended.
fn ended(claimed: &Claimed, (page, notice): (PageId, NoticeId), outcome: &Outcome) -> Option<Command> {
    let again = claimed.again;
    let number = claimed.attempts;
    let attempt = Attempt { number, provider_id: None };
    match outcome {
        Outcome::Done(made) => {
            let provider_id = Some(made.external_id.clone()).filter(|id| !id.is_empty());
            Some(Command::NoticeDelivered { page, notice, again, attempt: Attempt { number, provider_id } })
        }
        Outcome::Impossible(reason) => Some(Command::NoticeFailed { page, notice, reason: reason.clone(), attempt }),
        Outcome::GivenUp(reason) => Some(Command::NoticeGivenUp { page, notice, reason: reason.clone(), attempt }),
        Outcome::Dropped | Outcome::Later { .. } | Outcome::Untried(_) => None,
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
