//! What stands above a room, and its end.

use super::workspace::channel;
use super::*;
use crate::platform::{Labels, Link, Outgoing};

fn describe(topic: &str, purpose: &str) -> Outgoing {
    Outgoing::Describe {
        room: "C1".to_owned(),
        topic: topic.to_owned(),
        purpose: purpose.to_owned(),
        labels: Labels::default(),
    }
}

#[tokio::test]
async fn only_what_differs_is_set() {
    let workspace = Workspace::with([channel("C1", "inc-7", json!({"topic": {"value": "sev1 &amp; open"}}))]).await;
    let all = ["conversations.info", "conversations.setTopic", "conversations.setPurpose"];
    let table: [(&str, &str, &[&str]); 4] = [
        ("sev1 &amp; open", "", &all[..1]),
        ("sev2", "", &all[..2]),
        ("sev2", "checkout is down", &[all[0], all[2]]),
        ("sev2", "checkout is down", &all[..1]),
    ];
    for (topic, purpose, methods) in table {
        assert_eq!(workspace.deliver(describe(topic, purpose), false).await, delivered("", ""));
        assert_eq!(workspace.methods(), methods, "{topic}, {purpose}");
    }
    workspace.fault("conversations.setTopic", Fault::Before(no("not_in_channel")));
    assert_eq!(workspace.deliver(describe("sev1", ""), false).await, delivered("", ""));
    // Topic and purpose are set side by side.
    let mut methods = workspace.methods();
    methods.sort_unstable();
    assert_eq!(methods, [all[0], "conversations.join", all[2], all[1], all[1]]);
    workspace.fault("conversations.setTopic", Fault::Before(Reply::Status(429, Some("4"), "")));
    assert_eq!(workspace.deliver(describe("sev3", ""), false).await, seconds(4));
}

#[tokio::test]
async fn of_a_room_that_was_just_made_nothing_is_asked() {
    let workspace = Workspace::new().await;
    let wish = Outgoing::OpenRoom {
        name: "inc-7".to_owned(),
        private: false,
        requested_at: requested_at(),
        adopts: None,
        labels: Labels::default(),
    };
    let Delivery::Delivered(Reference { external_id: room, .. }) = workspace.deliver(wish, false).await else {
        panic!("no room")
    };
    workspace.methods();
    let describe = || Outgoing::Describe {
        room: room.clone(),
        topic: "sev1".to_owned(),
        purpose: "checkout is down".to_owned(),
        labels: Labels::default(),
    };
    let links = vec![Link { title: "Runbook".to_owned(), url: "https://x.example/runbook".to_owned() }];
    let bookmark = || Outgoing::Bookmarks { room: room.clone(), links: links.clone() };
    let called = [
        (describe(), vec!["conversations.setPurpose", "conversations.setTopic"]),
        (bookmark(), vec!["bookmarks.add"]),
        (describe(), vec!["conversations.info"]),
        (bookmark(), vec!["bookmarks.list"]),
    ];
    for (what, expected) in called {
        assert_eq!(workspace.deliver(what, false).await, delivered("", ""));
        let mut methods = workspace.methods();
        methods.sort_unstable();
        assert_eq!(methods, expected);
    }
}

#[tokio::test]
async fn missing_links_are_added_once() {
    let workspace = Workspace::new().await;
    workspace.state.lock().unwrap().bookmarks.push(json!({"link": "https://x.example/runbook/"}));
    let link = |title: &str, url: &str| Link { title: title.to_owned(), url: url.to_owned() };
    let links = vec![link("Runbook", "https://x.example/runbook"), link("Timeline", "https://x.example/t")];
    let what = || Outgoing::Bookmarks { room: "C1".to_owned(), links: links.clone() };
    workspace.fault("bookmarks.add", Fault::After);
    assert_eq!(workspace.deliver(what(), false).await, Delivery::Unknown);
    assert_eq!(workspace.deliver(what(), true).await, delivered("", ""));
    assert_eq!(workspace.methods(), ["bookmarks.list", "bookmarks.add", "bookmarks.list"]);
}

#[tokio::test]
async fn a_room_is_closed_once_and_for_all() {
    let close = || Outgoing::CloseRoom { room: "C1".to_owned() };
    let workspace = Workspace::with([channel("C1", "inc-7", json!({}))]).await;
    for _ in 0..2 {
        assert_eq!(workspace.deliver(close(), false).await, delivered("", ""));
    }
    let gone = Workspace::new().await;
    assert_eq!(gone.deliver(close(), false).await, delivered("", ""));
    gone.fault("conversations.archive", Fault::Before(no("cant_archive_general")));
    assert!(reason(gone.deliver(close(), false).await).contains("cant_archive_general"));
    let left = Workspace::with([channel("C1", "inc-7", json!({"is_member": false}))]).await;
    left.fault("conversations.archive", Fault::Before(no("not_in_channel")));
    assert_eq!(left.deliver(close(), false).await, delivered("", ""));
    assert_eq!(left.methods(), ["conversations.archive", "conversations.join", "conversations.archive"]);
}
