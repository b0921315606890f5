//! How people write turns and parts of the week, in files and commands.

use std::fmt::Write as _;
use std::num::NonZeroU16;

use chrono::{NaiveDateTime, NaiveTime, Timelike as _, Weekday};

use super::schedule::{Turn, Window};

/// Longest turn accepted, in its own unit.
const TURN_MAX: u16 = 1_000;

const DAYS: [(Weekday, &str, &str); 7] = [
    (Weekday::Mon, "mon", "monday"),
    (Weekday::Tue, "tue", "tuesday"),
    (Weekday::Wed, "wed", "wednesday"),
    (Weekday::Thu, "thu", "thursday"),
    (Weekday::Fri, "fri", "friday"),
    (Weekday::Sat, "sat", "saturday"),
    (Weekday::Sun, "sun", "sunday"),
];

/// The day that a word such as `mon` or `Monday` names.
pub fn read_day(text: &str) -> Option<Weekday> {
    let named = |(_, short, long): &&(Weekday, &str, &str)| [*short, *long].contains(&text.to_lowercase().as_str());
    DAYS.iter().find(named).map(|(day, ..)| *day)
}

/// The short word for a day.
pub fn day_word(day: Weekday) -> &'static str {
    DAYS[day.num_days_from_monday() as usize].1
}

/// Reads how long a turn lasts: `12h`, `1d`, `2w` or `1mo`, in wall time.
///
/// # Errors
/// What is wrong, and what to write instead.
pub fn read_turn(text: &str) -> Result<Turn, String> {
    let wrong = || {
        format!(
            "a turn is from 1 to {TURN_MAX} hours, days, weeks or months, such as \"12h\", \"1d\", \"2w\" or \"1mo\""
        )
    };
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number = number.parse::<u16>().ok().filter(|number| *number <= TURN_MAX).and_then(NonZeroU16::new);
    let number = number.ok_or_else(wrong)?;
    match unit {
        "h" => Ok(Turn::Hours(number)),
        "d" => Ok(Turn::Days(number)),
        "w" => Ok(Turn::Weeks(number)),
        "mo" => Ok(Turn::Months(number)),
        _ => Err(wrong()),
    }
}

/// A turn as [`read_turn`] reads it; `None` for one that hands off on days of the week.
pub fn write_turn(turn: &Turn) -> Option<String> {
    match turn {
        Turn::Hours(n) => Some(format!("{n}h")),
        Turn::Days(n) => Some(format!("{n}d")),
        Turn::Weeks(n) => Some(format!("{n}w")),
        Turn::Months(n) => Some(format!("{n}mo")),
        Turn::On { .. } => None,
    }
}

/// Reads a wall time such as `2026-01-05T09:00`, with seconds or without.
///
/// # Errors
/// What to write instead.
pub fn read_wall(text: &str) -> Result<NaiveDateTime, String> {
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"];
    let read = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let read = read.or_else(|| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0));
    read.ok_or_else(|| format!("{text:?} is no date and time; write one such as \"2026-01-05T09:00\""))
}

/// Reads a part of the week: `mon-fri 09:00-17:00` and `sat,sun 22:00-06:00` are windows of each day that they name, one
/// that closes before it opens closes on the next day; `mon-fri` is those days whole; `fri 17:00 - mon 09:00` is one window.
///
/// # Errors
/// What is wrong, and what to write instead.
pub fn read_windows(text: &str) -> Result<Vec<Window>, String> {
    let wrong = || {
        format!(
            "{text:?} is no part of the week; write one such as \"mon-fri 09:00-17:00\", \"sat,sun\" or \
             \"fri 17:00 - mon 09:00\""
        )
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let spaced = text.split(" - ").collect::<Vec<_>>();
    if let [opens, closes] = spaced.as_slice() {
        let ends = end_of_window(opens).zip(end_of_window(closes));
        let (opens, closes) = ends.ok_or_else(wrong)?;
        return Ok(vec![Window { opens, closes }]);
    }
    let (days, hours) = match words.as_slice() {
        [days] => (read_days(days), Some((NaiveTime::MIN, NaiveTime::MIN))),
        [days, hours] => (read_days(days), read_hours(hours)),
        _ => (None, None),
    };
    let (days, (from, to)) = days.zip(hours).ok_or_else(wrong)?;
    let closes = |day: Weekday| if to <= from { (day.succ(), to) } else { (day, to) };
    Ok(days.into_iter().map(|day| Window { opens: (day, from), closes: closes(day) }).collect())
}

fn end_of_window(text: &str) -> Option<(Weekday, NaiveTime)> {
    let (day, time) = text.trim().split_once(' ')?;
    Some((read_day(day)?, read_time(time.trim())?))
}

/// Days with commas between them, of which each may be a range that goes over the end of the week.
fn read_days(text: &str) -> Option<Vec<Weekday>> {
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (read_day(first)?, read_day(last)?);
        loop {
            if days.contains(&day) {
                return None;
            }
            days.push(day);
            if day == last {
                break;
            }
            day = day.succ();
        }
    }
    Some(days)
}

fn read_hours(text: &str) -> Option<(NaiveTime, NaiveTime)> {
    let (from, to) = text.split_once('-')?;
    Some((read_time(from)?, if to == "24:00" { NaiveTime::MIN } else { read_time(to)? }))
}

fn read_time(text: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok())
}

/// Parts of the week as [`read_windows`] reads them, days with the same hours as one.
pub fn write_windows(windows: &[Window]) -> Vec<String> {
    let mut left: Vec<Window> = windows.to_vec();
    let mut written = Vec::new();
    while let Some(first) = left.first().copied() {
        let Some(hours) = hours_of(first) else {
            written.push(format!("{} - {}", moment(first.opens), moment(first.closes)));
            left.remove(0);
            continue;
        };
        let days: Vec<Weekday> = left.iter().filter(|w| hours_of(**w) == Some(hours)).map(|w| w.opens.0).collect();
        left.retain(|window| hours_of(*window) != Some(hours));
        let whole = hours == (NaiveTime::MIN, NaiveTime::MIN);
        let hours = if whole { String::new() } else { format!(" {}-{}", time(hours.0), time(hours.1)) };
        written.push(format!("{}{hours}", write_days(&days)));
    }
    written
}

/// The hours of a window that closes within a day.
fn hours_of(window: Window) -> Option<(NaiveTime, NaiveTime)> {
    let ((day, from), (last, to)) = (window.opens, window.closes);
    let closes = if to <= from { day.succ() } else { day };
    (closes == last).then_some((from, to))
}

fn write_days(days: &[Weekday]) -> String {
    let mut written = String::new();
    let mut at = 0;
    while let Some(first) = days.get(at).copied() {
        let mut last = at;
        while days.get(last + 1).is_some_and(|next| *next == days[last].succ() && *next != first) {
            last += 1;
        }
        if !written.is_empty() {
            written.push(',');
        }
        written.push_str(day_word(first));
        if last > at {
            let joint = if last == at + 1 { ',' } else { '-' };
            let _ = write!(written, "{joint}{}", day_word(days[last]));
        }
        at = last + 1;
    }
    written
}

fn moment((day, at): (Weekday, NaiveTime)) -> String {
    format!("{} {}", day_word(day), time(at))
}

fn time(at: NaiveTime) -> String {
    at.format(if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_read_as_they_are_written() {
        for text in ["12h", "1d", "2w", "1mo", "1000h"] {
            assert_eq!(write_turn(&read_turn(text).unwrap()).unwrap(), text);
        }
        for text in ["", "h", "0d", "1001h", "-1d", "1m", "1y", "1 d", "١d", "99999999h"] {
            assert!(read_turn(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parts_of_the_week_are_read_as_they_are_written() {
        let cases = [
            ("mon-fri 09:00-17:00", 5),
            ("sat,sun 22:00-06:00", 2),
            ("fri 17:00 - mon 09:00", 1),
            ("mon-sun", 7),
            ("mon-wed,fri-sun 08:30-12:00:01", 6),
            ("thu 06:00-06:00", 1),
        ];
        for (text, count) in cases {
            let windows = read_windows(text).unwrap();
            assert_eq!(windows.len(), count, "{text}");
            assert_eq!(write_windows(&windows), [text], "{text}");
        }
        let wraps = read_windows("fri-mon 00:00-24:00").unwrap();
        assert_eq!(wraps.iter().map(|window| window.opens.0).collect::<Vec<_>>().len(), 4);
        assert_eq!(write_windows(&wraps), ["fri-mon"]);
        for text in ["", "mon", "Monday", "MON,tue 01:00-02:00"] {
            assert_eq!(read_windows(text).is_ok(), !text.is_empty(), "{text}");
        }
        for text in
            ["mo", "mon-mon,mon", "mon 9-17", "mon 09:00", "mon 25:00-26:00", "mon 09:00 - 17:00", "a - b", "mon 1 - 2"]
        {
            assert!(read_windows(text).is_err(), "{text}");
        }
    }

    #[test]
    fn wall_times_have_a_date() {
        for (text, fits) in [
            ("2026-01-05T09:00", true),
            ("2026-01-05 09:00:30", true),
            ("2026-01-05", true),
            ("2026-02-30T09:00", false),
            ("09:00", false),
            ("2026-01-05T09:00Z", false),
        ] {
            assert_eq!(read_wall(text).is_ok(), fits, "{text}");
        }
    }
}
