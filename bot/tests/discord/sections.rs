//! A section of the postmortem is edited in a modal, and the other steps are options of one command.

use crate::support::{DiscordWorld, LESSONS, in_discord};

in_discord!(a_section_is_edited_in_a_modal, a_postmortem_is_reviewed_by_options);

const POSTMORTEM: &str = "incident record postmortem";

async fn a_section_is_edited_in_a_modal(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    let at = (world.id("cy"), room.as_str());
    let offered = world.fake.autocomplete(at, POSTMORTEM, &[("do", "edit"), ("section", "less")], "section").await;
    assert_eq!(offered.choices()[0].1, "lessons");
    let edits = [("do", "edit"), ("section", "lessons")];
    let outcome = world.fake.slash(world.id("cy"), &room, POSTMORTEM, &edits).await;
    let modal = outcome.modal().expect("a form").clone();
    let sent = world.submits("cy", &modal, &[("text", "rotate the logs")]).await;
    assert_eq!(sent.text(), LESSONS);
    // The same form once more is of no use: somebody has written meanwhile, and what was typed is given back.
    let late = world.submits("cy", &modal, &[("text", "something else")]).await;
    assert!(late.text().contains("Nothing was done") && late.text().contains("something else"), "{}", late.text());
    assert!(world.row(1).await.postmortem.sections.values().all(|said| said.text == "rotate the logs"));
}

async fn a_postmortem_is_reviewed_by_options(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    let asks = [("do", "review"), ("what", "@bo")];
    let told = world.types_in(&room, "cy", POSTMORTEM, &asks).await;
    assert!(told.starts_with("The postmortem of INC-1 is in review by @bo"), "{told}");
    let told = world.types_in(&room, "bo", POSTMORTEM, &[("do", "sign")]).await;
    assert!(told.contains("it is approved"), "{told}");
    let told = world.types_in(&room, "cy", POSTMORTEM, &[("do", "status")]).await;
    assert!(told.contains("the postmortem is approved") && told.contains("[x] @bo"), "{told}");
    let told = world.types_in(&room, "cy", POSTMORTEM, &[("do", "due"), ("what", "fri 17:00")]).await;
    assert!(told.starts_with("The postmortem of INC-1 is due"), "{told}");
    let told = world.types_in(&room, "cy", POSTMORTEM, &[("do", "comment"), ("what", "why so late?")]).await;
    assert!(told.contains("is C1"), "{told}");
}
