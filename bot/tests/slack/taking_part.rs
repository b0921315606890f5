//! Whoever is let into the room of a private incident takes part in it; nobody else does.

use serde_json::json;

use crate::support::{SlackWorld, in_slack};

const SECRET: &str = "payroll leaked";

in_slack!(whoever_comes_into_the_room_takes_part, whoever_is_invited_takes_part);

/// Whether somebody sees the incident in lists, at home, and in the menu of incidents.
async fn sees(world: &SlackWorld, who: &str) -> [bool; 3] {
    let listed = world.types(who, "list").await.contains(SECRET);
    world.fake.opens_home(world.id(who)).await;
    world.settle().await;
    let home = json!(world.fake.home(world.id(who)).unwrap().body).to_string().contains(SECRET);
    let ts = world.fake.says(world.id(who), &world.general, "look").await;
    world.fake.message_shortcut(world.id(who), "mark", &world.general, &ts).await;
    world.settle().await;
    let offered = world.fake.suggest(world.id(who), "firebell:pick:incidents", "field:incident", "").await;
    world.fake.closes_view(world.id(who)).await;
    [listed, home, offered.ack.unwrap().to_string().contains(SECRET)]
}

async fn secret(world: &SlackWorld) -> String {
    // With one open incident there would be nothing to choose from.
    for title in ["search is slow", "carts are empty"] {
        world.types("dee", &format!("declare {title}")).await;
    }
    world.types("cy", &format!("declare {SECRET} --private")).await;
    world.room(3).await.id
}

async fn whoever_comes_into_the_room_takes_part(world: &mut SlackWorld) {
    let room = secret(world).await;
    for who in ["bo", "eve"] {
        assert_eq!(sees(world, who).await, [false; 3], "{who}");
    }
    world.fake.joins(world.id("eve"), &room).await;
    world.settle().await;
    assert_eq!((sees(world, "eve").await, sees(world, "bo").await), ([true; 3], [false; 3]));
    assert!(world.timeline("eve", 3).await.contains(SECRET));
    assert_eq!(world.types("bo", "INC-3 timeline").await, "! No incident is called INC-3");
    // It lasts: they were told already.
    world.fake.leaves(world.id("eve"), &room).await;
    world.settle().await;
    assert!(world.types("eve", "list").await.contains(SECRET));
    // In a room that is no incident's, nobody becomes anything.
    world.fake.joins(world.id("gus"), &world.general).await;
    world.settle().await;
    assert!(world.timeline("cy", 3).await.matches("@gus").count() == 0);
}

async fn whoever_is_invited_takes_part(world: &mut SlackWorld) {
    let room = secret(world).await;
    assert_eq!(world.types_in(&room, "cy", "page @bo we need you").await, "Paging @bo for INC-3.");
    assert!(world.room(3).await.has(world.id("bo")), "whoever is paged comes in");
    assert_eq!((sees(world, "bo").await, sees(world, "eve").await), ([true; 3], [false; 3]));
}
