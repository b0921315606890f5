//! `firebell verify`: whether the record is what was written.

mod files;
mod messages;

use std::collections::BTreeSet;

use firebell_core::chain::{Break, Hash, StoredEntry, Verified, Verifier};
use firebell_core::ids::IncidentId;
use firebell_core::incident::Incident;
use firebell_core::timeline::Change;

use super::{Fault, Intake};
use crate::seal::REPLAY_ID;
use crate::store::entries::{Stored, head_text};
use crate::store::incidents::Head;
use crate::store::{StoreError, Tx, directory, entries, incidents, installation, messages as captured};

/// What a stream's verification found.
#[derive(Debug, Clone)]
pub struct VerifyReport {
    pub stream: String,
    pub result: Result<Verified, String>,
    /// Whether the signature proves anything: the key of replays is known to everybody.
    pub evidence: bool,
}

/// A stream as the tables hold it.
struct Held {
    stream: String,
    length: i64,
    head: Head,
    entries: Vec<Stored>,
    anchors: Vec<(i64, Hash, String)>,
}

/// A head that was exported: place, hash and signature.
pub type Exported = (i64, Hash, String);

impl Intake {
    /// Verifies one incident's stream, or every stream of the database. `exported` is a head from a document outside of
    /// it, which must still be part of the one incident's chain.
    ///
    /// # Errors
    /// The database cannot be read; what is wrong with the record is in the report.
    pub async fn verify(
        &self,
        only: Option<IncidentId>,
        exported: Option<Exported>,
    ) -> Result<Vec<VerifyReport>, Fault> {
        let streams = match only {
            Some(id) => BTreeSet::from([id]),
            None => self.store.read(|tx| Box::pin(incidents::ever(tx))).await?,
        };
        let mut reports = Vec::new();
        if only.is_none() {
            for held in self.store.read(|tx| Box::pin(own_streams(tx))).await? {
                reports.push(self.report(held, &[]));
            }
        }
        for id in streams {
            match self.store.read(move |tx| Box::pin(incident_stream(tx, id))).await? {
                Some(held) => {
                    let mut report = self.report(held, exported.as_slice());
                    if report.result.is_ok()
                        && let Err(why) = self.store.read(move |tx| Box::pin(agreement(tx, id))).await?
                    {
                        report.result = Err(why);
                    }
                    reports.push(report);
                }
                None => {
                    let result = Err(format!("{id} is not in the database"));
                    reports.push(VerifyReport { stream: id.to_string(), result, evidence: true });
                }
            }
        }
        Ok(reports)
    }

    fn report(&self, held: Held, exported: &[Exported]) -> VerifyReport {
        let result = self.check(&held, exported);
        let evidence = held.head.signature.split_once('.').is_none_or(|(key, _)| key != REPLAY_ID);
        VerifyReport { stream: held.stream, result, evidence }
    }

    fn check(&self, held: &Held, exported: &[Exported]) -> Result<Verified, String> {
        let heads = held.anchors.iter().chain(exported);
        for (seq, hash, signature) in heads.clone() {
            self.check_signature(&held.stream, (*seq, *hash, signature), "anchor")?;
        }
        // A stream that holds nothing was never signed.
        if held.length > 0 || !held.head.signature.is_empty() {
            let end = (held.length, held.head.hash, held.head.signature.as_str());
            self.check_signature(&held.stream, end, "head")?;
        }
        let verifier = Verifier::new(held.stream.as_str(), redacted(&held.entries));
        let mut verifier = heads.fold(verifier, |verifier, (seq, hash, _)| verifier.expect_anchor(*seq, *hash));
        for row in &held.entries {
            push(&mut verifier, &held.stream, row)?;
        }
        verifier.finish(held.length, held.head.hash).map_err(|broken: Break| broken.to_string())
    }

    fn check_signature(
        &self,
        stream: &str,
        (seq, hash, signature): (i64, Hash, &str),
        what: &str,
    ) -> Result<(), String> {
        let text = head_text(stream, seq, hash);
        self.keyring
            .verify("head", text.as_bytes(), signature)
            .map_err(|error| format!("{stream}: the signature of the {what} at entry {seq} does not hold: {error}"))
    }
}

fn push(verifier: &mut Verifier, stream: &str, row: &Stored) -> Result<(), String> {
    let bytes: [u8; 32] = row
        .hash
        .as_slice()
        .try_into()
        .map_err(|_| format!("{stream}: entry {} was changed: its hash is not 32 bytes", row.seq))?;
    let body = row.salt.as_deref().zip(row.body.as_deref());
    let entry = StoredEntry {
        seq: row.seq,
        stream,
        kind: &row.kind,
        happened_at: row.happened_at,
        recorded_at: row.recorded_at,
        actor: &row.actor,
        canonical: &row.canonical,
        hash: Hash::from_bytes(bytes),
        body,
    };
    verifier.push(&entry).map_err(|broken| broken.to_string())
}

/// The entries that a later one redacts.
fn redacted(rows: &[Stored]) -> BTreeSet<i64> {
    rows.iter()
        .filter(|row| row.kind == "entry_redacted")
        .filter_map(|row| serde_json::from_str::<Change>(row.body.as_deref()?).ok())
        .filter_map(|change| match change {
            Change::EntryRedacted { entry, .. } => Some(entry.0),
            _ => None,
        })
        .collect()
}

/// Whether the rows say what the entries say: the incident is what its entries add up to, captured messages are those
/// that were kept and marked, and copies of files are what was copied.
async fn agreement(tx: &mut Tx<'_>, id: IncidentId) -> Result<Result<(), String>, StoreError> {
    let history = match entries::history(tx, id).await {
        Err(error @ StoreError::Corrupt { .. }) => return Ok(Err(error.to_string())),
        other => other?,
    };
    let row = match incidents::get(tx, id).await {
        Err(error @ StoreError::Corrupt { .. }) => return Ok(Err(error.to_string())),
        other => other?.map(|loaded| loaded.incident),
    };
    let Some(row) = row else { return Ok(Err(format!("{id} is not in the database"))) };
    // Retention deletes messages, and only those of incidents that ended for good.
    let kept = !row.status.word().is_final();
    let folded = Incident::fold(&history).map(|folded| Incident { version: row.version, ..folded });
    if folded != Ok(row) {
        return Ok(Err(format!("{id}: its row was changed: it is not what its entries add up to")));
    }
    let held = messages::hold((id, kept), &history, &captured::stored(tx, id).await?);
    match held {
        Ok(()) => files::hold(tx, (id, kept), &history).await,
        broken => Ok(broken),
    }
}

async fn incident_stream(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Held>, StoreError> {
    // The columns alone: a row whose state was changed by hand must not keep the chain from being looked at.
    let Some((length, head)) = incidents::head(tx, id).await? else { return Ok(None) };
    held(tx, id.to_string(), length, head).await.map(Some)
}

async fn own_streams(tx: &mut Tx<'_>) -> Result<Vec<Held>, StoreError> {
    let (length, head) = installation::head(tx, false).await?;
    let of_installation = held(tx, "installation".to_owned(), length, head).await?;
    let loaded = directory::load(tx, false).await?;
    let of_directory = held(tx, "directory".to_owned(), loaded.entries, loaded.head).await?;
    Ok(vec![of_installation, of_directory])
}

async fn held(tx: &mut Tx<'_>, stream: String, length: i64, head: Head) -> Result<Held, StoreError> {
    let entries = entries::stored(tx, &stream).await?;
    let anchors = entries::anchors(tx, &stream).await?;
    Ok(Held { stream, length, head, entries, anchors })
}
