//! Tags, topics and links.

use super::server::channel;
use super::*;
use crate::platform::Link;
use crate::platform::discord::Rooms;
use crate::platform::discord::api::code;

fn describe(room: &str, now: [&str; 2]) -> Outgoing {
    let (topic, purpose) = (format!("{} {}", now[0], now[1]), "Checkout down".to_owned());
    Outgoing::Describe { room: room.to_owned(), topic, purpose, labels: labels(now) }
}

fn links(urls: &[&str]) -> Vec<Link> {
    urls.iter().map(|url| Link { title: "Runbook: @everyone".to_owned(), url: (*url).to_owned() }).collect()
}

#[tokio::test]
async fn tags_say_how_it_stands_and_those_of_others_stay() {
    let server = Server::new().await;
    server.state.lock().unwrap().channels[0]["available_tags"] = json!([{ "id": "9", "name": "Billing" }]);
    let room = reference(server.open(false, false).await);
    server.deliver(describe(&room, ["declared", "sev1"]), false).await;
    assert_eq!(server.channel(&room)["applied_tags"], json!(["tag-declared", "tag-sev1"]));
    let names: Vec<Value> =
        server.channel("F1")["available_tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect();
    assert_eq!(names, ["Billing", "declared", "sev1"], "the forum's own stay");
    for held in &mut server.state.lock().unwrap().channels {
        if held["id"] == room.as_str() {
            held["applied_tags"] = json!(["9", "tag-declared", "tag-sev1"]);
        }
    }
    server.deliver(describe(&room, ["resolved", "sev1"]), false).await;
    assert_eq!(server.channel(&room)["applied_tags"], json!(["tag-resolved", "tag-sev1", "9"]));
    server.calls();
    server.deliver(describe(&room, ["resolved", "sev1"]), false).await;
    assert_eq!(server.calls(), [format!("GET channels/{room}")], "nothing is said twice");
    assert_eq!(reference(server.open(false, false).await), server.channel(&server_last(&server))["id"]);
    let applied = server.channel(&server_last(&server))["applied_tags"].clone();
    assert_eq!(applied, json!(["tag-declared", "tag-sev1"]), "known by now");
}

fn server_last(server: &Server) -> String {
    server.state.lock().unwrap().channels.last().unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_tag_that_may_not_be_made_is_told_and_one_for_which_there_is_no_room_is_left_out() {
    let server = Server::new().await;
    let room = reference(server.open(false, false).await);
    server.fault("PATCH channels/F1", Fault::Before(no(403, code::MISSING_PERMISSIONS)));
    let reason = reason(server.deliver(describe(&room, ["declared", "sev1"]), false).await);
    assert!(reason.contains("in channel F1: allow its role View Channels, Manage Channels"), "{reason}");
    let full: Vec<Value> = (0..20).map(|n| json!({ "id": n.to_string(), "name": format!("t{n}") })).collect();
    server.state.lock().unwrap().channels[0]["available_tags"] = json!(full);
    assert_eq!(server.deliver(describe(&room, ["declared", "sev1"]), false).await, delivered("", ""));
    assert_eq!(server.channel("F1")["available_tags"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn a_channel_has_a_topic_and_another_thread_has_nothing() {
    let server = Server::with(|settings| settings.rooms = Rooms::Channels { category: None }).await;
    let room = reference(server.open(false, false).await);
    server.calls();
    server.deliver(describe(&room, ["declared", "sev1"]), false).await;
    assert_eq!(server.calls(), [format!("PATCH channels/{room}")], "it has no topic yet");
    assert_eq!(server.channel(&room)["topic"], "declared sev1");
    server.deliver(describe(&room, ["declared", "sev1"]), false).await;
    assert_eq!(server.calls(), [format!("GET channels/{room}")]);
    let thread = server.add(channel(-900, "ops", json!({})));
    assert_eq!(server.deliver(describe(&thread, ["declared", "sev1"]), false).await, delivered("", ""));
    assert_eq!(server.calls(), [format!("GET channels/{thread}")]);
}

#[tokio::test]
async fn links_are_buttons_of_one_message() {
    let mut server = Server::new().await;
    let room = reference(server.open(false, false).await);
    server.calls();
    let show = |urls: &[&str]| Outgoing::Bookmarks { room: room.clone(), links: links(urls) };
    server.deliver(show(&["https://a.example/", "https://b.example"]), false).await;
    assert_eq!(server.calls(), [format!("POST channels/{room}/messages")]);
    let said = server.state.lock().unwrap().messages.last().unwrap().clone();
    let button = &said["components"][0]["components"][0];
    assert_eq!(
        (&button["style"], &button["url"], &button["label"]),
        (&json!(5), &json!("https://a.example/"), &json!("Runbook: @everyone"))
    );
    server.restarts();
    assert_eq!(server.deliver(show(&["https://a.example"]), false).await, delivered("", ""));
    assert_eq!(server.texts().len(), 2, "it is there");
}
