//! What goes wrong by order of a test.

use std::time::Duration;

use serde_json::{Value, json};

use super::{App, INTENTS};
use crate::support::discord::{Fake, Fault, Trouble};

const POST: &str = "POST /channels/{channel_id}/messages";

#[tokio::test]
async fn calls_fail_before_and_after_they_take_effect() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let room = fake.add_channel("inc-1");
    let path = format!("/channels/{room}/messages");
    let body = json!({"content": "card"});
    let faults = [
        (Fault::Status(502), Some(502), 0),
        (Fault::Error("50013".to_owned()), Some(403), 0),
        (Fault::RateLimited(2), Some(429), 0),
        (Fault::LimitedEverywhere(3), Some(429), 0),
        (Fault::ResetBefore, None, 0),
        (Fault::ResetAfter, None, 1),
        (Fault::Delay(Duration::from_millis(5)), Some(200), 1),
    ];
    for (fault, status, effects) in faults {
        let before = fake.channel_by_id(&room).messages.len();
        fake.breaks(Trouble::with(POST, fault.clone()).in_channel(&room).times(1));
        let answer = app.try_call("POST", &path, body.clone()).await;
        assert_eq!(answer.as_ref().ok().map(|answer| answer.status().as_u16()), status, "{fault:?}");
        assert_eq!(fake.channel_by_id(&room).messages.len() - before, effects, "{fault:?}");
        assert_eq!(fake.calls().last().unwrap().fault, Some(fault));
    }
    fake.breaks(Trouble::with("*", Fault::HangAfter).times(1));
    let hanging = app.try_call("POST", &path, body.clone());
    assert!(tokio::time::timeout(Duration::from_millis(300), hanging).await.is_err());
    assert_eq!(fake.channel_by_id(&room).messages.len(), 3);
}

#[tokio::test]
async fn limits_are_told_by_headers() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let (one, other) = (fake.add_channel("inc-1"), fake.add_channel("inc-2"));
    fake.limits(POST, 2, Duration::from_secs(5));
    let app = &app;
    let post = |room: String| async move {
        app.try_call("POST", &format!("/channels/{room}/messages"), json!({"content": "x"})).await.unwrap()
    };
    let first = post(one.clone()).await;
    assert_eq!((first.headers()["x-ratelimit-limit"].as_bytes(), first.status().as_u16()), (&b"2"[..], 200));
    assert_eq!(first.headers()["x-ratelimit-remaining"], "1");
    assert_eq!(first.headers()["x-ratelimit-reset-after"], "5.000");
    post(one.clone()).await;
    let third = post(one.clone()).await;
    assert_eq!((third.status().as_u16(), &third.headers()["retry-after"]), (429, &"5".parse().unwrap()));
    assert_eq!(third.headers()["x-ratelimit-scope"], "user");
    let body: Value = third.json().await.unwrap();
    assert_eq!(body, json!({"message": "You are being rate limited.", "retry_after": 5.0, "global": false}));
    assert_eq!(post(other.clone()).await.status(), 200);
    fake.pass(Duration::from_secs(5));
    assert_eq!(post(one.clone()).await.status(), 200);
    fake.heals();
    fake.limits("*", 1, Duration::from_secs(1));
    post(one.clone()).await;
    let global = post(other).await;
    assert_eq!((global.status().as_u16(), &global.headers()["x-ratelimit-global"]), (429, &"true".parse().unwrap()));
}

#[tokio::test]
async fn tokens_of_the_bot_and_of_interactions_end() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    let path = format!("/applications/{}/commands", app.application);
    app.done("PUT", &path, super::asking::commands()).await;
    let (mut link, _) = app.identify(INTENTS).await;
    let options = [("title", "checkout")];
    let (asked, late) = tokio::join!(
        async {
            let asked = link.event("INTERACTION_CREATE").await;
            fake.pass(Duration::from_millis(3001));
            let (status, body) = app.answers(&asked, json!({"type": 5})).await;
            assert_eq!((status, &body["code"]), (404, &json!(10062)));
            asked
        },
        fake.slash(&ana, &room, "incident declare", &options)
    );
    assert_eq!(late.error.as_deref(), Some("The application did not respond"));
    let follow = |asked: &Value| format!("/webhooks/{}/{}", app.application, asked["token"].as_str().unwrap());
    assert_eq!(app.refused("POST", &follow(&asked), json!({"content": "x"})).await, (404, 10015));
    let (asked, told) = tokio::join!(
        async {
            let asked = link.event("INTERACTION_CREATE").await;
            app.answers(&asked, json!({"type": 4, "data": {"content": "done"}})).await;
            asked
        },
        fake.slash(&ana, &room, "incident declare", &options)
    );
    assert_eq!((told.text(), told.is_ephemeral()), ("done", false));
    app.done("POST", &follow(&asked), json!({"content": "and more", "flags": 64})).await;
    assert_eq!(fake.ephemerals(&ana)[0].message.content, "and more");
    fake.pass(Duration::from_mins(15) + Duration::from_secs(1));
    assert_eq!(app.refused("POST", &follow(&asked), json!({"content": "x"})).await, (401, 50027));
    fake.revoke();
    assert_eq!(app.refused("GET", "/users/@me", Value::Null).await, (401, 0));
    let mut link = app.connect().await;
    link.identifies(&app.token, INTENTS).await;
    assert_eq!(link.closed().await, Some(4004));
    assert_eq!(fake.wrong_answers(), Vec::<String>::new());
}

#[tokio::test]
async fn the_gateway_falls_silent_stutters_and_refuses() {
    let fake = Fake::start().await;
    let app = App::of(&fake);
    let ana = fake.add_person("ana");
    let room = fake.add_channel("inc-1");
    let (mut link, _) = app.identify(INTENTS).await;
    link.send(json!({"op": 1, "d": 2})).await;
    assert_eq!(link.next().await["op"], 11);
    fake.acknowledges_nothing(true);
    link.send(json!({"op": 1, "d": 2})).await;
    fake.swallows(1);
    fake.says(&ana, &room, "lost");
    fake.sends_next_twice();
    fake.says(&ana, &room, "twice");
    fake.swaps_next_two();
    fake.says(&ana, &room, "second");
    fake.says(&ana, &room, "first");
    for text in ["twice", "twice", "first", "second"] {
        assert_eq!(link.event("MESSAGE_CREATE").await["content"], text);
    }
    fake.until("the second heartbeat", |fake| (fake.connections()[0].beats == 2).then_some(())).await;
    fake.asks_to_reconnect();
    assert_eq!(link.next().await["op"], 7);
    fake.closes(Some(4000));
    assert_eq!(link.closed().await, Some(4000));
    let (mut link, _) = app.identify(INTENTS).await;
    fake.closes(None);
    assert_eq!(link.closed().await, None);
    let (mut link, _) = app.identify(INTENTS).await;
    link.identifies(&app.token, INTENTS).await;
    assert_eq!(link.closed().await, Some(4005));
    let mut link = app.connect().await;
    link.send(json!({"op": 3, "d": {}})).await;
    assert_eq!(link.closed().await, Some(4003));
    fake.greets_nobody(true);
    let mut silent = app.connect_ungreeted().await;
    assert!(tokio::time::timeout(Duration::from_millis(100), silent.next()).await.is_err());
    fake.refuses_connections(true);
    assert!(tokio_tungstenite::connect_async(&app.gateway).await.is_err());
    fake.breaks(Trouble::with("GET /gateway/bot", Fault::Hang));
    let hanging = app.try_call("GET", "/gateway/bot", Value::Null);
    assert!(tokio::time::timeout(Duration::from_millis(100), hanging).await.is_err());
    fake.heals();
    fake.paces_sessions(true);
    let mut early = app.connect().await;
    early.identifies(&app.token, INTENTS).await;
    assert_eq!(early.next().await["op"], 9);
    fake.pass(Duration::from_secs(5));
    early.identifies(&app.token, INTENTS).await;
    assert_eq!(early.next().await["t"], "READY");
    assert_eq!(app.get("/gateway/bot").await["session_start_limit"]["remaining"], 996);
}
