//! Recurrence rules as they are written, with everything refused that the format does not allow: a rule that is half
//! understood would page the wrong people.

use chrono::Weekday;

use super::left::quote;
use super::rule::{Freq, Nth, Rule, Until};
use super::value::{At, When, parse_when};

/// The longest value that is read; all that a rule can say is shorter.
const MOST_BYTES: usize = 4_096;

/// Reads the value of an RRULE. The error names the part that is wrong.
pub(crate) fn parse_rule(text: &str) -> Result<Rule, String> {
    if text.len() > MOST_BYTES {
        return Err(format!(
            "RRULE has {} bytes, and at most {MOST_BYTES} are read: give it shorter lists",
            text.len()
        ));
    }
    let parts: Result<Vec<_>, _> = text.trim().split(';').filter(|part| !part.is_empty()).map(halves).collect();
    let parts = parts?;
    let given = parts.iter().find(|(name, _, _)| name == "FREQ");
    let (_, value, part) = given.ok_or("RRULE has no FREQ: give it one, such as FREQ=WEEKLY")?;
    let mut rule = every(freq(value).ok_or_else(|| bad(part))?);
    for (place, (name, value, part)) in parts.iter().enumerate() {
        if parts.iter().take(place).any(|(known, _, _)| known == name) {
            return Err(format!("RRULE has the part {} twice: keep one", quote(name)));
        }
        read_part(&mut rule, name, value).ok_or_else(|| bad(part))?;
    }
    check(&rule).map_or(Ok(rule), |wrong| Err(format!("RRULE {wrong}")))
}

/// A part's name in capitals, its value, and the part as it is written.
fn halves(part: &str) -> Result<(String, &str, &str), String> {
    let (name, value) = part.split_once('=').ok_or_else(|| bad(part))?;
    Ok((name.trim().to_ascii_uppercase(), value.trim(), part))
}

fn bad(part: &str) -> String {
    format!("RRULE has {}, which is no part of a rule of RFC 5545: write it as that says", quote(part))
}

fn every(freq: Freq) -> Rule {
    Rule {
        freq,
        interval: 1,
        count: None,
        until: None,
        seconds: Vec::new(),
        minutes: Vec::new(),
        hours: Vec::new(),
        weekdays: Vec::new(),
        month_days: Vec::new(),
        year_days: Vec::new(),
        weeks: Vec::new(),
        months: Vec::new(),
        positions: Vec::new(),
        week_start: Weekday::Mon,
    }
}

fn freq(value: &str) -> Option<Freq> {
    Some(match value.trim().to_ascii_uppercase().as_str() {
        "YEARLY" => Freq::Yearly,
        "MONTHLY" => Freq::Monthly,
        "WEEKLY" => Freq::Weekly,
        "DAILY" => Freq::Daily,
        "HOURLY" => Freq::Hourly,
        "MINUTELY" => Freq::Minutely,
        "SECONDLY" => Freq::Secondly,
        _ => return None,
    })
}

/// None where the part is unknown, or its value not one that it may have.
fn read_part(rule: &mut Rule, name: &str, value: &str) -> Option<()> {
    match name {
        // It is read before all others.
        "FREQ" => {}
        "INTERVAL" => rule.interval = value.parse().ok().filter(|interval| *interval > 0)?,
        "COUNT" => rule.count = Some(value.parse().ok().filter(|count| *count > 0)?),
        "UNTIL" => rule.until = Some(until(value)?),
        "BYSECOND" => rule.seconds = list(value, |n| (0..=60).contains(&n))?,
        "BYMINUTE" => rule.minutes = list(value, |n| (0..=59).contains(&n))?,
        "BYHOUR" => rule.hours = list(value, |n| (0..=23).contains(&n))?,
        "BYDAY" => rule.weekdays = weekdays(value)?,
        "BYMONTHDAY" => rule.month_days = list(value, |n| within(n, 31))?,
        "BYYEARDAY" => rule.year_days = list(value, |n| within(n, 366))?,
        "BYWEEKNO" => rule.weeks = list(value, |n| within(n, 53))?,
        "BYMONTH" => rule.months = list(value, |n| (1..=12).contains(&n))?,
        "BYSETPOS" => rule.positions = list(value, |n| within(n, 366))?,
        "WKST" => rule.week_start = weekday(value)?,
        // What RFC 7529 adds, where it changes nothing.
        "RSCALE" if value.eq_ignore_ascii_case("GREGORIAN") => {}
        "SKIP" if value.eq_ignore_ascii_case("OMIT") => {}
        _ => return None,
    }
    Some(())
}

fn within(n: i64, most: i64) -> bool {
    n != 0 && (-most..=most).contains(&n)
}

fn list<N: TryFrom<i64> + Ord>(value: &str, allowed: impl Fn(i64) -> bool) -> Option<Vec<N>> {
    let number = |text: &str| N::try_from(text.trim().parse().ok().filter(|number| allowed(*number))?).ok();
    let mut numbers = value.split(',').map(number).collect::<Option<Vec<N>>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers)
}

fn weekdays(value: &str) -> Option<Vec<Nth>> {
    let mut days = Vec::new();
    for text in value.split(',').map(str::trim) {
        let (n, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
        let n = if n.is_empty() { 0 } else { n.parse().ok().filter(|n| within(i64::from(*n), 53))? };
        days.push(Nth { n, weekday: weekday(name)? });
    }
    days.sort_by_key(|day: &Nth| day.key());
    days.dedup();
    Some(days)
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    })
}

fn until(value: &str) -> Option<Until> {
    Some(match parse_when(value, &At::Floating)? {
        When::Day(day) => Until::Day(day),
        When::Time(wall, At::Utc) => Until::Utc(wall),
        When::Time(wall, _) => Until::Wall(wall),
    })
}

/// What the parts may not be together.
fn check(rule: &Rule) -> Option<&'static str> {
    let nth = rule.weekdays.iter().any(|day| day.n != 0);
    if nth && rule.freq > Freq::Monthly {
        return Some("has a BYDAY with a number, which only MONTHLY and YEARLY may have: leave the number out");
    }
    if nth && !rule.weeks.is_empty() {
        return Some("has a BYDAY with a number beside BYWEEKNO: leave one of them out");
    }
    if !rule.weeks.is_empty() && rule.freq != Freq::Yearly {
        return Some("has a BYWEEKNO, which only YEARLY may have: leave it out");
    }
    if !rule.positions.is_empty() && !has_by(rule) {
        return Some("has a BYSETPOS and nothing it could choose from: add a BYDAY or the like");
    }
    None
}

fn has_by(rule: &Rule) -> bool {
    let numbers = [&rule.seconds, &rule.minutes, &rule.hours, &rule.months];
    let signed = [&rule.month_days, &rule.year_days, &rule.weeks];
    !rule.weekdays.is_empty()
        || numbers.iter().any(|list| !list.is_empty())
        || signed.iter().any(|list| !list.is_empty())
}
