//! A private incident is nowhere to be seen by those who take no part.

use crate::support::discord::Kind;
use crate::support::{BeforeDiscord, DiscordWorld, in_discord};

const SECRET: &str = "payroll leaked";

in_discord!(channels => outsiders_see_nothing_of_it);
in_discord!(threads => outsiders_see_nothing_of_a_thread);

fn channels(before: &mut BeforeDiscord) {
    before.config.announce = vec![before.fake.add_channel("status")];
}

fn threads(before: &mut BeforeDiscord) {
    channels(before);
    before.config.private_threads = Some(before.fake.add_channel("private"));
}

async fn outsiders_see_nothing_of_it(world: &mut DiscordWorld) {
    let room = told_nobody(world).await;
    assert_eq!(room, Kind::Text);
}

async fn outsiders_see_nothing_of_a_thread(world: &mut DiscordWorld) {
    let room = told_nobody(world).await;
    assert_eq!(room, Kind::PrivateThread);
}

async fn told_nobody(world: &mut DiscordWorld) -> Kind {
    world.types("cy", "incident declare", &[("title", SECRET), ("private", "true")]).await;
    let room = world.room(1).await;
    assert!(!room.name.contains("payroll"), "{}", room.name);
    let seen = |who: &str| world.fake.channels_seen_by(world.id(who)).iter().any(|channel| channel.id == room.id);
    assert!(seen("cy") && !seen("eve"));
    assert!(world.fake.channel("status").messages.is_empty(), "it is announced nowhere");
    let listed = world.types("eve", "incident list", &[]).await;
    assert!(listed.starts_with("No open incidents"), "{listed}");
    assert_eq!(world.types("eve", "incident show", &[("incident", "INC-1")]).await, "! No incident is called INC-1");
    let at = (world.id("eve"), world.general.as_str());
    let offered = world.fake.autocomplete(at, "incident show", &[("incident", "INC")], "incident").await;
    assert!(offered.choices().is_empty(), "{:?}", offered.choices());
    room.kind
}
