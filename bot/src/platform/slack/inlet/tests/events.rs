use std::sync::Arc;
use std::time::Duration;

use firebell_core::message::Happened;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Stand, body, pass};
use crate::platform::incoming::Happening;
use crate::platform::inlet::CallError;
use crate::platform::inlet::{Ack, Inlet as _, Kind, Raw};
use crate::platform::slack::inbound::tests::fixtures::{TS, event, events, message, reaction};

pub(super) fn said(id: &str, room: &str, text: &str) -> Value {
    event(id, &message(room, TS, text))
}

fn words(happening: &Happening) -> &str {
    match happening {
        Happening::Message { what: Happened::Said { text, .. }, .. } => text,
        Happening::Marked { message, .. } => &message.text,
        other => panic!("{other:?}"),
    }
}

async fn hears(stand: &Stand, payload: Value) {
    assert_eq!(body(stand.sends(Kind::Event, payload).await), None);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_kept_acknowledged_and_heard() {
    let stand = Stand::new();
    stand.line.knows("U2", "Bo Ek", "bo");
    for (index, inner) in events().iter().enumerate() {
        hears(&stand, event(&format!("Ev{index}"), inner)).await;
    }
    pass(1).await;
    assert_eq!(stand.desk.heard().len(), events().len());
    let kept = stand.desk.kept();
    assert!(kept.len() == events().len() && kept.iter().all(|(_, done)| *done));
    hears(&stand, said("Ev99", "C1", "<@U2> &amp; <@U5>")).await;
    pass(1).await;
    assert_eq!(words(&stand.desk.heard().pop().unwrap().1), "@Bo Ek & @U5");
}

#[tokio::test(start_paused = true)]
async fn noise_is_acknowledged_and_not_kept() {
    let stand = Stand::new();
    let mut own = message("C1", TS, "a card");
    own["user"] = json!("UBOT");
    for payload in [event("Ev1", &own), event("Ev2", &json!({ "type": "of the future" })), json!(null)] {
        hears(&stand, payload).await;
    }
    assert!(stand.desk.kept().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_is_sent_again() {
    let stand = Stand::new();
    stand.desk.keeps("Ev1", 0, false);
    assert!(matches!(stand.sends(Kind::Event, said("Ev1", "C1", "a")).await, Ack::NotKept));
    hears(&stand, said("Ev2", "C1", "b")).await;
    stand.desk.keeps("Ev1", 0, true);
    hears(&stand, said("Ev1", "C1", "a")).await;
    // Twice the same: it is kept once, and heard once.
    hears(&stand, said("Ev1", "C1", "a")).await;
    pass(1).await;
    assert_eq!(stand.desk.heard_ids(), ["Ev2", "Ev1"]);
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_heard_in_the_order_in_which_it_came_in() {
    let stand = Stand::new();
    // The first is the slowest to be kept, and the second has to be asked about.
    stand.desk.keeps("Ev0", 800, true);
    stand.line.fails("profile", 2);
    let receive = |index: usize| {
        let text = if index == 1 { "<@U2>" } else { "a" };
        let payload = said(&format!("Ev{index}"), "C1", text);
        stand.inlet.receive(Raw { kind: Kind::Event, payload, retry: 0 })
    };
    let acks = (0..20).map(receive);
    futures_util::future::join_all(acks).await;
    pass(5000).await;
    let expected: Vec<String> = (0..20).map(|index| format!("Ev{index}")).collect();
    assert_eq!(stand.desk.heard_ids(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_waits_holds_up_no_other() {
    let stand = Stand::new();
    stand.line.is_down(true);
    stand.desk.is_deaf_to("Ev0", 3);
    hears(&stand, said("Ev0", "C0", "deaf")).await;
    hears(&stand, event("Ev1", &reaction("reaction_added", "pushpin"))).await;
    hears(&stand, said("Ev2", "C1", "behind it")).await;
    for index in 3..40 {
        hears(&stand, said(&format!("Ev{index}"), &format!("C{index}"), "a")).await;
    }
    pass(10).await;
    assert_eq!(stand.desk.heard().len(), 37);
    stand.line.has_message("C1", json!({ "user": "U2", "ts": TS, "text": "look" }));
    stand.line.is_down(false);
    pass(5000).await;
    let ids = stand.desk.heard_ids();
    assert!(ids.contains(&"Ev0".to_owned()));
    let of_channel: Vec<&String> = ids.iter().filter(|id| *id == "Ev1" || *id == "Ev2").collect();
    assert_eq!(of_channel, ["Ev1", "Ev2"]);
    let marked = stand.desk.heard().into_iter().find(|(id, _)| id == "Ev1").unwrap().1;
    assert_eq!(words(&marked), "look");
}

#[tokio::test(start_paused = true)]
async fn after_some_minutes_what_is_known_is_recorded() {
    let stand = Stand::new();
    stand.line.is_down(true);
    hears(&stand, said("Ev1", "C1", "<@U2> look")).await;
    hears(&stand, event("Ev2", &reaction("reaction_added", "pushpin"))).await;
    pass(140_000).await;
    assert!(stand.desk.heard().is_empty());
    // Both waited at the same time.
    pass(60_000).await;
    let heard = stand.desk.heard();
    assert_eq!(
        heard.iter().map(|(_, heard)| words(heard)).collect::<Vec<_>>(),
        ["@U2 look", "[the message could not be read]"]
    );
    let Happening::Marked { message, .. } = &heard[1].1 else { panic!() };
    assert_eq!((message.id.as_str(), message.author.as_str()), (TS, "U2"));
}

#[tokio::test(start_paused = true)]
async fn slack_is_asked_again_when_it_says() {
    let stand = Stand::new();
    let error =
        CallError { retry_after: Some(Duration::from_secs(20)), reason: "ratelimited".to_owned(), is_final: false };
    stand.line.fails_with("profile", error);
    hears(&stand, said("Ev1", "C1", "<@U2>")).await;
    pass(19_000).await;
    assert_eq!(stand.line.made("profile"), 1);
    pass(2000).await;
    assert_eq!((stand.line.made("profile"), stand.desk.heard().len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_mark_is_taken_off_with_the_last_of_them() {
    let pinned = json!({ "pinned_to": ["C1"] });
    let reacted = |name: &str, users: &[&str], count: u8| json!({ "reactions": [{ "name": name, "users": users, "count": count }] });
    let table = [
        (json!({}), true),
        (pinned, false),
        (json!({ "pinned_to": [], "reactions": [] }), true),
        (reacted("pushpin", &["U3"], 1), false),
        (reacted("pushpin::skin-tone-3", &["U3"], 1), false),
        (reacted("eyes", &["U3"], 1), true),
        (reacted("pushpin", &["UBOT"], 1), true),
        (reacted("pushpin", &["UBOT"], 2), false),
    ];
    for (marks, off) in table {
        let stand = Stand::new();
        let mut message = json!({ "user": "U2", "ts": TS, "text": "look" });
        message.as_object_mut().unwrap().extend(marks.as_object().unwrap().clone());
        stand.line.has_message("C1", message);
        stand.line.fails("message", 2);
        hears(&stand, event("Ev1", &reaction("reaction_removed", "pushpin"))).await;
        pass(1).await;
        assert!(stand.desk.heard().is_empty(), "it is not known as yet");
        pass(30_000).await;
        assert_eq!((stand.desk.heard().len() == 1, stand.line.made("message")), (off, 3), "{marks}");
        assert_eq!(stand.desk.kept(), [("Ev1".to_owned(), true)]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_is_heard_after_a_restart() {
    let stand = Stand::new();
    stand.line.is_down(true);
    for (id, text) in [("Ev1", "<@U2> one"), ("Ev2", "two"), ("Ev3", "three")] {
        hears(&stand, said(id, "C1", text)).await;
    }
    stand.desk.has_kept("Ev4", b"not ours".to_vec());
    stand.inlet.stop().await;
    assert!(stand.desk.heard().is_empty());
    let again = Stand::with(stand.desk.clone(), Arc::default());
    again.inlet.resume().await.unwrap();
    // Asked for twice, it is taken up once.
    again.inlet.resume().await.unwrap();
    hears(&again, said("Ev5", "C1", "five")).await;
    pass(1).await;
    assert_eq!(stand.desk.heard_ids(), ["Ev1", "Ev2", "Ev3", "Ev5"]);
    assert!(stand.desk.kept().iter().all(|(_, done)| *done));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_nobody_can_store_stays_kept_and_lets_others_pass() {
    let stand = Stand::new();
    stand.desk.is_deaf_to("Ev1", 1000);
    hears(&stand, said("Ev1", "C1", "a")).await;
    hears(&stand, said("Ev2", "C1", "b")).await;
    pass(590_000).await;
    assert!(stand.desk.heard().is_empty());
    pass(60_000).await;
    assert_eq!(stand.desk.heard_ids(), ["Ev2"]);
    assert_eq!(stand.desk.kept(), [("Ev1".to_owned(), false), ("Ev2".to_owned(), true)]);
    stand.desk.is_deaf_to("Ev1", 0);
    stand.inlet.resume().await.unwrap();
    pass(1).await;
    assert_eq!(stand.desk.heard_ids(), ["Ev2", "Ev1"]);
}

#[tokio::test(start_paused = true)]
async fn too_much_at_once_is_sent_again() {
    let stand = Stand::new();
    stand.desk.is_deaf_to("Ev0", 1000);
    for index in 0..2048 {
        hears(&stand, said(&format!("Ev{index}"), "C1", "a")).await;
    }
    assert!(matches!(stand.sends(Kind::Event, said("Ev2048", "C1", "a")).await, Ack::NotKept));
    stand.desk.is_deaf_to("Ev0", 0);
    pass(60_000).await;
    assert_eq!(stand.desk.heard().len(), 2048);
    hears(&stand, said("Ev2048", "C1", "a")).await;
}

#[tokio::test(start_paused = true)]
async fn stopping_waits_no_longer_than_ten_seconds() {
    let stand = Stand::new();
    stand.desk.keeps("Ev1", 99_000, true);
    let receiving = stand.inlet.receive(Raw { kind: Kind::Event, payload: said("Ev1", "C1", "a"), retry: 0 });
    drop(receiving);
    let begun = Instant::now();
    stand.inlet.stop().await;
    assert_eq!(begun.elapsed().as_secs(), 10);
}
