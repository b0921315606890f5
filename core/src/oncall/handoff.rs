//! Hand-offs: when on-call passes from some people to others, and what people said of it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::roster::{Roster, TICK, earlier, later};
use super::shift::{Held, Why};
use crate::ids::{Key, OverrideId, PersonId};

/// How far back it is looked who was on call before: for so long a gap is passed over.
pub const BEHIND: TimeDelta = TimeDelta::days(31);
/// How far ahead the next hand-off is looked for.
const AHEAD: TimeDelta = TimeDelta::days(90);
/// How many acceptances of a schedule are kept, and how many notes.
const KEPT: usize = 10;

/// On-call passes from some people to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    pub at: DateTime<Utc>,
    /// Those who were on call last, be it before a gap.
    pub from: Vec<PersonId>,
    /// Those who are on call from then on.
    pub to: Vec<PersonId>,
    /// Somebody took it that instant, and whom that relieved was told then.
    pub taken: bool,
}

impl Handoff {
    /// Those who come on call.
    pub fn comes(&self) -> impl Iterator<Item = PersonId> {
        self.to.iter().copied().filter(|person| !self.from.contains(person))
    }

    /// Those who are on call no more.
    pub fn leaves(&self) -> impl Iterator<Item = PersonId> {
        self.from.iter().copied().filter(|person| !self.to.contains(person))
    }
}

impl Roster<'_> {
    /// The hand-offs after `from` until `to` (inclusive). The same people for other reasons, in another order or again after
    /// a gap are no hand-off, and neither is a gap.
    pub fn handoffs(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = Handoff> {
        let mut before: Vec<PersonId> = Vec::new();
        let states = self.forward(earlier(from, BEHIND), later(to, TICK));
        let passing = states.filter_map(move |(span, state)| {
            let now: Vec<PersonId> = state.on_call.iter().map(|held| held.person).collect();
            let same = now.len() == before.len() && now.iter().all(|person| before.contains(person));
            if now.is_empty() || same {
                return None;
            }
            let was = std::mem::replace(&mut before, now.clone());
            Some(Handoff { at: span.start, from: was, to: now, taken: self.is_taken(&state.on_call, span.start) })
        });
        passing.filter(move |handoff| handoff.at > from)
    }

    /// The hand-off by which those came who are on call at an instant, or were last; `None` where that is more than a month
    /// ago.
    pub fn handoff_before(&self, at: DateTime<Utc>) -> Option<Handoff> {
        self.handoffs(earlier(at, BEHIND), at).last()
    }

    /// The next hand-off after an instant, if there is one within three months.
    pub fn handoff_after(&self, at: DateTime<Utc>) -> Option<Handoff> {
        self.handoffs(at, later(at, AHEAD)).next()
    }

    fn is_taken(&self, on_call: &[Held], at: DateTime<Utc>) -> bool {
        let by = |why: &Why| match why {
            Why::Override(id) => Some(*id),
            Why::Layer(_) => None,
        };
        let began = |id: OverrideId| self.overrides.iter().any(|made| made.id == id && made.made_at == at);
        on_call.iter().filter_map(|held| by(&held.why)).any(began)
    }
}

/// What people said of the hand-offs of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    pub schedule: Key,
    /// The newest ones, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
    /// For whoever comes next, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// Somebody has taken on-call over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// When the shift begins that they accept.
    pub handoff: DateTime<Utc>,
    pub by: PersonId,
    pub at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What somebody on call leaves for whoever comes next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub by: PersonId,
    pub at: DateTime<Utc>,
    pub text: String,
}

impl Handover {
    /// Nothing was said of this schedule yet.
    pub fn new(schedule: Key) -> Self {
        Self { schedule, accepted: Vec::new(), notes: Vec::new() }
    }

    /// Who accepted the hand-off of an instant.
    pub fn accepted(&self, handoff: DateTime<Utc>) -> Option<&Accepted> {
        self.accepted.iter().find(|accepted| accepted.handoff == handoff)
    }

    /// The same with one acceptance more.
    #[must_use]
    pub fn with_accepted(mut self, accepted: Accepted) -> Self {
        self.accepted.push(accepted);
        self.accepted.drain(..self.accepted.len().saturating_sub(KEPT));
        self
    }

    /// The same with one note more.
    #[must_use]
    pub fn with_note(mut self, note: Note) -> Self {
        self.notes.push(note);
        self.notes.drain(..self.notes.len().saturating_sub(KEPT));
        self
    }
}

#[cfg(test)]
mod tests;
