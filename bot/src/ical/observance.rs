//! A zone that the file itself describes (VTIMEZONE).

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::budget::Steps;
use super::expand::Course;
use super::left::quote;
use super::lines::Line;
use super::rule::{Freq, Rule, Until};
use super::rule_text::parse_rule;
use super::value::{Further, When, further, when};

/// How many changes a zone may have; one that has two a year since 1601 has fewer.
const MOST_CHANGES: usize = 2_000;

/// How many of them may lie within [`CLOSE`] of each other, so that few have to be looked at for one time.
const MOST_CLOSE: usize = 8;

const CLOSE: TimeDelta = TimeDelta::days(4);

/// A VTIMEZONE as it is written.
#[derive(Debug, Default)]
pub(crate) struct RawZone {
    pub(crate) name: String,
    /// The zone's name in the IANA database, where the file tells it beside a name of its own.
    pub(crate) location: Option<String>,
    observances: Vec<Observance>,
    wrong: Option<String>,
}

/// One STANDARD or DAYLIGHT: from when on clocks show which offset.
#[derive(Debug, Default)]
struct Observance {
    start: Option<NaiveDateTime>,
    from: Option<TimeDelta>,
    to: Option<TimeDelta>,
    rules: Vec<Rule>,
    further: Vec<NaiveDateTime>,
}

impl RawZone {
    pub(crate) fn begin_observance(&mut self) {
        self.observances.push(Observance::default());
    }

    /// Takes a property of the zone itself.
    pub(crate) fn take(&mut self, line: &Line<'_>) {
        match line.name.as_str() {
            "TZID" => line.value.trim().clone_into(&mut self.name),
            "X-LIC-LOCATION" => self.location = Some(line.value.trim().to_owned()),
            _ => {}
        }
    }

    /// Takes a property of the observance that began last.
    pub(crate) fn take_of_observance(&mut self, line: &Line<'_>) {
        if let Some(observance) = self.observances.last_mut()
            && let Err(wrong) = observance.take(line)
        {
            self.wrong.get_or_insert(format!("{wrong} (line {})", line.number));
        }
    }

    /// The changes of its clocks until `horizon`. The error says what is not understood.
    pub(crate) fn clock(&self, horizon: NaiveDateTime, steps: &mut Steps<'_>) -> Result<Clock, String> {
        if let Some(wrong) = &self.wrong {
            return Err(wrong.clone());
        }
        let mut changes = Vec::new();
        for observance in &self.observances {
            observance.changes(horizon, steps, &mut changes)?;
        }
        changes.sort_by_key(|change| change.at);
        let crowded = changes.windows(MOST_CLOSE).any(|close| match close {
            [first, .., last] => last.at - first.at < CLOSE,
            _ => false,
        });
        if crowded || changes.len() > MOST_CHANGES {
            return Err("it changes its clocks too often".to_owned());
        }
        let first = changes.first().ok_or("it has neither STANDARD nor DAYLIGHT")?.from;
        Ok(Clock { first, changes })
    }
}

impl Observance {
    fn take(&mut self, line: &Line<'_>) -> Result<(), String> {
        let wall = |when: When| match when {
            When::Time(wall, _) => Ok(wall),
            When::Day(_) => Err(format!("{} has no time of day", line.name)),
        };
        match line.name.as_str() {
            "DTSTART" => self.start = Some(wall(when(line)?)?),
            "TZOFFSETFROM" => self.from = Some(offset(line)?),
            "TZOFFSETTO" => self.to = Some(offset(line)?),
            "RRULE" => self.rules.push(parse_rule(line.value)?),
            "RDATE" => {
                for entry in further(line) {
                    let Further { start, .. } = entry?;
                    self.further.push(wall(start)?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn changes(&self, horizon: NaiveDateTime, steps: &mut Steps<'_>, changes: &mut Vec<Change>) -> Result<(), String> {
        let (Some(start), Some(from), Some(to)) = (self.start, self.from, self.to) else {
            return Err("it has a STANDARD or DAYLIGHT without DTSTART, TZOFFSETFROM or TZOFFSETTO".to_owned());
        };
        let mut onsets = self.further.clone();
        onsets.push(start);
        for rule in &self.rules {
            if rule.freq != Freq::Yearly {
                return Err("it changes its clocks by a rule that is not YEARLY".to_owned());
            }
            let last = match rule.until {
                None => horizon,
                Some(Until::Day(day)) => day.and_hms_opt(23, 59, 59).unwrap_or(horizon),
                Some(Until::Wall(wall)) => wall,
                Some(Until::Utc(utc)) => utc + from,
            };
            let course = Course::new(rule, start, last, start..horizon);
            onsets.extend(course.run(steps).map_err(|stop| stop.to_string())?);
        }
        onsets.sort_unstable();
        onsets.dedup();
        changes.extend(onsets.into_iter().map(|wall| Change { at: (wall - from).and_utc(), from, to }));
        Ok(())
    }
}

fn offset(line: &Line<'_>) -> Result<TimeDelta, String> {
    parse_offset(line.value.trim())
        .ok_or_else(|| format!("{} has {}, which is no offset such as +0100", line.name, quote(line.value)))
}

fn parse_offset(text: &str) -> Option<TimeDelta> {
    let (digits, sign) = match text.split_at_checked(1)? {
        ("+", digits) => (digits, 1),
        ("-", digits) => (digits, -1),
        _ => return None,
    };
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let number = if digits.len() == 4 { number * 100 } else { number };
    let seconds = number / 10_000 * 3_600 + number / 100 % 100 * 60 + number % 100;
    (seconds < 86_400).then(|| TimeDelta::seconds(sign * seconds))
}

/// The changes of a zone's clocks, the earliest first.
#[derive(Debug)]
pub(crate) struct Clock {
    /// The offset before the first change.
    first: TimeDelta,
    changes: Vec<Change>,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    at: DateTime<Utc>,
    from: TimeDelta,
    to: TimeDelta,
}

impl Clock {
    /// The instant at which the clocks show this time: the first such instant, or the end of the gap that holds it.
    pub(crate) fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        let mut offset = self.first;
        // No offset has a day, so that no change which is two days away matters.
        let far = wall.and_utc() - TimeDelta::days(2);
        let after = self.changes.partition_point(|change| change.at < far);
        if let Some(change) = after.checked_sub(1).and_then(|before| self.changes.get(before)) {
            offset = change.to;
        }
        for change in self.changes.iter().skip(after) {
            let instant = (wall - offset).and_utc();
            if instant < change.at {
                return instant;
            }
            offset = change.to;
            if (wall - offset).and_utc() < change.at {
                return change.at;
            }
        }
        (wall - offset).and_utc()
    }

    /// What the clocks show at an instant.
    pub(crate) fn wall(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        let after = self.changes.partition_point(|change| change.at <= instant);
        let before = after.checked_sub(1).and_then(|before| self.changes.get(before));
        instant.naive_utc() + before.map_or(self.first, |change| change.to)
    }
}
