//! What the directory takes from a calendar: its whole days, or its shifts with the people whom they name.

use std::ops::Range;

use chrono::{DateTime, Datelike as _, Months, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use firebell_core::oncall::calendar::{CalendarEvent, Days};
use firebell_core::refusal::Refusal;

use super::people::people;
use super::read::{Event, Read, read};

/// How far back and ahead a calendar is worked out at least. What lies beyond is found when it is read in a later month.
const BEHIND: TimeDelta = TimeDelta::days(366);
const AHEAD: TimeDelta = TimeDelta::days(732);

/// Reads a calendar around an instant, and refuses one that has anything in it which is not understood.
///
/// # Errors
/// What is wrong, and what to do about it.
pub fn whole(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<Read, String> {
    let read = read(text, around(now), zone).map_err(|error| error.to_string())?;
    match read.left.first() {
        Some(left) => Err(format!("{left}; mend the calendar, or take that event out")),
        None => Ok(read),
    }
}

/// Whole months, so that the same text says the same for a while.
fn around(now: DateTime<Utc>) -> Range<DateTime<Utc>> {
    let day = now.date_naive();
    let month = day.with_day(1).unwrap_or(day);
    let next = month.checked_add_months(Months::new(1)).unwrap_or(month);
    let midnight = |day: chrono::NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let start = midnight(month).checked_sub_signed(BEHIND).unwrap_or(DateTime::<Utc>::MIN_UTC);
    start..midnight(next).checked_add_signed(AHEAD).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The whole days of a calendar.
pub fn days(read: &Read) -> Vec<Days> {
    let day = |day: &super::AllDay| Days { from: day.from, until: day.until, name: day.summary.to_string() };
    read.all_day.iter().map(day).collect()
}

/// The shifts of a calendar with their people; `known` finds one by what an event says, in lower case.
///
/// # Errors
/// A shift names nobody, or somebody who is not known, or has a priority of its own.
pub fn shifts<Id: PartialEq>(
    read: &Read,
    known: impl Fn(&str) -> Option<Id>,
) -> Result<Vec<(CalendarEvent, Vec<Id>)>, String> {
    let days = read.all_day.iter().map(|day| day.in_zone(read.zone));
    let shift = |event: Event| {
        let named = people(&event, &known);
        let summary = Refusal::quote(&event.summary);
        if let Some(nobody) = named.nobody.first() {
            let nobody = Refusal::quote(nobody);
            return Err(format!(
                "its event \"{summary}\" names \"{nobody}\", who is no person's handle or e-mail address"
            ));
        }
        if named.ids.is_empty() {
            return Err(format!("its event \"{summary}\" names nobody; write a handle or an e-mail address into it"));
        }
        if named.priority.is_some() {
            let way = "put each priority into a calendar of its own, and give its layer that priority";
            return Err(format!("its event \"{summary}\" has a priority of its own; {way}"));
        }
        Ok((CalendarEvent { start: event.start, end: event.end, people: Vec::new() }, named.ids))
    };
    read.events.iter().cloned().chain(days).map(shift).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_worked_out_by_whole_months() {
        let of = |now: &str| around(now.parse().unwrap());
        let march = of("2026-03-02T09:00:00Z");
        assert_eq!(march, of("2026-03-31T23:59:59Z"));
        assert_ne!(march, of("2026-04-01T00:00:00Z"));
        assert_eq!(march.start.to_rfc3339(), "2025-02-28T00:00:00+00:00");
        assert_eq!(march.end.to_rfc3339(), "2028-04-02T00:00:00+00:00");
    }
}
