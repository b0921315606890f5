//! The one calculator of who is on call: for paging, chat, web, API and calendar export alike.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::calendar::Calendar;
use super::overrides::Override;
use super::schedule::Schedule;
use super::shift::{Change, OnCall, Shift, Span, Stretch};
use super::staff::Staff;
use super::state::State;
use crate::directory::Person;
use crate::ids::{Key, PersonId};

/// Instants are told apart down to this.
pub(super) const TICK: TimeDelta = TimeDelta::nanoseconds(1);

/// A schedule with all that has a say in it.
#[derive(Debug, Clone)]
pub struct Roster<'a> {
    schedule: &'a Schedule,
    /// Those of this schedule, oldest first.
    pub(super) overrides: Vec<&'a Override>,
    calendars: &'a BTreeMap<Key, Calendar>,
    staff: Staff<'a>,
}

impl<'a> Roster<'a> {
    /// Overrides of other schedules are left out, so that one list may serve many. They may come in any order: of two, that
    /// with the later `made_at` is the newer one, and then that with the greater id.
    pub fn new(
        schedule: &'a Schedule,
        overrides: impl IntoIterator<Item = &'a Override>,
        calendars: &'a BTreeMap<Key, Calendar>,
    ) -> Self {
        let mut overrides: Vec<_> = overrides.into_iter().filter(|one| one.schedule == schedule.key).collect();
        overrides.sort_by_key(|one| (one.made_at, one.id));
        Self { schedule, overrides, calendars, staff: Staff::default() }
    }

    /// The same, knowing who has left: they are on call by no layer, event or override, and an override that names none but
    /// them is as good as never made.
    #[must_use]
    pub fn among(self, people: &'a BTreeMap<PersonId, Person>) -> Self {
        Self { staff: Staff(Some(people)), ..self }
    }

    /// Who is on call at an instant.
    pub fn at(&self, at: DateTime<Utc>) -> OnCall {
        self.state(at, at, at).on_call()
    }

    /// All shifts from `from` to `to` (exclusive), without gap or overlap and cut at both ends. No two that follow each other
    /// are alike; one with nobody on call is a gap.
    pub fn shifts(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Shift> {
        let mut shifts: Vec<Shift> = Vec::new();
        for (span, OnCall { on_call, shadows }) in self.forward(from, to) {
            match shifts.last_mut().filter(|last| last.on_call == on_call && last.shadows == shadows) {
                Some(last) => last.end = span.end,
                None => shifts.push(Shift { start: span.start, end: span.end, on_call, shadows }),
            }
        }
        shifts
    }

    /// As [`Roster::shifts`], but the first and the last are whole: their ends are looked for as far as `horizon` beyond, and
    /// cut there.
    pub fn whole_shifts(&self, from: DateTime<Utc>, to: DateTime<Utc>, horizon: TimeDelta) -> Vec<Shift> {
        let mut shifts = self.shifts(from, to);
        if let Some(first) = shifts.first_mut() {
            first.start = self.shift_holding(from, horizon).start;
        }
        if let Some(last) = shifts.last_mut() {
            last.end = self.shift_holding(earlier(to, TICK), horizon).end;
        }
        shifts
    }

    /// When a person is on call from `from` to `to` (exclusive), whole as in [`Roster::whole_shifts`]. No two touch.
    pub fn stretches_of(
        &self,
        person: PersonId,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        horizon: TimeDelta,
    ) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        for (span, state) in self.forward(from, to) {
            let Some(held) = state.on_call.into_iter().find(|held| held.person == person) else { continue };
            match stretches.last_mut().filter(|last| last.span.end == span.start) {
                Some(last) => {
                    last.span.end = span.end;
                    if !last.reasons.contains(&held) {
                        last.reasons.push(held);
                    }
                }
                None => stretches.push(Stretch { span, reasons: vec![held] }),
            }
        }
        let whole = |at| self.held_by(person, at, horizon);
        if let Some(first) = stretches.first_mut().filter(|first| first.span.start == from) {
            first.span.start = whole(from).map_or(from, |span| span.start);
        }
        if let Some(last) = stretches.last_mut().filter(|last| last.span.end == to) {
            last.span.end = whole(earlier(to, TICK)).map_or(to, |span| span.end);
        }
        stretches
    }

    /// When nobody is on call from `from` to `to` (exclusive), cut at both ends. Shadows do not fill a gap.
    pub fn gaps(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Span> {
        let mut gaps: Vec<Span> = Vec::new();
        for (span, _) in self.forward(from, to).filter(|(_, state)| state.on_call.is_empty()) {
            match gaps.last_mut().filter(|last| last.end == span.start) {
                Some(last) => last.end = span.end,
                None => gaps.push(span),
            }
        }
        gaps
    }

    /// When other people come on call than at `after`, if they do before `horizon` has passed. Another reason or order for
    /// the same people is no change, nor are shadows.
    pub fn next_change(&self, after: DateTime<Utc>, horizon: TimeDelta) -> Option<Change> {
        let mut states = self.forward(after, later(after, horizon));
        let (_, now) = states.next()?;
        let (span, to) = states.find(|(_, state)| !state.same_people(&now))?;
        Some(Change { at: span.start, to })
    }

    /// The whole shift that holds an instant, as [`Roster::shifts`] would tell it uncut. It is looked for as far as `horizon`
    /// in either direction, and cut there.
    pub fn shift_holding(&self, at: DateTime<Utc>, horizon: TimeDelta) -> Shift {
        let now = self.at(at);
        let Span { start, end } = self.around(at, horizon, |state| *state == now);
        Shift { start, end, on_call: now.on_call, shadows: now.shadows }
    }

    /// From when to when a person is on call around an instant, whoever comes and goes beside them; `None` if they are not
    /// on call then. It is looked for as far as `horizon` in either direction, and cut there.
    pub fn held_by(&self, person: PersonId, at: DateTime<Utc>, horizon: TimeDelta) -> Option<Span> {
        self.at(at).names(person).then(|| self.around(at, horizon, |state| state.names(person)))
    }

    /// How far around an instant `fits` holds.
    fn around(&self, at: DateTime<Utc>, horizon: TimeDelta, fits: impl Fn(&OnCall) -> bool) -> Span {
        let ahead = self.forward(at, later(at, horizon)).take_while(|(_, state)| fits(state)).last();
        let back = self.backward(earlier(at, horizon), at).take_while(|(_, state)| fits(state)).last();
        Span { start: back.map_or(at, |(span, _)| span.start), end: ahead.map_or(at, |(span, _)| span.end) }
    }

    /// Stretches without a change, one after the other.
    pub(super) fn forward(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = (Span, OnCall)> {
        let mut state = self.state(from, from, to);
        let mut next = from;
        std::iter::from_fn(move || {
            if next >= to {
                return None;
            }
            state.move_to(next);
            let span = Span { start: next, end: state.span().end.min(to) };
            next = span.end;
            Some((span, state.on_call()))
        })
    }

    /// The same from the end.
    fn backward(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = (Span, OnCall)> {
        let mut state = self.state(earlier(to, TICK), from, to);
        let mut end = to;
        std::iter::from_fn(move || {
            if end <= from {
                return None;
            }
            state.move_to(earlier(end, TICK));
            let span = Span { start: state.span().start.max(from), end };
            end = span.start;
            Some((span, state.on_call()))
        })
    }

    /// At an instant, to be moved from `from` to `to` (both inclusive).
    fn state(&self, at: DateTime<Utc>, from: DateTime<Utc>, to: DateTime<Utc>) -> State<'a> {
        let near = self.overrides.iter().copied().filter(|one| one.start <= to && one.end > from);
        State::new(self.schedule, self.calendars, self.staff, near.collect(), at)
    }
}

pub(super) fn later(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

pub(super) fn earlier(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_sub_signed(by).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

#[cfg(test)]
mod tests;
