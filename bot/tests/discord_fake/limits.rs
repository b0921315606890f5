//! What Discord does not take.

use serde_json::{Value, json};

use super::App;
use crate::support::discord::permissions::{PIN_MESSAGES, SEND_MESSAGES};
use crate::support::discord::{Fake, Overwrite, permissions};

fn button(id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": "Ack", "custom_id": id})
}

fn row(parts: &[Value]) -> Value {
    json!({"type": 1, "components": parts})
}

#[tokio::test]
async fn a_message_keeps_to_the_limits() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let path = format!("/channels/{}/messages", fake.add_channel("inc-1"));
    let of = |count: usize| (0..count).map(|number| button(&number.to_string())).collect::<Vec<_>>();
    let option = |number: usize| json!({"label": "l", "value": number.to_string()});
    let select =
        |options: usize| json!({"type": 3, "custom_id": "s", "options": (0..options).map(option).collect::<Vec<_>>()});
    let with = |rows: Value| json!({"content": "x", "components": rows});
    let rows: Vec<Value> = (0..6).map(|number| row(&[button(&number.to_string())])).collect();
    let field = json!({"name": "n", "value": "v".repeat(1025)});
    for (body, code) in [
        (json!({"content": "x".repeat(2001)}), 50035),
        (json!({"content": ""}), 50006),
        (with(json!(rows)), 50035),
        (with(json!([row(&of(6))])), 50035),
        (with(json!([row(&[button("a"), button("a")])])), 50035),
        (with(json!([row(&[button(&"i".repeat(101))])])), 50035),
        (with(json!([row(&[select(26)])])), 50035),
        (with(json!([row(&[select(1), button("a")])])), 50035),
        (with(json!([button("a")])), 50035),
        (json!({"embeds": [{"title": "t".repeat(257)}]}), 50035),
        (json!({"embeds": [{"title": "t", "fields": [field]}]}), 50035),
        (json!({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}), 50035),
    ] {
        assert_eq!(app.refused("POST", &path, body.clone()).await, (400, code), "{body}");
    }
    let (_, answer) = app.call("POST", &path, with(json!([row(&[json!({"type": 2, "style": 1})])]))).await;
    let wrong = &answer["errors"]["components"]["0"]["components"]["0"]["custom_id"]["_errors"][0];
    assert_eq!(wrong["code"], "BASE_TYPE_REQUIRED");
    let good = with(json!([row(&of(5)), row(&[select(25)])]));
    app.done("POST", &path, good).await;
}

#[tokio::test]
async fn a_command_tree_keeps_to_the_limits() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let path = format!("/applications/{}/commands", app.application);
    let option = |name: &str, more: Value| {
        let mut option = json!({"type": 3, "name": name, "description": "d"});
        option.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        option
    };
    let choice = |number: usize| json!({"name": number.to_string(), "value": number.to_string()});
    let choices: Vec<Value> = (0..26).map(choice).collect();
    let many: Vec<Value> = (0..26).map(|number| option(&format!("o{number}"), json!({}))).collect();
    let of = |options: Value| json!({"name": "incident", "description": "d", "options": options});
    for command in [
        json!({"name": "Incident", "description": "d"}),
        json!({"name": "incident"}),
        json!({"name": "incident", "description": "d".repeat(101)}),
        json!({"name": "Add to timeline", "type": 3, "description": "no"}),
        of(json!(many)),
        of(json!([option("a", json!({})), option("b", json!({"required": true}))])),
        of(json!([option("a", json!({})), option("a", json!({}))])),
        of(json!([option("a", json!({"choices": choices}))])),
        of(json!([option("a", json!({"autocomplete": true, "choices": [choice(1)]}))])),
        of(json!([option("a", json!({"type": 5, "autocomplete": true}))])),
        of(json!([option("a", json!({"type": 1})), option("b", json!({}))])),
    ] {
        assert_eq!(app.refused("POST", &path, command.clone()).await, (400, 50035), "{command}");
    }
    let first = app.done("POST", &path, json!({"name": "incident", "description": "d"})).await;
    let again = app.done("PUT", &path, json!([{"name": "incident", "description": "other"}])).await;
    assert_eq!((&again[0]["id"], fake.command_writes()), (&first["id"], 2));
    let one = format!("{path}/{}", first["id"].as_str().unwrap());
    assert_eq!(app.done("PATCH", &one, json!({"description": "third"})).await["description"], "third");
    app.done("DELETE", &one, Value::Null).await;
    assert_eq!(app.refused("GET", &one, Value::Null).await, (404, 10063));
}

#[tokio::test]
async fn permissions_are_those_of_roles_and_channels() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    let said = fake.says(&ana, &room, "x");
    let (messages, pin) = (format!("/channels/{room}/messages"), format!("/channels/{room}/messages/pins/{said}"));
    let (bot, everyone) = (fake.bot_user(), fake.guild());
    let of = |id: &str, of_member, allow, deny| Overwrite { id: id.to_owned(), of_member, allow, deny };
    fake.overwrite(&room, of(&everyone, false, 0, SEND_MESSAGES));
    assert_eq!(app.refused("POST", &messages, json!({"content": "x"})).await, (403, 50013));
    fake.overwrite(&room, of(&bot, true, SEND_MESSAGES, PIN_MESSAGES));
    app.says(&room, "x").await;
    assert_eq!(app.refused("PUT", &pin, Value::Null).await, (403, 50013));
    fake.grant_bot(permissions::ADMINISTRATOR);
    app.done("PUT", &pin, Value::Null).await;
    fake.grant_bot(permissions::MANAGE_CHANNELS);
    let secret = json!({"name": "x", "permission_overwrites": [{"id": everyone, "type": 0, "deny": "1024"}]});
    assert_eq!(app.refused("POST", &format!("/guilds/{everyone}/channels"), secret).await, (403, 50013));
    assert_eq!(app.refused("GET", "/channels/404", Value::Null).await, (404, 10003));
    let delete = format!("{messages}/{said}");
    assert_eq!(app.refused("DELETE", &delete, Value::Null).await, (403, 50013));
    fake.grant_bot(permissions::ADMINISTRATOR);
    let only_ana = json!([
        {"id": everyone, "type": 0, "deny": "1024"},
        {"id": ana, "type": 1, "allow": "1024"},
    ]);
    let secret = json!({"name": "secret", "permission_overwrites": only_ana});
    app.done("POST", &format!("/guilds/{everyone}/channels"), secret).await;
    let ben = fake.add_person("ben");
    let sees = |user: &str| fake.channels_seen_by(user).iter().any(|channel| channel.name == "secret");
    assert_eq!((sees(&ana), sees(&ben), fake.violations()), (true, false, Vec::new()));
    let other = format!("/guilds/{everyone}/members/404");
    assert_eq!(app.refused("GET", &other, Value::Null).await, (404, 10013));
}

#[tokio::test]
async fn a_nonce_stands_for_its_message_for_some_minutes() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = fake.add_channel("inc-1");
    let path = format!("/channels/{room}/messages");
    let body = json!({"content": "card", "nonce": "INC-1:card", "enforce_nonce": true});
    let first = app.done("POST", &path, body.clone()).await;
    assert_eq!(app.done("POST", &path, body.clone()).await["id"], first["id"]);
    fake.pass(std::time::Duration::from_mins(6));
    assert_ne!(app.done("POST", &path, body).await["id"], first["id"]);
    assert_eq!(fake.channel_by_id(&room).messages.len(), 2);
}

#[tokio::test]
async fn pins_end_at_fifty_and_names_change_twice_in_ten_minutes() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    for number in 0..50 {
        let said = fake.says(&ana, &room, &number.to_string());
        fake.pins(&ana, &room, &said).unwrap();
    }
    let one_more = fake.says(&ana, &room, "one more");
    for path in ["messages/pins", "pins"] {
        let path = format!("/channels/{room}/{path}/{one_more}");
        assert_eq!(app.refused("PUT", &path, Value::Null).await, (400, 30003));
    }
    let pins = app.get(&format!("/channels/{room}/messages/pins?limit=10")).await;
    assert_eq!((pins["items"].as_array().unwrap().len(), &pins["has_more"]), (10, &json!(true)));
    assert_eq!(app.get(&format!("/channels/{room}/pins")).await.as_array().unwrap().len(), 50);
    let path = format!("/channels/{room}");
    for name in ["a", "b"] {
        app.done("PATCH", &path, json!({"name": name})).await;
    }
    let (status, body) = app.call("PATCH", &path, json!({"name": "c"})).await;
    assert_eq!((status, &body["retry_after"], &body["global"]), (429, &json!(600.0), &json!(false)));
    app.done("PATCH", &path, json!({"topic": "still possible"})).await;
    fake.pass(std::time::Duration::from_mins(10));
    app.done("PATCH", &path, json!({"name": "c"})).await;
}

#[tokio::test]
async fn who_is_pinged_is_told_and_careless_mentions_are_noted() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let team = fake.add_role("oncall", 0, false);
    let room = fake.add_channel("inc-1");
    let path = format!("/channels/{room}/messages");
    let text = format!("@everyone <@{ana}> <@&{team}>");
    let posted = |allowed: Value| {
        let body = json!({"content": text, "allowed_mentions": allowed});
        async { app.done("POST", &path, body).await["id"].as_str().unwrap().to_owned() }
    };
    let silent = posted(json!({"parse": []})).await;
    let some = posted(json!({"parse": [], "roles": [team]})).await;
    assert!(fake.message(&room, &silent).unwrap().pinged.nobody());
    let pinged = fake.message(&room, &some).unwrap().pinged;
    assert_eq!((pinged.everyone, pinged.users.len(), pinged.roles.contains(&team)), (false, 0, true));
    assert_eq!(fake.violations(), Vec::<String>::new());
    let careless = app.says(&room, &text).await;
    assert!(fake.message(&room, &careless).unwrap().pinged.everyone);
    assert_eq!(fake.violations().len(), 1);
    app.says(&room, "mail ana@example.com <#1> <t:1:R>").await;
    assert_eq!(fake.violations().len(), 1);
}

#[tokio::test]
async fn a_request_is_held_against_the_document() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = fake.add_channel("inc-1");
    let path = format!("/channels/{room}/messages");
    app.call("POST", &path, json!({"content": "x", "tts": "yes"})).await;
    app.call("POST", &path, json!({"content": "x", "unheard_of": 1})).await;
    app.call("GET", &format!("{path}?limit=5&sort=up"), Value::Null).await;
    app.call("GET", "/incidents", Value::Null).await;
    app.call("POST", &format!("/channels/{room}"), Value::Null).await;
    let noted = fake.violations();
    assert_eq!(noted.len(), 5, "{noted:#?}");
    assert!(noted[0].contains("/tts"), "{}", noted[0]);
    assert!(noted[2].ends_with("?sort"), "{}", noted[2]);
}
