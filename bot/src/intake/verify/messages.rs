//! Whether captured messages are those that were kept, redacted and marked.

use std::collections::BTreeSet;

use firebell_core::chain::{Hash, body_hash};
use firebell_core::ids::{IncidentId, MessageId};
use firebell_core::timeline::{Change, Entry};

use crate::store::messages::Stored;

/// Whether every revision says what was hashed, nothing where that was redacted or deleted, and still is what was
/// marked; unless all are `kept`, retention may have deleted it.
pub(super) fn hold((id, kept): (IncidentId, bool), history: &[Entry], revisions: &[Stored]) -> Result<(), String> {
    let redacted = redacted(history);
    for revision in revisions {
        sound(revision, redacted.contains(&revision.message)).map_err(|why| format!("{id}: {why}"))?;
    }
    for entry in history {
        let Some(Change::MessageMarked { message, revision, hash, .. }) = &entry.change else { continue };
        let held = revisions.iter().find(|held| held.message == *message && held.revision == *revision);
        if kept && held.is_none() {
            return Err(format!("{id}: message {message} is gone, which {} cites", entry.id));
        }
        if held.is_some_and(|held| held.hash != hash.as_bytes()) {
            return Err(format!("{id}: message {message} was changed: it is not what {} cites", entry.id));
        }
    }
    Ok(())
}

fn sound(stored: &Stored, redacted: bool) -> Result<(), String> {
    let Stored { message, revision, hash, salt, text, deleted } = stored;
    let matches = |expected: Hash| hash == expected.as_bytes();
    match (salt, text, deleted) {
        (Some(salt), Some(text), false) if !matches(body_hash(salt, text)) => {
            Err(format!("message {message} was changed: revision {revision} does not match its hash"))
        }
        (Some(_), Some(_), false) if redacted => Err(format!("redacted message {message} still has its words")),
        (Some(_), Some(_), false) => Ok(()),
        (None, None, false) if redacted => Ok(()),
        (None, None, false) => Err(format!("message {message} lost its words and no redaction names it")),
        (None, None, true) if matches(Hash::ZERO) => Ok(()),
        _ => Err(format!("message {message} was changed: revision {revision} is neither words nor a deletion")),
    }
}

/// The messages that an entry redacts; the reason of that entry may be redacted itself.
fn redacted(history: &[Entry]) -> BTreeSet<MessageId> {
    let changes = history.iter().filter_map(|entry| entry.change.as_ref()).flat_map(Change::layers);
    let message = |change: &Change| match change {
        Change::MessageRedacted { message, .. } => Some(*message),
        _ => None,
    };
    changes.filter_map(message).collect()
}
