//! What goes wrong, and that nothing of it ends the attempts.

use std::time::Instant;

use futures_util::SinkExt as _;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use super::super::*;
use super::world::{Telling, World, message, quick};

#[tokio::test]
async fn what_never_answers_is_given_up_at_every_step() {
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let script = vec![Telling::Hang, Telling::Elsewhere(format!("ws://{}", deaf.local_addr().unwrap()))];
    let half = Duration::from_millis(500);
    let pace = Pace { address: half, connect: half, ready: half * 2, resume: half, ..quick() };
    let mut world = World::start(pace, script).await;
    world.trouble(Trouble::NoAddress).await;
    world.trouble(Trouble::NotConnected).await;
    let _silent = world.wordless().await;
    world.trouble(Trouble::NotReady).await;
    let mut unready = world.wordless().await;
    unready.hello(Duration::from_secs(41)).await;
    unready.next(2).await;
    let mut discord = world.peer().await;
    world.works(&mut discord).await;
    // A session that is to go on, and never does.
    drop(discord);
    let _never = world.wordless().await;
    world.trouble(Trouble::NotResumed).await;
    let mut discord = world.peer().await;
    world.works(&mut discord).await;
    assert_eq!(world.asked(), 6);
}

#[tokio::test]
async fn nothing_that_goes_wrong_ends_the_attempts() {
    let script = vec![
        Telling::Fail(SourceError::Failed),
        Telling::Fail(SourceError::Unauthorized),
        Telling::Fail(SourceError::RetryAfter(Duration::ZERO)),
        Telling::NoneLeft(Duration::ZERO),
        Telling::Elsewhere("http://127.0.0.1/".to_owned()),
        Telling::Elsewhere("no URL".to_owned()),
        Telling::Elsewhere("ws://127.0.0.1:1".to_owned()),
        Telling::Panic,
    ];
    let mut world = World::start(quick(), script).await;
    // A handshake that is refused, and a connection that ends before its first word.
    drop(world.tcp().await);
    drop(world.wordless().await);
    let mut discord = world.peer().await;
    world.works(&mut discord).await;
    assert_eq!(world.asked(), 11);
}

#[tokio::test]
async fn discord_says_when_to_come_back() {
    let wait = Duration::from_millis(400);
    for telling in [Telling::Fail(SourceError::RetryAfter(wait)), Telling::NoneLeft(wait)] {
        let began = Instant::now();
        let mut world = World::start(quick(), vec![telling]).await;
        world.peer().await;
        assert!(began.elapsed() >= wait, "{:?}", began.elapsed());
        world.stop();
    }
    // For long, and yet it is asked before.
    let pace = Pace { ask_again: wait, ..quick() };
    let mut world = World::start(pace, vec![Telling::NoneLeft(Duration::from_hours(20))]).await;
    world.trouble(Trouble::NoStartsLeft(Duration::from_hours(20))).await;
    world.peer().await;
}

#[tokio::test]
async fn sessions_begin_apart() {
    let apart = Duration::from_millis(400);
    let mut world = World::start(Pace { apart, ..quick() }, vec![]).await;
    let first = world.tcp().await;
    let began = Instant::now();
    drop(first);
    world.peer().await;
    // The first was accepted a little after it had begun.
    assert!(began.elapsed() + Duration::from_millis(50) >= apart, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_refusal_that_stays_is_tried_at_its_own_pace_and_says_what_to_do() {
    let refused = Duration::from_millis(900);
    let mut world = World::start(Pace { refused, ..quick() }, vec![]).await;
    let table = [
        (4004, Trouble::BadToken),
        (4010, Trouble::TooManyServers),
        (4011, Trouble::TooManyServers),
        (4013, Trouble::InvalidIntents),
        (4014, Trouble::DisallowedIntents),
    ];
    for (code, trouble) in table {
        let mut discord = world.wordless().await;
        discord.hello(Duration::from_secs(41)).await;
        discord.next(2).await;
        let began = Instant::now();
        discord.close(Some(code)).await;
        world.trouble(trouble.clone()).await;
        assert!(began.elapsed() < refused, "{code}: {:?}", began.elapsed());
        assert!(advice(&trouble).is_some());
        let next = world.tcp().await;
        assert!(began.elapsed() >= refused, "{code}: {:?}", began.elapsed());
        drop(next);
    }
}

#[tokio::test]
async fn a_zombie_is_given_up_and_a_session_whose_heart_beats_is_not() {
    let beat = Duration::from_secs(1);
    let mut world = World::start(Pace { silence: beat * 4, ..quick() }, vec![]).await;
    // Its heartbeats are not acknowledged, which serenity sees at the second.
    let mut zombie = world.wordless().await;
    zombie.begin_with(beat).await;
    let mut alive = world.wordless().await;
    assert_eq!(world.status.health().last_trouble, Some(Trouble::Ended));
    alive.begin_with(beat).await;
    for _ in 0..6 {
        alive.next(1).await;
        alive.send(&json!({ "op": 11 })).await;
    }
    assert_eq!(world.asked(), 2);
    // And here it is not even to send any.
    let mut silent = alive;
    silent.send(&json!({ "op": 9, "d": false })).await;
    let mut silent = world.wordless().await;
    silent.begin().await;
    world.trouble(Trouble::Silent).await;
    drop(silent);
}

#[tokio::test]
async fn what_cannot_be_read_harms_nothing_else() {
    let mut world = World::start(quick(), vec![]).await;
    let mut discord = world.peer().await;
    for text in ["no JSON", "{}", "[]", r#"{"op":99}"#, r#"{"op":0,"t":"MESSAGE_CREATE","d":{}}"#] {
        discord.ws.send(Message::text(text)).await.unwrap();
    }
    discord.ws.send(Message::binary(b"no zlib".to_vec())).await.unwrap();
    world.works(&mut discord).await;
    assert_eq!(world.status.health().unreadable, 6);
    // What serenity does not know, or knows otherwise, comes as it is.
    discord.dispatch("CARRIER_PIGEON_CREATE", json!({ "id": "1" })).await;
    let mut odd = message("odd");
    odd["author"] = json!({ "name": "without an id" });
    discord.dispatch("MESSAGE_CREATE", odd.clone()).await;
    let event = |kind: &str, d: &Value| super::world::Heard::Event(json!({ "t": kind, "d": d }));
    assert_eq!(world.hears().await, event("CARRIER_PIGEON_CREATE", &json!({ "id": "1" })));
    assert_eq!(world.hears().await, event("MESSAGE_CREATE", &odd));
    assert_eq!(world.asked(), 1);
}
