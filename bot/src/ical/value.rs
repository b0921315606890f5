//! Values that are times: dates, date-times, periods and durations.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::left::quote;
use super::lines::Line;

/// A date or a time as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum When {
    Day(NaiveDate),
    Time(NaiveDateTime, At),
}

/// Whose clock a time is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum At {
    Utc,
    /// On the clock of wherever it is read.
    Floating,
    /// On that of the zone with this TZID.
    Zone(Arc<str>),
}

/// How long something lasts: days on the clock, and then exact time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) days: TimeDelta,
    pub(crate) exact: TimeDelta,
}

/// A further occurrence (RDATE).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Further {
    pub(crate) start: When,
    pub(crate) length: Option<Length>,
}

/// Where something ends: at a time, or after a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Length {
    End(When),
    Span(Span),
}

/// Nothing on a calendar lasts longer.
const MOST_DAYS: i64 = 3_660;

/// The only value of a line.
pub(crate) fn when(line: &Line<'_>) -> Result<When, String> {
    parse_when(line.value.trim(), &zone_of(line)).ok_or_else(|| bad_time(&line.name, line.value))
}

/// The values of a line, each of which may be wrong for itself.
pub(crate) fn whens(line: &Line<'_>) -> impl Iterator<Item = Result<When, String>> {
    let at = zone_of(line);
    line.value.split(',').map(move |text| parse_when(text.trim(), &at).ok_or_else(|| bad_time(&line.name, text)))
}

/// The values of an RDATE, some of which may be periods.
pub(crate) fn further(line: &Line<'_>) -> impl Iterator<Item = Result<Further, String>> {
    let at = zone_of(line);
    line.value.split(',').map(move |text| parse_further(text.trim(), &at).ok_or_else(|| bad_time(&line.name, text)))
}

/// The value of a DURATION.
pub(crate) fn span(line: &Line<'_>) -> Result<Span, String> {
    parse_span(line.value.trim()).ok_or_else(|| {
        format!(
            "{} has {}, which is no duration from 0 to {MOST_DAYS} days: write one such as PT8H",
            line.name,
            quote(line.value)
        )
    })
}

fn zone_of(line: &Line<'_>) -> At {
    line.param("TZID").map_or(At::Floating, |name| At::Zone(name.into()))
}

fn bad_time(name: &str, text: &str) -> String {
    format!("{name} has {}, which is no date and no time: write 20240131 or 20240131T090000", quote(text))
}

fn parse_further(text: &str, at: &At) -> Option<Further> {
    let Some((start, end)) = text.split_once('/') else {
        return Some(Further { start: parse_when(text, at)?, length: None });
    };
    let length = match parse_span(end) {
        Some(span) => Length::Span(span),
        None => Length::End(parse_when(end, at)?),
    };
    Some(Further { start: parse_when(start, at)?, length: Some(length) })
}

pub(crate) fn parse_when(text: &str, at: &At) -> Option<When> {
    match text.split_once(['T', 't']) {
        None => parse_date(text).map(When::Day),
        Some((date, time)) => {
            let (time, utc) = time.strip_suffix(['Z', 'z']).map_or((time, false), |time| (time, true));
            let wall = parse_date(date)?.and_time(parse_time(time)?);
            Some(When::Time(wall, if utc { At::Utc } else { at.clone() }))
        }
    }
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let date = digits(text, 8)?;
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn parse_time(text: &str) -> Option<chrono::NaiveTime> {
    let time = digits(text, 6)?;
    // A leap second is none on a wall clock.
    let second = if time % 100 == 60 { 59 } else { time % 100 };
    chrono::NaiveTime::from_hms_opt(time / 10_000, time / 100 % 100, second)
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let all = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

fn parse_span(text: &str) -> Option<Span> {
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix(['P', 'p'])?;
    let (date, time) = text.split_once(['T', 't']).map_or((text, None), |(date, time)| (date, Some(time)));
    let [weeks, days] = parts(date, ['W', 'D'])?;
    let [hours, minutes, seconds] = time.map_or(Some([0; 3]), |time| parts(time, ['H', 'M', 'S']))?;
    if date.is_empty() && time.is_none_or(str::is_empty) {
        return None;
    }
    let days = weeks * 7 + days;
    let seconds = (hours * 60 + minutes) * 60 + seconds;
    let fits = days + seconds / 86_400 <= MOST_DAYS;
    fits.then(|| Span { days: TimeDelta::days(days), exact: TimeDelta::seconds(seconds) })
}

/// Numbers with their units, in the order of these and each at most once. None of them has more than nine digits, so
/// that what is made of them fits.
fn parts<const N: usize>(mut text: &str, units: [char; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    for (number, unit) in numbers.iter_mut().zip(units) {
        let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        if let Some(rest) = rest.strip_prefix([unit, unit.to_ascii_lowercase()]) {
            *number = if digits.len() <= 9 { digits.parse().ok()? } else { return None };
            text = rest;
        }
    }
    text.is_empty().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_days_on_the_clock_and_exact_time() {
        for (text, expected) in [
            ("P1D", Some((1, 0))),
            ("+P2W", Some((14, 0))),
            ("PT24H", Some((0, 86_400))),
            ("P1DT2H3M4S", Some((1, 7_384))),
            ("PT0S", Some((0, 0))),
            ("p7d", Some((7, 0))),
            ("P", None),
            ("PT", None),
            ("P1", None),
            ("-P1D", None),
            ("P1H", None),
            ("PT1D", None),
            ("PT1S1H", None),
            ("P99999999999D", None),
            ("P4000D", None),
            ("P€D", None),
        ] {
            let expected = expected
                .map(|(days, seconds)| Span { days: TimeDelta::days(days), exact: TimeDelta::seconds(seconds) });
            assert_eq!(parse_span(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_and_times_are_taken_as_they_are_written() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let nine = day(2024, 2, 29).and_hms_opt(9, 0, 0).unwrap();
        for (text, expected) in [
            ("20240229", Some(When::Day(day(2024, 2, 29)))),
            ("20230229", None),
            ("20240229T090000", Some(When::Time(nine, At::Floating))),
            ("20240229T090000Z", Some(When::Time(nine, At::Utc))),
            ("20240229T250000", None),
            ("20240229T0900", None),
            ("2024-02-29", None),
            ("+2024022", None),
            ("２０２４", None),
            ("", None),
        ] {
            assert_eq!(parse_when(text, &At::Floating), expected, "{text}");
        }
        let leap = day(2016, 12, 31).and_hms_opt(23, 59, 59).unwrap();
        assert_eq!(parse_when("20161231T235960Z", &At::Floating), Some(When::Time(leap, At::Utc)));
    }
}
