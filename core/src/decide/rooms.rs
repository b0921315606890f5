//! Rooms: what became of them, and what is done around them.
#![expect(clippy::unnecessary_wraps, reason = "every command's rule has the same shape")]

use super::Decision;
use super::draft::Draft;
use crate::effect::{Effect, Reference, SetUp};
use crate::facts::Facts;
use crate::ids::{EntryId, Key, PersonId, RoomId, WorkspaceId};
use crate::incident::{Channel, Room, RoomState};
use crate::place;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::settings::Capture;
use crate::timeline::Change;

/// Opens a room where somebody wants one. One that failed may be wanted again.
pub(super) fn add(mut draft: Draft<'_>, named: &str) -> Result<Decision, Refusal> {
    draft.must_be_active()?;
    let incident = draft.incident.id;
    let place = place::named(&draft.facts.places, named)?;
    if draft.incident.live_room_in(place.workspace).is_some() {
        return Err(Refusal::RoomThere { incident, place: place.name.clone() });
    }
    request(&mut draft, place.workspace, None);
    Ok(draft.done(Reply::RoomAdded { incident, place: place.name.clone() }))
}

/// Asks for a room, in which everybody comes who takes part.
pub(super) fn request(draft: &mut Draft<'_>, workspace: WorkspaceId, adopts: Option<String>) {
    let room = Room { id: RoomId(draft.mint.uuid()), workspace, state: RoomState::Requested, adopts };
    draft.record(Change::RoomRequested { room: room.id, workspace, adopts: room.adopts.clone() });
    let incident = draft.incident.id;
    draft.enqueue(Effect::open_room(incident, &room));
    let members: Vec<PersonId> = draft.incident.members.keys().copied().collect();
    for person in members {
        draft.enqueue(Effect::invite(incident, &room, person));
    }
}

/// Opens the rooms that the configuration wants for the incident as it stands, but for those that are there. A place that
/// this process knows nothing of is passed over.
pub(super) fn request_configured(draft: &mut Draft<'_>) {
    let wanted = configured(draft.facts, &draft.incident.severity, draft.incident.services.iter());
    for workspace in wanted {
        if draft.incident.live_room_in(workspace).is_none() {
            request(draft, workspace, None);
        }
    }
}

/// Where incidents of this severity and of these services have rooms, whoever declares them.
pub(super) fn configured<'k>(
    facts: &Facts,
    severity: &Key,
    services: impl Iterator<Item = &'k Key>,
) -> Vec<WorkspaceId> {
    let of_services = services.filter_map(|key| facts.directory.services.get(key)).flat_map(|service| &service.rooms);
    let words = facts.settings.rooms(severity).iter().chain(of_services);
    let mut wanted = Vec::new();
    for workspace in words.filter_map(|word| place::named(&facts.places, word).ok()).map(|place| place.workspace) {
        if !wanted.contains(&workspace) {
            wanted.push(workspace);
        }
    }
    wanted
}

/// From here on what is said in one room is shown in the others, or is not any more.
pub(super) fn mirror(mut draft: Draft<'_>, on: bool) -> Result<Decision, Refusal> {
    draft.must_be_active()?;
    let incident = draft.incident.id;
    if on && draft.facts.settings.capture == Capture::Marked {
        let message = "what is said here is kept only where it is marked ([incidents] capture = \"marked\"), so there is \
                       nothing that could be shown in other rooms";
        return Err(Refusal::NotAllowed { message: message.to_owned() });
    }
    if draft.incident.mirror.is_on() == on {
        let is = if on { "mirrored" } else { "not mirrored" };
        return Err(Refusal::Already { incident, is: is.to_owned() });
    }
    draft.tell(Change::MirrorSet { on });
    let rooms = draft.incident.live_rooms().count();
    Ok(draft.done(Reply::MirrorSet { incident, on, alone: rooms < 2 }))
}

pub(super) fn room_opened(mut draft: Draft<'_>, room: RoomId, made: Reference) -> Result<Decision, Refusal> {
    if draft.incident.room(room).is_some_and(|held| held.state == RoomState::Requested) {
        let entry = draft.record(Change::RoomOpened { room, external_id: made.external_id, name: made.name });
        set_up(&mut draft, room, entry);
        // Where else the incident is talked about, this room and the others are told.
        let others = |held: &&Room| held.id != room && matches!(held.state, RoomState::Open { .. });
        if draft.incident.rooms.iter().any(|held| others(&held)) {
            draft.post(entry);
        }
        draft.show(entry);
    }
    Ok(draft.done(Reply::Silent))
}

/// What surrounds a room that is there now. Who comes in one by one was invited before.
fn set_up(draft: &mut Draft<'_>, id: RoomId, entry: EntryId) {
    let Some(room) = draft.incident.room(id).cloned() else { return };
    let Some(place) = draft.facts.place(room.workspace) else { return };
    let group = place.invites_group && !draft.incident.is_private();
    let steps = [place.describes.then_some(SetUp::Bookmarks), group.then_some(SetUp::Group)];
    for step in steps.into_iter().flatten() {
        draft.enqueue(Effect::set_up(draft.incident.id, &room, step, entry));
    }
}

/// The other rooms are told, and whoever declared the incident: they wait for the room.
pub(super) fn room_failed(mut draft: Draft<'_>, room: RoomId, reason: String) -> Result<Decision, Refusal> {
    if let Some(held) = draft.incident.room(room).filter(|held| held.state == RoomState::Requested).cloned() {
        let entry = draft.tell(Change::RoomFailed { room, reason });
        let declarer = declarer(&draft);
        tell(&mut draft, &held, declarer, entry);
        draft.show(entry);
    }
    Ok(draft.done(Reply::Silent))
}

pub(super) fn room_closed(mut draft: Draft<'_>, room: RoomId) -> Result<Decision, Refusal> {
    if draft.incident.room(room).is_some_and(|held| matches!(held.state, RoomState::Open { .. })) {
        draft.record(Change::RoomClosed { room });
    }
    Ok(draft.done(Reply::Silent))
}

/// The room is told; whoever could not be brought in is told where they are reached otherwise.
pub(super) fn set_up_failed(
    mut draft: Draft<'_>,
    (room, step): (RoomId, SetUp),
    person: Option<PersonId>,
    reason: String,
) -> Result<Decision, Refusal> {
    let Some(held) = draft.incident.room(room).cloned() else { return Ok(draft.done(Reply::Silent)) };
    // What is over needs none of it, and its rooms may be closed.
    if !draft.incident.status.word().is_final() {
        let entry = draft.tell(Change::SetUpFailed { room, step, person, reason });
        let declarer = declarer(&draft).filter(|declarer| person == Some(*declarer));
        tell(&mut draft, &held, declarer, entry);
    }
    Ok(draft.done(Reply::Silent))
}

pub(super) fn announced(mut draft: Draft<'_>, channel: Channel, message: String) -> Result<Decision, Refusal> {
    let held = draft.incident.announcements.iter().find(|held| held.channel == channel);
    if held.is_some_and(|held| held.message.as_ref() != Some(&message)) {
        draft.record(Change::Announced { channel, message });
    }
    Ok(draft.done(Reply::Silent))
}

/// The rooms of the workspace are told.
pub(super) fn announcement_failed(draft: Draft<'_>, channel: &Channel, reason: String) -> Result<Decision, Refusal> {
    let live = draft.incident.live_room_in(channel.workspace);
    match live.or_else(|| draft.incident.rooms.iter().find(|room| room.workspace == channel.workspace)).map(|r| r.id) {
        Some(room) => set_up_failed(draft, (room, SetUp::Announce), None, reason),
        None => Ok(draft.done(Reply::Silent)),
    }
}

fn declarer(draft: &Draft<'_>) -> Option<PersonId> {
    match draft.incident.declared.by {
        crate::actor::Who::Person(person) => Some(person),
        _ => None,
    }
}

fn tell(draft: &mut Draft<'_>, room: &Room, person: Option<PersonId>, entry: EntryId) {
    let method = draft.facts.place(room.workspace).and_then(|place| place.method);
    if let (Some(person), Some(method)) = (person, method) {
        draft.enqueue(Effect::tell(draft.incident.id, person, method, entry));
    }
}
