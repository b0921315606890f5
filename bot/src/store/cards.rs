//! Cards: one message per room, of which only the newest version is ever sent. No queue: a desired and a sent version.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::ids::{IncidentId, RoomId};
use firebell_core::incident::{Incident, Room, RoomState};
use firebell_core::outlet::Outlet;
use uuid::Uuid;

use super::incidents::{Loaded, rooms_changed};
use super::outlets::{Outlets, bind_outlets};
use super::{During as _, StoreError, Tx, Writes, execute, on, put, select_in};

/// A card whose newest version is to be sent.
#[derive(Debug, Clone)]
pub struct ClaimedCard {
    pub room: RoomId,
    pub incident: IncidentId,
    /// The message that shows the card so far.
    pub external_id: Option<String>,
    pub token: i64,
    pub attempts: i64,
    /// The version that was wanted when it was claimed.
    pub wanted: i64,
}

/// Brings cards in line with their incidents' rows, each beside what it was: new rooms get one, open rooms want the newest
/// version.
pub fn want(writes: &mut Writes, rows: &[(Option<Incident>, Loaded)], now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut rooms = Vec::new();
    let mut newer = Vec::new();
    for (before, Loaded { incident, .. }) in rows {
        let changed = rooms_changed(before.as_ref(), incident).into_iter();
        rooms.extend(changed.map(|(room, open)| (room, incident, open.then_some(now))));
        newer.extend(before.as_ref().is_some_and(|before| before.card != incident.card).then_some(incident));
    }
    put!(
        writes,
        "write rooms' cards",
        "INSERT INTO card (room, incident, desired, sent, ready_at, token, attempts, outlet) VALUES",
        &rooms,
        |(room, incident, ready)| [
            room.id.0,
            incident.id.0,
            incident.card,
            0_i64,
            *ready,
            0_i64,
            0_i64,
            Outlet::of_room(room).to_string(),
        ],
        "ON CONFLICT (room) DO UPDATE SET desired = excluded.desired, ready_at = excluded.ready_at, \
         outlet = excluded.outlet"
    )?;
    let head =
        "UPDATE card SET desired = v.column2, ready_at = COALESCE(ready_at, v.column3), attempts = 0 FROM (VALUES";
    let tail = ") AS v WHERE card.incident = v.column1 AND card.room IN \
                (SELECT id FROM room WHERE room.incident = v.column1 AND state = 'open')";
    put!(writes, "want newer cards", head, &newer, |incident| [incident.id.0, incident.card, now], tail)
}

/// Claims up to `limit` cards of these outlets until `now + lease`.
pub async fn claim(
    tx: &mut Tx<'_>,
    outlets: &Outlets,
    now: DateTime<Utc>,
    lease: TimeDelta,
    limit: i64,
) -> Result<Vec<ClaimedCard>, StoreError> {
    if outlets.is_empty() {
        return Ok(Vec::new());
    }
    let until = now.checked_add_signed(lease).unwrap_or(now);
    let claimable =
        "SELECT room, ready_at FROM card WHERE ready_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)";
    let selects = outlets.selects(3, |condition| format!("{claimable} AND {condition}"));
    let sql = format!(
        "WITH ready AS MATERIALIZED ({}) UPDATE card SET lease_until = $1, token = token + 1, attempts = attempts + 1 \
         WHERE room IN (SELECT room FROM ready) RETURNING room, incident, external_id, token, attempts, desired",
        tx.first_of(&selects, "ready_at, room")
    );
    let rows: Vec<(Uuid, i64, Option<String>, i64, i64, i64)> = on!(tx, |c| {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str())).bind(until).bind(now).bind(limit);
        bind_outlets!(query, outlets, now).fetch_all(c).await
    })
    .during("claim cards")?;
    let mut cards: Vec<ClaimedCard> = rows
        .into_iter()
        .map(|(room, incident, external_id, token, attempts, wanted)| ClaimedCard {
            room: RoomId(room),
            incident: IncidentId(incident),
            external_id,
            token,
            attempts,
            wanted,
        })
        .collect();
    cards.sort_by_key(|card| (card.incident, card.room));
    Ok(cards)
}

/// A version was sent; the card rests unless a newer one is wanted by now.
pub async fn sent(
    tx: &mut Tx<'_>,
    card: &ClaimedCard,
    (version, external_id): (i64, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "UPDATE card SET sent = $3, external_id = $4, lease_until = NULL, attempts = 0, \
               ready_at = CASE WHEN desired > $3 THEN $5 ELSE NULL END WHERE room = $1 AND token = $2";
    execute!(tx, sql, [card.room.0, card.token, version, external_id, now]).during("settle a card")?;
    Ok(())
}

/// A version was not sent: it is tried again at `at`, or never while nothing newer is wanted.
pub async fn not_sent(tx: &mut Tx<'_>, card: &ClaimedCard, at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    let sql = "UPDATE card SET lease_until = NULL, \
               ready_at = COALESCE($3, CASE WHEN desired > $4 THEN ready_at END) WHERE room = $1 AND token = $2";
    execute!(tx, sql, [card.room.0, card.token, at, card.wanted]).during("put a card off")?;
    Ok(())
}

/// The open rooms of these incidents whose cards are missing or want another version than the incident's.
pub async fn astray(tx: &mut Tx<'_>, incidents: &[Incident]) -> Result<Vec<(IncidentId, RoomId)>, StoreError> {
    let numbers: Vec<i64> = incidents.iter().map(|incident| incident.id.0).collect();
    let head = "SELECT room, desired FROM card WHERE incident IN";
    let rows: Vec<(Uuid, i64)> = select_in!(tx, head, [], &numbers, "").during("compare cards")?;
    let wanted: HashMap<Uuid, i64> = rows.into_iter().collect();
    let open = |room: &&Room| matches!(room.state, RoomState::Open { .. });
    let rooms =
        incidents.iter().flat_map(|incident| incident.rooms.iter().filter(open).map(move |room| (incident, room)));
    let astray = rooms.filter(|(incident, room)| wanted.get(&room.id.0) != Some(&incident.card));
    Ok(astray.map(|(incident, room)| (incident.id, room.id)).collect())
}

/// Wants the incident's present version in a room, whether it had a card or not.
pub async fn want_anew(
    tx: &mut Tx<'_>,
    incident: &Incident,
    room: &Room,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO card (room, incident, desired, sent, ready_at, token, attempts, outlet) \
               VALUES ($1, $2, $3, 0, $4, 0, 0, $5) ON CONFLICT (room) DO UPDATE SET desired = excluded.desired, \
               outlet = excluded.outlet, attempts = 0, \
               ready_at = CASE WHEN card.sent < excluded.desired THEN excluded.ready_at END";
    let outlet = Outlet::of_room(room).to_string();
    execute!(tx, sql, [room.id.0, incident.id.0, incident.card, now, &outlet]).during("want a card anew")?;
    Ok(())
}

/// Whether a card rests although it is behind; asked on a snapshot.
pub async fn any_behind(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM card WHERE ready_at IS NULL AND sent < desired AND attempts = 0 \
               AND room IN (SELECT id FROM room WHERE state = 'open'))";
    on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).during("look for cards that are behind")
}

/// Wakes cards that rest although they are behind; answers how many.
pub async fn reconcile(tx: &mut Tx<'_>, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let sql = "UPDATE card SET ready_at = $1 WHERE ready_at IS NULL AND sent < desired AND attempts = 0 \
               AND room IN (SELECT id FROM room WHERE state = 'open')";
    execute!(tx, sql, [now]).during("wake cards")
}

/// Whether a room's card is still to be sent, or is being sent.
pub async fn is_wanted(tx: &mut Tx<'_>, room: RoomId) -> Result<bool, StoreError> {
    let sql = "SELECT room FROM card WHERE room = $1 AND ready_at IS NOT NULL";
    let found: Option<Uuid> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(room.0).fetch_optional(c).await).during("look at a room's card")?;
    Ok(found.is_some())
}
