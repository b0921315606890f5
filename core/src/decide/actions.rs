//! Follow-ups: what is promised, and where else it is kept.

use chrono::{DateTime, Utc};

use super::Decision;
use super::draft::Draft;
use crate::action::{Action, ActionChange, Ticket};
use crate::command::{ActionCommand, ActionEdit, ActionTraits};
use crate::effect::Effect;
use crate::ids::{ActionId, CauseId, EntryId, Key};
use crate::incident::StatusWord;
use crate::postmortem::remind::{next_nudge, plan_nudges};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::Change;
use crate::tracking;

pub(super) fn add(
    mut draft: Draft<'_>,
    (text, traits): (String, ActionTraits),
    owner: Option<&str>,
    due: Option<DateTime<Utc>>,
) -> Result<Decision, Refusal> {
    must_take(&draft)?;
    let incident = draft.incident.id;
    let owner = owner.map(|named| draft.person(named)).transpose()?;
    let ActionTraits { kind, priority, cause } = traits;
    if let Some(cause) = cause {
        known_cause(&draft, cause)?;
    }
    let action = ActionId(i64::try_from(draft.incident.actions.len()).unwrap_or(i64::MAX - 1) + 1);
    let nudge_at = next_nudge(owner, due, (&draft.facts.settings, &draft.facts.directory), draft.now);
    draft.tell(Change::ActionAdded { action, text, owner, due, action_kind: kind, priority, cause, nudge_at });
    Ok(draft.done(Reply::ActionAdded { incident, action }))
}

pub(super) fn finish(mut draft: Draft<'_>, action: ActionId) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    if held(&draft, action)?.done.is_some() {
        return Err(Refusal::ActionDone { action });
    }
    draft.tell(Change::ActionDone { action });
    Ok(draft.done(Reply::ActionDone { incident, action }))
}

pub(super) fn step(draft: Draft<'_>, command: ActionCommand) -> Result<Decision, Refusal> {
    match command {
        ActionCommand::Edit { action, edit } => edit_action(draft, action, edit),
        ActionCommand::Reopen { action } => reopen(draft, action),
        ActionCommand::Ticket { action, tracker } => ticket(draft, action, tracker.as_deref()),
        ActionCommand::Ticketed { action, ticket } => Ok(ticketed(draft, action, ticket)),
        ActionCommand::TicketFailed { action, tracker, reason } => Ok(ticket_failed(draft, action, &tracker, reason)),
        ActionCommand::Synced { action, done } => Ok(synced(draft, action, done)),
    }
}

fn edit_action(mut draft: Draft<'_>, action: ActionId, edit: ActionEdit) -> Result<Decision, Refusal> {
    must_take(&draft)?;
    let incident = draft.incident.id;
    let before = held(&draft, action)?.clone();
    let ActionEdit { text, owner, due, kind, priority, cause } = edit;
    let owner = owner.try_map(|named| draft.person(&named))?.of(before.owner);
    let cause = cause.try_map(|cause| known_cause(&draft, cause))?.of(before.cause);
    let (due, kind, priority) = (due.of(before.due), kind.of(before.kind), priority.of(before.priority));
    let text = text.unwrap_or_else(|| before.said.text.clone());
    let after = Action { owner, due, kind, priority, cause, ..before.clone() };
    if after == before && text == before.said.text {
        return Err(Refusal::ActionAlready { action });
    }
    draft.tell(Change::Action(ActionChange::ActionEdited {
        action,
        text,
        owner,
        due,
        action_kind: kind,
        priority,
        cause,
    }));
    plan(&mut draft, action);
    Ok(draft.done(Reply::ActionEdited { incident, action }))
}

fn reopen(mut draft: Draft<'_>, action: ActionId) -> Result<Decision, Refusal> {
    must_take(&draft)?;
    let incident = draft.incident.id;
    if held(&draft, action)?.done.is_none() {
        return Err(Refusal::ActionOpen { action });
    }
    take_up_again(&mut draft, action);
    Ok(draft.done(Reply::ActionReopened { incident, action }))
}

fn ticket(mut draft: Draft<'_>, action: ActionId, named: Option<&str>) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let held = held(&draft, action)?;
    let tracker = tracking::named(&draft.facts.settings.trackers, named, held)?;
    let name = tracker.name.clone();
    if !tracker.scope.may_know(&draft.incident) {
        let message = format!("{incident} is private, and {name} is not marked as one that may know of it");
        return Err(Refusal::NotAllowed { message });
    }
    let reply = Reply::ActionTicketed { incident, action, tracker: name.to_string() };
    draft.enqueue(Effect::asked_ticket(incident, action, &name, draft.now));
    Ok(draft.done(reply))
}

/// What is known already is no news: a ticket that was brought up to date is where it was.
fn ticketed(mut draft: Draft<'_>, action: ActionId, ticket: Ticket) -> Decision {
    if draft.incident.action(action).is_none_or(|held| held.tickets.contains(&ticket)) {
        return Decision::nothing();
    }
    draft.tell(Change::Action(ActionChange::ActionTicketed { action, ticket }));
    draft.done(Reply::Silent)
}

fn ticket_failed(mut draft: Draft<'_>, action: ActionId, tracker: &Key, reason: String) -> Decision {
    if draft.incident.action(action).is_none() {
        return Decision::nothing();
    }
    draft.tell(Change::Action(ActionChange::TicketFailed { action, tracker: tracker.to_string(), reason }));
    draft.done(Reply::Silent)
}

/// Somebody did it, or found that it is not done, where a tracker keeps it. What is so already is no news.
fn synced(mut draft: Draft<'_>, action: ActionId, done: bool) -> Decision {
    if draft.incident.action(action).is_none_or(|held| held.done.is_some() == done) {
        return Decision::nothing();
    }
    if done {
        draft.tell(Change::ActionDone { action });
    } else {
        take_up_again(&mut draft, action);
    }
    draft.done(Reply::Silent)
}

fn take_up_again(draft: &mut Draft<'_>, action: ActionId) {
    draft.tell(Change::Action(ActionChange::ActionReopened { action }));
    plan(draft, action);
}

/// Plans when somebody is nudged next, where a change of the follow-up makes that another time.
fn plan(draft: &mut Draft<'_>, action: ActionId) {
    let Some(held) = draft.incident.action(action) else { return };
    let nudge_at = plan_nudges(held, (&draft.facts.settings, &draft.facts.directory), draft.now);
    if nudge_at != held.nudge_at {
        draft.record(Change::Action(ActionChange::NudgePlanned { action, nudge_at }));
    }
}

/// Has the trackers keep what a decision changed of follow-ups, as of its last entry.
pub(super) fn export(draft: &mut Draft<'_>) {
    let trackers = &draft.facts.settings.trackers;
    if trackers.is_empty() || draft.entries().is_empty() {
        return;
    }
    let entry = EntryId(draft.incident.entries);
    let incident = &draft.incident;
    let before = draft.facts.incident.as_ref().filter(|before| before.id == incident.id);
    let mut effects = Vec::new();
    for action in &incident.actions {
        let earlier = before.and_then(|before| before.action(action.id));
        if earlier.is_some_and(|earlier| is_same(earlier, action)) {
            continue;
        }
        for tracker in trackers.iter().filter(|tracker| tracker.scope.may_know(incident)) {
            let kept = action.tickets.iter().any(|ticket| ticket.tracker == tracker.name.as_str());
            if kept || tracker.takes(incident, action) {
                effects.push(Effect::ticket(incident.id, action.id, &tracker.name, (entry, earlier.is_none())));
            }
        }
    }
    for effect in effects {
        draft.enqueue(effect);
    }
}

/// Whether a tracker would keep both alike.
fn is_same(one: &Action, other: &Action) -> bool {
    let told =
        |action: &Action| (action.owner, action.due, action.done.is_some(), action.kind, action.priority, action.cause);
    one.said.text == other.said.text && told(one) == told(other)
}

/// Follow-ups are mostly found while the postmortem is written, so a closed incident still takes them.
fn must_take(draft: &Draft<'_>) -> Result<(), Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    if matches!(is, StatusWord::Cancelled | StatusWord::Merged) {
        return Err(Refusal::NotActive { incident, is });
    }
    Ok(())
}

fn held<'d>(draft: &'d Draft<'_>, action: ActionId) -> Result<&'d Action, Refusal> {
    let incident = draft.incident.id;
    draft.incident.action(action).ok_or(Refusal::NoAction { incident, action })
}

fn known_cause(draft: &Draft<'_>, cause: CauseId) -> Result<CauseId, Refusal> {
    let incident = draft.incident.id;
    draft.incident.analysis.cause(cause).map(|held| held.id).ok_or(Refusal::NoCause { incident, cause })
}
