//! The home page of the app.

use serde_json::json;

use crate::support::{SlackWorld, in_slack};

in_slack!(a_home_shows_what_concerns_somebody);

async fn a_home_shows_what_concerns_somebody(world: &mut SlackWorld) {
    world.fake.opens_home(world.id("gus")).await;
    world.fake.opens_home(world.id("bo")).await;
    world.settle().await;
    let home = |who: &str| world.fake.home(world.id(who)).unwrap().body.to_string();
    assert!(home("gus").contains("is a guest here") && !home("gus").contains("@bo"), "{}", home("gus"));
    for text in [
        "There is no open incident.",
        "Nobody waits for your acknowledgement.",
        "You have no open actions.",
        "web: @bo",
    ] {
        assert!(home("bo").contains(text), "{text}: {}", home("bo"));
    }
    world.types("cy", "declare checkout is down sev1 --service checkout").await;
    world.types("cy", "action alert on it @bo --due 2025-12-01").await;
    world.fake.opens_home(world.id("bo")).await;
    world.settle().await;
    for text in ["INC-1 SEV1 declared: checkout is down", "A1 of INC-1: alert on it, due 2025-12-01"] {
        assert!(home("bo").contains(text), "{text}: {}", home("bo"));
    }
    let pressed = world.fake.press_in_home(world.id("bo"), "firebell:ack").await;
    assert_eq!(pressed.error, None);
    world.settle().await;
    assert_eq!(world.dm("bo").messages.last().unwrap().text, "You have INC-1.");
    let pressed = world.fake.press_in_home(world.id("bo"), "firebell:declare").await;
    assert_eq!(pressed.error, None);
    world.settle().await;
    world.submits("bo", &[("title", json!("search is slow"))]).await;
    assert!(world.fake.find_channel("inc-2-search-is-slow").is_some());
}
