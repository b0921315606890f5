//! A private incident is nowhere to be seen by those who take no part.

use serde_json::json;

use crate::support::slack::Kind;
use crate::support::{Before, SlackWorld, in_slack};

const SECRET: &str = "payroll leaked";

in_slack!(announced => outsiders_see_nothing_of_it);

fn announced(before: &mut Before) {
    before.config.announce = vec![before.fake.add_channel("status", Kind::Public, &[])];
}

async fn outsiders_see_nothing_of_it(world: &mut SlackWorld) {
    world.types("cy", &format!("declare {SECRET} --private")).await;
    let room = world.fake.channel("inc-1");
    assert_eq!(room.members.len(), 2, "the bot and cy: {:?}", room.members);
    assert!(world.fake.channel("status").messages.is_empty(), "it is announced nowhere");
    assert_eq!(world.types("eve", "list").await, "No open incidents; `/incident list all` shows the ended ones.");
    assert_eq!(world.types("eve", "INC-1 show").await, "! No incident is called INC-1");
    assert_eq!(world.types("eve", "INC-9 show").await, "! No incident is called INC-9");
    world.fake.opens_home(world.id("eve")).await;
    world.fake.opens_home(world.id("cy")).await;
    world.settle().await;
    let home = |who: &str| json!(world.fake.home(world.id(who)).unwrap().body).to_string();
    assert!(!home("eve").contains(SECRET) && !home("eve").contains("INC-1"));
    assert!(home("cy").contains(SECRET));
    // Whoever is let in sees it.
    world.fake.joins(world.id("eve"), &room.id).await;
    world.settle().await;
    assert!(world.types("eve", "list").await.contains(SECRET));
}
