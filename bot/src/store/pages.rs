//! Rows of pages, with their recipients and notices.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firebell_core::ids::{IncidentId, Key, PageId, PersonId};
use firebell_core::oncall::shift::Span;
use firebell_core::paging::page::Page;
use firebell_core::report::Told;
use sqlx::types::Json;
use uuid::Uuid;

use super::read::{Doc, sound};
use super::{During as _, StoreError, Tx, Writes, meant, on, put, select_in};

type Row = (Uuid, i64, i64, String, Option<DateTime<Utc>>, Doc<Page>);

const COLUMNS: &str = "SELECT id, version, incident, state, due_at, doc FROM page";

fn decode(row: Row) -> Result<Page, StoreError> {
    let (page, due_at) = but_for_its_timer(row)?;
    if page.due_at() == due_at { Ok(page) } else { Err(disagrees(page.id.0)) }
}

/// The page of a row, and when the column says that it is due; all else agrees.
fn but_for_its_timer(row: Row) -> Result<(Page, Option<DateTime<Utc>>), StoreError> {
    let (id, version, incident, state, due_at, doc) = row;
    let page: Page = doc.of("page", &id, "document")?;
    let agrees =
        page.id.0 == id && page.version == version && page.incident.0 == incident && page.state.word() == state;
    if agrees { Ok((page, due_at)) } else { Err(disagrees(id)) }
}

fn disagrees(id: Uuid) -> StoreError {
    let why = "its columns and its document do not agree".to_owned();
    StoreError::Corrupt { table: "page", id: id.to_string(), why }
}

/// Locks and loads the pages of an incident that are open, or come again.
pub async fn lock_live(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Page>, StoreError> {
    let sql = format!(
        "{COLUMNS} WHERE incident = $1 AND (state = 'open' OR due_at IS NOT NULL) ORDER BY id {}",
        tx.for_update()
    );
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(incident.0).fetch_all(c).await)
        .during("load pages that go on")?;
    rows.into_iter().map(decode).collect()
}

/// Every page of an incident, without locking.
pub async fn of_incident(tx: &mut Tx<'_>, incident: IncidentId) -> Result<Vec<Page>, StoreError> {
    let sql = format!("{COLUMNS} WHERE incident = $1 ORDER BY raised_at, id");
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(incident.0).fetch_all(c).await)
        .during("load pages")?;
    rows.into_iter().map(decode).collect()
}

/// Locks and loads pages by id.
pub async fn lock(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Page>, StoreError> {
    let head = format!("{COLUMNS} WHERE id IN");
    let tail = format!("ORDER BY id {}", tx.for_update());
    let rows: Vec<Row> = select_in!(tx, &head, [], ids, &tail).during("load pages")?;
    rows.into_iter().map(decode).collect()
}

/// Locks and loads pages by id; one that does not decode is reported and passed over, so that it holds up no other.
pub async fn lock_sound(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Page>, StoreError> {
    let head = format!("{COLUMNS} WHERE id IN");
    let tail = format!("ORDER BY id {}", tx.for_update());
    let rows: Vec<Row> = select_in!(tx, &head, [], ids, &tail).during("load pages")?;
    Ok(sound(rows.into_iter().map(decode), "page"))
}

/// Pages by id, without locking.
pub async fn get_all(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Page>, StoreError> {
    let head = format!("{COLUMNS} WHERE id IN");
    let rows: Vec<Row> = select_in!(tx, &head, [], ids, "").during("load pages")?;
    rows.into_iter().map(decode).collect()
}

/// Pages that are due, the longest due first, with their incidents.
pub async fn due(tx: &mut Tx<'_>, now: DateTime<Utc>, limit: i64) -> Result<Vec<(Uuid, i64)>, StoreError> {
    let sql = "SELECT id, incident FROM page WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    on!(tx, |c| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await).during("look for due pages")
}

/// The incidents of open pages on which this person still has to answer.
pub async fn incidents_waiting_for(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<IncidentId>, StoreError> {
    let sql = "SELECT DISTINCT p.incident FROM recipient r JOIN page p ON p.id = r.page \
               WHERE r.person = $1 AND r.state = 'waiting' AND p.state = 'open' ORDER BY p.incident";
    let rows: Vec<i64> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(person.0).fetch_all(c).await).during("load a person's pages")?;
    Ok(rows.into_iter().map(IncidentId).collect())
}

/// The open pages of incidents, without locking; one that does not decode is reported and passed over.
pub async fn open_of(tx: &mut Tx<'_>, incidents: &[i64]) -> Result<Vec<Page>, StoreError> {
    let head = format!("{COLUMNS} WHERE state = 'open' AND incident IN");
    let rows: Vec<Row> = select_in!(tx, &head, [], incidents, "ORDER BY id").during("load open pages")?;
    Ok(sound(rows.into_iter().map(decode), "page"))
}

/// Open pages without a due time, with their incidents, at most `limit`.
pub async fn timeless(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(Uuid, i64)>, StoreError> {
    let sql = "SELECT id, incident FROM page WHERE state = 'open' AND due_at IS NULL ORDER BY id LIMIT $1";
    on!(tx, |c| sqlx::query_as(sql).bind(limit).fetch_all(c).await).during("look for pages without a due time")
}

/// Locks and loads those of these pages that still are open and have no due time, whatever their documents say of it.
pub async fn lock_timeless(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Page>, StoreError> {
    let head = format!("{COLUMNS} WHERE state = 'open' AND due_at IS NULL AND id IN");
    let tail = format!("ORDER BY id {}", tx.for_update());
    let rows: Vec<Row> = select_in!(tx, &head, [], ids, &tail).during("load pages without a due time")?;
    Ok(sound(rows.into_iter().map(but_for_its_timer), "page").into_iter().map(|(page, _)| page).collect())
}

/// Open pages without a due time: there must never be one.
pub async fn forgotten(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM page WHERE state = 'open' AND due_at IS NULL";
    on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).during("audit open pages")
}

/// Pages that were due before `since` and have not gone on.
pub async fn overdue(tx: &mut Tx<'_>, since: DateTime<Utc>) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM page WHERE due_at < $1";
    on!(tx, |c| sqlx::query_scalar(sql).bind(since).fetch_one(c).await).during("audit due times")
}

/// Incidents with an open page that waits for somebody whom no notice of it has reached or may still reach, though some
/// were tried; at most `limit`.
pub async fn dead_letters(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<IncidentId>, StoreError> {
    let sql = "SELECT DISTINCT p.incident FROM page p JOIN recipient r ON r.page = p.id \
               WHERE p.state = 'open' AND r.state = 'waiting' AND EXISTS (SELECT 1 FROM notice n \
               WHERE n.page = p.id AND n.person = r.person AND n.state IN ('failed', 'dead')) AND NOT EXISTS (SELECT 1 FROM notice n \
               WHERE n.page = p.id AND n.person = r.person AND n.state IN ('queued', 'sent', 'delivered', 'read')) \
               ORDER BY p.incident LIMIT $1";
    let rows: Vec<i64> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(limit).fetch_all(c).await).during("audit notices that failed")?;
    Ok(rows.into_iter().map(IncidentId).collect())
}

/// Who was told last by each schedule of whose people each has a turn.
pub async fn turns(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, PersonId>, StoreError> {
    let sql = "SELECT schedule, person FROM turn ORDER BY schedule";
    let rows: Vec<(String, Uuid)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("look whose turn it is")?;
    let decode = |(schedule, person): (String, Uuid)| match Key::new(&schedule) {
        Ok(key) => Ok((key, PersonId(person))),
        Err(_) => Err(StoreError::Corrupt { table: "turn", id: schedule, why: "it is no schedule's key".to_owned() }),
    };
    rows.into_iter().map(decode).collect()
}

/// Whom pages told within a span, each person once for a page and at the instant at which it reached for them first; pages of
/// drills apart. By page and person, at most `limit` of those after `after`.
pub async fn told(
    tx: &mut Tx<'_>,
    span: Span,
    (after, limit): (Option<(PageId, PersonId)>, i64),
) -> Result<Vec<(PageId, Told)>, StoreError> {
    let (page, person) = after.unwrap_or((PageId(Uuid::nil()), PersonId(Uuid::nil())));
    let sql = "SELECT r.page, r.person, r.since FROM recipient r JOIN page p ON p.id = r.page \
               JOIN incident i ON i.number = p.incident \
               WHERE (r.page, r.person) > ($1, $2) AND r.since >= $3 AND r.since < $4 AND NOT i.drill \
               ORDER BY r.page, r.person LIMIT $5";
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>)> = on!(tx, |c| sqlx::query_as(sql)
        .bind(page.0)
        .bind(person.0)
        .bind(span.start)
        .bind(span.end)
        .bind(limit)
        .fetch_all(c)
        .await)
    .during("look whom pages told")?;
    Ok(rows.into_iter().map(|(page, person, at)| (PageId(page), Told { person: PersonId(person), at })).collect())
}

/// Writes down who was told now.
pub fn took_turns(writes: &mut Writes, turns: &BTreeMap<Key, PersonId>) -> Result<(), StoreError> {
    let turns: Vec<(&Key, &PersonId)> = turns.iter().collect();
    put!(
        writes,
        "write down whose turn it was",
        "INSERT INTO turn (schedule, person) VALUES",
        &turns,
        |(schedule, person)| [schedule.as_str(), person.0],
        "ON CONFLICT (schedule) DO UPDATE SET person = excluded.person"
    )
}

/// Writes pages, each guarded by its version, with their recipients, their notices and whom they meant by schedules.
pub fn save(writes: &mut Writes, pages: &[Page]) -> Result<(), StoreError> {
    put!(
        writes,
        "save pages",
        "INSERT INTO page (id, version, incident, policy, state, raised_at, due_at, doc) VALUES",
        pages,
        |page| [
            page.id.0,
            page.version,
            page.incident.0,
            page.pinned.policy.as_ref().map(Key::as_str),
            page.state.word(),
            page.raised_at,
            page.due_at(),
            Json(page),
        ],
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state, \
         due_at = excluded.due_at, doc = excluded.doc WHERE page.version < excluded.version"
    )?;
    let id = pages.first().map(|page| page.id.to_string()).unwrap_or_default();
    writes.guard(pages.len(), StoreError::Conflict { table: "page", id });
    let recipients: Vec<_> =
        pages.iter().flat_map(|page| page.recipients.iter().map(move |recipient| (page.id.0, recipient))).collect();
    put!(
        writes,
        "save recipients",
        "INSERT INTO recipient (page, person, since, state) VALUES",
        &recipients,
        |(page, r)| [*page, r.person.0, r.since, r.state.word()],
        "ON CONFLICT (page, person) DO UPDATE SET state = excluded.state WHERE recipient.state <> excluded.state"
    )?;
    let notices: Vec<_> =
        pages.iter().flat_map(|page| page.notices.iter().map(move |notice| (page.id.0, notice))).collect();
    put!(
        writes,
        "save notices",
        "INSERT INTO notice (page, number, person, method, occasion, state, queued_at) VALUES",
        &notices,
        |(page, n)| [*page, n.id.0, n.person.0, n.method.word(), n.occasion.to_string(), n.state.word(), n.queued_at],
        "ON CONFLICT (page, number) DO UPDATE SET state = excluded.state WHERE notice.state <> excluded.state"
    )?;
    meant::save(writes, pages)
}
