//! What came of the synthetic page, recorded on the installation's stream.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::Work;
use firebell_core::timeline::{InstallationChange, NoticeOutcome};
use sha2::{Digest as _, Sha256};

use super::super::Intake;
use super::Job;
use crate::store::effects::Outcome;
use crate::store::{StoreError, Tx, installation, synthetic};

/// One that failed is tried again after this long, so that what was mended is soon known to be.
const AGAIN: TimeDelta = TimeDelta::hours(1);

/// Locks what [`settle`] writes. It comes before lanes, as where one is sent.
pub(super) async fn lock(tx: &mut Tx<'_>, jobs: &[Job]) -> Result<(), StoreError> {
    if jobs.iter().any(is_synthetic) {
        synthetic::lock(tx).await?;
        installation::head(tx, true).await?;
    }
    Ok(())
}

/// Settles the synthetic pages among these deliveries.
pub(super) async fn settle(
    intake: &Intake,
    tx: &mut Tx<'_>,
    (jobs, mine): (&[Job], &BTreeSet<i64>),
    (seed, now): ([u8; 32], DateTime<Utc>),
) -> Result<(), StoreError> {
    let own = |job: &&Job| is_synthetic(job) && mine.contains(&job.claimed.id);
    for job in jobs.iter().filter(own) {
        let Some(outcome) = outcome(job) else { continue };
        let failure = outcome.lost().map(str::to_owned);
        if !synthetic::settle(tx, &job.claimed.key, failure.as_deref(), now).await? {
            continue;
        }
        if failure.is_some() {
            try_again(tx, now).await?;
        }
        // Of its own: the deliveries beside it salt their entries from the same seed.
        let seed = Sha256::new().chain_update(seed).chain_update(&job.claimed.key).finalize().into();
        let change = InstallationChange::SyntheticSettled { key: job.claimed.key.clone(), outcome };
        intake.record_installation(tx, change, (seed, now)).await?;
    }
    Ok(())
}

fn is_synthetic(job: &Job) -> bool {
    matches!(job.claimed.work, Work::Synthetic { .. })
}

async fn try_again(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let soon = now.checked_add_signed(AGAIN).unwrap_or(now);
    match synthetic::get(tx).await? {
        Some(standing) if standing.due_at > soon => synthetic::schedule(tx, soon).await,
        _ => Ok(()),
    }
}

/// `None` while it is still tried.
fn outcome(job: &Job) -> Option<NoticeOutcome> {
    match &job.outcome {
        Outcome::Done(_) if job.claimed.again => Some(NoticeOutcome::DeliveredAgain),
        Outcome::Done(_) => Some(NoticeOutcome::Delivered),
        Outcome::Impossible(reason) => Some(NoticeOutcome::Failed { reason: reason.clone() }),
        Outcome::GivenUp(reason) => Some(NoticeOutcome::Dead { reason: reason.clone() }),
        Outcome::Dropped => {
            Some(NoticeOutcome::Failed { reason: "the directory does not know them any more".to_owned() })
        }
        Outcome::Later { .. } | Outcome::Untried(_) => None,
    }
}
