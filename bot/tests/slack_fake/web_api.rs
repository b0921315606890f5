//! What the Web API does, and how it fails.

use std::time::Duration;

use serde_json::{Value, json};

use super::App;
use crate::support::slack::{Fake, Fault, Trouble};

#[tokio::test]
async fn a_name_is_taken_for_good() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = app.room("inc-1").await;
    assert_eq!(app.error("conversations.create", json!({"name": "inc-1"})).await, "name_taken");
    app.done("conversations.archive", json!({"channel": room})).await;
    assert_eq!(app.error("conversations.create", json!({"name": "inc-1"})).await, "name_taken");
    assert_eq!(app.error("conversations.archive", json!({"channel": room})).await, "already_archived");
    assert_eq!(app.error("chat.postMessage", json!({"channel": room, "text": "late"})).await, "is_archived");
}

#[tokio::test]
async fn names_follow_the_rules() {
    let app = App::of(&Fake::start().await);
    let long = "x".repeat(81);
    for (name, error) in [
        ("", "invalid_name_required"),
        ("Inc-1", "invalid_name_specials"),
        ("inc 1", "invalid_name_specials"),
        ("--", "invalid_name_punctuation"),
        (&long, "invalid_name_maxlength"),
        ("general", "name_taken"),
    ] {
        assert_eq!(app.error("conversations.create", json!({"name": name})).await, error, "{name}");
    }
    app.room(&long[1..]).await;
    app.room("zahlung-läuft-nicht").await;
}

#[tokio::test]
async fn a_limit_says_when_to_come_back() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let (one, other) = (app.room("one").await, app.room("other").await);
    let trouble = Trouble::with("chat.postMessage", Fault::RateLimited(7)).in_channel(&one);
    fake.breaks(trouble.starting_at(2).times(1));
    let mut seen = Vec::new();
    for room in [&one, &other, &one, &one] {
        let answer = app.try_call("chat.postMessage", json!({"channel": room, "text": "x"})).await.unwrap();
        seen.push((
            answer.status().as_u16(),
            answer.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned()),
        ));
    }
    assert_eq!(seen, [(200, None), (200, None), (429, Some("7".to_owned())), (200, None)]);
    assert_eq!(fake.channel("one").said().len(), 2);
}

#[tokio::test]
async fn a_channel_takes_one_message_a_second() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let (one, other) = (app.room("one").await, app.room("other").await);
    fake.limits("chat.postMessage", 1, Duration::from_secs(1));
    let mut seen = Vec::new();
    for (room, wait) in [(&one, 0), (&one, 0), (&other, 1), (&one, 0)] {
        let answer = app.try_call("chat.postMessage", json!({"channel": room, "text": "x"})).await.unwrap();
        seen.push(answer.status().as_u16());
        fake.pass(Duration::from_secs(wait));
    }
    assert_eq!(seen, [200, 429, 200, 200]);
}

#[tokio::test]
async fn a_call_is_reset_before_or_after_it_takes_effect() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    for (fault, effects) in [(Fault::ResetBefore, 0), (Fault::ResetAfter, 1)] {
        fake.breaks(Trouble::with("conversations.create", fault.clone()).times(1));
        let name = format!("inc-{effects}");
        let error = app.try_call("conversations.create", json!({"name": name})).await.unwrap_err();
        assert!(error.is_request(), "{error:?}");
        assert_eq!(usize::from(fake.find_channel(&name).is_some()), effects, "{fault:?}");
        let call = fake.calls_of("conversations.create").pop().unwrap();
        assert_eq!((call.fault.clone(), call.succeeded()), (Some(fault), effects == 1));
    }
}

#[tokio::test]
async fn servers_fail_and_hang() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    fake.breaks(Trouble::with("*", Fault::Status(503)).times(1));
    let answer = app.try_call("auth.test", json!({})).await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    fake.breaks(Trouble::with("auth.test", Fault::Error("fatal_error".to_owned())).times(1));
    assert_eq!(app.error("auth.test", json!({})).await, "fatal_error");
    for (fault, effects) in [(Fault::Hang, 0), (Fault::HangAfter, 1)] {
        fake.breaks(Trouble::with("conversations.create", fault).times(1));
        let call = app.try_call("conversations.create", json!({"name": format!("inc-{effects}")}));
        assert!(tokio::time::timeout(Duration::from_millis(200), call).await.is_err(), "it answered");
        assert_eq!(usize::from(fake.find_channel(&format!("inc-{effects}")).is_some()), effects);
    }
}

#[tokio::test]
async fn tokens_and_scopes_are_checked() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = app.room("inc-1").await;
    fake.grant(&["chat:write", "channels:read"]);
    let refused = app.call("pins.add", json!({"channel": room, "timestamp": "1.2"})).await;
    let expected =
        json!({"ok": false, "error": "missing_scope", "needed": "pins:write", "provided": "channels:read,chat:write"});
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(refused[field], *value, "{field}");
    }
    assert_eq!(app.error("conversations.create", json!({"name": "p", "is_private": true})).await, "missing_scope");
    let nobody = app.http.post(format!("{}/auth.test", app.api)).send().await.unwrap();
    assert_eq!(nobody.json::<Value>().await.unwrap()["error"], "not_authed");
    let with_app_token =
        app.http.post(format!("{}/auth.test", app.api)).bearer_auth(&app.socket_token).send().await.unwrap();
    assert_eq!(with_app_token.json::<Value>().await.unwrap()["error"], "not_allowed_token_type");
    fake.revoke();
    assert_eq!(app.error("auth.test", json!({})).await, "token_revoked");
}

#[tokio::test]
async fn reading_methods_take_no_json() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = app.room("inc-1").await;
    assert_eq!(app.error("conversations.info", json!({"channel": room})).await, "invalid_arguments");
    let url = format!("{}/conversations.info?channel={room}", app.api);
    let by_query: Value = app.http.get(url).bearer_auth(&app.bot).send().await.unwrap().json().await.unwrap();
    assert_eq!(by_query["channel"]["name"], "inc-1");
    let form = [("channel", &room)];
    let request = app.http.post(format!("{}/conversations.info", app.api)).bearer_auth(&app.bot).form(&form);
    assert_eq!(request.send().await.unwrap().json::<Value>().await.unwrap()["channel"]["id"], room);
}

#[tokio::test]
async fn blocks_keep_to_the_limits() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = app.room("inc-1").await;
    let text = |kind: &str, length: usize| json!({"type": kind, "text": "x".repeat(length)});
    let button = |id: &str, value: usize| json!({"type": "button", "text": text("plain_text", 75), "action_id": id, "value": "v".repeat(value)});
    let actions = |elements: Vec<Value>| json!([{"type": "actions", "elements": elements}]);
    let divider = json!({"type": "divider"});
    let named = json!({"type": "divider", "block_id": "same"});
    for (what, blocks, fits) in [
        ("50 blocks", json!(vec![divider.clone(); 50]), true),
        ("51 blocks", json!(vec![divider; 51]), false),
        ("a section of 3000", json!([{"type": "section", "text": text("mrkdwn", 3000)}]), true),
        ("a section of 3001", json!([{"type": "section", "text": text("mrkdwn", 3001)}]), false),
        ("a header of 151", json!([{"type": "header", "text": text("plain_text", 151)}]), false),
        ("a header in mrkdwn", json!([{"type": "header", "text": text("mrkdwn", 9)}]), false),
        ("a value of 2000", actions(vec![button("a", 2000)]), true),
        ("a value of 2001", actions(vec![button("a", 2001)]), false),
        ("an id of 256", actions(vec![button(&"a".repeat(256), 1)]), false),
        ("26 buttons", actions((0..26).map(|n| button(&n.to_string(), 1)).collect()), false),
        ("an action id twice", actions(vec![button("a", 1), button("a", 1)]), false),
        ("a block id twice", json!([named, named]), false),
        ("an input in a message", json!([{"type": "input"}]), false),
        ("an unknown block", json!([{"type": "marquee"}]), false),
    ] {
        let answer = app.call("chat.postMessage", json!({"channel": room, "text": "x", "blocks": blocks})).await;
        assert_eq!(answer["ok"], fits, "{what}: {answer}");
        assert!(fits || answer["error"] == "invalid_blocks", "{what}: {answer}");
    }
}

#[tokio::test]
async fn files_go_up_in_three_steps_and_come_down_with_the_token() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = app.room("inc-1").await;
    let step = app.done("files.getUploadURLExternal", json!({"filename": "a.md", "length": 3})).await;
    let files = json!({"files": [{"id": step["file_id"], "title": "A"}], "channel_id": room});
    assert_eq!(app.error("files.completeUploadExternal", files.clone()).await, "file_not_found");
    app.http.post(step["upload_url"].as_str().unwrap()).body("abc").send().await.unwrap().error_for_status().unwrap();
    let done = app.done("files.completeUploadExternal", files).await;
    assert_eq!(fake.channel("inc-1").said()[0].files, [step["file_id"].as_str().unwrap()]);
    let url = done["files"][0]["url_private_download"].as_str().unwrap();
    let with = app.http.get(url).bearer_auth(&app.bot).send().await.unwrap();
    assert_eq!(with.text().await.unwrap(), "abc");
    assert_eq!(app.http.get(url).send().await.unwrap().status(), 302);
}
