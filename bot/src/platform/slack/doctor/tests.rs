//! What an examination says of tokens, scopes and clocks.

use chrono::TimeDelta;

use super::*;
use crate::platform::slack::api::Identity;
use crate::platform::slack::api::tests::little::{Little, Reply, me, no};
use crate::platform::slack::manifest;

fn with_scopes(scopes: &[&str]) -> Identity {
    Identity { scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(), ..Identity::default() }
}

fn said(found: &[Finding]) -> Vec<(Level, &str)> {
    found.iter().map(|finding| (finding.level, finding.says.as_str())).collect()
}

#[test]
fn scopes_are_held_against_the_manifest() {
    let all: Vec<&str> = manifest::scopes().into_iter().collect();
    let found = tokens::scopes(&with_scopes(&all));
    assert_eq!(said(&found), [(Level::Ok, "all 22 are there")]);
    let fewer: Vec<&str> = all.iter().copied().filter(|scope| !scope.starts_with("pins")).chain(["admin"]).collect();
    let found = tokens::scopes(&with_scopes(&fewer));
    assert!(
        found[0].level == Level::Problem && found[0].says.starts_with("pins:read, pins:write missing;"),
        "{found:?}"
    );
    assert_eq!(said(&found)[1], (Level::Note, "admin not needed; take them away"));
    assert_eq!(tokens::scopes(&with_scopes(&[]))[0].level, Level::Note);
}

#[test]
fn a_clock_that_differs_by_more_than_a_minute_is_a_problem() {
    let theirs: chrono::DateTime<chrono::Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    let me = Identity { server_time: Some(theirs), ..Identity::default() };
    for (ahead, level, says) in [
        (0, Level::Ok, "is within 1 s of Slack's"),
        (60, Level::Ok, "is within 60 s of Slack's"),
        (-60, Level::Ok, "is within 60 s of Slack's"),
        (61, Level::Problem, "is 61 s ahead of Slack's, and signed requests are refused beyond 300 s;"),
        (-400, Level::Problem, "is 400 s behind Slack's,"),
    ] {
        let found = tokens::clock(&me, theirs + TimeDelta::seconds(ahead)).unwrap();
        assert!(found.level == level && found.says.starts_with(says), "{ahead}: {found:?}");
    }
    assert_eq!(tokens::clock(&Identity::default(), theirs), None, "a Slack that tells no time");
}

#[tokio::test]
async fn the_time_is_that_of_the_answer() {
    let little = Little::new(|_| me()).await;
    let subject = Subject { http: true, ..Subject::default() };
    // The server tells the machine's time, and the clock stands still in the past.
    let found = examine(&Arc::new(little.api()), &little.clock, &subject).await;
    let clock = found.iter().find(|finding| finding.about == "clock").unwrap();
    assert!(clock.level == Level::Problem && clock.says.contains("behind"), "{clock:?}");
}

#[tokio::test]
async fn a_slack_out_of_reach_is_asked_once() {
    for (status, wait, body, says) in [
        (503, None, "", "gave no answer at https://slack.example/api"),
        (200, None, "<html>sign in to the proxy</html>", "that can be read; check \"api_url\""),
        (404, None, "{\"message\":\"Not Found\"}", "that can be read; check \"api_url\""),
        (429, Some("30"), "", "takes no more calls for 30 s"),
    ] {
        let little = Little::new(move |_| Reply::Status(status, wait, body)).await;
        let api_url = "https://slack.example/api".to_owned();
        let subject = Subject { api_url, app_variable: Some("V".to_owned()), ..Subject::default() };
        let found = examine(&Arc::new(little.api()), &little.clock, &subject).await;
        assert!(found.len() == 1 && found[0].level == Level::Problem && found[0].says.contains(says), "{found:?}");
        assert_eq!(little.methods().len(), 1);
    }
}

#[tokio::test]
async fn a_group_or_channel_that_is_not_there_is_a_problem() {
    let little = Little::new(|asked| match asked.method.as_str() {
        "auth.test" => me(),
        "usergroups.users.list" => no("no_such_subteam"),
        _ => no("channel_not_found"),
    })
    .await;
    let subject = Subject {
        http: true,
        announce: vec!["C1".to_owned()],
        groups: vec![Group { key: "invite_group", id: "S1".to_owned() }],
        ..Subject::default()
    };
    let found = examine(&Arc::new(little.api()), &little.clock, &subject).await;
    for about in ["announce channel C1", "invite_group S1"] {
        let finding = found.iter().find(|finding| finding.about == about).unwrap();
        assert!(finding.level == Level::Problem && finding.says.starts_with("there is no such "), "{finding:?}");
    }
}
