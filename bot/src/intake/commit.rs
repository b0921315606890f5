//! Committing a decision: entries, state, effects and cards in one transaction, many rows to a statement.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firebell_core::chain::Hash;
use firebell_core::decide::Decision;
use firebell_core::ids::{IncidentId, Minter};
use firebell_core::timeline::{Change, Payload, Stream};

use super::Intake;
use super::load::Before;
use crate::metrics::Tally;
use crate::store::entries::{Chained, Unchained};
use crate::store::incidents::{Head, Loaded};
use crate::store::{StoreError, Tx, Writes, cards, effects, entries, incidents, integrations, pages};

impl Intake {
    /// Writes everything that a decision says; what is still in `writes` afterwards is for the caller to run. Answers what
    /// is to be counted once that is committed.
    pub(super) async fn commit(
        &self,
        (tx, writes): (&mut Tx<'_>, &mut Writes),
        before: Before,
        decision: Decision,
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<Tally, StoreError> {
        let tally = Tally::of(&decision);
        let chained = chain(&before, &decision, (seed, now))?;
        entries::append(writes, &chained.entries)?;
        let mut rows = Vec::new();
        for incident in decision.incidents {
            let head = self.signed(&Stream::Incident(incident.id), incident.entries, chained.head(incident.id))?;
            let earlier = before.get(&incident.id).map(|loaded| loaded.incident.clone());
            rows.push((earlier, Loaded { incident, head }));
        }
        incidents::save(writes, &rows)?;
        pages::save(writes, &decision.pages)?;
        pages::took_turns(writes, &decision.turns)?;
        if !decision.cancelled.is_empty() {
            // Lanes come last, and to take effects back touches them.
            writes.run(tx).await?;
            effects::cancel(tx, &decision.cancelled, now).await?;
        }
        if let Some(raised) = &decision.raised {
            writes.run(tx).await?;
            integrations::raise(tx, raised, now).await?;
        }
        effects::enqueue(tx, writes, &decision.effects, now).await?;
        cards::want(writes, &rows, now)?;
        if !decision.erased.is_empty() {
            writes.run(tx).await?;
        }
        entries::erase(tx, &decision.erased).await?;
        for (incident, seq, hash) in chained.closings {
            let stream = Stream::Incident(incident);
            let head = self.signed(&stream, seq, hash)?;
            entries::anchor(tx, &stream.to_string(), (seq, &head), now).await?;
        }
        if decision.effects.is_empty() && decision.pages.is_empty() && rows.is_empty() {
            return Ok(tally);
        }
        tx.wake().await?;
        Ok(tally)
    }

    /// A head with its signature.
    pub(super) fn signed(&self, stream: &Stream, seq: i64, hash: Hash) -> Result<Head, StoreError> {
        let text = entries::head_text(&stream.to_string(), seq, hash);
        let signature = self.keyring.sign("head", text.as_bytes()).map_err(|error| StoreError::Corrupt {
            table: "installation",
            id: stream.to_string(),
            why: format!("its head cannot be signed: {error}"),
        })?;
        Ok(Head { hash, signature: signature.to_string() })
    }
}

struct Chain {
    entries: Vec<Chained>,
    heads: BTreeMap<IncidentId, Hash>,
    /// Where an incident was closed: the closing message carries this head out of the database.
    closings: Vec<(IncidentId, i64, Hash)>,
}

impl Chain {
    fn head(&self, incident: IncidentId) -> Hash {
        self.heads.get(&incident).copied().unwrap_or(Hash::ZERO)
    }
}

fn chain(before: &Before, decision: &Decision, (seed, now): ([u8; 32], DateTime<Utc>)) -> Result<Chain, StoreError> {
    let heads = before.iter().map(|(id, loaded)| (*id, loaded.head.hash)).collect();
    let mut chain = Chain { entries: Vec::with_capacity(decision.entries.len()), heads, closings: Vec::new() };
    let mut mint = salts(seed, now);
    for (incident, entry) in &decision.entries {
        let Some(change) = &entry.change else { continue };
        let payload = Payload::Incident(Box::new(change.clone()));
        let unchained = Unchained {
            id: entry.id,
            happened_at: entry.happened_at,
            recorded_at: entry.recorded_at,
            actor: &entry.actor,
            payload: &payload,
        };
        let chained = entries::chain(Stream::Incident(*incident), &unchained, chain.head(*incident), &mut mint)
            .map_err(|error| unserialisable(*incident, &error))?;
        chain.heads.insert(*incident, chained.hash);
        if matches!(change, Change::Closed) {
            chain.closings.push((*incident, entry.id.0, chained.hash));
        }
        chain.entries.push(chained);
    }
    Ok(chain)
}

fn unserialisable(incident: IncidentId, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt { table: "entry", id: incident.to_string(), why: format!("it does not serialise: {error}") }
}

/// Salts come from the same seed as ids but from another sequence, so that an id never tells a salt.
pub(super) fn salts(mut seed: [u8; 32], now: DateTime<Utc>) -> Minter {
    for byte in &mut seed {
        *byte = !*byte;
    }
    Minter::new(seed, now)
}
