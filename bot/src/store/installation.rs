//! The installation itself: its stream, its workspaces, and the processes that serve it.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::ids::WorkspaceId;
use firebell_core::timeline::InstallationChange;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::incidents::{Head, hash};
use super::{During as _, StoreError, Tx, execute, on};
use crate::text::hex;

/// A process that was silent for so long no longer serves.
pub const SILENT: TimeDelta = TimeDelta::seconds(20);

/// The end of the installation's stream; `lock` holds it until the end of the transaction.
pub async fn head(tx: &mut Tx<'_>, lock: bool) -> Result<(i64, Head), StoreError> {
    let locking = if lock { tx.for_update() } else { "" };
    let sql = format!("SELECT entries, head, signature FROM installation WHERE id = 1 {locking}");
    let row: (i64, Vec<u8>, String) =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(c).await).during("load the installation")?;
    let why = "its head is not 32 bytes".to_owned();
    let hash = hash(&row.1).ok_or(StoreError::Corrupt { table: "installation", id: "1".to_owned(), why })?;
    Ok((row.0, Head { hash, signature: row.2 }))
}

/// What the installation's stream says of its keys, oldest first.
pub async fn keys(tx: &mut Tx<'_>) -> Result<Vec<InstallationChange>, StoreError> {
    let sql = "SELECT e.seq, b.body FROM entry e JOIN entry_body b ON b.stream = e.stream AND b.seq = e.seq \
               WHERE e.stream = 'installation' AND e.kind IN ('installation_created', 'key_added') ORDER BY e.seq";
    let rows: Vec<(i64, String)> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load the keys' ids")?;
    let read = |(seq, body): (i64, String)| {
        let (id, why) = (format!("installation E{seq}"), "its body does not decode".to_owned());
        serde_json::from_str(&body).map_err(|_| StoreError::Corrupt { table: "entry", id, why })
    };
    rows.into_iter().map(read).collect()
}

/// By what this installation is told from others wherever several write; it stays the same for ever.
pub async fn mark(tx: &mut Tx<'_>) -> Result<String, StoreError> {
    let sql = "SELECT hash FROM entry WHERE stream = 'installation' AND seq = 1";
    let first: Option<Vec<u8>> =
        on!(tx, |c| sqlx::query_scalar(sql).fetch_optional(c).await).during("look for the installation's mark")?;
    let first = first.unwrap_or_default();
    Ok(hex(first.get(..6).unwrap_or(&first)))
}

/// Moves the head of the installation's stream, guarded by its length before.
pub async fn advance(tx: &mut Tx<'_>, (before, after): (i64, i64), head: &Head) -> Result<(), StoreError> {
    let sql = "UPDATE installation SET entries = $2, version = version + 1, head = $3, signature = $4 \
               WHERE id = 1 AND entries = $1";
    let changed = execute!(tx, sql, [before, after, head.hash.as_bytes().as_slice(), &head.signature])
        .during("advance the installation")?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict { table: "installation", id: "1".to_owned() }) }
}

/// Writes the installation's row as it is, which shows that it can be written.
pub async fn rewrite(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("UPDATE installation SET version = version WHERE id = 1").execute(c).await.map(drop))
        .during("write to the database")
}

/// The workspace of this platform and external id.
pub async fn workspace(tx: &mut Tx<'_>, platform: &str, external_id: &str) -> Result<Option<WorkspaceId>, StoreError> {
    let sql = "SELECT id FROM workspace WHERE platform = $1 AND external_id = $2";
    let id: Option<Uuid> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(platform).bind(external_id).fetch_optional(c).await)
            .during("look for a workspace")?;
    Ok(id.map(WorkspaceId))
}

/// The workspace of this platform that is called so; the newest of several.
pub async fn workspace_named(tx: &mut Tx<'_>, platform: &str, name: &str) -> Result<Option<WorkspaceId>, StoreError> {
    let sql = "SELECT id FROM workspace WHERE platform = $1 AND name = $2 ORDER BY connected_at DESC, id LIMIT 1";
    let id: Option<Uuid> = on!(tx, |c| sqlx::query_scalar(sql).bind(platform).bind(name).fetch_optional(c).await)
        .during("look for a workspace's name")?;
    Ok(id.map(WorkspaceId))
}

/// Who the bot is in a workspace, as its platform said last.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownBot {
    pub workspace: WorkspaceId,
    pub external_id: String,
    /// The adapter's own words.
    pub bot: Value,
}

/// Remembers who the bot is in a workspace.
pub async fn know_bot(tx: &mut Tx<'_>, id: WorkspaceId, bot: &Value) -> Result<(), StoreError> {
    let sql = "UPDATE workspace SET bot = $2 WHERE id = $1 AND bot IS DISTINCT FROM $2";
    execute!(tx, sql, [id.0, Json(bot)]).during("remember who the bot is")?;
    Ok(())
}

/// Who the bot is in the workspace of this platform that is called so, the newest of several; nothing where that was never
/// told.
pub async fn known_bot(tx: &mut Tx<'_>, platform: &str, name: &str) -> Result<Option<KnownBot>, StoreError> {
    let sql = "SELECT id, external_id, bot FROM workspace WHERE platform = $1 AND name = $2 AND bot IS NOT NULL \
               ORDER BY connected_at DESC, id LIMIT 1";
    let row: Option<(Uuid, String, Json<Value>)> =
        on!(tx, |c| sqlx::query_as(sql).bind(platform).bind(name).fetch_optional(c).await)
            .during("look for who the bot is")?;
    Ok(row.map(|(id, external_id, Json(bot))| KnownBot { workspace: WorkspaceId(id), external_id, bot }))
}

/// Calls a workspace by another name, where it has another one.
pub async fn name_workspace(tx: &mut Tx<'_>, id: WorkspaceId, name: &str) -> Result<(), StoreError> {
    execute!(tx, "UPDATE workspace SET name = $2 WHERE id = $1 AND name <> $2", [id.0, name])
        .during("name a workspace")?;
    Ok(())
}

/// Adds a workspace.
pub async fn add_workspace(
    tx: &mut Tx<'_>,
    id: WorkspaceId,
    (platform, external_id, name): (&str, &str, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO workspace (id, platform, external_id, name, connected_at) VALUES ($1, $2, $3, $4, $5)";
    execute!(tx, sql, [id.0, platform, external_id, name, now]).during("add a workspace")?;
    Ok(())
}

/// Says that this process serves the database, and whether a person sits before it and sees what it shows.
pub async fn seen(tx: &mut Tx<'_>, replica: Uuid, watched: bool, now: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "INSERT INTO replica (id, started_at, seen_at, watched) VALUES ($1, $2, $2, $3) \
               ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
    execute!(tx, sql, [replica, now, watched]).during("say that this process is alive")?;
    Ok(())
}

/// Says that this process no longer serves the database, so that others take over at once; and forgets those that were last seen before `stale`.
pub async fn gone(tx: &mut Tx<'_>, replica: Uuid, stale: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "DELETE FROM replica WHERE id = $1 OR seen_at < $2";
    execute!(tx, sql, [replica, stale]).during("say that this process ends")?;
    tx.wake().await
}

/// Whether some process has said since `since` that it serves the database.
pub async fn served(tx: &mut Tx<'_>, since: DateTime<Utc>) -> Result<bool, StoreError> {
    let sql = "SELECT count(*) FROM replica WHERE seen_at >= $1";
    let alive: i64 =
        on!(tx, |c| sqlx::query_scalar(sql).bind(since).fetch_one(c).await).during("look for a serving process")?;
    Ok(alive > 0)
}

/// Whether nothing was ever recorded in it, which a replay asks before it takes a database for its own, and whoever
/// would make a key before they do.
pub async fn is_fresh(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM incident) + (SELECT count(*) FROM person) + \
               (SELECT count(*) FROM workspace) + (SELECT entries FROM installation WHERE id = 1)";
    let rows: i64 = on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).during("look whether it is empty")?;
    Ok(rows == 0)
}

/// The database's own time.
pub async fn database_time(tx: &mut Tx<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    match tx {
        // SQLite runs on this machine's clock.
        Tx::Sqlite(_) => Ok(None),
        Tx::Pg(connection) => sqlx::query_scalar("SELECT clock_timestamp()")
            .fetch_one(&mut **connection)
            .await
            .during("ask the database's time")
            .map(Some),
    }
}
