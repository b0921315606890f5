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

/// The shifts of a calendar with their people; `known` finds one by what an event says, in lower case. Of those that are over
/// by `now`, whoever is not known is left out: people leave, and what they did stays in the calendar.
///
/// # Errors
/// A shift that is not over names nobody, or somebody who is not known; or any has a priority of its own.
pub fn shifts<Id: PartialEq>(
    read: &Read,
    now: DateTime<Utc>,
    known: impl Fn(&str) -> Option<Id>,
) -> Result<Vec<(CalendarEvent, Vec<Id>)>, String> {
    let days = read.all_day.iter().map(|day| day.in_zone(read.zone));
    let events = read.events.iter().cloned().chain(days);
    let shifts = events.filter_map(|event| shift(&event, event.end <= now, &known).transpose());
    let mut shifts = shifts.collect::<Result<Vec<_>, _>>()?;
    // Whole days and hours alike, so that what was written back is read in the same order.
    shifts.sort_by_key(|(event, _)| (event.start, event.end));
    Ok(shifts)
}

/// The shift that an event is; none where it is over and names nobody who is known.
fn shift<Id: PartialEq>(
    event: &Event,
    over: bool,
    known: &impl Fn(&str) -> Option<Id>,
) -> Result<Option<(CalendarEvent, Vec<Id>)>, String> {
    let named = people(event, known);
    let summary = Refusal::quote(&event.summary);
    if named.priority.is_some() {
        let way = "put each priority into a calendar of its own, and give its layer that priority";
        return Err(format!("its event \"{summary}\" has a priority of its own; {way}"));
    }
    if let Some(nobody) = named.nobody.first().filter(|_| !over) {
        let nobody = Refusal::quote(nobody);
        return Err(format!("its event \"{summary}\" names \"{nobody}\", who is no person's handle or e-mail address"));
    }
    if named.ids.is_empty() {
        let why = format!("its event \"{summary}\" names nobody; write a handle or an e-mail address into it");
        return if over { Ok(None) } else { Err(why) };
    }
    Ok(Some((CalendarEvent { start: event.start, end: event.end, people: Vec::new() }, named.ids)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_is_missed_in_what_is_to_come_alone() {
        let event = |uid: u8, hours: &str, summary: &str| {
            let (from, to) = hours.split_once('-').unwrap();
            format!(
                "BEGIN:VEVENT\nUID:{uid}\nDTSTART:20260302T{from}0000Z\nDTEND:20260302T{to}0000Z\nSUMMARY:{summary}\nEND:VEVENT\n"
            )
        };
        let now = "2026-03-02T12:00:00Z".parse().unwrap();
        let said = |hours: &str, summary: &str| {
            let events = format!("{}{}", event(1, "06-07", "ana"), event(2, hours, summary));
            let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n");
            let shifts = shifts(&whole(&text, Tz::UTC, now).unwrap(), now, |name| {
                ["ana", "bo"].contains(&name).then(|| name.to_owned())
            });
            shifts.map(|shifts| shifts.into_iter().map(|(_, people)| people.join("+")).collect::<Vec<_>>().join(" "))
        };
        for (hours, summary, expected) in [
            ("08-12", "zoe", "ana"),
            ("08-12", "bo\\, zoe", "ana bo"),
            ("08-12", "holiday cover", "ana"),
            ("08-13", "bo", "ana bo"),
        ] {
            assert_eq!(said(hours, summary).unwrap(), expected, "{hours} {summary}");
        }
        for (hours, summary, why) in [
            ("11-13", "zoe", "names \"zoe\""),
            ("12-13", "bo\\, zoe", "names \"zoe\""),
            ("13-14", "zoe", "names \"zoe\""),
            ("08-12", "[L2] bo", "a priority of its own"),
        ] {
            assert!(said(hours, summary).unwrap_err().contains(why), "{hours} {summary}");
        }
    }

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
