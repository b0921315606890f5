//! The ways in which answers are put into one file, and what is said of a file that is none.

use firebell::import::{Kind, Vendor, import};
use serde_json::{Value, json};

use crate::import::support::{FIXTURES, imported, now};

fn error(vendor: Vendor, json: &str) -> String {
    import(vendor, json, now()).unwrap_err().to_string()
}

#[test]
fn errors_say_what_failed_where_and_what_to_do() {
    let (pagerduty, opsgenie, grafana) = (Vendor::PagerDuty, Vendor::Opsgenie, Vendor::GrafanaOnCall);
    let cases = [
        (
            pagerduty,
            "",
            "the export is no JSON: line 1, column 1: EOF while parsing a value; export it again, or mend it there",
        ),
        (
            pagerduty,
            "{\"users\": [\n  {\"id\": P1}]}",
            "the export is no JSON: line 2, column 10: expected value; export it again, or mend it there",
        ),
        (
            pagerduty,
            FIXTURES[2].1,
            "the export does not look like one of PagerDuty but of Grafana OnCall; import it as grafana-oncall",
        ),
        (
            opsgenie,
            FIXTURES[0].1,
            "the export does not look like one of Opsgenie but of PagerDuty; import it as pagerduty",
        ),
        (
            grafana,
            FIXTURES[1].1,
            "the export does not look like one of Grafana OnCall but of Opsgenie; import it as opsgenie",
        ),
        (
            pagerduty,
            "{\"incidents\": []}",
            "the export holds nothing of PagerDuty that is known; expected an object with arrays such as users, teams, \
             services, schedules, escalation_policies, overrides",
        ),
    ];
    for (vendor, json, text) in cases {
        assert_eq!(error(vendor, json), text);
    }
    let deep = "[".repeat(100_000);
    assert!(error(opsgenie, &deep).contains("recursion limit exceeded"));
    for nothing in ["null", "3", "\"users\"", "[]", "{}", "[[[]]]", "{\"users\": {}}"] {
        assert!(error(opsgenie, nothing).contains("nothing of Opsgenie that is known"), "{nothing}");
    }
}

#[test]
fn answers_may_be_wrapped_in_any_way() {
    let ana = json!({"id": "P1", "type": "user", "name": "Ana", "email": "ana@example.com"});
    let bo = json!({"id": "P2", "type": "user", "name": "Bo", "email": "bo@example.com"});
    let page =
        |user: &Value, more: bool| json!({"users": [user], "limit": 1, "offset": 0, "more": more, "total": null});
    let want = imported(Vendor::PagerDuty, &json!({"users": [ana, bo]}).to_string());
    let cases = [
        json!([page(&ana, true), page(&bo, false)]),
        json!({"users": [page(&ana, true), page(&bo, false)]}),
        json!({"users": {"users": [ana, bo], "more": false}}),
        json!({"data": [ana, bo]}),
        json!([[ana], [bo]]),
        json!([ana, bo]),
        json!([{"user": ana}, {"user": bo}]),
        json!([{"users": [ana, bo]}, {"users": [bo]}]),
    ];
    for case in cases {
        assert_eq!(imported(Vendor::PagerDuty, &case.to_string()), want, "{case}");
    }
}

#[test]
fn what_is_not_whole_or_not_known_is_told() {
    let user = |id: &str| json!({"id": id, "type": "user", "name": id});
    let cases = [
        (json!({"users": {"users": [user("A")], "more": true}}), "users", "the last page is missing"),
        (json!({"users": [user("A")], "oncalls": [1, 2]}), "\"oncalls\"", "is a part of 2 entries that is not known"),
        (json!({"users": [user("A"), 7]}), "users", "holds 7 where an object should be"),
        (json!({"users": [user("A"), {"id": "A", "name": "B"}]}), "users", "holds the id \"A\" twice"),
        (json!([user("A"), {"id": "X"}]), "the export", "nobody can tell what it is"),
        (
            json!({"users": "none", "teams": [{"id": "T", "name": "t"}]}),
            "users",
            "holds \"none\" where an object should be",
        ),
    ];
    for (export, about, what) in cases {
        let report = imported(Vendor::PagerDuty, &export.to_string()).report;
        let told =
            report.lines.iter().any(|line| line.kind == Kind::Left && line.about == about && line.what.contains(what));
        assert!(told, "{export}\n{report}");
    }
}
