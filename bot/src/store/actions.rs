//! Follow-ups of all incidents that are still to be done.

use chrono::{DateTime, Utc};
use firebell_core::ids::{ActionId, IncidentId, Key, PersonId};
use firebell_core::policy::Viewer;
use uuid::Uuid;

use super::incidents::spared;
use super::{During as _, StoreError, Tx, on};

/// Which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub owner: Option<PersonId>,
    /// Those that were due before.
    pub due_before: Option<DateTime<Utc>>,
    /// Of incidents that this team owns.
    pub team: Option<Key>,
    pub incident: Option<IncidentId>,
}

/// At most `limit` of those that a viewer may see: by when they are due, and those behind that are due at no time. Who sees
/// what is decided in core; the statement only spares rows.
pub async fn open(
    tx: &mut Tx<'_>,
    viewer: Viewer,
    wanted: &Wanted,
    limit: i64,
) -> Result<Vec<(IncidentId, ActionId)>, StoreError> {
    let (everything, person) = spared(viewer);
    let sql = "SELECT a.incident, a.number FROM action a JOIN incident i ON i.number = a.incident \
               WHERE a.done_at IS NULL AND ($2 OR i.visibility = 'public' OR EXISTS \
               (SELECT 1 FROM incident_member m WHERE m.incident = i.number AND m.person = $3)) \
               AND ($4 OR a.owner = $5) AND ($6 OR a.due < $7) AND ($8 OR i.owning_team = $9) \
               AND ($10 OR a.incident = $11) \
               ORDER BY a.due IS NULL, a.due, a.incident, a.number LIMIT $1";
    let rows: Vec<(i64, i64)> = on!(tx, |c| sqlx::query_as(sql)
        .bind(limit)
        .bind(everything)
        .bind(person.0)
        .bind(wanted.owner.is_none())
        .bind(wanted.owner.map_or(Uuid::nil(), |owner| owner.0))
        .bind(wanted.due_before.is_none())
        .bind(wanted.due_before.unwrap_or(DateTime::UNIX_EPOCH))
        .bind(wanted.team.is_none())
        .bind(wanted.team.as_ref().map_or("", Key::as_str))
        .bind(wanted.incident.is_none())
        .bind(wanted.incident.map_or(0, |incident| incident.0))
        .fetch_all(c)
        .await)
    .during("list follow-ups")?;
    Ok(rows.into_iter().map(|(incident, action)| (IncidentId(incident), ActionId(action))).collect())
}
