//! Publications as merge requests of GitLab.

use firebell::outside::publishing::Publication;

use super::gitlab::start;
use super::sample::{BRANCH, PAGE, PICTURE, is_unknown, publication};
use crate::support::outside::gitlab::GitLabFake;
use crate::support::outside::wire::Fault;

/// That there is one merge request with one commit that holds all.
fn assert_published(fake: &GitLabFake, text: &str) {
    let state = fake.state();
    assert_eq!(state.git.file(BRANCH, PAGE), Some(text.as_bytes()));
    assert_eq!(state.git.file(BRANCH, PICTURE), Some(&b"%PDF-\xff\xfe"[..]));
    assert!(state.git.file(BRANCH, "README.md").is_some(), "what was there stays");
    let message = format!("Postmortem of INC-42: {text}");
    assert_eq!(state.git.history(BRANCH), [&message, "by hand", "first"]);
    let [merge] = &state.merges[..] else { panic!("{:?}", state.merges) };
    assert_eq!((merge.title.as_str(), &merge.sha), ("Postmortem of INC-42", &state.git.branches[BRANCH]));
}

#[tokio::test]
async fn files_come_in_one_commit_with_a_merge_request_and_never_twice() {
    let (fake, forge) = start().await;
    let first = forge.publish(&publication("one")).await.unwrap();
    assert_published(&fake, "one");
    assert_eq!(first.url, "https://gitlab.test/gitlab/sre/teams/postmortems/-/merge_requests/1");
    assert_eq!(first.commit, fake.state().git.branches[BRANCH]);
    fake.wire.calls();
    assert_eq!(forge.publish(&publication("one")).await.unwrap(), first);
    assert_published(&fake, "one");
    let calls = fake.wire.calls();
    assert!(calls.iter().all(|call| call.starts_with("GET") || call.starts_with("HEAD")), "{calls:?}");
}

#[tokio::test]
async fn a_change_is_one_commit_more_in_the_same_merge_request() {
    let (fake, forge) = start().await;
    let first = forge.publish(&publication("one")).await.unwrap();
    let changed = Publication { body: "/merge\nReviewed.".to_owned(), ..publication("two") };
    let second = forge.publish(&changed).await.unwrap();
    assert_eq!(second.url, first.url);
    assert_ne!(second.commit, first.commit);
    let state = fake.state();
    assert_eq!((state.git.history(BRANCH).len(), state.merges.len()), (4, 1));
    assert_eq!(state.git.file(BRANCH, PAGE), Some(&b"two"[..]));
    assert!(state.merges[0].description.as_ref().unwrap().contains("\n\\/merge\nReviewed."));
}

#[tokio::test]
async fn whatever_answer_is_lost_there_is_one_of_each() {
    let steps = [
        ("GET", "/merge_requests"),
        ("GET", "/repository/branches"),
        ("HEAD", "/repository/files"),
        ("POST", "/repository/commits"),
        ("POST", "/merge_requests"),
    ];
    for (method, path) in steps {
        for fault in [Fault::Lose, Fault::Gateway(502), Fault::Refuse(500, vec![], "no")] {
            let (fake, forge) = start().await;
            // What HEAD answers has no body that could be lost.
            let is_lost = !(method == "HEAD" && matches!(fault, Fault::Lose));
            fake.wire.trouble(method, path, fault.clone(), 1);
            assert_eq!(is_unknown(&forge.publish(&publication("one")).await), is_lost, "{method} {path} {fault:?}");
            if is_lost {
                forge.publish(&publication("one")).await.unwrap();
                assert_published(&fake, "one");
            }
        }
    }
    for (method, path) in [("POST", "/repository/commits"), ("PUT", "/merge_requests/")] {
        let (fake, forge) = start().await;
        forge.publish(&publication("one")).await.unwrap();
        let changed = Publication { body: "Please.".to_owned(), ..publication("two") };
        fake.wire.trouble(method, path, Fault::Lose, 1);
        assert!(is_unknown(&forge.publish(&changed).await), "{method} {path}");
        forge.publish(&changed).await.unwrap();
        let state = fake.state();
        assert_eq!((state.git.history(BRANCH).len(), state.merges.len()), (4, 1), "{method} {path}");
        assert!(state.merges[0].description.as_ref().unwrap().contains("Please."));
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
        assert_eq!(fake.state().merges.len(), 1);
        fake.wire.trouble("POST", "/merge_requests", Fault::Lose, 1);
        assert!(is_unknown(&forge.publish(&publication("two")).await));
        let second = forge.publish(&publication("two")).await.unwrap();
        assert!(second.url.ends_with("/-/merge_requests/2"), "{second:?}");
        let state = fake.state();
        assert_eq!(state.git.history(BRANCH), ["Postmortem of INC-42: two", "merge", "by hand", "first"]);
        assert_eq!(state.merges.len(), 2);
    }
}

#[tokio::test]
async fn a_branch_that_was_merged_without_a_merge_request_begins_anew() {
    let (fake, forge) = start().await;
    forge.publish(&publication("one")).await.unwrap();
    {
        let mut state = fake.state();
        state.git.merge(BRANCH, "main");
        state.merges.clear();
    }
    let published = forge.publish(&publication("one")).await.unwrap();
    assert_eq!(published.commit, fake.state().git.branches["main"]);
    assert!(fake.state().merges.is_empty());
    forge.publish(&publication("two")).await.unwrap();
    let state = fake.state();
    assert_eq!(state.git.history(BRANCH), ["Postmortem of INC-42: two", "merge", "by hand", "first"]);
    assert_eq!(state.merges.len(), 1);
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
    assert_eq!((state.git.file(BRANCH, PAGE), state.merges.len()), (Some(&b"two"[..]), 2));
}

#[tokio::test]
async fn what_the_base_has_already_needs_nothing() {
    let (fake, forge) = start().await;
    for file in publication("one").files {
        fake.state().git.push("main", &file.path, &file.content);
    }
    let published = forge.publish(&publication("one")).await.unwrap();
    let page = "https://gitlab.test/gitlab/sre/teams/postmortems/-/blob/main/docs/post%20mortems/INC-42.md";
    assert_eq!(published.url, page);
    let state = fake.state();
    assert_eq!((state.merges.len(), state.git.branches.len()), (0, 1));
}

#[tokio::test]
async fn a_fork_with_the_same_branch_is_left_alone() {
    let (fake, forge) = start().await;
    fake.state().open_from_fork(BRANCH);
    let published = forge.publish(&publication("one")).await.unwrap();
    assert!(published.url.ends_with("/-/merge_requests/2"), "{published:?}");
    assert_eq!(fake.state().merges[0].title, "from a fork");
}

#[tokio::test]
async fn a_branch_that_others_change_is_looked_at_anew() {
    let (fake, forge) = start().await;
    forge.publish(&publication("one")).await.unwrap();
    fake.state().git.push(BRANCH, "notes.md", b"from the review");
    let message = "You are attempting to update a file that has changed since you started editing it.";
    fake.wire.trouble("POST", "/repository/commits", Fault::Refuse(400, vec![], message), 1);
    forge.publish(&publication("two")).await.unwrap();
    assert!(fake.state().git.file(BRANCH, "notes.md").is_some(), "a person's commit stays");
    assert_eq!(fake.state().git.history(BRANCH).len(), 5);
    let message = "Another open merge request already exists for this source branch: !1";
    let (fake, forge) = start().await;
    fake.wire.trouble("POST", "/merge_requests", Fault::Refuse(409, vec![], message), 3);
    let refused = forge.publish(&publication("one")).await.unwrap_err();
    assert_eq!(refused.to_string(), format!("GitLab: it refused with status 409: {message}"));
    forge.publish(&publication("one")).await.unwrap();
    assert_published(&fake, "one");
}

#[tokio::test]
async fn what_cannot_be_published_is_refused_with_the_reason() {
    let (fake, forge) = start().await;
    let refused = forge.publish(&Publication { base: "trunk".to_owned(), ..publication("one") }).await.unwrap_err();
    assert_eq!(refused.to_string(), "GitLab: the project has no branch \"trunk\"; create it, or configure another");
    fake.wire.calls();
    assert_eq!(
        forge.publish(&Publication { branch: "a..b".to_owned(), ..publication("one") }).await.unwrap_err().status(),
        Some(0)
    );
    assert!(fake.wire.calls().is_empty(), "nobody was asked");
    fake.state().role = 20;
    assert_eq!(forge.publish(&publication("one")).await.unwrap_err().status(), Some(403));
    assert!(fake.state().merges.is_empty());
}
