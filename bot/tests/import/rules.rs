//! By what people are told, and after how long, by what was carried over of their notification rules.

use firebell::import::Vendor;
use serde_json::{Value, json};

use crate::import::support::{check, imported, rows, strings};

/// What becomes of the one person of an export: their contacts and their rules in one line; and what the report says.
fn told(vendor: Vendor, export: &Value) -> (String, String) {
    let imported = imported(vendor, &export.to_string());
    let people = rows(&check(&imported.toml), "people");
    let rules = people[0].get("rules").map(|rules| rules.as_table().unwrap().clone()).unwrap_or_default();
    let of = |urgency: &str| strings(&rules, urgency).join(", ");
    let line = format!("{} | {} | {}", strings(&people[0], "contacts").join("+"), of("high"), of("low"));
    (line, imported.report.to_string())
}

/// Each rule becomes what stands beside it, and the report says each of these or, of an empty text, nothing.
fn agree(vendor: Vendor, cases: &[(Value, &str, &[&str])], export: impl Fn(&Value) -> Value) {
    for (rules, want, says) in cases {
        let (line, report) = told(vendor, &export(rules));
        assert_eq!(line, *want, "{vendor} {rules}");
        for said in *says {
            assert!(report.contains(said), "{vendor} {rules}: {said}\n{report}");
        }
        let of_person = report.lines().filter(|line| *line == "  person ana (\"Ana Alvarez\")").count();
        // Beside it stands what was carried over.
        assert_eq!(of_person > 1, !says.is_empty(), "{vendor} {rules}\n{report}");
    }
}

#[test]
fn rules_of_pagerduty_keep_their_delays_and_urgencies() {
    let contacts = json!([
        {"id": "M", "type": "email_contact_method", "address": "ana@example.com"},
        {"id": "S", "type": "sms_contact_method", "address": "5555550100", "country_code": 1},
        {"id": "V", "type": "phone_contact_method", "address": "5555550100", "country_code": 1},
        {"id": "W", "type": "phone_contact_method", "address": "5555550199", "country_code": 1},
        {"id": "P", "type": "push_notification_contact_method", "address": "x"},
    ]);
    let rule = |method: &str, minutes: Value, urgency: &str| json!({"start_delay_in_minutes": minutes, "urgency": urgency, "contact_method": {"id": method}});
    let high = |method: &str, minutes: i64| rule(method, json!(minutes), "high");
    let low = |method: &str, minutes: i64| rule(method, json!(minutes), "low");
    let cases: [(Value, &str, &[&str]); 10] = [
        (
            json!([high("V", 90), high("S", 2), high("M", 0), low("M", 60)]),
            "email+sms+voice | email, sms after 2m, voice after 90m | email after 1h",
            &[],
        ),
        // What comes at low urgency alone is a contact method, too, but comes last.
        (json!([high("V", 0), low("S", 10), low("M", 0)]), "voice+email+sms | voice | email, sms after 10m", &[]),
        (json!([]), "email+sms+voice |  | ", &["has a second address for voice", "PagerDuty's own app"]),
        (
            json!([high("S", 0)]),
            "sms | sms | ",
            &["has no rule for a page of low urgency; here the first contact method comes at once"],
        ),
        (
            json!([low("M", 5)]),
            "email+sms+voice |  | email after 5m",
            &["has no rule for a page of high urgency; here the first contact method comes at once"],
        ),
        (
            json!([high("S", 0), high("S", 0), high("S", 10), high("V", 5), low("S", 0)]),
            "sms+voice | sms, voice after 5m, sms after 10m | sms",
            &[],
        ),
        (
            json!([high("P", 0), high("S", 2), low("P", 0)]),
            "sms | sms after 2m | ",
            &[
                "nothing comes before \"sms after 2m\" for a page of high urgency",
                "no rule for a page of low urgency is left, so the first contact method comes at once",
            ],
        ),
        // The method stays, and leads to the address that came first.
        (
            json!([high("V", 0), low("W", 3)]),
            "voice | voice | voice after 3m",
            &["has a second address for voice, and only the first is kept"],
        ),
        (
            json!([high("S", 0), high("V", 600_000), low("S", 0)]),
            "sms+voice | sms | sms",
            &["voice came 10000h after a page of high urgency; 366 days are the most"],
        ),
        (
            json!([rule("S", json!("5"), "high"), low("S", -5)]),
            "sms | sms | sms",
            &["a notification rule has no delay that can be read; here it comes at once"],
        ),
    ];
    agree(Vendor::PagerDuty, &cases, |rules| {
        let user = json!({"id": "U", "type": "user", "name": "Ana Alvarez", "email": "ana@example.com",
                          "contact_methods": contacts, "notification_rules": rules});
        json!({ "users": [user] })
    });
}

#[test]
fn steps_of_opsgenie_hold_for_both_urgencies() {
    let step =
        |method: &str, to: &str, after: Value| json!({"contact": {"method": method, "to": to}, "sendAfter": after});
    let after = |amount: i64, unit: &str| json!({"timeAmount": amount, "timeUnit": unit});
    let (number, other) = ("1-5555550100", "1-5555550199");
    let cases: [(Value, &str, &[&str]); 5] = [
        (
            json!([
                step("voice", number, after(1, "hours")),
                step("sms", number, after(5, "minutes")),
                step("email", "ana@example.com", Value::Null)
            ]),
            "email+sms+voice | email, sms after 5m, voice after 1h | email, sms after 5m, voice after 1h",
            &[],
        ),
        (
            json!([step("voice", number, after(0, "minutes")), step("voice", other, after(0, "minutes"))]),
            "voice | voice | voice",
            &["has a second address for voice, and only the first is kept"],
        ),
        (
            json!([step("sms", number, after(0, "minutes")), step("sms", number, after(2, "days"))]),
            "sms | sms, sms after 48h | sms, sms after 48h",
            &[],
        ),
        (
            json!([step("mobile", "phone", after(0, "minutes")), step("sms", number, after(1, "minutes"))]),
            "sms | sms after 1m | sms after 1m",
            &["Opsgenie's own app", "nothing comes before \"sms after 1m\" for a page, as what came before it"],
        ),
        (
            json!([step("sms", number, after(3, "moons"))]),
            "sms | sms | sms",
            &["a notification rule has no delay that can be read; here it comes at once"],
        ),
    ];
    agree(Vendor::Opsgenie, &cases, |steps| {
        let rule = json!({"actionType": "create-alert", "steps": steps});
        let user =
            json!({"id": "U", "username": "ana@example.com", "fullName": "Ana Alvarez", "notificationRules": [rule]});
        json!({ "users": [user] })
    });
}

#[test]
fn waits_of_grafana_add_up() {
    let wait = |seconds: Value| json!({"type": "wait", "duration": seconds});
    let slack = json!({"type": "notify_by_slack"});
    let email = json!({"type": "notify_by_email"});
    let cases: [(Value, &str, &[&str]); 5] = [
        (
            json!([slack, wait(json!(300)), wait(json!(90)), email]),
            "slack+email | slack, email after 390s | slack, email after 390s",
            &[],
        ),
        (
            json!([wait(json!(60)), slack, email]),
            "slack+email | slack after 1m, email after 1m | slack after 1m, email after 1m",
            &[],
        ),
        (
            json!([slack, wait(Value::Null), email]),
            "slack+email | slack, email | slack, email",
            &["a wait has no duration that can be read; it is left out"],
        ),
        (
            json!([{"type": "notify_by_mobile_app"}, wait(json!(60)), slack, wait(json!(60)), slack]),
            "slack | slack after 1m, slack after 2m | slack after 1m, slack after 2m",
            &["Grafana's own app was a contact method", "nothing comes before \"slack after 1m\" for a page"],
        ),
        (
            json!([slack, {"type": "notify_by_email", "important": true}]),
            "slack | slack | slack",
            &["has other rules for important notifications; the usual ones hold for pages of any urgency"],
        ),
    ];
    agree(Vendor::GrafanaOnCall, &cases, |rules| {
        let numbered = rules.as_array().unwrap().iter().enumerate().map(|(position, rule)| {
            let mut rule = rule.clone();
            rule["user_id"] = json!("U");
            rule["position"] = json!(position);
            rule
        });
        let numbered: Vec<Value> = numbered.collect();
        let user = json!({"id": "U", "username": "ana", "name": "Ana Alvarez", "email": "ana@example.com",
                          "slack": {"user_id": "U1"}, "grafana_id": 1});
        json!({ "users": [user], "personal_notification_rules": numbered })
    });
}
