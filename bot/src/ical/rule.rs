//! Recurrence rules.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Weekday};

/// A recurrence rule (RRULE) that keeps to the format. Its lists are sorted, and none has a
/// value twice; one that is empty restricts nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) freq: Freq,
    /// At least 1.
    pub(crate) interval: u32,
    pub(crate) count: Option<u32>,
    pub(crate) until: Option<Until>,
    pub(crate) seconds: Vec<u32>,
    pub(crate) minutes: Vec<u32>,
    pub(crate) hours: Vec<u32>,
    pub(crate) weekdays: Vec<Nth>,
    /// Negative ones are counted from the end, here and below.
    pub(crate) month_days: Vec<i32>,
    pub(crate) year_days: Vec<i32>,
    pub(crate) weeks: Vec<i32>,
    pub(crate) months: Vec<u32>,
    pub(crate) positions: Vec<i32>,
    pub(crate) week_start: Weekday,
}

/// How often a rule's period comes, the coarsest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Freq {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    Minutely,
    Secondly,
}

/// The last moment at which a rule may have an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    Day(NaiveDate),
    Wall(NaiveDateTime),
    Utc(NaiveDateTime),
}

/// A weekday: each of them (0), or the n-th of its month or year, negative ones from the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nth {
    pub(crate) n: i32,
    pub(crate) weekday: Weekday,
}

impl Nth {
    /// What lists of them are sorted by.
    pub(crate) fn key(self) -> (u32, i32) {
        (self.weekday.num_days_from_monday(), self.n)
    }
}

impl Rule {
    /// The rule with what it does not say taken from the start: a yearly rule without any day is on the start's date,
    /// and so on.
    pub(crate) fn completed(&self, start: NaiveDate) -> Self {
        let mut rule = self.clone();
        if !(rule.weekdays.is_empty() && rule.month_days.is_empty() && rule.year_days.is_empty()) {
            return rule;
        }
        match rule.freq {
            Freq::Yearly if rule.weeks.is_empty() => {
                if rule.months.is_empty() {
                    rule.months.push(start.month());
                }
                rule.month_days.push(signed(start.day()));
            }
            Freq::Monthly => rule.month_days.push(signed(start.day())),
            Freq::Yearly | Freq::Weekly => rule.weekdays.push(Nth { n: 0, weekday: start.weekday() }),
            Freq::Daily | Freq::Hourly | Freq::Minutely | Freq::Secondly => {}
        }
        rule
    }

    /// The rule for an event of whole days, which has no use for times. None where the rule is about nothing else.
    pub(crate) fn of_days(&self) -> Option<Self> {
        let (seconds, minutes, hours) = (Vec::new(), Vec::new(), Vec::new());
        (self.freq <= Freq::Daily).then(|| Self { seconds, minutes, hours, ..self.clone() })
    }

    /// Whether the rule has occurrences on this day, if its period holds it.
    pub(crate) fn fits(&self, day: NaiveDate) -> bool {
        let year_length = if day.leap_year() { 366 } else { 365 };
        (self.months.is_empty() || self.months.contains(&day.month()))
            && counted(&self.month_days, day.day(), u32::from(day.num_days_in_month()))
            && counted(&self.year_days, day.ordinal(), year_length)
            && (self.weeks.is_empty() || self.fits_week(day))
            && (self.weekdays.is_empty() || self.fits_weekday(day))
    }

    fn fits_weekday(&self, day: NaiveDate) -> bool {
        let of_month = self.freq == Freq::Monthly || !self.months.is_empty();
        let (place, length) = if of_month {
            (day.day(), u32::from(day.num_days_in_month()))
        } else {
            (day.ordinal(), if day.leap_year() { 366 } else { 365 })
        };
        let has = |n| {
            let nth = Nth { n, weekday: day.weekday() };
            self.weekdays.binary_search_by_key(&nth.key(), |nth| nth.key()).is_ok()
        };
        has(0) || has(signed((place - 1) / 7 + 1)) || has(-signed((length - place) / 7 + 1))
    }

    /// Weeks belong to the year that has most of their days.
    fn fits_week(&self, day: NaiveDate) -> bool {
        let week = self.week_of(day).checked_add_days(Days::new(3)).and_then(|middle| {
            let first = self.first_week(middle.year())?;
            let next = self.first_week(middle.year().checked_add(1)?)?;
            let number = (self.week_of(day) - first).num_days() / 7 + 1;
            let of = (next - first).num_days() / 7;
            Some((i32::try_from(number).ok()?, i32::try_from(number - of - 1).ok()?))
        });
        week.is_some_and(|(number, from_end)| has(&self.weeks, number) || has(&self.weeks, from_end))
    }

    /// The first day of the week that holds the day.
    pub(crate) fn week_of(&self, day: NaiveDate) -> NaiveDate {
        let since = day.weekday().days_since(self.week_start);
        day.checked_sub_days(Days::new(since.into())).unwrap_or(day)
    }

    fn first_week(&self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, 1, 4).map(|day| self.week_of(day))
    }
}

fn counted(list: &[i32], place: u32, length: u32) -> bool {
    list.is_empty() || has(list, signed(place)) || has(list, signed(place) - signed(length) - 1)
}

/// Lists can be long, and are looked at for every day.
pub(crate) fn has(list: &[i32], n: i32) -> bool {
    list.binary_search(&n).is_ok()
}

/// Days of a month or a year fit any integer.
pub(crate) const fn signed(number: u32) -> i32 {
    number.cast_signed()
}
