//! The occurrences of a recurrence rule, on a wall clock that knows no zone: what its times mean is the caller's
//! concern.
//!
//! Own code, because what nobody asked for has to be bounded too: a rule that is tried a million times and never fits
//! must stop as soon as one that fits a million times. The crate `rrule` tries up to 100,000 periods unseen between two
//! occurrences, builds all of a period at once, and leaves out times in the gap of a clock.

use std::ops::Range;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use super::budget::{MOST_OCCURRENCES, Steps, Stop};
use super::rule::{Freq, Rule, has};

/// A rule, and what its occurrences are wanted for.
#[derive(Debug)]
pub(crate) struct Course {
    rule: Rule,
    start: NaiveDateTime,
    /// The last wall time at which there may be one.
    last: NaiveDateTime,
    window: Range<NaiveDateTime>,
}

/// One period of a rule: whole days, or a part of one.
struct Period {
    begin: NaiveDateTime,
    days: u64,
    /// What a time of it has that the rule does not say.
    own: NaiveTime,
}

impl Course {
    pub(crate) fn new(rule: &Rule, start: NaiveDateTime, last: NaiveDateTime, window: Range<NaiveDateTime>) -> Self {
        Self { rule: rule.completed(start.date()), start, last, window }
    }

    /// The occurrences within the window, in order. The start is the first of all, whether the rule has it or not.
    pub(crate) fn run(&self, steps: &mut Steps<'_>) -> Result<Vec<NaiveDateTime>, Stop> {
        let mut found = Vec::new();
        if self.start > self.last {
            return Ok(found);
        }
        if self.window.contains(&self.start) {
            found.push(self.start);
        }
        let mut counted = 1;
        let end = self.window.end.min(self.last.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(self.last));
        let mut index = self.first_index();
        while let Some(period) = self.period(index).filter(|period| period.begin < end) {
            for at in self.chosen(&period, steps)? {
                if at <= self.start {
                    continue;
                }
                if at >= end || self.rule.count.is_some_and(|count| counted >= count) {
                    return Ok(found);
                }
                counted += 1;
                if at >= self.window.start {
                    found.push(at);
                }
                if found.len() > MOST_OCCURRENCES {
                    return Err(Stop::Dense);
                }
            }
            index += 1;
        }
        Ok(found)
    }

    /// The period before the window, or the first of all where the rule counts.
    fn first_index(&self) -> i64 {
        if self.rule.count.is_some() || self.window.start <= self.start {
            return 0;
        }
        let since = self.window.start - self.start;
        let years = i64::from(self.window.start.year() - self.start.year());
        let units = match self.rule.freq {
            Freq::Yearly => years,
            Freq::Monthly => years * 12 + i64::from(self.window.start.month()) - i64::from(self.start.month()),
            Freq::Weekly => since.num_weeks(),
            Freq::Daily => since.num_days(),
            Freq::Hourly => since.num_hours(),
            Freq::Minutely => since.num_minutes(),
            Freq::Secondly => since.num_seconds(),
        };
        (units / i64::from(self.rule.interval) - 1).max(0)
    }

    /// None beyond the end of the calendar.
    fn period(&self, index: i64) -> Option<Period> {
        let ahead = index.checked_mul(self.rule.interval.into())?;
        let date = self.start.date();
        let days = |first: NaiveDate, days: u64| {
            Some(Period { begin: first.and_time(NaiveTime::MIN), days, own: self.start.time() })
        };
        match self.rule.freq {
            Freq::Yearly => {
                let year = date.year().checked_add(i32::try_from(ahead).ok()?)?;
                let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
                days(first, if first.leap_year() { 366 } else { 365 })
            }
            Freq::Monthly => {
                let first = date.with_day(1)?.checked_add_months(Months::new(ahead.try_into().ok()?))?;
                days(first, first.num_days_in_month().into())
            }
            Freq::Weekly => {
                let ahead = u64::try_from(ahead).ok()?.checked_mul(7)?;
                days(self.rule.week_of(date).checked_add_days(Days::new(ahead))?, 7)
            }
            Freq::Daily => days(date.checked_add_days(Days::new(ahead.try_into().ok()?))?, 1),
            Freq::Hourly => self.part_of_day(TimeDelta::try_hours(ahead)?, |at| at.with_minute(0)?.with_second(0)),
            Freq::Minutely => self.part_of_day(TimeDelta::try_minutes(ahead)?, |at| at.with_second(0)),
            Freq::Secondly => self.part_of_day(TimeDelta::try_seconds(ahead)?, Some),
        }
    }

    fn part_of_day(&self, ahead: TimeDelta, begin: fn(NaiveDateTime) -> Option<NaiveDateTime>) -> Option<Period> {
        let at = self.start.checked_add_signed(ahead)?;
        Some(Period { begin: begin(at)?, days: 1, own: at.time() })
    }

    /// What the rule has in a period, in order.
    fn chosen(&self, period: &Period, steps: &mut Steps<'_>) -> Result<Vec<NaiveDateTime>, Stop> {
        let all = self.candidates(period, steps)?;
        if self.rule.positions.is_empty() {
            return Ok(all);
        }
        let chosen = |place: usize| {
            let (place, length) = (i32::try_from(place).ok()?, i32::try_from(all.len()).ok()?);
            Some(has(&self.rule.positions, place + 1) || has(&self.rule.positions, place - length))
        };
        let chosen = all.iter().enumerate().filter(|(place, _)| chosen(*place) == Some(true));
        Ok(chosen.map(|(_, at)| *at).collect())
    }

    /// All that the rule has in a period before BYSETPOS chooses. The steps bound how many they are.
    fn candidates(&self, period: &Period, steps: &mut Steps<'_>) -> Result<Vec<NaiveDateTime>, Stop> {
        steps.step()?;
        let mut all = Vec::new();
        for (first, count) in self.stretches(period) {
            for day in (0..count).map_while(|day| first.checked_add_days(Days::new(day))) {
                steps.step()?;
                if !self.rule.fits(day) {
                    continue;
                }
                for time in self.times(period.own) {
                    steps.step()?;
                    all.push(day.and_time(time));
                }
            }
        }
        Ok(all)
    }

    /// The days of a period on which there may be something, as first days with numbers of days: only the months that a
    /// yearly rule has, because the rules of zones are centuries old and have one.
    fn stretches(&self, period: &Period) -> Vec<(NaiveDate, u64)> {
        let first = period.begin.date();
        if self.rule.freq != Freq::Yearly || self.rule.months.is_empty() {
            return vec![(first, period.days)];
        }
        let months = self.rule.months.iter().filter_map(|month| first.with_month(*month));
        months.map(|month| (month, month.num_days_in_month().into())).collect()
    }
    /// The times of a day that the rule has in a period, in order. What it does not say is as it is in `own`.
    fn times(&self, own: NaiveTime) -> Vec<NaiveTime> {
        // A list adds times to a longer period, and only restricts one that is as short as its unit.
        let each = |list: &[u32], unit: Freq, own: u32| match list {
            [] => vec![own],
            list if self.rule.freq >= unit => list.iter().copied().filter(|n| *n == own).collect(),
            list => list.to_vec(),
        };
        let mut times = Vec::new();
        let minutes = each(&self.rule.minutes, Freq::Minutely, own.minute());
        let seconds = each(&self.rule.seconds, Freq::Secondly, own.second());
        for hour in each(&self.rule.hours, Freq::Hourly, own.hour()) {
            for minute in &minutes {
                // No wall clock shows a 60th second.
                times.extend(seconds.iter().filter_map(|second| NaiveTime::from_hms_opt(hour, *minute, *second)));
            }
        }
        times
    }
}
