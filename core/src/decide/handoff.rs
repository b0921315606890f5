//! What falls due around hand-offs: whom to tell that they come on call, that they have left, or that nobody has accepted.

use chrono::{DateTime, TimeDelta, Utc};

use crate::directory::Directory;
use crate::effect::{Effect, OnCallNews};
use crate::ids::PersonId;
use crate::oncall::handoff::Handoff;
use crate::oncall::schedule::Schedule;

/// How long a hand-off may wait to be accepted before both sides are told that it was not.
pub const REMIND_AFTER: TimeDelta = TimeDelta::minutes(30);
/// How far ahead it is looked when something falls due.
const AHEAD: TimeDelta = TimeDelta::days(90);

/// What fell due around the hand-offs of a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandoffsDue {
    /// Some of them may have been queued before: their keys tell.
    pub effects: Vec<Effect>,
    /// Something happened since it was last looked, so that this look is to be remembered.
    pub passed: bool,
}

/// What is due by `now` where it was last looked at `through`. What came too late to be told in time is told as long as it
/// holds: of somebody who is on call still, or who has not come back.
pub fn handoffs_due(
    directory: &Directory,
    schedule: &Schedule,
    (through, now): (DateTime<Utc>, DateTime<Utc>),
) -> HandoffsDue {
    let found = schedule.handoff_notice().zip(directory.roster(&schedule.key));
    let Some((notice, roster)) = found else { return HandoffsDue::default() };
    let handoffs: Vec<Handoff> = roster.handoffs(through - REMIND_AFTER, now + notice).collect();
    let on_call = roster.at(now);
    let since = |at: DateTime<Utc>| at > through && at <= now;
    let mut due = HandoffsDue::default();
    for (number, handoff) in handoffs.iter().enumerate() {
        let after: Vec<&Handoff> = handoffs.iter().skip(number + 1).take_while(|later| later.at <= now).collect();
        let stays = |person: PersonId| on_call.names(person) && after.iter().all(|later| later.to.contains(&person));
        let (schedule, at) = (&schedule.key, handoff.at);
        let mut tell = |person, news| due.effects.extend(told(directory, person, news));
        if at > now || since(at) {
            for person in handoff.comes().filter(|person| at > now || stays(*person)) {
                tell(person, OnCallNews::Comes { schedule: schedule.clone(), at });
            }
        }
        if since(at) {
            let gone = |person: &PersonId| !after.iter().any(|later| later.to.contains(person));
            for person in handoff.leaves().filter(|person| !handoff.taken && gone(person)) {
                tell(person, OnCallNews::Left { schedule: schedule.clone(), at, to: handoff.to.clone() });
            }
        }
        let late = since(at + REMIND_AFTER) && after.is_empty() && handoff.comes().next().is_some();
        if late && directory.accepted(schedule, at).is_none() {
            for person in handoff.comes().chain(handoff.leaves()) {
                tell(person, OnCallNews::Unaccepted { schedule: schedule.clone(), at, to: handoff.comes().collect() });
            }
        }
        due.passed |= since(at) || since(at + REMIND_AFTER);
    }
    due
}

/// When something falls due next around the hand-offs of a schedule.
pub fn next_handoff_due(directory: &Directory, schedule: &Schedule, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let notice = schedule.handoff_notice()?;
    let roster = directory.roster(&schedule.key)?;
    let mut next: Option<DateTime<Utc>> = None;
    for handoff in roster.handoffs(now - REMIND_AFTER, now + AHEAD) {
        let begins = handoff.at - notice;
        let dues = [begins, handoff.at, handoff.at + REMIND_AFTER].into_iter().filter(|due| *due > now);
        next = next.into_iter().chain(dues).min();
        if begins > now {
            break;
        }
    }
    next
}

/// The effect by which somebody is told, if there is a way to.
pub(super) fn told(directory: &Directory, person: PersonId, news: OnCallNews) -> Option<Effect> {
    let held = directory.people.get(&person).filter(|held| held.active)?;
    Some(Effect::on_call_news(person, held.told_news_by()?, news))
}

#[cfg(test)]
mod tests;
