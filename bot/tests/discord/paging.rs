//! People are paged in person, and where that is closed to Firebell, in the room.

use chrono::TimeDelta;

use crate::support::{DiscordWorld, in_discord};

in_discord!(a_button_acknowledges_a_page, whoever_takes_no_messages_is_called_in_the_room_at_once);

async fn declared(world: &DiscordWorld) -> String {
    let options = [("title", "checkout is down"), ("severity", "sev1"), ("service", "checkout")];
    world.types("cy", "incident declare", &options).await
}

async fn a_button_acknowledges_a_page(world: &mut DiscordWorld) {
    assert_eq!(declared(world).await, "INC-1 declared at SEV1. Paging @bo.");
    let page = world.fake.dms(world.id("bo"))[0].clone();
    assert!(page.content.contains("INC-1: checkout is down"), "{}", page.content);
    world.presses("bo", &page.channel, "Acknowledge").await;
    let acknowledged = world.fake.dms(world.id("bo"));
    assert!(
        acknowledged.iter().any(|message| message.content == "You have INC-1.")
            || world.told("bo") == "You have INC-1."
    );
    let room = world.room(1).await;
    assert!(world.said(&room.id)[0].content.contains("acknowledged by"), "{}", world.said(&room.id)[0].content);
    assert!(room.has_member(world.id("bo")));
    world.advance(TimeDelta::minutes(20)).await;
    assert!(world.fake.dms(world.id("cy")).is_empty(), "nobody else is woken");
}

async fn whoever_takes_no_messages_is_called_in_the_room_at_once(world: &mut DiscordWorld) {
    world.fake.closes_dms(world.id("bo"));
    declared(world).await;
    let room = world.room(1).await;
    let called: Vec<_> = world.said(&room.id).into_iter().filter(|message| !message.pinged.nobody()).collect();
    assert_eq!(called.len(), 1, "{called:#?}");
    assert!(called[0].content.contains(&format!("<@{}>", world.id("bo"))), "{}", called[0].content);
    let why = world.types("cy", "incident why-paged", &[("incident", "INC-1"), ("person", "bo")]).await;
    assert!(why.contains("discord-room") || why.contains("discord"), "{why}");
    world.presses("bo", &room.id, "Acknowledge").await;
    assert_eq!(world.told("bo"), "You have INC-1.");
}
