//! Who is on call by a schedule of the file: slow, by wall time alone, and written without a look at the importer.

use chrono::{Datelike, NaiveDateTime, TimeDelta, Timelike};
use toml::{Table, Value};

use super::{rows, strings};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY: i64 = 24 * 60;
const WEEK: i64 = 7 * DAY;

/// Those on call at a wall time of the schedule, in the order of the alphabet.
pub(crate) fn on_call(schedule: &Table, at: &str) -> Vec<String> {
    let at = time(at);
    let mut best: Option<(i64, Vec<String>)> = None;
    for layer in rows(schedule, "layers") {
        let priority = layer.get("priority").map_or(0, |priority| priority.as_integer().unwrap());
        let Some(people) = by_layer(&layer, at) else { continue };
        match &mut best {
            Some((known, _)) if *known > priority => {}
            Some((known, together)) if *known == priority => together.extend(people),
            _ => best = Some((priority, people)),
        }
    }
    let mut people = best.map(|(_, people)| people).unwrap_or_default();
    people.sort();
    people.dedup();
    people
}

fn by_layer(layer: &Table, at: NaiveDateTime) -> Option<Vec<String>> {
    let bound = |field| layer.get(field).map(|text: &Value| time(text.as_str().unwrap()));
    if bound("from").is_some_and(|from| at < from) || bound("until").is_some_and(|until| at >= until) {
        return None;
    }
    let windows = strings(layer, "windows");
    if !windows.is_empty() && !windows.iter().any(|window| is_open(window, at)) {
        return None;
    }
    let pools = layer["people"].as_array().unwrap();
    let turn = usize::try_from(turn_of(layer, at).rem_euclid(i64::try_from(pools.len()).unwrap())).unwrap();
    let pool = &pools[turn];
    let pool = pool.as_array().map_or(std::slice::from_ref(pool), Vec::as_slice);
    Some(pool.iter().map(|handle| handle.as_str().unwrap().to_owned()).collect())
}

/// How many turns after that which begins at `start`.
fn turn_of(layer: &Table, at: NaiveDateTime) -> i64 {
    let start = time(layer["start"].as_str().unwrap());
    if let Some(turn) = layer.get("turn") {
        let (number, unit) = turn.as_str().unwrap().split_at(turn.as_str().unwrap().len() - 1);
        let unit = match unit {
            "h" => TimeDelta::hours(1),
            "d" => TimeDelta::days(1),
            "w" => TimeDelta::weeks(1),
            other => panic!("no unit: {other}"),
        };
        let length = unit.num_seconds() * number.parse::<i64>().unwrap();
        return (at - start).num_seconds().div_euclid(length);
    }
    let days = strings(layer, "handoff");
    let every = layer["every"].as_integer().unwrap();
    assert!(at >= start, "this reference counts forwards only");
    let (mut handoffs, mut next) = (0, start + TimeDelta::days(1));
    while next <= at {
        if days.iter().any(|day| day == DAYS[next.weekday().num_days_from_monday() as usize]) {
            handoffs += 1;
        }
        next += TimeDelta::days(1);
    }
    handoffs / every
}

fn is_open(window: &str, at: NaiveDateTime) -> bool {
    let now = i64::from(at.weekday().num_days_from_monday()) * DAY + i64::from(at.hour() * 60 + at.minute());
    let spans: Vec<(i64, i64)> = if let Some((from, to)) = window.split_once(" - ") {
        let edge = |text: &str| {
            let (on, at) = text.split_once(' ').unwrap();
            day(on) * DAY + minute(at)
        };
        vec![(edge(from), edge(to))]
    } else {
        let (days, times) = window.split_once(' ').unwrap();
        let (from, to) = times.split_once('-').map(|(from, to)| (minute(from), minute(to))).unwrap();
        let length = (to - from).rem_euclid(DAY);
        let days: Vec<i64> = match days.split_once('-') {
            Some((first, last)) => (day(first)..=day(last)).collect(),
            None => days.split(',').map(day).collect(),
        };
        days.into_iter().map(|on| (on * DAY + from, on * DAY + from + length)).collect()
    };
    spans.into_iter().any(|(opens, closes)| (now - opens).rem_euclid(WEEK) < (closes - opens).rem_euclid(WEEK))
}

fn day(name: &str) -> i64 {
    i64::try_from(DAYS.iter().position(|known| *known == name).unwrap()).unwrap()
}

fn minute(text: &str) -> i64 {
    let (hour, minute) = text.split_once(':').unwrap();
    hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()
}

fn time(text: &str) -> NaiveDateTime {
    let text = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S").unwrap()
}
