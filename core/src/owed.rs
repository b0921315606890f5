//! What should be: the effects that an incident and its pages call for as they stand. Each was queued when it was decided;
//! the reconcile pass looks whether it still is.

use crate::effect::{Effect, Told};
use crate::ids::EntryId;
use crate::incident::{Incident, RoomState, Status};
use crate::paging::page::{NoticeState, Page};

/// Rooms to open and to close, people to invite, and notices of open pages. Keys are those under which they were
/// decided. What rooms are told is not among them: it was news at its time.
pub fn owed(incident: &Incident, pages: &[Page]) -> Vec<Effect> {
    let of_rooms = match ended(&incident.status) {
        Some(last) => closing(incident, last),
        None => opening(incident),
    };
    of_rooms.into_iter().chain(pages.iter().flat_map(notices)).collect()
}

fn opening(incident: &Incident) -> Vec<Effect> {
    let id = incident.id;
    let mut owed = Vec::new();
    for room in incident.live_rooms() {
        let requested = room.state == RoomState::Requested;
        owed.extend(requested.then(|| Effect::open_room(id, room)));
        for person in incident.members.keys() {
            let invite = Effect::invite(id, room, *person);
            // A room that is open is waited for no longer, and the effect that opened it may be forgotten.
            let after = invite.after.clone().filter(|_| requested);
            owed.push(Effect { after, ..invite });
        }
    }
    owed
}

/// Nobody needs a room any more that was never opened.
fn closing(incident: &Incident, last: EntryId) -> Vec<Effect> {
    let open = incident.rooms.iter().filter(|room| matches!(room.state, RoomState::Open { .. }));
    open.map(|room| Effect::close_room(incident.id, room, last, None)).collect()
}

fn notices(page: &Page) -> Vec<Effect> {
    let queued = page.notices.iter().filter(|notice| page.is_open() && notice.state == NoticeState::Queued);
    queued.map(|notice| Effect::notice(page.incident, page.id, &Told::of(notice))).collect()
}

/// The entry with which an incident ended for good.
fn ended(status: &Status) -> Option<EntryId> {
    match status {
        Status::Closed { closed: mark, .. }
        | Status::Cancelled { cancelled: mark, .. }
        | Status::Merged { merged: mark, .. } => Some(mark.entry),
        Status::Declared
        | Status::Investigating { .. }
        | Status::Identified { .. }
        | Status::Mitigated { .. }
        | Status::Resolved { .. } => None,
    }
}
