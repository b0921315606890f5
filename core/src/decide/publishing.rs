//! Copies of the postmortem that others keep: when they are made, and brought up to date.

use super::Decision;
use super::draft::Draft;
use super::review::{done, stands, step};
use crate::action::ActionChange;
use crate::effect::Effect;
use crate::ids::{EntryId, Key};
use crate::postmortem::{PostmortemChange, Review};
use crate::publishing::{self, Target};
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
    let keys: Vec<Key> = targets.into_iter().map(|target| target.name.clone()).collect();
    for name in &keys {
        draft.enqueue(Effect::asked_publish(incident, name, draft.now));
    }
    let targets = keys.iter().map(ToString::to_string).collect();
    Ok(done(draft, ReviewDone::Sending { targets }))
}

pub(super) fn sent(
    mut draft: Draft<'_>,
    target: &Key,
    (reference, url): (String, Option<String>),
    entries: i64,
) -> Decision {
    let target = target.to_string();
    let held = draft.incident.postmortem.exports.get(&target);
    let is_known = held.is_some_and(|held| held.reference == reference && held.url == url && held.entries == entries)
        && !draft.incident.postmortem.unexported.contains_key(&target);
    if is_known {
        return Decision::nothing();
    }
    // Where it can be read is news; that it was brought up to date there is none.
    let is_news = held.is_none_or(|held| held.url != url);
    let change = step(PostmortemChange::PostmortemExported { target, reference, url, entries });
    if is_news {
        draft.tell(change);
    } else {
        draft.record(change);
    }
    draft.done(Reply::Silent)
}

pub(super) fn not_sent(mut draft: Draft<'_>, target: &Key, reason: String) -> Decision {
    let target = target.to_string();
    if draft.incident.postmortem.unexported.get(&target) == Some(&reason) {
        return Decision::nothing();
    }
    draft.tell(step(PostmortemChange::ExportFailed { target, reason }));
    draft.done(Reply::Silent)
}

/// The targets that hold a document as soon as it is published.
pub(super) fn taking(draft: &Draft<'_>) -> Vec<String> {
    let targets = draft.facts.settings.targets.iter();
    targets.filter(|target| takes(draft, target)).map(|target| target.name.to_string()).collect()
}

fn takes(draft: &Draft<'_>, target: &Target) -> bool {
    let incident = &draft.incident;
    target.scope.takes(incident) || (holds(draft, target) && target.scope.may_know(incident))
}

fn holds(draft: &Draft<'_>, target: &Target) -> bool {
    draft.incident.postmortem.exports.contains_key(target.name.as_str())
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
    let to = |target: &&Target| {
        if is_published { takes(draft, target) } else { holds(draft, target) && target.scope.may_know(&draft.incident) }
    };
    let names: Vec<Key> = draft.facts.settings.targets.iter().filter(to).map(|target| target.name.clone()).collect();
    for name in names {
        draft.enqueue(Effect::publish(incident, &name, entry));
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
