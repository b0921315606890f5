//! What rooms show of messages of other rooms, written down with the effect that showed it.

use std::collections::BTreeSet;

use firebell_core::effect::Work;

use super::Job;
use crate::store::effects::Outcome;
use crate::store::{StoreError, Tx, copies};

/// Writes down the copies among these deliveries. Nothing else is shown in the same lane meanwhile, and so nothing else
/// writes their rows.
pub(super) async fn settle(tx: &mut Tx<'_>, (jobs, mine): (&[Job], &BTreeSet<i64>)) -> Result<(), StoreError> {
    for job in jobs.iter().filter(|job| mine.contains(&job.claimed.id)) {
        let (Work::Mirror { incident, room, message }, Outcome::Done(made)) = (&job.claimed.work, &job.outcome) else {
            continue;
        };
        let Some(shows) = job.shows else { continue };
        let external_id = Some(made.external_id.as_str()).filter(|id| !id.is_empty());
        copies::settle(tx, (*incident, *message), *room, (external_id, shows)).await?;
    }
    Ok(())
}
