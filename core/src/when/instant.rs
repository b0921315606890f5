//! Instants: what a typed time means at a given moment in a given zone.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use super::echo::echo;
use super::phrase::{Day, Phrase, read};
use super::{WhenError, wall_to_instant};

/// A clock time farther ahead than this was yesterday's.
const MAX_AHEAD: TimeDelta = TimeDelta::hours(12);

/// The hour at which something due on a day is due.
const END_OF_WORK: u32 = 17;

/// Reads when something happened, or is to happen, as typed by a person in `zone` at `now`.
///
/// | form | meaning |
/// |---|---|
/// | `now` | now |
/// | `14:05`, `14:05:09` | today; yesterday if that is more than 12 hours ahead of now |
/// | `-10m`, `-1h30m`, `10m ago` | before now, in elapsed time (at most 366 days) |
/// | `+2h`, `in 2h` | after now |
/// | `yesterday 23:50`, `today 09:00`, `tomorrow 09:00` | on that day in `zone` |
/// | `mon 10:00`, `monday 10:00` | the last such time that is not ahead of now |
/// | `2026-11-21 14:05`, `2026-11-21T14:05:09.25` | in `zone` |
/// | `2026-11-21T14:05:00Z`, `2026-11-21 14:05+01:00` | with that offset, whatever `zone` is |
/// | `2026-11-21`, `yesterday`, `mon` | the start of that day |
///
/// The years are 1 to 9999. A bare `10m` is refused, because it does not say in which direction.
///
/// # Errors
/// [`WhenError::NotAnInstant`], [`WhenError::TooLong`] or [`WhenError::OutOfRange`].
pub fn parse_instant(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, WhenError> {
    let found = match read(text) {
        None | Some(Phrase::Bare(_)) => return Err(WhenError::NotAnInstant(echo(text))),
        Some(Phrase::TooLong) => return Err(WhenError::TooLong(echo(text))),
        Some(phrase) => happened(&phrase, Calendar { zone, now }),
    };
    in_range(found).ok_or_else(|| WhenError::OutOfRange(echo(text)))
}

/// Reads when something is due, as typed by a person in `zone` at `now`; always later than `now`.
///
/// Takes the forms of [`parse_instant`] with these differences:
///
/// | form | meaning |
/// |---|---|
/// | `3d`, `1h30m` | that long after now |
/// | `14:05` | the next time clocks in `zone` show it, today or tomorrow |
/// | `fri 17:00` | the next such time, which may be today's |
/// | `fri`, `tomorrow`, `2026-11-21` | 17:00 in `zone` on that day |
///
/// # Errors
/// [`WhenError::NotADueTime`], [`WhenError::NotInFuture`], [`WhenError::TooLong`] or
/// [`WhenError::OutOfRange`].
pub fn parse_future(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, WhenError> {
    ahead(text, Calendar { zone, now }, NaiveTime::from_hms_opt(END_OF_WORK, 0, 0).unwrap_or_default())
}

/// Reads from when, or until when, something is to be, as typed by a person in `zone` at `now`; always later than `now`.
///
/// Takes the forms of [`parse_future`], but a day alone is its start: from Monday to Wednesday is two days, as whoever has
/// a shift means it.
///
/// # Errors
/// As those of [`parse_future`].
pub fn parse_ahead(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, WhenError> {
    ahead(text, Calendar { zone, now }, NaiveTime::MIN)
}

/// `of_day` is what a day alone means.
fn ahead(text: &str, calendar: Calendar, of_day: NaiveTime) -> Result<DateTime<Utc>, WhenError> {
    let found = match read(text) {
        None => return Err(WhenError::NotADueTime(echo(text))),
        Some(Phrase::TooLong) => return Err(WhenError::TooLong(echo(text))),
        Some(phrase) => due(&phrase, calendar, of_day),
    };
    let due = in_range(found).ok_or_else(|| WhenError::OutOfRange(echo(text)))?;
    if due <= calendar.now {
        return Err(WhenError::NotInFuture(echo(text)));
    }
    Ok(due)
}

/// `None` if the instant is beyond the calendar.
fn happened(phrase: &Phrase, calendar: Calendar) -> Option<DateTime<Utc>> {
    match phrase {
        Phrase::Clock(time) => {
            let today = calendar.relative(0, *time)?;
            if today.signed_duration_since(calendar.now) > MAX_AHEAD {
                calendar.relative(-1, *time)
            } else {
                Some(today)
            }
        }
        Phrase::On(Day::Weekday(weekday), time) => {
            let time = time.unwrap_or(NaiveTime::MIN);
            // Seven days back as well: today may be the right weekday but too early in the day.
            (-7..=0)
                .rev()
                .filter(|offset| calendar.is(*offset, *weekday))
                .filter_map(|offset| calendar.relative(offset, time))
                .find(|instant| *instant <= calendar.now)
        }
        other => calendar.fixed(other, NaiveTime::MIN),
    }
}

/// `None` if the instant is beyond the calendar.
fn due(phrase: &Phrase, calendar: Calendar, of_day: NaiveTime) -> Option<DateTime<Utc>> {
    let next = |time, fits: &dyn Fn(i8) -> bool| {
        (0..=7)
            .filter(|offset| fits(*offset))
            .filter_map(|offset| calendar.relative(offset, time))
            .find(|instant| *instant > calendar.now)
    };
    match phrase {
        Phrase::Clock(time) => next(*time, &|_| true),
        Phrase::On(Day::Weekday(weekday), time) => {
            next(time.unwrap_or(of_day), &|offset| calendar.is(offset, *weekday))
        }
        other => calendar.fixed(other, of_day),
    }
}

/// Whole microseconds, rounded down, in the years that RFC 3339 and both databases can write.
fn in_range(instant: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    instant.filter(|instant| (1..=9999).contains(&instant.year())).map(|instant| instant.trunc_subsecs(6))
}

/// The person's calendar, opened at now.
#[derive(Clone, Copy)]
struct Calendar {
    zone: Tz,
    now: DateTime<Utc>,
}

impl Calendar {
    /// What the phrases mean that mean the same for a past and for a future time.
    fn fixed(self, phrase: &Phrase, default_time: NaiveTime) -> Option<DateTime<Utc>> {
        match phrase {
            Phrase::Now => Some(self.now),
            Phrase::Shift(by) | Phrase::Bare(by) => self.now.checked_add_signed(*by),
            Phrase::Exact(instant) => Some(*instant),
            Phrase::On(Day::Relative(offset), time) => self.relative(*offset, time.unwrap_or(default_time)),
            Phrase::On(Day::Date(date), time) => {
                Some(wall_to_instant(self.zone, date.and_time(time.unwrap_or(default_time))))
            }
            Phrase::Clock(_) | Phrase::On(Day::Weekday(_), _) | Phrase::TooLong => None,
        }
    }

    fn relative(self, offset: i8, time: NaiveTime) -> Option<DateTime<Utc>> {
        Some(wall_to_instant(self.zone, self.day(offset)?.and_time(time)))
    }

    fn is(self, offset: i8, weekday: Weekday) -> bool {
        self.day(offset).is_some_and(|day| day.weekday() == weekday)
    }

    fn day(self, offset: i8) -> Option<NaiveDate> {
        // Not `date_naive`, which panics at the ends of the calendar.
        let utc = self.now.naive_utc();
        let here = self.zone.offset_from_utc_datetime(&utc).fix();
        let today = utc.checked_add_offset(here)?.date();
        let days = Days::new(u64::from(offset.unsigned_abs()));
        if offset < 0 { today.checked_sub_days(days) } else { today.checked_add_days(days) }
    }
}
