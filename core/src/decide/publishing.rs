//! Copies of the postmortem that others keep: when they are made, and brought up to date.

use super::Decision;
use super::draft::Draft;
use super::review::{done, stands, step};
use crate::action::ActionChange;
use crate::effect::Effect;
use crate::ids::{EntryId, RoomId};
use crate::incident::Room;
use crate::postmortem::{PostmortemChange, Review};
use crate::publishing::{self, Target, copy_name};
use crate::refusal::Refusal;
use crate::reply::{Reply, ReviewDone};
use crate::timeline::Change;

/// What is not published leaves by no target: its sign-offs may be missing.
pub(super) fn send(mut draft: Draft<'_>, named: Option<&str>) -> Result<Decision, Refusal> {
    let (incident, document) = (draft.incident.id, &draft.incident.postmortem);
    let targets = publishing::named(&draft.facts.settings.targets, named, document)?;
    if document.state != Review::Published {
        return Err(stands(&draft));
    }
    if let Some(target) = targets.iter().find(|target| !target.scope.may_know(&draft.incident)) {
        let name = &target.name;
        let message = format!("{incident} is private, and {name} is not marked as one that may know of it");
        return Err(Refusal::NotAllowed { message });
    }
    let mut effects = Vec::new();
    for target in &targets {
        let copies = target.copies(&draft.incident);
        if copies.is_empty() {
            let message = format!("{incident} has no open room that {} could put a file in", target.name);
            return Err(Refusal::NotAllowed { message });
        }
        let asked = |room| Effect::asked_publish(incident, (&target.name, room), draft.now);
        effects.extend(copies.into_iter().map(asked));
    }
    let targets = targets.into_iter().map(|target| target.name.to_string()).collect();
    for effect in effects {
        draft.enqueue(effect);
    }
    Ok(done(draft, ReviewDone::Sending { targets }))
}

pub(super) fn sent(
    mut draft: Draft<'_>,
    (target, room): (String, Option<RoomId>),
    (reference, url): (String, Option<String>),
    entries: i64,
) -> Decision {
    let copy = copy_name(&target, room);
    let held = draft.incident.postmortem.exports.get(&copy);
    let is_known = held.is_some_and(|held| held.reference == reference && held.url == url && held.entries == entries)
        && !draft.incident.postmortem.unexported.contains_key(&copy);
    if is_known {
        return Decision::nothing();
    }
    // Where it can be read is news; that it was brought up to date there is none, and a file in a room is seen there.
    let is_news = room.is_none() && held.is_none_or(|held| held.url != url);
    let change = step(PostmortemChange::PostmortemExported { target, room, reference, url, entries });
    if is_news {
        draft.tell(change);
    } else {
        draft.record(change);
    }
    draft.done(Reply::Silent)
}

pub(super) fn not_sent(mut draft: Draft<'_>, (target, room): (String, Option<RoomId>), reason: String) -> Decision {
    if draft.incident.postmortem.unexported.get(&copy_name(&target, room)) == Some(&reason) {
        return Decision::nothing();
    }
    draft.tell(step(PostmortemChange::ExportFailed { target, room, reason }));
    draft.done(Reply::Silent)
}

/// The targets that hold a document as soon as it is published.
pub(super) fn taking(draft: &Draft<'_>) -> Vec<String> {
    let targets = draft.facts.settings.targets.iter();
    let taking = targets.filter(|target| takes(draft, target) && !target.copies(&draft.incident).is_empty());
    taking.map(|target| target.name.to_string()).collect()
}

fn takes(draft: &Draft<'_>, target: &Target) -> bool {
    let (incident, is_held) = (&draft.incident, draft.incident.postmortem.is_held_by(&target.name));
    target.scope.takes(incident) || (is_held && target.scope.may_know(incident))
}

/// The copies that a target is to hold, or to hold otherwise.
fn wanted<'d>(draft: &'d Draft<'_>, target: &Target, is_published: bool) -> Vec<Option<&'d Room>> {
    let (incident, exports) = (&draft.incident, &draft.incident.postmortem.exports);
    let may = if is_published { takes(draft, target) } else { target.scope.may_know(incident) };
    if !may {
        return Vec::new();
    }
    let holds = |room: Option<&Room>| exports.contains_key(&copy_name(target.name.as_str(), room.map(|room| room.id)));
    target.copies(incident).into_iter().filter(|room| is_published || holds(*room)).collect()
}

/// Has the targets hold what a decision published, or changed of what was published, as of its last entry. What was taken out
/// of the record is taken out of their copies, too, however far a newer draft has come.
pub(super) fn export(draft: &mut Draft<'_>) {
    if draft.facts.settings.targets.is_empty() || draft.entries().is_empty() {
        return;
    }
    let changes = || draft.entries().iter().filter_map(|entry| entry.change.as_ref());
    let is_published = changes().any(|change| matches!(change, Change::Postmortem(PostmortemChange::Published)));
    let is_stale = changes().any(redacts)
        || (draft.incident.postmortem.state == Review::Published && changes().any(is_in_the_document));
    if !is_published && !is_stale {
        return;
    }
    let (incident, entry) = (draft.incident.id, EntryId(draft.incident.entries));
    let of = |target: &Target| {
        let copies = wanted(draft, target, is_published).into_iter();
        copies.map(|room| Effect::publish(incident, (&target.name, room), entry)).collect::<Vec<_>>()
    };
    let effects: Vec<Effect> = draft.facts.settings.targets.iter().flat_map(of).collect();
    for effect in effects {
        draft.enqueue(effect);
    }
}

fn redacts(change: &Change) -> bool {
    matches!(change, Change::EntryRedacted { .. } | Change::MessageRedacted { .. })
}

/// Whether a published document reads otherwise by a change: steps of the document itself make it a draft first, and what
/// others are told of a follow-up is not in it.
fn is_in_the_document(change: &Change) -> bool {
    !matches!(
        change,
        Change::Postmortem(_)
            | Change::Action(
                ActionChange::NudgePlanned { .. }
                    | ActionChange::ActionNudged { .. }
                    | ActionChange::TicketFailed { .. }
            )
    )
}
