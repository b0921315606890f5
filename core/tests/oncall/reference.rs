//! The rules once more, as slowly and plainly as they read: minute by minute along the clock on the wall.
//!
//! Nothing here asks which instant a wall time means. It looks at what the clock shows at each minute, walks hand-offs one by
//! one, and searches the line of shown times for where a window opens and closes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use firebell_core::ids::{Key, PersonId};
use firebell_core::oncall::calendar::{Calendar, CalendarEvent};
use firebell_core::oncall::overrides::Override;
use firebell_core::oncall::schedule::{Layer, Rotation, Schedule, Source, Turn, Window};
use firebell_core::oncall::shift::{Held, OnCall, Shift, Why};

const DAY: i64 = 24 * 60;

/// What is looked at beyond both ends, so that nothing that reaches in is missed.
const MARGIN: i64 = 30 * 60;

/// What the clock shows at each minute. All times are in minutes since 1970, on the clock or in UTC.
pub(crate) struct Line {
    start: i64,
    shown: Vec<i64>,
}

impl Line {
    /// From `from` to `to`, which are whole minutes, and a margin.
    pub(crate) fn new(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let (start, end) = (minute(from) - MARGIN, minute(to) + MARGIN);
        let shown = |at: i64| {
            let offset = zone.offset_from_utc_datetime(&instant(at).naive_utc()).fix().local_minus_utc();
            assert_eq!(offset % 60, 0, "{zone} is not on whole minutes");
            at + i64::from(offset) / 60
        };
        Self { start, shown: (start..end).map(shown).collect() }
    }

    /// Where the clock comes to a time or passes over it.
    fn first(&self, wall: i64) -> usize {
        self.shown.iter().position(|shown| *shown >= wall).unwrap_or(self.shown.len())
    }

    /// Where the clock shows a time for the last time; if it never does, where it has passed over it for good.
    fn last(&self, wall: i64) -> usize {
        let shown = self.shown.iter().rposition(|shown| *shown == wall);
        shown.unwrap_or_else(|| self.shown.iter().rposition(|shown| *shown < wall).map_or(0, |before| before + 1))
    }
}

pub(crate) fn minute(at: DateTime<Utc>) -> i64 {
    assert_eq!(at.timestamp() % 60, 0, "{at} is not a whole minute");
    at.timestamp() / 60
}

pub(crate) fn instant(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).unwrap()
}

fn wall(time: NaiveDateTime) -> i64 {
    minute(time.and_utc())
}

fn date(wall: i64) -> NaiveDate {
    instant(wall).date_naive()
}

/// All that is on call along a line, within its margins.
pub(crate) fn shifts(
    line: &Line,
    schedule: &Schedule,
    overrides: &[Override],
    calendars: &BTreeMap<Key, Calendar>,
) -> Vec<Shift> {
    let named: Vec<Named> = schedule.layers.iter().map(|layer| layer_line(line, layer, calendars)).collect();
    let margin = usize::try_from(MARGIN).unwrap();
    let borders: BTreeSet<i64> = overrides.iter().flat_map(|one| [minute(one.start), minute(one.end)]).collect();
    let mut shifts: Vec<Shift> = Vec::new();
    for (at, here) in (margin..line.shown.len() - margin).zip(line.start + MARGIN..) {
        // Worked out anew only where something is different from the minute before.
        let same = named.iter().all(|layer| layer.at[at] == layer.at[at - 1]);
        if same && !borders.contains(&here) && !shifts.is_empty() {
            shifts.last_mut().unwrap().end = instant(here + 1);
            continue;
        }
        let covers = overrides.iter().filter(|one| minute(one.start) <= here && here < minute(one.end)).collect();
        let people: Vec<&[PersonId]> = named.iter().map(|layer| layer.groups[layer.at[at]].as_slice()).collect();
        let OnCall { on_call, shadows } = on_call(schedule, &people, covers);
        match shifts.last_mut() {
            Some(last) if last.on_call == on_call && last.shadows == shadows => last.end = instant(here + 1),
            _ => shifts.push(Shift { start: instant(here), end: instant(here + 1), on_call, shadows }),
        }
    }
    shifts
}

fn on_call(schedule: &Schedule, named: &[&[PersonId]], mut covers: Vec<&Override>) -> OnCall {
    let mut held: Vec<Held> = Vec::new();
    let mut priorities: Vec<i64> = schedule.layers.iter().map(|layer| layer.priority).collect();
    priorities.sort_unstable();
    while let Some(priority) = priorities.pop().filter(|_| held.is_empty()) {
        for (layer, people) in schedule.layers.iter().zip(named) {
            for person in people.iter().filter(|_| layer.priority == priority && !layer.shadow) {
                if held.iter().all(|held| held.person != *person) {
                    held.push(Held { person: *person, why: Why::Layer(layer.name.clone()) });
                }
            }
        }
    }
    covers.sort_by_key(|one| (one.made_at, one.id));
    for cover in covers {
        let mut replaced = Vec::new();
        let stays: Vec<Held> =
            held.iter().filter(|held| cover.instead_of.is_some_and(|person| person != held.person)).cloned().collect();
        for held in &held {
            let out = cover.instead_of.is_none_or(|person| person == held.person);
            if !out {
                replaced.push(held.clone());
            } else if cover.instead_of.is_some() {
                replaced.extend(come_in(cover, &stays));
            }
        }
        if cover.instead_of.is_none() {
            replaced = come_in(cover, &[]);
        }
        held = replaced;
    }
    let mut shadows: Vec<PersonId> = Vec::new();
    for (_, people) in schedule.layers.iter().zip(named).filter(|(layer, _)| layer.shadow) {
        shadows.extend(people.iter().filter(|person| held.iter().all(|held| held.person != **person)));
    }
    let mut once = Vec::new();
    shadows.retain(|person| {
        !once.contains(person) && {
            once.push(*person);
            true
        }
    });
    OnCall { on_call: held, shadows }
}

/// Those of an override who are not among those that stay.
fn come_in(cover: &Override, stays: &[Held]) -> Vec<Held> {
    let mut new: Vec<Held> = Vec::new();
    for person in &cover.people {
        if stays.iter().chain(&new).all(|held| held.person != *person) {
            new.push(Held { person: *person, why: Why::Override(cover.id) });
        }
    }
    new
}

/// Whom a layer names at each minute: one of some groups, the first of which is nobody.
struct Named {
    groups: Vec<Vec<PersonId>>,
    at: Vec<usize>,
}

fn layer_line(line: &Line, layer: &Layer, calendars: &BTreeMap<Key, Calendar>) -> Named {
    let mut open = vec![layer.windows.is_empty(); line.shown.len()];
    for window in &layer.windows {
        open_window(line, window, &mut open);
    }
    if let Some(rule) = &layer.holidays {
        let mut holiday = vec![false; line.shown.len()];
        for days in calendars.get(&rule.calendar).map_or(&[][..], |calendar| &calendar.days) {
            let [from, until] = [days.from, days.until].map(|day| line.first(wall(day.and_time(NaiveTime::MIN))));
            (from..until).for_each(|at| holiday[at] = true);
        }
        open.iter_mut().zip(&holiday).for_each(|(open, holiday)| *open &= *holiday == rule.only);
    }
    let from = layer.from.map_or(0, |from| line.first(wall(from)));
    let until = layer.until.map_or(line.shown.len(), |until| line.first(wall(until)));
    open.iter_mut().enumerate().for_each(|(at, open)| *open &= from <= at && at < until);
    let mut named = match &layer.source {
        Source::Rotation(rotation) => turns(line, rotation),
        Source::Calendar(key) => {
            let events = calendars.get(key).map_or(&[][..], |calendar| &calendar.events);
            let mut named = Named { groups: vec![Vec::new()], at: Vec::new() };
            for minute in (line.start..).take(line.shown.len()) {
                let people = planned(events, minute);
                let group = named.groups.iter().position(|group| *group == people).unwrap_or_else(|| {
                    named.groups.push(people);
                    named.groups.len() - 1
                });
                named.at.push(group);
            }
            named
        }
    };
    assert_eq!(named.at.len(), line.shown.len());
    named.at.iter_mut().zip(&open).for_each(|(group, open)| *group *= usize::from(*open));
    named
}

fn planned(events: &[CalendarEvent], at: i64) -> Vec<PersonId> {
    let here = events.iter().filter(|event| minute(event.start) <= at && at < minute(event.end));
    let mut people: Vec<PersonId> = Vec::new();
    for person in here.flat_map(|event| &event.people) {
        if !people.contains(person) {
            people.push(*person);
        }
    }
    people
}

/// Goes through the days from more than a week before the line to its end, for any on which the window opens.
fn open_window(line: &Line, window: &Window, open: &mut [bool]) {
    let (lowest, highest) = (line.shown.iter().min().unwrap() / DAY, line.shown.iter().max().unwrap() / DAY);
    for day in lowest - 9..=highest + 1 {
        if date(day * DAY).weekday() != window.opens.0 {
            continue;
        }
        let opens = wall(date(day * DAY).and_time(window.opens.1));
        let mut closes = wall(date(day * DAY).and_time(window.closes.1));
        while closes <= opens || date(closes).weekday() != window.closes.0 {
            closes += DAY;
        }
        if closes >= lowest * DAY {
            (line.first(opens)..line.last(closes)).for_each(|at| open[at] = true);
        }
    }
}

/// Walks from hand-off to hand-off: first to where the line begins, then along it. A hand-off is done as soon as the clock
/// shows its time or a later one, and never taken back.
fn turns(line: &Line, rotation: &Rotation) -> Named {
    let groups: Vec<_> = std::iter::once(Vec::new()).chain(rotation.pools.iter().cloned()).collect();
    let days = match &rotation.turn {
        Turn::On { days, .. } => Some(days.as_slice()),
        _ => None,
    };
    let count = rotation.pools.len();
    if count == 0 || days.is_some_and(<[_]>::is_empty) {
        // The first pool's for ever, if there is one.
        return Named { groups, at: vec![count.min(1); line.shown.len()] };
    }
    let (mut pool, mut this) = (0, wall(rotation.start));
    while days.is_some_and(|days| !days.contains(&date(this).weekday())) {
        this -= DAY;
    }
    while this > line.shown[0] {
        this = hand_off(rotation, this, -1);
        pool = (pool + count - 1) % count;
    }
    let mut next = hand_off(rotation, this, 1);
    let mut at = Vec::new();
    for shown in &line.shown {
        while next <= *shown {
            next = hand_off(rotation, next, 1);
            pool = (pool + 1) % count;
        }
        at.push(pool + 1);
    }
    Named { groups, at }
}

/// The hand-off after (1) or before (-1) another one.
fn hand_off(rotation: &Rotation, from: i64, direction: i64) -> i64 {
    match &rotation.turn {
        Turn::Hours(hours) => from + direction * i64::from(hours.get()) * 60,
        Turn::Days(days) => from + direction * i64::from(days.get()) * DAY,
        Turn::Weeks(weeks) => from + direction * i64::from(weeks.get()) * 7 * DAY,
        Turn::Months(months) => {
            let here = date(from);
            let month = i64::from(here.year()) * 12 + i64::from(here.month0()) + direction * i64::from(months.get());
            let (year, month) = (i32::try_from(month / 12).unwrap(), u32::try_from(month % 12 + 1).unwrap());
            let mut day = rotation.start.day();
            let date = loop {
                match NaiveDate::from_ymd_opt(year, month, day) {
                    Some(date) => break date,
                    None => day -= 1,
                }
            };
            wall(date.and_time(rotation.start.time()))
        }
        Turn::On { days, every } => {
            let (mut wall, mut left) = (from, every.get());
            while left > 0 {
                wall += direction * DAY;
                left -= u16::from(days.contains(&date(wall).weekday()));
            }
            wall
        }
    }
}
