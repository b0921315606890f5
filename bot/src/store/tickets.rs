//! Where trackers keep follow-ups, and up to where what changed there was read.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firebell_core::ids::{ActionId, IncidentId, Key};
use serde_json::Value;
use sqlx::types::Json;

use super::read::Doc;
use super::{During as _, StoreError, Tx, execute, on, select_in};

/// A ticket as it was seen or made last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub tracker: Key,
    /// By what the tracker knows it.
    pub reference: String,
    pub incident: IncidentId,
    pub action: ActionId,
    pub done: bool,
    /// When its tracker was told last that it is done, or not.
    pub told_at: DateTime<Utc>,
}

type Row = (String, String, i64, i64, bool, DateTime<Utc>);

const COLUMNS: &str = "SELECT tracker, reference, incident, action, done, told_at FROM ticket";

fn kept(row: Row) -> Result<Kept, StoreError> {
    let (tracker, reference, incident, action, done, told_at) = row;
    let corrupt = |_| {
        let why = "its tracker is no key".to_owned();
        StoreError::Corrupt { table: "ticket", id: reference.clone(), why }
    };
    let tracker = Key::new(&tracker).map_err(corrupt)?;
    let (incident, action) = (IncidentId(incident), ActionId(action));
    Ok(Kept { tracker, reference, incident, action, done, told_at })
}

/// The tickets of these incidents.
pub async fn of_incidents(tx: &mut Tx<'_>, incidents: &[i64]) -> Result<Vec<Kept>, StoreError> {
    let head = format!("{COLUMNS} WHERE incident IN");
    let rows: Vec<Row> =
        select_in!(tx, &head, [], incidents, "ORDER BY tracker, reference").during("look for tickets")?;
    rows.into_iter().map(kept).collect()
}

/// Those of a tracker that are known by these references.
pub async fn known(
    tx: &mut Tx<'_>,
    tracker: &Key,
    references: &[String],
) -> Result<BTreeMap<String, Kept>, StoreError> {
    let head = format!("{COLUMNS} WHERE tracker = $1 AND reference IN");
    let rows: Vec<Row> = select_in!(tx, &head, [tracker.as_str()], references, "").during("look for tickets")?;
    rows.into_iter().map(|row| kept(row).map(|held| (held.reference.clone(), held))).collect()
}

/// Remembers a ticket that was made or brought up to date. When it was told is moved on only where that changed whether it is
/// done.
pub async fn keep(tx: &mut Tx<'_>, held: &Kept) -> Result<(), StoreError> {
    let sql = "INSERT INTO ticket (tracker, reference, incident, action, done, told_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (tracker, reference) DO UPDATE SET incident = excluded.incident, action = excluded.action, \
               told_at = CASE WHEN ticket.done = excluded.done THEN ticket.told_at ELSE excluded.told_at END, \
               done = excluded.done";
    let values = (held.tracker.as_str(), held.reference.as_str());
    execute!(tx, sql, [values.0, values.1, held.incident.0, held.action.0, held.done, held.told_at])
        .during("keep a ticket")?;
    Ok(())
}

/// Remembers how a ticket was found.
pub async fn seen(tx: &mut Tx<'_>, tracker: &Key, reference: &str, done: bool) -> Result<(), StoreError> {
    let sql = "UPDATE ticket SET done = $3 WHERE tracker = $1 AND reference = $2";
    execute!(tx, sql, [tracker.as_str(), reference, done]).during("note how a ticket stands")?;
    Ok(())
}

/// When each tracker is read next.
pub async fn dues(tx: &mut Tx<'_>) -> Result<BTreeMap<String, DateTime<Utc>>, StoreError> {
    let rows: Vec<(String, DateTime<Utc>)> =
        on!(tx, |c| sqlx::query_as("SELECT tracker, due_at FROM tracker_poll").fetch_all(c).await)
            .during("look when trackers are due")?;
    Ok(rows.into_iter().collect())
}

/// Takes on a tracker that is due, or that became due by its pace (`latest`), and answers up to where it was read; nobody
/// else takes it on before `until`. One that was never read is read from `begin` on.
pub async fn claim(
    tx: &mut Tx<'_>,
    (tracker, begin): (&Key, &Value),
    (now, latest): (DateTime<Utc>, DateTime<Utc>),
    until: DateTime<Utc>,
) -> Result<Option<Value>, StoreError> {
    let sql =
        "INSERT INTO tracker_poll (tracker, due_at, reading) VALUES ($1, $2, $3) ON CONFLICT (tracker) DO NOTHING";
    execute!(tx, sql, [tracker.as_str(), now, Json(begin)]).during("begin to read a tracker")?;
    let sql = "UPDATE tracker_poll SET due_at = $3 WHERE tracker = $1 AND (due_at <= $2 OR due_at > $4)";
    if execute!(tx, sql, [tracker.as_str(), now, until, latest]).during("take on a tracker")? == 0 {
        return Ok(None);
    }
    reading(tx, tracker, false).await
}

/// Up to where a tracker was read; with `locking` nobody else says so until the end of the transaction.
pub async fn reading(tx: &mut Tx<'_>, tracker: &Key, locking: bool) -> Result<Option<Value>, StoreError> {
    let locking = if locking { tx.for_update() } else { "" };
    let sql = format!("SELECT reading FROM tracker_poll WHERE tracker = $1 {locking}");
    let row: Option<(Doc<Value>,)> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tracker.as_str()).fetch_optional(c).await)
            .during("look how far a tracker was read")?;
    row.map(|(doc,)| doc.of("tracker_poll", tracker, "reading")).transpose()
}

/// It was read up to there.
pub async fn read(tx: &mut Tx<'_>, tracker: &Key, reading: &Value) -> Result<(), StoreError> {
    let sql = "UPDATE tracker_poll SET reading = $2 WHERE tracker = $1";
    execute!(tx, sql, [tracker.as_str(), Json(reading)]).during("note how far a tracker was read")?;
    Ok(())
}
