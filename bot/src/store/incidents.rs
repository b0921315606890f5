//! Rows of incidents. `state` holds the whole incident; the columns beside it must agree.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use firebell_core::chain::Hash;
use firebell_core::directory::Standing;
use firebell_core::ids::{IncidentId, Key, PersonId, RoomId, WorkspaceId};
use firebell_core::incident::{Action, Incident, Joined, Room, RoomState, Status, Visibility};
use firebell_core::policy::Viewer;
use sqlx::types::Json;
use uuid::Uuid;

use super::read::{Doc, sound};
use super::{During as _, StoreError, Tx, Writes, execute, on, put, searched, select_in};

/// An incident with the head of its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    pub incident: Incident,
    pub head: Head,
}

/// The end of a stream as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub hash: Hash,
    pub signature: String,
}

type Row = (i64, i64, i64, Vec<u8>, String, String, String, bool, Doc<Incident>);

const COLUMNS: &str = "SELECT number, version, entries, head, signature, title, status, active, state FROM incident";

impl Loaded {
    fn decode(row: Row) -> Result<Self, StoreError> {
        let (number, version, entries, head, signature, title, status, active, state) = row;
        let id = IncidentId(number);
        let incident = state.of("incident", &id, "state")?;
        let corrupt = |why: &str| StoreError::Corrupt { table: "incident", id: id.to_string(), why: why.to_owned() };
        let agrees = incident.id == id
            && incident.version == version
            && incident.entries == entries
            && incident.title == title
            && incident.status.word().as_str() == status
            && incident.status.is_active() == active;
        if !agrees {
            return Err(corrupt("its columns and its state do not agree"));
        }
        let hash = hash(&head).ok_or_else(|| corrupt("its head is not 32 bytes"))?;
        Ok(Self { incident, head: Head { hash, signature } })
    }
}

/// Reads 32 bytes as a hash.
pub(crate) fn hash(bytes: &[u8]) -> Option<Hash> {
    bytes.try_into().ok().map(Hash::from_bytes)
}

/// Locks and loads one incident.
pub async fn lock(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Loaded>, StoreError> {
    let sql = format!("{COLUMNS} WHERE number = $1 {}", tx.for_update());
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id.0).fetch_optional(c).await)
        .during("load an incident")?;
    row.map(Loaded::decode).transpose()
}

/// Locks and loads the incident that lives in a room.
pub async fn lock_by_room(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    external_id: &str,
) -> Result<Option<Loaded>, StoreError> {
    let of_room = "WHERE number = (SELECT incident FROM room WHERE workspace = $1 AND external_id = $2)";
    let sql = format!("{COLUMNS} {of_room} {}", tx.for_update());
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(workspace.0)
        .bind(external_id)
        .fetch_optional(c)
        .await)
    .during("load a room's incident")?;
    row.map(Loaded::decode).transpose()
}

/// Locks and loads several incidents in the order of their numbers; on Postgres those that another replica holds are
/// passed over. One that does not decode is reported and passed over too: it must not stop the timers of the others.
pub async fn lock_free(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Loaded>, StoreError> {
    let tail = format!("ORDER BY number {}", tx.for_update_skip_locked());
    let head = format!("{COLUMNS} WHERE number IN");
    let rows: Vec<Row> = select_in!(tx, &head, [], ids, &tail).during("load incidents")?;
    Ok(sound(rows.into_iter().map(Loaded::decode), "incident"))
}

/// Locks and loads several incidents in the order of their numbers, waiting for those that somebody else holds. One that
/// does not decode is reported and left out.
pub async fn lock_all(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Loaded>, StoreError> {
    let tail = format!("ORDER BY number {}", tx.for_update());
    let head = format!("{COLUMNS} WHERE number IN");
    let rows: Vec<Row> = select_in!(tx, &head, [], ids, &tail).during("load incidents")?;
    Ok(sound(rows.into_iter().map(Loaded::decode), "incident"))
}

/// Loads several incidents without locking them. One that does not decode is reported and left out.
pub async fn get_sound(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Loaded>, StoreError> {
    let head = format!("{COLUMNS} WHERE number IN");
    let rows: Vec<Row> = select_in!(tx, &head, [], ids, "ORDER BY number").during("load incidents")?;
    Ok(sound(rows.into_iter().map(Loaded::decode), "incident"))
}

/// Loads those of these incidents that are worth being told of, and that a viewer may see.
pub async fn told_of(tx: &mut Tx<'_>, viewer: Viewer, ids: &[i64]) -> Result<Vec<Loaded>, StoreError> {
    let (everything, person) = spared(viewer);
    let head = format!(
        "{COLUMNS} WHERE NOT drill AND status NOT IN ('cancelled', 'merged') AND ($1 OR visibility = 'public' OR EXISTS \
         (SELECT 1 FROM incident_member m WHERE m.incident = incident.number AND m.person = $2)) AND number IN"
    );
    let rows: Vec<Row> = select_in!(tx, &head, [everything, person.0], ids, "").during("load incidents to tell of")?;
    Ok(sound(rows.into_iter().map(Loaded::decode), "incident"))
}

/// Loads one incident without locking it.
pub async fn get(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<Loaded>, StoreError> {
    let sql = format!("{COLUMNS} WHERE number = $1");
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id.0).fetch_optional(c).await)
        .during("load an incident")?;
    row.map(Loaded::decode).transpose()
}

/// Loads several incidents without locking them.
pub async fn get_all(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Loaded>, StoreError> {
    let head = format!("{COLUMNS} WHERE number IN");
    let rows: Vec<Row> = select_in!(tx, &head, [], ids, "").during("load incidents")?;
    rows.into_iter().map(Loaded::decode).collect()
}

/// Which incidents a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Those that people work on.
    Active,
    /// Those that are not closed, cancelled or merged: active and resolved ones.
    Unfinished,
    All,
}

/// Whether a viewer is spared no private incident, and of whom it is asked else whether they are a member.
pub(super) fn spared(viewer: Viewer) -> (bool, PersonId) {
    match viewer {
        Viewer::Operator => (true, PersonId(Uuid::nil())),
        Viewer::Public => (false, PersonId(Uuid::nil())),
        Viewer::Person { id, standing } => (standing == Standing::Admin, id),
    }
}

/// Incidents from the newest number down, at most `limit` of those that a viewer may see.
pub async fn list(tx: &mut Tx<'_>, listed: Listed, viewer: Viewer, limit: i64) -> Result<Vec<Loaded>, StoreError> {
    let filter = match listed {
        Listed::Active => "active",
        Listed::Unfinished => "closed_at IS NULL",
        Listed::All => "TRUE",
    };
    let (everything, person) = spared(viewer);
    let seen = "($2 OR visibility = 'public' OR EXISTS \
                (SELECT 1 FROM incident_member m WHERE m.incident = incident.number AND m.person = $3))";
    let sql = format!("{COLUMNS} WHERE {filter} AND {seen} ORDER BY number DESC LIMIT $1");
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(limit)
        .bind(everything)
        .bind(person.0)
        .fetch_all(c)
        .await)
    .during("list incidents")?;
    let loaded = rows.into_iter().map(Loaded::decode).collect::<Result<Vec<_>, _>>()?;
    // The statement only spares rows, so that the limit counts what the viewer sees; who sees what is decided in core.
    Ok(loaded.into_iter().filter(|loaded| viewer.sees(&loaded.incident)).collect())
}

/// Incidents whose declaration was recorded at `from` or later, by number, at most `limit` of those after `after`.
pub async fn declared_since(
    tx: &mut Tx<'_>,
    from: DateTime<Utc>,
    (after, limit): (IncidentId, i64),
) -> Result<Vec<Loaded>, StoreError> {
    let sql = format!("{COLUMNS} WHERE declared_at >= $1 AND number > $2 ORDER BY number LIMIT $3");
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(from).bind(after.0).bind(limit).fetch_all(c).await)
            .during("walk over the incidents of a time")?;
    rows.into_iter().map(Loaded::decode).collect()
}

/// Incidents of which a follow-up was due before `now` and is not done, by number, at most `limit` of those after `after`.
pub async fn with_overdue(
    tx: &mut Tx<'_>,
    now: DateTime<Utc>,
    (after, limit): (IncidentId, i64),
) -> Result<Vec<Loaded>, StoreError> {
    let overdue = "SELECT incident FROM action WHERE done_at IS NULL AND due < $1";
    let sql = format!("{COLUMNS} WHERE number IN ({overdue}) AND number > $2 ORDER BY number LIMIT $3");
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(now).bind(after.0).bind(limit).fetch_all(c).await)
            .during("look for overdue follow-ups")?;
    rows.into_iter().map(Loaded::decode).collect()
}

/// Takes the next number. It is given back when the transaction does not commit, so numbers have no gaps; where the
/// transaction commits without an incident, [`return_number`] gives it back.
pub async fn next_number(tx: &mut Tx<'_>) -> Result<IncidentId, StoreError> {
    let sql = "UPDATE installation SET next_incident = next_incident + 1 WHERE id = 1 RETURNING next_incident - 1";
    let number: i64 = on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).during("take an incident number")?;
    Ok(IncidentId(number))
}

/// Gives back the number that this transaction took and did not use.
pub async fn return_number(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    execute!(tx, "UPDATE installation SET next_incident = next_incident - 1 WHERE id = 1", [])
        .during("give an incident number back")?;
    Ok(())
}

/// Writes incidents, each guarded by the version it was decided on, and the rows that are made from them.
/// `before` holds each one as it was loaded, or `None` for a new one.
pub fn save(writes: &mut Writes, rows: &[(Option<Incident>, Loaded)]) -> Result<(), StoreError> {
    let sql = "INSERT INTO incident (number, version, entries, head, signature, title, type, status, severity, \
               visibility, drill, owning_team, active, declared_at, resolved_at, closed_at, update_due, remind_at, mirror, \
               mirror_since, state) VALUES";
    let tail = "ON CONFLICT (number) DO UPDATE SET version = excluded.version, entries = excluded.entries, \
                head = excluded.head, signature = excluded.signature, title = excluded.title, type = excluded.type, \
                status = excluded.status, severity = excluded.severity, visibility = excluded.visibility, \
                owning_team = excluded.owning_team, active = excluded.active, declared_at = excluded.declared_at, \
                resolved_at = excluded.resolved_at, closed_at = excluded.closed_at, \
                update_due = excluded.update_due, remind_at = excluded.remind_at, mirror = excluded.mirror, \
                mirror_since = excluded.mirror_since, state = excluded.state \
                WHERE incident.version < excluded.version";
    put!(
        writes,
        "save incidents",
        sql,
        rows,
        |(_, Loaded { incident: i, head })| [
            i.id.0,
            i.version,
            i.entries,
            head.hash.as_bytes().as_slice(),
            head.signature.as_str(),
            i.title.as_str(),
            i.kind.as_str(),
            i.status.word().as_str(),
            i.severity.as_str(),
            visibility(i.visibility),
            i.drill,
            i.owning_team.as_ref().map(Key::as_str),
            i.status.is_active(),
            i.declared.at,
            i.milestones.resolved.as_ref().map(|mark| mark.at),
            closed_at(&i.status),
            i.update_due,
            i.remind_at(),
            i.mirror.word(),
            i.mirror.since(),
            Json(i),
        ],
        tail
    )?;
    let id = rows.first().map(|(_, loaded)| loaded.incident.id.to_string()).unwrap_or_default();
    writes.guard(rows.len(), StoreError::Conflict { table: "incident", id });
    save_members(writes, rows)?;
    save_actions(writes, rows)?;
    save_rooms(writes, rows)?;
    searched::save(writes, rows)
}

fn save_members(writes: &mut Writes, rows: &[(Option<Incident>, Loaded)]) -> Result<(), StoreError> {
    let mut new: Vec<(i64, Uuid, &'static str, DateTime<Utc>)> = Vec::new();
    for (before, Loaded { incident, .. }) in rows {
        let joined_now = incident
            .members
            .iter()
            .filter(|(person, _)| before.as_ref().is_none_or(|before| !before.has_member(**person)))
            .map(|(person, membership)| (incident.id.0, person.0, joined(membership.how), membership.at));
        new.extend(joined_now);
    }
    let sql = "INSERT INTO incident_member (incident, person, how, joined_at) VALUES";
    let tail = "ON CONFLICT DO NOTHING";
    put!(writes, "save members", sql, &new, |(number, person, how, at)| [*number, *person, *how, *at], tail)
}

fn save_actions(writes: &mut Writes, rows: &[(Option<Incident>, Loaded)]) -> Result<(), StoreError> {
    let mut changed = Vec::new();
    for (before, Loaded { incident, .. }) in rows {
        let is_new = |action: &&Action| before.as_ref().and_then(|before| before.action(action.id)) != Some(*action);
        changed.extend(incident.actions.iter().filter(is_new).map(|action| (incident.id.0, action)));
    }
    put!(
        writes,
        "save actions",
        "INSERT INTO action (incident, number, text, owner, due, done_at) VALUES",
        &changed,
        |(number, action)| [
            *number,
            action.id.0,
            action.said.text.as_str(),
            action.owner.map(|owner| owner.0),
            action.due,
            action.done.as_ref().map(|mark| mark.at),
        ],
        "ON CONFLICT (incident, number) DO UPDATE SET text = excluded.text, owner = excluded.owner, \
         due = excluded.due, done_at = excluded.done_at"
    )
}

fn save_rooms(writes: &mut Writes, rows: &[(Option<Incident>, Loaded)]) -> Result<(), StoreError> {
    let mut changed = Vec::new();
    for (before, Loaded { incident, .. }) in rows {
        let is_new = |room: &&Room| before.as_ref().and_then(|before| before.room(room.id)) != Some(*room);
        changed.extend(incident.rooms.iter().filter(is_new).map(|room| (incident.id.0, room)));
    }
    put!(
        writes,
        "save rooms",
        "INSERT INTO room (id, incident, workspace, external_id, name, state) VALUES",
        &changed,
        |(number, room)| [
            room.id.0,
            *number,
            room.workspace.0,
            place(room).map(|(external_id, _)| external_id),
            place(room).map(|(_, name)| name),
            room.state.word(),
        ],
        "ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, name = excluded.name, state = excluded.state"
    )
}

/// What the platform calls the room, as far as it is one. A channel that somebody wanted to use is its incident's from the
/// moment on at which it was asked for, so that no other takes it, and nobody's once that is over.
fn place(room: &Room) -> Option<(&str, &str)> {
    match (&room.state, room.adopts.as_deref()) {
        (RoomState::Requested, Some(adopts)) => Some((adopts, "")),
        (RoomState::Closed { .. }, Some(_)) | (RoomState::Requested, None) | (RoomState::Failed { .. }, _) => None,
        (RoomState::Open { external_id, name } | RoomState::Closed { external_id, name }, _) => {
            Some((external_id, name))
        }
    }
}

/// The rooms whose state changed, for their cards.
pub(crate) fn rooms_changed<'i>(before: Option<&Incident>, now: &'i Incident) -> Vec<(&'i Room, bool)> {
    now.rooms
        .iter()
        .filter(|room| before.and_then(|before| before.room(room.id)) != Some(*room))
        .map(|room| (room, matches!(room.state, RoomState::Open { .. })))
        .collect()
}

fn closed_at(status: &Status) -> Option<DateTime<Utc>> {
    match status {
        Status::Closed { closed: mark, .. }
        | Status::Cancelled { cancelled: mark, .. }
        | Status::Merged { merged: mark, .. } => Some(mark.at),
        _ => None,
    }
}

fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Private => "private",
    }
}

fn joined(how: Joined) -> &'static str {
    match how {
        Joined::Declared => "declared",
        Joined::Assigned => "assigned",
        Joined::Paged => "paged",
        Joined::Acknowledged => "acknowledged",
        Joined::Invited => "invited",
    }
}

/// The incident and the room that a platform's room is.
pub async fn of_room(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    external_id: &str,
) -> Result<Option<(IncidentId, RoomId)>, StoreError> {
    let sql = "SELECT incident, id FROM room WHERE workspace = $1 AND external_id = $2";
    let row: Option<(i64, Uuid)> =
        on!(tx, |c| sqlx::query_as(sql).bind(workspace.0).bind(external_id).fetch_optional(c).await)
            .during("look for a room")?;
    Ok(row.map(|(incident, room)| (IncidentId(incident), RoomId(room))))
}

/// The incidents that are not closed in which a person takes part.
pub async fn of_member(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<IncidentId>, StoreError> {
    let sql = "SELECT i.number FROM incident i JOIN incident_member m ON m.incident = i.number \
               WHERE m.person = $1 AND i.closed_at IS NULL ORDER BY i.number";
    let rows: Vec<i64> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(person.0).fetch_all(c).await).during("list a member's incidents")?;
    Ok(rows.into_iter().map(IncidentId).collect())
}

/// The incidents that live in these rooms of a workspace.
pub async fn of_rooms(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    external_ids: &[String],
) -> Result<Vec<(String, IncidentId)>, StoreError> {
    let sql = "SELECT external_id, incident FROM room WHERE workspace = $1 AND external_id IN";
    let rows: Vec<(String, i64)> = select_in!(tx, sql, [workspace.0], external_ids, "").during("look for rooms")?;
    Ok(rows.into_iter().map(|(room, incident)| (room, IncidentId(incident))).collect())
}

/// The open rooms of a workspace by the platform's ids, newest incidents first, each with the instant up to which what was
/// said in it is known: that of the newest message kept of it, else of the declaration.
pub async fn open_rooms(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    limit: i64,
) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
    let sql = "SELECT r.external_id, i.declared_at, (SELECT max(m.sent_at) FROM message m WHERE m.room = r.id) \
               FROM room r JOIN incident i ON i.number = r.incident \
               WHERE r.workspace = $1 AND r.state = 'open' AND r.external_id IS NOT NULL \
               ORDER BY r.incident DESC LIMIT $2";
    let rows: Vec<(String, DateTime<Utc>, Option<DateTime<Utc>>)> =
        on!(tx, |c| sqlx::query_as(sql).bind(workspace.0).bind(limit).fetch_all(c).await).during("list open rooms")?;
    Ok(rows.into_iter().map(|(room, declared, newest)| (room, newest.unwrap_or(declared))).collect())
}

/// The length and head of an incident's stream, without looking at its state.
pub async fn head(tx: &mut Tx<'_>, id: IncidentId) -> Result<Option<(i64, Head)>, StoreError> {
    let sql = "SELECT entries, head, signature FROM incident WHERE number = $1";
    let row: Option<(i64, Vec<u8>, String)> =
        on!(tx, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await).during("load a head")?;
    row.map(|(entries, bytes, signature)| {
        let why = "its head is not 32 bytes".to_owned();
        let hash = hash(&bytes).ok_or(StoreError::Corrupt { table: "incident", id: id.to_string(), why })?;
        Ok((entries, Head { hash, signature }))
    })
    .transpose()
}

/// Every incident that was ever there: those that are, those whose numbers were given out, and those of which entries or
/// anchors are left.
pub async fn ever(tx: &mut Tx<'_>) -> Result<BTreeSet<IncidentId>, StoreError> {
    let given = "SELECT next_incident - 1 FROM installation WHERE id = 1";
    let given: Option<i64> =
        on!(&mut *tx, |c| sqlx::query_scalar(given).fetch_optional(c).await).during("read the newest number")?;
    let left = "SELECT stream FROM entry WHERE seq = 1 UNION SELECT stream FROM anchor";
    let left: Vec<String> = on!(&mut *tx, |c| sqlx::query_scalar(left).fetch_all(c).await).during("list streams")?;
    let left = left.iter().filter_map(|stream| stream.parse().ok());
    let given = (1..=given.unwrap_or(0)).map(IncidentId);
    Ok(numbers(tx).await?.into_iter().chain(given).chain(left).collect())
}

/// The numbers of all incidents.
pub async fn numbers(tx: &mut Tx<'_>) -> Result<Vec<IncidentId>, StoreError> {
    let sql = "SELECT number FROM incident ORDER BY number";
    let rows: Vec<i64> = on!(tx, |c| sqlx::query_scalar(sql).fetch_all(c).await).during("list incidents")?;
    Ok(rows.into_iter().map(IncidentId).collect())
}
