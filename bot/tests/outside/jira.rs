//! Tickets in Jira, over the wire, in both editions.

use chrono::{DateTime, TimeDelta, Utc};
use firebell::clock::Clock;
use firebell::notify::Secret;
use firebell::outside::atlassian::Edition;
use firebell::outside::call::CallError;
use firebell::outside::jira::{Jira, JiraConfig};
use firebell::outside::tracker::{Cursor, Ticket};
use firebell::platform::finding::Level;
use serde_json::Value;

use crate::support::outside::jira::{Issue, JiraFake, PROJECT, TOKEN, USER};
use crate::support::outside::wire::Fault;

const KEY: &str = "firebell:f1:INC-42/A3";
const HOSTILE: &str = "{noformat} \\*b\\* [x|http://evil.example] h1. <script> | \\\\ \u{202e}rtl ${jndi} !a.png! @ana\n\n\
    h1. no heading\n\n~~~\n{noformat} {code}\n~~~\n";

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn config(fake: &JiraFake, is_cloud: bool) -> JiraConfig {
    JiraConfig {
        base: fake.wire.base(),
        edition: if is_cloud { Edition::Cloud { user: USER.to_owned() } } else { Edition::DataCenter },
        token: Secret::new(TOKEN).unwrap(),
        project: PROJECT.to_owned(),
        issue_type: "Task".to_owned(),
    }
}

async fn site(is_cloud: bool) -> (JiraFake, Jira) {
    let fake = JiraFake::start(is_cloud).await;
    let jira = Jira::new(config(&fake, is_cloud), Clock::manual(now())).unwrap();
    (fake, jira)
}

fn ticket(key: &str) -> Ticket {
    Ticket {
        key: key.to_owned(),
        title: "Watch the queue".to_owned(),
        body: "For **INC-42**: see [it](https://example.org/i?a=1&b=2).\n\n- one\n  1. two\n- [x] done\n".to_owned(),
        labels: vec!["post mortem".to_owned()],
        assignee: Some("ana@example.org".to_owned()),
        due: Some("2026-04-01".parse().unwrap()),
        done: false,
    }
}

fn only(fake: &JiraFake) -> Issue {
    let state = fake.state();
    assert_eq!(state.issues.len(), 1);
    state.issues[0].clone()
}

#[tokio::test]
async fn a_ticket_says_what_was_asked() {
    for is_cloud in [true, false] {
        let (fake, jira) = site(is_cloud).await;
        let at = jira.create(&ticket(KEY), false).await.unwrap();
        let issue = only(&fake);
        assert_eq!((at.number.as_str(), at.id.as_str()), ("OPS-1", "10001"));
        assert!(at.url.ends_with("/browse/OPS-1"), "{}", at.url);
        assert_eq!(issue.summary, "Watch the queue");
        assert_eq!((issue.assignee.as_deref(), issue.due), (Some("ana"), ticket(KEY).due));
        assert_eq!(issue.labels[..2], ["post-mortem", "firebell"]);
        assert_eq!(issue.properties["firebell"]["key"], KEY);
        if is_cloud {
            assert_eq!(issue.description["content"][0]["content"][1]["marks"][0]["type"], "strong");
        } else {
            let text = issue.description.as_str().unwrap();
            assert!(text.starts_with("For {*}INC\\-42{*}: see [it|https://example.org/i?a=1&b=2]."), "{text}");
            assert!(text.contains("* one\n*# two\n* \u{2611} done\n"), "{text}");
        }
        let state = jira.state(&at).await.unwrap();
        assert_eq!((state.done, state.closed_at, state.title.as_str()), (false, None, "Watch the queue"));
        assert_eq!(state.assignee.as_deref(), Some("ana"));
    }
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_ticket_though_the_search_lags() {
    for is_cloud in [true, false] {
        for fault in [Fault::Lose, Fault::Gateway(502)] {
            let (fake, jira) = site(is_cloud).await;
            jira.create(&ticket("firebell:f1:INC-1/A1"), false).await.unwrap();
            fake.state().lags = true;
            // Others write tickets, too, which the search does not know either.
            jira.create(&ticket("firebell:f1:INC-1/A2"), false).await.unwrap();
            fake.wire.trouble("POST", "/issue", fault, 1);
            let error = jira.create(&ticket(KEY), false).await.unwrap_err();
            assert!(matches!(error, CallError::Unknown(_)), "{error:?}");
            let at = jira.create(&ticket(KEY), true).await.unwrap();
            assert_eq!((at.number.as_str(), fake.state().issues.len()), ("OPS-3", 3));
            fake.state().index();
            assert_eq!(jira.create(&ticket(KEY), true).await.unwrap(), at);
            assert_eq!(fake.state().issues.len(), 3);
        }
    }
}

#[tokio::test]
async fn a_ticket_without_its_label_is_known_by_its_property_while_it_is_new() {
    let (fake, jira) = site(true).await;
    let at = jira.create(&ticket(KEY), false).await.unwrap();
    fake.state().issues[0].labels.clear();
    fake.state().index();
    assert_eq!(jira.create(&ticket(KEY), true).await.unwrap(), at);
}

#[tokio::test]
async fn a_ticket_is_written_anew_and_keeps_what_people_wrote() {
    for is_cloud in [true, false] {
        let (fake, jira) = site(is_cloud).await;
        let at = jira.create(&ticket(KEY), false).await.unwrap();
        {
            let mut state = fake.state();
            state.issues[0].labels.push("mine".to_owned());
            let below = "Mine, below.";
            match &mut state.issues[0].description {
                Value::String(text) => *text += &["\n\n", below].concat(),
                document => document["content"]
                    .as_array_mut()
                    .unwrap()
                    .push(serde_json::json!({ "type": "paragraph", "content": [{ "type": "text", "text": below }] })),
            }
        }
        let changed = Ticket { title: "Watch both".to_owned(), body: "New.".to_owned(), due: None, ..ticket(KEY) };
        for _ in 0..2 {
            jira.update(&at, &changed).await.unwrap();
            let issue = only(&fake);
            assert_eq!((issue.summary.as_str(), issue.due), ("Watch both", None));
            assert!(issue.labels.contains(&"mine".to_owned()) && issue.labels.contains(&"firebell".to_owned()));
            let text = issue.description.to_string();
            assert!(text.contains("New.") && !text.contains("see"), "{text}");
            assert_eq!((text.matches("Mine, below.").count(), text.matches("stays.").count()), (1, 1), "{text}");
        }
    }
}

#[tokio::test]
async fn a_ticket_is_closed_and_taken_up_again_where_the_workflow_has_a_way() {
    for is_cloud in [true, false] {
        let (fake, jira) = site(is_cloud).await;
        fake.state().demands_resolution = true;
        let at = jira.create(&Ticket { done: true, ..ticket(KEY) }, false).await.unwrap();
        assert_eq!(only(&fake).status, "Done");
        let state = jira.state(&at).await.unwrap();
        assert_eq!((state.done, state.closed_at), (true, Some(now())));
        jira.update(&at, &ticket(KEY)).await.unwrap();
        assert_eq!(only(&fake).status, "To Do");
        fake.state().ways.clear();
        let error = jira.update(&at, &Ticket { done: true, ..ticket(KEY) }).await.unwrap_err();
        assert!(error.to_string().contains("no transition of OPS-1"), "{error}");
    }
}

#[tokio::test]
async fn changes_are_told_once_they_are_known_over_all_pages() {
    for is_cloud in [true, false] {
        let fake = JiraFake::start(is_cloud).await;
        let clock = Clock::manual(now());
        let jira = Jira::new(config(&fake, is_cloud), clock.clone()).unwrap();
        for number in 0..120 {
            jira.create(&ticket(&format!("firebell:f1:INC-1/A{number}")), false).await.unwrap();
        }
        let changes = jira.states_since(&Cursor { since: now(), mark: None }).await.unwrap();
        assert_eq!(changes.states.len(), 120);
        assert_eq!(changes.cursor.since, now());
        fake.state().later(60);
        clock.set(now() + TimeDelta::minutes(60)).unwrap();
        fake.state().lags = true;
        fake.state().move_to(7, "Done");
        let quiet = jira.states_since(&Cursor { since: now() + TimeDelta::minutes(59), mark: None }).await.unwrap();
        assert!(quiet.states.is_empty());
        // The search learns of it late, when the cursor has gone on.
        fake.state().index();
        let cursor = Cursor { since: now() + TimeDelta::minutes(65), mark: None };
        clock.set(now() + TimeDelta::minutes(66)).unwrap();
        fake.state().later(6);
        let changes = jira.states_since(&cursor).await.unwrap();
        let told: Vec<_> = changes.states.iter().map(|(at, state)| (at.number.as_str(), state.done)).collect();
        assert_eq!((told, changes.cursor.since), (vec![("OPS-8", true)], cursor.since));
    }
}

#[tokio::test]
async fn what_the_project_does_not_let_us_set_is_left_out() {
    let (fake, jira) = site(true).await;
    fake.state().unset = ["duedate", "assignee"].into();
    jira.create(&ticket(KEY), false).await.unwrap();
    assert_eq!((only(&fake).due, only(&fake).assignee), (None, None));
    fake.state().unset = ["labels"].into();
    let error = jira.create(&ticket("firebell:f1:INC-42/A4"), false).await.unwrap_err();
    assert!(error.to_string().contains("labels: Field 'labels' cannot be set"), "{error}");
}

#[tokio::test]
async fn whom_jira_does_not_know_is_left_out_and_whoever_hides_is_found() {
    let (fake, jira) = site(true).await;
    for (place, (asked, found)) in [("bo@example.org", Some("bo")), ("zoe@example.org", None)].into_iter().enumerate() {
        let key = format!("{KEY}{place}");
        jira.create(&Ticket { assignee: Some(asked.to_owned()), ..ticket(&key) }, false).await.unwrap();
        assert_eq!(fake.state().issues[place].assignee.as_deref(), found);
    }
    let unknown = Ticket { assignee: Some("nobody".to_owned()), ..ticket("firebell:f1:INC-1/A9") };
    jira.create(&unknown, false).await.unwrap();
    assert_eq!(fake.state().issues[2].assignee, None);
}

#[tokio::test]
async fn texts_are_inert_and_long_ones_are_cut() {
    for is_cloud in [true, false] {
        let (fake, jira) = site(is_cloud).await;
        let hostile = Ticket { title: format!("a\nb {}", "x".repeat(400)), body: HOSTILE.to_owned(), ..ticket(KEY) };
        jira.create(&hostile, false).await.unwrap();
        assert_eq!(only(&fake).summary.chars().count(), 255);
        if let Some(text) = only(&fake).description.as_str() {
            assert!(!text.contains("[x|"), "{text}");
            assert!(text.contains("\\{noformat\\} \\*b\\* "), "{text}");
            assert!(text.contains("\n\u{200b}h1. no heading\n"), "{text}");
            assert_eq!(text.matches("{noformat}").count(), 2, "{text}");
        }
        let rows = "| a | b\\|c |\n".repeat(10_000);
        let table =
            Ticket { body: format!("First.\n\n| x | y |\n|---|---|\n{rows}"), ..ticket("firebell:f1:INC-9/A1") };
        jira.create(&table, false).await.unwrap();
        let text = fake.state().issues[1].description.to_string();
        assert!(text.contains("First.") && text.contains("More is said here"), "{}", &text[..200]);
        assert!(text.contains("what stands below it stays."));
    }
}

#[tokio::test]
async fn limits_failures_and_deleted_tickets_are_told_apart() {
    let (fake, jira) = site(true).await;
    let at = jira.create(&ticket(KEY), false).await.unwrap();
    fake.wire.trouble("GET", "/issue", Fault::Refuse(429, vec![("retry-after", "7".to_owned())], "slow down"), 1);
    assert_eq!(jira.state(&at).await.unwrap_err(), CallError::Limited { after: TimeDelta::seconds(7) });
    fake.wire.trouble("GET", "/issue", Fault::Refuse(503, vec![], "down"), 1);
    assert!(matches!(jira.state(&at).await.unwrap_err(), CallError::Unknown(_)));
    fake.state().issues[0].is_deleted = true;
    assert!(jira.state(&at).await.unwrap_err().is_missing());
    assert!(jira.update(&at, &ticket(KEY)).await.unwrap_err().is_missing());
}

#[tokio::test]
async fn an_examination_says_what_is_wrong() {
    for is_cloud in [true, false] {
        let (fake, jira) = site(is_cloud).await;
        let findings = jira.examine().await;
        assert!(findings.len() == 3 && findings.iter().all(|finding| finding.level == Level::Ok), "{findings:?}");
        let with = |change: fn(&mut JiraConfig)| {
            let mut config = config(&fake, is_cloud);
            change(&mut config);
            Jira::new(config, Clock::manual(now())).unwrap()
        };
        let table: [(Jira, &str); 3] = [
            (with(|config| config.token = Secret::new("other").unwrap()), "check the "),
            (with(|config| config.project = "NONE".to_owned()), "check its key"),
            (with(|config| config.issue_type = "Bug".to_owned()), "choose one of: Task"),
        ];
        for (jira, words) in table {
            let last = jira.examine().await.pop().unwrap();
            assert!(last.level == Level::Problem && last.says.contains(words), "{last:?}");
            assert!(!last.says.contains("other"), "{last:?}");
        }
    }
    let fake = JiraFake::start(true).await;
    for project in ["", "A\" OR 1=1", "a-b"] {
        let config = JiraConfig { project: project.to_owned(), ..config(&fake, true) };
        assert!(Jira::new(config, Clock::manual(now())).is_err(), "{project}");
    }
}
