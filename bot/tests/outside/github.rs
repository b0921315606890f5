//! Tickets as issues of GitHub.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use firebell::notify::Secret;
use firebell::outside::call::CallError;
use firebell::outside::forge::{Forge, GitHub};
use firebell::outside::tracker::{Ticket, TicketState, mark, marked};

use super::sample::{KEY, at, clock, is_unknown, since, ticket};
use crate::support::outside::github::{GitHubFake, LOGIN, TOKEN};
use crate::support::outside::wire::Fault;

pub(super) async fn start() -> (GitHubFake, Forge) {
    let fake = GitHubFake::start("/api/v3").await;
    let forge = forge(&fake, TOKEN);
    (fake, forge)
}

pub(super) fn forge(fake: &GitHubFake, token: &str) -> Forge {
    Forge::GitHub(GitHub::new(fake.wire.base(), "acme/postmortems", Secret::new(token).unwrap(), clock()).unwrap())
}

#[tokio::test]
async fn a_ticket_becomes_an_issue_with_all_that_it_says() {
    let (fake, forge) = start().await;
    let made = forge.create(&ticket(), false).await.unwrap();
    let state = fake.state();
    let [issue] = state.plain_issues()[..] else { panic!("{:?}", state.issues) };
    assert_eq!(issue.title, "Alert on queue depth");
    let body = marked(KEY, "Addresses F2 of INC-42.\n\n**Due:** 2026-04-01");
    assert_eq!(issue.body.as_deref(), Some(body.as_str()));
    assert_eq!((&issue.labels, &issue.assignees), (&ticket().labels, &vec!["ana".to_owned()]));
    assert!(issue.open);
    assert_eq!((made.number.as_str(), made.url.as_str()), ("1", "https://github.test/acme/postmortems/issues/1"));
    drop(state);
    assert_eq!(fake.wire.calls(), ["POST /repos/acme/postmortems/issues"], "nothing is asked without need");
}

#[tokio::test]
async fn whatever_answer_is_lost_there_is_one_issue() {
    for fault in [Fault::Lose, Fault::Gateway(502)] {
        let (fake, forge) = start().await;
        // Others' issues, and one that repeats the mark to be taken for ours.
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
        assert_eq!(forge.create(&ticket(), true).await.unwrap(), found);
        assert_eq!(fake.state().plain_issues().len(), 130 + 1 + 1 + 60);
    }
}

#[tokio::test]
async fn a_call_that_hangs_may_have_made_it() {
    let (fake, forge) = start().await;
    fake.wire.trouble("POST", "/issues", Fault::Hang, 1);
    let hung = tokio::time::timeout(std::time::Duration::from_millis(300), forge.create(&ticket(), false)).await;
    assert!(hung.is_err(), "it has ten seconds");
    assert_eq!(forge.create(&ticket(), true).await.unwrap().number, "1");
    assert_eq!(fake.state().plain_issues().len(), 1);
}

#[tokio::test]
async fn what_was_not_made_before_is_made() {
    let (fake, forge) = start().await;
    fake.wire.trouble("POST", "/issues", Fault::Refuse(502, vec![], "Bad gateway"), 1);
    assert!(is_unknown(&forge.create(&ticket(), false).await));
    assert_eq!(forge.create(&ticket(), true).await.unwrap().number, "1");
}

#[tokio::test]
async fn an_update_changes_what_differs_and_keeps_what_people_added() {
    let (fake, forge) = start().await;
    let made = forge.create(&ticket(), false).await.unwrap();
    fake.wire.calls();
    forge.update(&made, &ticket()).await.unwrap();
    assert_eq!(fake.wire.calls(), ["GET /repos/acme/postmortems/issues/1"], "nothing differs");
    {
        let mut state = fake.state();
        let issue = &mut state.issues[0];
        issue.labels = vec!["urgent".to_owned(), "Detect".to_owned()];
        issue.body = issue.body.as_ref().map(|body| format!("See the dashboard.\r\n\r\n{body}\r\nDone so far: half."));
    }
    let changed = Ticket {
        title: "Alert on depth".to_owned(),
        due: None,
        done: true,
        assignee: Some("bo".to_owned()),
        ..ticket()
    };
    forge.update(&made, &changed).await.unwrap();
    let state = fake.state();
    let issue = &state.issues[0];
    let body = format!("See the dashboard.\n\n{}\nDone so far: half.", marked(KEY, "Addresses F2 of INC-42."));
    assert_eq!(issue.body.as_deref(), Some(body.as_str()));
    assert_eq!(
        (issue.title.as_str(), issue.open, &issue.assignees[..]),
        ("Alert on depth", false, &["bo".to_owned()][..])
    );
    assert_eq!(issue.labels, ["urgent", "Detect", "postmortem"]);
}

#[tokio::test]
async fn a_person_whom_github_does_not_know_keeps_no_ticket_back() {
    let (fake, forge) = start().await;
    let unknown = Ticket { assignee: Some("nobody".to_owned()), ..ticket() };
    let made = forge.create(&unknown, false).await.unwrap();
    let changed = Ticket { title: "Another".to_owned(), ..unknown };
    forge.update(&made, &changed).await.unwrap();
    let state = fake.state();
    assert_eq!((state.issues.len(), state.issues[0].title.as_str()), (1, "Another"));
    assert!(state.issues[0].assignees.is_empty());
}

#[tokio::test]
async fn what_is_done_already_is_closed_at_once_and_opens_again() {
    let (fake, forge) = start().await;
    let done = Ticket { done: true, ..ticket() };
    fake.wire.trouble("PATCH", "/issues/1", Fault::Lose, 1);
    assert!(is_unknown(&forge.create(&done, false).await));
    let made = forge.create(&done, true).await.unwrap();
    let closed_at = Some(at("2026-03-01T12:00:00Z"));
    let (assignee, title) = (Some("ana".to_owned()), "Alert on queue depth".to_owned());
    assert_eq!(forge.state(&made).await, Ok(TicketState { done: true, closed_at, assignee, title }));
    forge.update(&made, &ticket()).await.unwrap();
    let state = forge.state(&made).await.unwrap();
    assert_eq!((state.done, state.closed_at), (false, None));
    fake.state().issues.clear();
    assert!(forge.state(&made).await.unwrap_err().is_missing());
}

#[tokio::test]
async fn changes_are_told_once_and_an_unchanged_list_costs_nothing() {
    let (fake, forge) = start().await;
    let made = forge.create(&ticket(), false).await.unwrap();
    let first = forge.states_since(&since("2026-03-01T00:00:00Z")).await.unwrap();
    assert_eq!(first.states.len(), 1);
    assert_eq!(first.cursor, since("2026-03-01T12:00:00Z"));
    let second = forge.states_since(&first.cursor).await.unwrap();
    assert!(second.cursor.mark.is_some());
    let third = forge.states_since(&second.cursor).await.unwrap();
    assert_eq!((third.states.len(), &third.cursor), (0, &second.cursor), "304");
    {
        let mut state = fake.state();
        state.now += TimeDelta::seconds(5);
        state.opened("ana", "not ours", None);
        state.set_open("1", false);
    }
    let fourth = forge.states_since(&third.cursor).await.unwrap();
    let told: Vec<_> = fourth.states.iter().map(|(at, state)| (at, state.done)).collect();
    assert_eq!(told, [(&made, true)]);
    assert_eq!(fourth.cursor, since("2026-03-01T12:00:05Z"));
}

#[tokio::test]
async fn no_change_is_missed_however_many_share_a_second() {
    for per_second in [1, 50, 51, 130, 400] {
        let (fake, forge) = start().await;
        for number in 0..210 {
            if number % per_second == 0 {
                fake.state().now += TimeDelta::seconds(1);
            }
            fake.state().opened(LOGIN, &format!("ticket {number}"), None);
        }
        let changes = forge.states_since(&since("2026-03-01T00:00:00Z")).await.unwrap();
        let told: BTreeSet<_> = changes.states.iter().map(|(at, _)| &at.id).collect();
        assert_eq!((told.len(), changes.states.len()), (210, 210), "{per_second} a second");
        assert_eq!(changes.cursor.since, fake.state().now);
    }
}

#[tokio::test]
async fn no_change_is_missed_while_the_list_shifts() {
    // After so many calls, with so many tickets at one instant; the first call asks for the account's name.
    for (calls, at_once) in [(2, 1), (3, 200), (4, 200)] {
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
async fn a_full_page_that_did_not_change_hides_no_change() {
    for tickets in [49, 50, 51, 100, 101] {
        let (fake, forge) = start().await;
        for number in 0..tickets {
            fake.state().opened(LOGIN, &format!("ticket {number}"), None);
        }
        let mut cursor = since("2026-03-01T00:00:00Z");
        for _ in 0..3 {
            cursor = forge.states_since(&cursor).await.unwrap().cursor;
        }
        assert_eq!(cursor.mark.is_some(), tickets < 50);
        fake.state().opened(LOGIN, "one more within the same second", None);
        let changes = forge.states_since(&cursor).await.unwrap();
        assert!(changes.states.iter().any(|(_, state)| state.title.starts_with("one more")), "{tickets}");
    }
}

#[tokio::test]
async fn an_apps_token_has_no_user_and_works_nevertheless() {
    let (fake, forge) = start().await;
    fake.state().is_app = true;
    fake.wire.trouble("POST", "/issues", Fault::Lose, 1);
    assert!(is_unknown(&forge.create(&ticket(), false).await));
    forge.create(&ticket(), true).await.unwrap();
    assert_eq!(fake.state().issues.len(), 1);
}

#[tokio::test]
async fn limits_and_refusals_come_through() {
    let (fake, forge) = start().await;
    let secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    fake.wire.trouble("POST", "/issues", Fault::Refuse(403, vec![("retry-after", "30".to_owned())], secondary), 1);
    let limited = forge.create(&ticket(), false).await;
    assert_eq!(limited, Err(CallError::Limited { after: TimeDelta::seconds(30) }));
    let reset = (at("2026-03-01T12:10:00Z").timestamp()).to_string();
    let headers = vec![("x-ratelimit-remaining", "0".to_owned()), ("x-ratelimit-reset", reset)];
    fake.wire.trouble("GET", "/issues", Fault::Refuse(429, headers, "API rate limit exceeded"), 1);
    let limited = forge.states_since(&since("2026-03-01T00:00:00Z")).await;
    assert_eq!(limited, Err(CallError::Limited { after: TimeDelta::minutes(10) }));
    let wrong = self::forge(&fake, "github_pat_wrong");
    let refused = wrong.create(&ticket(), false).await.unwrap_err();
    assert_eq!(refused.to_string(), "GitHub: it refused with status 401: Bad credentials");
    fake.state().may.remove("issues");
    let refused = forge.create(&ticket(), false).await.unwrap_err();
    let wanted = "GitHub: it refused with status 403: Resource not accessible by personal access token";
    assert_eq!(refused.to_string(), wanted);
    let bad = Ticket { key: "-->".to_owned(), ..ticket() };
    assert_eq!(forge.create(&bad, false).await.unwrap_err().status(), Some(0));
}

#[tokio::test]
async fn a_long_ticket_is_cut_to_what_github_takes() {
    let (fake, forge) = start().await;
    let long = Ticket { title: "é".repeat(300), body: "long line\n".repeat(20_000), ..ticket() };
    let made = forge.create(&long, false).await.unwrap();
    fake.wire.calls();
    forge.update(&made, &long).await.unwrap();
    assert_eq!(fake.wire.calls().len(), 1, "what was cut does not differ");
}

#[tokio::test]
async fn an_examination_says_what_to_mend() {
    let (fake, forge) = start().await;
    assert_eq!(forge.examine("main").await, Ok(vec![]));
    assert!(fake.state().issues.is_empty(), "it leaves nothing behind");
    let found = |findings: Result<Vec<String>, CallError>, words: &[&str]| {
        let findings = findings.unwrap();
        assert_eq!(findings.len(), words.len(), "{findings:?}");
        for (finding, word) in findings.iter().zip(words) {
            assert!(finding.contains(word), "{finding}");
        }
    };
    found(forge.examine("trunk").await, &["no branch \"trunk\""]);
    fake.state().may = ["contents"].into();
    found(forge.examine("main").await, &["Issues: read and write", "Pull requests: read and write"]);
    fake.state().may.clear();
    found(forge.examine("main").await, &["may not push"]);
    fake.state().may = ["contents", "pulls", "issues"].into();
    fake.state().has_issues = false;
    fake.state().archived = true;
    found(forge.examine("main").await, &["archived", "issues are turned off"]);
    found(self::forge(&fake, "github_pat_wrong").examine("main").await, &["token is not valid"]);
    fake.wire.trouble("GET", "/postmortems", Fault::Refuse(404, vec![], "Not Found"), 1);
    found(forge.examine("main").await, &["no repository acme/postmortems"]);
    fake.wire.trouble("GET", "/postmortems", Fault::Refuse(503, vec![], "Unavailable"), 1);
    assert!(is_unknown(&forge.examine("main").await));
}
