//! How sessions begin, go on over another connection, follow each other and end.

use std::time::Instant;

use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::super::*;
use super::world::{Heard, World, quick};

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_session_begins_with_what_is_needed_and_no_more() {
    let mut world = World::start(quick(), vec![]).await;
    let mut discord = world.wordless().await;
    let identify = discord.begin().await;
    assert_eq!((&identify["token"], &identify["shard"]), (&json!("the.bots.token"), &json!([0, 1])));
    // GUILDS, GUILD_MODERATION, GUILD_MESSAGES, GUILD_MESSAGE_REACTIONS, DIRECT_MESSAGES, MESSAGE_CONTENT.
    assert_eq!(identify["intents"], (1 << 0) + (1 << 2) + (1 << 9) + (1 << 10) + (1 << 12) + (1 << 15));
    world.hears_ready(Ready::New).await;
    world.works(&mut discord).await;
    let health = world.status.health();
    assert!(health.up_since.is_some() && health.none_since.is_none(), "{health:?}");
    assert_eq!((health.up, health.begun, health.gaps, health.last_trouble), (1, 1, 0, None));
    assert_eq!(world.status.gap().await.since, None);
}

/// serenity has a task for each event; here they come in the gateway's order all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_heard_in_the_gateways_order() {
    let mut world = World::start(quick(), vec![]).await;
    let mut discord = world.peer().await;
    let sending = tokio::spawn(async move {
        for number in 0..10_000 {
            discord.message(&number.to_string()).await;
        }
        discord
    });
    for number in 0..10_000 {
        assert_eq!(world.content().await, number.to_string());
    }
    sending.await.unwrap();
}

#[tokio::test]
async fn a_session_goes_on_after_a_drop_a_close_and_a_request_to_come_anew() {
    let mut world = World::start(Pace::default(), vec![]).await;
    let mut discord = world.peer().await;
    world.status.gap().await;
    for how in ["drop", "close 4000", "op 7", "reset"] {
        world.works(&mut discord).await;
        let seq = discord.seq;
        let began = Instant::now();
        match how {
            "drop" => drop(discord),
            "reset" => {
                let stream = discord.ws.get_ref();
                #[expect(deprecated, reason = "without a wait it is what is wanted: a reset")]
                stream.set_linger(Some(Duration::ZERO)).unwrap();
                drop(discord);
            }
            "op 7" => discord.send(&json!({ "op": 7, "d": null })).await,
            _ => discord.close(Some(4000)).await,
        }
        discord = world.wordless().await;
        let resume = discord.resume().await;
        assert_eq!(resume, json!({ "token": "the.bots.token", "session_id": "s1", "seq": seq }), "{how}");
        world.hears_ready(Ready::Resumed).await;
        assert!(began.elapsed() < Duration::from_secs(2), "{how}: {:?}", began.elapsed());
        assert_eq!(world.status.health().last_trouble, Some(Trouble::Lost), "{how}");
        assert_eq!(world.status.health().up, 1, "{how}");
    }
    world.works(&mut discord).await;
    let gap = timeout(SHORT, world.status.gap()).await;
    assert!(gap.is_err(), "nothing was missed: {gap:?}");
    assert_eq!((world.asked(), world.status.health().begun), (1, 1));
}

#[tokio::test]
async fn a_session_goes_on_where_discord_wants_it() {
    let mut world = World::start(quick(), vec![]).await;
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut discord = world.wordless().await;
    discord.url = format!("ws://{}/", elsewhere.local_addr().unwrap());
    discord.begin().await;
    world.hears_ready(Ready::New).await;
    drop(discord);
    let (stream, _) = elsewhere.accept().await.unwrap();
    let ws = tokio_tungstenite::accept_async(stream).await.unwrap();
    let mut discord = super::world::Peer { ws, url: String::new(), seq: 0 };
    discord.resume().await;
    world.hears_ready(Ready::Resumed).await;
}

#[tokio::test]
async fn what_cannot_go_on_begins_anew_and_says_what_was_missed() {
    // A session of production began long ago, so that the next one need not wait.
    let mut world = World::start(Pace { apart: Duration::ZERO, ..Pace::default() }, vec![]).await;
    let mut discord = world.peer().await;
    let mut gaps = vec![world.status.gap().await];
    for how in ["op 9", "close without a code", "close 1000 and op 9", "end without a close"] {
        world.works(&mut discord).await;
        let began = Instant::now();
        match how {
            "op 9" => discord.send(&json!({ "op": 9, "d": false })).await,
            "close without a code" => discord.close(None).await,
            "close 1000 and op 9" => {
                discord.close(Some(1000)).await;
                let mut again = world.wordless().await;
                again.next(6).await;
                again.hello(Duration::from_secs(41)).await;
                again.send(&json!({ "op": 9, "d": false })).await;
            }
            _ => {
                drop(discord);
                // Neither can it be resumed.
                drop(world.tcp().await);
                drop(world.tcp().await);
            }
        }
        discord = world.peer().await;
        assert!(began.elapsed() < Duration::from_secs(8), "{how}: {:?}", began.elapsed());
        gaps.push(world.status.gap().await);
    }
    world.works(&mut discord).await;
    assert!(gaps[1..].iter().all(|gap| gap.since.is_some_and(|since| since <= gap.until)), "{gaps:?}");
    let health = world.status.health();
    assert_eq!((health.up, health.begun, health.gaps), (1, 5, 4));
}

#[tokio::test]
async fn a_stop_closes_the_session() {
    let mut world = World::start(quick(), vec![]).await;
    let mut discord = world.peer().await;
    let began = Instant::now();
    world.stop();
    let closed = loop {
        match discord.frame().await {
            Some(Message::Close(frame)) => break frame,
            Some(_) => {}
            None => panic!("it ended without a word"),
        }
    };
    assert_eq!(u16::from(closed.unwrap().code), 1000);
    world.ended().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_stop_interrupts_an_attempt() {
    let world =
        World::start(Pace { address: Duration::from_mins(10), ..quick() }, vec![super::world::Telling::Hang]).await;
    while world.asked() == 0 {
        tokio::task::yield_now().await;
    }
    world.stop();
    world.ended().await;
    // One that no one answers.
    let mut world = World::start(Pace { connect: Duration::from_mins(10), ..quick() }, vec![]).await;
    let _tcp = world.tcp().await;
    let began = Instant::now();
    world.stop();
    world.ended().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_listener_that_fails_harms_nothing_else() {
    let mut world = World::start(quick(), vec![]).await;
    let mut discord = world.peer().await;
    discord.message("panic").await;
    assert!(matches!(world.hears().await, Heard::Event(_)));
    world.works(&mut discord).await;
    assert_eq!(world.asked(), 1);
}
