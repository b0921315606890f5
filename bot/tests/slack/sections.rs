//! A section of the postmortem is edited in a form.

use serde_json::json;

use crate::support::{LESSONS, SlackWorld, in_slack};

in_slack!(a_section_is_edited_in_a_form, what_was_written_meanwhile_is_not_replaced, a_long_section_opens_no_form);

async fn a_section_is_edited_in_a_form(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down sev3").await;
    let room = world.room(1).await.id;
    world.types_in(&room, "cy", "postmortem edit lessons").await;
    world.submits("cy", &[("text", json!("rotate the logs"))]).await;
    assert_eq!(world.told("cy"), LESSONS.replace("<name>", "&lt;name&gt;"));
    let said = |world: &SlackWorld| world.form("bo").body["blocks"].to_string();
    world.types_in(&room, "bo", "postmortem edit lessons").await;
    assert!(said(world).contains("rotate the logs"), "it is filled in: {}", said(world));
    world.submits("bo", &[("text", json!("rotate the logs weekly"))]).await;
    assert!(world.row(1).await.postmortem.sections.values().any(|said| said.text == "rotate the logs weekly"));
}

async fn what_was_written_meanwhile_is_not_replaced(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down sev3").await;
    world.types("bo", "INC-1 postmortem edit lessons").await;
    world.types("cy", "INC-1 postmortem write lessons rotate the logs").await;
    let late = world.submits("bo", &[("text", json!("something else"))]).await;
    let error = late.errors.get("field:text").cloned().unwrap_or_default();
    assert!(error.contains("was written by @cy after the form was opened"), "{late:?}");
    assert!(world.row(1).await.postmortem.sections.values().all(|said| said.text == "rotate the logs"));
}

async fn a_long_section_opens_no_form(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down sev3").await;
    world.types("cy", &format!("INC-1 postmortem write lessons {}", "word ".repeat(700))).await;
    let told = world.types("cy", "INC-1 postmortem edit lessons").await;
    assert!(told.contains("is longer than a form takes") && told.contains("firebell postmortem edit INC-1"), "{told}");
    assert!(world.fake.open_view(world.id("cy")).is_none());
    world.types("eve", "INC-7 postmortem edit lessons").await;
    assert!(world.told("eve").contains("No incident is called INC-7"), "{}", world.told("eve"));
}
