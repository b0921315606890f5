//! The events of one UID: a series, and the edits of some of its occurrences.

use std::ops::Range;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::budget::Budget;
use super::edits::{Edit, Edits};
use super::event::RawEvent;
use super::left::Left;
use super::occurrence::{Key, Occurrence, occurrences};
use super::place::Placed;
use super::read::{AllDay, Event};
use super::zone::Zones;

/// Turns events as they are written into those of a range.
pub(crate) struct Expander<'l> {
    pub(crate) range: Range<DateTime<Utc>>,
    pub(crate) zones: Zones,
    pub(crate) budget: Budget,
    pub(crate) left: &'l mut Left,
    pub(crate) events: Vec<Event>,
    pub(crate) all_day: Vec<AllDay>,
}

/// What an occurrence is like: its event, how that is placed, and by how much the occurrence is shifted where it is no
/// longer one of the series itself.
type Like<'e> = (&'e Event, &'e Placed, Option<TimeDelta>);

impl Expander<'_> {
    /// Adds the events of one UID.
    pub(crate) fn group(&mut self, events: Vec<RawEvent>) {
        let (edits, mut series): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.replaces.is_some());
        // An older version of a series is none; two of one version are two events of a program that is careless with
        // UIDs.
        let newest = series.iter().map(|event| event.sequence).max();
        series.retain(|event| Some(event.sequence) == newest);
        let series: Vec<_> = series.into_iter().filter_map(|event| Some((self.place(&event)?, event))).collect();
        let edits = self.edits(&edits, series.first().map(|(placed, _)| placed));
        for edit in edits.all().filter(|edit| !edit.cancelled) {
            let once = [Occurrence::of(&edit.placed, edit.placed.start)];
            let took = self.add(&once, |_| Some((&edit.text, &edit.placed, None)));
            self.note(edit.line, &edit.called, took);
        }
        for (placed, event) in series.iter().filter(|(_, event)| !event.cancelled) {
            let took = self.series(event, placed, &edits);
            self.note(event.line, &event.called(), took);
        }
    }

    fn note(&mut self, line: usize, called: &str, took: Result<(), String>) {
        if let Err(wrong) = took {
            self.left.add(line, format!("{called} is left out: {wrong}"));
        }
    }

    fn place(&mut self, event: &RawEvent) -> Option<Placed> {
        let placed = Placed::of(event.start.as_ref()?, event.length.as_ref(), &mut self.zones);
        placed.map_err(|wrong| self.note(event.line, &event.called(), Err(wrong))).ok()
    }

    /// Those that cannot be placed leave the occurrence as it was.
    fn edits(&mut self, events: &[RawEvent], series: Option<&Placed>) -> Edits {
        let mut edits = Vec::new();
        for event in events {
            let (Some(replaces), Some(placed)) = (&event.replaces, self.place(event)) else { continue };
            let series = series.unwrap_or(&placed).clone();
            match Key::of(&replaces.start, &series, &mut self.zones) {
                Ok(key) => edits.push((key, Edit::new(event, placed, key, &series))),
                Err(wrong) => self.note(event.line, &event.called(), Err(wrong)),
            }
        }
        Edits::new(edits)
    }

    /// Adds what a series has in the range besides its edits.
    fn series(&mut self, event: &RawEvent, placed: &Placed, edits: &Edits) -> Result<(), String> {
        let window = self.window(placed, edits);
        let mut steps = self.budget.steps();
        let mut occurrences = occurrences(event, placed, &window, &mut self.zones, &mut steps)?;
        occurrences.retain(|occurrence| !edits.replace(occurrence));
        let text = event.text();
        self.add(&occurrences, |occurrence| match edits.in_force(occurrence) {
            None => Some((&text, placed, None)),
            Some(edit) if edit.cancelled => None,
            Some(edit) => Some((&edit.text, &edit.placed, Some(edit.shift()))),
        })
    }

    /// The wall times at which an occurrence may begin that touches the range.
    fn window(&self, placed: &Placed, edits: &Edits) -> Range<NaiveDateTime> {
        let margin = edits.shift + TimeDelta::days(1);
        let longest = placed.longest().max(edits.longest);
        let from = placed.zone.wall(self.range.start).checked_sub_signed(longest + margin);
        let until = placed.zone.wall(self.range.end).checked_add_signed(margin);
        from.unwrap_or(NaiveDateTime::MIN)..until.unwrap_or(NaiveDateTime::MAX)
    }

    /// Adds those occurrences that touch the range: all of them, or none where there is no room.
    fn add<'e>(
        &mut self,
        occurrences: &[Occurrence],
        like: impl Fn(&Occurrence) -> Option<Like<'e>>,
    ) -> Result<(), String> {
        let mut events = Vec::new();
        let mut all_day = Vec::new();
        for own in occurrences {
            let Some((text, placed, shift)) = like(own) else { continue };
            let shifted = shift.map(|shift| placed.shifted(own.wall, shift));
            let Occurrence { wall, start, end } = shifted.map_or(*own, |wall| Occurrence::of(placed, wall));
            if placed.all_day {
                let days_end = placed.end_of_days(wall);
                if self.touches(start, placed.zone.instant(days_end)) {
                    all_day.push(AllDay::new(wall.date()..days_end.date(), text));
                }
                continue;
            }
            let end = end.unwrap_or_else(|| placed.end(wall, start));
            if self.touches(start, end) {
                events.push(Event { start, end, ..text.clone() });
            }
        }
        self.budget.take(events.len() + all_day.len()).map_err(|stop| stop.to_string())?;
        self.events.extend(events);
        self.all_day.extend(all_day);
        Ok(())
    }

    /// Whether something of it lies in the range; what has no length does where it begins.
    fn touches(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        start < self.range.end && (end > self.range.start || (start == end && start == self.range.start))
    }
}
