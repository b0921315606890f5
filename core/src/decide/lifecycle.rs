//! The lifecycle of an incident and its severity.

use chrono::TimeDelta;

use super::declare::{Told, page_for};
use super::draft::Draft;
use super::{Decision, paging, review, rooms};
use crate::effect::Effect;
use crate::ids::IncidentId;
use crate::incident::{ActiveStatus, Joined, Room, StatusWord};
use crate::paging::page::EndReason;
use crate::policy;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::Change;

pub(super) fn status(mut draft: Draft<'_>, to: ActiveStatus) -> Result<Decision, Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    if is == to.word() {
        return Err(Refusal::Already { incident, is: is.to_string() });
    }
    if !is.is_active() {
        return Err(Refusal::Transition { incident, is, to: to.word() });
    }
    draft.tell(Change::StatusChanged { to });
    Ok(draft.done(Reply::StatusSet { incident, to: to.word() }))
}

pub(super) fn severity(mut draft: Draft<'_>, named: &str) -> Result<Decision, Refusal> {
    draft.must_be_active()?;
    let settings = &draft.facts.settings;
    let to = settings.severity(named)?.key.clone();
    let (incident, before) = (draft.incident.id, draft.incident.severity.clone());
    if to == before {
        return Err(Refusal::Already { incident, is: to.to_string() });
    }
    let next = settings.update_every(&to).and_then(|every| draft.now.checked_add_signed(every));
    let update_due = match (draft.incident.update_due, next) {
        (Some(held), Some(next)) => Some(held.min(next)),
        (None, next) => next,
        // What is due without a cadence was promised by someone, and a promise is kept at any severity.
        (Some(held), None) => settings.update_every(&before).is_none().then_some(held),
    };
    // Whoever was paged for the severity before has heard of the incident.
    let pages_anew = settings.pages(&to) && !settings.pages(&before);
    let rises = settings.is_worse(&to, &before);
    draft.tell(Change::SeverityChanged { to: to.clone(), before: before.clone(), update_due });
    if rises {
        rooms::request_configured(&mut draft);
    }
    paging::hurry(&mut draft, &before);
    let told = if pages_anew { page_for(&mut draft, &to)? } else { Told::default() };
    Ok(draft.done(told.severity_set(incident, &to)))
}

pub(super) fn resolve(mut draft: Draft<'_>, summary: String) -> Result<Decision, Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    if is == StatusWord::Resolved {
        return Err(Refusal::Already { incident, is: is.to_string() });
    }
    if !is.is_active() {
        return Err(Refusal::Transition { incident, is, to: StatusWord::Resolved });
    }
    draft.tell(Change::Resolved { summary });
    paging::end(&mut draft, EndReason::Resolved);
    review::begin(&mut draft);
    Ok(draft.done(Reply::Resolved { incident }))
}

pub(super) fn reopen(mut draft: Draft<'_>, reason: Option<String>) -> Result<Decision, Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    if is.is_active() {
        return Err(Refusal::Already { incident, is: is.to_string() });
    }
    if is != StatusWord::Resolved {
        return Err(Refusal::Transition { incident, is, to: StatusWord::Investigating });
    }
    let every = draft.facts.settings.update_every(&draft.incident.severity);
    let update_due = every.and_then(|every| draft.now.checked_add_signed(every));
    draft.tell(Change::Reopened { reason, update_due });
    review::defer(&mut draft);
    Ok(draft.done(Reply::Reopened { incident }))
}

/// Ends it for good: nobody works on it any more, and what completes its record is still taken, because most of a
/// postmortem is found out afterwards. What is on record by then stays, anchored in the last post.
pub(super) fn close(mut draft: Draft<'_>) -> Result<Decision, Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    if is == StatusWord::Closed {
        return Err(Refusal::Already { incident, is: is.to_string() });
    }
    if is != StatusWord::Resolved {
        return Err(Refusal::Transition { incident, is, to: StatusWord::Closed });
    }
    end_rooms(&mut draft, Change::Closed);
    Ok(draft.done(Reply::Closed { incident }))
}

pub(super) fn cancel(mut draft: Draft<'_>, reason: Option<String>) -> Result<Decision, Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    if is == StatusWord::Cancelled {
        return Err(Refusal::Already { incident, is: is.to_string() });
    }
    if !is.is_active() {
        return Err(Refusal::Transition { incident, is, to: StatusWord::Cancelled });
    }
    paging::end(&mut draft, EndReason::Cancelled);
    end_rooms(&mut draft, Change::Cancelled { reason });
    Ok(draft.done(Reply::Cancelled { incident }))
}

pub(super) fn merge(mut draft: Draft<'_>, into: IncidentId) -> Result<Decision, Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    if incident == into {
        return Err(Refusal::MergeWithItself);
    }
    if is == StatusWord::Merged {
        return Err(Refusal::Already { incident, is: is.to_string() });
    }
    if !is.is_active() {
        return Err(Refusal::Transition { incident, is, to: StatusWord::Merged });
    }
    let other = draft.facts.other.clone().ok_or(Refusal::NoIncident { named: into })?;
    policy::may_see(draft.actor, &draft.facts.directory, &other)?;
    let mut target = Draft::new(draft.facts, other, draft.actor, draft.now);
    target.must_be_active()?;
    target.tell(Change::MergedFrom { other: incident });
    // Whoever worked here goes on there. A private incident is entered by invitation alone, and who its members are
    // is for no outsider to learn.
    if !target.incident.is_private() && !draft.incident.is_private() {
        for person in draft.incident.members.keys() {
            target.join(*person, Joined::Invited);
        }
    }
    let analysed = !draft.incident.analysis.causes.is_empty();
    paging::end(&mut draft, EndReason::Merged);
    end_rooms(&mut draft, Change::MergedInto { into });
    Ok(draft.done(Reply::Merged { incident, into, analysed }).then(target.done(Reply::Silent)))
}

/// Records the last change of an incident, tells its rooms and closes them.
fn end_rooms(draft: &mut Draft<'_>, change: Change) {
    let incident = draft.incident.id;
    let last = draft.record(change);
    let rooms: Vec<Room> = draft.incident.live_rooms().cloned().collect();
    for room in &rooms {
        draft.enqueue(Effect::post(incident, room, last));
        let after = draft.facts.place(room.workspace).map(|place| place.close_after);
        let at = after.filter(|after| *after > TimeDelta::zero()).and_then(|after| draft.now.checked_add_signed(after));
        draft.enqueue(Effect::close_room(incident, room, last, at));
    }
}
