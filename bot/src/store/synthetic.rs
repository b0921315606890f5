//! The synthetic page: when the next is due, and what came of the last. There is one for the installation, however many
//! replicas serve it.

use chrono::{DateTime, Utc};

use super::{During as _, StoreError, Tx, execute, on};

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub due_at: DateTime<Utc>,
    pub last: Option<Last>,
    /// When one was delivered last.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// The one that was sent last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    /// That of its effect.
    pub key: String,
    pub sent_at: DateTime<Utc>,
    /// Absent while nobody knows what came of it.
    pub settled_at: Option<DateTime<Utc>>,
    /// Why it was not delivered.
    pub failure: Option<String>,
}

type Row = (
    DateTime<Utc>,
    Option<String>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    Option<String>,
    Option<DateTime<Utc>>,
);

/// How it stands; nothing before the first was ever due.
pub async fn get(tx: &mut Tx<'_>) -> Result<Option<Standing>, StoreError> {
    row(tx, "").await
}

/// The same, and nobody else changes it until the end of the transaction.
pub async fn lock(tx: &mut Tx<'_>) -> Result<Option<Standing>, StoreError> {
    let locking = tx.for_update();
    row(tx, locking).await
}

async fn row(tx: &mut Tx<'_>, locking: &str) -> Result<Option<Standing>, StoreError> {
    let sql =
        format!("SELECT due_at, key, sent_at, settled_at, failure, delivered_at FROM synthetic WHERE id = 1 {locking}");
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_optional(c).await)
        .during("look at the synthetic page")?;
    Ok(row.map(|(due_at, key, sent_at, settled_at, failure, delivered_at)| {
        let sent = key.zip(sent_at);
        let last = sent.map(|(key, sent_at)| Last { key, sent_at, settled_at, failure });
        Standing { due_at, last, delivered_at }
    }))
}

/// Says when the first is due. Of several who say so, one is heard.
pub async fn begin(tx: &mut Tx<'_>, due_at: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "INSERT INTO synthetic (id, due_at) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
    execute!(tx, sql, [due_at]).during("begin with synthetic pages")?;
    Ok(())
}

/// Says when the next one is due.
pub async fn schedule(tx: &mut Tx<'_>, due_at: DateTime<Utc>) -> Result<(), StoreError> {
    execute!(tx, "UPDATE synthetic SET due_at = $1 WHERE id = 1", [due_at]).during("schedule the synthetic page")?;
    Ok(())
}

/// One was sent, and the next is due then.
pub async fn sent(tx: &mut Tx<'_>, key: &str, now: DateTime<Utc>, next: DateTime<Utc>) -> Result<(), StoreError> {
    let sql =
        "UPDATE synthetic SET key = $1, sent_at = $2, due_at = $3, settled_at = NULL, failure = NULL WHERE id = 1";
    execute!(tx, sql, [key, now, next]).during("send the synthetic page")?;
    Ok(())
}

/// What came of the one with this key; false when another was sent meanwhile, or it is known already.
pub async fn settle(tx: &mut Tx<'_>, key: &str, failure: Option<&str>, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let sql = "UPDATE synthetic SET settled_at = $2, failure = $3, \
               delivered_at = CASE WHEN $3 IS NULL THEN $2 ELSE delivered_at END \
               WHERE id = 1 AND key = $1 AND settled_at IS NULL";
    let changed = execute!(tx, sql, [key, now, failure]).during("settle the synthetic page")?;
    Ok(changed == 1)
}
