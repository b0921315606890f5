//! What falls due around hand-offs: whom to tell that they come on call, that they have left, or that nobody has accepted.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::directory::Directory;
use crate::effect::{Effect, OnCallNews};
use crate::ids::{Key, PersonId};
use crate::oncall::handoff::Handoff;
use crate::oncall::roster::Roster;
use crate::oncall::schedule::Schedule;
use crate::oncall::shift::Why;

/// How long a hand-off may wait to be accepted before both sides are told that it was not.
const REMIND_AFTER: TimeDelta = TimeDelta::minutes(30);
/// How far ahead it is looked when something falls due.
const AHEAD: TimeDelta = TimeDelta::days(90);

/// How far the hand-offs of a schedule were gone through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// When it was seen last that other people are on call.
    pub since: DateTime<Utc>,
    /// Those who were seen then.
    pub people: Vec<PersonId>,
    /// Nobody is to be told any more that it was not accepted.
    pub reminded: bool,
    /// Those who know that they come on call. Absent in rows of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<Ahead>,
}

/// Somebody was told that they come on call at an instant that is ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    pub person: PersonId,
    pub at: DateTime<Utc>,
    /// They know that it came otherwise.
    #[serde(default)]
    pub off: bool,
}

/// What fell due around the hand-offs of a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandoffsDue {
    /// Some of them may have been queued before: their keys tell.
    pub effects: Vec<Effect>,
    /// What is to be remembered, where it is something else than before.
    pub walked: Option<Walked>,
}

/// What is due by now, by what was seen last; without that nothing of the past is told. Who is on call is compared with who
/// was, so that whatever changed it is told, also by an edit or during an outage, and nothing that is over again.
pub fn handoffs_due(
    directory: &Directory,
    schedule: &Schedule,
    (before, now): (Option<&Walked>, DateTime<Utc>),
) -> HandoffsDue {
    let found = schedule.handoff_notice().zip(directory.roster(&schedule.key));
    let Some((notice, roster)) = found else { return HandoffsDue::default() };
    let key = &schedule.key;
    let tell = |person, news| told(directory, person, news);
    let comes = |person, at| tell(person, OnCallNews::Comes { schedule: key.clone(), at, anew: None });
    let known = before.map(|before| before.ahead.as_slice()).unwrap_or_default();
    let (news, ahead) = told_ahead((key, &roster), (known, notice), now);
    let mut effects: Vec<Effect> = news.into_iter().filter_map(|(person, news)| tell(person, news)).collect();
    let people: Vec<PersonId> = roster.at(now).on_call.iter().map(|held| held.person).collect();
    let last = roster.handoff_before(now);
    let Some(before) = before else {
        let people = last.map(|last| last.to).filter(|_| people.is_empty()).unwrap_or(people);
        return HandoffsDue { effects, walked: Some(Walked { since: now, people, reminded: true, ahead }) };
    };
    let mut walked = Walked { ahead, ..before.clone() };
    // In a gap nothing passes: those who come after it are compared with those before it.
    if !people.is_empty() && differs(&people, &before.people) {
        // What an edit made so has no hand-off of its own.
        let passed = last.filter(|last| last.at > before.since);
        let at = passed.as_ref().map_or(now, |passed| passed.at);
        let came = people.iter().filter(|person| !before.people.contains(person));
        effects.extend(came.filter_map(|person| comes(*person, at)));
        let taken = passed.is_some_and(|passed| passed.taken);
        let gone = before.people.iter().filter(|person| !taken && !people.contains(person));
        let left = OnCallNews::Left { schedule: key.clone(), at, to: people.clone() };
        effects.extend(gone.filter_map(|person| tell(*person, left.clone())));
        walked = Walked { since: now, people, reminded: false, ..walked };
    } else if let Some(last) =
        last.filter(|last| !people.is_empty() && !before.reminded && now >= reminds(before, last))
        && directory.accepted(key, last.at).is_none()
    {
        let to: Vec<PersonId> = last.comes().collect();
        let both: Vec<PersonId> =
            if to.is_empty() { Vec::new() } else { to.iter().copied().chain(last.leaves()).collect() };
        let news = OnCallNews::Unaccepted { schedule: key.clone(), at: last.at, to };
        effects.extend(both.into_iter().filter_map(|person| tell(person, news.clone())));
        walked.reminded = true;
    }
    HandoffsDue { effects, walked: (walked != *before).then_some(walked) }
}

/// What is told before hand-offs: that somebody comes on call, that they do not after all, and that they do again; and who
/// knows what then. By an override that puts somebody else in their place they are told by whoever makes it.
fn told_ahead(
    (key, roster): (&Key, &Roster<'_>),
    (known, notice): (&[Ahead], TimeDelta),
    now: DateTime<Utc>,
) -> (Vec<(PersonId, OnCallNews)>, Vec<Ahead>) {
    let (mut news, mut known) = (Vec::new(), known.to_vec());
    for held in known.iter_mut().filter(|held| !held.off) {
        let then = roster.at(held.at);
        held.off = !then.names(held.person);
        if held.off && !then.on_call.iter().any(|held| matches!(held.why, Why::Override(_))) {
            news.push((held.person, OnCallNews::NotComing { schedule: key.clone(), at: held.at, seen: now }));
        }
    }
    known.retain(|held| held.at > now);
    for next in roster.handoffs(now, now + notice) {
        for person in next.comes() {
            let at = next.at;
            let before = known.iter().position(|held| (held.person, held.at) == (person, at));
            let anew = match before.and_then(|place| known.get_mut(place)) {
                Some(held) if !held.off => continue,
                Some(held) => {
                    held.off = false;
                    Some(now)
                }
                None => {
                    known.push(Ahead { person, at, off: false });
                    None
                }
            };
            news.push((person, OnCallNews::Comes { schedule: key.clone(), at, anew }));
        }
    }
    (news, known)
}

fn differs(one: &[PersonId], other: &[PersonId]) -> bool {
    one.len() != other.len() || one.iter().any(|person| !other.contains(person))
}

/// When both sides of a hand-off are told that it was not accepted: counted from when they were told of it.
fn reminds(walked: &Walked, last: &Handoff) -> DateTime<Utc> {
    last.at.max(walked.since) + REMIND_AFTER
}

/// When something falls due next around the hand-offs of a schedule.
pub fn next_handoff_due(
    directory: &Directory,
    schedule: &Schedule,
    (walked, now): (Option<&Walked>, DateTime<Utc>),
) -> Option<DateTime<Utc>> {
    let notice = schedule.handoff_notice()?;
    let roster = directory.roster(&schedule.key)?;
    let waits = walked.filter(|walked| !walked.reminded).zip(roster.handoff_before(now));
    let mut next = waits.map(|(walked, last)| reminds(walked, &last)).filter(|due| *due > now);
    for handoff in roster.handoffs(now, now + AHEAD) {
        let begins = handoff.at - notice;
        next = next.into_iter().chain([begins, handoff.at].into_iter().filter(|due| *due > now)).min();
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
