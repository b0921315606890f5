//! Notices, or ends of pages, that are told by one message, since they had waited for the same person.

use firebell_core::effect::Work;

use super::effects::{Claimed, HeadRow, claim_of_row};
use super::read::Doc;
use super::{During as _, StoreError, Tx, on};

/// Claims what waits of this kind behind a claimed effect, to be told by its message; nothing where its lane was taken over.
pub async fn claim_behind(
    tx: &mut Tx<'_>,
    head: &Claimed,
    purpose: &str,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let sql = "UPDATE effect SET attempts = attempts + 1, unanswered = unanswered + 1, carried_by = $1 WHERE id IN \
               (SELECT e.id FROM effect e WHERE e.lane = $2 AND e.state = 'open' AND e.id > $3 AND e.key LIKE $6 \
               ORDER BY e.id LIMIT $5) AND EXISTS (SELECT 1 FROM lane l WHERE l.key = $2 AND l.token = $4) \
               RETURNING id, key, lane, work, attempts, unanswered, queued_at";
    let rows: Vec<HeadRow> = on!(tx, |c| sqlx::query_as(sql)
        .bind(&head.key)
        .bind(&head.lane)
        .bind(head.id)
        .bind(head.token)
        .bind(limit)
        .bind(format!("%:{purpose}:%"))
        .fetch_all(c)
        .await)
    .during("take what waits behind a notice")?;
    let mut claimed: Vec<Claimed> = rows.into_iter().filter_map(|row| claim_of_row(row, head.token)).collect();
    claimed.sort_by_key(|behind| behind.id);
    Ok(claimed)
}

/// What the message of this notice tells of besides.
pub async fn carried_by(tx: &mut Tx<'_>, key: &str) -> Result<Vec<Work>, StoreError> {
    let sql = "SELECT id, work FROM effect WHERE carried_by = $1 ORDER BY id";
    let rows: Vec<(i64, Doc<Work>)> =
        on!(tx, |c| sqlx::query_as(sql).bind(key).fetch_all(c).await).during("look for what a notice tells besides")?;
    rows.into_iter().map(|(id, work)| work.of("effect", &id, "work")).collect()
}
