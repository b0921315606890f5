//! What was applied from files, version by version of the directory.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;

use super::read::Doc;
use super::{During as _, StoreError, Tx, execute, on};

/// One application of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The directory's version that it came to.
    pub number: i64,
    pub applied_at: DateTime<Utc>,
    /// Who, as the operating system knows them.
    pub applied_by: String,
    /// How much of the directory it changed.
    pub changes: i64,
}

/// Keeps what was applied. Where a version was kept before, that stays: files that change nothing are no other version.
pub async fn keep(tx: &mut Tx<'_>, version: &Version, files: &Value) -> Result<(), StoreError> {
    let sql = "INSERT INTO directory_version (number, applied_at, applied_by, changes, files) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number) DO NOTHING";
    execute!(tx, sql, [version.number, version.applied_at, &version.applied_by, version.changes, Json(files)])
        .during("keep what was applied")?;
    Ok(())
}

/// Those that were kept, the newest first.
pub async fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Version>, StoreError> {
    let sql = "SELECT number, applied_at, applied_by, changes FROM directory_version ORDER BY number DESC LIMIT $1";
    let rows: Vec<(i64, DateTime<Utc>, String, i64)> =
        on!(tx, |c| sqlx::query_as(sql).bind(limit).fetch_all(c).await).during("list what was applied")?;
    let version = |(number, applied_at, applied_by, changes)| Version { number, applied_at, applied_by, changes };
    Ok(rows.into_iter().map(version).collect())
}

/// The files of a version, if it was kept.
pub async fn files(tx: &mut Tx<'_>, number: i64) -> Result<Option<Value>, StoreError> {
    let sql = "SELECT files FROM directory_version WHERE number = $1";
    let row: Option<Doc<Value>> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(number).fetch_optional(c).await).during("load what was applied")?;
    row.map(|files| files.of("directory_version", &number, "files")).transpose()
}
