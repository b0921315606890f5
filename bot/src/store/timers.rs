//! Timers of pages and incidents.

use chrono::{DateTime, Utc};

use super::{During as _, StoreError, Tx, on};

/// Incidents whose update is due, the longest due first.
pub async fn due_updates(tx: &mut Tx<'_>, now: DateTime<Utc>, limit: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT number FROM incident WHERE update_due <= $1 ORDER BY update_due, number LIMIT $2";
    on!(tx, |c| sqlx::query_scalar(sql).bind(now).bind(limit).fetch_all(c).await).during("look for due updates")
}

/// Incidents in which a reminder of what was promised is due, the longest due first.
pub async fn due_reminders(tx: &mut Tx<'_>, now: DateTime<Utc>, limit: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT number FROM incident WHERE remind_at <= $1 ORDER BY remind_at, number LIMIT $2";
    on!(tx, |c| sqlx::query_scalar(sql).bind(now).bind(limit).fetch_all(c).await).during("look for due reminders")
}

/// When the next timer falls due, a page's, an update's or a reminder's.
pub async fn next_due(tx: &mut Tx<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT min(at) FROM (SELECT min(due_at) AS at FROM page WHERE due_at IS NOT NULL UNION ALL \
               SELECT min(update_due) FROM incident WHERE update_due IS NOT NULL UNION ALL \
               SELECT min(remind_at) FROM incident WHERE remind_at IS NOT NULL) AS due";
    on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).during("look for the next timer")
}

/// How many pages and incidents are open.
pub async fn open_counts(tx: &mut Tx<'_>) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT (SELECT count(*) FROM page WHERE state = 'open'), \
               (SELECT count(*) FROM incident WHERE active)";
    on!(tx, |c| sqlx::query_as(sql).fetch_one(c).await).during("count what is open")
}
