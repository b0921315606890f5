//! Messages become facts by the shortcuts that messages have.

use serde_json::json;

use crate::support::{SlackWorld, in_slack};

in_slack!(
    a_message_of_the_room_is_marked,
    a_message_from_elsewhere_is_cited,
    of_several_incidents_one_is_chosen,
    an_incident_begins_with_a_message,
);

/// Somebody says something in `#general`, and it is pointed at by a shortcut.
async fn points_at(world: &SlackWorld, callback: &str, text: &str) -> String {
    let ts = world.fake.says(world.id("eve"), &world.general, text).await;
    let outcome = world.fake.message_shortcut(world.id("cy"), callback, &world.general, &ts).await;
    assert_eq!(outcome.error, None);
    world.settle().await;
    format!("https://acme-fire.slack.com/archives/{}/p{}", world.general, ts.replace('.', ""))
}

async fn a_message_of_the_room_is_marked(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    let ts = world.fake.says(world.id("bo"), &room, "the <database> is full").await;
    let outcome = world.fake.message_shortcut(world.id("cy"), "mark", &room, &ts).await;
    assert_eq!(outcome.error, None);
    world.settle().await;
    assert!(world.told("cy").starts_with("M1 is part of the timeline of INC-1 as E"), "{}", world.told("cy"));
    let timeline = world.timeline("cy", 1).await;
    assert!(timeline.contains("@bo wrote (M1): the &lt;database&gt; is full"), "{timeline}");
}

async fn a_message_from_elsewhere_is_cited(world: &mut SlackWorld) {
    points_at(world, "mark", "too early").await;
    assert!(world.told("cy").starts_with("! There is no open incident"), "{}", world.told("cy"));
    world.types("cy", "declare checkout is down").await;
    let link = points_at(world, "mark", "carts are empty").await;
    assert!(world.told("cy").starts_with("The message is part of the timeline of INC-1 as E"), "{}", world.told("cy"));
    let timeline = world.timeline("cy", 1).await;
    assert!(timeline.contains("@eve wrote: carts are empty") && timeline.contains(&link), "{timeline}");
}

async fn of_several_incidents_one_is_chosen(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    world.types("cy", "declare search is slow").await;
    world.types("bo", "declare a secret --private").await;
    let link = points_at(world, "mark", "carts are empty").await;
    let offered = world.fake.suggest(world.id("cy"), "firebell:pick:incidents", "field:incident", "").await;
    assert_eq!(offered.error, None);
    let offered = offered.ack.unwrap();
    let values: Vec<_> = offered["options"].as_array().unwrap().iter().map(|option| &option["value"]).collect();
    assert_eq!(values, ["INC-2", "INC-1"], "what is private is not offered");
    let sent = world.submits("cy", &[("incident", json!("INC-1"))]).await;
    assert!(sent.errors.is_empty() && sent.error.is_none(), "{sent:?}");
    let timeline = world.timeline("cy", 1).await;
    assert!(timeline.contains("@eve wrote: carts are empty") && timeline.contains(&link), "{timeline}");
}

async fn an_incident_begins_with_a_message(world: &mut SlackWorld) {
    let link = points_at(world, "declare_from", "carts are empty\nsince nine").await;
    let form = world.form("cy");
    assert_eq!(form.body["blocks"][0]["element"]["initial_value"], "carts are empty");
    let sent = world.submits("cy", &[]).await;
    assert!(sent.errors.is_empty() && sent.error.is_none(), "{sent:?}");
    let timeline = world.timeline("cy", 1).await;
    assert!(timeline.contains("@eve wrote: carts are empty\nsince nine") && timeline.contains(&link), "{timeline}");
}
