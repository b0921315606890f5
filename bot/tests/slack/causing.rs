//! Why it happened, found out in Slack: commands, a form, a shortcut on messages and a reaction.

use serde_json::json;

use crate::support::{SlackWorld, in_slack};

in_slack!(
    a_form_changes_a_cause,
    a_message_becomes_evidence_by_its_menu,
    a_reaction_makes_evidence_and_takes_it_back,
    what_people_write_is_inert_in_the_analysis,
);

async fn room(world: &SlackWorld) -> String {
    world.types("cy", "declare checkout is down").await;
    world.room(1).await.id
}

async fn a_form_changes_a_cause(world: &mut SlackWorld) {
    let room = room(world).await;
    world.types_in(&room, "cy", "factor the *disk*").await;
    world.types_in(&room, "cy", "cause F1").await;
    let form = world.form("cy").body.to_string();
    assert!(form.contains("Change F1") && form.contains("the *disk*"), "{form}");
    let wrong = [("cause", json!("F9")), ("text", json!("the disk")), ("role", json!("factor"))];
    let sent = world.submits("cy", &wrong).await;
    assert!(!sent.errors.is_empty(), "{sent:?}");
    let filled = [
        ("cause", json!("F1")),
        ("text", json!("the disk filled up")),
        ("role", json!("trigger")),
        ("category", json!("capacity")),
    ];
    let sent = world.submits("cy", &filled).await;
    assert!(sent.errors.is_empty() && sent.error.is_none(), "{sent:?}");
    let shown = world.types_in(&room, "bo", "causes").await;
    assert!(shown.contains("F1 trigger (capacity), suspected (no evidence): the disk filled up"), "{shown}");
}

async fn a_message_becomes_evidence_by_its_menu(world: &mut SlackWorld) {
    let room = room(world).await;
    let ts = world.fake.says(world.id("bo"), &room, "df says 100 %").await;
    let points = async |world: &SlackWorld| {
        let outcome = world.fake.message_shortcut(world.id("cy"), "evidence", &room, &ts).await;
        assert_eq!(outcome.error, None);
        world.settle().await;
    };
    points(world).await;
    assert!(world.told("cy").contains("there is no cause yet that it could support"), "{}", world.told("cy"));
    world.types_in(&room, "cy", "factor the disk").await;
    points(world).await;
    assert!(world.told("cy").contains("is evidence for F1 of INC-1"), "{}", world.told("cy"));
    world.types_in(&room, "cy", "factor nobody watches it").await;
    points(world).await;
    let sent = world.submits("cy", &[("cause", json!("INC-1 F2"))]).await;
    assert!(sent.errors.is_empty() && sent.error.is_none(), "{sent:?}");
    let causes = world.row(1).await.analysis.causes;
    assert_eq!(causes.iter().map(|cause| cause.evidence.len()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(causes[0].evidence, causes[1].evidence, "the message is on the timeline once");
}

async fn a_reaction_makes_evidence_and_takes_it_back(world: &mut SlackWorld) {
    let room = room(world).await;
    let ts = world.fake.says(world.id("bo"), &room, "df says 100 %").await;
    let evidence =
        async |world: &SlackWorld| world.row(1).await.analysis.causes.iter().map(|c| c.evidence.len()).sum::<usize>();
    world.fake.reacts(world.id("cy"), &room, &ts, "mag").await;
    world.settle().await;
    assert_eq!((world.row(1).await.marked.len(), evidence(world).await), (1, 0), "there is no cause yet");
    world.fake.unreacts(world.id("cy"), &room, &ts, "mag").await;
    world.settle().await;
    assert_eq!(world.row(1).await.marked.len(), 0);
    world.types_in(&room, "cy", "factor the disk").await;
    world.types_in(&room, "cy", "factor another").await;
    world.types_in(&room, "cy", "rule-out F2 it was not").await;
    world.fake.reacts(world.id("cy"), &room, &ts, "mag").await;
    world.fake.reacts(world.id("dee"), &room, &ts, "mag").await;
    world.fake.reacts(world.id("dee"), &room, &ts, "pushpin").await;
    world.settle().await;
    assert_eq!(world.row(1).await.analysis.causes[0].evidence.len(), 1, "of the newest that was not ruled out");
    world.fake.unreacts(world.id("cy"), &room, &ts, "mag").await;
    world.settle().await;
    assert_eq!(evidence(world).await, 1, "dee holds it");
    world.fake.unreacts(world.id("dee"), &room, &ts, "mag").await;
    world.settle().await;
    assert_eq!((world.row(1).await.marked.len(), evidence(world).await), (1, 0), "the pin is left");
}

async fn what_people_write_is_inert_in_the_analysis(world: &mut SlackWorld) {
    let room = room(world).await;
    world.types_in(&room, "cy", "factor <!channel> *bold* {{id}}").await;
    world.types_in(&room, "cy", "rule-out F1 <!here> it was not").await;
    for line in ["causes", "cause F1"] {
        let shown = world.types_in(&room, "bo", line).await;
        assert!(!shown.contains("<!channel>") && !shown.contains("<!here>"), "{shown}");
    }
}
