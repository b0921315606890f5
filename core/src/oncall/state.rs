//! A schedule around an instant, moved along the time line: only what has run out is worked out again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::calendar::Calendar;
use super::layer::Hold;
use super::overrides::Override;
use super::schedule::{Layer, Schedule};
use super::shift::{Held, OnCall, Span, Why, names};
use super::staff::Staff;
use super::wall::Moment;
use crate::ids::{Key, PersonId};

/// What holds at an instant.
#[derive(Debug)]
pub(super) struct State<'a> {
    schedule: &'a Schedule,
    calendars: &'a BTreeMap<Key, Calendar>,
    staff: Staff<'a>,
    /// Oldest first.
    overrides: Vec<&'a Override>,
    at: DateTime<Utc>,
    /// One for each layer.
    holds: Vec<Hold<'a>>,
    /// Between two borders of overrides.
    overridden: Span,
    /// Those overrides that count over that stretch, oldest first; none that names only people who have left.
    active: Vec<&'a Override>,
}

impl<'a> State<'a> {
    /// At `at`, with all `overrides` that touch the part of the time line on which it will be moved, oldest first.
    pub(super) fn new(
        schedule: &'a Schedule,
        calendars: &'a BTreeMap<Key, Calendar>,
        staff: Staff<'a>,
        overrides: Vec<&'a Override>,
        at: DateTime<Utc>,
    ) -> Self {
        let overridden = Span { start: DateTime::<Utc>::MAX_UTC, end: DateTime::<Utc>::MIN_UTC };
        let holds = vec![Hold::NEVER; schedule.layers.len()];
        let mut state = Self { schedule, calendars, staff, overrides, at, holds, overridden, active: Vec::new() };
        state.move_to(at);
        state
    }

    /// In either direction.
    pub(super) fn move_to(&mut self, at: DateTime<Utc>) {
        self.at = at;
        if self.holds.iter().any(|hold| !hold.contains(at)) {
            let moment = Moment::new(self.schedule.zone, at);
            for (hold, layer) in self.holds.iter_mut().zip(&self.schedule.layers) {
                if !hold.contains(at) {
                    *hold = Hold::of(layer, self.calendars, self.staff, (at, &moment));
                }
            }
        }
        if at < self.overridden.start || self.overridden.end <= at {
            self.find_overrides();
        }
    }

    /// The stretch over which nothing changes; it may be just a part of the whole one.
    pub(super) fn span(&self) -> Span {
        let start = self.holds.iter().map(|hold| hold.start).fold(self.overridden.start, Ord::max);
        let end = self.holds.iter().map(|hold| hold.end).fold(self.overridden.end, Ord::min);
        // Only within a day of the ends of chrono's calendar, where wall times cannot be told, a stretch might miss its
        // own instant; nothing changes there any more.
        Span {
            start: if start <= self.at { start } else { DateTime::<Utc>::MIN_UTC },
            end: if end > self.at { end } else { DateTime::<Utc>::MAX_UTC },
        }
    }

    pub(super) fn on_call(&self) -> OnCall {
        let named = self.schedule.layers.iter().zip(&self.holds).filter(|(_, hold)| self.names_anybody(hold));
        let counted = named.clone().filter(|(layer, _)| !layer.shadow);
        let top = counted.clone().map(|(layer, _)| layer.priority).max();
        let mut held = Vec::new();
        for (layer, hold) in counted.filter(|(layer, _)| Some(layer.priority) == top) {
            seat(&mut held, layer, &hold.people);
        }
        for active in &self.active {
            override_with(&mut held, active);
        }
        // Not sooner: who stands in for somebody who has left stands where they would be.
        let left = self.holds.iter().any(|hold| hold.left) || self.active.iter().any(|one| self.names_gone(one));
        let here = |person: PersonId| !left || self.staff.has(person);
        held.retain(|held| here(held.person));
        let mut shadows: Vec<PersonId> = Vec::new();
        for person in named.filter(|(layer, _)| layer.shadow).flat_map(|(_, hold)| hold.people.iter()) {
            if here(*person) && !names(&held, *person) && !shadows.contains(person) {
                shadows.push(*person);
            }
        }
        OnCall { on_call: held, shadows }
    }

    /// Whether a layer has a say.
    fn names_anybody(&self, hold: &Hold<'_>) -> bool {
        let reaches = |person: &PersonId| !hold.left || self.staff.reaches(*person, &self.active);
        hold.people.iter().any(reaches)
    }

    /// Whether somebody of an override has left.
    fn names_gone(&self, one: &Override) -> bool {
        one.people.iter().any(|person| !self.staff.has(*person))
    }

    fn find_overrides(&mut self) {
        let mut span = Span { start: DateTime::<Utc>::MIN_UTC, end: DateTime::<Utc>::MAX_UTC };
        self.active.clear();
        for one in &self.overrides {
            for border in [one.start, one.end] {
                if border <= self.at {
                    span.start = span.start.max(border);
                } else {
                    span.end = span.end.min(border);
                }
            }
            if one.start <= self.at && self.at < one.end {
                self.active.push(one);
            }
        }
        self.staff.keep_living(&mut self.active);
        self.overridden = span;
    }
}

/// Adds the people of a layer who are not on call already.
fn seat(held: &mut Vec<Held>, layer: &Layer, people: &[PersonId]) {
    for person in people {
        if !names(held, *person) {
            held.push(Held { person: *person, why: Why::Layer(layer.name.clone()) });
        }
    }
}

/// Puts the people of an override where the one was whom they stand in for, or in place of everybody. Who is on call anyhow
/// stays for the reason they had.
fn override_with(held: &mut Vec<Held>, with: &Override) {
    let place = match with.instead_of {
        None => {
            held.clear();
            0
        }
        Some(person) => match held.iter().position(|held| held.person == person) {
            None => return,
            Some(place) => {
                held.remove(place);
                place
            }
        },
    };
    let tail = held.split_off(place);
    for person in &with.people {
        if !names(held, *person) && !names(&tail, *person) {
            held.push(Held { person: *person, why: Why::Override(with.id) });
        }
    }
    held.extend(tail);
}
