//! Files of captured messages: what is told of them, and their copies in parts. They are written without touching the
//! incident's version.

use chrono::{DateTime, Utc};
use firebell_core::chain::Hash;
use firebell_core::file::{Attached, File, FileOutcome, FileState};
use firebell_core::ids::{FileId, IncidentId, MessageId};

use super::incidents::hash;
use super::{During as _, StoreError, Tx, execute, on};

/// Begins a file of a message, to be copied or not; answers its number, or nothing where it is known already.
pub async fn attach(
    tx: &mut Tx<'_>,
    (incident, message): (IncidentId, MessageId),
    attached: &Attached,
    wanted: bool,
) -> Result<Option<FileId>, StoreError> {
    let sql = "INSERT INTO message_file (incident, number, message, external_id, name, media_type, size, permalink, state) \
               SELECT $1, COALESCE(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM message_file WHERE incident = $1 \
               ON CONFLICT (incident, message, external_id) DO NOTHING RETURNING number";
    let state = if wanted { "wanted" } else { "told" };
    let number: Option<i64> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(incident.0)
        .bind(message.0)
        .bind(attached.external_id.as_str())
        .bind(attached.name.as_str())
        .bind(attached.media_type.as_deref())
        .bind(attached.size)
        .bind(attached.permalink.as_deref())
        .bind(state)
        .fetch_optional(c)
        .await)
    .during("keep a file")?;
    Ok(number.map(FileId))
}

/// Adds a part of a copy; one that is there already is the same. False, and nothing is added, where no copy is wanted any
/// more: the file was redacted meanwhile.
pub async fn put_part(
    tx: &mut Tx<'_>,
    (incident, id): (IncidentId, FileId),
    part: i64,
    bytes: &[u8],
) -> Result<bool, StoreError> {
    // A redaction either waits for this part and takes it, or is seen here.
    let wanted = format!(
        "SELECT number FROM message_file WHERE incident = $1 AND number = $2 AND state = 'wanted' {}",
        tx.for_update()
    );
    let found: Option<i64> = on!(tx, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(wanted))
        .bind(incident.0)
        .bind(id.0)
        .fetch_optional(c)
        .await)
    .during("look for a file")?;
    if found.is_none() {
        return Ok(false);
    }
    let sql = "INSERT INTO message_file_part (incident, number, part, bytes) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (incident, number, part) DO UPDATE SET bytes = excluded.bytes";
    execute!(tx, sql, [incident.0, id.0, part, bytes]).during("keep a part of a file")?;
    Ok(true)
}

/// Says that every part is there: how long they are together and what their hash is. Parts beyond them, of an attempt that
/// got other bytes, are dropped.
pub async fn put_whole(
    tx: &mut Tx<'_>,
    (incident, id): (IncidentId, FileId),
    parts: i64,
    (size, hash): (i64, Hash),
) -> Result<(), StoreError> {
    let beyond = "DELETE FROM message_file_part WHERE incident = $1 AND number = $2 AND part >= $3";
    execute!(tx, beyond, [incident.0, id.0, parts]).during("drop parts of a file")?;
    let sql =
        "UPDATE message_file SET copied_size = $3, hash = $4 WHERE incident = $1 AND number = $2 AND state = 'wanted'";
    execute!(tx, sql, [incident.0, id.0, size, hash.as_bytes().as_slice()]).during("finish a file")?;
    Ok(())
}

/// Writes down what became of a copy that was wanted. What there is of one that failed is dropped.
pub async fn settle(
    tx: &mut Tx<'_>,
    (incident, id): (IncidentId, FileId),
    outcome: &FileOutcome,
) -> Result<(), StoreError> {
    let (state, reason) = match outcome {
        FileOutcome::Copied { .. } => ("copied", None),
        FileOutcome::NotCopied { reason } => ("failed", Some(reason.as_str())),
        FileOutcome::Erased => ("redacted", None),
    };
    let sql =
        "UPDATE message_file SET state = $3, reason = $4 WHERE incident = $1 AND number = $2 AND state = 'wanted'";
    execute!(tx, sql, [incident.0, id.0, state, reason]).during("settle a file")?;
    if state != "copied" {
        let parts = "DELETE FROM message_file_part WHERE incident = $1 AND number = $2";
        execute!(tx, parts, [incident.0, id.0]).during("drop what was copied of a file")?;
        let whole = "UPDATE message_file SET copied_size = NULL, hash = NULL WHERE incident = $1 AND number = $2";
        execute!(tx, whole, [incident.0, id.0]).during("settle a file")?;
    }
    Ok(())
}

/// One file by its number.
pub async fn get(tx: &mut Tx<'_>, incident: IncidentId, id: FileId) -> Result<Option<File>, StoreError> {
    let sql = format!("{COLUMNS} WHERE incident = $1 AND number = $2");
    let row: Option<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(incident.0).bind(id.0).fetch_optional(c).await)
            .during("load a file")?;
    row.map(|row| decode(incident, row)).transpose()
}

/// The files of an incident in the order in which they came.
pub async fn of_incident(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<File>, StoreError> {
    let sql = format!("{COLUMNS} WHERE incident = $1 ORDER BY number");
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(incident.0).fetch_all(c).await)
        .during("load files")?;
    rows.into_iter().map(|row| decode(incident, row)).collect()
}

/// One part of a copy; `None` beyond the last.
pub async fn part(
    tx: &mut Tx<'_>,
    (incident, id): (IncidentId, FileId),
    part: i64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT bytes FROM message_file_part WHERE incident = $1 AND number = $2 AND part = $3";
    on!(tx, |c| sqlx::query_scalar(sql).bind(incident.0).bind(id.0).bind(part).fetch_optional(c).await)
        .during("read a part of a file")
}

/// Deletes everything that is kept of a message's files but that they were there.
pub async fn erase(tx: &mut Tx<'_>, (incident, message): (IncidentId, MessageId)) -> Result<(), StoreError> {
    let parts = "DELETE FROM message_file_part WHERE incident = $1 AND number IN \
                 (SELECT number FROM message_file WHERE incident = $1 AND message = $2)";
    let files = "UPDATE message_file SET state = 'redacted', name = NULL, media_type = NULL, size = NULL, \
                 permalink = NULL, copied_size = NULL, hash = NULL, reason = NULL WHERE incident = $1 AND message = $2";
    // First the files: whoever adds a part holds their rows.
    for sql in [files, parts] {
        execute!(tx, sql, [incident.0, message.0]).during("erase files")?;
    }
    Ok(())
}

/// Lets go of the copies of incidents that were closed before `until`; that there were some stays known.
pub async fn purge(tx: &mut Tx<'_>, until: DateTime<Utc>) -> Result<u64, StoreError> {
    let of_old = "IN (SELECT number FROM incident WHERE closed_at < $1)";
    let files = format!(
        "UPDATE message_file SET state = 'purged', copied_size = NULL, hash = NULL \
         WHERE state IN ('copied', 'wanted') AND incident {of_old}"
    );
    let gone = execute!(tx, sqlx::AssertSqlSafe(files), [until]).during("purge files")?;
    let parts = format!("DELETE FROM message_file_part WHERE incident {of_old}");
    execute!(tx, sqlx::AssertSqlSafe(parts), [until]).during("purge files")?;
    Ok(gone)
}

type Row = (
    i64,
    i64,
    String,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    String,
    Option<i64>,
    Option<Vec<u8>>,
    Option<String>,
);

const COLUMNS: &str = "SELECT number, message, external_id, name, media_type, size, permalink, state, copied_size, hash, \
                       reason FROM message_file";

fn decode(incident: IncidentId, row: Row) -> Result<File, StoreError> {
    let (number, message, external_id, name, media_type, size, permalink, state, copied_size, bytes, reason) = row;
    let id = FileId(number);
    let corrupt =
        |why: &str| StoreError::Corrupt { table: "message_file", id: format!("{incident} {id}"), why: why.to_owned() };
    let hash = match bytes {
        Some(bytes) => Some(hash(&bytes).ok_or_else(|| corrupt("its hash is not 32 bytes"))?),
        None => None,
    };
    let state = match (state.as_str(), copied_size.zip(hash), reason) {
        ("told", None, None) => FileState::Told,
        ("wanted", whole, None) => FileState::Wanted { whole },
        ("copied", Some((size, hash)), None) => FileState::Copied { size, hash },
        ("failed", None, Some(reason)) => FileState::NotCopied { reason },
        ("purged", None, None) => FileState::Purged,
        ("redacted", None, None) => FileState::Redacted,
        _ => return Err(corrupt("its state and what stands beside it do not agree")),
    };
    let attached = name.map(|name| Attached { external_id: external_id.clone(), name, media_type, size, permalink });
    if attached.is_none() != (state == FileState::Redacted) {
        return Err(corrupt("its name is gone without a redaction, or there in spite of one"));
    }
    Ok(File { id, message: MessageId(message), external_id, attached, state })
}
