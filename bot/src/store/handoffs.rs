//! Who was seen last to be on call by each schedule whose hand-offs are told.

use std::collections::BTreeMap;

use firebell_core::decide::Walked;
use firebell_core::ids::Key;
use sqlx::types::Json;

use super::read::Doc;
use super::{During as _, StoreError, Tx, execute, on};

/// Each schedule whose hand-offs are told.
pub async fn walked(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, Walked>, StoreError> {
    rows(tx, "").await
}

/// The same, and nobody else goes on with them until the end of the transaction.
pub async fn lock(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, Walked>, StoreError> {
    let locking = tx.for_update();
    rows(tx, locking).await
}

async fn rows(tx: &mut Tx<'_>, locking: &str) -> Result<BTreeMap<Key, Walked>, StoreError> {
    let sql = format!("SELECT schedule, doc FROM handoff_walk ORDER BY schedule {locking}");
    let rows: Vec<(String, Doc<Walked>)> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(c).await).during("look at hand-offs")?;
    let decode = |(schedule, doc): (String, Doc<Walked>)| {
        let walked = doc.of("handoff_walk", &schedule, "document")?;
        Key::new(&schedule).map(|key| (key, walked)).map_err(|_| {
            let why = "it is no schedule's key".to_owned();
            StoreError::Corrupt { table: "handoff_walk", id: schedule, why }
        })
    };
    rows.into_iter().map(decode).collect()
}

/// Remembers who is on call by a schedule that was never looked at. Of several who say so, one is heard.
pub async fn begin(tx: &mut Tx<'_>, schedule: &Key, walked: &Walked) -> Result<(), StoreError> {
    let sql = "INSERT INTO handoff_walk (schedule, doc) VALUES ($1, $2) ON CONFLICT (schedule) DO NOTHING";
    execute!(tx, sql, [schedule.as_str(), Json(walked)]).during("begin with hand-offs")?;
    Ok(())
}

/// Remembers what was seen of a schedule.
pub async fn went(tx: &mut Tx<'_>, schedule: &Key, walked: &Walked) -> Result<(), StoreError> {
    let sql = "UPDATE handoff_walk SET doc = $2 WHERE schedule = $1";
    execute!(tx, sql, [schedule.as_str(), Json(walked)]).during("go on with hand-offs")?;
    Ok(())
}

/// Those of a schedule are told no more.
pub async fn end(tx: &mut Tx<'_>, schedule: &Key) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM handoff_walk WHERE schedule = $1", [schedule.as_str()]).during("end with hand-offs")?;
    Ok(())
}
