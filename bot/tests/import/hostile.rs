//! Texts and references that mean harm.

use firebell::import::Vendor;
use serde_json::{Value, json};

use crate::import::support::{check, imported, rows};

const EVIL: [&str; 8] = [
    "x\"\n[[people]]\nhandle = \"eve\"",
    "'''\"\"\"\\u0000",
    "\u{0}\u{1}\u{7f}\u{85}\u{2028}\u{202e}",
    "# comment\r\nlast_resort = [\"eve\"]",
    "🔥 <!channel> @everyone <@U1>",
    "\\",
    " ",
    "../../etc/passwd",
];

/// An export of each vendor in which every text that a person can type is this one.
fn exports(evil: &str) -> [(Vendor, Value); 3] {
    let pagerduty = json!({
        "users": [{"id": "U", "type": "user", "name": evil, "email": evil, "time_zone": evil, "teams": [{"id": "T"}],
                   "contact_methods": [{"id": "C", "type": evil, "address": evil}, {"type": "sms_contact_method", "address": evil}]}],
        "teams": [{"id": "T", "name": evil}],
        "schedules": [{"id": "S", "name": evil, "time_zone": "UTC", "schedule_layers": [{
            "name": evil, "start": "2026-01-05T09:00:00Z", "rotation_turn_length_seconds": 86_400, "users": [{"user": {"id": "U"}}]}]},
            {"id": "S2", "name": evil, "time_zone": evil, "schedule_layers": [{"name": evil, "start": evil, "users": [{"user": {"id": evil}}]}]}],
        "escalation_policies": [{"id": "P", "name": evil, "escalation_rules": [
            {"escalation_delay_in_minutes": 5, "targets": [{"id": "S", "type": "schedule_reference"}, {"id": evil, "type": evil, "summary": evil}]}]}],
        "services": [{"id": "V", "name": evil, "escalation_policy": {"id": "P"}, "teams": [{"id": evil}]}],
        evil: [1],
    });
    let opsgenie = json!({
        "users": [{"id": "U", "username": evil, "fullName": evil, "timeZone": evil, "userContacts": [{"to": evil, "contactMethod": evil}]}],
        "teams": [{"id": "T", "name": evil, "members": [{"user": {"id": "U"}}, {"user": {"username": evil}}], "routingRules": [
            {"name": evil, "isDefault": true, "notify": {"type": "schedule", "id": "S"}}, {"name": evil}]}],
        "schedules": [{"id": "S", "name": evil, "timezone": "UTC", "ownerTeam": {"id": "T"}, "rotations": [{
            "name": evil, "startDate": "2026-01-05T09:00:00Z", "type": "weekly", "participants": [{"type": "user", "id": "U"}]}],
            "overrides": [{"alias": evil, "user": {"type": evil, "username": evil}, "startDate": evil, "endDate": evil}]}],
        "escalations": [{"id": "E", "name": evil, "rules": [
            {"delay": {"timeAmount": 0}, "notifyType": evil, "recipient": {"type": "schedule", "id": "S"}},
            {"delay": {"timeAmount": 5}, "notifyType": evil, "recipient": {"type": "team", "id": "T"}},
            {"delay": {"timeAmount": 5}, "recipient": {"type": evil, "name": evil}}]}],
        "services": [{"id": "V", "name": evil, "teamId": "T"}, {"id": "V2", "name": evil, "teamId": evil}],
        "integrations": [{"id": "I", "name": evil, "type": evil, "enabled": true}],
        evil: [1],
    });
    let grafana = json!({
        "users": [{"id": "U", "username": evil, "email": evil, "timezone": evil, "slack": {"user_id": evil}, "teams": ["T", evil]}],
        "teams": [{"id": "T", "name": evil, "grafana_id": 1}],
        "schedules": [{"id": "S", "name": evil, "type": "web", "shifts": ["O", "O2"], "team_id": evil}],
        "on_call_shifts": [
            {"id": "O", "name": evil, "type": "single_event", "start": "2026-12-05T09:00:00", "duration": 60, "users": ["U"]},
            {"id": "O2", "name": evil, "type": "override", "start": evil, "duration": 60, "users": [evil]}],
        "personal_notification_rules": [{"id": "N", "user_id": "U", "type": evil}],
        "escalation_chains": [{"id": "F", "name": evil}],
        "escalation_policies": [
            {"id": "E", "escalation_chain_id": "F", "position": 0, "type": "notify_persons", "persons_to_notify": ["U", evil]},
            {"id": "E2", "escalation_chain_id": "F", "position": 1, "type": evil},
            {"id": "E4", "escalation_chain_id": "F", "position": 1, "type": "notify_if_time_from_to", "notify_if_time_from": evil},
            {"id": "E3", "escalation_chain_id": evil, "position": 0, "type": "wait", "duration": 60}],
        "integrations": [{"id": "I", "name": evil, "default_route": {"escalation_chain_id": "F"}}],
        "routes": [{"id": "R", "integration_id": "I", "escalation_chain_id": evil, "routing_regex": evil}],
        evil: [1],
    });
    [(Vendor::PagerDuty, pagerduty), (Vendor::Opsgenie, opsgenie), (Vendor::GrafanaOnCall, grafana)]
}

#[test]
fn texts_stay_texts() {
    for evil in EVIL {
        for (vendor, export) in exports(evil) {
            let imported = imported(vendor, &export.to_string());
            let file = check(&imported.toml);
            assert_eq!(rows(&file, "people").len(), 1, "{vendor} {evil:?}");
            assert!(!file.contains_key("last_resort"), "{vendor} {evil:?}");
            assert_eq!(rows(&file, "policies").len(), 1 + usize::from(vendor == Vendor::Opsgenie), "{vendor} {evil:?}");
            for line in &imported.report.lines {
                assert!(!line.what.chars().chain(line.about.chars()).any(char::is_control), "{vendor} {line:?}");
            }
        }
    }
}

#[test]
fn long_texts_make_a_file_of_a_few_lines() {
    for (vendor, export) in exports(&"é\"".repeat(10_000)) {
        let imported = imported(vendor, &export.to_string());
        assert!(imported.toml.len() < 20_000, "{vendor}: {}", imported.toml.len());
        let report = imported.report.to_string();
        assert!(report.len() < 20_000, "{vendor}: {}", report.len());
        assert!(report.contains("longer than 200 characters"), "{report}");
    }
}

#[test]
fn a_name_of_a_mebibyte_is_cut_short() {
    let user = json!({"id": "U", "type": "user", "name": "a".repeat(1 << 20), "email": "ana@example.com"});
    let imported = imported(Vendor::PagerDuty, &json!({"users": [user]}).to_string());
    let people = rows(&check(&imported.toml), "people");
    assert_eq!(people[0]["name"].as_str().unwrap(), "a".repeat(200));
    assert!(imported.report.to_string().len() < 2_000);
}

#[test]
fn many_of_one_name_have_keys_of_their_own() {
    let users: Vec<Value> = (0..3_000).map(|id| json!({"id": id, "type": "user", "name": "Ana"})).collect();
    let file = check(&imported(Vendor::PagerDuty, &json!({ "users": users }).to_string()).toml);
    let people = rows(&file, "people");
    let handles = [0, 1, 2_999].map(|at| people[at]["handle"].as_str().unwrap().to_owned());
    assert_eq!(handles, ["ana", "ana-2", "ana-3000"]);
}

#[test]
fn an_address_or_an_account_is_one_persons() {
    let user = |id: &str| json!({"id": id, "username": id, "email": "Ana@example.com", "slack": {"user_id": "U1"}, "grafana_id": 1});
    let imported = imported(Vendor::GrafanaOnCall, &json!({"users": [user("x"), user("y")]}).to_string());
    let people = rows(&check(&imported.toml), "people");
    let has = |at: usize| (people[at].contains_key("email"), people[at].contains_key("slack"));
    assert_eq!((has(0), has(1)), ((true, true), (false, false)));
    assert!(imported.report.to_string().contains("somebody else has the e-mail address \"Ana@example.com\" already"));
}

#[test]
fn references_in_a_circle_come_to_an_end() {
    let circle = json!({
        "teams": [{"id": "T", "name": "T", "parent": {"id": "T"}, "members": [{"user": {"id": "T"}}]}],
        "schedules": [{"id": "S", "name": "S", "time_zone": "UTC", "escalation_policies": [{"id": "S"}], "schedule_layers": [
            {"name": "l", "start": "2026-01-05T09:00:00Z", "rotation_turn_length_seconds": 3_600, "users": [{"user": {"id": "S"}}]}]}],
        "escalation_policies": [{"id": "S", "name": "P", "escalation_rules": [{"targets": [
            {"id": "S", "type": "escalation_policy_reference"}, {"id": "S", "type": "schedule_reference"}]}]}],
        "services": [{"id": "S", "name": "V", "escalation_policy": {"id": "S"}, "teams": [{"id": "S"}]}],
    });
    let report = imported(Vendor::PagerDuty, &circle.to_string()).report.to_string();
    for said in
        ["a target of type \"escalation_policy\" is not known", "the user with the id \"S\" is not among the users"]
    {
        assert!(report.contains(said), "{said}\n{report}");
    }
}
