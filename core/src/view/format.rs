//! Times as views show them.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;

use super::record::Record;

/// Writes times in one zone; on the day that the incident was declared without the date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    zone: Tz,
    day: NaiveDate,
}

impl Clock {
    /// The clock of one record.
    pub(super) fn of(record: &Record<'_>) -> Self {
        Self::new(record.zone, record.incident.declared.at)
    }

    /// A clock that leaves out the date of `day`.
    pub(super) fn new(zone: Tz, day: DateTime<Utc>) -> Self {
        Self { zone, day: day.with_timezone(&zone).date_naive() }
    }

    /// `14:05`, or `2026-11-22 09:00` on another day.
    pub(super) fn moment(self, at: DateTime<Utc>) -> String {
        self.moment_of(self.local(at))
    }

    /// The same instant as [`Clock::moment`] writes it, and to the second: `2026-11-21 14:05:10`; for the price of one look at the zone.
    pub(super) fn both(self, at: DateTime<Utc>) -> (String, String) {
        let local = self.local(at);
        (self.moment_of(local), exact(local))
    }

    /// `2026-11-21`.
    pub(super) fn day(self, at: DateTime<Utc>) -> String {
        date(self.local(at).date())
    }

    /// `14:05`.
    pub(super) fn time(self, at: DateTime<Utc>) -> String {
        time(self.local(at))
    }

    fn moment_of(self, local: NaiveDateTime) -> String {
        if local.date() == self.day { time(local) } else { format!("{} {}", date(local.date()), time(local)) }
    }

    fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }
}

// Written digit by digit because chrono reads its format string anew for every time, and the language's own formatting
// asks for width and sign with every number: a long record would feel either.
fn date(day: NaiveDate) -> String {
    let mut text = String::with_capacity("2026-11-21 14:05:10".len());
    match u32::try_from(day.year()) {
        Ok(year @ 0..=9999) => push_all(&mut text, [("", year / 100), ("", year % 100)]),
        // Writing to a string cannot fail.
        _ => drop(write!(text, "{:04}", day.year())),
    }
    push_all(&mut text, [("-", day.month()), ("-", day.day())]);
    text
}

fn time(local: NaiveDateTime) -> String {
    let mut text = String::with_capacity("14:05".len());
    push_all(&mut text, [("", local.hour()), (":", local.minute())]);
    text
}

fn exact(local: NaiveDateTime) -> String {
    let mut text = date(local.date());
    push_all(&mut text, [(" ", local.hour()), (":", local.minute()), (":", local.second())]);
    text
}

/// Numbers of two digits, each after its mark.
fn push_all<const N: usize>(text: &mut String, numbers: [(&str, u32); N]) {
    for (mark, number) in numbers {
        text.push_str(mark);
        text.extend(char::from_digit(number / 10, 10));
        text.extend(char::from_digit(number % 10, 10));
    }
}

/// Its paragraphs: what people wrote, by line, without the empty ones.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// `sev1` as people say it: `SEV1`.
pub(super) fn severity(key: &crate::ids::Key) -> String {
    key.as_str().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_two_digits_for_each_part_and_years_as_many_as_they_need() {
        let day = DateTime::from_timestamp(1_795_269_600, 0).unwrap();
        let clock = Clock::new(Tz::UTC, day);
        for (seconds, moment, exact) in [
            (1_795_269_600, "14:00", "2026-11-21 14:00:00"),
            (1_795_305_599, "23:59", "2026-11-21 23:59:59"),
            (1_795_305_600, "2026-11-22 00:00", "2026-11-22 00:00:00"),
            (-62_135_596_800, "0001-01-01 00:00", "0001-01-01 00:00:00"),
            (253_402_300_799, "9999-12-31 23:59", "9999-12-31 23:59:59"),
            (253_402_300_800, "10000-01-01 00:00", "10000-01-01 00:00:00"),
        ] {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(clock.both(at), (moment.to_owned(), exact.to_owned()));
            assert_eq!(clock.moment(at), moment);
            assert_eq!(format!("{} {}", clock.day(at), clock.time(at)), exact.rsplit_once(':').unwrap().0);
        }
    }
}
