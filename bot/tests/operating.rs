//! What operators ask and do at the command line about pages: why, whom one would reach, and tokens of programs.

use serde_json::{Value, json};

use crate::support::Home;

const FILES: &str = r#"
last_resort = ["cy"]
[incidents]
default_policy = "web"
[[people]]
handle = "ana"
[[people]]
handle = "bo"
[[people]]
handle = "cy"
[[services]]
key = "shop"
policy = "web"
[[policies]]
key = "web"
[[policies.steps]]
people = ["bo"]
wait = "10m"
"#;

fn home() -> Home {
    let home = Home::new();
    home.write("firebell.toml", FILES);
    home.feeds(&["console"], "").done();
    home.run(&["do", "--as", "ana", "/incident declare checkout is down sev1 --service shop"]).done();
    home
}

#[test]
fn why_a_page_reached_somebody_is_said() {
    let home = home();
    let all = home.run(&["why", "INC-1"]).done();
    assert!(all.contains("page 1 (web, version 1)") && all.contains("N1 @bo by console, step 1: queued"), "{all}");
    let cy = home.run(&["why", "INC-1", "cy"]).done();
    assert!(cy.contains("@cy was told nothing: last resort 1 is due at"), "{cy}");
    let bo: Value = serde_json::from_str(&home.run(&["why", "INC-1", "bo", "--json"]).done()).unwrap();
    assert_eq!((&bo["person"], &bo["pages"][0]["notices"][0]["method"]), (&json!("bo"), &json!("console")));
    for time in [&bo["pages"][0]["raised"], &bo["pages"][0]["next_at"], &bo["pages"][0]["notices"][0]["queued"]] {
        chrono::DateTime::parse_from_rfc3339(time.as_str().unwrap()).unwrap();
    }
    assert_eq!(home.run(&["why", "INC-1", "boo"]).refused(), "no person is called @boo; did you mean @bo?");
    assert_eq!(home.run(&["why", "INC-7"]).refused(), "no incident is called INC-7");
}

#[test]
fn whom_a_page_would_reach_is_said_over_a_change_of_the_clock() {
    let home = home();
    let at = ["--at", "2026-03-29T01:55", "--zone", "Europe/Berlin"];
    let text = home.run(&[&["simulate", "web"][..], &at].concat()).done();
    assert!(text.contains("2026-03-29 01:55") && text.contains("03:05"), "{text}");
    let rows: Value =
        serde_json::from_str(&home.run(&[&["simulate", "shop", "--json"][..], &at].concat()).done()).unwrap();
    assert_eq!(rows["policy"], "web");
    assert_eq!(rows["steps"][0]["people"][0]["handle"], "bo");
    let times: Vec<_> = (0..2).map(|step| rows["steps"][step]["at"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-03-29T01:55:00+01:00", "2026-03-29T03:05:00+02:00"]);
    assert_eq!(rows["steps"][1]["people"][0]["handle"], "cy");
    let refused = home.run(&["simulate", "wbe"]).refused();
    assert_eq!(refused, "no service or policy is called wbe; did you mean web?");
    assert!(home.run(&["simulate", "web", "--severity", "sev9"]).refused().starts_with("no severity is called sev9"));
}

#[test]
fn tokens_are_made_listed_and_ended() {
    let home = home();
    let token = home.run(&["token", "add", "grafana"]).done();
    assert!(token.trim().starts_with("firebell_") && token.trim().len() > 40, "{token}");
    assert!(home.run(&["token", "add", "grafana"]).refused().contains("grafana has a token"));
    let listed: Value = serde_json::from_str(&home.run(&["token", "list", "--json"]).done()).unwrap();
    assert_eq!(
        (&listed[0]["name"], &listed[0]["scopes"], &listed[0]["revoked"]),
        (&json!("grafana"), &json!(["pages"]), &Value::Null)
    );
    assert!(!home.run(&["token", "list"]).done().contains(token.trim()), "it is shown once");
    assert_eq!(home.run(&["token", "revoke", "grafana"]).done().trim(), "the token of grafana is good no more");
    assert!(home.run(&["token", "revoke", "grafana"]).refused().contains("grafana has no token that is good"));
    assert!(home.run(&["token", "list"]).done().contains(", revoked "));
    assert!(home.run(&["verify"]).done().contains("intact"));
}
