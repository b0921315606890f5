//! The repetition of a shift as turns and windows of a layer.
//!
//! A shift occurs again and again and lasts a while each time; with several groups, each next period is the next group's.
//! Our turns follow each other without gaps, so what lies between occurrences has to be a window of the week.

use chrono::{Datelike, NaiveDateTime, Weekday};

use super::super::model::Turn;
use super::super::windows::{self, DAY, DAYS, WEEK, Window};
use super::shift::{days_into_week, shifted};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;
const WEEK_S: i64 = 7 * DAY_S;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frequency {
    Hourly,
    Daily,
    Weekly,
}

/// How a shift repeats.
#[derive(Debug, Clone)]
pub(super) struct Repeat {
    pub(super) start: NaiveDateTime,
    /// The turns are counted from `start`, but those before this are nobody's.
    pub(super) rotation_start: NaiveDateTime,
    /// How long one occurrence lasts.
    pub(super) seconds: i64,
    pub(super) frequency: Frequency,
    /// How many hours, days or weeks a period has.
    pub(super) interval: u16,
    /// On which days alone it occurs, from Monday on; on any, without them.
    pub(super) days: Vec<Weekday>,
    pub(super) week_start: Weekday,
    pub(super) rolling: bool,
}

/// What a layer needs of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) start: NaiveDateTime,
    pub(super) turn: Turn,
    pub(super) windows: Vec<Window>,
}

/// Turns and windows of a shift with so many groups.
///
/// # Errors
/// Why no layer has the same people on call at the same times.
pub(super) fn plan(repeat: &Repeat, groups: usize) -> Result<Plan, String> {
    let one = groups == 1;
    let unit = match repeat.frequency {
        Frequency::Hourly => HOUR_S,
        Frequency::Daily => DAY_S,
        Frequency::Weekly => WEEK_S,
    };
    let period = unit * i64::from(repeat.interval);
    if repeat.days.is_empty() {
        return if one { occurring(repeat, period) } else { rolling(repeat, period) };
    }
    match repeat.frequency {
        Frequency::Hourly => Err("it repeats by the hour on some days alone".to_owned()),
        // A group of days is one group's turn, and with one group all of them are.
        Frequency::Daily if one && (repeat.rolling || repeat.interval == 1) => on_days(repeat, &repeat.days),
        Frequency::Daily if !one => in_turn_by_day(repeat),
        Frequency::Weekly if repeat.interval == 1 && one => on_days(repeat, &repeat.days),
        Frequency::Weekly if repeat.interval == 1 => in_turn_by_week(repeat),
        Frequency::Daily => Err(off_between("days", repeat.interval)),
        Frequency::Weekly => Err(off_between("weeks", repeat.interval)),
    }
}

fn off_between(units: &str, interval: u16) -> String {
    format!(
        "it occurs in every {interval} {units} on some days, and between them nobody is on call, which no layer can say"
    )
}

/// One group on any day: always, or at some times of each week.
fn occurring(repeat: &Repeat, period: i64) -> Result<Plan, String> {
    if repeat.seconds >= period {
        return Ok(Plan { start: repeat.start, turn: Turn::Weeks(1), windows: Vec::new() });
    }
    match period {
        DAY_S => on_days(repeat, &DAYS),
        WEEK_S => on_days(repeat, &[repeat.start.weekday()]),
        _ => Err(gap(repeat, period)),
    }
}

/// Several groups on any day, one after another.
fn rolling(repeat: &Repeat, period: i64) -> Result<Plan, String> {
    let turn = Turn::of_seconds(period).ok_or("the turns are longer than can be kept")?;
    if repeat.seconds > period {
        return Err("its occurrences overlap, so that two groups are on call at once for a while".to_owned());
    }
    let windows = match period {
        _ if repeat.seconds == period => Vec::new(),
        DAY_S => on_days(repeat, &DAYS)?.windows,
        WEEK_S => on_days(repeat, &[repeat.start.weekday()])?.windows,
        _ => return Err(gap(repeat, period)),
    };
    Ok(Plan { start: repeat.start, turn, windows })
}

fn gap(repeat: &Repeat, period: i64) -> String {
    let (seconds, hours) = (repeat.seconds, period / HOUR_S);
    format!("it lasts {seconds} seconds of every {hours} hours, and the gaps between do not follow the week")
}

/// The same people on each of some days.
fn on_days(repeat: &Repeat, days: &[Weekday]) -> Result<Plan, String> {
    let (_, minute) = windows::whole_minute(repeat.start)?;
    let minutes = windows::minutes(repeat.seconds)?;
    let windows = days.iter().map(|day| Window::new(*day, minute, minutes)).collect();
    Ok(Plan { start: repeat.start, turn: Turn::Weeks(1), windows: windows::joined(windows) })
}

/// Groups that change after some of the days.
fn in_turn_by_day(repeat: &Repeat) -> Result<Plan, String> {
    let start = first_day(repeat)?;
    let windows = on_days(repeat, &repeat.days)?.windows;
    let at: Vec<u32> = repeat.days.iter().map(Weekday::num_days_from_monday).collect();
    let next = at.iter().skip(1).copied().chain(at.first().map(|first| first + 7));
    let closest = at.iter().zip(next).map(|(day, next)| next - day).min().unwrap_or(7);
    if windows::minutes(repeat.seconds)? > closest * DAY {
        return Err("its occurrences overlap, so that two groups are on call at once for a while".to_owned());
    }
    Ok(Plan { start, turn: Turn::On { days: repeat.days.clone(), every: repeat.interval }, windows })
}

/// Groups that change with the week.
fn in_turn_by_week(repeat: &Repeat) -> Result<Plan, String> {
    let first = first_day(repeat)?;
    let into = |day: Weekday| days_into_week(day, repeat.week_start);
    let last = repeat.days.iter().map(|day| into(*day)).max().unwrap_or_default();
    if last * DAY + windows::minutes(repeat.seconds)? > WEEK {
        return Err("its last day of the week runs into the next group's first".to_owned());
    }
    // The hand-off has the occurrences' time of day, so none of them lies across it.
    let start = shifted(first, -i64::from(into(first.weekday())))?;
    Ok(Plan { start, turn: Turn::Weeks(1), windows: on_days(repeat, &repeat.days)?.windows })
}

/// The first occurrence of the first group's turn.
fn first_day(repeat: &Repeat) -> Result<NaiveDateTime, String> {
    let day = repeat.start.weekday();
    if repeat.days.contains(&day) {
        return Ok(repeat.start);
    }
    if repeat.rotation_start != repeat.start {
        return Err(
            "it starts on none of its days, and its rotation at another time, so the first turn cannot be told"
                .to_owned(),
        );
    }
    // Not the next of its days but the first one of a week, as Grafana counts.
    let into = |day: &Weekday| days_into_week(*day, repeat.week_start);
    let first = repeat.days.iter().copied().min_by_key(into).unwrap_or(day);
    shifted(repeat.start, i64::from(days_into_week(first, day)))
}
