//! Tickets in Linear, over the wire.

use chrono::{DateTime, TimeDelta, Utc};
use firebell::clock::Clock;
use firebell::notify::Secret;
use firebell::outside::call::CallError;
use firebell::outside::linear::{Linear, LinearConfig};
use firebell::outside::tracker::{Cursor, Ticket};
use firebell::platform::finding::Level;

use crate::support::outside::linear::{Issue, LinearFake, TEAM, TOKEN};
use crate::support::outside::wire::Fault;

const KEY: &str = "firebell:f1:INC-42/A3";

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn linear(fake: &LinearFake, token: &str, team: &str) -> Linear {
    let config = LinearConfig { base: fake.wire.base(), token: Secret::new(token).unwrap(), team: team.to_owned() };
    Linear::new(config, Clock::manual(now())).unwrap()
}

async fn space() -> (LinearFake, Linear) {
    let fake = LinearFake::start().await;
    let linear = linear(&fake, TOKEN, TEAM);
    (fake, linear)
}

fn ticket(key: &str) -> Ticket {
    Ticket {
        key: key.to_owned(),
        title: "Watch the\nqueue".to_owned(),
        body: "For **INC-42**.".to_owned(),
        labels: vec!["Postmortem".to_owned()],
        assignee: Some("ana@example.org".to_owned()),
        due: Some("2026-04-01".parse().unwrap()),
        done: false,
    }
}

fn only(fake: &LinearFake) -> Issue {
    let state = fake.state();
    assert_eq!(state.issues.len(), 1);
    state.issues[0].clone()
}

#[tokio::test]
async fn a_ticket_says_what_was_asked() {
    let (fake, linear) = space().await;
    let at = linear.create(&ticket(KEY), false).await.unwrap();
    let issue = only(&fake);
    assert_eq!((at.number.as_str(), &at.id), ("OPS-1", &issue.id));
    assert_eq!(issue.title, "Watch the queue");
    assert_eq!((issue.assignee.as_deref(), issue.due.as_deref()), (Some("ana@example.org"), Some("2026-04-01")));
    assert_eq!(issue.labels, ["Postmortem", "firebell"].map(str::to_owned).into());
    assert_eq!(issue.state, "backlog");
    let state = linear.state(&at).await.unwrap();
    assert_eq!((state.done, state.closed_at, state.title.as_str()), (false, None, "Watch the queue"));
    assert_eq!(state.assignee.as_deref(), Some("ana@example.org"));
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_ticket_or_label() {
    // Each call of an attempt is lost once: of labels, of the team, of the issue.
    for lost in 0..6 {
        let (fake, linear) = space().await;
        fake.wire.trouble_after(lost, ("POST", ""), Fault::Lose, 1);
        let error = linear.create(&ticket(KEY), false).await.unwrap_err();
        assert!(matches!(error, CallError::Unknown(_)), "{lost} {error:?}");
        let at = linear.create(&ticket(KEY), true).await.unwrap();
        assert_eq!(only(&fake).id, at.id);
        assert_eq!(fake.state().labels.len(), 3, "{lost}");
        assert_eq!(linear.create(&ticket(KEY), true).await.unwrap(), at);
        assert_eq!(only(&fake).labels.len(), 2);
    }
}

#[tokio::test]
async fn two_attempts_at_once_make_one_ticket() {
    let (fake, linear) = space().await;
    let ticket = ticket(KEY);
    let (one, other) = tokio::join!(linear.create(&ticket, false), linear.create(&ticket, false));
    assert_eq!(one.unwrap(), other.unwrap());
    assert_eq!((only(&fake).number, fake.state().labels.len()), (1, 3));
}

#[tokio::test]
async fn a_ticket_is_written_anew_and_keeps_what_people_wrote() {
    let (fake, linear) = space().await;
    let at = linear.create(&ticket(KEY), false).await.unwrap();
    {
        let mut state = fake.state();
        state.issues[0].description.push_str("\n\nMine, below.");
        state.issues[0].labels.insert("mine".to_owned());
    }
    let changed = Ticket { title: "Other".to_owned(), body: "New.".to_owned(), due: None, done: true, ..ticket(KEY) };
    for _ in 0..2 {
        linear.update(&at, &changed).await.unwrap();
        let issue = only(&fake);
        assert_eq!((issue.title.as_str(), issue.due.as_ref(), issue.state), ("Other", None, "completed"));
        assert!(issue.labels.contains("mine") && issue.description.starts_with("New.\n\n---\n"));
        assert!(issue.description.ends_with("stays._\n\nMine, below."), "{}", issue.description);
    }
    linear.update(&at, &Ticket { done: false, ..changed }).await.unwrap();
    assert_eq!(only(&fake).state, "unstarted");
    // A ticket that was cancelled is done, and is left as it is.
    fake.state().move_to(0, "canceled");
    linear.update(&at, &Ticket { done: true, ..ticket(KEY) }).await.unwrap();
    let state = linear.state(&at).await.unwrap();
    assert_eq!((only(&fake).state, state.done, state.closed_at), ("canceled", true, Some(now())));
}

#[tokio::test]
async fn changes_are_told_over_all_pages() {
    let (fake, linear) = space().await;
    for number in 0..120 {
        linear.create(&ticket(&format!("firebell:f1:INC-1/A{number}")), false).await.unwrap();
    }
    let changes = linear.states_since(&Cursor { since: now(), mark: None }).await.unwrap();
    assert_eq!((changes.states.len(), changes.cursor.since), (120, now()));
    let later = now() + TimeDelta::minutes(1);
    fake.state().now = later;
    fake.state().move_to(7, "completed");
    let changes = linear.states_since(&Cursor { since: later, mark: None }).await.unwrap();
    let told: Vec<_> = changes.states.iter().map(|(at, state)| (at.number.as_str(), state.done)).collect();
    assert_eq!((told, changes.cursor.since), (vec![("OPS-8", true)], later));
}

#[tokio::test]
async fn limits_failures_and_deleted_tickets_are_told_apart() {
    let (fake, linear) = space().await;
    let at = linear.create(&ticket(KEY), false).await.unwrap();
    fake.state().allowance = Some(0);
    assert_eq!(linear.state(&at).await.unwrap_err(), CallError::Limited { after: TimeDelta::seconds(90) });
    fake.state().allowance = None;
    fake.wire.trouble("POST", "", Fault::Refuse(500, vec![], "down"), 1);
    assert!(matches!(linear.state(&at).await.unwrap_err(), CallError::Unknown(_)));
    fake.state().issues[0].trashed = true;
    assert!(linear.state(&at).await.unwrap_err().is_missing());
    assert!(linear.update(&at, &ticket(KEY)).await.unwrap_err().is_missing());
}

#[tokio::test]
async fn an_examination_says_what_is_wrong() {
    let (fake, held) = space().await;
    let findings = held.examine().await;
    assert!(findings.len() == 2 && findings.iter().all(|finding| finding.level == Level::Ok), "{findings:?}");
    for (token, team, words) in [("lin_api_other", TEAM, "make a new one"), (TOKEN, "NONE", "check its key")] {
        let last = linear(&fake, token, team).examine().await.pop().unwrap();
        assert!(last.level == Level::Problem && last.says.contains(words), "{last:?}");
    }
}
