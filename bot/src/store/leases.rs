//! Leases: what only one process at a time may do. On Postgres they run by the database's time, on SQLite by this machine's,
//! which all processes share there.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::installation::database_time;
use super::{During as _, StoreError, Tx, execute, on};

/// A lease that a process holds, by its name and the token that it was given for this time of holding it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    pub name: String,
    pub holder: Uuid,
    /// Rises with every new holder, so that an earlier one is told apart, even one of the same process.
    pub token: i64,
}

/// Whether somebody may take it; asked on a snapshot, so that to wait for it costs no commit.
pub async fn is_free(tx: &mut Tx<'_>, name: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let now = time_of(tx, now).await?;
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM lease WHERE name = $1 AND until > $2)";
    on!(tx, |c| sqlx::query_scalar(sql).bind(name).bind(now).fetch_one(c).await).during("look for a lease")
}

/// Takes a lease that nobody holds, or that `holder` itself holds, for so long; nothing when somebody else holds it.
pub async fn take(
    tx: &mut Tx<'_>,
    name: &str,
    holder: Uuid,
    lasts: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Holding>, StoreError> {
    let now = time_of(tx, now).await?;
    let sql = "INSERT INTO lease (name, holder, token, until) VALUES ($1, $2, 1, $3) ON CONFLICT (name) DO UPDATE \
               SET holder = excluded.holder, token = lease.token + 1, until = excluded.until \
               WHERE lease.until <= $4 OR lease.holder = excluded.holder RETURNING token";
    let token: Option<i64> = on!(tx, |c| sqlx::query_scalar(sql)
        .bind(name)
        .bind(holder)
        .bind(now + lasts)
        .bind(now)
        .fetch_optional(c)
        .await)
    .during("take a lease")?;
    Ok(token.map(|token| Holding { name: name.to_owned(), holder, token }))
}

/// Holds a lease for so long from now on; false when somebody else has taken it meanwhile. One that has run out and that
/// nobody took is still held.
pub async fn renew(tx: &mut Tx<'_>, held: &Holding, lasts: TimeDelta, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let until = time_of(tx, now).await? + lasts;
    set_until(tx, held, until).await.during("renew a lease")
}

/// Gives a lease up, so that somebody else may take it at once; nothing when somebody else has taken it.
pub async fn release(tx: &mut Tx<'_>, held: &Holding, now: DateTime<Utc>) -> Result<(), StoreError> {
    let now = time_of(tx, now).await?;
    set_until(tx, held, now).await.during("give a lease up").map(drop)
}

async fn set_until(tx: &mut Tx<'_>, held: &Holding, until: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE lease SET until = $4 WHERE name = $1 AND holder = $2 AND token = $3";
    let changed = execute!(tx, sql, [&held.name, held.holder, held.token, until])?;
    Ok(changed == 1)
}

async fn time_of(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
    Ok(database_time(tx).await?.unwrap_or(now))
}
