//! Calendars are read, and what comes out is compared as text.

mod bounds;
mod edits;
mod feeds;
mod hostile;
mod names;
mod oncall;
mod oracle;
mod rules;
mod standard;
mod written;
mod zones;

use std::ops::Range;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::{Event, Read, read};

/// An instant, as `2024-03-31 01:00` in UTC.
fn utc(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc()
}

/// From the beginning of one day to that of another.
fn days(from: &str, until: &str) -> Range<DateTime<Utc>> {
    utc(&format!("{from} 00:00"))..utc(&format!("{until} 00:00"))
}

/// A calendar with this in it.
fn calendar(body: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{}\nEND:VCALENDAR\n", body.trim())
}

/// A calendar with one event.
fn event(properties: &str) -> String {
    calendar(&format!("BEGIN:VEVENT\nUID:one\nSUMMARY:ana\n{}\nEND:VEVENT", properties.trim()))
}

/// What a calendar has in a range; it has to be understood as a whole.
fn understood(text: &str, range: Range<DateTime<Utc>>) -> Read {
    let read = read(text, range, Tz::UTC).unwrap();
    assert_eq!(read.left, Vec::<String>::new());
    read
}

/// `2024-03-31 01:00 ana` for each event, in UTC.
fn starts(read: &Read) -> Vec<String> {
    read.events.iter().map(|event| format!("{} {}", event.start.format("%Y-%m-%d %H:%M"), event.summary)).collect()
}

/// `03-31 01:00 to 04-01 01:00 ana` for each event, in UTC.
fn shifts(read: &Read) -> Vec<String> {
    read.events.iter().map(shift).collect()
}

fn shift(event: &Event) -> String {
    let time = "%m-%d %H:%M";
    format!("{} to {} {}", event.start.format(time), event.end.format(time), event.summary)
}

/// `2024-03-31 to 2024-04-01 ana` for each event of whole days.
fn whole_days(read: &Read) -> Vec<String> {
    read.all_day.iter().map(|day| format!("{} to {} {}", day.from, day.until, day.summary)).collect()
}
