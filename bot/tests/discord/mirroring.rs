//! One incident in Discord and in Slack at once.

use chrono::TimeDelta;

use crate::support::slack::{Fault, Trouble};
use crate::support::{BeforeDiscord, DiscordWorld, in_discord};

in_discord!(both => both_rooms_show_the_same, while_one_is_down_the_other_goes_on, two_accounts_become_one_person);

fn both(before: &mut BeforeDiscord) {
    before.connect_slack();
}

/// INC-1 with a room on each platform, of which one shows what is said in the other: their ids in Discord and in Slack.
async fn mirrored(world: &DiscordWorld) -> (String, String) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let here = world.room(1).await.id;
    let added = world.types_in(&here, "cy", "incident room", &[("do", "add"), ("place", "slack")]).await;
    assert!(added.contains("INC-1"), "{added}");
    world.types_in(&here, "cy", "incident mirror", &[("switch", "on")]).await;
    let there = world.slack().channel("inc-1-checkout-is-down").id;
    (here, there)
}

fn in_slack(world: &DiscordWorld, room: &str) -> Vec<String> {
    let all = world.slack().channel_by_id(room).messages;
    all.into_iter().filter(|message| message.by_bot).map(|message| message.text).collect()
}

fn in_discord_room(world: &DiscordWorld, room: &str) -> Vec<String> {
    world.said(room).into_iter().map(|message| message.content).collect()
}

async fn both_rooms_show_the_same(world: &mut DiscordWorld) {
    let (here, there) = mirrored(world).await;
    let said = world.fake.says(world.id("bo"), &here, "it is the cache <@&1> @everyone");
    world.settle().await;
    let shown = in_slack(world, &there);
    let copy = shown.iter().find(|text| text.contains("it is the cache")).expect("it is shown in Slack");
    assert!(copy.contains("bo") && copy.contains("discord"), "{copy}");
    world.fake.edits(&here, &said, "it is the queue");
    world.slack().says(&world.slack_id("dee"), &there, "I see <!channel> too").await;
    world.settle().await;
    assert!(in_slack(world, &there).iter().any(|text| text.contains("it is the queue")));
    let back = in_discord_room(world, &here);
    assert!(back.iter().any(|text| text.contains("I see")), "{back:?}");
    assert!(world.said(&here).iter().all(|message| message.pinged.nobody()), "nobody is called by what is shown");
    world.types_in(&here, "cy", "incident update", &[("text", "restarting")]).await;
    assert!(in_slack(world, &there).iter().any(|text| text.contains("restarting")));
    world.types_in_slack("cy", "INC-1 sev sev2").await;
    assert_eq!(world.tags(&here), ["declared", "sev2"], "both show how it stands");
    world.fake.deletes(&here, &said);
    world.settle().await;
    assert!(!in_slack(world, &there).iter().any(|text| text.contains("it is the queue")));
    assert_eq!(world.kept(1).await.len(), 2, "one timeline, and no copy of a copy");
    assert_eq!(world.broken().await, [""; 0]);
}

async fn while_one_is_down_the_other_goes_on(world: &mut DiscordWorld) {
    let (here, there) = mirrored(world).await;
    world.slack().breaks(Trouble::with("*", Fault::Status(503)));
    for text in ["one", "two", "three"] {
        world.fake.says(world.id("bo"), &here, text);
        world.settle().await;
    }
    let told = world.types_in(&here, "cy", "incident status", &[("status", "identified")]).await;
    assert!(told.contains("identified"), "{told}");
    assert_eq!(world.tags(&here), ["identified", "sev3"]);
    world.slack().heals();
    world.advance(TimeDelta::minutes(10)).await;
    let shown = in_slack(world, &there);
    let order: Vec<usize> = ["one", "two", "three", "identified"]
        .iter()
        .map(|text| shown.iter().rposition(|said| said.contains(text)).unwrap_or_else(|| panic!("{text}: {shown:?}")))
        .collect();
    assert!(order[..3].is_sorted(), "it catches up in order: {shown:?}");
}

async fn two_accounts_become_one_person(world: &mut DiscordWorld) {
    let newcomer = world.fake.add_person("zoe");
    world.slack().add_person("zoe");
    let told = world.types_in_slack("zoe", "me link").await;
    let code = told
        .split_whitespace()
        .map(|word| word.trim_matches(['`', '.', ',']))
        .find(|word| word.len() >= 8 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-'));
    let code = code.unwrap_or_else(|| panic!("no code in {told}"));
    let outcome = world.fake.slash(&newcomer, &world.general, "incident me", &[("do", "link"), ("which", code)]).await;
    assert_eq!(outcome.error, None);
    world.settle().await;
    let handles = world.handles().await;
    let directory = world.app.intake.directory().await.unwrap();
    let active = directory.people.values().filter(|person| person.active && person.name.eq_ignore_ascii_case("zoe"));
    assert_eq!(active.count(), 1, "{handles:?}");
}
