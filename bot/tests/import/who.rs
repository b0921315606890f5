//! Who is on call by what was carried over, against what the vendor's own rules say.

use std::collections::BTreeMap;

use firebell::import::{Kind, Vendor};
use serde_json::{Value, json};

use crate::import::support::{FIXTURES, check, imported, on_call, rows};

/// The schedule of a key; `None` if it was left out.
fn schedule(vendor: Vendor, json: &str, key: &str) -> Option<toml::Table> {
    let file = check(&imported(vendor, json).toml);
    rows(&file, "schedules").into_iter().find(|schedule| schedule["key"].as_str() == Some(key))
}

#[test]
fn the_fixtures_have_the_same_people_on_call() {
    let cases: &[(usize, &str, &str, &[&str])] = &[
        // PagerDuty: the topmost layer comes first and wins at night; below it two people change on Mondays at nine.
        (0, "web", "2026-01-05T10:00", &["ana"]),
        (0, "web", "2026-01-12T08:59", &["cy"]),
        (0, "web", "2026-01-12T09:00", &["bo"]),
        (0, "web", "2026-01-14T17:00", &["cy"]),
        (0, "web", "2026-01-17T12:00", &["cy"]),
        (0, "web", "2026-01-19T09:00", &["ana"]),
        (0, "web", "2027-01-05T12:00", &[]),
        (0, "half-days", "2026-02-02T07:00", &["bo"]),
        (0, "half-days", "2026-02-02T19:00", &["cy"]),
        (0, "half-days", "2026-02-02T23:30", &[]),
        // Opsgenie: rotations are on call together, and a restriction by weekday runs from one day to another.
        (1, "web", "2026-01-12T10:00", &["ana"]),
        (1, "web", "2026-01-19T10:00", &["bo"]),
        (1, "web", "2026-01-10T12:00", &["ana"]),
        (1, "web", "2026-01-10T23:00", &["ana", "cy"]),
        (1, "web", "2026-01-14T12:00", &[]),
        // Grafana: groups begin with the one of the index; a higher level wins.
        (2, "web", "2026-01-11T12:00", &[]),
        (2, "web", "2026-01-12T12:00", &["ana"]),
        (2, "web", "2026-01-19T12:00", &["bo", "cy"]),
        (2, "web", "2026-01-16T23:00", &["cy"]),
        (2, "web", "2026-12-15T12:00", &["ana", "bo"]),
        (2, "web", "2026-12-15T18:00", &["ana"]),
        (2, "work-days", "2026-01-05T10:00", &["ana"]),
        (2, "work-days", "2026-01-06T10:00", &["ana"]),
        (2, "work-days", "2026-01-07T10:00", &["bo"]),
        (2, "work-days", "2026-01-09T10:00", &["di"]),
        (2, "work-days", "2026-01-12T10:00", &["di"]),
        (2, "work-days", "2026-01-10T10:00", &[]),
        // The week's last night ends on Monday morning, and is still the same group's.
        (2, "work-days", "2026-01-07T20:00", &["cy"]),
        (2, "work-days", "2026-01-12T05:00", &["cy"]),
        (2, "work-days", "2026-01-14T20:00", &["bo"]),
    ];
    for (fixture, key, at, people) in cases {
        let (vendor, json) = FIXTURES[*fixture];
        assert_eq!(on_call(&schedule(vendor, json, key).unwrap(), at), *people, "{vendor} {key} {at}");
    }
}

/// A schedule of one shift, which is that of the first argument with the fields of the second.
fn grafana(changes: &Value) -> String {
    let users: Vec<Value> = ["a", "b", "c", "d"]
        .iter()
        .map(|name| json!({"id": name.to_uppercase(), "username": name, "grafana_id": 1}))
        .collect();
    let mut shift = json!({
        "id": "O", "name": "shift", "type": "rolling_users", "level": 0, "start": "2026-01-05T00:00:00", "duration": 43_200,
        "frequency": "daily", "interval": 1, "week_start": "MO", "rolling_users": [["A"], ["B"], ["C"]],
    });
    for (field, value) in changes.as_object().unwrap() {
        shift[field] = value.clone();
    }
    let schedule = json!({"id": "S", "name": "web", "type": "web", "time_zone": "UTC", "shifts": ["O"]});
    json!({"users": users, "schedules": [schedule], "on_call_shifts": [shift]}).to_string()
}

/// The people on call at noon on each day, without the days on which nobody is.
fn noons(changes: &Value, days: u32) -> BTreeMap<String, String> {
    let json = grafana(changes);
    let schedule = schedule(Vendor::GrafanaOnCall, &json, "web").unwrap_or_else(|| panic!("left out: {changes}"));
    let first = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
    let days = (0..days).map(|day| first + chrono::TimeDelta::days(i64::from(day)));
    let named = days.map(|day| (day.format("%a %d").to_string(), on_call(&schedule, &format!("{day}T11:00")).concat()));
    named.filter(|(_, people)| !people.is_empty()).collect()
}

#[test]
fn shifts_of_grafana_roll_as_they_did() {
    let cases = [
        (json!({}), "Mon 05 a, Tue 06 b, Wed 07 c, Thu 08 a"),
        (json!({"start_rotation_from_user_index": 2}), "Mon 05 c, Tue 06 a, Wed 07 b, Thu 08 c"),
        (json!({"rotation_start": "2026-01-07T00:00:00"}), "Wed 07 c, Thu 08 a"),
        (json!({"rolling_users": [["A", "D"], ["B"]]}), "Mon 05 ad, Tue 06 b, Wed 07 ad, Thu 08 b"),
        (json!({"interval": 2, "duration": 172_800}), "Mon 05 a, Tue 06 a, Wed 07 b, Thu 08 b"),
        (json!({"by_day": ["MO", "WE"]}), "Mon 05 a, Wed 07 b"),
        // Starting on none of its days, it begins on the first day of a week that is.
        (json!({"start": "2026-01-05T00:00:00", "by_day": ["WE", "TH"]}), "Wed 07 a, Thu 08 b"),
        (json!({"frequency": "weekly", "by_day": ["MO", "TH"]}), "Mon 05 a, Thu 08 a"),
        (json!({"type": "recurrent_event", "users": ["B", "D"], "by_day": ["TU"]}), "Tue 06 bd"),
        (json!({"rolling_users": [["B"]], "interval": 2, "by_day": ["TU", "WE"]}), "Tue 06 b, Wed 07 b"),
        (json!({"until": "2026-01-06T06:00:00", "start": "2026-01-05T00:00:00"}), ""),
    ];
    for (changes, want) in cases.iter().take(10) {
        let got: Vec<String> = noons(changes, 4).into_iter().map(|(day, people)| format!("{day} {people}")).collect();
        let mut got = got;
        got.sort_by_key(|day| day[4..6].to_owned());
        assert_eq!(got.join(", "), *want, "{changes}");
    }
    assert!(schedule(Vendor::GrafanaOnCall, &grafana(&cases[10].0), "web").is_none());
    // From the week's turn on, the next group has it.
    let weekly = noons(&json!({"frequency": "weekly", "by_day": ["MO", "SU"]}), 21);
    let want = [("Mon 05", "a"), ("Mon 12", "b"), ("Mon 19", "c"), ("Sun 11", "a"), ("Sun 18", "b"), ("Sun 25", "c")];
    assert_eq!(weekly, want.map(|(day, people)| (day.to_owned(), people.to_owned())).into());
}

#[test]
fn what_no_layer_can_say_is_left_out_loudly() {
    let cases = [
        (json!({"frequency": "weekly", "interval": 2, "by_day": ["MO"]}), "between them nobody is on call"),
        (json!({"type": "recurrent_event", "users": ["A"], "interval": 2, "by_day": ["MO"]}), "between them nobody"),
        (json!({"interval": 2}), "the gaps between do not follow the week"),
        (json!({"duration": 90_000}), "two groups are on call at once"),
        (json!({"by_day": ["MO", "TU"], "duration": 90_000}), "two groups are on call at once"),
        (json!({"frequency": "weekly", "by_day": ["SU"], "duration": 90_000}), "runs into the next group's first"),
        (json!({"frequency": "monthly"}), "no fixed length"),
        (json!({"frequency": "hourly", "by_day": ["MO"]}), "by the hour on some days alone"),
        (json!({"frequency": "yearly"}), "frequency \"yearly\" is not known"),
        (json!({"by_monthday": [1]}), "it repeats by_monthday"),
        (json!({"by_day": ["1MO"]}), "it repeats on \"1MO\""),
        (json!({"by_day": "MO"}), "its by_day are no list but \"MO\""),
        (json!({"interval": "2"}), "its interval is no whole number but \"2\""),
        (json!({"interval": 0}), "the interval is no number of turns"),
        (json!({"rolling_users": [["A"], []]}), "a turn of nobody"),
        (json!({"rolling_users": [["A"], ["Z"]]}), "the user \"Z\" is not among the users"),
        (json!({"rolling_users": ["A"]}), "a group of people is no list"),
        (json!({"rolling_users": []}), "none of its shifts has anybody"),
        (json!({"time_zone": "Mars"}), "\"Mars\" is no IANA time zone"),
        (json!({"start": "soon"}), "\"soon\" is no wall time"),
        (json!({"start": "2026-01-05T00:00:30", "by_day": ["MO"]}), "whole minutes"),
        (json!({"by_day": ["WE"], "rotation_start": "2026-02-05T00:00:00"}), "the first turn cannot be told"),
        (json!({"type": "lunar"}), "the type \"lunar\" is not known"),
    ];
    for (changes, why) in cases {
        let imported = imported(Vendor::GrafanaOnCall, &grafana(&changes));
        let line = imported.report.lines.iter().find(|line| line.about == "schedule web").unwrap();
        assert_eq!(line.kind, Kind::Left, "{changes}");
        assert!(line.what.contains(why), "{changes}: {}", line.what);
        assert!(imported.toml.contains(&format!("# Left out: schedule web: {}", line.what)), "{changes}");
        assert!(!imported.toml.contains("[[schedules]]"), "{changes}");
    }
}

/// A schedule of PagerDuty of one layer, with the fields of the argument.
fn pagerduty(changes: &Value) -> String {
    let users: Vec<Value> = ["A", "B"].iter().map(|id| json!({"id": id, "type": "user", "name": id})).collect();
    let mut layer = json!({
        "name": "one", "start": "2026-01-05T09:00:00Z", "end": null, "rotation_virtual_start": "2026-01-05T09:00:00Z",
        "rotation_turn_length_seconds": 86_400, "users": [{"user": {"id": "A"}}, {"user": {"id": "B"}}], "restrictions": [],
    });
    for (field, value) in changes.as_object().unwrap() {
        layer[field] = value.clone();
    }
    let schedule = json!({"id": "S", "name": "web", "time_zone": "Europe/Berlin", "schedule_layers": [layer]});
    json!({"users": users, "schedules": [schedule]}).to_string()
}

#[test]
fn layers_of_pagerduty_that_cannot_be_read_are_left_out_loudly() {
    let daily = |start: &str, seconds: i64| json!({"restrictions": [{"type": "daily_restriction", "start_time_of_day": start, "duration_seconds": seconds}]});
    let cases = [
        (json!({"rotation_turn_length_seconds": 5_400}), "no whole number of hours"),
        (json!({"rotation_turn_length_seconds": null}), "there is no turn length"),
        (json!({"start": "2026-01-05T09:00:00"}), "no time with an offset"),
        (json!({"end": 5}), "its end is no text but 5"),
        (json!({"users": null}), "none of its layers has anybody"),
        (json!({"users": "A"}), "its users are no list"),
        (
            json!({"users": [{"user": {"id": "A"}}, {"user": {"id": "Z", "summary": "Zoe"}}]}),
            "the user \"Zoe\" with the id \"Z\"",
        ),
        (json!({"restrictions": {"type": "daily_restriction"}}), "its restrictions are no list but an object"),
        (
            json!({"restrictions": [{"type": "lunar", "start_time_of_day": "09:00", "duration_seconds": 60}]}),
            "\"lunar\"",
        ),
        (
            json!({"restrictions": [{"type": "weekly_restriction", "start_day_of_week": 0, "start_time_of_day": "09:00", "duration_seconds": 60}]}),
            "day 0",
        ),
        (daily("09:00:30", 3_600), "no seconds"),
        (daily("09:00:00", 0), "no time at all"),
        (daily("09:00:00", 90), "whole minutes"),
    ];
    for (changes, why) in cases {
        let imported = imported(Vendor::PagerDuty, &pagerduty(&changes));
        let line = imported.report.lines.iter().find(|line| line.about == "schedule web").unwrap();
        assert!(line.kind == Kind::Left && line.what.contains(why), "{changes}: {}", line.what);
        assert!(!imported.toml.contains("[[schedules]]"), "{changes}");
    }
    // A day's restriction of a whole day is none, and one person alone has nothing to hand off.
    let whole = schedule(Vendor::PagerDuty, &pagerduty(&daily("09:00:00", 86_400)), "web").unwrap();
    assert!(!rows(&whole, "layers")[0].contains_key("windows"));
    let alone = json!({"rotation_turn_length_seconds": 5_400, "users": [{"user": {"id": "A"}}]});
    assert_eq!(on_call(&schedule(Vendor::PagerDuty, &pagerduty(&alone), "web").unwrap(), "2026-05-05T01:00"), ["a"]);
}

#[test]
fn wall_times_are_those_of_the_schedule_in_winter_and_summer() {
    let at = |start: &str| json!({"start": start, "rotation_virtual_start": start});
    for (start, wall) in
        [("2026-01-05T09:00:00Z", "2026-01-05T10:00:00"), ("2026-07-06T09:00:00Z", "2026-07-06T11:00:00")]
    {
        let schedule = schedule(Vendor::PagerDuty, &pagerduty(&at(start)), "web").unwrap();
        assert_eq!(rows(&schedule, "layers")[0]["start"].as_str(), Some(wall));
    }
}
