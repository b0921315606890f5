//! One incident in Discord and in Slack at once.

use chrono::TimeDelta;

use crate::support::slack::{Fault, Trouble};
use crate::support::{BeforeDiscord, DiscordWorld, discord, in_discord};

in_discord!(both => both_rooms_show_the_same, while_one_is_down_the_other_goes_on, two_accounts_become_one_person);
in_discord!(both => while_discord_is_down_slack_goes_on, what_is_redacted_is_gone_from_both);
in_discord!(both => a_process_starts_while_discord_is_down, a_process_starts_while_slack_is_down);
in_discord!(configured => both_rooms_are_there_from_the_start);

fn both(before: &mut BeforeDiscord) {
    before.connect_slack();
}

/// Severe incidents and those of checkout have a room in Slack besides, and what is said in one is shown in the other.
fn configured(before: &mut BeforeDiscord) {
    both(before);
    before.settings.mirror = true;
    before.settings.severities[0].rooms = vec!["slack".to_owned()];
    before.org.files.services[0].rooms = vec!["slack/main".to_owned()];
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

async fn while_discord_is_down_slack_goes_on(world: &mut DiscordWorld) {
    let (here, there) = mirrored(world).await;
    world.fake.breaks(discord::Trouble::with("*", discord::Fault::Status(502)));
    for text in ["one", "two", "three"] {
        world.slack().says(&world.slack_id("bo"), &there, text).await;
        world.settle().await;
    }
    let told = world.types_in_slack("cy", "INC-1 status identified").await;
    assert_eq!(told, "INC-1 is identified.");
    world.types_in_slack("cy", "INC-1 page bo the cache again").await;
    let paged = world.slack().dms(&world.slack_id("bo"));
    assert!(paged.iter().any(|message| message.text.contains("the cache again")), "{paged:?}");
    assert!(in_slack(world, &there).iter().any(|text| text.contains("identified")));
    world.fake.heals();
    world.advance(TimeDelta::minutes(10)).await;
    let shown = in_discord_room(world, &here);
    let order: Vec<usize> = ["one", "two", "three"]
        .iter()
        .map(|text| shown.iter().rposition(|said| said.contains(text)).unwrap_or_else(|| panic!("{text}: {shown:?}")))
        .collect();
    assert!(order.is_sorted(), "it catches up in order: {shown:?}");
    assert_eq!(world.tags(&here), ["identified", "sev3"]);
}

async fn a_process_starts_while_discord_is_down(world: &mut DiscordWorld) {
    let (here, there) = mirrored(world).await;
    world.is_killed().await;
    world.fake.breaks(discord::Trouble::with("*", discord::Fault::Status(503)));
    world.starts().await;
    assert_eq!(world.logged("Discord cannot be reached; all else starts").len(), 1);
    world.slack().says(&world.slack_id("bo"), &there, "is it us or them?").await;
    world.settle().await;
    assert_eq!(world.types_in_slack("cy", "INC-1 status identified").await, "INC-1 is identified.");
    world.fake.heals();
    world.passes_while(TimeDelta::seconds(5), || world.fake.connected(1)).await;
    world.advance(TimeDelta::minutes(10)).await;
    let shown = in_discord_room(world, &here);
    assert!(shown.iter().any(|text| text.contains("is it us or them?")), "{shown:?}");
    assert_eq!(world.tags(&here), ["identified", "sev3"]);
    let said = world.fake.says(world.id("bo"), &here, "it was them");
    world.until_kept(1, 2).await;
    assert_eq!(world.kept(1).await, ["is it us or them?", "it was them"], "{said}: and none of its own words");
}

async fn a_process_starts_while_slack_is_down(world: &mut DiscordWorld) {
    let (here, there) = mirrored(world).await;
    world.is_killed().await;
    world.slack().breaks(Trouble::with("*", Fault::Status(503)));
    world.starts().await;
    assert_eq!(world.logged("Slack cannot be reached; all else starts").len(), 1);
    world.fake.says(world.id("bo"), &here, "is it us or them?");
    world.until_kept(1, 1).await;
    assert_eq!(
        world.types_in(&here, "cy", "incident status", &[("status", "identified")]).await,
        "INC-1 is identified."
    );
    world.slack().heals();
    world.passes_while(TimeDelta::seconds(5), || world.slack().connected(1)).await;
    world.advance(TimeDelta::minutes(10)).await;
    let shown = in_slack(world, &there);
    assert!(shown.iter().any(|text| text.contains("is it us or them?")), "{shown:?}");
    assert_eq!(world.types_in_slack("cy", "INC-1 sev sev2").await, "INC-1 is SEV2 now. Paging @bo.");
}

async fn what_is_redacted_is_gone_from_both(world: &mut DiscordWorld) {
    let (here, there) = mirrored(world).await;
    world.fake.says(world.id("bo"), &here, "the password is hunter2");
    world.slack().says(&world.slack_id("dee"), &there, "hunter2 is mine").await;
    world.settle().await;
    for message in ["M1", "M2"] {
        let options = [("target", message), ("reason", "a password")];
        world.types_in(&here, "ana", "incident record redact", &options).await;
    }
    assert!(!in_slack(world, &there).concat().contains("hunter2"), "{:?}", in_slack(world, &there));
    assert!(!in_discord_room(world, &here).concat().contains("hunter2"), "{:?}", in_discord_room(world, &here));
    assert_eq!(world.broken().await, [""; 0]);
}

async fn both_rooms_are_there_from_the_start(world: &mut DiscordWorld) {
    for (number, options) in [
        (1, vec![("title", "api is down"), ("severity", "sev1")]),
        (2, vec![("title", "checkout is slow"), ("severity", "sev4"), ("service", "checkout")]),
        (3, vec![("title", "docs are slow"), ("severity", "sev4")]),
    ] {
        world.types("cy", "incident declare", &options).await;
        assert_eq!(world.row(number).await.rooms.len(), if number == 3 { 1 } else { 2 }, "INC-{number}");
    }
    let (here, there) = (world.room(1).await.id, world.slack().channel("inc-1-api-is-down"));
    let card = |text: &String| text.contains("api is down") && text.contains("SEV1");
    assert!(in_slack(world, &there.id).iter().any(card) && in_discord_room(world, &here).iter().any(card));
    let upload =
        discord::SharedFile { name: "graph.png", bytes: b"pixels", content_type: "image/png", comment: "look" };
    world.fake.uploads(world.id("bo"), &here, &[upload]);
    // Slack takes a message a second in each channel, and the room was told a few already.
    world.advance(TimeDelta::seconds(10)).await;
    let shown = in_slack(world, &there.id).concat();
    assert!(shown.contains("look") && shown.contains("graph.png") && shown.contains("http"), "{shown}");
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
