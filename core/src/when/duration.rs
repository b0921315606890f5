//! Durations: reading, and the two ways of writing them.

use std::fmt::Write as _;

use chrono::TimeDelta;

use super::WhenError;
use super::echo::echo;
use super::phrase::tidy;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
const MAX_DAYS: u64 = 366;

/// Reads "30m", "1h30m", "90s", "2d", "1w", "45 min", "2 hours", "1 h 05 min".
///
/// Whole numbers, each with a unit, larger units first, each unit at most once. A day is 24 hours
/// and a week 7 days. The result is positive and at most 366 days.
///
/// # Errors
/// [`WhenError::NotADuration`], [`WhenError::ZeroDuration`] or [`WhenError::TooLong`].
pub fn parse_duration(text: &str) -> Result<TimeDelta, WhenError> {
    let seconds = tidy(text).as_deref().and_then(read_seconds);
    match seconds.map(span) {
        None => Err(WhenError::NotADuration(echo(text))),
        Some(None) => Err(WhenError::TooLong(echo(text))),
        Some(Some(duration)) if duration.is_zero() => Err(WhenError::ZeroDuration(echo(text))),
        Some(Some(duration)) => Ok(duration),
    }
}

/// The duration for documents: "45 s", "12 min 30 s", "1 h 05 min", "3 d 4 h".
///
/// Shows the two largest units, the second only if it is not zero, and cuts off the rest without
/// rounding. Minutes after hours and seconds after minutes have two digits. A negative duration
/// begins with "-".
pub fn format_duration(duration: TimeDelta) -> String {
    let (sign, seconds) = parts(duration);
    let (days, hours) = (seconds / DAY, seconds % DAY / HOUR);
    let (minutes, rest) = (seconds % HOUR / MINUTE, seconds % MINUTE);
    match (days, hours, minutes, rest) {
        (0, 0, 0, s) => format!("{sign}{s} s"),
        (0, 0, m, 0) => format!("{sign}{m} min"),
        (0, 0, m, s) => format!("{sign}{m} min {s:02} s"),
        (0, h, 0, _) => format!("{sign}{h} h"),
        (0, h, m, _) => format!("{sign}{h} h {m:02} min"),
        (d, 0, _, _) => format!("{sign}{d} d"),
        (d, h, _, _) => format!("{sign}{d} d {h} h"),
    }
}

/// The duration as it is typed: "1h30m", "2d", "1d4h5m6s"; exact to the second, "0s" if less.
///
/// [`parse_duration`] reads every positive one of at most 366 days back. A negative duration begins
/// with "-".
pub fn compact_duration(duration: TimeDelta) -> String {
    let (sign, mut rest) = parts(duration);
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = sign.to_owned();
    for (size, unit) in [(DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm'), (1, 's')] {
        if rest >= size {
            // Writing to a string cannot fail.
            let _ = write!(text, "{}{unit}", rest / size);
            rest %= size;
        }
    }
    text
}

/// The seconds that tidied text stands for, capped at `u64::MAX`; `None` if it is no duration.
pub(super) fn read_seconds(tidied: &str) -> Option<u64> {
    let mut rest = tidied;
    let mut total = 0_u64;
    let mut last_unit = u64::MAX;
    while !rest.is_empty() {
        let (digits, after) = split_while(rest, |c| c.is_ascii_digit());
        let (unit, after) = split_while(after.trim_start(), |c| c.is_ascii_alphabetic());
        let unit = unit_seconds(unit)?;
        if digits.is_empty() || unit >= last_unit {
            return None;
        }
        let count =
            digits.bytes().fold(0_u64, |value, digit| value.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        total = total.saturating_add(count.saturating_mul(unit));
        last_unit = unit;
        rest = after.trim_start();
    }
    (last_unit != u64::MAX).then_some(total)
}

/// `None` if the seconds are more than 366 days.
pub(super) fn span(seconds: u64) -> Option<TimeDelta> {
    if seconds > MAX_DAYS * DAY {
        return None;
    }
    TimeDelta::try_seconds(i64::try_from(seconds).ok()?)
}

fn unit_seconds(unit: &str) -> Option<u64> {
    match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(MINUTE),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(HOUR),
        "d" | "day" | "days" => Some(DAY),
        "w" | "week" | "weeks" => Some(WEEK),
        _ => None,
    }
}

fn split_while(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn parts(duration: TimeDelta) -> (&'static str, u64) {
    let seconds = duration.num_seconds();
    let sign = if seconds < 0 { "-" } else { "" };
    (sign, seconds.unsigned_abs())
}
