//! What people do, and what the app hears of it.

use serde_json::{Value, json};

use super::App;
use crate::support::slack::{Fake, Kind, SharedFile, User};

#[tokio::test]
async fn every_act_is_told_once() {
    let fake = Fake::start().await;
    let (ana, ben) = (fake.add_person("ana"), fake.add_person("ben"));
    let room = fake.add_channel("inc-1", Kind::Public, &[&ana]);
    fake.add_bot_to(&room, &ana);
    let ts = fake.says(&ana, &room, "api is down").await;
    fake.replies(&ana, &room, &ts, "since noon").await;
    fake.edits(&ana, &room, &ts, "api is slow").await;
    fake.pins(&ana, &room, &ts).await;
    fake.unpins(&ana, &room, &ts).await;
    fake.reacts(&ana, &room, &ts, "pushpin").await;
    fake.unreacts(&ana, &room, &ts, "pushpin").await;
    let shared = SharedFile { name: "graph.png", bytes: b"png", comment: "look" };
    let (_, file) = fake.shares_file(&ana, &room, shared).await;
    fake.joins(&ben, &room).await;
    fake.leaves(&ben, &room).await;
    fake.opens_home(&ana).await;
    fake.writes(&ana, "hi").await;
    fake.deletes(&room, &ts).await;
    fake.archives(&ana, &room).await;
    let told: Vec<String> = fake.events().iter().map(name_of).collect();
    let expected = [
        "message channel_join",
        "member_joined_channel",
        "message",
        "message",
        "message message_changed",
        "pin_added",
        "pin_removed",
        "reaction_added",
        "reaction_removed",
        "message file_share",
        "file_shared",
        "message channel_join",
        "member_joined_channel",
        "message channel_leave",
        "member_left_channel",
        "app_home_opened",
        "message",
        "message message_deleted",
        "message channel_archive",
        "channel_archive",
    ];
    assert_eq!(told, expected);
    let events = fake.events();
    assert_eq!((&events[3]["thread_ts"], &events[3]["parent_user_id"]), (&json!(ts), &json!(ana)));
    assert_eq!(events[4]["previous_message"]["text"], "api is down");
    assert_eq!(events[9]["files"][0]["id"], json!(file));
    assert_eq!(events[16]["channel_type"], "im");
    assert_eq!(fake.channel("inc-1").message(&ts).unwrap().subtype.as_deref(), Some("tombstone"));
}

fn name_of(event: &Value) -> String {
    let subtype = event["subtype"].as_str().map_or(String::new(), |subtype| format!(" {subtype}"));
    format!("{}{subtype}", event["type"].as_str().unwrap())
}

#[tokio::test]
async fn what_nobody_subscribed_to_or_sees_is_not_told() {
    let fake = Fake::start().await;
    let ana = fake.add_person("ana");
    let room = fake.add_channel("elsewhere", Kind::Private, &[&ana]);
    fake.says(&ana, &room, "secret").await;
    fake.subscribe(&["pin_added"]);
    fake.writes(&ana, "hi").await;
    assert_eq!(fake.events(), Vec::<Value>::new());
}

#[tokio::test]
async fn buttons_menus_and_shortcuts_reach_the_app() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = app.room("inc-1").await;
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let button = json!({"type": "button", "text": plain("Ack"), "action_id": "ack", "value": "inc-1"});
    let option = json!({"text": plain("SEV1"), "value": "sev1"});
    let menu = json!({"type": "static_select", "action_id": "sev", "options": [option]});
    let blocks = json!([{"type": "actions", "block_id": "b", "elements": [button, menu]}]);
    let posted = app.done("chat.postMessage", json!({"channel": room, "text": "card", "blocks": blocks})).await;
    let ts = posted["ts"].as_str().unwrap();
    app.done("views.publish", json!({"user_id": ana, "view": {"type": "home", "blocks": blocks}})).await;
    fake.settled().await;
    fake.subscribe(&[]);
    let mut socket = app.connect().await;
    let answering = tokio::spawn(async move {
        loop {
            let envelope = socket.next().await;
            socket.ack(&envelope, None).await;
        }
    });
    let pressed = fake.press(&ana, &room, ts, "ack").await;
    assert_eq!((&pressed.error, pressed.ack.as_ref()), (&None, None));
    let action = &pressed.payload["actions"][0];
    assert_eq!((&action["value"], &action["block_id"]), (&json!("inc-1"), &json!("b")));
    assert_eq!(pressed.payload["message"]["ts"], ts);
    assert!(pressed.response_url().starts_with("http://127.0.0.1"));
    let chosen = fake.choose(&ana, (&room, ts), "sev", "sev1").await;
    assert_eq!(chosen.payload["actions"][0]["selected_option"]["value"], "sev1");
    let at_home = fake.press_in_home(&ana, "ack").await;
    assert_eq!(at_home.payload["container"]["view_id"], json!(fake.home(&ana).unwrap().id));
    let marked = fake.message_shortcut(&ana, "mark", &room, ts).await;
    assert_eq!(
        (&marked.payload["type"], &marked.payload["message"]["text"]),
        (&json!("message_action"), &json!("card"))
    );
    let global = fake.global_shortcut(&ana, "declare").await;
    assert_eq!((&global.payload["type"], global.error), (&json!("shortcut"), None));
    answering.abort();
}

#[tokio::test]
async fn people_differ() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let guest = fake.add_user(User { is_ultra_restricted: true, ..User::named("guest") });
    fake.add_channel("lobby", Kind::Public, &[&guest]);
    let stranger = fake.add_user(User { stranger_of: Some("T0OTHER".to_owned()), ..User::named("eve") });
    let gone = fake.add_user(User { deleted: true, ..User::named("gone") });
    let shut = fake.add_user(User { dm_closed: true, ..User::named("shut") });
    let bot = fake.bot_user();
    let room = app.room("inc-1").await;
    app.done("conversations.invite", json!({"channel": room, "users": ana})).await;
    for (user, error) in [
        (&ana, "already_in_channel"),
        (&bot, "cant_invite_self"),
        (&guest, "ura_max_channels"),
        (&stranger, "user_team_not_in_channel"),
        (&gone, "cant_invite"),
        (&"U404".to_owned(), "user_not_found"),
    ] {
        assert_eq!(app.error("conversations.invite", json!({"channel": room, "users": user})).await, error);
    }
    assert_eq!(app.error("conversations.open", json!({"users": shut})).await, "user_not_visible");
    assert_eq!(app.error("chat.postMessage", json!({"channel": shut, "text": "page"})).await, "channel_not_found");
    app.done("chat.postMessage", json!({"channel": ana, "text": "page"})).await;
    assert_eq!(fake.dms(&ana)[0].text, "page");
}
