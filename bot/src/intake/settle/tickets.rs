//! What became of tickets: where they are is remembered in the transaction in which it is recorded.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use firebell_core::command::{ActionCommand, Command};
use firebell_core::effect::Work;

use super::Job;
use crate::store::effects::Outcome;
use crate::store::tickets::{self, Kept};
use crate::store::{StoreError, Tx};
use crate::trackers::Carried;

/// The command that the outcome of a ticket is.
pub(super) fn command(work: &Work, outcome: &Outcome) -> Option<Command> {
    let Work::Ticket { action, tracker, .. } = work else { return None };
    let (action, tracker) = (*action, tracker.clone());
    Some(Command::Action(match outcome {
        Outcome::Done(made) => {
            let ticket = Carried::read(made)?.ticket(&tracker);
            ActionCommand::Ticketed { action, ticket }
        }
        Outcome::Impossible(reason) | Outcome::GivenUp(reason) => {
            ActionCommand::TicketFailed { action, tracker, reason: reason.clone() }
        }
        Outcome::Dropped | Outcome::Later { .. } | Outcome::Untried(_) => return None,
    }))
}

pub(super) async fn settle(
    tx: &mut Tx<'_>,
    (jobs, mine): (&[Job], &BTreeSet<i64>),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for job in jobs.iter().filter(|job| mine.contains(&job.claimed.id)) {
        let Work::Ticket { incident, action, tracker, .. } = &job.claimed.work else { continue };
        let Outcome::Done(made) = &job.outcome else { continue };
        let Some(Carried { at, done }) = Carried::read(made) else { continue };
        let (incident, action) = (*incident, *action);
        let kept = Kept { tracker: tracker.clone(), reference: at.id, incident, action, done, told_at: now };
        tickets::keep(tx, &kept).await?;
    }
    Ok(())
}
