//! What became of copies of files: the file's row is written, and its incident is told.

use std::collections::BTreeSet;

use firebell_core::command::Command;
use firebell_core::effect::Work;
use firebell_core::file::{File, FileOutcome, FileState};
use firebell_core::ids::IncidentId;

use super::Job;
use crate::store::effects::Outcome;
use crate::store::{StoreError, Tx, files};

/// The incidents that are told of a copy.
pub(super) fn incidents(jobs: &[Job]) -> impl Iterator<Item = IncidentId> + '_ {
    let ends = |job: &&Job| matches!(job.outcome, Outcome::Done(_) | Outcome::Impossible(_) | Outcome::GivenUp(_));
    jobs.iter().filter(ends).filter_map(|job| match job.claimed.work {
        Work::CopyFile { incident, .. } => Some(incident),
        _ => None,
    })
}

/// Settles the copies among these deliveries, and adds the commands that they are. Their incidents are locked: a redaction
/// of the message either came before and is seen here, or finds what is written here.
pub(super) async fn settle(
    tx: &mut Tx<'_>,
    (jobs, mine): (&[Job], &BTreeSet<i64>),
    commands: &mut [Option<Command>],
) -> Result<(), StoreError> {
    let own = jobs.iter().zip(commands).filter(|(job, _)| mine.contains(&job.claimed.id));
    for (job, command) in own {
        let Work::CopyFile { incident, file, .. } = job.claimed.work else { continue };
        let Some(held) = files::get(tx, incident, file).await? else { continue };
        let Some(outcome) = outcome(&held, &job.outcome) else { continue };
        files::settle(tx, (incident, file), &outcome).await?;
        *command = held.attached.map(|attached| Command::FileSettled {
            file,
            message: held.message,
            name: attached.name,
            outcome,
        });
    }
    Ok(())
}

fn outcome(file: &File, outcome: &Outcome) -> Option<FileOutcome> {
    match (&file.state, outcome) {
        (FileState::Wanted { whole: Some((size, hash)) }, Outcome::Done(_)) => {
            Some(FileOutcome::Copied { size: *size, hash: *hash })
        }
        (FileState::Wanted { .. }, Outcome::Impossible(reason) | Outcome::GivenUp(reason)) => {
            Some(FileOutcome::NotCopied { reason: reason.clone() })
        }
        _ => None,
    }
}
