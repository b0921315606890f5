//! What is said in a room is kept, and marks make it part of the timeline.

use crate::support::{DiscordWorld, in_discord};

in_discord!(
    what_is_said_edited_and_deleted_is_kept,
    marks_make_entries,
    what_is_said_in_a_thread_of_a_channel_is_said_in_the_room,
);

async fn room(world: &DiscordWorld) -> String {
    world.types("cy", "incident declare", &[("title", "checkout is down")]).await;
    world.room(1).await.id
}

async fn what_is_said_edited_and_deleted_is_kept(world: &mut DiscordWorld) {
    let room = room(world).await;
    let first = world.fake.says(world.id("bo"), &room, "it is the cache");
    let gone = world.fake.says(world.id("cy"), &room, "oops");
    world.settle().await;
    assert_eq!(world.kept(1).await, ["it is the cache", "oops"]);
    world.fake.edits(&room, &first, "it is the queue");
    world.fake.deletes(&room, &gone);
    world.settle().await;
    assert_eq!(world.kept(1).await, ["it is the queue", "[deleted]"]);
    assert_eq!(world.broken().await, [""; 0]);
}

async fn marks_make_entries(world: &mut DiscordWorld) {
    let room = room(world).await;
    let (bo, cy) = (world.id("bo").to_owned(), world.id("cy").to_owned());
    let said = world.fake.says(&bo, &room, "the disk is full");
    let other = world.fake.says(&cy, &room, "df says so");
    let third = world.fake.says(&cy, &room, "cleaning up");
    world.settle().await;
    world.fake.pins(&cy, &room, &said).unwrap();
    world.fake.reacts(&cy, &room, &other, "📌");
    world.settle().await;
    let outcome = world.fake.menu(&bo, "Add to timeline", &room, &third).await;
    assert_eq!(outcome.error, None);
    world.settle().await;
    let timeline = world.types("cy", "incident timeline", &[("incident", "INC-1")]).await;
    for words in ["the disk is full", "df says so", "cleaning up"] {
        assert!(timeline.contains(words), "{words}: {timeline}");
    }
    world.fake.unreacts(&cy, &room, &other, "📌");
    world.settle().await;
    assert_eq!(world.row(1).await.marked.len(), 2);
    world.fake.unpins(&cy, &room, &said).unwrap();
    world.settle().await;
    assert_eq!(world.row(1).await.marked.len(), 1, "the audit log tells who took the pin away");
}

async fn what_is_said_in_a_thread_of_a_channel_is_said_in_the_room(world: &mut DiscordWorld) {
    let general = world.general.clone();
    let declared = world.types("cy", "incident declare", &[("title", "checkout is down"), ("here", "true")]).await;
    assert!(declared.starts_with("INC-1"), "{declared}");
    let first = world.fake.says(world.id("bo"), &general, "what is it?");
    world.settle().await;
    let thread = world.fake.starts_thread(world.id("bo"), &general, &first, "what is it?");
    world.fake.says(world.id("cy"), &thread, "the queue");
    world.settle().await;
    assert_eq!(world.kept(1).await, ["what is it?", "the queue"]);
    assert_eq!(world.parents().await, [None, Some(first)]);
}
