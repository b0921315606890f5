//! The times at which one event occurs.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::budget::Steps;
use super::event::RawEvent;
use super::expand::Course;
use super::place::{Placed, own_length};
use super::rule::{Rule, Until};
use super::value::{Further, When};
use super::zone::Zones;

/// One time at which an event occurs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occurrence {
    pub(crate) wall: NaiveDateTime,
    pub(crate) start: DateTime<Utc>,
    /// Where it has one that is not the event's.
    pub(crate) end: Option<DateTime<Utc>>,
}

/// What an occurrence is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    At(DateTime<Utc>),
    Day(NaiveDate),
}

impl Key {
    /// What a date or a time names of an event.
    pub(crate) fn of(when: &When, event: &Placed, zones: &mut Zones) -> Result<Self, String> {
        Ok(match when {
            When::Day(day) => Self::Day(*day),
            // Some programs write the midnight for a day.
            When::Time(wall, _) if event.all_day => Self::Day(wall.date()),
            When::Time(..) => Self::At(zones.instant(when, &event.zone)?),
        })
    }
}

impl Occurrence {
    pub(crate) fn of(placed: &Placed, wall: NaiveDateTime) -> Self {
        Self { wall, start: placed.zone.instant(wall), end: None }
    }

    /// What it may be known by.
    pub(crate) fn keys(&self) -> [Key; 2] {
        [Key::At(self.start), Key::Day(self.wall.date())]
    }

    /// A further occurrence (RDATE).
    fn further(further: &Further, placed: &Placed, zones: &mut Zones) -> Result<Self, String> {
        let start = match &further.start {
            When::Time(wall, _) if placed.all_day => placed.zone.instant(wall.date().and_time(NaiveTime::MIN)),
            When::Time(..) => zones.instant(&further.start, &placed.zone)?,
            When::Day(day) => placed.zone.instant(day.and_time(placed.start.time())),
        };
        let length = further.length.as_ref().filter(|_| !placed.all_day);
        let end = length.map(|length| own_length(length, &placed.zone, start, zones)).transpose()?;
        Ok(Self { wall: placed.zone.wall(start), start, end })
    }
}

/// When an event occurs around a window, each time once and in order.
pub(crate) fn occurrences(
    event: &RawEvent,
    placed: &Placed,
    window: &Range<NaiveDateTime>,
    zones: &mut Zones,
    steps: &mut Steps<'_>,
) -> Result<Vec<Occurrence>, String> {
    let mut found = Vec::new();
    if event.rules.is_empty() {
        found.push(Occurrence::of(placed, placed.start));
    }
    for rule in &event.rules {
        let rule = if placed.all_day { rule.of_days() } else { Some(rule.clone()) };
        let rule = rule.ok_or("it is on whole days, and its RRULE is about hours: give it DAILY or longer")?;
        let course = Course::new(&rule, placed.start, last(&rule, placed), window.clone());
        let walls = course.run(steps).map_err(|stop| stop.to_string())?;
        let occurrences = walls.into_iter().map(|wall| Occurrence::of(placed, wall));
        found.extend(occurrences.filter(|occurrence| in_time(&rule, placed, occurrence)));
    }
    for further in &event.further {
        found.push(Occurrence::further(further, placed, zones)?);
    }
    let mut except = BTreeSet::new();
    for when in &event.except {
        except.insert(Key::of(when, placed, zones)?);
    }
    found.retain(|occurrence| !occurrence.keys().iter().any(|key| except.contains(key)));
    // Of two that begin together, one with an end of its own says more.
    found.sort_by_key(|occurrence| (occurrence.start, occurrence.end.is_none()));
    found.dedup_by_key(|occurrence| occurrence.start);
    Ok(found)
}

/// The last wall time that may be within a rule's UNTIL.
fn last(rule: &Rule, placed: &Placed) -> NaiveDateTime {
    let end_of = |day: NaiveDate| day.and_hms_opt(23, 59, 59).unwrap_or(NaiveDateTime::MAX);
    match rule.until {
        None => NaiveDateTime::MAX,
        Some(Until::Day(day)) => end_of(day),
        Some(Until::Wall(wall) | Until::Utc(wall)) if placed.all_day => end_of(wall.date()),
        Some(Until::Wall(wall)) => wall,
        // A clock that is set back shows later times before it; `in_time` tells them apart.
        Some(Until::Utc(utc)) => {
            placed.zone.wall(utc.and_utc()).checked_add_signed(TimeDelta::days(1)).unwrap_or(NaiveDateTime::MAX)
        }
    }
}

fn in_time(rule: &Rule, placed: &Placed, occurrence: &Occurrence) -> bool {
    match rule.until {
        Some(Until::Utc(utc)) if !placed.all_day => occurrence.start <= utc.and_utc(),
        _ => true,
    }
}
