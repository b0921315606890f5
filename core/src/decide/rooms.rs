//! Rooms: what became of them, and what is done around them.
#![expect(clippy::unnecessary_wraps, reason = "every command's rule has the same shape")]

use super::Decision;
use super::draft::Draft;
use crate::effect::{Effect, Reference, SetUp};
use crate::ids::{EntryId, PersonId, RoomId};
use crate::incident::{Channel, Room, RoomState};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::Change;

pub(super) fn room_opened(mut draft: Draft<'_>, room: RoomId, made: Reference) -> Result<Decision, Refusal> {
    if draft.incident.room(room).is_some_and(|held| held.state == RoomState::Requested) {
        let entry = draft.record(Change::RoomOpened { room, external_id: made.external_id, name: made.name });
        set_up(&mut draft, room, entry);
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
    let rooms = draft.incident.rooms.iter();
    match rooms.into_iter().find(|room| room.workspace == channel.workspace).map(|room| room.id) {
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
