//! The console's rooms as one person sees them.

use firebell_core::ids::IncidentId;
use firebell_core::incident::RoomState;
use firebell_core::policy::Viewer;
use firebell_core::suggest;

use crate::app::App;
use crate::intake::{Fault, LIST_MAX};

/// One room that can be gone to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub room: String,
    pub incident: IncidentId,
    pub severity: String,
    pub status: &'static str,
    pub title: String,
    /// Nothing can be said in it any more.
    pub closed: bool,
}

/// Every room that a viewer may see, the newest incident's first.
///
/// # Errors
/// The database cannot be read.
pub(super) async fn places(app: &App, viewer: Viewer) -> Result<Vec<Place>, Fault> {
    let incidents = app.intake.incidents(viewer, true, Some(LIST_MAX)).await?;
    let rooms = incidents.iter().flat_map(|incident| incident.rooms.iter().map(move |room| (incident, room)));
    let here = rooms.filter(|(_, room)| room.workspace == app.console);
    let place = here.filter_map(|(incident, room)| {
        let (room, closed) = match &room.state {
            RoomState::Open { external_id, .. } => (external_id, false),
            RoomState::Closed { external_id, .. } => (external_id, true),
            RoomState::Requested | RoomState::Failed { .. } => return None,
        };
        Some(Place {
            room: room.clone(),
            incident: incident.id,
            severity: incident.severity.to_string().to_uppercase(),
            status: incident.status.word().as_str(),
            title: incident.title.clone(),
            closed,
        })
    });
    Ok(place.collect())
}

/// The room that is meant by a name: the whole name, or an incident's number in any case.
pub(super) fn find<'p>(places: &'p [Place], named: &str) -> Option<&'p Place> {
    let wanted = named.to_lowercase();
    let number = |place: &&Place| place.incident.to_string().to_lowercase() == wanted;
    places.iter().find(|place| place.room.to_lowercase() == wanted).or_else(|| places.iter().find(number))
}

/// The room whose name is nearest to one that does not exist: of the same number, of a word in it, or by its letters.
pub(super) fn nearest<'p>(places: &'p [Place], named: &str) -> Option<&'p str> {
    let wanted = named.to_lowercase();
    let numbered = |place: &&Place| wanted.starts_with(&format!("{}-", place.incident.to_string().to_lowercase()));
    let worded = |place: &&Place| place.room.split('-').any(|part| part == wanted);
    let found = places.iter().find(numbered).or_else(|| places.iter().find(worded));
    let near = || suggest::nearest(named, places.iter().map(|place| place.room.as_str()));
    found.map(|place| place.room.as_str()).or_else(near)
}
