mod life;
mod world;

use std::collections::BTreeSet;

use futures_util::SinkExt as _;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use self::world::{World, quick};
use super::*;

#[tokio::test]
async fn acknowledgements_go_out_as_they_become_ready() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    slack.event(1, "hold").await;
    slack.event(2, "").await;
    assert_eq!(slack.acked().await, 2);
    // Slack's pings are answered meanwhile.
    slack.0.send(Message::Ping("p".into())).await.unwrap();
    loop {
        match slack.frame().await {
            Some(Message::Pong(pong)) if pong == "p" => break,
            Some(Message::Pong(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    world.release();
    assert_eq!(slack.acked().await, 1);
}

/// The places in a channel are taken in the order in which Slack told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn envelopes_come_to_the_inlet_in_their_order() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    for id in 1..=200 {
        slack.event(id, "").await;
    }
    for id in 1..=200 {
        assert_eq!(world.comes().await, id);
    }
}

#[tokio::test]
async fn an_answer_goes_where_slack_takes_one() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    let payload = json!({ "id": 1, "do": "answer" });
    let mut envelope = json!({ "type": "slash_commands", "envelope_id": "e", "payload": payload });
    slack.send(&envelope).await;
    assert_eq!(slack.ack().await, json!({ "envelope_id": "e" }));
    envelope["accepts_response_payload"] = json!(true);
    slack.send(&envelope).await;
    assert_eq!(slack.ack().await, json!({ "envelope_id": "e", "payload": { "text": "hi" } }));
}

#[tokio::test]
async fn what_fails_or_is_not_kept_is_not_acknowledged_and_harms_nothing_else() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    for (id, what) in [(1, "panic"), (2, "panic at once"), (3, "refuse")] {
        slack.event(id, what).await;
        assert_eq!(world.comes().await, id);
    }
    slack.event(4, "").await;
    assert_eq!(slack.acked().await, 4);
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn what_is_handled_too_long_is_given_up() {
    let mut world = World::start(1, Pace { answer: Duration::from_millis(20), ..quick() }, vec![]).await;
    let mut slack = world.peer().await;
    for id in 0..300 {
        slack.event(id, "hold").await;
    }
    slack.event(300, "").await;
    // More than there is room for were before it.
    assert_eq!(slack.acked().await, 300);
}

#[tokio::test]
async fn frames_that_nobody_understands_are_passed_over() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    for text in ["Hello", "[]", "{}", r#"{"type":"events_api","payload":{}}"#] {
        slack.0.send(Message::text(text)).await.unwrap();
    }
    slack.0.send(Message::Binary(vec![0xff; 3].into())).await.unwrap();
    slack.send(&json!({ "type": "carrier_pigeon", "envelope_id": "7", "payload": {} })).await;
    assert_eq!(slack.acked().await, 7);
    slack.event(8, "").await;
    assert_eq!(slack.acked().await, 8);
    assert_eq!(world.status.health().unreadable, 4);
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn a_giant_frame_costs_its_connection_and_no_more() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    let large = json!({ "type": "carrier_pigeon", "envelope_id": "1", "x": "x".repeat(3 << 20) });
    slack.send(&large).await;
    assert_eq!(slack.acked().await, 1);
    // It hangs up before it has read the end.
    let _ = slack.0.send(Message::text("x".repeat(5 << 20))).await;
    let mut next = world.peer().await;
    assert_eq!(world.status.health().last_trouble, Some(Trouble::TooLarge));
    next.event(2, "").await;
    assert_eq!(next.acked().await, 2);
}

#[tokio::test]
async fn so_many_are_handled_at_once_and_no_more() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    for id in 0..300 {
        slack.event(id, "hold").await;
    }
    let mut came = BTreeSet::new();
    while came.len() < 256 {
        came.insert(world.comes().await);
    }
    let more = tokio::time::timeout(Duration::from_millis(100), world.came.recv()).await;
    assert!(more.is_err(), "{more:?} came as well");
    world.release();
    let mut acked = BTreeSet::new();
    while acked.len() < 300 {
        acked.insert(slack.acked().await);
    }
    assert_eq!(acked, (0..300).collect());
}

#[tokio::test]
async fn what_was_begun_is_finished_though_its_connection_is_gone() {
    let mut world = World::start(1, quick(), vec![]).await;
    let mut slack = world.peer().await;
    slack.event(1, "hold").await;
    assert_eq!(world.comes().await, 1);
    drop(slack);
    let mut next = world.peer().await;
    world.release();
    assert_eq!(world.finished.recv().await, Some(1));
    next.event(2, "").await;
    // Only what came on it is acknowledged on it.
    assert_eq!(next.acked().await, 2);
}
