//! What surrounds a room, and what Firebell hears without being allowed to read along.

use chrono::TimeDelta;

use crate::support::{BeforeDiscord, DiscordWorld, in_discord};

in_discord!(announced => an_incident_is_announced_and_edited_in_place);
in_discord!(channels => a_room_can_be_a_text_channel);
in_discord!(wordless => marks_and_commands_work_without_the_message_content);
in_discord!(copied => a_file_is_copied);
in_discord!(an_export_is_posted_to_the_room, severity_and_status_are_chosen_from_menus);

fn announced(before: &mut BeforeDiscord) {
    before.config.announce = vec![before.fake.add_channel("status")];
}

fn channels(before: &mut BeforeDiscord) {
    before.config.forum = None;
}

fn wordless(before: &mut BeforeDiscord) {
    before.fake.with(|state| state.content_intent = false);
}

fn copied(before: &mut BeforeDiscord) {
    before.config.copy_files = Some(1024 * 1024);
}

async fn an_incident_is_announced_and_edited_in_place(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let shown = |world: &DiscordWorld| world.said(&world.fake.channel("status").id);
    assert_eq!(shown(world).len(), 1);
    world.types("cy", "incident resolve", &[("incident", "INC-1"), ("summary", "restarted")]).await;
    let then = shown(world);
    assert_eq!(then.len(), 1);
    assert!(then[0].content.contains("resolved"), "{}", then[0].content);
}

async fn a_room_can_be_a_text_channel(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await;
    assert!(room.topic.as_deref().is_some_and(|topic| topic.contains("SEV3")), "{:?}", room.topic);
    assert_eq!(world.fake.pins_of(&room.id).len(), 1);
    world.types_in(&room.id, "cy", "incident resolve", &[("summary", "restarted")]).await;
    world.types_in(&room.id, "cy", "incident end close", &[]).await;
    world.advance(TimeDelta::hours(25)).await;
    let refused = world.fake.with(|state| state.permissions_in(&room.id, world.id("cy")))
        & crate::support::discord::permissions::SEND_MESSAGES;
    assert_eq!(refused, 0, "a closed channel takes no more words");
}

async fn marks_and_commands_work_without_the_message_content(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    let said = world.fake.says(world.id("bo"), &room, "the disk is full");
    world.settle().await;
    assert!(world.kept(1).await.is_empty());
    world.fake.menu(world.id("cy"), "Add to timeline", &room, &said).await;
    world.settle().await;
    assert_eq!(world.kept(1).await, ["the disk is full"]);
    assert!(!world.logged("Message Content Intent").is_empty(), "what is lost is said at the start");
}

async fn a_file_is_copied(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    let file = crate::support::discord::SharedFile {
        name: "graph.png",
        bytes: b"pixels",
        content_type: "image/png",
        comment: "",
    };
    world.fake.uploads(world.id("bo"), &room, &[file]);
    world.settle().await;
    let timeline = world.types("cy", "incident timeline", &[("incident", "INC-1")]).await;
    let kept = world.kept(1).await;
    assert!(kept[0].contains("[file: graph.png (image/png, 6 B)"), "{kept:?} {timeline}");
    assert_eq!(world.count("SELECT COUNT(*) FROM message_file WHERE state = 'copied'").await, 1);
}

async fn an_export_is_posted_to_the_room(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    let told = world.types_in(&room, "cy", "incident record export", &[]).await;
    assert!(told.contains("INC-1"), "{told}");
    world.settle().await;
    let posted = world.said(&room).into_iter().flat_map(|message| message.attachments).collect::<Vec<_>>();
    assert_eq!(posted.len(), 1, "{posted:?}");
    assert_eq!(posted[0].filename, "INC-1-postmortem.md");
}

async fn severity_and_status_are_chosen_from_menus(world: &mut DiscordWorld) {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    let room = world.room(1).await.id;
    let outcome = world.presses("bo", &room, "Severity or status").await;
    assert!(outcome.is_ephemeral());
    let shown = outcome.message().expect("a message").clone();
    let name = |row: usize| shown.components[row]["components"][0]["custom_id"].as_str().unwrap().to_owned();
    for (row, choose, told, tags) in [
        (1, "identified", "INC-1 is identified.", ["identified", "sev3"]),
        (0, "sev1", "INC-1 is SEV1 now. Paging @bo.", ["identified", "sev1"]),
        (1, "identified", "Nothing was done. status: INC-1 is already identified", ["identified", "sev1"]),
    ] {
        let answer = world.fake.selects(world.id("bo"), (&room, &shown.id), &name(row), &[choose]).await;
        assert!(answer.is_ephemeral());
        assert_eq!(answer.text(), told, "{choose}");
        world.settle().await;
        assert_eq!(world.tags(&room), tags);
    }
}
