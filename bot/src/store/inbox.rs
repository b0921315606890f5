//! What came in, by the id that its platform keeps stable, with the reply that was given.

use chrono::{DateTime, Utc};
use firebell_core::chain::Hash;
use firebell_core::ids::WorkspaceId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;

use super::incidents::hash;
use super::read::Doc;
use super::{During as _, StoreError, Tx, Writes, execute, on, put, select_in};

/// Where the directory stands, and what was answered before.
pub struct Opening<R> {
    pub directory: Hash,
    pub directory_version: i64,
    /// The stored reply, when this inbound id has been answered already.
    pub answered: Option<R>,
}

/// The first look of every command: one statement for the directory's state and the stored reply.
pub async fn open<R: DeserializeOwned + Send + Unpin + 'static>(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    inbound_id: &str,
) -> Result<Opening<R>, StoreError> {
    let sql = "SELECT d.version, d.head, (SELECT reply FROM inbox WHERE workspace = $1 AND inbound_id = $2) \
               FROM directory d WHERE d.id = 1";
    let row: (i64, Vec<u8>, Option<Doc<R>>) =
        on!(tx, |c| sqlx::query_as(sql).bind(workspace.0).bind(inbound_id).fetch_one(c).await)
            .during("open the inbox")?;
    let (directory_version, head, answered) = row;
    let why = "its head is not 32 bytes".to_owned();
    let directory = hash(&head).ok_or(StoreError::Corrupt { table: "directory", id: "1".to_owned(), why })?;
    let answered =
        answered.map(|reply| reply.of("inbox", &format!("{workspace} {inbound_id}"), "reply")).transpose()?;
    Ok(Opening { directory, directory_version, answered })
}

/// Those of these inbound ids that have come in before.
pub async fn known(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT inbound_id FROM inbox WHERE workspace = $1 AND inbound_id IN";
    let rows: Vec<(String,)> = select_in!(tx, sql, [workspace.0], ids, "").during("look into the inbox")?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A reply to an inbound id, and when the request came.
pub type Answered<'a, R> = (WorkspaceId, &'a str, DateTime<Utc>, &'a R);

/// Stores replies to inbound ids. A row that exists already is a `Unique` error: the other one was first.
pub fn answer<R: Serialize + Sync>(writes: &mut Writes, answered: &[Answered<'_, R>]) -> Result<(), StoreError> {
    let sql = "INSERT INTO inbox (workspace, inbound_id, received_at, reply) VALUES";
    put!(writes, "store replies", sql, answered, |(id, inbound, at, reply)| [id.0, *inbound, *at, Json(*reply)], "")
}

/// Forgets what was answered before `until`.
pub async fn purge(tx: &mut Tx<'_>, until: DateTime<Utc>) -> Result<u64, StoreError> {
    let sql = "DELETE FROM inbox WHERE received_at < $1 AND reply IS NOT NULL";
    execute!(tx, sql, [until]).during("purge the inbox")
}

/// Keeps a request as it came in until it is carried out; whether it is new.
pub async fn keep(
    tx: &mut Tx<'_>,
    (workspace, inbound_id): (WorkspaceId, &str),
    request: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO inbox (workspace, inbound_id, received_at, request) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (workspace, inbound_id) DO NOTHING";
    Ok(execute!(tx, sql, [workspace.0, inbound_id, now, request]).during("keep a request")? == 1)
}

/// A request that was kept is carried out; what it said is forgotten.
pub async fn done(tx: &mut Tx<'_>, workspace: WorkspaceId, inbound_id: &str) -> Result<(), StoreError> {
    let sql = "UPDATE inbox SET request = NULL, reply = $3 WHERE workspace = $1 AND inbound_id = $2";
    execute!(tx, sql, [workspace.0, inbound_id, Json("done")]).during("settle a kept request")?;
    Ok(())
}

/// Requests of a workspace that were kept before `until` and are not carried out yet, oldest first.
pub async fn waiting(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let sql = "SELECT inbound_id, request FROM inbox WHERE workspace = $1 AND reply IS NULL AND request IS NOT NULL \
               AND received_at <= $2 ORDER BY received_at, inbound_id LIMIT $3";
    on!(tx, |c| sqlx::query_as(sql).bind(workspace.0).bind(until).bind(limit).fetch_all(c).await)
        .during("look for kept requests")
}
