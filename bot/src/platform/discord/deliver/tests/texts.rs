//! Posts, cards and announcements: each is read once, and the newest stands.

use super::server::channel;
use super::*;
use crate::platform::attempt::mark;
use crate::platform::discord::api::code;

fn announce(text: &str, replaces: Option<&str>) -> Outgoing {
    Outgoing::Announce { channel: "C1".to_owned(), text: text.to_owned(), replaces: replaces.map(str::to_owned) }
}

#[tokio::test]
async fn a_post_calls_nobody_and_is_marked_with_its_key() {
    let server = Server::new().await;
    server.post("C1", "@everyone it is down", false).await;
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!((&asked[0].args["nonce"], &asked[0].args["enforce_nonce"]), (&json!(mark(KEY)), &json!(true)));
    assert_eq!(asked[0].args["allowed_mentions"]["parse"], json!([]));
    assert_eq!(asked[0].args["allowed_mentions"]["roles"], json!([]));
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_not_posted_twice() {
    for forgotten in [false, true] {
        for restarts in [false, true] {
            let mut server = Server::new().await;
            server.fault("POST channels/C1/messages", Fault::After);
            assert_eq!(server.post("C1", "it is down", false).await, Delivery::Unknown);
            if restarts {
                server.restarts();
            }
            server.state.lock().unwrap().nonces_forgotten = forgotten;
            let said = server.state.lock().unwrap().messages[0]["id"].as_str().unwrap().to_owned();
            assert_eq!(server.post("C1", "it is down", true).await, delivered(&said, ""));
            assert_eq!(server.texts(), ["it is down"], "{forgotten} {restarts}");
        }
    }
}

#[tokio::test]
async fn the_same_words_under_another_key_are_said_again() {
    let server = Server::new().await;
    server.state.lock().unwrap().nonces_forgotten = true;
    server.post("C1", "an update is due", false).await;
    let what = Outgoing::Post { room: "C1".to_owned(), text: "an update is due".to_owned(), controls: Vec::new() };
    let other = Envelope { key: "INC-7:post:1:2".to_owned(), again: true, what };
    server.discord.deliver(&other).await;
    assert_eq!(server.texts().len(), 2);
}

#[tokio::test]
async fn the_same_words_of_somebody_else_are_not_ours() {
    let server = Server::new().await;
    server.state.lock().unwrap().keep("C1", json!({ "content": "it is down", "author": { "id": "U1" } }));
    server.post("C1", "it is down", true).await;
    assert_eq!(server.texts().len(), 2);
}

#[tokio::test]
async fn a_post_is_said_where_nobody_can_see_whether_it_was() {
    let server = Server::new().await;
    server.fault("GET channels/C1/messages", Fault::Before(no(403, code::MISSING_ACCESS)));
    reference(server.post("C1", "it is down", true).await);
    server.fault("GET channels/C1/messages", Fault::Before(Reply::Status(503, None, "")));
    let mut server = server;
    server.restarts();
    assert_eq!(server.post("C1", "it is down", true).await, Delivery::Unknown, "the doubt stays");
}

#[tokio::test]
async fn a_long_text_goes_in_pages_and_goes_on_where_it_was() {
    let server = Server::new().await;
    let text = format!("{}\n{}", "a".repeat(1_500), "b".repeat(1_000));
    server.state.lock().unwrap().nonces_forgotten = true;
    server.fault("POST channels/C1/messages", Fault::Before(no(404, 1)));
    assert!(matches!(server.post("C1", &text, false).await, Delivery::Impossible(_)));
    let second = reference(server.post("C1", &text, false).await);
    assert_eq!(server.texts(), ["a".repeat(1_500), "b".repeat(1_000)]);
    assert_eq!(server.state.lock().unwrap().messages[1]["id"], second.as_str());
    assert_eq!(reference(server.post("C1", &text, false).await), second, "known in this process");
    assert_eq!(server.texts().len(), 2);
    let nonces: Vec<Value> = server.state.lock().unwrap().messages.iter().map(|said| said["nonce"].clone()).collect();
    assert_eq!(nonces, [json!(mark(KEY)), json!(mark(&format!("{KEY}#1")))]);
}

#[tokio::test]
async fn a_card_in_a_channel_is_pinned_and_edited_in_place() {
    let server = Server::new().await;
    let room = server.add(channel(0, "ops", json!({ "type": 0 })));
    let card = reference(server.card(&room, "declared", None).await);
    assert_eq!(server.state.lock().unwrap().pinned, std::slice::from_ref(&card));
    server.calls();
    assert_eq!(server.card(&room, "resolved", Some(&card)).await, delivered(&card, ""));
    assert_eq!(server.calls(), [format!("PATCH channels/{room}/messages/{card}")]);
    server.state.lock().unwrap().messages.clear();
    let anew = reference(server.card(&room, "resolved", Some(&card)).await);
    assert!(anew != card && server.texts() == ["resolved"], "one that was deleted stands anew");
    assert_eq!(server.state.lock().unwrap().pinned, [card, anew]);
}

#[tokio::test]
async fn where_there_are_too_many_pins_our_oldest_makes_room() {
    let server = Server::new().await;
    let room = server.add(channel(0, "ops", json!({ "type": 0 })));
    server.state.lock().unwrap().pinned = vec!["old".to_owned(), "older".to_owned()];
    server.state.lock().unwrap().pinned.reverse();
    let full = format!("PUT channels/{room}/messages/pins/");
    let id = crate::platform::discord::snowflake::at(requested_at() + TimeDelta::seconds(1));
    server.fault(&format!("{full}{id}"), Fault::Before(no(400, code::MAX_PINS)));
    assert_eq!(reference(server.card(&room, "declared", None).await), id);
    assert_eq!(server.state.lock().unwrap().pinned, ["old".to_owned(), id]);
}

#[tokio::test]
async fn a_card_that_cannot_be_pinned_is_a_card_and_is_pinned_with_the_next_version() {
    let server = Server::new().await;
    let room = server.add(channel(0, "ops", json!({ "type": 0 })));
    let id = crate::platform::discord::snowflake::at(requested_at() + TimeDelta::seconds(1));
    let pin = format!("PUT channels/{room}/messages/pins/{id}");
    server.fault(&pin, Fault::Before(Reply::Status(503, None, "")));
    assert_eq!(reference(server.card(&room, "declared", None).await), id);
    server.card(&room, "resolved", Some(&id)).await;
    assert_eq!(server.state.lock().unwrap().pinned, [id]);
}

#[tokio::test]
async fn an_announcement_calls_the_roles_that_are_configured() {
    let server = Server::with(|settings| settings.announce_roles = vec!["77".to_owned()]).await;
    let first = reference(server.deliver(announce("INC-7 @everyone", None), false).await);
    let asked = server.asked();
    assert_eq!(asked[0].args["content"], "<@&77>\nINC-7 @everyone");
    assert_eq!(
        asked[0].args["allowed_mentions"],
        json!({ "parse": [], "users": [], "roles": ["77"], "replied_user": false })
    );
    assert_eq!(reference(server.deliver(announce("INC-7 resolved", Some(&first)), false).await), first);
    assert_eq!(server.texts(), ["<@&77>\nINC-7 resolved"]);
}
