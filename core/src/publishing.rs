//! Where postmortems are published besides, as an installation has configured it.

use crate::ids::{Key, RoomId};
use crate::incident::{Incident, Room, RoomState};
use crate::postmortem::Postmortem;
use crate::refusal::Refusal;
use crate::scope::Scope;

/// A configured target: a place that keeps a copy of postmortems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub name: Key,
    pub scope: Scope,
    pub place: Place,
}

/// Where a target keeps its copies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// Outside of chat, one of each postmortem.
    #[default]
    Outside,
    /// In the rooms of the incident, a file in each.
    Rooms,
}

/// The name under which a document keeps what it knows of a copy: that of the target, with the room where there is one.
pub fn copy_name(target: &str, room: Option<RoomId>) -> String {
    room.map_or_else(|| target.to_owned(), |room| format!("{target}@{room}"))
}

/// The target whose copy has this name.
pub fn target_of(copy: &str) -> &str {
    copy.split_once('@').map_or(copy, |(target, _)| target)
}

impl Target {
    /// The copies that there can be now: one, or one for each room that can be written in.
    pub fn copies<'i>(&self, incident: &'i Incident) -> Vec<Option<&'i Room>> {
        let is_open = |room: &&Room| matches!(room.state, RoomState::Open { .. });
        match self.place {
            Place::Outside => vec![None],
            Place::Rooms => incident.rooms.iter().filter(is_open).map(Some).collect(),
        }
    }
}

/// The targets that somebody means: the one of that name, else those that hold the document already, else the only one there is.
///
/// # Errors
/// There is no such target, or it is not clear which is meant; the refusal names those that there are.
pub fn named<'t>(targets: &'t [Target], word: Option<&str>, document: &Postmortem) -> Result<Vec<&'t Target>, Refusal> {
    let unknown = || Refusal::UnknownExportTarget {
        named: word.map(Refusal::quote),
        known: targets.iter().map(|target| target.name.to_string()).collect(),
    };
    if let Some(word) = word {
        let wanted = word.to_lowercase();
        return targets.iter().find(|held| held.name.as_str() == wanted).map(|one| vec![one]).ok_or_else(unknown);
    }
    let held: Vec<&Target> = targets.iter().filter(|held| document.is_held_by(&held.name)).collect();
    match (held.as_slice(), targets) {
        ([], [one]) => Ok(vec![one]),
        ([], _) => Err(unknown()),
        _ => Ok(held),
    }
}
