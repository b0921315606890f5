//! Rotations: the turns that come of a start and a length, by arithmetic on wall times in both directions.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, Weekday};

use super::schedule::{Rotation, Turn};
use crate::ids::PersonId;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

impl Rotation {
    /// The number of the turn that has begun last when the clock has come to `wall`; the first pool's first one is 0.
    pub(super) fn turn_at(&self, wall: NaiveDateTime) -> i64 {
        match &self.turn {
            Turn::Hours(hours) => self.even_turn_at(wall, HOUR * i64::from(hours.get())),
            Turn::Days(days) => self.even_turn_at(wall, DAY * i64::from(days.get())),
            Turn::Weeks(weeks) => self.even_turn_at(wall, WEEK * i64::from(weeks.get())),
            Turn::Months(months) => {
                let month = |wall: NaiveDateTime| i64::from(wall.year()) * 12 + i64::from(wall.month0());
                let turn = (month(wall) - month(self.start)).div_euclid(months.get().into());
                let later = self.begin_of(turn).is_some_and(|begin| begin > wall);
                if later { turn - 1 } else { turn }
            }
            Turn::On { days, every } => match Weekdays::new(days) {
                None => 0,
                Some(days) => {
                    (days.last(self.day(wall)) - days.last(self.day(self.start))).div_euclid(every.get().into())
                }
            },
        }
    }

    /// The wall time at which a turn begins; `None` if that is beyond the calendar, or if there are no hand-offs.
    pub(super) fn begin_of(&self, turn: i64) -> Option<NaiveDateTime> {
        match &self.turn {
            Turn::Hours(hours) => self.even_begin_of(turn, HOUR * i64::from(hours.get())),
            Turn::Days(days) => self.even_begin_of(turn, DAY * i64::from(days.get())),
            Turn::Weeks(weeks) => self.even_begin_of(turn, WEEK * i64::from(weeks.get())),
            Turn::Months(months) => {
                let by = turn.checked_mul(months.get().into())?;
                let months = Months::new(u32::try_from(by.unsigned_abs()).ok()?);
                if by < 0 { self.start.checked_sub_months(months) } else { self.start.checked_add_months(months) }
            }
            Turn::On { days, every } => {
                let days = Weekdays::new(days)?;
                let number = days.last(self.day(self.start)).checked_add(turn.checked_mul(every.get().into())?)?;
                Some(date(days.nth(number)?)?.and_time(self.start.time()))
            }
        }
    }

    /// Whose turn it is; nobody's where there are no pools.
    pub(super) fn pool(&self, turn: i64) -> &[PersonId] {
        // Pools are counted in memory, and their number fits.
        let count = i64::try_from(self.pools.len()).unwrap_or(i64::MAX);
        let at = turn.checked_rem_euclid(count).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.pools.get(at)).map_or(&[], Vec::as_slice)
    }

    fn even_turn_at(&self, wall: NaiveDateTime, length: i64) -> i64 {
        let ((start, start_part), (wall, part)) = (seconds(self.start), seconds(wall));
        (wall - start - i64::from(part < start_part)).div_euclid(length)
    }

    fn even_begin_of(&self, turn: i64, length: i64) -> Option<NaiveDateTime> {
        let (start, part) = seconds(self.start);
        let begin = start.checked_add(turn.checked_mul(length)?)?;
        Some(DateTime::from_timestamp(begin, part)?.naive_utc())
    }

    /// The day, counted from a Monday, whose hand-off would be the last one when the clock has come to `wall`.
    fn day(&self, wall: NaiveDateTime) -> i64 {
        // The first day of the first year was a Monday.
        i64::from(wall.date().num_days_from_ce()) - 1 - i64::from(wall.time() < self.start.time())
    }
}

/// Whole seconds and the rest in nanoseconds. A leap second is the end of the second before it, so that the rest is less
/// than one and can be put onto any second.
fn seconds(wall: NaiveDateTime) -> (i64, u32) {
    let wall = wall.and_utc();
    (wall.timestamp(), wall.timestamp_subsec_nanos().min(999_999_999))
}

fn date(day: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(day.checked_add(1)?).ok()?)
}

/// Some days of the week, of which all that there ever are can be counted.
struct Weekdays {
    /// Monday is the lowest bit.
    bits: u32,
    count: i64,
}

impl Weekdays {
    /// `None` without any day.
    fn new(days: &[Weekday]) -> Option<Self> {
        let bits = days.iter().fold(0_u32, |bits, day| bits | 1 << day.num_days_from_monday());
        (bits != 0).then(|| Self { bits, count: bits.count_ones().into() })
    }

    /// The number of the last of these days that is not after `day`.
    fn last(&self, day: i64) -> i64 {
        let upto = (0..=day.rem_euclid(7)).filter(|weekday| self.bits >> weekday & 1 == 1).count();
        // At most seven.
        day.div_euclid(7) * self.count + i64::try_from(upto).unwrap_or(0) - 1
    }

    /// The day with a number; the inverse of `last`.
    fn nth(&self, number: i64) -> Option<i64> {
        let skip = usize::try_from(number.rem_euclid(self.count)).ok()?;
        let weekday = (0..7).filter(|weekday| self.bits >> weekday & 1 == 1).nth(skip)?;
        number.div_euclid(self.count).checked_mul(7)?.checked_add(weekday)
    }
}

#[cfg(test)]
mod tests;
