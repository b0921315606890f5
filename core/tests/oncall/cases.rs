//! What other systems say, with their inputs brought in as an importer would: target/goalert (hand-offs around changes of the
//! clock) and grafana/oncall (priorities, overrides, weeks around changes of the clock, people who roll over days). Each file
//! under `cases/` names its source.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use firebell_core::oncall::roster::Roster;
use firebell_core::oncall::schedule::{Layer, Schedule, Source, Turn, Window};
use firebell_core::oncall::shift::{OnCall, Why};
use firebell_core::oncall::wall::first;
use serde::Deserialize;

use crate::build::{cover, daily, layer, letter, many, rotation, schedule};

#[derive(Deserialize)]
struct File<T> {
    source: String,
    cases: Vec<T>,
}

fn read<T: for<'a> Deserialize<'a>>(text: &str, source: &str) -> Vec<T> {
    let file: File<T> = serde_json::from_str(text).unwrap();
    assert!(file.source.contains(source), "{} is not from {source}", file.source);
    file.cases
}

fn letters(state: &OnCall) -> String {
    state.on_call.iter().map(|held| letter(held.person)).collect()
}

#[derive(Deserialize)]
struct HandOffs {
    time_zone: Tz,
    rotation: GoAlertRotation,
    window_local: (NaiveDateTime, NaiveDateTime),
    expected_handoffs: Vec<DateTime<FixedOffset>>,
}

#[derive(Debug, Deserialize)]
struct GoAlertRotation {
    r#type: String,
    shift_length: u16,
    start_local: NaiveDateTime,
}

impl GoAlertRotation {
    fn source(&self) -> Source {
        let length = many(self.shift_length);
        let turn = match self.r#type.as_str() {
            "hourly" => Turn::Hours(length),
            "daily" => Turn::Days(length),
            "monthly" => Turn::Months(length),
            other => panic!("a rotation of an unknown type: {other}"),
        };
        rotation(self.start_local, turn, "a b c")
    }
}

#[test]
fn goalert_hands_over_at_the_same_instants() {
    let cases: Vec<HandOffs> = read(include_str!("cases/goalert_rotation_dst.json"), "target/goalert");
    assert_eq!(cases.len(), 16);
    for case in cases {
        let schedule = schedule(case.time_zone, vec![layer("rotation", 0, case.rotation.source())]);
        let calendars = BTreeMap::new();
        let roster = Roster::new(&schedule, [], &calendars);
        let (mut at, end) = (first(case.time_zone, case.window_local.0), first(case.time_zone, case.window_local.1));
        let mut found = BTreeSet::new();
        // Their window includes its end.
        while at <= end {
            let shift = roster.shift_holding(at, TimeDelta::days(40));
            found.extend([shift.start, shift.end]);
            at += TimeDelta::minutes(10);
        }
        let expected: BTreeSet<_> = case.expected_handoffs.iter().map(DateTime::to_utc).collect();
        assert_eq!(found, expected, "{} {:?}", case.time_zone, case.rotation);
    }
}

#[derive(Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
enum Grafana {
    LayersPriorityOverrides { daily_shifts: Vec<Daily>, overrides: Vec<Daily>, expected_final: Vec<Final> },
    WeeklyWeekOverDst { time_zone: Tz, weekly_shift: Weekly, expected: Vec<Week> },
}

#[derive(Deserialize)]
struct Daily {
    user: String,
    priority: i64,
    start_h: f64,
    duration_h: f64,
}

#[derive(Debug, Deserialize)]
struct Final {
    start_h: f64,
    duration_h: f64,
    user: Option<String>,
    r#override: bool,
}

#[derive(Deserialize)]
struct Weekly {
    start_local: NaiveDateTime,
    duration_s: i64,
}

#[derive(Deserialize)]
struct Week {
    #[serde(rename = "contains_utc")]
    inside: DateTime<Utc>,
    #[serde(rename = "start_utc")]
    start: DateTime<Utc>,
    #[serde(rename = "end_utc")]
    end: DateTime<Utc>,
}

fn hours(count: f64) -> TimeDelta {
    TimeDelta::from_std(std::time::Duration::from_secs_f64(count * 3600.0)).unwrap()
}

fn midnight() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

#[test]
fn grafana_agrees_on_layers_and_on_weeks_around_changes_of_the_clock() {
    let cases: Vec<Grafana> = read(include_str!("cases/grafana_oncall_layers_and_dst.json"), "grafana/oncall");
    assert_eq!(cases.len(), 2);
    for case in cases {
        match case {
            Grafana::LayersPriorityOverrides { daily_shifts, overrides, expected_final } => {
                layers_and_overrides(&daily_shifts, overrides, &expected_final);
            }
            Grafana::WeeklyWeekOverDst { time_zone, weekly_shift, expected } => {
                weeks(time_zone, &weekly_shift, &expected);
            }
        }
    }
}

/// There, overrides have priorities among themselves; an importer makes the more important one the newer.
fn layers_and_overrides(shifts: &[Daily], mut overrides: Vec<Daily>, expected: &[Final]) {
    let shift = |(number, shift): (usize, &Daily)| {
        let (start, end) = (midnight() + hours(shift.start_h), midnight() + hours(shift.start_h + shift.duration_h));
        let source = rotation(start.naive_utc(), Turn::Days(many(1)), &shift.user);
        let windows = daily(start.time(), end.time());
        Layer { windows, ..layer(&format!("l{number}"), shift.priority, source) }
    };
    let schedule = schedule(Tz::UTC, shifts.iter().enumerate().map(shift).collect());
    overrides.sort_by_key(|one| one.priority);
    let overrides: Vec<_> = (0..)
        .zip(&overrides)
        .map(|(number, one)| {
            let start = midnight() + hours(one.start_h);
            cover(number, &one.user, "", (start, start + hours(one.duration_h)))
        })
        .collect();
    let calendars = BTreeMap::new();
    let roster = Roster::new(&schedule, &overrides, &calendars);
    for quarter in 0..24 * 4 {
        let at = f64::from(quarter) / 4.0;
        let here = expected.iter().filter(|one| one.start_h <= at && at < one.start_h + one.duration_h);
        let there: Vec<&Final> = here.filter(|one| one.user.is_some()).collect();
        let state = roster.at(midnight() + hours(at));
        let users: String = there.iter().filter_map(|one| one.user.as_deref()).collect();
        assert_eq!(letters(&state), users, "at {at} h");
        let overridden = state.on_call.iter().any(|held| matches!(held.why, Why::Override(_)));
        assert_eq!(overridden, there.iter().any(|one| one.r#override), "at {at} h");
    }
}

fn weeks(zone: Tz, shift: &Weekly, expected: &[Week]) {
    assert_eq!((shift.duration_s, expected.len()), (7 * 24 * 3600, 2));
    let schedule = schedule(zone, vec![layer("weekly", 0, rotation(shift.start_local, Turn::Weeks(many(1)), "a b"))]);
    let calendars = BTreeMap::new();
    let roster = Roster::new(&schedule, [], &calendars);
    for week in expected {
        let shift = roster.shift_holding(week.inside, TimeDelta::days(20));
        assert_eq!((shift.start, shift.end), (week.start, week.end));
    }
}

#[derive(Deserialize)]
struct Rolling {
    users_per_group: Vec<usize>,
    shift_start: NaiveDate,
    by_day: Option<Vec<String>>,
    total_days: u16,
    frequency: String,
    interval: u16,
    expected_day_to_users: BTreeMap<NaiveDate, String>,
}

impl Rolling {
    fn days(&self) -> Vec<Weekday> {
        let day = |name: &String| match name.as_str() {
            "MO" => Weekday::Mon,
            "TU" => Weekday::Tue,
            "WE" => Weekday::Wed,
            "TH" => Weekday::Thu,
            "FR" => Weekday::Fri,
            "SA" => Weekday::Sat,
            "SU" => Weekday::Sun,
            other => panic!("an unknown day: {other}"),
        };
        self.by_day.iter().flatten().map(day).collect()
    }

    /// "AB C" for a group of two and one of one, each followed by as many groups of nobody as asked for.
    fn pools(&self, empty: u16) -> String {
        let mut users = 'A'..='Z';
        let group = |count: &usize| {
            let group: String = users.by_ref().take(*count).collect();
            group + &" .".repeat(empty.into())
        };
        self.users_per_group.iter().map(group).collect::<Vec<_>>().join(" ")
    }

    /// As an importer would: days become windows. A daily shift with days changes hands on these alone, every so many of
    /// them; any other interval leaves out the weeks or days between, which are turns of nobody. Weeks begin on Monday and
    /// months on their first, before the shift's start if need be, and the layer from that start on.
    fn schedule(&self) -> Schedule {
        let (start, days) = (self.shift_start, self.days());
        let source = |start: NaiveDate, turn, empty| rotation(start.and_time(NaiveTime::MIN), turn, &self.pools(empty));
        let left_out = self.interval - 1;
        let source = match self.frequency.as_str() {
            "DAILY" if days.is_empty() => source(start, Turn::Days(many(1)), left_out),
            "DAILY" => {
                let first = start.iter_days().find(|day| days.contains(&day.weekday())).unwrap();
                source(first, Turn::On { days: days.clone(), every: many(self.interval) }, 0)
            }
            "WEEKLY" => source(start.week(Weekday::Mon).first_day(), Turn::Weeks(many(1)), left_out),
            "MONTHLY" => source(start.with_day(1).unwrap(), Turn::Months(many(1)), left_out),
            other => panic!("an unknown frequency: {other}"),
        };
        let midnight = NaiveTime::MIN;
        let window = |day: Weekday| Window { opens: (day, midnight), closes: (day.succ(), midnight) };
        let windows = days.into_iter().map(window).collect();
        let from = Some(start.and_time(midnight));
        schedule(Tz::UTC, vec![Layer { from, windows, ..layer("shift", 0, source) }])
    }
}

/// Where the days come out otherwise than there: the case, the day, who is on call there and who is here. The same table, with
/// the reasons, stands in docs/schedules.md.
const DIFFERENT: [(usize, &str, &str, &str); 3] = [
    // A shift of one day in seven. There, the third event and whatever comes after it are daily.
    (21, "2024-10-15", "D", "nobody"),
    (21, "2024-10-16", "E", "nobody"),
    (21, "2024-10-17", "F", "nobody"),
];

#[test]
fn grafana_rolls_people_over_the_same_days() {
    let cases: Vec<Rolling> = read(include_str!("cases/grafana_oncall_rolling_days.json"), "grafana/oncall");
    assert_eq!(cases.len(), 24);
    let mut different = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let (schedule, calendars) = (case.schedule(), BTreeMap::new());
        let roster = Roster::new(&schedule, [], &calendars);
        for day in case.shift_start.iter_days().take(case.total_days.into()) {
            let noon = day.and_hms_opt(12, 0, 0).unwrap().and_utc();
            let ours = letters(&roster.at(noon));
            let theirs = case.expected_day_to_users.get(&day).map_or("", String::as_str);
            if ours != theirs {
                let said = |who: &str| if who.is_empty() { "nobody".to_owned() } else { who.to_owned() };
                different.push((number, day.to_string(), said(theirs), said(&ours)));
            }
        }
        let last = case.shift_start.checked_add_months(Months::new(1)).unwrap();
        assert!(case.expected_day_to_users.keys().all(|day| (case.shift_start..last).contains(day)), "case {number}");
    }
    let expected =
        DIFFERENT.map(|(case, day, theirs, ours)| (case, day.to_owned(), theirs.to_owned(), ours.to_owned()));
    assert_eq!(different, expected);
}

#[test]
fn the_differences_are_written_down() {
    let page = include_str!("../../../docs/schedules.md");
    for (case, day, theirs, ours) in DIFFERENT {
        let row = format!("| rolling days, case {case} | {day} | {theirs} | {ours} |");
        assert!(page.contains(&row), "docs/schedules.md lacks: {row}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| rolling days, case")).count();
    assert_eq!(rows, DIFFERENT.len(), "docs/schedules.md has rows that no test knows");
}
