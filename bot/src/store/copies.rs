//! Copies of messages: how a message stands in the rooms of its incident that it was not said in. They are written without
//! touching the incident's version.

use firebell_core::ids::{IncidentId, MessageId, RoomId, WorkspaceId};
use uuid::Uuid;

use super::{During as _, StoreError, Tx, execute, on};

/// A message as one room shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageCopy {
    /// The platform's id of it; absent until it was shown.
    pub external_id: Option<String>,
    pub shows: Shows,
}

/// What a room shows of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// It is to be shown, and was not yet.
    NotYet,
    Revision(i64),
    /// Nothing any more.
    Nothing,
}

impl Shows {
    fn number(self) -> i64 {
        match self {
            Self::NotYet => 0,
            Self::Revision(number) => number,
            Self::Nothing => -1,
        }
    }

    fn of(number: i64) -> Self {
        match number {
            0 => Self::NotYet,
            1.. => Self::Revision(number),
            _ => Self::Nothing,
        }
    }
}

/// An open room that a message was not said in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Other {
    pub room: RoomId,
    pub workspace: WorkspaceId,
    /// Whether the message is shown there, or is to be.
    pub copied: bool,
}

/// The open rooms of an incident besides the one that a message was said in.
pub async fn others(
    tx: &mut Tx<'_>,
    (incident, said_in): (IncidentId, RoomId),
    message: MessageId,
) -> Result<Vec<Other>, StoreError> {
    let sql = "SELECT r.id, r.workspace, c.revision IS NOT NULL FROM room r LEFT JOIN message_copy c \
               ON c.incident = r.incident AND c.message = $2 AND c.room = r.id \
               WHERE r.incident = $1 AND r.state = 'open' AND r.id <> $3 ORDER BY r.id";
    let rows: Vec<(Uuid, Uuid, bool)> =
        on!(tx, |c| sqlx::query_as(sql).bind(incident.0).bind(message.0).bind(said_in.0).fetch_all(c).await)
            .during("look for an incident's other rooms")?;
    let other = |(room, workspace, copied)| Other { room: RoomId(room), workspace: WorkspaceId(workspace), copied };
    Ok(rows.into_iter().map(other).collect())
}

/// A message is to be shown in a room; what is known already stays as it is.
pub async fn want(
    tx: &mut Tx<'_>,
    (incident, message): (IncidentId, MessageId),
    room: RoomId,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO message_copy (incident, message, room, external_id, revision) VALUES ($1, $2, $3, NULL, 0) \
               ON CONFLICT (incident, message, room) DO NOTHING";
    execute!(tx, sql, [incident.0, message.0, room.0]).during("want a copy of a message")?;
    Ok(())
}

/// How a message stands in a room; `None` where it is not to be shown there.
pub async fn get(
    tx: &mut Tx<'_>,
    (incident, message): (IncidentId, MessageId),
    room: RoomId,
) -> Result<Option<MessageCopy>, StoreError> {
    let sql = "SELECT external_id, revision FROM message_copy WHERE incident = $1 AND message = $2 AND room = $3";
    let row: Option<(Option<String>, i64)> =
        on!(tx, |c| sqlx::query_as(sql).bind(incident.0).bind(message.0).bind(room.0).fetch_optional(c).await)
            .during("load a copy of a message")?;
    Ok(row.map(|(external_id, number)| MessageCopy { external_id, shows: Shows::of(number) }))
}

/// Writes down what a room shows of a message by now, and as what.
pub async fn settle(
    tx: &mut Tx<'_>,
    (incident, message): (IncidentId, MessageId),
    room: RoomId,
    (external_id, shows): (Option<&str>, Shows),
) -> Result<(), StoreError> {
    let sql = "UPDATE message_copy SET external_id = COALESCE($4, external_id), revision = $5 \
               WHERE incident = $1 AND message = $2 AND room = $3";
    execute!(tx, sql, [incident.0, message.0, room.0, external_id, shows.number()]).during("settle a copy")?;
    Ok(())
}

/// The message of which a room shows a copy that its platform calls so.
pub async fn original(
    tx: &mut Tx<'_>,
    room: RoomId,
    external_id: &str,
) -> Result<Option<(IncidentId, MessageId)>, StoreError> {
    let sql = "SELECT incident, message FROM message_copy WHERE room = $1 AND external_id = $2";
    let row: Option<(i64, i64)> =
        on!(tx, |c| sqlx::query_as(sql).bind(room.0).bind(external_id).fetch_optional(c).await)
            .during("look for a copy of a message")?;
    Ok(row.map(|(incident, message)| (IncidentId(incident), MessageId(message))))
}

/// The message that another one answers, and what the platform calls it, or its copy, in a room.
pub async fn answered(
    tx: &mut Tx<'_>,
    (incident, message): (IncidentId, MessageId),
    room: RoomId,
) -> Result<Option<(MessageId, Option<String>)>, StoreError> {
    let sql = "SELECT room, parent FROM message WHERE incident = $1 AND number = $2";
    let said: Option<(Uuid, Option<String>)> =
        on!(&mut *tx, |c| sqlx::query_as(sql).bind(incident.0).bind(message.0).fetch_optional(c).await)
            .during("look for what a message answers")?;
    let Some((said_in, Some(parent))) = said else { return Ok(None) };
    let sql = "SELECT number FROM message WHERE room = $1 AND external_id = $2 \
               UNION ALL SELECT message FROM message_copy WHERE room = $1 AND external_id = $2";
    let found: Option<i64> =
        on!(&mut *tx, |c| sqlx::query_scalar(sql).bind(said_in).bind(&parent).fetch_optional(c).await)
            .during("look for what a message answers")?;
    let Some(found) = found else { return Ok(None) };
    let sql = "SELECT external_id FROM message WHERE incident = $1 AND number = $2 AND room = $3 UNION ALL \
               SELECT external_id FROM message_copy WHERE incident = $1 AND message = $2 AND room = $3 \
               AND external_id IS NOT NULL";
    let external_id: Option<String> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(incident.0).bind(found).bind(room.0).fetch_optional(c).await)
            .during("look for what a message answers")?;
    Ok(Some((MessageId(found), external_id)))
}
