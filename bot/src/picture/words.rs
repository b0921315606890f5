//! People's words as one short visible line, and numbers and times as pictures show them.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::text::{push_number, push_visible};

/// More marks than this on one letter run into the lines around it.
const MARKS_MAX: usize = 3;

/// Whether a character stands on or joins the one before it, and takes no room.
pub(super) fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20f0}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// A text as one visible line of at most `longest` characters, cut with an ellipsis: blanks of all kinds become one,
/// control characters their pictures, hidden ones their numbers.
pub(super) fn line(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let mut marks = 0;
    let mut count = 0;
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            out.push(' ');
            count += 1;
        }
        for letter in word.chars() {
            marks = if is_mark(letter) { marks + 1 } else { 0 };
            if marks > MARKS_MAX {
                continue;
            }
            match letter {
                // XML forbids both.
                '\u{fffe}' | '\u{ffff}' => push_number(&mut out, letter),
                _ => push_visible(&mut out, letter),
            }
            count += 1;
            // A text may be a megabyte, and its head is all that is shown.
            if count > longest {
                return cut(&out, longest);
            }
        }
    }
    cut(&out, longest)
}

/// The head of a text of at most `longest` characters, the last of which is an ellipsis where anything was cut.
pub(super) fn cut(text: &str, longest: usize) -> String {
    if text.chars().nth(longest).is_none() {
        return text.to_owned();
    }
    let head: String = text.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", head.trim_end_matches(|letter: char| letter == ' ' || is_mark(letter)))
}

/// A count with its noun: `1 entry`, `2 entries`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A number with at most one decimal, and none where it is whole or large; by powers of ten where it is very large.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    if value.abs() >= 1e12 {
        return format!("{value:.2e}");
    }
    let text = if value.abs() >= 1_000.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A value with its unit and its note.
pub(super) fn amount(value: f64, unit: &str, note: Option<&str>) -> String {
    let mut text = number(value);
    if !unit.trim().is_empty() && value.is_finite() {
        text.push(' ');
        text.push_str(&line(unit, 24));
    }
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        // Writing to a string cannot fail.
        let _ = write!(text, " ({})", line(note, 40));
    }
    text
}

/// How long something lasted, in its two largest units.
pub(super) fn duration(lasted: TimeDelta) -> String {
    let seconds = lasted.num_seconds().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let parts = match (days, hours, minutes) {
        (0, 0, 0) => return format!("{seconds} s"),
        (0, 0, _) => return format!("{minutes} min"),
        (0, ..) => [(hours, "h"), (minutes, "min")],
        _ => [(days, "d"), (hours, "h")],
    };
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

/// The time of day, with seconds where `exact`.
pub(super) fn clock(zone: Tz, at: DateTime<Utc>, exact: bool) -> String {
    at.with_timezone(&zone).format(if exact { "%H:%M:%S" } else { "%H:%M" }).to_string()
}

/// The day, such as `Tue 3 Mar 2026`.
pub(super) fn day(zone: Tz, at: DateTime<Utc>) -> String {
    at.with_timezone(&zone).format("%a %-d %b %Y").to_string()
}

/// Day and time of day, such as `3 Mar 14:05`.
pub(super) fn moment(zone: Tz, at: DateTime<Utc>) -> String {
    at.with_timezone(&zone).format("%-d %b %H:%M").to_string()
}

/// Which day it is, in wall time.
pub(super) fn day_number(zone: Tz, at: DateTime<Utc>) -> i32 {
    at.with_timezone(&zone).num_days_from_ce()
}

/// The zone with what it differs from UTC, in both ways where that changed between the two instants.
pub(super) fn zone_name(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let offset = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix().to_string();
    let (first, last) = (offset(from), offset(to));
    if first == last { format!("{zone}, UTC{first}") } else { format!("{zone}, UTC{first}, later UTC{last}") }
}
