//! The buttons of a card, and the forms that they open.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{SlackWorld, buttons, in_slack};

in_slack!(a_card_offers_what_can_be_done, two_things_are_changed_by_one_form, an_update_is_put_off);

async fn a_card_offers_what_can_be_done(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down sev3").await;
    let room = world.room(1).await.id;
    let card = world.said(&room)[0].clone();
    let words = ["lead", "update", "change", "action", "resolve", "timeline"].map(|word| format!("firebell:{word}"));
    assert_eq!(buttons(&card.blocks.into()), words);

    world.presses("bo", &room, "lead").await;
    assert_eq!(world.told("bo"), "@bo is lead of INC-1.");
    assert_eq!(world.room(1).await.topic.value, "SEV3 · declared · lead @bo");

    world.presses("bo", &room, "update").await;
    world.submits("bo", &[("text", json!("we roll back")), ("next", json!("30m"))]).await;
    assert!(world.told("bo").starts_with("Update of INC-1 sent. The next one is due at"), "{}", world.told("bo"));

    let shown = world.room(1).await.message(&card.ts).unwrap().text.clone();
    assert!(shown.contains("*Last update* 17:20: we roll back") && shown.contains("*Next update* due"), "{shown}");

    world.presses("bo", &room, "action").await;
    let offered = world.fake.suggest(world.id("bo"), "firebell:pick:people", "field:owner", "c").await;
    assert_eq!(offered.error, None);
    assert_eq!(offered.ack.unwrap()["options"][0]["value"], "cy");
    let late = world.submits("bo", &[("text", json!("alert on it")), ("due", json!("when it suits"))]).await;
    assert!(late.errors.contains_key("field:due"), "{late:?}");
    world.submits("bo", &[("text", json!("alert on it")), ("owner", json!("cy"))]).await;
    assert_eq!(world.told("bo"), "Action A1 added to INC-1.");

    world.presses("bo", &room, "timeline").await;
    assert!(world.told("bo").contains("Action A1: alert on it @cy"), "{}", world.told("bo"));

    world.presses("bo", &room, "resolve").await;
    world.submits("bo", &[("summary", json!("rolled back"))]).await;
    let channel = world.room(1).await;
    let card = channel.message(&card.ts).unwrap();
    assert!(card.text.contains("*resolved*") && card.text.contains("*Resolution:* rolled back"), "{}", card.text);
    assert_eq!(buttons(&card.blocks.clone().into()), ["firebell:action", "firebell:timeline"]);
}

async fn two_things_are_changed_by_one_form(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down sev3").await;
    let room = world.room(1).await.id;
    world.presses("bo", &room, "change").await;
    let same = world.submits("bo", &[]).await;
    assert!(same.errors.contains_key("field:severity"), "{same:?}");
    let sent = world.submits("bo", &[("severity", json!("sev4")), ("status", json!("mitigated"))]).await;
    assert!(sent.errors.is_empty() && sent.error.is_none(), "{sent:?}");
    let incident = world.row(1).await;
    assert_eq!((incident.severity.as_str(), incident.status.word().to_string().as_str()), ("sev4", "mitigated"));
    assert_eq!(world.room(1).await.topic.value, "SEV4 · mitigated · nobody leads yet");
}

async fn an_update_is_put_off(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down sev1").await;
    world.presses("bo", &world.dm("bo").id, "ack").await;
    world.advance(TimeDelta::minutes(31)).await;
    let room = world.room(1).await.id;
    let reminder = world.said(&room).last().unwrap().clone();
    assert!(reminder.text.contains("An update was due at"), "{}", reminder.text);
    assert_eq!(buttons(&reminder.blocks.into()), ["firebell:update", "firebell:snooze"]);
    world.presses("bo", &room, "snooze").await;
    assert!(world.told("bo").starts_with("The next update of INC-1 is reminded of at"), "{}", world.told("bo"));
}
