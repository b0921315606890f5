//! What is said of overrides, which are no part of the file.

use chrono::{DateTime, Utc};
use firebell::import::{Kind, Vendor};
use firebell_core::command::parse::{Context, parse};
use firebell_core::command::{Ask, OnCallCommand};
use serde_json::{Value, json};

use crate::import::support::imported;

/// What the report says of the schedule `web` of these overrides, at noon of 29 November 2026.
fn said(vendor: Vendor, own: &Value, alone: &Value) -> Vec<String> {
    let export = match vendor {
        Vendor::Opsgenie => json!({
            "users": [{"id": "A", "username": "ana@example.com"}],
            "schedules": [{"id": "S", "name": "web", "timezone": "Europe/Berlin", "rotations": [{"name": "r", "type": "daily",
                "startDate": "2026-01-05T09:00:00Z", "participants": [{"type": "user", "id": "A"}]}], "overrides": own}],
            "overrides": alone,
        }),
        _ => json!({
            "users": [{"id": "A", "type": "user", "name": "Ana"}],
            "schedules": [{"id": "S", "name": "web", "time_zone": "Europe/Berlin", "schedule_layers": [{"name": "l",
                "start": "2026-01-05T09:00:00Z", "rotation_turn_length_seconds": 86_400, "users": [{"user": {"id": "A"}}]}],
                "override_subschedule": {"rendered_schedule_entries": own}}],
            "overrides": alone,
        }),
    };
    let report = imported(vendor, &export.to_string()).report;
    let of_web = report.lines.into_iter().filter(|line| line.about == "schedule web" && line.kind != Kind::Carried);
    of_web.map(|line| line.what).collect()
}

#[test]
fn overrides_are_commands_with_the_schedules_wall_time() {
    let of = |start: &str, end: &str| json!({"start": start, "end": end, "user": {"id": "A"}, "schedule": {"id": "S"}});
    let cases = [
        // The clock is put back between the two.
        (
            of("2027-10-30T10:00:00Z", "2027-10-31T10:00:00Z"),
            "give the command `/oncall override web @ana --from 2027-10-30T10:00:00Z --to 2027-10-31T10:00:00Z` \
             (from 2027-10-30T12:00 to 2027-10-31T11:00 in Europe/Berlin)",
        ),
        (
            of("2027-10-31T01:30:00Z", "2027-10-31T10:00:00Z"),
            "give the command `/oncall override web @ana --from 2027-10-31T01:30:00Z --to 2027-10-31T10:00:00Z` \
             (from 2027-10-31T02:30 to 2027-10-31T11:00 in Europe/Berlin)",
        ),
        // It has begun and is not over.
        (
            of("2026-11-28T10:00:30Z", "2026-11-29T12:00:01Z"),
            "give the command `/oncall override web @ana --to 2026-11-29T12:00:01Z` \
             (from 2026-11-28T11:00:30 to 2026-11-29T13:00:01 in Europe/Berlin)",
        ),
        (of("2026-11-28T10:00:00Z", "2026-11-29T12:00:00Z"), "1 override of the past is not carried over"),
        (
            of("2027-01-02T00:00:00Z", "2027-01-01T00:00:00Z"),
            "an override ends at 2027-01-01T00:00:00+00:00 before it begins",
        ),
        (
            of("2027-01-02", "2027-01-01T00:00:00Z"),
            "an override cannot be read: \"2027-01-02\" is no time with an offset, such as 2026-01-05T09:00:00Z",
        ),
    ];
    for (found, want) in cases {
        assert_eq!(said(Vendor::PagerDuty, &json!([found]), &json!([])), [want], "{found}");
        assert_eq!(said(Vendor::PagerDuty, &json!([]), &json!([found])), [want], "{found}");
    }
}

/// Whoever types them may be in any zone.
#[test]
fn the_commands_are_read_as_what_the_export_says() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    for (start, end) in [
        ("2026-12-10T11:00:00Z", "2026-12-11T11:00:00Z"),
        ("2027-10-31T01:30:00Z", "2027-10-31T10:00:30Z"),
        ("2026-11-28T10:00:00Z", "2026-11-30T12:00:00Z"),
    ] {
        let found = json!([{"start": start, "end": end, "user": {"id": "A"}, "schedule": {"id": "S"}}]);
        let said = said(Vendor::PagerDuty, &found, &json!([])).concat();
        let line = said.split('`').nth(1).unwrap();
        let now = at("2026-11-29T12:00:00Z");
        let read = parse(line, &Context { zone: chrono_tz::America::New_York, now, severities: &[] }).unwrap();
        let from = Some(at(start)).filter(|start| *start > now);
        let (schedule, person) = ("web".to_owned(), "ana".to_owned());
        let meant = OnCallCommand::Override { schedule, person, from, to: at(end), instead_of: None };
        assert_eq!(read.ask, Ask::OnCall(meant), "{line}");
    }
}

#[test]
fn overrides_that_overlap_are_told_wherever_they_stand() {
    let of = |from: &str, to: &str| json!({"start": from, "end": to, "user": {"id": "A"}, "schedule_id": "S"});
    let first = json!([of("2027-01-01T00:00:00Z", "2027-01-03T00:00:00Z")]);
    let overlap = said(Vendor::PagerDuty, &first, &json!([of("2027-01-02T00:00:00Z", "2027-01-04T00:00:00Z")]));
    assert!(overlap.last().unwrap().contains("overlap"), "{overlap:?}");
    let apart = said(Vendor::PagerDuty, &first, &json!([of("2027-01-03T00:00:00Z", "2027-01-04T00:00:00Z")]));
    assert_eq!(apart.len(), 2, "{apart:?}");
}

#[test]
fn overrides_of_opsgenie_are_for_the_whole_schedule_or_by_hand() {
    let of = |more: Value| {
        let mut found = json!({"alias": "x", "_parent": {"name": "web"}, "user": {"type": "user", "username": "Ana@example.com"},
            "startDate": "2027-01-01T00:00:00Z", "endDate": "2027-01-02T00:00:00Z"});
        more.as_object().unwrap().iter().for_each(|(field, value)| found[field] = value.clone());
        found
    };
    let cases = [
        (
            json!({}),
            "give the command `/oncall override web @ana --from 2027-01-01T00:00:00Z --to 2027-01-02T00:00:00Z`",
        ),
        (json!({"rotations": [{"id": "r", "name": "r"}]}), "give the command"),
        (json!({"user": {"type": "team", "name": "t"}}), "is left out, as it puts a \"team\" on call"),
        (
            json!({"user": {"type": "user", "username": "zoe@example.com"}}),
            "make it by hand, as not all of them are among the people",
        ),
    ];
    for (more, want) in cases {
        let lines = said(Vendor::Opsgenie, &json!([]), &json!([of(more.clone())]));
        assert!(lines.len() == 1 && lines[0].contains(want), "{more}: {lines:?}");
    }
}
