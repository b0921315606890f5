//! Why it happened, found out in Discord: commands, a form, the menu of a message and a reaction.

use crate::support::{DiscordWorld, in_discord};

in_discord!(
    a_form_changes_a_cause,
    a_message_becomes_evidence_by_its_menu,
    a_reaction_makes_evidence_and_takes_it_back,
    causes_and_categories_are_offered,
);

async fn room(world: &DiscordWorld) -> String {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    world.room(1).await.id
}

async fn a_form_changes_a_cause(world: &mut DiscordWorld) {
    let room = room(world).await;
    world.types_in(&room, "cy", "incident analysis factor", &[("text", "the disk @everyone")]).await;
    let outcome = world.fake.slash(world.id("cy"), &room, "incident analysis cause", &[("cause", "F1")]).await;
    let modal = outcome.modal().expect("a form").clone();
    assert_eq!(modal.title, "Change F1");
    let wrong = [("cause", "F1"), ("text", "the disk"), ("role", "reason"), ("category", "")];
    let wrong = world.submits("cy", &modal, &wrong).await;
    assert!(wrong.text().contains("Nothing was done"), "{}", wrong.text());
    let filled = [("cause", "F1"), ("text", "the disk filled up"), ("role", "trigger"), ("category", "capacity")];
    let sent = world.submits("cy", &modal, &filled).await;
    assert_eq!(sent.error, None);
    let shown = world.types_in(&room, "bo", "incident analysis causes", &[]).await;
    assert!(shown.contains("F1 trigger") && shown.contains("the disk filled up"), "{shown}");
}

async fn a_message_becomes_evidence_by_its_menu(world: &mut DiscordWorld) {
    let room = room(world).await;
    let said = world.fake.says(world.id("bo"), &room, "df says 100 %");
    world.settle().await;
    world.types_in(&room, "cy", "incident analysis factor", &[("text", "the disk")]).await;
    let outcome = world.fake.menu(world.id("cy"), "Add as evidence", &room, &said).await;
    assert_eq!(outcome.error, None);
    world.settle().await;
    world.types_in(&room, "cy", "incident analysis factor", &[("text", "nobody watches it")]).await;
    let outcome = world.fake.menu(world.id("cy"), "Add as evidence", &room, &said).await;
    let modal = outcome.modal().expect("a form").clone();
    let sent = world.submits("cy", &modal, &[("cause", "INC-1 F2")]).await;
    assert_eq!(sent.error, None);
    let causes = world.row(1).await.analysis.causes;
    assert_eq!(causes.iter().map(|cause| cause.evidence.len()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(causes[0].evidence, causes[1].evidence, "the message is on the timeline once");
}

async fn a_reaction_makes_evidence_and_takes_it_back(world: &mut DiscordWorld) {
    let room = room(world).await;
    let (bo, cy) = (world.id("bo").to_owned(), world.id("cy").to_owned());
    world.types_in(&room, "cy", "incident analysis factor", &[("text", "the disk")]).await;
    let said = world.fake.says(&bo, &room, "df says 100 %");
    world.settle().await;
    world.fake.reacts(&cy, &room, &said, "🔍");
    world.fake.reacts(&bo, &room, &said, "🔍");
    world.settle().await;
    let stands = async |world: &DiscordWorld| {
        let row = world.row(1).await;
        (row.marked.len(), row.analysis.causes[0].evidence.len())
    };
    assert_eq!(stands(world).await, (1, 1));
    world.fake.unreacts(&cy, &room, &said, "🔍");
    world.settle().await;
    assert_eq!(stands(world).await, (1, 1), "bo holds it");
    world.fake.unreacts(&bo, &room, &said, "🔍");
    world.settle().await;
    assert_eq!(stands(world).await, (0, 0));
}

async fn causes_and_categories_are_offered(world: &mut DiscordWorld) {
    let room = room(world).await;
    world.types_in(&room, "cy", "incident analysis factor", &[("text", "the disk")]).await;
    let at = (world.id("cy"), room.as_str());
    let offered = world.fake.autocomplete(at, "incident analysis confirm", &[("cause", "disk")], "cause").await;
    assert_eq!(offered.choices()[0].1, "F1");
    let typed = [("text", "x"), ("category", "cap")];
    let offered = world.fake.autocomplete(at, "incident analysis factor", &typed, "category").await;
    assert_eq!(offered.choices()[0].1, "capacity");
}
