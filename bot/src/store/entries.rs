//! Entries, their bodies and the anchors. Bodies stand in a table of their own, so that a redaction can delete them
//! while the chain still verifies.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use firebell_core::actor::Actor;
use firebell_core::chain::{Hash, Link, body_hash, canonical, entry_hash};
use firebell_core::decide::Erased;
use firebell_core::ids::{EntryId, IncidentId, Minter, RoomId};
use firebell_core::timeline::{Change, Entry, Payload, Stream};

use super::bulk::{padded_chunks, values_sql};
use super::incidents::{Head, hash};
use super::{During as _, StoreError, Tx, Writes, execute, on, put};

/// An entry as it is appended: the columns, the hashed bytes and the body.
#[derive(Debug, Clone)]
pub struct Chained {
    stream: String,
    seq: i64,
    kind: String,
    happened_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    actor: String,
    canonical: Vec<u8>,
    pub hash: Hash,
    salt: [u8; 16],
    body: String,
}

/// An entry before it is chained.
#[derive(Debug, Clone)]
pub struct Unchained<'a> {
    pub id: EntryId,
    pub happened_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
    pub actor: &'a Actor,
    pub payload: &'a Payload,
}

/// Chains one entry to the hash before it.
///
/// # Errors
/// A payload that does not serialise: a fault of the program.
pub fn chain(
    stream: Stream,
    entry: &Unchained<'_>,
    prev: Hash,
    mint: &mut Minter,
) -> Result<Chained, serde_json::Error> {
    let (stream, kind) = (stream.to_string(), entry.payload.kind().to_owned());
    let (actor, body) = (serde_json::to_string(entry.actor)?, serde_json::to_string(entry.payload)?);
    let salt = mint.salt();
    let link = Link {
        stream: &stream,
        seq: entry.id.0,
        kind: &kind,
        happened_at: entry.happened_at,
        recorded_at: entry.recorded_at,
        actor: &actor,
        prev,
        body: body_hash(&salt, &body),
    };
    let canonical = canonical(&link);
    let hash = entry_hash(&canonical);
    Ok(Chained {
        seq: entry.id.0,
        happened_at: entry.happened_at,
        recorded_at: entry.recorded_at,
        stream,
        kind,
        actor,
        canonical,
        hash,
        salt,
        body,
    })
}

/// What is signed of a head.
pub fn head_text(stream: &str, seq: i64, hash: Hash) -> String {
    format!("{stream} {seq} {hash}")
}

/// Appends chained entries and their bodies.
pub fn append(writes: &mut Writes, entries: &[Chained]) -> Result<(), StoreError> {
    put!(
        writes,
        "append entries",
        "INSERT INTO entry (stream, seq, kind, happened_at, recorded_at, actor, canonical, hash) VALUES",
        entries,
        |e| [
            e.stream.as_str(),
            e.seq,
            e.kind.as_str(),
            e.happened_at,
            e.recorded_at,
            e.actor.as_str(),
            e.canonical.as_slice(),
            e.hash.as_bytes().as_slice(),
        ],
        ""
    )?;
    put!(
        writes,
        "append entry bodies",
        "INSERT INTO entry_body (stream, seq, salt, body) VALUES",
        entries,
        |e| [e.stream.as_str(), e.seq, e.salt.as_slice(), e.body.as_str()],
        ""
    )
}

/// An entry as it stands in the tables, for verification.
#[derive(Debug, Clone)]
pub struct Stored {
    pub seq: i64,
    pub kind: String,
    pub happened_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
    pub actor: String,
    pub canonical: Vec<u8>,
    pub hash: Vec<u8>,
    pub salt: Option<Vec<u8>>,
    pub body: Option<String>,
}

type Row = (i64, String, DateTime<Utc>, DateTime<Utc>, String, Vec<u8>, Vec<u8>, Option<Vec<u8>>, Option<String>);

/// The entries of a stream, oldest first.
pub async fn stored(tx: &mut Tx<'_>, stream: &str) -> Result<Vec<Stored>, StoreError> {
    let sql = "SELECT e.seq, e.kind, e.happened_at, e.recorded_at, e.actor, e.canonical, e.hash, b.salt, b.body \
               FROM entry e LEFT JOIN entry_body b ON b.stream = e.stream AND b.seq = e.seq \
               WHERE e.stream = $1 ORDER BY e.seq";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(stream).fetch_all(c).await).during("load entries")?;
    Ok(rows.into_iter().map(stored_row).collect())
}

/// The hash of one entry of a stream.
pub async fn hash_at(tx: &mut Tx<'_>, stream: &str, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT hash FROM entry WHERE stream = $1 AND seq = $2";
    on!(tx, |c| sqlx::query_scalar(sql).bind(stream).bind(seq).fetch_optional(c).await).during("load an entry's hash")
}

/// The entries of an incident, oldest first, decoded.
pub async fn history(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Entry>, StoreError> {
    let rows = stored(tx, &incident.to_string()).await?;
    rows.into_iter().map(|row| decode(incident, row)).collect()
}

/// Entries of incidents, each with the later ones that may say otherwise: corrections and redactions.
pub async fn amended(
    tx: &mut Tx<'_>,
    wanted: &[(IncidentId, EntryId)],
) -> Result<HashMap<(IncidentId, EntryId), Vec<Entry>>, StoreError> {
    let columns = "SELECT v.column2, e.seq, e.kind, e.happened_at, e.recorded_at, e.actor, e.canonical, e.hash, b.salt, \
                   b.body, e.stream FROM v JOIN entry e ON e.stream = v.column1";
    let body = "LEFT JOIN entry_body b ON b.stream = e.stream AND b.seq = e.seq";
    // The condition of the index of amendments, word for word.
    let amends = "e.seq > v.column2 AND (e.kind = 'corrected' OR e.kind = 'entry_redacted')";
    let tail =
        format!(") {columns} AND e.seq = v.column2 {body} UNION ALL {columns} AND {amends} {body} ORDER BY 11, 2");
    let mut found: HashMap<(IncidentId, EntryId), Vec<Entry>> = HashMap::new();
    for chunk in padded_chunks(wanted) {
        let sql = values_sql(tx, "WITH v AS (VALUES", (2, chunk.len()), &tail);
        let rows: Vec<AmendedRow> = on!(&mut *tx, |c| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            for (incident, entry) in &chunk {
                query = query.bind(incident.to_string()).bind(entry.0);
            }
            query.fetch_all(c).await
        })
        .during("load entries with what later ones say of them")?;
        for (of, seq, kind, happened_at, recorded_at, actor, canonical, hash, salt, body, stream) in rows {
            let row = Stored { seq, kind, happened_at, recorded_at, actor, canonical, hash, salt, body };
            let Ok(incident) = stream.parse() else { continue };
            let amendments = found.entry((incident, EntryId(of))).or_default();
            // A chunk may name its last entry more than once.
            if amendments.last().is_none_or(|last| last.id.0 < row.seq) {
                amendments.push(decode(incident, row)?);
            }
        }
    }
    Ok(found)
}

type AmendedRow =
    (i64, i64, String, DateTime<Utc>, DateTime<Utc>, String, Vec<u8>, Vec<u8>, Option<Vec<u8>>, Option<String>, String);

/// Since when Firebell knows that a room is open; `None` for a room that is not open, or no longer.
pub async fn open_since(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    room: RoomId,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT e.seq, e.kind, e.happened_at, e.recorded_at, e.actor, e.canonical, e.hash, b.salt, b.body \
               FROM entry e JOIN entry_body b ON b.stream = e.stream AND b.seq = e.seq \
               WHERE e.stream = $1 AND e.kind = 'room_opened' \
               AND EXISTS (SELECT 1 FROM room WHERE id = $2 AND state = 'open') ORDER BY e.seq";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(incident.to_string()).bind(room.0).fetch_all(c).await)
        .during("look for a room's opening")?;
    for row in rows {
        let entry = decode(incident, stored_row(row))?;
        if matches!(entry.change, Some(Change::RoomOpened { room: opened, .. }) if opened == room) {
            return Ok(Some(entry.recorded_at));
        }
    }
    Ok(None)
}

fn stored_row(row: Row) -> Stored {
    let (seq, kind, happened_at, recorded_at, actor, canonical, hash, salt, body) = row;
    Stored { seq, kind, happened_at, recorded_at, actor, canonical, hash, salt, body }
}

fn decode(incident: IncidentId, row: Stored) -> Result<Entry, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt {
        table: "entry",
        id: format!("{incident} {}", EntryId(row.seq)),
        why: format!("its {what} does not decode"),
    };
    let actor = serde_json::from_str(&row.actor).map_err(|_| corrupt("actor"))?;
    let change: Option<Change> =
        row.body.as_deref().map(serde_json::from_str).transpose().map_err(|_| corrupt("body"))?;
    if change.as_ref().is_some_and(|change| change.kind() != row.kind) {
        return Err(corrupt("kind"));
    }
    Ok(Entry {
        id: EntryId(row.seq),
        happened_at: row.happened_at,
        recorded_at: row.recorded_at,
        actor,
        change,
        kind: row.kind,
    })
}

/// Deletes redacted words: bodies of entries, the texts of every revision of messages, and the files of these.
pub async fn erase(tx: &mut Tx<'_>, erased: &[Erased]) -> Result<(), StoreError> {
    if !erased.is_empty() {
        tx.forget_log();
    }
    for one in erased {
        let (sql, owner, number) = match one {
            Erased::Entry(incident, entry) => {
                ("DELETE FROM entry_body WHERE stream = $1 AND seq = $2", incident.to_string(), entry.0)
            }
            Erased::Message(incident, message) => (
                "UPDATE message_revision SET text = NULL, salt = NULL \
                 WHERE incident = CAST(substr($1, 5) AS BIGINT) AND number = $2",
                incident.to_string(),
                message.0,
            ),
        };
        execute!(tx, sql, [owner, number]).during("erase redacted words")?;
        if let Erased::Message(incident, message) = one {
            super::files::erase(tx, (*incident, *message)).await?;
        }
    }
    Ok(())
}

/// Remembers a head that leaves the database.
pub async fn anchor(
    tx: &mut Tx<'_>,
    stream: &str,
    (seq, head): (i64, &Head),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO anchor (stream, seq, hash, signature, made_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (stream, seq) DO NOTHING";
    let (hash, signature) = (head.hash.as_bytes().as_slice(), head.signature.as_str());
    execute!(tx, sql, [stream, seq, hash, signature, now]).during("write an anchor")?;
    Ok(())
}

/// The anchors of a stream: place, hash and signature, in order.
pub async fn anchors(tx: &mut Tx<'_>, stream: &str) -> Result<Vec<(i64, Hash, String)>, StoreError> {
    let sql = "SELECT seq, hash, signature FROM anchor WHERE stream = $1 ORDER BY seq";
    let rows: Vec<(i64, Vec<u8>, String)> =
        on!(tx, |c| sqlx::query_as(sql).bind(stream).fetch_all(c).await).during("load anchors")?;
    rows.into_iter()
        .map(|(seq, bytes, signature)| {
            let why = "its hash is not 32 bytes".to_owned();
            let id = format!("{stream} {seq}");
            let hash = hash(&bytes).ok_or(StoreError::Corrupt { table: "anchor", id, why })?;
            Ok((seq, hash, signature))
        })
        .collect()
}
