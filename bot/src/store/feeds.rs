//! Calendars that people subscribe to: whose each is, and of what. The token of its address is known by its hash alone.

use chrono::{DateTime, Utc};
use firebell_core::ids::{Key, PersonId};
use uuid::Uuid;

use super::{During as _, StoreError, Tx, execute, on};

/// What a calendar is of, as it stands in the table: a schedule's key, or nothing for all shifts of its person.
fn of(schedule: Option<&Key>) -> &str {
    schedule.map_or("", Key::as_str)
}

/// Keeps the one address of a person's calendar; answers whether there was another, which is good no more.
pub async fn put(
    tx: &mut Tx<'_>,
    (person, schedule): (PersonId, Option<&Key>),
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let replaced = end(tx, person, schedule).await?;
    let sql = "INSERT INTO feed (person, schedule, hash, made_at) VALUES ($1, $2, $3, $4)";
    execute!(tx, sql, [person.0, of(schedule), hash, now]).during("keep a calendar's address")?;
    Ok(replaced)
}

/// The address of a person's calendar is good no more; answers whether there was one.
pub async fn end(tx: &mut Tx<'_>, person: PersonId, schedule: Option<&Key>) -> Result<bool, StoreError> {
    let sql = "DELETE FROM feed WHERE person = $1 AND schedule = $2";
    let ended = execute!(tx, sql, [person.0, of(schedule)]).during("end a calendar's address")?;
    Ok(ended > 0)
}

/// Whose calendar has the token of this hash, and of what.
pub async fn get(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<(PersonId, Option<Key>)>, StoreError> {
    let sql = "SELECT person, schedule FROM feed WHERE hash = $1";
    let row: Option<(Uuid, String)> =
        on!(tx, |c| sqlx::query_as(sql).bind(hash).fetch_optional(c).await).during("look for a calendar's address")?;
    let Some((person, schedule)) = row else { return Ok(None) };
    let why = || "what it is a calendar of is no key".to_owned();
    let key = Some(&schedule).filter(|key| !key.is_empty()).map(|key| Key::new(key)).transpose();
    let key = key.map_err(|_| StoreError::Corrupt { table: "feed", id: person.to_string(), why: why() })?;
    Ok(Some((PersonId(person), key)))
}
