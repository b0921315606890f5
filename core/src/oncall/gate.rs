//! What lets a layer count: its time, its windows, and the days of a calendar.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::calendar::{Calendar, Days};
use super::schedule::{Holidays, Layer};
use super::wall::{Moment, first};
use super::window;
use crate::ids::Key;

/// A stretch around a moment over which something is open or closed. It may be just a part of the whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) start: DateTime<Utc>,
    /// Exclusive.
    pub(super) end: DateTime<Utc>,
    pub(super) open: bool,
}

impl Stretch {
    pub(super) const ALWAYS: Self = Self { start: DateTime::<Utc>::MIN_UTC, end: DateTime::<Utc>::MAX_UTC, open: true };

    /// Of two that are open, what they share; as long as the other one is closed, this one does not matter.
    fn and(self, other: Self) -> Self {
        if !other.open {
            return other;
        }
        Self { start: self.start.max(other.start), end: self.end.min(other.end), open: self.open }
    }
}

/// Whether the layer counts at a moment.
pub(super) fn stretch(layer: &Layer, calendars: &BTreeMap<Key, Calendar>, moment: &Moment) -> Stretch {
    let whole = life(layer, moment);
    let whole = if whole.open { whole.and(window::stretch(&layer.windows, moment)) } else { whole };
    if whole.open { whole.and(holidays(layer.holidays.as_ref(), calendars, moment)) } else { whole }
}

/// Where one layer ends and another begins at the same wall time, that is one instant, as with any hand-off.
fn life(layer: &Layer, moment: &Moment) -> Stretch {
    let mut stretch = Stretch::ALWAYS;
    if let Some(until) = layer.until {
        let end = first(moment.zone, until);
        if until <= moment.reached {
            return Stretch { start: end, open: false, ..stretch };
        }
        stretch.end = end;
    }
    if let Some(from) = layer.from {
        let start = first(moment.zone, from);
        if from > moment.reached {
            return Stretch { start: DateTime::<Utc>::MIN_UTC, end: start, open: false };
        }
        stretch.start = start;
    }
    stretch
}

/// A calendar that is not there has no days.
fn holidays(rule: Option<&Holidays>, calendars: &BTreeMap<Key, Calendar>, moment: &Moment) -> Stretch {
    let Some(rule) = rule else { return Stretch::ALWAYS };
    let days: &[Days] = calendars.get(&rule.calendar).map_or(&[], |calendar| calendar.days.as_slice());
    let date = moment.reached.date();
    let begin = |day: NaiveDate| first(moment.zone, day.and_time(NaiveTime::MIN));
    if let Some(days) = days.iter().find(|days| (days.from..days.until).contains(&date)) {
        return Stretch { start: begin(days.from), end: begin(days.until), open: rule.only };
    }
    let since = days.iter().map(|days| days.until).filter(|until| *until <= date).max();
    let until = days.iter().map(|days| days.from).filter(|from| *from > date).min();
    Stretch {
        start: since.map_or(Stretch::ALWAYS.start, begin),
        end: until.map_or(Stretch::ALWAYS.end, begin),
        open: !rule.only,
    }
}

#[cfg(test)]
mod tests;
