//! Codes with which accounts are linked, and how often an account gave wrong ones.

use chrono::{DateTime, Utc};
use firebell_core::ids::{PersonId, WorkspaceId};
use uuid::Uuid;

use super::{During as _, StoreError, Tx, execute, on};

/// Keeps the one code of a person, asked for in a workspace; the one before is good no more. Old ones are forgotten.
pub async fn put_code(
    tx: &mut Tx<'_>,
    (person, workspace): (PersonId, WorkspaceId),
    hash: &[u8],
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM link_code WHERE expires_at <= $1", [now]).during("forget codes")?;
    let sql = "INSERT INTO link_code (person, hash, workspace, expires_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, workspace = excluded.workspace, \
               expires_at = excluded.expires_at";
    execute!(tx, sql, [person.0, hash, workspace.0, until]).during("keep a code")?;
    Ok(())
}

/// Whose code this is that is still good, and where they asked for it; nobody else uses it until the commit.
pub async fn code(
    tx: &mut Tx<'_>,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<(PersonId, WorkspaceId)>, StoreError> {
    let sql =
        format!("SELECT person, workspace FROM link_code WHERE hash = $1 AND expires_at > $2 {}", tx.for_update());
    let row: Option<(Uuid, Uuid)> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(hash).bind(now).fetch_optional(c).await)
            .during("look for a code")?;
    Ok(row.map(|(person, workspace)| (PersonId(person), WorkspaceId(workspace))))
}

/// The code of a person is used up.
pub async fn drop_code(tx: &mut Tx<'_>, person: PersonId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM link_code WHERE person = $1", [person.0]).during("use up a code")?;
    Ok(())
}

/// How many wrong codes an account gave in the while that began after `since`.
pub async fn misses(
    tx: &mut Tx<'_>,
    (workspace, external_id): (WorkspaceId, &str),
    since: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let sql = "SELECT misses FROM link_miss WHERE workspace = $1 AND external_id = $2 AND since > $3";
    let found: Option<i64> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(workspace.0).bind(external_id).bind(since).fetch_optional(c).await)
            .during("count wrong codes")?;
    Ok(found.unwrap_or(0))
}

/// Counts a wrong code; a while that began at `since` or before is over. What is over is forgotten.
pub async fn miss(
    tx: &mut Tx<'_>,
    (workspace, external_id): (WorkspaceId, &str),
    (since, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM link_miss WHERE since <= $1", [since]).during("forget wrong codes")?;
    let sql = "INSERT INTO link_miss (workspace, external_id, since, misses) VALUES ($1, $2, $3, 1) \
               ON CONFLICT (workspace, external_id) DO UPDATE SET misses = link_miss.misses + 1";
    execute!(tx, sql, [workspace.0, external_id, now]).during("count a wrong code")?;
    Ok(())
}
