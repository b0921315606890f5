//! Times on the command line: how they are typed, and how they are shown.

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use firebell_core::oncall::shift::Span;
use firebell_core::oncall::text::read_wall;
use firebell_core::when::wall_to_instant;

/// A time that somebody typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// On the clock of the zone in which times are shown.
    Wall(NaiveDateTime),
    Instant(DateTime<Utc>),
}

impl Typed {
    pub(super) fn within(self, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::Wall(wall) => wall_to_instant(zone, wall),
            Self::Instant(at) => at,
        }
    }
}

/// Reads `2026-12-01`, `2026-12-01T09:00` or a time with its offset.
pub(super) fn typed(text: &str) -> Result<Typed, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Typed::Instant(at.to_utc()));
    }
    let wrong =
        || format!("{text:?} is no time; write one such as 2026-12-01, 2026-12-01T09:00 or 2026-12-01T09:00:00+01:00");
    read_wall(text).map(Typed::Wall).map_err(|_| wrong())
}

/// A stretch of time, such as "Sun 2026-12-06 02:00-03:00 Europe/Berlin".
pub(super) fn span(span: Span, zone: Tz) -> String {
    format!("{} {zone}", bare(span, zone))
}

/// The same without its zone.
pub(super) fn bare(span: Span, zone: Tz) -> String {
    let (start, end) = (span.start.with_timezone(&zone), span.end.with_timezone(&zone));
    let midnight = start.date_naive().checked_add_days(Days::new(1)).map(|day| day.and_time(NaiveTime::MIN));
    if midnight == Some(end.naive_local()) {
        return format!("{}-24:00", moment(span.start, zone));
    }
    if start.date_naive() == end.date_naive() {
        return format!("{}-{}", moment(span.start, zone), clock(span.end, zone));
    }
    format!("{} - {}", moment(span.start, zone), moment(span.end, zone))
}

/// An instant, such as "Sun 2026-12-06 02:00".
pub(super) fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    format!("{} {}", at.with_timezone(&zone).format("%a %Y-%m-%d"), clock(at, zone))
}

/// The time of day, with its offset where the clock shows it twice.
fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let wall = local.naive_local();
    let twice = zone.from_local_datetime(&wall).single().is_none();
    let seconds = if wall.format("%S").to_string() == "00" { "" } else { ":%S" };
    let offset = if twice { "%:z" } else { "" };
    local.format(&format!("%H:%M{seconds}{offset}")).to_string()
}

/// Seconds as hours with at most two digits after the point.
pub(super) fn hours(seconds: i64) -> String {
    let hundredths = (seconds.abs() * 100 + 1_800) / 3_600;
    let (whole, part) = (hundredths / 100, hundredths % 100);
    let part = match (part, part % 10) {
        (0, _) => String::new(),
        (_, 0) => format!(".{}", part / 10),
        _ => format!(".{part:02}"),
    };
    format!("{whole}{part} h")
}

/// How many days to look ahead.
pub(super) fn days(text: &str) -> Result<u16, String> {
    let days = text.parse().ok().filter(|days| (1..=366).contains(days));
    days.ok_or_else(|| "expected a number of days from 1 to 366".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_stretch_names_the_day_once_where_it_can() {
        let cases = [
            ("2026-12-06T01:00:00Z", "2026-12-06T02:00:00Z", "Sun 2026-12-06 02:00-03:00 Europe/Berlin"),
            ("2026-12-06T21:00:00Z", "2026-12-06T23:00:00Z", "Sun 2026-12-06 22:00-24:00 Europe/Berlin"),
            (
                "2026-12-06T21:00:00Z",
                "2026-12-07T08:00:30Z",
                "Sun 2026-12-06 22:00 - Mon 2026-12-07 09:00:30 Europe/Berlin",
            ),
            ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "Sun 2026-10-25 02:30+02:00-02:30+01:00 Europe/Berlin"),
        ];
        for (start, end, expected) in cases {
            assert_eq!(span(Span { start: at(start), end: at(end) }, Tz::Europe__Berlin), expected);
        }
    }

    #[test]
    fn times_are_typed_with_or_without_an_offset() {
        let cases = [
            ("2026-12-01", "2026-11-30T23:00:00Z"),
            ("2026-12-01T09:00", "2026-12-01T08:00:00Z"),
            ("2026-12-01T09:00:00+05:00", "2026-12-01T04:00:00Z"),
            ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z"),
            ("2026-03-29T02:30", "2026-03-29T01:00:00Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(typed(text).unwrap().within(Tz::Europe__Berlin), at(expected), "{text}");
        }
        for text in ["", "tomorrow", "2026-13-01", "09:00"] {
            assert!(typed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hours_have_no_more_digits_than_they_need() {
        let cases =
            [(32_400, "9 h"), (-34_200, "9.5 h"), (900, "0.25 h"), (180, "0.05 h"), (0, "0 h"), (1_200, "0.33 h")];
        for (seconds, expected) in cases {
            assert_eq!(hours(seconds), expected);
        }
    }

    #[test]
    fn days_are_at_most_a_year() {
        for (text, expected) in [("1", Some(1)), ("366", Some(366)), ("0", None), ("367", None), ("x", None)] {
            assert_eq!(days(text).ok(), expected, "{text}");
        }
    }
}
