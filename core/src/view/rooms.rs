//! Where an incident is talked about, and what is shown of one room in another.

use serde::Serialize;

use crate::directory::Directory;
use crate::facts::Captured;
use crate::ids::{MessageId, PersonId, RoomId};
use crate::incident::{Incident, Room, RoomState};
use crate::place::Place;

/// How much of a message is repeated where another one answers it, in characters.
const EXCERPT: usize = 80;

/// The rooms of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomsView {
    pub incident: String,
    pub drill: bool,
    /// In the order in which they were asked for.
    pub rooms: Vec<RoomRow>,
    /// Whether what is said in one of them is shown in the others.
    pub mirrored: bool,
}

/// One room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomRow {
    /// The name of its workspace; `elsewhere` where this process does not know it.
    pub place: String,
    /// The word of its platform; absent where this process does not know it.
    pub platform: Option<String>,
    /// What the platform calls it; absent before it is there.
    pub name: Option<String>,
    /// Where it can be read.
    pub link: Option<String>,
    /// `open`, `closed`, `being opened` or `not opened`.
    pub state: &'static str,
    /// Why it was not opened.
    pub reason: Option<String>,
}

/// A message of one room as it is shown in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MirroredView {
    pub incident: String,
    /// Its number in the record.
    pub message: String,
    /// The name of who wrote it.
    pub author: String,
    /// The name of the workspace that it was said in.
    pub place: String,
    pub text: String,
    pub edited: bool,
    /// It is longer than what fits into a message here.
    pub cut: bool,
    pub answers: Option<AnsweredView>,
}

/// The message that another one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnsweredView {
    pub message: String,
    pub author: String,
    /// How it begins; absent where nothing of it is left.
    pub begins: Option<String>,
}

impl RoomsView {
    /// All rooms of an incident.
    pub fn of(incident: &Incident, places: &[Place]) -> Self {
        let rooms = incident.rooms.iter().map(|room| RoomRow::of(room, places)).collect();
        let (mirrored, drill) = (incident.mirror.is_on(), incident.drill);
        Self { incident: incident.id.to_string(), drill, rooms, mirrored }
    }

    /// The open rooms besides one.
    pub fn besides(incident: &Incident, places: &[Place], besides: RoomId) -> Self {
        let open = |room: &&Room| room.id != besides && matches!(room.state, RoomState::Open { .. });
        let rooms = incident.rooms.iter().filter(open).map(|room| RoomRow::of(room, places)).collect();
        Self { rooms, ..Self::of(incident, places) }
    }
}

impl RoomRow {
    fn of(room: &Room, places: &[Place]) -> Self {
        let place = places.iter().find(|place| place.workspace == room.workspace);
        let (state, named, reason) = match &room.state {
            RoomState::Requested => ("being opened", None, None),
            RoomState::Open { external_id, name } => ("open", Some((external_id, name)), None),
            RoomState::Failed { reason } => ("not opened", None, Some(reason.clone())),
            RoomState::Closed { external_id, name } => ("closed", Some((external_id, name)), None),
        };
        let at = place.and_then(|place| place.rooms_at.as_deref());
        Self {
            place: place.map_or_else(|| "elsewhere".to_owned(), |place| place.name.clone()),
            platform: place.map(|place| place.platform.to_owned()),
            name: named.map(|(_, name)| name.clone()),
            link: named.and_then(|(id, _)| at.map(|at| format!("{at}{id}"))),
            state,
            reason,
        }
    }
}

impl MirroredView {
    /// A message as others are shown it; `None` where nothing of it is left.
    pub fn of(
        incident: &Incident,
        message: &Captured,
        answers: Option<(MessageId, PersonId, Option<&str>)>,
        place: &str,
        directory: &Directory,
    ) -> Option<Self> {
        let name = |person: PersonId| {
            directory.people.get(&person).map_or_else(|| "somebody".to_owned(), |person| person.name.clone())
        };
        Some(Self {
            incident: incident.id.to_string(),
            message: message.id.to_string(),
            author: name(message.author),
            place: place.to_owned(),
            text: message.text.clone()?,
            edited: message.edited,
            cut: false,
            answers: answers.map(|(message, author, text)| AnsweredView {
                message: message.to_string(),
                author: name(author),
                begins: text.map(excerpt),
            }),
        })
    }

    /// The same with so many characters of its words alone.
    #[must_use]
    pub fn cut_to(&self, length: usize) -> Self {
        Self { text: self.text.chars().take(length).collect(), cut: true, ..self.clone() }
    }
}

/// How a text begins, in one line.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= EXCERPT {
        return line;
    }
    let head: String = line.chars().take(EXCERPT - 1).collect();
    format!("{}…", head.trim_end())
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn an_excerpt_is_one_short_line() {
        let long = "x".repeat(81);
        let cut = "x".repeat(79) + "…";
        for (text, line) in [("a\nb  c", "a b c"), (long.as_str(), cut.as_str()), ("", "")] {
            assert_eq!(excerpt(text), line);
        }
    }
}
