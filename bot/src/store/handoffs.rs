//! Until when the hand-offs of each schedule were gone through.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firebell_core::ids::Key;

use super::{During as _, StoreError, Tx, execute, on};

/// Each schedule whose hand-offs are told.
pub async fn walked(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, DateTime<Utc>>, StoreError> {
    rows(tx, "").await
}

/// The same, and nobody else goes on with them until the end of the transaction.
pub async fn lock(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, DateTime<Utc>>, StoreError> {
    let locking = tx.for_update();
    rows(tx, locking).await
}

async fn rows(tx: &mut Tx<'_>, locking: &str) -> Result<BTreeMap<Key, DateTime<Utc>>, StoreError> {
    let sql = format!("SELECT schedule, through_at FROM handoff_walk ORDER BY schedule {locking}");
    let rows: Vec<(String, DateTime<Utc>)> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(c).await).during("look at hand-offs")?;
    let decode = |(schedule, at): (String, DateTime<Utc>)| match Key::new(&schedule) {
        Ok(key) => Ok((key, at)),
        Err(_) => {
            let why = "it is no schedule's key".to_owned();
            Err(StoreError::Corrupt { table: "handoff_walk", id: schedule, why })
        }
    };
    rows.into_iter().map(decode).collect()
}

/// Says from when on the hand-offs of a schedule are told. Of several who say so, one is heard.
pub async fn begin(tx: &mut Tx<'_>, schedule: &Key, now: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "INSERT INTO handoff_walk (schedule, through_at) VALUES ($1, $2) ON CONFLICT (schedule) DO NOTHING";
    execute!(tx, sql, [schedule.as_str(), now]).during("begin with hand-offs")?;
    Ok(())
}

/// Those of a schedule were gone through until then.
pub async fn went(tx: &mut Tx<'_>, schedule: &Key, through: DateTime<Utc>) -> Result<(), StoreError> {
    let sql = "UPDATE handoff_walk SET through_at = $2 WHERE schedule = $1 AND through_at < $2";
    execute!(tx, sql, [schedule.as_str(), through]).during("go on with hand-offs")?;
    Ok(())
}

/// Those of a schedule are told no more.
pub async fn end(tx: &mut Tx<'_>, schedule: &Key) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM handoff_walk WHERE schedule = $1", [schedule.as_str()]).during("end with hand-offs")?;
    Ok(())
}
