//! Parts of the week in which a layer counts.

use chrono::{Datelike, NaiveDateTime, Timelike, Weekday};
use firebell_core::oncall::text::day_word;

pub(super) const DAY: u32 = 24 * 60;
pub(super) const WEEK: u32 = 7 * DAY;

/// The days of the week in their order.
pub(super) const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// A part of the week, in minutes since Monday's midnight by wall time. It closes at most a week after it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    opens: u32,
    closes: u32,
}

impl Window {
    /// The part that opens on a day at a minute of it and lasts some minutes; all beyond a week is cut off.
    pub(super) fn new(day: Weekday, minute: u32, minutes: u32) -> Self {
        let opens = (day.num_days_from_monday() * DAY + minute) % WEEK;
        Self { opens, closes: opens + minutes.min(WEEK) }
    }

    fn minutes(self) -> u32 {
        self.closes - self.opens
    }
}

/// The minute of the day of a wall time, if it is a whole one.
pub(super) fn whole_minute(at: NaiveDateTime) -> Result<(Weekday, u32), String> {
    if at.second() == 0 { Ok((at.weekday(), at.hour() * 60 + at.minute())) } else { Err(no_seconds()) }
}

/// Whole minutes of a length in seconds.
pub(super) fn minutes(seconds: i64) -> Result<u32, String> {
    if seconds % 60 != 0 {
        return Err(no_seconds());
    }
    // What is longer than a week is cut off there anyway.
    u32::try_from(seconds / 60)
        .ok()
        .filter(|n| *n > 0)
        .map(|n| n.min(WEEK))
        .ok_or_else(|| "a part of the week lasts no time at all".to_owned())
}

fn no_seconds() -> String {
    "a part of the week does not begin and end at whole minutes".to_owned()
}

/// The windows with those that meet made one; none if together they are the whole week.
pub(super) fn joined(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_unstable();
    let mut joined: Vec<Window> = Vec::with_capacity(windows.len());
    for window in windows {
        match joined.last_mut() {
            Some(last) if window.opens <= last.closes => last.closes = last.closes.max(window.closes),
            _ => joined.push(window),
        }
    }
    // The last ones may go over the end of the week into the first ones.
    while let (Some(first), Some(last)) = (joined.first().copied(), joined.last().copied()) {
        if joined.len() < 2 || last.closes < first.opens + WEEK {
            break;
        }
        joined.remove(0);
        if let Some(last) = joined.last_mut() {
            last.closes = last.closes.max(first.closes + WEEK);
        }
    }
    if joined.iter().any(|window| window.minutes() >= WEEK) { Vec::new() } else { joined }
}

/// The windows as the file has them; those of one time of day are written together.
pub(super) fn written(windows: &[Window]) -> Vec<String> {
    let mut groups: Vec<(u32, u32, Vec<u32>)> = Vec::new();
    let mut texts = Vec::new();
    for window in windows {
        let (from, to, on) = (window.opens % DAY, window.closes % DAY, window.opens / DAY);
        if window.minutes() >= DAY {
            texts.push(format!("{} {} - {} {}", day_of(on), time(from), day_of(window.closes / DAY), time(to)));
            continue;
        }
        match groups.iter_mut().find(|(opens, closes, _)| (*opens, *closes) == (from, to)) {
            Some((_, _, days)) => days.push(on),
            None => groups.push((from, to, vec![on])),
        }
    }
    let daily = groups.iter().map(|(from, to, days)| format!("{} {}-{}", day_list(days), time(*from), time(*to)));
    daily.chain(texts).collect()
}

fn day_of(index: u32) -> &'static str {
    day_word(DAYS[(index % 7) as usize])
}

/// Days in the order of the week: a run of three and more as "mon-fri", all else one by one.
fn day_list(days: &[u32]) -> String {
    let run = days.windows(2).all(|pair| matches!(pair, [a, b] if b - a == 1));
    match days {
        [first, .., last] if run && days.len() > 2 => format!("{}-{}", day_of(*first), day_of(*last)),
        _ => days.iter().map(|on| day_of(*on)).collect::<Vec<_>>().join(","),
    }
}

fn time(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

    use super::*;

    const WORKDAYS: [Weekday; 5] = [Mon, Tue, Wed, Thu, Fri];

    fn each(days: &[Weekday], minute: u32, minutes: u32) -> Vec<Window> {
        days.iter().map(|day| Window::new(*day, minute, minutes)).collect()
    }

    #[test]
    fn windows_are_joined_and_written() {
        let all = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];
        let cases: [(Vec<Window>, &[&str]); 10] = [
            (each(&WORKDAYS, 540, 480), &["mon-fri 09:00-17:00"]),
            (each(&[Sat, Sun], 1320, 480), &["sat,sun 22:00-06:00"]),
            (each(&[Fri], 1020, 3840), &["fri 17:00 - mon 09:00"]),
            (each(&WORKDAYS, 540, DAY), &["mon 09:00 - sat 09:00"]),
            (each(&all, 0, DAY), &[]),
            (each(&all, 540, 480), &["mon-sun 09:00-17:00"]),
            (each(&[Mon, Wed], 540, 480), &["mon,wed 09:00-17:00"]),
            // Two that meet over the end of the week.
            (each(&[Sun, Mon], 0, DAY), &["sun 00:00 - tue 00:00"]),
            ([each(&[Mon], 540, 60), each(&[Mon], 570, 60)].concat(), &["mon 09:00-10:30"]),
            (each(&[Wed], 0, WEEK), &[]),
        ];
        for (windows, want) in cases {
            assert_eq!(written(&joined(windows.clone())), want, "{windows:?}");
        }
    }

    #[test]
    fn windows_know_no_seconds() {
        assert_eq!(minutes(28_800), Ok(480));
        assert_eq!(minutes(90_000_000), Ok(WEEK));
        for wrong in [0, -60, 61] {
            assert!(minutes(wrong).is_err(), "{wrong}");
        }
    }
}
