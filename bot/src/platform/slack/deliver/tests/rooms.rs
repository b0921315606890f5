//! One room, whatever happens while it is made.

use super::workspace::channel;
use super::*;
use crate::platform::{Labels, Outgoing};

fn names(workspace: &Workspace) -> Vec<String> {
    workspace.state.lock().unwrap().channels.iter().map(|known| known["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_room_is_made_by_one_call() {
    let workspace = Workspace::new().await;
    assert_eq!(workspace.open(false).await, delivered("CNEW0", "inc-7"));
    assert_eq!(workspace.methods(), ["conversations.create"]);
}

#[tokio::test]
async fn a_room_whose_answer_was_lost_is_found() {
    let workspace = Workspace::with([channel("C1", "general", json!({})), channel("C2", "ops", json!({}))]).await;
    workspace.fault("conversations.create", Fault::After);
    assert_eq!(workspace.open(false).await, Delivery::Unknown);
    assert_eq!(workspace.open(true).await, delivered("CNEW2", "inc-7"));
    let expected = ["conversations.create", "auth.test", "conversations.list", "conversations.list"];
    assert_eq!(workspace.methods(), expected);
    assert_eq!(names(&workspace), ["general", "ops", "inc-7"]);
}

#[tokio::test]
async fn a_room_that_was_made_by_a_process_that_died_is_found_by_its_taken_name() {
    let workspace = Workspace::with([channel("C1", "inc-7", json!({}))]).await;
    assert_eq!(workspace.open(false).await, delivered("C1", "inc-7"));
    assert_eq!(names(&workspace), ["inc-7"]);
}

#[tokio::test]
async fn a_room_that_comes_about_late_is_found_after_all() {
    let workspace = Workspace::with([channel("C1", "general", json!({}))]).await;
    workspace.fault("conversations.create", Fault::Before(Reply::Status(503, None, "")));
    assert_eq!(workspace.open(false).await, Delivery::Unknown);
    workspace.fault("conversations.create", Fault::Appears(channel("C9", "inc-7", json!({}))));
    assert_eq!(workspace.open(true).await, delivered("C9", "inc-7"));
    assert_eq!(names(&workspace), ["general", "inc-7"]);
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    let early = requested_at().timestamp() - 61;
    let table = [
        (json!({"creator": "U1"}), "inc-7-2"),
        (json!({"created": early}), "inc-7-2"),
        (json!({"created": early + 1}), "inc-7"),
        (json!({"is_archived": true}), "inc-7-2"),
        (json!({"is_private": true}), "inc-7-2"),
    ];
    for (changes, name) in table {
        for again in [false, true] {
            let workspace = Workspace::with([channel("C1", "inc-7", changes.clone())]).await;
            let delivery = workspace.open(again).await;
            let id = if name == "inc-7" { "C1" } else { "CNEW1" };
            assert_eq!(delivery, delivered(id, name), "{changes} {again}");
        }
    }
}

#[tokio::test]
async fn names_are_tried_in_turn_and_what_is_ours_among_them_is_used() {
    let stranger = |id, name| channel(id, name, json!({"creator": "U1"}));
    let workspace = Workspace::with([stranger("C1", "inc-7"), stranger("C2", "inc-7-3")]).await;
    workspace.state.lock().unwrap().hidden.push("inc-7-2".to_owned());
    assert_eq!(workspace.open(false).await, delivered("CNEW2", "inc-7-4"));
    let tried: Vec<Value> = workspace.asked().into_iter().map(|asked| asked.args["name"].clone()).collect();
    let tried: Vec<&str> = tried.iter().filter_map(Value::as_str).collect();
    assert_eq!(tried, ["inc-7", "inc-7-2", "inc-7-4"], "a name that was seen to be taken is not tried");
    assert_eq!(workspace.open(true).await, delivered("CNEW2", "inc-7-4"));
    assert_eq!(names(&workspace).len(), 3);
}

#[tokio::test]
async fn when_all_names_are_taken_it_is_impossible() {
    let workspace = Workspace::new().await;
    let taken = std::iter::once("inc-7".to_owned()).chain((2..=9).map(|number| format!("inc-7-{number}")));
    workspace.state.lock().unwrap().hidden.extend(taken);
    let reason = reason(workspace.open(false).await);
    assert_eq!(reason, "the names inc-7 to inc-7-9 are all taken in Slack: rename those channels");
}

#[tokio::test]
async fn a_search_that_was_cut_short_goes_on_where_it_was() {
    let others = (0..4).map(|n| channel(&format!("C{n}"), &format!("other-{n}"), json!({})));
    let workspace = Workspace::with(others.chain([channel("C9", "inc-7", json!({}))])).await;
    workspace.fault("conversations.list", Fault::Appears(channel("C10", "late", json!({}))));
    workspace.fault("conversations.list", Fault::Before(Reply::Status(429, Some("20"), "")));
    assert_eq!(workspace.open(true).await, seconds(20));
    workspace.wait(20);
    workspace.methods();
    assert_eq!(workspace.open(false).await, delivered("C9", "inc-7"));
    let cursors: Vec<String> = workspace.asked().into_iter().map(|asked| asked.args["cursor"].to_string()).collect();
    assert_eq!(cursors, ["\"2\"", "\"4\""], "neither a channel is made nor the first page read again");
}

#[tokio::test]
async fn a_cursor_that_is_too_old_begins_the_search_anew() {
    let others = (0..3).map(|n| channel(&format!("C{n}"), &format!("other-{n}"), json!({})));
    let workspace = Workspace::with(others.chain([channel("C9", "inc-7", json!({}))])).await;
    workspace.fault("conversations.list", Fault::Appears(channel("C10", "late", json!({}))));
    workspace.fault("conversations.list", Fault::Before(no("invalid_cursor")));
    assert_eq!(workspace.open(true).await, delivered("C9", "inc-7"));
}

#[tokio::test]
async fn why_no_room_can_be_made_is_said() {
    let table = [
        (no("restricted_action"), "ask one of its admins"),
        (
            Reply::Ok(json!({"ok": false, "error": "missing_scope", "needed": "channels:manage"})),
            "the Slack app lacks the scope channels:manage: add it to the app and reinstall it",
        ),
        (no("invalid_name_specials"), "Slack refused it: invalid_name_specials"),
    ];
    for (reply, expected) in table {
        let workspace = Workspace::new().await;
        workspace.fault("conversations.create", Fault::Before(reply));
        let reason = reason(workspace.open(false).await);
        assert!(reason.contains(expected), "{reason}");
    }
}

#[tokio::test]
async fn a_channel_that_is_there_is_used() {
    let table = [
        (json!({}), Ok(false)),
        (json!({"is_member": false}), Ok(true)),
        (json!({"is_private": true}), Ok(false)),
        (json!({"is_private": true, "is_member": false}), Err("invite it")),
        (json!({"is_archived": true}), Err("archived")),
        (json!({"is_im": true}), Err("direct messages")),
    ];
    for (changes, expected) in table {
        let workspace = Workspace::with([channel("C1", "ops", changes.clone())]).await;
        let adopts = Some("C1".to_owned());
        let (name, requested_at) = ("inc-7".to_owned(), requested_at());
        let delivery = workspace
            .deliver(
                Outgoing::OpenRoom { name, private: false, requested_at, adopts, labels: Labels::default() },
                false,
            )
            .await;
        let joined = workspace.methods().contains(&"conversations.join".to_owned());
        match expected {
            Ok(joins) => assert_eq!((delivery, joined), (delivered("C1", "ops"), joins), "{changes}"),
            Err(part) => assert!(reason(delivery).contains(part), "{changes}"),
        }
    }
}
