//! The gateway comes and goes, and nothing is missed.

use crate::support::{BeforeDiscord, DiscordWorld, in_discord};

in_discord!(of_two_processes_one_listens_and_the_other_takes_over);
in_discord!(what_was_said_while_nobody_listened_is_read, what_nobody_carried_out_is_carried_out_after_a_restart);
in_discord!(elsewhere => the_gateway_is_where_the_configuration_says);

/// Discord says of the gateway that it is where nobody listens, as it would behind a proxy.
fn elsewhere(before: &mut BeforeDiscord) {
    before.config.gateway_url = Some(before.fake.gateway_url());
    before.fake.with(|state| state.gateway.tells("ws://127.0.0.1:9"));
}

async fn the_gateway_is_where_the_configuration_says(world: &mut DiscordWorld) {
    assert_eq!(
        world.types("cy", "incident list", &[]).await,
        "No open incidents; `/incident list which:all` shows the ended ones."
    );
}

async fn what_was_said_while_nobody_listened_is_read(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    world.is_killed().await;
    world.fake.says(world.id("bo"), &room, "is anybody there?");
    let edited = world.fake.says(world.id("bo"), &room, "it is the cache");
    world.fake.edits(&room, &edited, "it is the queue");
    world.starts().await;
    world.until_keeps(1, &["is anybody there?", "it is the queue"]).await;
}

async fn what_nobody_carried_out_is_carried_out_after_a_restart(world: &mut DiscordWorld) {
    let outcome =
        world.fake.slash(world.id("cy"), &world.general, "incident declare", &[("title", "api is down")]).await;
    assert!(outcome.text().starts_with("INC-1 declared"), "{}", outcome.text());
    world.killed_when(|fake| !fake.calls_of("POST /channels/{channel_id}/threads").is_empty()).await;
    // What the dead process had begun is taken over.
    world.advance(chrono::TimeDelta::minutes(1)).await;
    let room = world.room(1).await;
    assert_eq!(world.fake.threads(&world.forum).len(), 1, "there is never a second room");
    assert_eq!(world.fake.pins_of(&room.id).len(), 1);
}

async fn of_two_processes_one_listens_and_the_other_takes_over(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    let first = world.fake.connects();
    world.is_followed().await;
    assert_eq!(world.fake.connects(), first, "the second listens to nothing while the first does");
    world.fake.says(world.id("bo"), &room, "is anybody there?");
    let since = world.clock.now();
    let taken_over = || world.fake.until("the other to listen", |fake| (fake.connects() > first).then_some(()));
    world.passes_while(chrono::TimeDelta::seconds(1), taken_over).await;
    // On Postgres the lease runs by the server's own clock.
    if world.place.url.to_string().starts_with("sqlite") {
        let took = world.clock.now() - since;
        assert!(took <= chrono::TimeDelta::seconds(10), "it takes over after {took}");
    }
    world.fake.connected(1).await;
    world.until_kept(1, 1).await;
    assert_eq!(world.kept(1).await, ["is anybody there?"]);
}
