//! Reminders of what was promised: the document to whoever sees to it, follow-ups to their owners and then to their teams.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Decision;
use super::draft::Draft;
use crate::action::{Action, ActionChange};
use crate::effect::Effect;
use crate::ids::{EntryId, PersonId};
use crate::postmortem::PostmortemChange;
use crate::postmortem::remind::{plan_nudges, zone_of};
use crate::postmortem::rules::may_hear;
use crate::reply::Reply;
use crate::timeline::Change;

/// Reminds of whatever is due by now. However long nobody looked, one promise is told of once, and the next time lies ahead.
pub(super) fn due(mut draft: Draft<'_>) -> Decision {
    if draft.incident.remind_at().is_none_or(|at| at > draft.now) {
        return Decision::nothing();
    }
    of_document(&mut draft);
    let actions: Vec<Action> = draft.incident.actions.clone();
    for action in actions.iter().filter(|action| action.done.is_none()) {
        if action.nudge_at.is_some_and(|at| at <= draft.now) {
            of_action(&mut draft, action);
        }
    }
    draft.done(Reply::Silent)
}

fn of_document(draft: &mut Draft<'_>) {
    let (due, owner) = (draft.incident.postmortem.due, draft.incident.postmortem.owner);
    if draft.incident.postmortem.remind_at.is_none_or(|at| at > draft.now) {
        return;
    }
    let remind_at = plan_document(draft, due);
    let Some(due) = due else {
        draft.record(Change::Postmortem(PostmortemChange::PostmortemDue { due: None, remind_at }));
        return;
    };
    let entry = draft.tell(Change::Postmortem(PostmortemChange::PostmortemReminded { due, remind_at }));
    to_them(
        draft,
        owner.filter(|owner| hears(draft, *owner)).map_or_else(|| team(draft), |owner| [owner].into()),
        entry,
    );
}

fn of_action(draft: &mut Draft<'_>, action: &Action) {
    let (id, facts) = (action.id, draft.facts);
    let nudge_at = plan_nudges(action, (&facts.settings, &facts.directory), draft.now);
    let Some(due) = action.due else {
        draft.record(Change::Action(ActionChange::NudgePlanned { action: id, nudge_at: None }));
        return;
    };
    let person = action.owner.filter(|owner| hears(draft, *owner));
    let zone = zone_of(action.owner, &facts.directory);
    let is_late = facts.settings.postmortem.remind.team_hears(due, zone) <= draft.now;
    let entry = draft.record(Change::Action(ActionChange::ActionNudged { action: id, person, due, nudge_at }));
    let mut told: BTreeSet<PersonId> = person.into_iter().collect();
    if is_late || told.is_empty() {
        draft.post(entry);
        told.extend(team(draft));
    }
    to_them(draft, told, entry);
}

fn to_them(draft: &mut Draft<'_>, people: BTreeSet<PersonId>, entry: EntryId) {
    for person in people {
        to_person(draft, person, entry);
    }
}

fn hears(draft: &Draft<'_>, person: PersonId) -> bool {
    may_hear(person, &draft.incident, &draft.facts.directory)
}

/// Who answers for what nobody does: the team that owns the incident, else its lead.
fn team(draft: &Draft<'_>) -> BTreeSet<PersonId> {
    let team = draft.incident.owning_team.as_ref().and_then(|team| draft.facts.directory.teams.get(team));
    let members = team.into_iter().flat_map(|team| team.members.iter().copied());
    let members: BTreeSet<PersonId> = members.filter(|person| hears(draft, *person)).collect();
    if members.is_empty() {
        draft.incident.lead().filter(|lead| hears(draft, *lead)).into_iter().collect()
    } else {
        members
    }
}

/// Tells a person what an entry says, by what they are told news by, if they may know of it.
pub(super) fn to_person(draft: &mut Draft<'_>, person: PersonId, entry: EntryId) {
    let held = draft.facts.directory.people.get(&person).filter(|_| hears(draft, person));
    if let Some(method) = held.and_then(super::super::directory::Person::told_news_by) {
        draft.enqueue(Effect::tell(draft.incident.id, person, method, entry));
    }
}

/// When somebody is reminded next of the document, if it is due then.
pub(super) fn plan_document(draft: &Draft<'_>, due: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    let facts = draft.facts;
    let zone = zone_of(draft.incident.postmortem.owner, &facts.directory);
    Some(facts.settings.postmortem.remind.of_document(due?, zone, draft.now))
}
