//! What a typed time says, before anyone asks what time it is now.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc, Weekday};

use super::duration::{read_seconds, span};

/// Longer texts are no time at all, and reading them would only cost.
const MAX_BYTES: usize = 64;

#[derive(Debug)]
pub(super) enum Phrase {
    Now,
    /// "+2h", "in 2h", "-10m", "10m ago".
    Shift(TimeDelta),
    /// "3d", which is a time only where it is clear that the future is meant.
    Bare(TimeDelta),
    /// "14:05" on a day yet to be found.
    Clock(NaiveTime),
    /// A day, and perhaps a time on it.
    On(Day, Option<NaiveTime>),
    /// A date and time with an offset.
    Exact(DateTime<Utc>),
    /// A relative time of more than 366 days.
    TooLong,
}

#[derive(Debug)]
pub(super) enum Day {
    /// Days after the person's today.
    Relative(i8),
    Weekday(Weekday),
    Date(NaiveDate),
}

/// Lower-case text with single blanks and none around it; `None` if it is empty or too long.
pub(super) fn tidy(text: &str) -> Option<String> {
    let mut tidied = String::new();
    for word in text.split_whitespace() {
        if tidied.len() + word.len() >= MAX_BYTES {
            return None;
        }
        if !tidied.is_empty() {
            tidied.push(' ');
        }
        tidied.push_str(&word.to_ascii_lowercase());
    }
    (!tidied.is_empty()).then_some(tidied)
}

/// `None` if the text is none of the forms or names a day or time that does not exist.
pub(super) fn read(text: &str) -> Option<Phrase> {
    let text = tidy(text)?;
    if text == "now" {
        return Some(Phrase::Now);
    }
    if let Some(time) = clock(&text) {
        return Some(Phrase::Clock(time));
    }
    relative(&text).or_else(|| named_day(&text)).or_else(|| dated(&text))
}

fn relative(text: &str) -> Option<Phrase> {
    let (duration, shape): (&str, fn(TimeDelta) -> Phrase) =
        if let Some(back) = text.strip_prefix('-').or_else(|| text.strip_suffix(" ago")) {
            (back, |span| Phrase::Shift(-span))
        } else if let Some(on) = text.strip_prefix('+').or_else(|| text.strip_prefix("in ")) {
            (on, Phrase::Shift)
        } else {
            (text, Phrase::Bare)
        };
    let seconds = read_seconds(duration.trim_start())?;
    Some(span(seconds).map_or(Phrase::TooLong, shape))
}

fn named_day(text: &str) -> Option<Phrase> {
    let (name, time) = match text.split_once(' ') {
        Some((name, time)) => (name, Some(clock(time)?)),
        None => (text, None),
    };
    let day = match name {
        "yesterday" => Day::Relative(-1),
        "today" => Day::Relative(0),
        "tomorrow" => Day::Relative(1),
        "tues" => Day::Weekday(Weekday::Tue),
        "thur" | "thurs" => Day::Weekday(Weekday::Thu),
        // Takes the names of three letters and the full ones.
        _ => Day::Weekday(name.parse().ok()?),
    };
    Some(Phrase::On(day, time))
}

fn dated(text: &str) -> Option<Phrase> {
    let (date, rest) = text.split_at_checked(10)?;
    let date = calendar_date(date)?;
    if rest.is_empty() {
        return Some(Phrase::On(Day::Date(date), None));
    }
    let rest = rest.strip_prefix([' ', 't'])?;
    let Some(at) = rest.find(['z', '+', '-']) else {
        return Some(Phrase::On(Day::Date(date), Some(fine_clock(rest)?)));
    };
    let (time, offset) = rest.split_at_checked(at)?;
    let local = date.and_time(fine_clock(time.trim_end())?);
    Some(Phrase::Exact(local.checked_sub_offset(zone_offset(offset)?)?.and_utc()))
}

fn calendar_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let year = digits(parts.next()?, 4..=4)?;
    let month = digits(parts.next()?, 2..=2)?;
    let day = digits(parts.next()?, 2..=2)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// "14:05", "9:05" or "14:05:09".
fn clock(text: &str) -> Option<NaiveTime> {
    let mut parts = text.splitn(3, ':');
    let hour = digits(parts.next()?, 1..=2)?;
    let minute = digits(parts.next()?, 2..=2)?;
    let second = parts.next().map_or(Some(0), |part| digits(part, 2..=2))?;
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// A clock that may have a fraction of a second, of which microseconds are kept.
fn fine_clock(text: &str) -> Option<NaiveTime> {
    let Some((whole, fraction)) = text.split_once('.') else {
        return clock(text);
    };
    if whole.len() < "00:00:00".len() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kept = fraction.get(..6).unwrap_or(fraction);
    let micros = digits(&format!("{kept:0<6}"), 6..=6).filter(|_| !fraction.is_empty())?;
    clock(whole)?.with_nanosecond(micros * 1000)
}

/// "z", "+01:00", "+0100" or "+01".
fn zone_offset(text: &str) -> Option<FixedOffset> {
    if text == "z" {
        return FixedOffset::east_opt(0);
    }
    let (sign, figures) = text.split_at_checked(1)?;
    let (hours, minutes) = match figures.len() {
        2 => (figures, "00"),
        4 => figures.split_at_checked(2)?,
        _ => figures.split_once(':')?,
    };
    let hours = digits(hours, 2..=2).filter(|hours| *hours < 24)?;
    let minutes = digits(minutes, 2..=2).filter(|minutes| *minutes < 60)?;
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    FixedOffset::east_opt(if sign == "-" { -seconds } else { seconds })
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    // `parse` alone would take a leading plus.
    let plain = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}
