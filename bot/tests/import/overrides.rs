//! What is said of overrides, which are no part of the file.

use firebell::import::{Kind, Vendor};
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
fn overrides_are_commands_of_the_schedules_wall_time() {
    let of = |start: &str, end: &str| json!({"start": start, "end": end, "user": {"id": "A"}, "schedule": {"id": "S"}});
    let cases = [
        // The clock is put back between the two.
        (
            of("2027-10-30T10:00:00Z", "2027-10-31T10:00:00Z"),
            "give the command `/oncall override web @ana 2027-10-30T12:00 2027-10-31T11:00` (wall time in Europe/Berlin)",
        ),
        (
            of("2027-10-31T01:30:00Z", "2027-10-31T10:00:00Z"),
            "give the command `/oncall override web @ana 2027-10-31T02:30 2027-10-31T11:00` (wall time in Europe/Berlin); \
             the clock shows one of these times twice, and the second time was meant",
        ),
        // It has begun and is not over.
        (
            of("2026-11-28T10:00:30Z", "2026-11-29T12:00:01Z"),
            "give the command `/oncall override web @ana 2026-11-28T11:00:30 2026-11-29T13:00:01` (wall time in Europe/Berlin)",
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
        (json!({}), "give the command `/oncall override web @ana 2027-01-01T01:00 2027-01-02T01:00`"),
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
