//! Whether copies of files are what was copied.

use firebell_core::file::{File, FileOutcome, FileState};
use firebell_core::ids::{FileId, IncidentId};
use firebell_core::timeline::{Change, Entry};

use crate::intake::files::digest;
use crate::store::{StoreError, Tx, files};

/// Whether every copy is what its entry says; unless all are `kept`, retention may have let go of it.
pub(super) async fn hold(
    tx: &mut Tx<'_>,
    (id, kept): (IncidentId, bool),
    history: &[Entry],
) -> Result<Result<(), String>, StoreError> {
    let held = match files::of_incident(tx, id).await {
        Err(error @ StoreError::Corrupt { .. }) => return Ok(Err(error.to_string())),
        other => other?,
    };
    for entry in history {
        let Some(Change::FileSettled { file, outcome, .. }) = &entry.change else { continue };
        let row = held.iter().find(|held| held.id == *file);
        if let Err(why) = agrees(row, outcome, kept) {
            return Ok(Err(format!("{id}: file {file} was changed: {why}, and {} says otherwise", entry.id)));
        }
    }
    for file in &held {
        let FileState::Copied { size, hash } = file.state else { continue };
        if !settled(history, file.id) {
            return Ok(Err(format!("{id}: file {} was added: no entry says that it was copied", file.id)));
        }
        if digest(tx, (id, file.id)).await? != (size, hash) {
            return Ok(Err(format!("{id}: file {} was changed: its copy does not match its hash", file.id)));
        }
    }
    Ok(Ok(()))
}

fn agrees(row: Option<&File>, outcome: &FileOutcome, kept: bool) -> Result<(), &'static str> {
    let Some(row) = row else { return if kept { Err("it is gone") } else { Ok(()) } };
    match (&row.state, outcome) {
        (FileState::Copied { size, hash }, FileOutcome::Copied { size: said, hash: copied })
            if size == said && hash == copied =>
        {
            Ok(())
        }
        (FileState::NotCopied { reason }, FileOutcome::NotCopied { reason: said }) if reason == said => Ok(()),
        (FileState::Purged, FileOutcome::Copied { .. }) if !kept => Ok(()),
        _ => Err("it is not what was copied"),
    }
}

fn settled(history: &[Entry], id: FileId) -> bool {
    history.iter().any(|entry| matches!(&entry.change, Some(Change::FileSettled { file, .. }) if *file == id))
}
