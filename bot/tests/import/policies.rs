//! Whom policies page, and when, by what was carried over.

use firebell::import::Vendor;
use serde_json::{Value, json};

use crate::import::support::{check, imported, rows, strings};

/// The steps of the only policy, or of the one with the key `p`, each in one line; and what the report says of it.
fn steps(vendor: Vendor, export: &Value) -> (Vec<String>, String) {
    let imported = imported(vendor, &export.to_string());
    let policies = rows(&check(&imported.toml), "policies");
    let policy = policies.iter().find(|policy| policy["key"].as_str() == Some("p"));
    let line = |step: toml::Table| {
        let named = ["people", "schedules", "round_robin", "teams", "wait"].into_iter();
        let named = named.filter(|field| step.contains_key(*field));
        named.map(|field| format!("{field} {}", strings(&step, field).join("+"))).collect::<Vec<_>>().join(" ")
    };
    let steps = policy.map_or_else(Vec::new, |policy| rows(policy, "steps").into_iter().map(line).collect());
    (steps, imported.report.to_string())
}

fn agree(vendor: Vendor, cases: &[(Value, &[&str], &str)], export: impl Fn(&Value) -> Value) {
    for (policy, want, said) in cases {
        let (steps, report) = steps(vendor, &export(policy));
        assert_eq!(steps, *want, "{vendor} {policy}");
        assert!(report.contains(said), "{vendor} {policy}: {said}\n{report}");
    }
}

#[test]
fn rules_of_pagerduty_become_steps() {
    let to = |id: &str, kind: &str| json!({"id": id, "type": kind});
    let user = |id: &str| to(id, "user_reference");
    let schedule = to("S", "schedule_reference");
    let robin = json!({"type": "round_robin"});
    let cases: [(Value, &[&str], &str); 6] = [
        (
            json!([{"escalation_delay_in_minutes": 5, "targets": [user("A"), user("B"), user("A"), schedule]}]),
            &["people a+b schedules s wait 5m"],
            "",
        ),
        (
            json!([{"escalation_delay_in_minutes": 60, "targets": [user("A"), schedule], "escalation_rule_assignment_strategy": robin}]),
            &["people a schedules s wait 1h"],
            "step 1: paged one of its targets in turn; it pages all of them at once",
        ),
        (
            json!([{"escalation_delay_in_minutes": 5, "targets": [user("A"), user("B")], "escalation_rule_assignment_strategy": robin}]),
            &["round_robin p-in-turn wait 5m"],
            "step 1: one of its people is paged in turn by schedule p-in-turn",
        ),
        (
            json!([{"escalation_delay_in_minutes": 5, "targets": [schedule], "escalation_rule_assignment_strategy": robin}]),
            &["schedules s wait 5m"],
            "",
        ),
        (json!([{"targets": [user("A")]}]), &["people a"], "step 1: it has no delay that can be read"),
        (
            json!([{"escalation_delay_in_minutes": 5, "targets": [user("Z")]}, {"escalation_delay_in_minutes": 5, "targets": [user("A")]}]),
            &["people a wait 5m"],
            "step 1 names nobody who was carried over and is left out, with its wait",
        ),
    ];
    agree(Vendor::PagerDuty, &cases, |rules| {
        json!({
            "users": [{"id": "A", "type": "user", "name": "a"}, {"id": "B", "type": "user", "name": "b"}],
            "schedules": [{"id": "S", "name": "s", "time_zone": "UTC", "schedule_layers": [{"name": "l",
                "start": "2026-01-05T09:00:00Z", "rotation_turn_length_seconds": 86_400, "users": [{"user": {"id": "A"}}]}]}],
            "escalation_policies": [{"id": "P", "name": "p", "escalation_rules": rules}],
        })
    });
}

#[test]
fn rules_of_opsgenie_become_steps() {
    let rule = |minutes: i64, how: &str, recipient: Value| json!({"condition": "if-not-acked", "notifyType": how, "delay": {"timeAmount": minutes, "timeUnit": "minutes"}, "recipient": recipient});
    let a = || json!({"type": "user", "username": "A@example.com"});
    let team = || json!({"type": "team", "name": "t"});
    let cases: [(Value, &[&str], &str); 6] = [
        // Delays count from the alert, in whatever order the rules come.
        (json!([rule(15, "all", team()), rule(0, "default", a())]), &["people a wait 15m", "teams t"], ""),
        (json!([rule(0, "default", a()), rule(0, "all", team())]), &["people a teams t"], ""),
        (
            json!([rule(0, "admins", team())]),
            &["teams t"],
            "of team t the \"admins\" were notified; here it is the whole team",
        ),
        (json!([rule(0, "random", team())]), &["round_robin p-in-turn"], "one of team t was notified at random"),
        (
            json!([rule(0, "next", json!({"type": "schedule", "id": "s"})), rule(5, "default", a())]),
            &["people a"],
            "the \"next\" person of schedule s",
        ),
        (
            json!([{"recipient": a()}, rule(5, "default", a())]),
            &["people a"],
            "a rule for \"A@example.com\" has no delay that can be read",
        ),
    ];
    agree(Vendor::Opsgenie, &cases, |rules| {
        json!({
            "users": [{"id": "A", "username": "a@example.com", "fullName": "A"}, {"id": "B", "username": "b@example.com"}],
            "teams": [{"id": "T", "name": "t", "members": [{"user": {"id": "A"}}, {"user": {"id": "B"}}]}],
            "schedules": [{"id": "s", "name": "s", "timezone": "UTC", "enabled": true, "rotations": [{"name": "r", "type": "daily",
                "startDate": "2026-01-05T09:00:00Z", "participants": [{"type": "user", "id": "A"}]}]}],
            "escalations": [{"id": "P", "name": "p", "rules": rules}],
        })
    });
}

#[test]
fn actions_of_grafana_become_steps() {
    let persons = |ids: &[&str]| json!({"type": "notify_persons", "persons_to_notify": ids});
    let wait = |seconds: i64| json!({"type": "wait", "duration": seconds});
    let next = |ids: &[&str]| json!({"type": "notify_person_next_each_time", "persons_to_notify_next_each_time": ids});
    let cases: [(Value, &[&str], &str); 7] = [
        // What is between two waits happens at once, and waits add up.
        (
            json!([persons(&["A"]), persons(&["B"]), wait(60), wait(240), persons(&["B"])]),
            &["people a+b wait 5m", "people b"],
            "",
        ),
        (json!([wait(300), persons(&["A"])]), &["people a"], "waited 5m before anybody was paged"),
        (json!([next(&["A"]), wait(60)]), &["people a wait 1m"], ""),
        (
            json!([next(&["A", "B"]), wait(60)]),
            &["round_robin p-in-turn wait 1m"],
            "paged in turn by schedule p-in-turn",
        ),
        (
            json!([persons(&["Z"]), wait(60), persons(&["A"])]),
            &["people a"],
            "step 1 names nobody who was carried over",
        ),
        (json!([persons(&["A"]), {"type": "repeat_escalation"}]), &["people a"], "it was repeated at once"),
        (json!([persons(&["A"]), wait(0)]), &["people a"], "a wait has no duration that can be read"),
    ];
    agree(Vendor::GrafanaOnCall, &cases, |actions| {
        let numbered = actions.as_array().unwrap().iter().enumerate().rev().map(|(position, action)| {
            let mut action = action.clone();
            action["escalation_chain_id"] = json!("F");
            action["position"] = json!(position);
            action
        });
        json!({
            "users": [{"id": "A", "username": "a", "grafana_id": 1}, {"id": "B", "username": "b", "grafana_id": 2}],
            "escalation_chains": [{"id": "F", "name": "p"}],
            "escalation_policies": numbered.collect::<Vec<Value>>(),
        })
    });
}
