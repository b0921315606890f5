//! Tickets as issues of GitLab.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use firebell::notify::Secret;
use firebell::outside::call::CallError;
use firebell::outside::forge::{Forge, GitLab};
use firebell::outside::tracker::{Ticket, TicketState, mark, marked};

use super::sample::{KEY, at, clock, is_unknown, since, ticket};
use crate::support::outside::gitlab::{GitLabFake, LOGIN, PROJECT, TOKEN};
use crate::support::outside::wire::Fault;

pub(super) async fn start() -> (GitLabFake, Forge) {
    let fake = GitLabFake::start("/gitlab/api/v4").await;
    let forge = forge(&fake, PROJECT, TOKEN);
    (fake, forge)
}

fn forge(fake: &GitLabFake, project: &str, token: &str) -> Forge {
    Forge::GitLab(GitLab::new(fake.wire.base(), project, Secret::new(token).unwrap(), clock()).unwrap())
}

#[tokio::test]
async fn a_ticket_becomes_an_issue_with_all_that_it_says() {
    let (fake, forge) = start().await;
    let made = forge.create(&ticket(), false).await.unwrap();
    let state = fake.state();
    let [issue] = &state.issues[..] else { panic!("{:?}", state.issues) };
    assert_eq!(issue.title, "Alert on queue depth");
    assert_eq!(issue.description, Some(marked(KEY, "Addresses F2 of INC-42.")));
    assert_eq!((&issue.labels, issue.due), (&ticket().labels, ticket().due));
    assert_eq!((&issue.assignees[..], issue.open), (&[state.people["ana"]][..], true));
    assert_eq!(made.number, "1");
    assert_eq!(made.url, "https://gitlab.test/gitlab/sre/teams/postmortems/-/issues/1");
}

#[tokio::test]
async fn whatever_answer_is_lost_there_is_one_issue() {
    for fault in [Fault::Lose, Fault::Gateway(504)] {
        let (fake, forge) = start().await;
        for number in 0..130 {
            fake.state().opened(LOGIN, &format!("other {number}"), None);
        }
        fake.state().opened("mallory", "mine", Some(mark(KEY)));
        fake.wire.trouble("POST", "/issues", fault, 1);
        assert!(is_unknown(&forge.create(&ticket(), false).await));
        for number in 0..60 {
            fake.state().opened(LOGIN, &format!("later {number}"), None);
        }
        let found = forge.create(&ticket(), true).await.unwrap();
        assert_eq!(found.number, "132");
        assert_eq!(fake.state().issues.len(), 130 + 1 + 1 + 60);
    }
    let (fake, forge) = start().await;
    fake.wire.trouble("GET", "/users", Fault::Lose, 1);
    assert!(is_unknown(&forge.create(&ticket(), false).await));
    forge.create(&ticket(), true).await.unwrap();
    assert_eq!(fake.state().issues.len(), 1);
}

#[tokio::test]
async fn an_update_changes_what_differs_and_keeps_what_people_added() {
    let (fake, forge) = start().await;
    let made = forge.create(&ticket(), false).await.unwrap();
    fake.wire.calls();
    forge.update(&made, &ticket()).await.unwrap();
    assert_eq!(fake.wire.calls(), ["GET /projects/sre%2Fteams%2Fpostmortems/issues/1"], "nothing differs");
    {
        let mut state = fake.state();
        let issue = &mut state.issues[0];
        issue.labels = vec!["urgent".to_owned(), "detect".to_owned()];
        issue.description = issue.description.as_ref().map(|text| format!("Above\r\n{text}\nBelow"));
    }
    let changed =
        Ticket { due: None, done: true, assignee: Some("bo".to_owned()), title: "Another".to_owned(), ..ticket() };
    forge.update(&made, &changed).await.unwrap();
    let state = fake.state();
    let issue = &state.issues[0];
    let description = format!("Above\r\n{}\nBelow", marked(KEY, "Addresses F2 of INC-42."));
    assert_eq!(issue.description, Some(description));
    assert_eq!((issue.title.as_str(), issue.open, issue.due), ("Another", false, None));
    assert_eq!(issue.assignees, [state.people["bo"]]);
    assert_eq!(issue.labels, ["urgent", "detect", "postmortem"]);
}

#[tokio::test]
async fn what_people_write_is_no_order() {
    let (fake, forge) = start().await;
    let body = "Said in the room:\n/close\nand so on.".to_owned();
    let ordering = Ticket { body, assignee: Some("nobody".to_owned()), labels: vec!["a,b".to_owned()], ..ticket() };
    let made = forge.create(&ordering, false).await.unwrap();
    {
        let state = fake.state();
        let issue = &state.issues[0];
        assert!(issue.open && issue.assignees.is_empty());
        assert_eq!(issue.labels, ["a b"]);
        assert!(issue.description.as_ref().unwrap().contains("\n\\/close\n"));
    }
    fake.wire.calls();
    forge.update(&made, &ordering).await.unwrap();
    assert_eq!(fake.wire.calls().iter().filter(|call| call.starts_with("PUT")).count(), 0);
}

#[tokio::test]
async fn what_is_done_already_is_closed_at_once_and_opens_again() {
    let (fake, forge) = start().await;
    let done = Ticket { done: true, ..ticket() };
    fake.wire.trouble("PUT", "/issues/1", Fault::Lose, 1);
    assert!(is_unknown(&forge.create(&done, false).await));
    let made = forge.create(&done, true).await.unwrap();
    let closed_at = Some(at("2026-03-01T12:00:00.123Z"));
    let (assignee, title) = (Some("ana".to_owned()), "Alert on queue depth".to_owned());
    assert_eq!(forge.state(&made).await, Ok(TicketState { done: true, closed_at, assignee, title }));
    forge.update(&made, &ticket()).await.unwrap();
    assert!(!forge.state(&made).await.unwrap().done);
    fake.state().issues.clear();
    assert!(forge.state(&made).await.unwrap_err().is_missing());
}

#[tokio::test]
async fn no_change_is_missed_however_many_share_an_instant() {
    for per_instant in [1, 50, 51, 130, 400] {
        let (fake, forge) = start().await;
        for number in 0..210 {
            if number % per_instant == 0 {
                fake.state().now += TimeDelta::milliseconds(1);
            }
            fake.state().opened(LOGIN, &format!("ticket {number}"), None);
        }
        let changes = forge.states_since(&since("2026-03-01T00:00:00Z")).await.unwrap();
        let told: BTreeSet<_> = changes.states.iter().map(|(at, _)| &at.id).collect();
        assert_eq!((told.len(), changes.states.len()), (210, 210), "{per_instant} at once");
        assert_eq!(changes.cursor.since, fake.state().now);
        fake.state().now += TimeDelta::milliseconds(1);
        fake.state().set_open("7", false);
        let next = forge.states_since(&changes.cursor).await.unwrap();
        assert_eq!(next.states.last().map(|(at, state)| (at.number.as_str(), state.done)), Some(("7", true)));
    }
}

#[tokio::test]
async fn no_change_is_missed_while_the_list_shifts() {
    // After so many calls, with so many tickets at one instant.
    for (calls, at_once) in [(1, 1), (2, 200), (3, 200)] {
        let (fake, forge) = start().await;
        for number in 0..120 {
            if number % at_once == 0 {
                fake.state().now += TimeDelta::seconds(1);
            }
            fake.state().opened(LOGIN, &format!("ticket {number}"), None);
        }
        let meanwhile = fake.clone();
        fake.wire.after(calls, move || {
            let mut state = meanwhile.state();
            state.now += TimeDelta::seconds(1);
            state.set_open("3", false);
        });
        let first = forge.states_since(&since("2026-03-01T00:00:00Z")).await.unwrap();
        let told: BTreeSet<_> = first.states.iter().map(|(at, _)| &at.id).collect();
        assert_eq!(told.len(), 120, "after {calls} calls");
        let next = forge.states_since(&first.cursor).await.unwrap();
        let both = [first.states, next.states].concat();
        assert!(both.iter().any(|(at, state)| at.number == "3" && state.done), "after {calls} calls");
    }
}

#[tokio::test]
async fn a_project_is_known_by_its_number_and_limits_come_through() {
    let (fake, _) = start().await;
    let forge = forge(&fake, "17", TOKEN);
    let headers = vec![("retry-after", "20".to_owned()), ("ratelimit-remaining", "0".to_owned())];
    fake.wire.trouble("POST", "/issues", Fault::Refuse(429, headers, "Retry later"), 1);
    let limited = forge.create(&ticket(), false).await;
    assert_eq!(limited, Err(CallError::Limited { after: TimeDelta::seconds(20) }));
    forge.create(&ticket(), false).await.unwrap();
    fake.state().scopes = vec!["read_api"];
    let refused = forge.create(&ticket(), false).await.unwrap_err();
    let wanted = "GitLab: it refused with status 403: insufficient_scope; The request requires higher privileges than \
                  provided by the access token.";
    assert_eq!(refused.to_string(), wanted);
}

#[tokio::test]
async fn an_examination_says_what_to_mend() {
    let (fake, forge) = start().await;
    assert_eq!(forge.examine("main").await, Ok(vec![]));
    let found = |findings: Result<Vec<String>, CallError>, words: &[&str]| {
        let findings = findings.unwrap();
        assert_eq!(findings.len(), words.len(), "{findings:?}");
        for (finding, word) in findings.iter().zip(words) {
            assert!(finding.contains(word), "{finding}");
        }
    };
    found(forge.examine("trunk").await, &["no branch \"trunk\""]);
    fake.state().role = 10;
    found(forge.examine("main").await, &["may not label issues", "may not push"]);
    fake.state().role = 20;
    found(forge.examine("main").await, &["may not push"]);
    fake.state().role = 40;
    fake.state().scopes = vec!["read_api"];
    fake.state().expires = "2026-03-10".parse().unwrap();
    found(forge.examine("main").await, &["the scope api", "valid until 2026-03-10"]);
    fake.state().scopes = vec!["api"];
    fake.state().expires = "2026-12-10".parse().unwrap();
    (fake.state().archived, fake.state().no_issues) = (true, true);
    found(forge.examine("main").await, &["archived", "issues are turned off"]);
    found(self::forge(&fake, PROJECT, "glpat-wrong").examine("main").await, &["token is not valid"]);
    found(self::forge(&fake, "sre/other", TOKEN).examine("main").await, &["no project sre/other"]);
    fake.wire.trouble("GET", "/self", Fault::Refuse(404, vec![], "404 Not Found"), 1);
    fake.state().archived = false;
    found(forge.examine("main").await, &["issues are turned off"]);
}
