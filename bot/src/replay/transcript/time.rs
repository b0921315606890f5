//! The times of lines.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use firebell_core::when::{WhenError, parse_duration, parse_instant};

use super::error::{Problem, quote};

/// Days that one line may skip.
const MAX_DAYS: u64 = 366;

/// Reads the instant of `@start`.
pub(super) fn start(text: &str, zone: Tz) -> Result<DateTime<Utc>, Problem> {
    if !is_dated(text) {
        return Err(Problem::BadStart(quote(text)));
    }
    exact(text, zone).map_err(|problem| match problem {
        Problem::BadTime(text) => Problem::BadStart(text),
        other => other,
    })
}

/// Reads the time of a line that comes after `before`, if anything does.
pub(super) fn of_line(text: &str, zone: Tz, before: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, Problem> {
    let text = text.trim();
    let at = if is_dated(text) {
        exact(text, zone)?
    } else if let Some(later) = text.strip_prefix('+') {
        relative(later, zone, before)?.ok_or_else(|| Problem::OutOfRange(quote(text)))?
    } else if is_clock(text) {
        let day = before.ok_or(Problem::NoDay)?.with_timezone(&zone).date_naive();
        on(day, text, zone)?
    } else {
        return Err(Problem::BadTime(quote(text)));
    };
    if before.is_some_and(|before| at < before) {
        return Err(Problem::Backwards(quote(text)));
    }
    Ok(at)
}

/// `None` if the time lies beyond the calendar.
fn relative(text: &str, zone: Tz, before: Option<DateTime<Utc>>) -> Result<Option<DateTime<Utc>>, Problem> {
    let bad = || Problem::BadTime(format!("+{}", quote(text)));
    if let Some((days, clock)) = text.split_once(char::is_whitespace).filter(|(_, clock)| is_clock(clock.trim())) {
        let days = days.strip_suffix('d').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let days: u64 = days.and_then(|digits| digits.parse().ok()).filter(|n| *n <= MAX_DAYS).ok_or_else(bad)?;
        let today = before.ok_or(Problem::NoDay)?.with_timezone(&zone).date_naive();
        return today.checked_add_days(Days::new(days)).map(|day| on(day, clock.trim(), zone)).transpose();
    }
    let by = match parse_duration(text) {
        Err(WhenError::ZeroDuration(_)) => TimeDelta::zero(),
        other => other.map_err(|_| bad())?,
    };
    let at = before.ok_or(Problem::NoDay)?.checked_add_signed(by);
    Ok(at.filter(|at| at.year() <= 9999))
}

fn on(day: NaiveDate, clock: &str, zone: Tz) -> Result<DateTime<Utc>, Problem> {
    exact(&format!("{} {clock}", day.format("%Y-%m-%d")), zone).map_err(|problem| match problem {
        Problem::BadTime(_) => Problem::BadTime(quote(clock)),
        other => other,
    })
}

/// Reads a time that begins with a date; hence the moment it is read at does not matter.
fn exact(text: &str, zone: Tz) -> Result<DateTime<Utc>, Problem> {
    parse_instant(text, zone, DateTime::UNIX_EPOCH).map_err(|error| match error {
        WhenError::OutOfRange(_) => Problem::OutOfRange(quote(text)),
        _ => Problem::BadTime(quote(text)),
    })
}

fn is_dated(text: &str) -> bool {
    let shape = |(place, byte): (usize, u8)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() >= 10 && text.bytes().take(10).enumerate().all(shape)
}

fn is_clock(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|b| b.is_ascii_digit() || b == b':')
}
