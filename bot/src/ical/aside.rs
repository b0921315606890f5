//! Writing what a calendar of the directory holds, for whoever takes it out of the database.

use firebell_core::ids::Key;
use firebell_core::oncall::calendar::{CalendarEvent, Days};

use super::feed::{Feed, instant};
use super::text::escape;

/// A calendar with these days and these shifts, which [`days`](super::days) and [`shifts`](super::shifts) read as the same
/// again. A shift of nobody is left out. The same arguments give the same text.
pub fn aside<'c>(name: &str, days: &[Days], shifts: impl Iterator<Item = (&'c CalendarEvent, &'c Vec<Key>)>) -> String {
    let mut feed = Feed::begin(name);
    // Of those that begin and end together, names that rise keep the order.
    for (number, day) in days.iter().enumerate() {
        let date = |day: chrono::NaiveDate| day.format("%Y%m%d").to_string();
        feed.line("BEGIN", "VEVENT");
        feed.line("UID", &format!("day-{number:08}"));
        feed.line("DTSTAMP", &instant(chrono::DateTime::UNIX_EPOCH));
        feed.line("DTSTART;VALUE=DATE", &date(day.from));
        feed.line("DTEND;VALUE=DATE", &date(day.until));
        feed.line("SUMMARY", &escape(&day.name));
        feed.line("END", "VEVENT");
    }
    for (number, (shift, people)) in shifts.enumerate().filter(|(_, (_, people))| !people.is_empty()) {
        let handles: Vec<String> = people.iter().map(|handle| format!("@{handle}")).collect();
        feed.line("BEGIN", "VEVENT");
        feed.line("UID", &format!("shift-{number:08}"));
        feed.line("DTSTAMP", &instant(chrono::DateTime::UNIX_EPOCH));
        feed.line("DTSTART", &instant(shift.start));
        feed.line("DTEND", &instant(shift.end));
        feed.line("SUMMARY", &escape(&handles.join(", ")));
        feed.line("END", "VEVENT");
    }
    feed.line("END", "VCALENDAR");
    feed.text
}
