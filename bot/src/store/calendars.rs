//! Calendars that are read from URLs: when each is due, and what came of the last readings. A row is about one URL; another URL
//! begins anew.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firebell_core::ids::Key;

use super::{During as _, StoreError, Tx, execute, on};

/// How a calendar stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// That of its URL.
    pub mark: String,
    pub due_at: DateTime<Utc>,
    /// When it answered last; at first, when somebody began to look after it, since it was read shortly before.
    pub heard_at: DateTime<Utc>,
    /// When its text was understood last.
    pub read_at: Option<DateTime<Utc>>,
    /// That of what was read then.
    pub digest: Option<String>,
    /// By what its server tells that text from others.
    pub etag: Option<String>,
    pub modified: Option<String>,
    /// How often it failed since it answered last, and why at last.
    pub failures: i64,
    pub failure: Option<String>,
}

type Row = (
    String,
    String,
    DateTime<Utc>,
    DateTime<Utc>,
    Option<DateTime<Utc>>,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
    Option<String>,
);

const COLUMNS: &str = "calendar, mark, due_at, heard_at, read_at, digest, etag, modified, failures, failure";

fn reading(row: Row) -> Result<(Key, Reading), StoreError> {
    let (calendar, mark, due_at, heard_at, read_at, digest, etag, modified, failures, failure) = row;
    let corrupt = |_| {
        let why = "its calendar is no key".to_owned();
        StoreError::Corrupt { table: "calendar_reading", id: calendar.clone(), why }
    };
    let key = Key::new(&calendar).map_err(corrupt)?;
    Ok((key, Reading { mark, due_at, heard_at, read_at, digest, etag, modified, failures, failure }))
}

/// How all of them stand.
pub async fn all(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, Reading>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM calendar_reading");
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(c).await).during("look how calendars stand")?;
    rows.into_iter().map(reading).collect()
}

/// Takes on a calendar that is due, or that became due by its pace (`latest`), and answers how it stands. Nobody else takes it on
/// before `until`.
pub async fn claim(
    tx: &mut Tx<'_>,
    (calendar, mark): (&Key, &str),
    (now, latest): (DateTime<Utc>, DateTime<Utc>),
    until: DateTime<Utc>,
) -> Result<Option<Reading>, StoreError> {
    let key = calendar.as_str();
    let another = "DELETE FROM calendar_reading WHERE calendar = $1 AND mark <> $2";
    execute!(tx, another, [key, mark]).during("forget another URL")?;
    let sql = "INSERT INTO calendar_reading (calendar, mark, due_at, heard_at, failures) \
               VALUES ($1, $2, $3, $3, 0) ON CONFLICT (calendar) DO NOTHING";
    execute!(tx, sql, [key, mark, now]).during("begin to look after a calendar")?;
    let sql =
        "UPDATE calendar_reading SET due_at = $4 WHERE calendar = $1 AND mark = $2 AND (due_at <= $3 OR due_at > $5)";
    if execute!(tx, sql, [key, mark, now, until, latest]).during("take on a calendar")? == 0 {
        return Ok(None);
    }
    let sql = format!("SELECT {COLUMNS} FROM calendar_reading WHERE calendar = $1");
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(key).fetch_optional(c).await)
        .during("look how a calendar stands")?;
    row.map(|row| reading(row).map(|(_, reading)| reading)).transpose()
}

/// It answered, and is due again then.
pub async fn heard(
    tx: &mut Tx<'_>,
    (calendar, mark): (&Key, &str),
    (now, next): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), StoreError> {
    let sql = "UPDATE calendar_reading SET heard_at = $3, due_at = $4, failures = 0, failure = NULL \
               WHERE calendar = $1 AND mark = $2";
    execute!(tx, sql, [calendar.as_str(), mark, now, next]).during("note that a calendar answered")?;
    Ok(())
}

/// Its text was understood.
pub async fn read(
    tx: &mut Tx<'_>,
    (calendar, mark): (&Key, &str),
    (etag, modified, digest): (Option<&str>, Option<&str>, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "UPDATE calendar_reading SET read_at = $3, etag = $4, modified = $5, digest = $6 \
               WHERE calendar = $1 AND mark = $2";
    execute!(tx, sql, [calendar.as_str(), mark, now, etag, modified, digest])
        .during("note that a calendar was read")?;
    Ok(())
}

/// It could not be read, and is due again then.
pub async fn failed(
    tx: &mut Tx<'_>,
    (calendar, mark): (&Key, &str),
    why: &str,
    next: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "UPDATE calendar_reading SET failures = failures + 1, failure = $3, due_at = $4 \
               WHERE calendar = $1 AND mark = $2";
    execute!(tx, sql, [calendar.as_str(), mark, why, next]).during("note that a calendar was not read")?;
    Ok(())
}
