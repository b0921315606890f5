//! Times as views show them.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, Timelike, Utc};
use chrono_tz::Tz;

use super::record::Record;

/// In which zone times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownIn {
    Zone(Tz),
    /// In that of whoever reads them, where the platform finds it out. A view then holds [`instant`]s in the place of words.
    Reader,
    /// As programs read them, with the date and the offset of the zone.
    Program(Tz),
}

/// What begins and what ends an instant in a view. No text that is kept holds either, so that nobody's words are one.
pub const INSTANT: (char, char) = ('\u{2}', '\u{3}');

/// Writes times in one zone; on the day that the incident was declared without the date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    times: ShownIn,
    day: NaiveDate,
}

/// An instant as a view holds it that does not know the reader's zone: seconds since 1970 between the signs of [`INSTANT`].
pub fn instant(at: DateTime<Utc>) -> String {
    let (open, close) = INSTANT;
    format!("{open}{}{close}", at.timestamp())
}

impl ShownIn {
    /// The IANA name of the zone; UTC where nobody knows it.
    pub(super) fn name(self) -> String {
        self.zone().name().to_owned()
    }

    fn zone(self) -> Tz {
        match self {
            Self::Zone(zone) | Self::Program(zone) => zone,
            Self::Reader => Tz::UTC,
        }
    }
}

impl From<Tz> for ShownIn {
    fn from(zone: Tz) -> Self {
        Self::Zone(zone)
    }
}

impl Clock {
    /// The clock of one record.
    pub(super) fn of(record: &Record<'_>) -> Self {
        Self::new(record.times, record.incident.declared.at)
    }

    /// A clock that leaves out the date of `day`.
    pub(super) fn new(times: ShownIn, day: DateTime<Utc>) -> Self {
        Self { times, day: day.with_timezone(&times.zone()).date_naive() }
    }

    /// Whether the days of the clock are those of whoever reads it.
    pub(super) fn has_days(self) -> bool {
        self.times != ShownIn::Reader
    }

    /// `14:05`, or `2026-11-22 09:00` on another day.
    pub(super) fn moment(self, at: DateTime<Utc>) -> String {
        match self.times {
            ShownIn::Zone(_) => self.moment_of(self.local(at)),
            ShownIn::Reader => instant(at),
            ShownIn::Program(_) => self.with_offset(at),
        }
    }

    /// `2026-11-22 09:00`, whatever day it is.
    pub(super) fn dated(self, at: DateTime<Utc>) -> String {
        match self.times {
            ShownIn::Zone(_) => format!("{} {}", self.day(at), self.time(at)),
            ShownIn::Reader => instant(at),
            ShownIn::Program(_) => self.with_offset(at),
        }
    }

    /// The same instant as [`Clock::moment`] writes it, and to the second: `2026-11-21 14:05:10`; for the price of one look at the zone.
    pub(super) fn both(self, at: DateTime<Utc>) -> (String, String) {
        let local = self.local(at);
        let moment = match self.times {
            ShownIn::Zone(_) => self.moment_of(local),
            ShownIn::Reader | ShownIn::Program(_) => self.moment(at),
        };
        (moment, exact(local))
    }

    /// `2026-11-21T14:05:10+01:00`.
    fn with_offset(self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.times.zone()).to_rfc3339_opts(SecondsFormat::AutoSi, false)
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
        at.with_timezone(&self.times.zone()).naive_local()
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
        let clock = Clock::new(Tz::UTC.into(), day);
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
            assert_eq!(clock.dated(at), exact.rsplit_once(':').unwrap().0);
            let own = Clock::new(ShownIn::Reader, day);
            let told = format!("\u{2}{seconds}\u{3}");
            assert_eq!((own.moment(at), own.dated(at), own.both(at).0), (told.clone(), told.clone(), told));
        }
    }

    #[test]
    fn programs_are_told_the_offset_on_every_day() {
        let clock =
            Clock::new(ShownIn::Program(Tz::Europe__Berlin), DateTime::from_timestamp(1_795_269_600, 0).unwrap());
        for (seconds, told) in
            [(1_795_269_600, "2026-11-21T15:00:00+01:00"), (1_780_000_000, "2026-05-28T22:26:40+02:00")]
        {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!((clock.moment(at), clock.dated(at), clock.both(at).0), (told.into(), told.into(), told.into()));
        }
    }
}
