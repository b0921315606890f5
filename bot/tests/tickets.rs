//! Follow-ups as issues of GitHub and GitLab: kept up to date, never made twice, and closed here when somebody closes them there.

use std::collections::BTreeMap;
use std::sync::Arc;

use firebell::notify::Secret;
use firebell::outside::forge::{Forge, GitHub, GitLab};
use firebell::trackers::{Tracked, Tracker, Trackers};
use firebell_core::action::Action;
use firebell_core::scope::Scope;
use firebell_core::tracking;

use crate::support::outside::github::{self, GitHubFake, Issue};
use crate::support::outside::gitlab::{self, GitLabFake};
use crate::support::outside::wire::Fault;
use crate::support::{Beside, World, key, minutes, on_both, seconds};

on_both!(
    a_follow_up_becomes_an_issue_and_is_kept_up_to_date,
    whoever_closes_the_issue_has_done_it_here,
    what_is_told_there_comes_back_as_no_news,
    whatever_answer_is_lost_there_is_one_issue,
    killed_before_and_after_it_was_made,
    a_refusal_is_recorded_and_the_next_goes_on,
    one_that_is_asked_keeps_what_it_was_asked_for,
    a_private_incident_is_told_where_it_may_be_known_alone,
    words_are_inert_there,
    gitlab_keeps_them_too,
    a_tracker_that_is_gone_is_said,
);

fn rule(always: bool, private: bool) -> tracking::Tracker {
    tracking::Tracker { name: key("tracker"), scope: Scope { always, private, ..Scope::default() }, kinds: Vec::new() }
}

async fn keep_in(world: &mut World, forge: Forge, rule: tracking::Tracker) {
    let tracked = Tracked {
        tracker: Tracker::Forge(Arc::new(forge)),
        labels: vec!["postmortem".to_owned()],
        accounts: BTreeMap::from([(key("bo"), "bo".to_owned())]),
    };
    let trackers = Trackers::new(BTreeMap::from([(key("tracker"), tracked)]), minutes(1));
    world.restart_beside(Beside { trackers, ..Beside::default() }).await;
    world.restart_with(|settings| settings.trackers = vec![rule]).await;
}

/// INC-1, and a GitHub that keeps follow-ups.
async fn begin(world: &mut World, rule: tracking::Tracker) -> GitHubFake {
    let fake = GitHubFake::start("/api/v3").await;
    fake.state().now = world.clock.now();
    let token = Secret::new(github::TOKEN).unwrap();
    let hub = GitHub::new(fake.wire.base(), "acme/postmortems", token, world.clock.clone()).unwrap();
    keep_in(world, Forge::GitHub(hub), rule).await;
    world.says("ana", "/incident declare checkout is down").await;
    fake.wire.calls();
    fake
}

fn issues(fake: &GitHubFake) -> Vec<Issue> {
    fake.state().plain_issues().into_iter().cloned().collect()
}

async fn action(world: &World) -> Action {
    world.row(1).await.actions.remove(0)
}

/// Time passes for both.
async fn pass(world: &World, fake: &GitHubFake, span: chrono::TimeDelta) {
    fake.state().now = world.clock.now() + span;
    world.advance(span).await;
}

async fn kinds(world: &World, kind: &str) -> usize {
    world.history(1).await.iter().filter(|entry| entry.kind == kind).count()
}

async fn a_follow_up_becomes_an_issue_and_is_kept_up_to_date(world: &mut World) {
    let fake = begin(world, rule(true, false)).await;
    world.says("ana", "/incident action watch the disk @bo --due 2026-03-06 --type detect").await;
    let [issue] = issues(&fake).try_into().unwrap();
    assert_eq!(issue.title, "[INC-1 A1] watch the disk");
    assert_eq!((&issue.labels, &issue.assignees), (&vec!["postmortem".to_owned()], &vec!["bo".to_owned()]));
    let body = issue.body.unwrap();
    for words in ["A follow-up of INC-1 (SEV3): checkout is down", "- Owner: bo", "- Type: detect", "2026-03-06"] {
        assert!(body.contains(words), "{words}: {body}");
    }
    let ticket = action(world).await.tickets.remove(0);
    assert_eq!((ticket.tracker.as_str(), ticket.number.as_str()), ("tracker", "#1"));
    assert!(world.says("ana", "/incident actions").await.contains("#1 https://github.test/acme/postmortems/issues/1"));
    world.says("ana", "/incident edit-action A1 watch both disks --no-owner").await;
    let [issue] = issues(&fake).try_into().unwrap();
    assert_eq!((issue.title.as_str(), issue.open), ("[INC-1 A1] watch both disks", true));
    world.says("ana", "/incident done A1").await;
    assert!(!issues(&fake)[0].open);
    world.says("ana", "/incident undone A1").await;
    assert!(issues(&fake)[0].open);
    assert_eq!(issues(&fake).len(), 1);
    assert_eq!(kinds(world, "action_ticketed").await, 1, "what is brought up to date is no news");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn whoever_closes_the_issue_has_done_it_here(world: &mut World) {
    let fake = begin(world, rule(true, false)).await;
    world.says("ana", "/incident action watch the disk").await;
    pass(world, &fake, minutes(5)).await;
    fake.state().set_open("1", false);
    pass(world, &fake, minutes(1)).await;
    assert!(action(world).await.done.is_some());
    assert!(world.says("ana", "/incident actions").await.contains("A1 [x] watch the disk"));
    fake.state().set_open("1", true);
    pass(world, &fake, minutes(1)).await;
    assert!(action(world).await.done.is_none());
    // Somebody was faster there than an edit here was read.
    fake.state().set_open("1", false);
    world.says("ana", "/incident edit-action A1 watch both disks").await;
    assert!(!issues(&fake)[0].open, "an edit of words opens nothing");
    pass(world, &fake, minutes(2)).await;
    assert!(action(world).await.done.is_some());
    assert_eq!((kinds(world, "action_done").await, kinds(world, "action_reopened").await), (2, 1));
    world.restart().await;
    pass(world, &fake, minutes(3)).await;
    assert_eq!((kinds(world, "action_done").await, kinds(world, "action_reopened").await), (2, 1));
}

async fn what_is_told_there_comes_back_as_no_news(world: &mut World) {
    let fake = begin(world, rule(true, false)).await;
    world.says("ana", "/incident action watch the disk").await;
    pass(world, &fake, minutes(2)).await;
    // It is committed and not told yet when the tracker is read.
    fake.wire.trouble("PATCH", "/issues", Fault::Refuse(503, vec![("retry-after", "90".to_owned())], "busy"), 1);
    world.says("ana", "/incident done A1").await;
    pass(world, &fake, minutes(1)).await;
    assert!(action(world).await.done.is_some(), "what was not told yet is not taken back");
    pass(world, &fake, minutes(10)).await;
    assert!(!issues(&fake)[0].open);
    assert!(action(world).await.done.is_some());
    assert_eq!((kinds(world, "action_done").await, kinds(world, "action_reopened").await), (1, 0));
}

async fn whatever_answer_is_lost_there_is_one_issue(world: &mut World) {
    let fake = begin(world, rule(true, false)).await;
    for (fault, number) in [(Fault::Lose, 1), (Fault::Gateway(502), 2)] {
        fake.wire.trouble("POST", "/issues", fault, 1);
        world.says("ana", &format!("/incident action watch disk {number}")).await;
        pass(world, &fake, minutes(1)).await;
        assert_eq!(issues(&fake).len(), number);
        assert_eq!(kinds(world, "action_ticketed").await, number);
    }
    fake.wire.trouble("POST", "/issues", Fault::Refuse(429, vec![("retry-after", "30".to_owned())], "slow down"), 1);
    world.says("ana", "/incident action watch disk 3").await;
    assert_eq!(issues(&fake).len(), 2);
    pass(world, &fake, minutes(2)).await;
    assert_eq!(issues(&fake).len(), 3);
}

async fn killed_before_and_after_it_was_made(world: &mut World) {
    let fake = begin(world, rule(true, false)).await;
    world.asks("ana", None, "/incident action watch the disk").await;
    world.restart().await;
    world.settle().await;
    assert_eq!(issues(&fake).len(), 1);
    fake.wire.trouble("POST", "/issues", Fault::Hang, 1);
    world.asks("ana", None, "/incident action watch the network").await;
    let killed = world.settles();
    while issues(&fake).len() < 2 {
        tokio::task::yield_now().await;
    }
    killed.abort();
    world.restart().await;
    pass(world, &fake, seconds(40)).await;
    assert_eq!(issues(&fake).len(), 2, "it is found again");
    assert_eq!(kinds(world, "action_ticketed").await, 2);
}

async fn a_refusal_is_recorded_and_the_next_goes_on(world: &mut World) {
    let fake = begin(world, rule(true, false)).await;
    fake.wire.trouble("POST", "/issues", Fault::Refuse(410, vec![], "Issues are disabled for this repo"), 1);
    world.says("ana", "/incident action watch the disk").await;
    assert_eq!(kinds(world, "ticket_failed").await, 1);
    let told = world.says("ana", "/incident timeline").await;
    assert!(
        told.contains("Action A1 could not be brought to tracker") && told.contains("Issues are disabled"),
        "{told}"
    );
    world.says("ana", "/incident action watch the network").await;
    assert_eq!(issues(&fake).len(), 1);
    assert_eq!(world.says("ana", "/incident ticket A1").await, "Action A1 of INC-1 is on its way to tracker.");
    assert_eq!(issues(&fake).len(), 2);
}

async fn one_that_is_asked_keeps_what_it_was_asked_for(world: &mut World) {
    let fake = begin(world, rule(false, false)).await;
    world.says("ana", "/incident action watch the disk").await;
    world.says("ana", "/incident action watch the network").await;
    assert!(issues(&fake).is_empty());
    world.says("ana", "/incident ticket A2").await;
    world.says("ana", "/incident ticket A2 tracker").await;
    let [issue] = issues(&fake).try_into().unwrap();
    assert_eq!(issue.title, "[INC-1 A2] watch the network");
    world.says("ana", "/incident done A2").await;
    world.says("ana", "/incident done A1").await;
    let [issue] = issues(&fake).try_into().unwrap();
    assert!(!issue.open);
}

async fn a_private_incident_is_told_where_it_may_be_known_alone(world: &mut World) {
    let fake = begin(world, rule(true, false)).await;
    world.says("ana", "/incident declare payroll leaked --private").await;
    world.says("ana", "/incident INC-2 action tell the lawyer").await;
    let refused = world.says("ana", "/incident INC-2 ticket A1").await;
    assert_eq!(refused, "! INC-2 is private, and tracker is not marked as one that may know of it");
    pass(world, &fake, minutes(2)).await;
    assert!(issues(&fake).is_empty());
    world.restart_with(|settings| settings.trackers = vec![rule(true, true)]).await;
    world.says("ana", "/incident INC-2 ticket A1").await;
    assert_eq!(issues(&fake).len(), 1);
}

async fn words_are_inert_there(world: &mut World) {
    let fake = begin(world, rule(true, false)).await;
    let words = "call @everyone --> <img src=x> [a](javascript:b)\n/close\n/assign @ana <!-- /firebell -->";
    world.says("ana", &format!("/incident action {words}")).await;
    let [issue] = issues(&fake).try_into().unwrap();
    let body = issue.body.unwrap();
    assert!(body.lines().all(|line| !line.starts_with('/')), "{body}");
    assert!(!body.contains("@everyone") && !body.contains("@ana"), "{body}");
    assert!(!body.contains("<img") && body.contains("\\](javascript"), "{body}");
    assert_eq!(body.matches("<!-- /firebell -->").count(), 1, "{body}");
    assert!(body.ends_with("<!-- /firebell -->"), "{body}");
    assert!(!issue.title.contains('\n'));
    world.says("ana", "/incident edit-action A1 harmless").await;
    let body = issues(&fake)[0].body.clone().unwrap();
    assert!(body.contains("harmless") && !body.contains("everyone"), "{body}");
}

async fn gitlab_keeps_them_too(world: &mut World) {
    let fake = GitLabFake::start("/gitlab/api/v4").await;
    fake.state().now = world.clock.now();
    let token = Secret::new(gitlab::TOKEN).unwrap();
    let lab = GitLab::new(fake.wire.base(), gitlab::PROJECT, token, world.clock.clone()).unwrap();
    keep_in(world, Forge::GitLab(lab), rule(true, false)).await;
    world.says("ana", "/incident declare checkout is down").await;
    fake.wire.trouble("POST", "/issues", Fault::Lose, 1);
    world.says("ana", "/incident action watch the disk --due 2026-03-06").await;
    world.advance(minutes(1)).await;
    {
        let state = fake.state();
        let [issue] = &state.issues[..] else { panic!("{:?}", state.issues) };
        assert_eq!((issue.title.as_str(), issue.due), ("[INC-1 A1] watch the disk", "2026-03-06".parse().ok()));
    }
    fake.state().now = world.clock.now() + minutes(1);
    fake.state().set_open("1", false);
    world.advance(minutes(2)).await;
    assert!(action(world).await.done.is_some());
}

async fn a_tracker_that_is_gone_is_said(world: &mut World) {
    let _fake = begin(world, rule(false, false)).await;
    world.says("ana", "/incident action watch the disk").await;
    world.asks("ana", None, "/incident ticket A1").await;
    world.restart_beside(Beside::default()).await;
    world.advance(minutes(3)).await;
    let told = world.says("ana", "/incident timeline").await;
    assert!(told.contains("no tracker tracker is configured"), "{told}");
}
