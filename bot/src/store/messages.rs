//! Messages captured in rooms. They are written without touching the incident's version.

use chrono::{DateTime, Utc};
use firebell_core::chain::{Hash, body_hash};
use firebell_core::facts::Captured;
use firebell_core::ids::{IncidentId, MessageId, PersonId, RoomId};
use uuid::Uuid;

use super::incidents::hash;
use super::{During as _, StoreError, Tx, execute, on};

/// A message as it comes in.
#[derive(Debug, Clone)]
pub struct Heard {
    pub incident: IncidentId,
    pub room: RoomId,
    pub external_id: String,
    pub author: PersonId,
    pub sent_at: DateTime<Utc>,
    pub text: String,
    pub salt: [u8; 16],
}

/// Keeps a message with its first revision; one that is known already is left as it is. Answers its number.
pub async fn keep(tx: &mut Tx<'_>, heard: &Heard) -> Result<MessageId, StoreError> {
    let sql = "INSERT INTO message (incident, number, room, external_id, author, sent_at) \
               SELECT $1, COALESCE(max(number), 0) + 1, $2, $3, $4, $5 FROM message WHERE incident = $1 \
               RETURNING number";
    // Numbers are counted per incident, so two replicas that hear at once take turns.
    let turn = format!("SELECT number FROM incident WHERE number = $1 {}", tx.for_update());
    execute!(tx, sqlx::AssertSqlSafe(turn), [heard.incident.0]).during("take a turn to keep a message")?;
    let known = "SELECT number FROM message WHERE room = $1 AND external_id = $2";
    let held: Option<i64> =
        on!(tx, |c| sqlx::query_scalar(known).bind(heard.room.0).bind(&heard.external_id).fetch_optional(c).await)
            .during("look for a message")?;
    if let Some(number) = held {
        return Ok(MessageId(number));
    }
    let number: i64 = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(heard.incident.0)
        .bind(heard.room.0)
        .bind(&heard.external_id)
        .bind(heard.author.0)
        .bind(heard.sent_at)
        .fetch_one(c)
        .await)
    .during("keep a message")?;
    let revision = "INSERT INTO message_revision (incident, number, revision, at, text, salt, hash, deleted) \
                    VALUES ($1, $2, 1, $3, $4, $5, $6, $7)";
    let hash = body_hash(&heard.salt, &heard.text);
    execute!(
        tx,
        revision,
        [
            heard.incident.0,
            number,
            heard.sent_at,
            &heard.text,
            heard.salt.as_slice(),
            hash.as_bytes().as_slice(),
            false
        ]
    )
    .during("keep a message's text")?;
    Ok(MessageId(number))
}

type Row = (i64, Uuid, DateTime<Utc>, i64, Vec<u8>, Option<String>);

const COLUMNS: &str = "SELECT m.number, m.author, m.sent_at, r.revision, r.hash, r.text FROM message m \
                       JOIN message_revision r ON r.incident = m.incident AND r.number = m.number \
                       AND r.revision = (SELECT max(n.revision) FROM message_revision n \
                       WHERE n.incident = m.incident AND n.number = m.number) WHERE m.incident = $1";

fn decode(incident: IncidentId, (number, author, sent_at, revision, bytes, text): Row) -> Result<Captured, StoreError> {
    let id = format!("{incident} {}", MessageId(number));
    let why = "its hash is not 32 bytes".to_owned();
    let hash: Hash = hash(&bytes).ok_or(StoreError::Corrupt { table: "message_revision", id, why })?;
    Ok(Captured { id: MessageId(number), author: PersonId(author), sent_at, revision, hash, text })
}

/// One captured message in its newest revision.
pub async fn get(tx: &mut Tx<'_>, incident: IncidentId, id: MessageId) -> Result<Option<Captured>, StoreError> {
    let sql = format!("{COLUMNS} AND m.number = $2");
    let row: Option<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(incident.0).bind(id.0).fetch_optional(c).await)
            .during("load a message")?;
    row.map(|row| decode(incident, row)).transpose()
}

/// The captured messages of an incident in the order they were sent.
pub async fn of_incident(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Captured>, StoreError> {
    let sql = format!("{COLUMNS} ORDER BY m.sent_at, m.number");
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(incident.0).fetch_all(c).await)
        .during("load messages")?;
    rows.into_iter().map(|row| decode(incident, row)).collect()
}

/// One revision as it stands, for verification. Salt and text are absent once it was redacted or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub message: MessageId,
    pub revision: i64,
    pub hash: Hash,
    pub said: Option<(Vec<u8>, String)>,
}

/// Every revision of every message of an incident.
pub async fn revisions(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Revision>, StoreError> {
    type Row = (i64, i64, Vec<u8>, Option<Vec<u8>>, Option<String>);
    let sql = "SELECT number, revision, hash, salt, text FROM message_revision WHERE incident = $1 \
               ORDER BY number, revision";
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sql).bind(incident.0).fetch_all(c).await).during("load revisions")?;
    rows.into_iter()
        .map(|(number, revision, bytes, salt, text)| {
            let message = MessageId(number);
            let why = "its hash is not 32 bytes".to_owned();
            let id = format!("{incident} {message}");
            let hash = hash(&bytes).ok_or(StoreError::Corrupt { table: "message_revision", id, why })?;
            Ok(Revision { message, revision, hash, said: salt.zip(text) })
        })
        .collect()
}

/// Deletes the messages of incidents that were closed before `until`; what was marked stays as entries.
pub async fn purge(tx: &mut Tx<'_>, until: DateTime<Utc>) -> Result<u64, StoreError> {
    let of_old = "IN (SELECT number FROM incident WHERE closed_at < $1)";
    let revisions = format!("DELETE FROM message_revision WHERE incident {of_old}");
    let messages = format!("DELETE FROM message WHERE incident {of_old}");
    let mut gone = 0;
    for sql in [revisions, messages] {
        gone = execute!(tx, sqlx::AssertSqlSafe(sql), [until]).during("purge messages")?;
    }
    Ok(gone)
}
