//! Rows of schedules, overrides, swaps, hand-offs and calendars: each is one document, with what is looked for beside it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firebell_core::ids::{Key, OverrideId, SwapId};
use firebell_core::oncall::calendar::Calendar;
use firebell_core::oncall::handoff::Handover;
use firebell_core::oncall::overrides::{Override, Swap};
use firebell_core::oncall::schedule::Schedule;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::read::Doc;
use super::super::{During as _, StoreError, Tx, execute, on};
use super::text;

fn disagrees(table: &'static str, id: &impl ToString) -> StoreError {
    let why = "its columns and its document do not agree".to_owned();
    StoreError::Corrupt { table, id: id.to_string(), why }
}

pub(super) async fn schedules(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, Schedule>, StoreError> {
    let sql = "SELECT key, version, origin, doc FROM schedule ORDER BY key";
    let rows: Vec<(String, i64, String, Doc<Schedule>)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load schedules")?;
    let decode = |(key, version, origin, doc): (String, i64, String, Doc<Schedule>)| {
        let held = doc.of("schedule", &key, "document")?;
        let agrees = held.key.as_str() == key && held.version == version && text(held.origin) == origin;
        if agrees { Ok((held.key.clone(), held)) } else { Err(disagrees("schedule", &key)) }
    };
    rows.into_iter().map(decode).collect()
}

pub(super) async fn overrides(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, Vec<Override>>, StoreError> {
    type Row = (Uuid, String, DateTime<Utc>, DateTime<Utc>, Doc<Override>);
    let sql = "SELECT id, schedule, start_at, end_at, doc FROM shift_override ORDER BY made_at, id";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load overrides")?;
    let mut all: BTreeMap<Key, Vec<Override>> = BTreeMap::new();
    for (id, schedule, start, end, doc) in rows {
        let held = doc.of("shift_override", &id, "document")?;
        let agrees = held.id.0 == id && held.schedule.as_str() == schedule && (held.start, held.end) == (start, end);
        if !agrees {
            return Err(disagrees("shift_override", &id));
        }
        all.entry(held.schedule.clone()).or_default().push(held);
    }
    Ok(all)
}

pub(super) async fn swaps(tx: &mut Tx<'_>) -> Result<BTreeMap<SwapId, Swap>, StoreError> {
    let sql = "SELECT id, schedule, doc FROM swap ORDER BY id";
    let rows: Vec<(Uuid, String, Doc<Swap>)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load swaps")?;
    let decode = |(id, schedule, doc): (Uuid, String, Doc<Swap>)| {
        let held = doc.of("swap", &id, "document")?;
        let agrees = held.id.0 == id && held.schedule.as_str() == schedule;
        if agrees { Ok((held.id, held)) } else { Err(disagrees("swap", &id)) }
    };
    rows.into_iter().map(decode).collect()
}

pub(super) async fn calendars(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, Calendar>, StoreError> {
    let sql = "SELECT key, origin, doc FROM calendar ORDER BY key";
    let rows: Vec<(String, String, Doc<Calendar>)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load calendars")?;
    let decode = |(key, origin, doc): (String, String, Doc<Calendar>)| {
        let held = doc.of("calendar", &key, "document")?;
        let agrees = held.key.as_str() == key && text(held.origin) == origin;
        if agrees { Ok((held.key.clone(), held)) } else { Err(disagrees("calendar", &key)) }
    };
    rows.into_iter().map(decode).collect()
}

pub(super) async fn handovers(tx: &mut Tx<'_>) -> Result<BTreeMap<Key, Handover>, StoreError> {
    let sql = "SELECT schedule, doc FROM handover ORDER BY schedule";
    let rows: Vec<(String, Doc<Handover>)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load what was said of hand-offs")?;
    let decode = |(schedule, doc): (String, Doc<Handover>)| {
        let held = doc.of("handover", &schedule, "document")?;
        let agrees = held.schedule.as_str() == schedule;
        if agrees { Ok((held.schedule.clone(), held)) } else { Err(disagrees("handover", &schedule)) }
    };
    rows.into_iter().map(decode).collect()
}

pub(super) async fn remove_override(tx: &mut Tx<'_>, OverrideId(id): OverrideId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM shift_override WHERE id = $1", [id]).during("remove an override")?;
    Ok(())
}

pub(super) async fn remove_swap(tx: &mut Tx<'_>, SwapId(id): SwapId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM swap WHERE id = $1", [id]).during("remove a swap")?;
    Ok(())
}

pub(super) async fn save_schedule(tx: &mut Tx<'_>, s: &Schedule) -> Result<(), StoreError> {
    let sql = "INSERT INTO schedule (key, version, origin, doc) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO UPDATE \
               SET version = excluded.version, origin = excluded.origin, doc = excluded.doc";
    execute!(tx, sql, [s.key.as_str(), s.version, text(s.origin), Json(s)]).during("save a schedule")?;
    Ok(())
}

pub(super) async fn save_override(tx: &mut Tx<'_>, o: &Override) -> Result<(), StoreError> {
    let sql = "INSERT INTO shift_override (id, schedule, start_at, end_at, made_at, doc) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (id) DO UPDATE SET start_at = excluded.start_at, end_at = excluded.end_at, doc = excluded.doc";
    execute!(tx, sql, [o.id.0, o.schedule.as_str(), o.start, o.end, o.made_at, Json(o)]).during("save an override")?;
    Ok(())
}

pub(super) async fn save_swap(tx: &mut Tx<'_>, s: &Swap) -> Result<(), StoreError> {
    let sql = "INSERT INTO swap (id, schedule, doc) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE \
               SET schedule = excluded.schedule, doc = excluded.doc";
    execute!(tx, sql, [s.id.0, s.schedule.as_str(), Json(s)]).during("save a swap")?;
    Ok(())
}

pub(super) async fn save_handover(tx: &mut Tx<'_>, h: &Handover) -> Result<(), StoreError> {
    let sql = "INSERT INTO handover (schedule, doc) VALUES ($1, $2) ON CONFLICT (schedule) DO UPDATE \
               SET doc = excluded.doc";
    execute!(tx, sql, [h.schedule.as_str(), Json(h)]).during("save what was said of hand-offs")?;
    Ok(())
}

pub(super) async fn save_calendar(tx: &mut Tx<'_>, c: &Calendar) -> Result<(), StoreError> {
    let sql = "INSERT INTO calendar (key, origin, doc) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE \
               SET origin = excluded.origin, doc = excluded.doc";
    execute!(tx, sql, [c.key.as_str(), text(c.origin), Json(c)]).during("save a calendar")?;
    Ok(())
}
