//! How connections begin, follow each other and end.

use std::collections::BTreeSet;
use std::time::Instant;

use futures_util::StreamExt as _;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::super::*;
use super::world::{Opening, Peer, World, quick};

const SHORT: Duration = Duration::from_millis(100);

async fn works(slack: &mut Peer) {
    slack.event(99, "").await;
    assert_eq!(slack.acked().await, 99);
}

#[tokio::test]
async fn what_never_answers_is_given_up_at_every_step() {
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let deaf = (format!("ws://{}", deaf.local_addr().unwrap()), deaf);
    let script = vec![Opening::Hang, Opening::Elsewhere(deaf.0.clone())];
    let half = Duration::from_millis(500);
    let pace = Pace { open: half, connect: half, hello: half, ..quick() };
    let mut world = World::start(1, pace, script).await;
    world.healthy(|health| health.last_trouble == Some(Trouble::NotOpened)).await;
    world.healthy(|health| health.last_trouble == Some(Trouble::NotConnected)).await;
    let _wordless = world.wordless().await;
    world.healthy(|health| health.last_trouble == Some(Trouble::NoHello)).await;
    works(&mut world.peer().await).await;
    assert_eq!(world.asked(), 4);
}

#[tokio::test]
async fn nothing_that_goes_wrong_ends_the_attempts() {
    let refused = |code: &str| Opening::Fail(OpenError::Refused { code: code.to_owned() });
    let script = vec![
        Opening::Fail(OpenError::Failed),
        refused("invalid_auth"),
        refused("internal_error"),
        Opening::Elsewhere("http://127.0.0.1/".to_owned()),
        Opening::Elsewhere("no URL".to_owned()),
        Opening::Elsewhere("ws://127.0.0.1:1".to_owned()),
        Opening::Panic,
    ];
    let mut world = World::start(1, quick(), script).await;
    // A handshake that is refused, and a connection that ends before its first word.
    drop(world.tcp().await);
    drop(world.wordless().await);
    works(&mut world.peer().await).await;
    assert_eq!(world.asked(), 10);
}

#[tokio::test]
async fn slack_says_when_to_come_back() {
    let wait = Duration::from_millis(400);
    let began = Instant::now();
    let script = vec![Opening::Fail(OpenError::RetryAfter(wait))];
    let mut world = World::start(1, quick(), script).await;
    works(&mut world.peer().await).await;
    assert!(began.elapsed() >= wait, "{:?}", began.elapsed());
    let long = Opening::Fail(OpenError::RetryAfter(Duration::MAX));
    let world = World::start(1, quick(), vec![long]).await;
    world.healthy(|health| health.last_trouble == Some(Trouble::AskedToWait(Duration::MAX))).await;
    world.stop();
    world.ended().await;
}

#[tokio::test]
async fn a_refusal_that_stays_is_tried_at_its_own_pace() {
    let refused = Duration::from_millis(400);
    let script = vec![Opening::Fail(OpenError::Refused { code: "token_revoked".to_owned() })];
    let began = Instant::now();
    let mut world = World::start(1, Pace { refused, ..quick() }, script).await;
    let mut slack = world.peer().await;
    assert!(began.elapsed() >= refused, "{:?}", began.elapsed());
    let switched_off = Instant::now();
    slack.disconnect("link_disabled").await;
    works(&mut slack).await;
    let mut next = world.peer().await;
    assert!(switched_off.elapsed() >= refused, "{:?}", switched_off.elapsed());
    assert_eq!(world.status.health().last_trouble, Some(Trouble::Disabled));
    works(&mut next).await;
}

#[tokio::test]
async fn after_a_drop_it_listens_again_within_two_seconds() {
    let mut world = World::start(1, Pace::default(), vec![]).await;
    let mut slack = world.peer().await;
    works(&mut slack).await;
    let began = Instant::now();
    drop(slack);
    works(&mut world.peer().await).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_silent_connection_is_given_up_and_one_that_answers_is_not() {
    let silence = Duration::from_millis(400);
    let mut world = World::start(1, Pace { ping: silence / 8, silence, ..quick() }, vec![]).await;
    // Its end is there, and reads nothing any more.
    let _silent = world.peer().await;
    let mut alive = world.peer().await;
    assert_eq!(world.status.health().last_trouble, Some(Trouble::Silent));
    // Pings alone are heard for some time; reading answers them.
    let mut pings = 0;
    while pings < 24 {
        match timeout(silence, alive.0.next()).await {
            Ok(Some(Ok(Message::Ping(_)))) => pings += 1,
            other => panic!("{other:?} after {pings} pings"),
        }
    }
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn another_takes_the_place_of_one_that_is_renewed_in_a_burst() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut old = world.peer().await;
    world.status.gap().await;
    for id in 0..50 {
        old.event(id, if id % 2 == 0 { "hold" } else { "" }).await;
    }
    old.disconnect("refresh_requested").await;
    let mut new = world.wordless().await;
    // As long as the other has not said hello, this one is all there is, however long that takes.
    tokio::time::sleep(quick().replaced * 2).await;
    for id in 50..60 {
        old.event(id, "").await;
    }
    new.hello().await;
    for id in 60..70 {
        old.event(id, "").await;
        new.event(id + 40, "").await;
    }
    world.healthy(|health| health.up == 2).await;
    world.release();
    let mut acked = BTreeSet::new();
    while acked.len() < 70 {
        assert!(acked.insert(old.acked().await), "it was acknowledged twice");
    }
    assert_eq!(acked, (0..70).collect());
    let mut acked = BTreeSet::new();
    while acked.len() < 10 {
        acked.insert(new.acked().await);
    }
    assert_eq!(acked, (100..110).collect());
    // Slack does not close it, so we do.
    assert!(matches!(old.frame().await, Some(Message::Close(_))));
    world.healthy(|health| health.up == 1).await;
    let mut came = BTreeSet::new();
    while let Ok(id) = world.came.try_recv() {
        assert!(came.insert(id), "{id} was handled twice");
    }
    assert_eq!(came.len(), 80);
    let gap = timeout(SHORT, world.status.gap()).await;
    assert!(gap.is_err(), "there was none: {gap:?}");
    assert_eq!(world.asked(), 2);
    works(&mut new).await;
}

#[tokio::test]
async fn one_that_slack_closes_while_it_is_renewed_is_not_missed() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut old = world.peer().await;
    old.disconnect("warning").await;
    let mut new = world.peer().await;
    old.0.close(None).await.unwrap();
    // The close frame is answered.
    assert!(matches!(old.frame().await, Some(Message::Close(_)) | None));
    world.healthy(|health| health.up == 1).await;
    works(&mut new).await;
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn connections_live_each_for_itself() {
    let mut world = World::start(2, quick(), vec![]).await;
    let (mut first, mut second) = (world.peer().await, world.peer().await);
    world.healthy(|health| health.up == 2 && health.none_since.is_none()).await;
    assert_eq!(world.status.gap().await.since, None);
    drop(first);
    first = world.peer().await;
    works(&mut second).await;
    works(&mut first).await;
    let gap = timeout(SHORT, world.status.gap()).await;
    assert!(gap.is_err(), "one was always up: {gap:?}");
    drop((first, second));
    world.healthy(|health| health.up == 0 && health.none_since.is_some()).await;
    let mut again = world.peer().await;
    let gap = world.status.gap().await;
    assert!(gap.since.is_some_and(|since| since <= gap.until), "{gap:?}");
    works(&mut again).await;
}

#[tokio::test]
async fn at_a_stop_what_was_begun_is_finished_and_nothing_else_is_taken() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    slack.event(1, "hold").await;
    assert_eq!(world.comes().await, 1);
    world.stop();
    // It is known that the stop was seen when an envelope is not taken any more.
    let mut begun = BTreeSet::from([1]);
    for id in 2.. {
        slack.event(id, "").await;
        match timeout(SHORT, world.came.recv()).await {
            Ok(id) => assert!(begun.insert(id.unwrap())),
            Err(_) => break,
        }
    }
    world.release();
    let mut acked = BTreeSet::new();
    loop {
        match slack.frame().await {
            Some(Message::Text(text)) => {
                let ack: serde_json::Value = serde_json::from_str(&text).unwrap();
                acked.insert(ack["envelope_id"].as_str().unwrap().parse().unwrap());
            }
            Some(Message::Close(_)) => break,
            Some(_) => {}
            None => panic!("it ended without a word"),
        }
    }
    assert_eq!(acked, begun);
    assert!(world.came.try_recv().is_err(), "an envelope was taken after the stop");
    assert_eq!(world.asked(), 1);
    world.ended().await;
}

#[tokio::test]
async fn a_stop_waits_only_so_long() {
    let pace = Pace { drain: SHORT, close: SHORT, ..quick() };
    let mut world = World::start(1, pace, vec![]).await;
    let mut slack = world.peer().await;
    slack.event(1, "hold").await;
    assert_eq!(world.comes().await, 1);
    let began = Instant::now();
    world.stop();
    world.ended().await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_stop_interrupts_an_attempt() {
    let world = World::start(1, Pace { open: Duration::from_mins(10), ..quick() }, vec![Opening::Hang]).await;
    while world.asked() == 0 {
        tokio::task::yield_now().await;
    }
    world.stop();
    world.ended().await;
}
