//! Interactions come by signed HTTP.

use crate::support::discord::Signing;
use crate::support::{BeforeDiscord, DiscordWorld, in_discord};

in_discord!(by_http => what_is_signed_is_answered);

fn by_http(before: &mut BeforeDiscord) {
    before.by_http = true;
    before.config.public_key = Some(before.fake.public_key());
}

async fn what_is_signed_is_answered(world: &mut DiscordWorld) {
    assert_eq!(world.fake.pings().await.json()["type"], 1);
    let told = world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    assert!(told.starts_with("INC-1 declared"), "{told}");
    world.fake.sign_next(Signing::Forged);
    assert_eq!(world.fake.pings().await.status, 401);
    world.fake.sign_next(Signing::Stale);
    assert_eq!(world.fake.pings().await.status, 401);
    world.fake.replay().await;
    world.settle().await;
    assert_eq!(world.fake.threads(&world.forum).len(), 1, "what comes twice is done once");
}
