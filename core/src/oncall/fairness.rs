//! How on-call work is shared out: hours, nights, weekends and pages of each person.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::schedule::Window;
use super::shift::{Held, Shift, Span, names};
use super::wall::Moment;
use super::window;
use crate::ids::PersonId;

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// What one person carries over a range of time. Being a shadow is no load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Seconds on call.
    pub on_call_s: i64,
    /// Of these, seconds between 22:00 and 06:00 on the person's clock.
    pub night_s: i64,
    /// Of these, seconds of a Saturday or Sunday on the person's clock.
    pub weekend_s: i64,
    /// How many times they were on call without a break, whoever came and went beside them.
    pub shifts: i64,
}

/// How often somebody was paged by a schedule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged {
    /// Pages that meant them, each once, however often it went round.
    pub pages: i64,
    /// Of these, pages that reached for them first between 22:00 and 06:00 on their clock.
    pub night_pages: i64,
}

/// Of what kind an instant is on somebody's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// Between 22:00 and 06:00.
    pub night: bool,
    /// On a Saturday or Sunday.
    pub weekend: bool,
}

impl Hours {
    /// By the clock of a zone.
    pub fn of(at: DateTime<Utc>, zone: Tz) -> Self {
        let moment = Moment::new(zone, at);
        let is_open = |windows: &[Window]| window::stretch(windows, &moment).open;
        Self { night: is_open(&nights()), weekend: is_open(&weekend()) }
    }

    /// Whether people are off at that time.
    pub fn is_out(self) -> bool {
        self.night || self.weekend
    }
}

impl Paged {
    /// A page meant them at an instant.
    pub fn add(&mut self, at: DateTime<Utc>, zone: Tz) {
        self.pages += 1;
        self.night_pages += i64::from(Hours::of(at, zone).night);
    }
}

/// The loads of all who are on call in `shifts`, which are those of one schedule and follow each other, as
/// [`super::roster::Roster::shifts`] gives them.
pub fn loads(shifts: &[Shift], zone: impl Fn(PersonId) -> Tz) -> BTreeMap<PersonId, Load> {
    let (nights, weekend) = (nights(), weekend());
    let mut loads: BTreeMap<PersonId, Load> = BTreeMap::new();
    let mut before: &[Held] = &[];
    for shift in shifts {
        let span = Span { start: shift.start, end: shift.end };
        for held in &shift.on_call {
            let zone = zone(held.person);
            let load = loads.entry(held.person).or_default();
            load.on_call_s += seconds(span.start, span.end);
            load.night_s += within(&nights, zone, span);
            load.weekend_s += within(&weekend, zone, span);
            load.shifts += i64::from(!names(before, held.person));
        }
        before = &shift.on_call;
    }
    loads
}

fn nights() -> [Window; 7] {
    WEEK.map(|day| Window { opens: (day, hour(22)), closes: (day.succ(), hour(6)) })
}

fn weekend() -> [Window; 1] {
    [Window { opens: (Weekday::Sat, NaiveTime::MIN), closes: (Weekday::Mon, NaiveTime::MIN) }]
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN)
}

/// The seconds of `span` for which one of the windows is open.
fn within(windows: &[Window], zone: Tz, span: Span) -> i64 {
    let (mut at, mut total) = (span.start, 0);
    while at < span.end {
        let stretch = window::stretch(windows, &Moment::new(zone, at));
        // At the end of the calendar a stretch might miss its own instant.
        let end = if stretch.end > at { stretch.end.min(span.end) } else { span.end };
        if stretch.open {
            total += seconds(at, end);
        }
        at = end;
    }
    total
}

/// Instants cut down to whole seconds, so that the parts of a stretch add up to the whole.
fn seconds(start: DateTime<Utc>, end: DateTime<Utc>) -> i64 {
    end.timestamp() - start.timestamp()
}

#[cfg(test)]
mod tests;
