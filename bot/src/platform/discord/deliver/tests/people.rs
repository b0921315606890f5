//! What reaches people, and who comes into rooms.

use super::server::channel;
use super::*;
use crate::platform::discord::api::code;
use crate::platform::discord::{Group, GroupHow, PrivateRooms};

fn withdraw(room: Option<&str>, notice: Option<&str>) -> Outgoing {
    let (room, notice) = (room.map(str::to_owned), notice.map(str::to_owned));
    Outgoing::Withdraw { account: Account::Id("U1".to_owned()), room, text: "it is over".to_owned(), notice }
}

fn invite(room: &str, account: Account) -> Outgoing {
    Outgoing::Invite { room: room.to_owned(), account }
}

#[tokio::test]
async fn a_page_is_a_direct_message_with_its_button() {
    let server = Server::new().await;
    let notice = reference(server.notice("U1", false).await);
    assert!(notice.starts_with("DU1:"), "{notice}");
    let said = server.state.lock().unwrap().messages[0].clone();
    assert_eq!((&said["content"], &said["channel_id"]), (&json!("paged"), &json!("DU1")));
    assert_eq!(said["components"][0]["components"][0]["label"], "Acknowledge");
    assert_eq!(server.deliver(withdraw(None, Some(&notice)), false).await, delivered(&notice, ""));
    assert_eq!(server.texts(), ["it is over"], "in its place, without the button");
    assert_eq!(server.state.lock().unwrap().messages[0]["components"], json!([]));
}

#[tokio::test]
async fn whoever_takes_no_direct_messages_is_reached_otherwise_at_once() {
    for number in [code::CANNOT_TELL, code::NO_SHARED_SERVER] {
        let server = Server::new().await;
        server.fault("POST channels/DU1/messages", Fault::Before(no(403, number)));
        let reason = reason(server.notice("U1", false).await);
        assert!(reason.contains("allow direct messages"), "{reason}");
    }
    let server = Server::new().await;
    server.fault("POST users/@me/channels", Fault::Before(no(404, code::UNKNOWN_USER)));
    assert!(reason(server.notice("U1", false).await).contains("no such account"));
    let account = Account::Email("ana@example.com".to_owned());
    let tell = Outgoing::Tell { account, text: "x".to_owned() };
    assert!(reason(server.deliver(tell, false).await).contains("/incident me link"));
}

#[tokio::test]
async fn a_page_in_a_room_calls_its_person_alone() {
    let server = Server::new().await;
    let (account, room) = (Account::Id("U1".to_owned()), Some("R1".to_owned()));
    let what = Outgoing::Notice { account, room, text: "paged @everyone".to_owned(), controls: Vec::new() };
    let notice = reference(server.deliver(what, false).await);
    let asked = server.asked();
    assert_eq!(asked[0].args["content"], "<@U1> paged @everyone");
    assert_eq!(asked[0].args["allowed_mentions"]["users"], json!(["U1"]));
    assert_eq!(server.deliver(withdraw(Some("R1"), Some(&notice)), false).await, delivered(&notice, ""));
    assert_eq!(server.texts(), ["<@U1> it is over"]);
    assert_eq!(server.deliver(withdraw(Some("R1"), None), false).await, delivered("", ""));
    assert_eq!(server.texts().len(), 1, "nobody waits for it in a room");
}

#[tokio::test]
async fn a_page_whose_answer_was_lost_is_not_sent_twice() {
    let mut server = Server::new().await;
    server.fault("POST channels/DU1/messages", Fault::After);
    assert_eq!(server.notice("U1", false).await, Delivery::Unknown);
    server.restarts();
    server.notice("U1", true).await;
    assert_eq!(server.texts(), ["paged"]);
}

#[tokio::test]
async fn people_come_into_threads_and_hidden_channels() {
    let server = Server::with(|settings| settings.private_rooms = PrivateRooms::Channels { category: None }).await;
    let ana = || Account::Id("U1".to_owned());
    let post = reference(server.open(false, false).await);
    server.deliver(invite(&post, ana()), false).await;
    let hidden = reference(server.open(true, false).await);
    server.deliver(invite(&hidden, ana()), false).await;
    let open = server.add(channel(-900, "ops", json!({ "type": 0 })));
    server.calls();
    server.deliver(invite(&open, ana()), false).await;
    assert_eq!(server.calls(), [format!("GET channels/{open}")], "whoever is in the server sees it");
    assert_eq!(server.state.lock().unwrap().let_in, ["U1", "U1"]);
    server.fault(&format!("PUT channels/{post}/thread-members/U1"), Fault::Before(no(404, code::UNKNOWN_MEMBER)));
    assert!(reason(server.deliver(invite(&post, ana()), false).await).contains("not in the server"));
    server.fault(&format!("PUT channels/{post}/thread-members/U1"), Fault::Before(no(403, code::MISSING_ACCESS)));
    let reason = reason(server.deliver(invite(&post, ana()), false).await);
    assert!(reason.contains("may not see the channel"), "{reason}");
}

#[tokio::test]
async fn a_role_is_called_or_brought_in() {
    let group = |how| move |settings: &mut Settings| settings.group = Some(Group { role: "77".to_owned(), how });
    let what = |room: &str| Outgoing::InviteGroup { room: room.to_owned(), group: "77".to_owned() };
    let server = Server::with(group(GroupHow::Called)).await;
    server.deliver(what("R1"), false).await;
    let asked = server.asked();
    assert_eq!(asked[0].args["allowed_mentions"]["roles"], json!(["77"]));
    assert!(asked[0].args["content"].as_str().unwrap().starts_with("<@&77>"));
    let server = Server::with(group(GroupHow::Brought)).await;
    let room = reference(server.open(false, false).await);
    let member = |id: &str, roles: Value| json!({ "user": { "id": id }, "roles": roles });
    server.state.lock().unwrap().members =
        vec![member("U1", json!(["77"])), member("U2", json!([])), member("U3", json!(["77", "78"]))];
    let put = format!("PUT channels/{room}/thread-members/U3");
    server.fault(&put, Fault::Before(Reply::Status(429, Some("7"), "")));
    assert_eq!(server.deliver(what(&room), false).await, seconds(7));
    server.wait(7);
    assert_eq!(server.deliver(what(&room), false).await, delivered("", ""));
    assert_eq!(server.state.lock().unwrap().let_in, ["U1", "U3"], "nobody twice");
}
