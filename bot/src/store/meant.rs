//! Whom pages meant by which schedule, and when first.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use firebell_core::ids::{Key, PageId, PersonId};
use firebell_core::oncall::shift::Span;
use firebell_core::paging::page::Page;
use uuid::Uuid;

use super::{During as _, StoreError, Tx, Writes, on, put, select_in};

/// A page that meant somebody by a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Meant {
    pub at: DateTime<Utc>,
    pub page: PageId,
    pub person: PersonId,
}

type Row = (DateTime<Utc>, Uuid, Uuid);

fn meant((at, page, person): Row) -> Meant {
    Meant { at, page: PageId(page), person: PersonId(person) }
}

/// Writes down whom these pages meant; what is known stays as it is.
pub(super) fn save(writes: &mut Writes, pages: &[Page]) -> Result<(), StoreError> {
    let rows: Vec<(Uuid, Key, PersonId, DateTime<Utc>)> = pages
        .iter()
        .flat_map(|page| {
            page.meant_by_schedules().into_iter().map(|(schedule, person, at)| (page.id.0, schedule, person, at))
        })
        .collect();
    put!(
        writes,
        "save whom pages meant",
        "INSERT INTO page_meant (page, schedule, person, at) VALUES",
        &rows,
        |(page, schedule, person, at)| [*page, schedule.as_str(), person.0, *at],
        "ON CONFLICT DO NOTHING"
    )
}

/// Those whom pages meant by a schedule within a stretch of time, the oldest first, at most `limit` of those that come
/// after `after`.
pub async fn within(
    tx: &mut Tx<'_>,
    schedule: &Key,
    span: Span,
    (after, limit): (Option<Meant>, i64),
) -> Result<Vec<Meant>, StoreError> {
    let begin = Meant { at: span.start, page: PageId(Uuid::nil()), person: PersonId(Uuid::nil()) };
    let after = after.unwrap_or(begin);
    let sql = "SELECT at, page, person FROM page_meant \
               WHERE schedule = $1 AND (at, page, person) > ($2, $3, $4) AND at < $5 ORDER BY at, page, person LIMIT $6";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql)
        .bind(schedule.as_str())
        .bind(after.at)
        .bind(after.page.0)
        .bind(after.person.0)
        .bind(span.end)
        .bind(limit)
        .fetch_all(c)
        .await)
    .during("look whom pages meant")?;
    Ok(rows.into_iter().map(meant).collect())
}

/// The newest pages that meant somebody by a schedule since an instant, at most `limit`.
pub async fn newest(
    tx: &mut Tx<'_>,
    schedule: &Key,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let sql = "SELECT page FROM page_meant WHERE schedule = $1 AND at >= $2 GROUP BY page ORDER BY min(at) DESC, page LIMIT $3";
    on!(tx, |c| sqlx::query_scalar(sql).bind(schedule.as_str()).bind(since).bind(limit).fetch_all(c).await)
        .during("look for the newest pages of a schedule")
}

/// Those of these incidents of which a page meant somebody by a schedule.
pub async fn incidents(tx: &mut Tx<'_>, schedule: &Key, of: &[i64]) -> Result<BTreeSet<i64>, StoreError> {
    let head = "SELECT DISTINCT p.incident FROM page p JOIN page_meant m ON m.page = p.id AND m.schedule = $1 \
                WHERE p.incident IN";
    let rows: Vec<(i64,)> =
        select_in!(tx, head, [schedule.as_str()], of, "").during("look for the incidents of a schedule")?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}
