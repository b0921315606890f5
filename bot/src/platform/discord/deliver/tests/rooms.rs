//! One room, whatever happens while it is made; and its end.

use super::server::channel;
use super::*;
use crate::platform::discord::api::{Permissions, code};
use crate::platform::discord::{PrivateRooms, Rooms, snowflake};

const NAME: &str = "INC-7 Checkout down";

#[tokio::test]
async fn a_room_is_a_post_made_by_one_call_and_its_first_message_becomes_the_card() {
    let server = Server::new().await;
    let room = reference(server.open(false, false).await);
    assert_eq!(server.calls(), ["POST channels/F1/threads"]);
    assert_eq!(
        (server.names(), server.texts()),
        (vec![NAME.to_owned()], vec!["Firebell is setting up this room.".to_owned()])
    );
    assert_eq!(server.card(&room, "SEV1 declared", None).await, delivered(&room, ""));
    let (edited, pinned) =
        (format!("PATCH channels/{room}/messages/{room}"), format!("PUT channels/{room}/messages/pins/{room}"));
    assert_eq!(server.calls(), [edited, pinned], "no second message");
    assert_eq!(server.card(&room, "SEV1 resolved", Some(&room)).await, delivered(&room, ""));
    assert_eq!(server.texts(), ["SEV1 resolved"]);
}

#[tokio::test]
async fn a_room_whose_answer_was_lost_is_found() {
    for private in [false, true] {
        let mut server = Server::new().await;
        let parent = if private { "P1" } else { "F1" };
        server.fault(&format!("POST channels/{parent}/threads"), Fault::After);
        assert_eq!(server.open(private, false).await, Delivery::Unknown);
        server.restarts();
        let room = reference(server.open(private, true).await);
        assert_eq!((server.names().len(), server.channel(&room)["name"].as_str()), (1, Some(NAME)));
    }
}

#[tokio::test]
async fn a_room_that_comes_about_late_leaves_one() {
    let server = Server::new().await;
    server.fault("POST channels/F1/threads", Fault::Late(channel(0, NAME, json!({}))));
    let room = reference(server.open(false, true).await);
    assert_eq!(room, snowflake::at(requested_at()), "the older one stays");
    assert_eq!(server.names(), [NAME]);
}

#[tokio::test]
async fn while_nobody_can_say_whether_there_is_a_room_none_is_made() {
    let server = Server::new().await;
    server.fault("GET guilds/1/threads/active", Fault::Before(Reply::Status(503, None, "")));
    assert_eq!(server.open(false, true).await, Delivery::Unknown, "the next attempt looks, too");
    assert!(server.names().is_empty());
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    let table = [
        (0, json!({}), true),
        (-59, json!({}), true),
        (-61, json!({}), false),
        (0, json!({ "owner_id": "U1" }), false),
        (0, json!({ "parent_id": "F2" }), false),
        (0, json!({ "name": "INC-7" }), false),
        (0, json!({ "type": 12 }), false),
        (0, json!({ "thread_metadata": { "archived": true, "locked": true } }), false),
        (0, json!({ "thread_metadata": { "archived": true, "locked": false } }), true),
    ];
    for (second, changes, is_ours) in table {
        let server = Server::new().await;
        let there = server.add(channel(second, NAME, changes.clone()));
        let room = reference(server.open(false, true).await);
        assert_eq!(room == there, is_ours, "{second} {changes}");
    }
}

#[tokio::test]
async fn a_room_may_be_a_text_channel() {
    let mut server = Server::with(|settings| {
        settings.rooms = Rooms::Channels { category: Some("G1".to_owned()) };
        settings.private_rooms = PrivateRooms::Channels { category: None };
    })
    .await;
    let room = reference(server.open(false, false).await);
    let made = server.channel(&room);
    assert_eq!(
        (&made["name"], &made["parent_id"], &made["type"]),
        (&json!("inc-7-checkout-down"), &json!("G1"), &json!(0))
    );
    assert_eq!(made["permission_overwrites"], json!([]), "those of its category");
    server.restarts();
    assert_eq!(reference(server.open(false, true).await), room);
    let hidden = reference(server.open(true, false).await);
    let view = Permissions::VIEW_CHANNEL.0.to_string();
    let overwrites = &server.channel(&hidden)["permission_overwrites"];
    assert_eq!((&overwrites[0]["id"], &overwrites[0]["deny"]), (&json!("1"), &json!(view)));
    assert_eq!((&overwrites[1]["id"], &overwrites[1]["type"]), (&json!("UBOT"), &json!(1)));
    assert_eq!(reference(server.open(true, true).await), hidden);
    assert_eq!(server.names().len(), 2);
}

#[tokio::test]
async fn a_forum_that_wants_tags_is_given_one() {
    let server = Server::new().await;
    server.state.lock().unwrap().channels[0]["available_tags"] =
        json!([{ "id": "5", "name": "Staff", "moderated": true }, { "id": "6", "name": "Sev1" }]);
    server.fault("POST channels/F1/threads", Fault::Before(no(400, code::TAG_NEEDED)));
    let room = reference(server.open(false, false).await);
    assert_eq!(server.channel(&room)["applied_tags"], json!(["6"]));
}

#[tokio::test]
async fn why_no_room_can_be_made_is_said() {
    let table = [
        (403, code::MISSING_PERMISSIONS, "in channel F1: allow its role View Channels, Send Messages there"),
        (400, code::MAX_THREADS, "as many open threads"),
        (400, code::BAD_FORM, "Words of Discord's (50035)"),
        (404, code::UNKNOWN_CHANNEL, "no such channel in channel F1"),
    ];
    for (status, number, expected) in table {
        let server = Server::new().await;
        server.fault("POST channels/F1/threads", Fault::Before(no(status, number)));
        let reason = reason(server.open(false, false).await);
        assert!(reason.contains(expected), "{reason}");
    }
}

#[tokio::test]
async fn a_category_that_is_full_is_told_with_what_to_do() {
    let category = Some("G1".to_owned());
    let server = Server::with(|settings| settings.rooms = Rooms::Channels { category }).await;
    let full = json!({ "_errors": [{ "code": "CHANNEL_PARENT_MAX_CHANNELS", "message": "" }] });
    let refusal = json!({ "code": 50_035, "message": "Invalid Form Body", "errors": { "parent_id": full } });
    server.fault("POST guilds/1/channels", Fault::Before(Reply::Told(400, &[], refusal)));
    let reason = reason(server.open(false, false).await);
    assert!(reason.starts_with("the category has as many channels"), "{reason}");
}

#[tokio::test]
async fn a_channel_that_is_there_is_used() {
    let table = [
        (json!({ "type": 0 }), None),
        (json!({}), None),
        (json!({ "type": 12 }), None),
        (json!({ "thread_metadata": { "archived": true, "locked": false } }), None),
        (json!({ "thread_metadata": { "archived": true, "locked": true } }), Some("unlock it")),
        (json!({ "type": 1 }), Some("direct messages")),
        (json!({ "type": 15 }), Some("a post in it")),
        (json!({ "type": 2 }), Some("use a text channel")),
        (json!({ "guild_id": "2" }), Some("another server")),
    ];
    for (changes, expected) in table {
        let server = Server::new().await;
        let id = server.add(channel(-900, "ops", changes.clone()));
        let (name, labels) = ("inc-7".to_owned(), Labels::default());
        let adopts = Some(id.clone());
        let what = Outgoing::OpenRoom { name, private: false, requested_at: requested_at(), adopts, labels };
        let delivery = server.deliver(what, false).await;
        match expected {
            None => assert_eq!(delivery, delivered(&id, "ops"), "{changes}"),
            Some(part) => assert!(reason(delivery).contains(part), "{changes}"),
        }
    }
}

#[tokio::test]
async fn a_room_is_closed_and_what_is_said_later_leaves_it_closed() {
    let server = Server::new().await;
    let room = reference(server.open(false, false).await);
    let close = || Outgoing::CloseRoom { room: room.clone() };
    assert_eq!(server.deliver(close(), false).await, delivered("", ""));
    let closed = json!({ "archived": true, "locked": true });
    assert_eq!(server.channel(&room)["thread_metadata"], closed);
    assert_eq!(server.deliver(close(), false).await, delivered("", ""));
    server.post(&room, "late", false).await;
    assert_eq!(server.texts().last().unwrap(), "late");
    assert_eq!(server.channel(&room)["thread_metadata"], closed, "closed again");
    let gone = Outgoing::CloseRoom { room: "gone".to_owned() };
    assert_eq!(server.deliver(gone, false).await, delivered("", ""));
}

#[tokio::test]
async fn in_a_closed_channel_nobody_writes() {
    let server = Server::with(|settings| settings.rooms = Rooms::Channels { category: None }).await;
    let room = reference(server.open(false, false).await);
    server.deliver(Outgoing::CloseRoom { room: room.clone() }, false).await;
    let overwrites = server.channel(&room)["permission_overwrites"].clone();
    let denied = Permissions::read(overwrites[0]["deny"].as_str().unwrap());
    assert!(overwrites[0]["id"] == "1" && denied.contains(Permissions::SEND_MESSAGES), "{overwrites}");
}
