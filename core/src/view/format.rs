//! Times as views show them.

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

// Written by hand because chrono reads its format string anew for every time, which a long record would feel.
fn date(day: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

fn time(local: NaiveDateTime) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

fn exact(local: NaiveDateTime) -> String {
    format!("{} {}:{:02}", date(local.date()), time(local), local.second())
}

/// Its paragraphs: what people wrote, by line, without the empty ones.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// `sev1` as people say it: `SEV1`.
pub(super) fn severity(key: &crate::ids::Key) -> String {
    key.as_str().to_uppercase()
}
