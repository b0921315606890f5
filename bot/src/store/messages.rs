//! Messages captured in rooms, with their revisions. They are written without touching the incident's version.

use chrono::{DateTime, Utc};
use firebell_core::chain::{Hash, body_hash};
use firebell_core::ids::{IncidentId, MessageId, PersonId, RoomId};
use firebell_core::incident::Mirror;
use firebell_core::message::{Message, Revised, Revision, Says};
use uuid::Uuid;

use super::incidents::hash;
use super::{During as _, StoreError, Tx, execute, on};

/// Waits until nobody else writes messages of this incident: they and their revisions are counted, so two replicas that
/// hear at once take turns. Answers whether what is said there is shown in other rooms.
pub async fn take_turn(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Mirror, StoreError> {
    let turn = format!("SELECT mirror, mirror_since FROM incident WHERE number = $1 {}", tx.for_update());
    let row: Option<(String, Option<DateTime<Utc>>)> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(turn)).bind(incident.0).fetch_optional(c).await)
            .during("take a turn to keep a message")?;
    let Some((word, since)) = row else { return Ok(Mirror::Never) };
    let why = "its mirror is no word that is known".to_owned();
    Mirror::parse(&word, since).ok_or(StoreError::Corrupt { table: "incident", id: incident.to_string(), why })
}

/// Begins a message, in a thread or not, without any revision yet; answers its number.
pub async fn begin(
    tx: &mut Tx<'_>,
    (incident, room, external_id): (IncidentId, RoomId, &str),
    author: PersonId,
    (sent_at, parent): (DateTime<Utc>, Option<&str>),
) -> Result<MessageId, StoreError> {
    let sql = "INSERT INTO message (incident, number, room, external_id, author, sent_at, parent) \
               SELECT $1, COALESCE(max(number), 0) + 1, $2, $3, $4, $5, $6 FROM message WHERE incident = $1 \
               RETURNING number";
    let number: i64 = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(incident.0)
        .bind(room.0)
        .bind(external_id)
        .bind(author.0)
        .bind(sent_at)
        .bind(parent)
        .fetch_one(c)
        .await)
    .during("keep a message")?;
    Ok(MessageId(number))
}

/// Adds a revision to a message. A deletion has no words, and nothing that a hash could pin.
pub async fn revise(
    tx: &mut Tx<'_>,
    (incident, id): (IncidentId, MessageId),
    revised: &Revised,
    salt: [u8; 16],
) -> Result<(), StoreError> {
    let Revised { number, at, text } = revised;
    let sql = "INSERT INTO message_revision (incident, number, revision, at, text, salt, hash, deleted) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let hash = text.as_deref().map_or(Hash::ZERO, |text| body_hash(&salt, text));
    let salt = text.is_some().then_some(salt.as_slice());
    let (text, deleted) = (text.as_deref(), text.is_none());
    execute!(tx, sql, [incident.0, id.0, *number, *at, text, salt, hash.as_bytes().as_slice(), deleted])
        .during("keep a message's revision")?;
    Ok(())
}

type Row = (i64, Uuid, DateTime<Utc>, i64, DateTime<Utc>, Vec<u8>, Option<String>, bool, bool);

const COLUMNS: &str = "SELECT m.number, m.author, m.sent_at, r.revision, r.at, r.hash, r.text, r.salt IS NOT NULL, \
                       r.deleted FROM message m \
                       JOIN message_revision r ON r.incident = m.incident AND r.number = m.number";

/// Puts rows together that are sorted by message.
fn decode(incident: IncidentId, rows: Vec<Row>) -> Result<Vec<Message>, StoreError> {
    let mut messages: Vec<Message> = Vec::new();
    for (number, author, sent_at, revision, at, bytes, text, salted, deleted) in rows {
        let id = MessageId(number);
        let says = match (text, salted, deleted) {
            (Some(text), true, false) => Says::Words(text),
            (None, false, false) => Says::Redacted,
            (None, false, true) => Says::Deleted,
            _ => return Err(corrupt(incident, id, "its words, its salt and its deletion do not agree")),
        };
        let hash = hash(&bytes).ok_or_else(|| corrupt(incident, id, "its hash is not 32 bytes"))?;
        let revision = Revision { number: revision, at, hash, says };
        match messages.last_mut().filter(|last| last.id == id) {
            Some(last) => last.revisions.push(revision),
            None => messages.push(Message { id, author: PersonId(author), sent_at, revisions: vec![revision] }),
        }
    }
    Ok(messages)
}

fn corrupt(incident: IncidentId, id: MessageId, why: &str) -> StoreError {
    StoreError::Corrupt { table: "message_revision", id: format!("{incident} {id}"), why: why.to_owned() }
}

/// One captured message by its number.
pub async fn get(tx: &mut Tx<'_>, incident: IncidentId, id: MessageId) -> Result<Option<Message>, StoreError> {
    let sql = format!("{COLUMNS} WHERE m.incident = $1 AND m.number = $2 ORDER BY r.revision");
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(incident.0).bind(id.0).fetch_all(c).await)
            .during("load a message")?;
    Ok(decode(incident, rows)?.pop())
}

/// The message of a room that its platform calls so.
pub async fn find(
    tx: &mut Tx<'_>,
    (incident, room): (IncidentId, RoomId),
    external_id: &str,
) -> Result<Option<Message>, StoreError> {
    let sql = format!("{COLUMNS} WHERE m.room = $1 AND m.external_id = $2 ORDER BY r.revision");
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(room.0).bind(external_id).fetch_all(c).await)
            .during("look for a message")?;
    Ok(decode(incident, rows)?.pop())
}

/// The captured messages of an incident in the order they were sent.
pub async fn of_incident(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Message>, StoreError> {
    let sql = format!("{COLUMNS} WHERE m.incident = $1 ORDER BY m.sent_at, m.number, r.revision");
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(incident.0).fetch_all(c).await)
        .during("load messages")?;
    decode(incident, rows)
}

/// Where a captured message was said, and what its platform calls it.
pub async fn place(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    id: MessageId,
) -> Result<Option<(RoomId, String)>, StoreError> {
    let sql = "SELECT room, external_id FROM message WHERE incident = $1 AND number = $2";
    let row: Option<(Uuid, String)> =
        on!(tx, |c| sqlx::query_as(sql).bind(incident.0).bind(id.0).fetch_optional(c).await)
            .during("look for a message's room")?;
    Ok(row.map(|(room, external_id)| (RoomId(room), external_id)))
}

/// The newest messages of a person in a room of which words are left, at most `limit`.
pub async fn own(
    tx: &mut Tx<'_>,
    (incident, room): (IncidentId, RoomId),
    author: PersonId,
    limit: i64,
) -> Result<Vec<MessageId>, StoreError> {
    let sql = "SELECT m.number FROM message m WHERE m.incident = $1 AND m.room = $2 AND m.author = $3 \
               AND NOT EXISTS (SELECT 1 FROM message_revision r \
               WHERE r.incident = m.incident AND r.number = m.number AND r.text IS NULL) \
               ORDER BY m.number DESC LIMIT $4";
    let rows: Vec<i64> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(incident.0)
        .bind(room.0)
        .bind(author.0)
        .bind(limit)
        .fetch_all(c)
        .await)
    .during("list a person's messages")?;
    Ok(rows.into_iter().map(MessageId).collect())
}

/// One revision as it stands, for verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub message: MessageId,
    pub revision: i64,
    pub hash: Vec<u8>,
    pub salt: Option<Vec<u8>>,
    pub text: Option<String>,
    pub deleted: bool,
}

/// Every revision of every message of an incident.
pub async fn stored(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Stored>, StoreError> {
    type Row = (i64, i64, Vec<u8>, Option<Vec<u8>>, Option<String>, bool);
    let sql = "SELECT number, revision, hash, salt, text, deleted FROM message_revision WHERE incident = $1 \
               ORDER BY number, revision";
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sql).bind(incident.0).fetch_all(c).await).during("load revisions")?;
    let stored = |(number, revision, hash, salt, text, deleted)| Stored {
        message: MessageId(number),
        revision,
        hash,
        salt,
        text,
        deleted,
    };
    Ok(rows.into_iter().map(stored).collect())
}

/// Deletes the messages of incidents that were closed before `until`, with their files; what was marked stays as entries.
pub async fn purge(tx: &mut Tx<'_>, until: DateTime<Utc>) -> Result<u64, StoreError> {
    let of_old = "IN (SELECT number FROM incident WHERE closed_at < $1)";
    let tables = ["message_copy", "message_file_part", "message_file", "message_revision", "message"];
    let mut gone = 0;
    for sql in tables.map(|table| format!("DELETE FROM {table} WHERE incident {of_old}")) {
        gone = execute!(tx, sqlx::AssertSqlSafe(sql), [until]).during("purge messages")?;
    }
    Ok(gone)
}
