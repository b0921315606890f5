//! The walk over incidents that the reconcile pass makes, a bounded slice at a time.

use super::{During as _, StoreError, Tx, on};

/// A slice, and after which number the next one begins; 0 is the beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slice {
    pub numbers: Vec<i64>,
    pub next: i64,
}

/// Incidents that are not over, from the one after `after` on, at most `limit`.
pub async fn unfinished(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Slice, StoreError> {
    let sql = "SELECT number FROM incident WHERE closed_at IS NULL AND number > $1 ORDER BY number LIMIT $2";
    let numbers: Vec<i64> = on!(tx, |c| sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(c).await)
        .during("walk over unfinished incidents")?;
    let next = if holds(&numbers, limit) { numbers.last().copied().unwrap_or(0) } else { 0 };
    Ok(Slice { numbers, next })
}

/// Incidents that are over and left a room open. There are few, and nothing lists them, so the walk looks through the
/// next `stretch` numbers, and ends at `limit` of them.
pub async fn left_open(tx: &mut Tx<'_>, after: i64, (stretch, limit): (i64, i64)) -> Result<Slice, StoreError> {
    let until = after.saturating_add(stretch);
    let sql = "SELECT DISTINCT r.incident FROM room r JOIN incident i ON i.number = r.incident \
               WHERE r.incident > $1 AND r.incident <= $2 AND r.state = 'open' AND i.closed_at IS NOT NULL \
               ORDER BY r.incident LIMIT $3";
    let numbers: Vec<i64> =
        on!(&mut *tx, |c| sqlx::query_scalar(sql).bind(after).bind(until).bind(limit).fetch_all(c).await)
            .during("walk over rooms that were left open")?;
    if holds(&numbers, limit) {
        let next = numbers.last().copied().unwrap_or(0);
        return Ok(Slice { numbers, next });
    }
    let beyond = "SELECT EXISTS (SELECT 1 FROM incident WHERE number > $1)";
    let more: bool = on!(tx, |c| sqlx::query_scalar(beyond).bind(until).fetch_one(c).await)
        .during("look for the end of the incidents")?;
    Ok(Slice { numbers, next: if more { until } else { 0 } })
}

fn holds(numbers: &[i64], limit: i64) -> bool {
    i64::try_from(numbers.len()).is_ok_and(|found| found >= limit)
}
