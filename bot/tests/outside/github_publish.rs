//! Publications as pull requests of GitHub.

use firebell::outside::publishing::Publication;

use super::github::start;
use super::sample::{BRANCH, PAGE, PICTURE, is_unknown, publication};
use crate::support::outside::github::GitHubFake;
use crate::support::outside::wire::Fault;

/// That there is one pull request with one commit that holds all.
fn assert_published(fake: &GitHubFake, text: &str) {
    let state = fake.state();
    assert_eq!(state.git.file(BRANCH, PAGE), Some(text.as_bytes()));
    assert_eq!(state.git.file(BRANCH, PICTURE), Some(&b"%PDF-\xff\xfe"[..]));
    assert!(state.git.file(BRANCH, "README.md").is_some(), "what was there stays");
    let message = format!("Postmortem of INC-42: {text}");
    assert_eq!(state.git.history(BRANCH), [&message, "by hand", "first"]);
    let [pull] = state.pull_requests()[..] else { panic!("{:?}", state.issues) };
    assert_eq!(pull.title, "Postmortem of INC-42");
    assert_eq!(pull.pull.as_ref().unwrap().sha, state.git.branches[BRANCH]);
}

#[tokio::test]
async fn files_come_in_one_commit_with_a_pull_request_and_never_twice() {
    let (fake, forge) = start().await;
    let first = forge.publish(&publication("one")).await.unwrap();
    assert_published(&fake, "one");
    assert_eq!(first.url, "https://github.test/acme/postmortems/pull/1");
    assert_eq!(first.commit, fake.state().git.branches[BRANCH]);
    let before = fake.state().issues[0].updated;
    fake.state().now += chrono::TimeDelta::hours(1);
    assert_eq!(forge.publish(&publication("one")).await.unwrap(), first);
    assert_published(&fake, "one");
    assert_eq!(fake.state().issues[0].updated, before, "nothing was edited");
}

#[tokio::test]
async fn a_change_is_one_commit_more_in_the_same_pull_request() {
    let (fake, forge) = start().await;
    let first = forge.publish(&publication("one")).await.unwrap();
    let changed = Publication { title: "Postmortem of INC-42, reviewed".to_owned(), ..publication("two") };
    let second = forge.publish(&changed).await.unwrap();
    assert_eq!(second.url, first.url);
    assert_ne!(second.commit, first.commit);
    let state = fake.state();
    assert_eq!(state.git.history(BRANCH).len(), 4);
    assert_eq!(state.git.file(BRANCH, PAGE), Some(&b"two"[..]));
    let [pull] = state.pull_requests()[..] else { panic!() };
    assert_eq!(pull.title, "Postmortem of INC-42, reviewed");
}

#[tokio::test]
async fn whatever_answer_is_lost_there_is_one_of_each() {
    let steps = [
        ("GET", "/pulls"),
        ("GET", "/git/ref/"),
        ("GET", "/git/commits"),
        ("POST", "/git/blobs"),
        ("POST", "/git/trees"),
        ("POST", "/git/commits"),
        ("POST", "/git/refs"),
        ("POST", "/pulls"),
    ];
    for (method, path) in steps {
        for fault in [Fault::Lose, Fault::Gateway(502), Fault::Refuse(500, vec![], "no")] {
            let (fake, forge) = start().await;
            fake.wire.trouble(method, path, fault.clone(), 1);
            assert!(is_unknown(&forge.publish(&publication("one")).await), "{method} {path}");
            forge.publish(&publication("one")).await.unwrap();
            assert_published(&fake, "one");
        }
    }
    for (method, path) in [("PATCH", "/git/refs/"), ("PATCH", "/pulls/")] {
        let (fake, forge) = start().await;
        forge.publish(&publication("one")).await.unwrap();
        let changed = Publication { body: "Please.".to_owned(), ..publication("two") };
        fake.wire.trouble(method, path, Fault::Lose, 1);
        assert!(is_unknown(&forge.publish(&changed).await), "{method} {path}");
        forge.publish(&changed).await.unwrap();
        let state = fake.state();
        assert_eq!((state.git.history(BRANCH).len(), state.issues.len()), (4, 1), "{method} {path}");
        assert!(state.issues[0].body.as_ref().unwrap().contains("Please."));
    }
}

#[tokio::test]
async fn after_a_merge_it_begins_anew_where_there_is_something_new() {
    for and_delete in [true, false] {
        let (fake, forge) = start().await;
        let first = forge.publish(&publication("one")).await.unwrap();
        fake.state().merge(1, and_delete);
        let same = forge.publish(&publication("one")).await.unwrap();
        assert_eq!((&same.url, &same.commit), (&first.url, &fake.state().git.branches["main"]), "the base has it");
        assert_eq!(fake.state().issues.len(), 1);
        fake.wire.trouble("POST", "/pulls", Fault::Lose, 1);
        assert!(is_unknown(&forge.publish(&publication("two")).await));
        let second = forge.publish(&publication("two")).await.unwrap();
        assert_eq!(second.url, "https://github.test/acme/postmortems/pull/2");
        let state = fake.state();
        assert_eq!(state.git.history(BRANCH), ["Postmortem of INC-42: two", "merge", "by hand", "first"]);
        assert_eq!(state.issues.len(), 2);
    }
}

#[tokio::test]
async fn what_the_base_has_already_needs_nothing() {
    let (fake, forge) = start().await;
    for file in publication("one").files {
        fake.state().git.push("main", &file.path, &file.content);
    }
    let published = forge.publish(&publication("one")).await.unwrap();
    assert_eq!(published.url, format!("https://github.test/acme/postmortems/blob/main/{PAGE}"));
    let state = fake.state();
    assert_eq!((state.issues.len(), state.git.branches.len()), (0, 1));
}

#[tokio::test]
async fn a_branch_that_was_merged_without_a_pull_request_begins_anew() {
    let (fake, forge) = start().await;
    forge.publish(&publication("one")).await.unwrap();
    {
        let mut state = fake.state();
        state.git.merge(BRANCH, "main");
        state.issues.clear();
    }
    let published = forge.publish(&publication("one")).await.unwrap();
    assert_eq!(published.commit, fake.state().git.branches["main"]);
    assert!(published.url.ends_with(PAGE), "{published:?}");
    assert!(fake.state().issues.is_empty());
    forge.publish(&publication("two")).await.unwrap();
    let state = fake.state();
    assert_eq!(state.git.history(BRANCH), ["Postmortem of INC-42: two", "merge", "by hand", "first"]);
    assert_eq!(state.issues.len(), 1);
}

#[tokio::test]
async fn a_persons_commit_on_a_merged_branch_is_not_lost() {
    let (fake, forge) = start().await;
    forge.publish(&publication("one")).await.unwrap();
    fake.state().merge(1, false);
    fake.state().git.push(BRANCH, "notes.md", b"after the merge");
    forge.publish(&publication("two")).await.unwrap();
    let state = fake.state();
    assert!(state.git.file(BRANCH, "notes.md").is_some());
    assert_eq!((state.git.file(BRANCH, PAGE), state.issues.len()), (Some(&b"two"[..]), 2));
}

#[tokio::test]
async fn a_branch_that_others_change_is_looked_at_anew() {
    let (fake, forge) = start().await;
    forge.publish(&publication("one")).await.unwrap();
    fake.state().git.push(BRANCH, "notes.md", b"from the review");
    forge.publish(&publication("two")).await.unwrap();
    assert!(fake.state().git.file(BRANCH, "notes.md").is_some(), "a person's commit stays");
    // As if somebody pushed between the look and the update.
    fake.wire.trouble("PATCH", "/git/refs/", Fault::Refuse(422, vec![], "Update is not a fast forward"), 1);
    forge.publish(&publication("three")).await.unwrap();
    assert_eq!(fake.state().git.file(BRANCH, PAGE), Some(&b"three"[..]));
    assert_eq!(fake.state().git.history(BRANCH).len(), 6);
    fake.wire.trouble("PATCH", "/git/refs/", Fault::Refuse(422, vec![], "Update is not a fast forward"), 3);
    let refused = forge.publish(&publication("four")).await.unwrap_err();
    assert_eq!(refused.to_string(), "GitHub: it refused with status 422: Update is not a fast forward");
    // As if another process of ours opened it between the look and the call.
    let (fake, forge) = start().await;
    fake.wire.trouble("GET", "state=open", Fault::Refuse(422, vec![], "not now"), 1);
    forge.publish(&publication("one")).await.unwrap();
    assert_eq!(fake.state().issues.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_published_is_refused_with_the_reason() {
    let (fake, forge) = start().await;
    let refused = forge.publish(&Publication { base: "trunk".to_owned(), ..publication("one") }).await.unwrap_err();
    assert_eq!(refused.to_string(), "GitHub: the repository has no branch \"trunk\"; create it, or configure another");
    fake.wire.calls();
    let mut outside = publication("one");
    outside.files[0].path = "../x".to_owned();
    assert_eq!(forge.publish(&outside).await.unwrap_err().status(), Some(0));
    assert!(fake.wire.calls().is_empty(), "nobody was asked");
    fake.state().may.remove("contents");
    let refused = forge.publish(&publication("one")).await.unwrap_err();
    assert_eq!(refused.status(), Some(403));
}
