//! What an installation has configured of its own: types, roles, custom fields, and whom to page.

use crate::support::{World, minutes, on_both};

on_both!(types_roles_and_fields_are_kept_and_shown, without_a_policy_the_last_resort_is_paged, nobody_can_be_paged);

const ROOM: &str = "inc-1-a-key-has-leaked";

async fn types_roles_and_fields_are_kept_and_shown(world: &mut World) {
    let declare = "/incident declare a key has leaked --type security --field region=EU";
    assert_eq!(world.says("ana", declare).await, "INC-1 declared at SEV3.");
    assert_eq!(world.says("bo", "/incident role legal @dee").await, "@dee is legal of INC-1.");
    assert_eq!(world.says("bo", "/incident field ticket T-1 *urgent*").await, "Field ticket of INC-1 is set.");
    assert_eq!(world.says("bo", "/incident field region us").await, "Field region of INC-1 is set.");
    let room = world.terminal.room(ROOM);
    assert_eq!(room.posts, ["Legal counsel: @dee — @bo", "Support ticket: T-1 *urgent* — @bo", "Region: us — @bo"]);
    assert!(room.card.starts_with("INC-1  SEV3  declared  security\n"), "{}", room.card);
    assert!(room.card.contains("scribe – · legal @dee\n"), "{}", room.card);
    let shown = world.says("ana", "/incident show").await;
    assert!(shown.contains("\nregion: us\nsupport ticket: T-1 *urgent*\n"), "{shown}");
    let postmortem = world.says("ana", "/incident postmortem").await;
    let front = "type: \"security\"\n";
    assert!(postmortem.contains(front), "{postmortem}");
    assert!(postmortem.contains("\nfields: {\"region\":\"us\",\"ticket\":\"T-1 *urgent*\"}\n"), "{postmortem}");
    assert!(postmortem.contains("| Support ticket: T-1 \\*urgent\\* |"), "{postmortem}");
    assert_eq!(world.says("bo", "/incident field ticket --clear").await, "Field ticket of INC-1 is empty now.");
    assert_eq!(world.terminal.room(ROOM).posts.last().unwrap(), "Support ticket: emptied — @bo");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn without_a_policy_the_last_resort_is_paged(world: &mut World) {
    world
        .reorganise(|org| {
            let last_resort = org.files.last_resort.clone();
            org.nobody_to_page();
            org.files.last_resort = last_resort;
        })
        .await;
    let reply = world.says("ana", "/incident declare checkout is down sev1").await;
    assert_eq!(reply, "INC-1 declared at SEV1. Paging @dee.");
    let why = world.says("ana", "/incident why-paged").await;
    assert!(
        why.contains("page 1 (to the last resort, as no policy covers the incident), raised 09:00 by @ana"),
        "{why}"
    );
    let posts = world.terminal.room("inc-1-checkout-is-down").posts;
    assert_eq!(posts[0], "Paging the last resort, as no policy covers this incident — @ana");
    world.advance(minutes(5)).await;
    assert_eq!(world.pages("dee"), 2, "again, until somebody answers");
    assert_eq!(world.says("dee", "/incident ack").await, "You have INC-1.");
    world.advance(minutes(60)).await;
    assert_eq!(world.pages("dee"), 2);
}

async fn nobody_can_be_paged(world: &mut World) {
    world.reorganise(crate::support::Org::nobody_to_page).await;
    let nobody =
        "Nobody is paged: there is neither a policy nor a last resort; `/incident page @somebody` pages a person.";
    let reply = world.says("ana", "/incident declare checkout is down sev1").await;
    assert_eq!(reply, format!("INC-1 declared at SEV1. {nobody}"));
    assert_eq!(world.says("ana", "/incident sev sev3").await, "INC-1 is SEV3 now.");
    assert_eq!(world.says("ana", "/incident sev sev2").await, format!("INC-1 is SEV2 now. {nobody}"));
    assert_eq!(world.says("ana", "/incident page @bo").await, "Paging @bo for INC-1.");
    world.paged("bo");
}
