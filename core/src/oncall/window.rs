//! Windows: the parts of the week in which a layer counts.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use super::gate::Stretch;
use super::schedule::Window;
use super::wall::{Moment, first, last};

/// Whether any of the windows is open at a moment; always, without any.
pub(super) fn stretch(windows: &[Window], moment: &Moment) -> Stretch {
    let monday = monday(moment.reached);
    let mut shut: Option<(NaiveDateTime, NaiveDateTime)> = None;
    for window in windows {
        let this = window.opens(monday);
        // The latest one that has opened. Of the one before it nothing is left, or else this one is still open.
        let week = if this > moment.reached { monday - 7 } else { monday };
        let (opens, closes) = (window.opens(week), window.closes(week));
        if closes > moment.settled {
            return Stretch { start: first(moment.zone, opens), end: last(moment.zone, closes), open: true };
        }
        let next = window.opens(week + 7);
        shut = Some(shut.map_or((closes, next), |(since, until)| (since.max(closes), until.min(next))));
    }
    match shut {
        None => Stretch::ALWAYS,
        Some((since, until)) => {
            Stretch { start: last(moment.zone, since), end: first(moment.zone, until), open: false }
        }
    }
}

/// When the next of the windows opens; `None` while one is open, and without any.
pub(crate) fn opening(windows: &[Window], zone: Tz, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let stretch = stretch(windows, &Moment::new(zone, at));
    (!stretch.open).then_some(stretch.end)
}

impl Window {
    /// Whether it is open at an instant.
    pub fn is_open(&self, zone: Tz, at: DateTime<Utc>) -> bool {
        stretch(std::slice::from_ref(self), &Moment::new(zone, at)).open
    }

    /// In the week that begins on a day.
    fn opens(&self, monday: i64) -> NaiveDateTime {
        wall(monday, self.opens)
    }

    /// For the one that opens in the week that begins on a day.
    fn closes(&self, monday: i64) -> NaiveDateTime {
        let place = |(day, time): (Weekday, NaiveTime)| (day.num_days_from_monday(), time);
        let over = place(self.closes) <= place(self.opens);
        wall(if over { monday + 7 } else { monday }, self.closes)
    }
}

/// The Monday of the week of `wall`, in days from the beginning of the era.
fn monday(wall: NaiveDateTime) -> i64 {
    i64::from(wall.num_days_from_ce()) - i64::from(wall.weekday().num_days_from_monday())
}

/// The end of the calendar for what lies beyond it.
fn wall(monday: i64, (day, time): (Weekday, NaiveTime)) -> NaiveDateTime {
    let day = i32::try_from(monday + i64::from(day.num_days_from_monday())).ok();
    match day.and_then(NaiveDate::from_num_days_from_ce_opt) {
        Some(date) => date.and_time(time),
        None if monday < 0 => NaiveDateTime::MIN,
        None => NaiveDateTime::MAX,
    }
}

#[cfg(test)]
mod tests;
