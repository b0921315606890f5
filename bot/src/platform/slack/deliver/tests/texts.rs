//! Posts, cards and announcements: each is read once, and the newest stands.

use super::workspace::channel;
use super::*;
use crate::platform::Outgoing;

pub(super) fn card(text: &str, replaces: Option<&str>) -> Outgoing {
    let (room, text, replaces) = ("C1".to_owned(), text.to_owned(), replaces.map(str::to_owned));
    Outgoing::Card { room, text, controls: Vec::new(), replaces }
}

fn announce(text: &str, replaces: Option<&str>) -> Outgoing {
    Outgoing::Announce { channel: "C1".to_owned(), text: text.to_owned(), replaces: replaces.map(str::to_owned) }
}

#[tokio::test]
async fn a_post_is_marked_with_its_key() {
    let workspace = Workspace::new().await;
    assert_eq!(workspace.post("C1", "it is down", false).await, delivered("1.1", ""));
    let asked = workspace.asked();
    assert_eq!(asked.len(), 1);
    let (metadata, args) = (&asked[0].args["metadata"], &asked[0].args);
    // The first 16 digits that `printf INC-7:post:1:1 | sha256sum` gives.
    assert_eq!(*metadata, json!({"event_type": "firebell", "event_payload": {"key": "6e6ec722a3a81985"}}));
    assert_eq!((&args["unfurl_links"], &args["unfurl_media"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_not_posted_twice() {
    let workspace = Workspace::new().await;
    workspace.fault("chat.postMessage", Fault::After);
    assert_eq!(workspace.post("C1", "it is down", false).await, Delivery::Unknown);
    assert_eq!(workspace.post("C1", "it is down", true).await, delivered("1.1", ""));
    assert_eq!(workspace.texts(), ["it is down"]);
}

#[tokio::test]
async fn the_same_mark_of_another_app_is_not_ours() {
    let table = [(json!({"user": "U2"}), 3), (json!({"user": null, "bot_id": "B1"}), 2), (json!({"user": null}), 3)];
    for (author, messages) in table {
        let workspace = Workspace::new().await;
        workspace.post("C1", "it is down", false).await;
        workspace.post("C1", "something else", false).await;
        let Value::Object(author) = author else { panic!("{author}") };
        for said in &mut workspace.state.lock().unwrap().messages {
            said.as_object_mut().unwrap().extend(author.clone());
        }
        workspace.post("C1", "it is down", true).await;
        assert_eq!(workspace.texts().len(), messages, "{author:?}");
    }
}

#[tokio::test]
async fn a_post_that_never_arrived_is_posted() {
    let workspace = Workspace::new().await;
    workspace.fault("chat.postMessage", Fault::Before(Reply::Status(500, None, "")));
    assert_eq!(workspace.post("C1", "it is down", false).await, Delivery::Unknown);
    assert_eq!(workspace.post("C1", "it is down", true).await, delivered("1.1", ""));
    assert_eq!(workspace.texts(), ["it is down"]);
}

#[tokio::test]
async fn a_look_that_failed_leaves_the_doubt() {
    let table =
        [Reply::Status(429, Some("9"), ""), Reply::Status(503, None, ""), no("token_revoked"), no("ratelimited")];
    for reply in table {
        let workspace = Workspace::new().await;
        workspace.fault("conversations.history", Fault::Before(reply));
        assert_eq!(workspace.post("C1", "text", true).await, Delivery::Unknown, "to be put off would end the doubt");
        assert_eq!(workspace.methods(), ["conversations.history"]);
    }
}

#[tokio::test]
async fn after_the_look_a_limit_is_an_answer() {
    let workspace = Workspace::new().await;
    workspace.fault("chat.postMessage", Fault::Before(Reply::Status(429, Some("9"), "")));
    assert_eq!(workspace.post("C1", "text", true).await, seconds(9));
}

#[tokio::test]
async fn where_the_channel_may_not_be_read_it_is_posted_again() {
    let workspace = Workspace::new().await;
    workspace.fault("conversations.history", Fault::Before(no("missing_scope")));
    assert_eq!(workspace.post("C1", "text", true).await, delivered("1.1", ""));
}

#[tokio::test]
async fn the_app_comes_into_a_public_channel_to_post() {
    for (private, posted) in [(false, true), (true, false)] {
        let changes = json!({"is_member": false, "is_private": private});
        let workspace = Workspace::with([channel("C1", "ops", changes)]).await;
        let delivery = workspace.deliver(announce("it is down", None), false).await;
        if posted {
            assert_eq!(delivery, delivered("C1:1.1", ""));
        } else {
            assert_eq!(reason(delivery), "the app is not in the channel: invite it (not_in_channel)");
        }
    }
}

#[tokio::test]
async fn why_a_post_is_impossible_is_said() {
    let table = [
        ("channel_not_found", "no such channel"),
        ("is_archived", "unarchive it"),
        ("restricted_action", "admins"),
        ("msg_too_long", "too long"),
        ("some_new_code", "some_new_code"),
    ];
    for (code, part) in table {
        let workspace = Workspace::new().await;
        workspace.fault("chat.postMessage", Fault::Before(no(code)));
        let reason = reason(workspace.post("C1", "text", false).await);
        assert!(reason.contains(part), "{reason}");
    }
}

#[tokio::test]
async fn a_card_is_posted_pinned_and_edited_in_place() {
    let workspace = Workspace::new().await;
    assert_eq!(workspace.deliver(card("open", None), false).await, delivered("1.1", ""));
    let first = workspace.methods();
    assert_eq!(first[0], "chat.postMessage");
    assert_eq!(first.iter().filter(|method| *method == "pins.add").count(), 1);
    assert_eq!(workspace.deliver(card("resolved", Some("1.1")), false).await, delivered("1.1", ""));
    assert_eq!(workspace.methods(), ["chat.update"]);
    assert_eq!(workspace.texts(), ["resolved"]);
}

#[tokio::test]
async fn a_card_that_cannot_be_edited_is_posted_anew() {
    for code in ["message_not_found", "edit_window_closed", "cant_update_message"] {
        let workspace = Workspace::new().await;
        workspace.fault("chat.update", Fault::Before(no(code)));
        assert_eq!(workspace.deliver(card("open", Some("0.1")), false).await, delivered("1.1", ""));
        let methods = workspace.methods();
        assert_eq!(methods[..2], ["chat.update", "chat.postMessage"], "{code}");
        assert!(methods.contains(&"pins.add".to_owned()), "{code}");
    }
}

#[tokio::test]
async fn a_card_that_is_not_pinned_is_a_card_and_is_pinned_with_the_next_version() {
    let table =
        [(Reply::Status(429, Some("9"), ""), true), (no("already_pinned"), false), (no("no_permission"), false)];
    for (reply, later) in table {
        let workspace = Workspace::new().await;
        workspace.fault("pins.add", Fault::Before(reply));
        assert_eq!(workspace.deliver(card("open", None), false).await, delivered("1.1", ""));
        workspace.wait(9);
        for _ in 0..2 {
            assert_eq!(workspace.deliver(card("worse", Some("1.1")), false).await, delivered("1.1", ""));
        }
        assert_eq!(workspace.state.lock().unwrap().pinned.len(), usize::from(later));
    }
}

#[tokio::test]
async fn an_announcement_is_edited_where_it_was_made() {
    let workspace = Workspace::new().await;
    assert_eq!(workspace.deliver(announce("open", None), false).await, delivered("C1:1.1", ""));
    assert_eq!(workspace.deliver(announce("over", Some("C1:1.1")), false).await, delivered("C1:1.1", ""));
    assert_eq!(workspace.texts(), ["over"]);
    assert_eq!(workspace.deliver(announce("over", Some("C1:7.7")), false).await, delivered("C1:2.1", ""));
}
