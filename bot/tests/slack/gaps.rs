//! What happens while nobody listens is read once somebody does again.

use chrono::TimeDelta;
use firebell_core::settings::Capture;

use crate::support::slack::{ALL_EVENTS, Fake, Fault, SharedFile, Trouble};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(
    what_was_said_meanwhile_is_kept,
    what_was_marked_meanwhile_is_marked,
    what_was_heard_as_well_is_kept_once,
    a_history_that_cannot_be_read_is_asked_for_again,
    what_was_said_while_nobody_ran_is_kept,
    whoever_came_meanwhile_takes_part,
);
in_slack!(|before: &mut Before| before.settings.capture = Capture::Marked => only_what_was_marked_meanwhile_is_kept);

/// The room of an incident in which bo said something ten minutes ago, and something now.
async fn room(world: &SlackWorld) -> (String, String) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    let ts = world.fake.says(world.id("bo"), &room, "it is the cache").await;
    world.advance(TimeDelta::minutes(10)).await;
    world.fake.says(world.id("bo"), &room, "hm").await;
    world.settle().await;
    (room, ts)
}

/// The connection breaks, and for long: Slack has given up to tell what happens until [`hears`].
fn is_deaf(fake: &Fake) {
    fake.subscribe(&[]);
    fake.drop_tcp(fake.sockets()[0]);
}

async fn hears(fake: &Fake) {
    let before = fake.sockets();
    fake.subscribe(ALL_EVENTS);
    let fresh = |fake: &Fake| fake.sockets().iter().any(|socket| !before.contains(socket)).then_some(());
    fake.until("another connection", fresh).await;
}

async fn what_was_said_meanwhile_is_kept(world: &mut SlackWorld) {
    let (room, old) = room(world).await;
    is_deaf(&world.fake);
    let (bo, cy) = (world.id("bo").to_owned(), world.id("cy").to_owned());
    world.fake.edits(&bo, &room, &old, "it is not the cache").await;
    let new = world.fake.says(&cy, &room, "it is the queue").await;
    world.fake.replies(&bo, &room, &old, "I was wrong").await;
    world.fake.replies(&bo, &room, &new, "it is").await;
    let wrong = world.fake.says(&bo, &room, "it is fine").await;
    world.fake.edits(&bo, &room, &wrong, "it is not").await;
    let file = SharedFile { name: "graph.png", bytes: &[0; 2_000], comment: "see" };
    world.fake.shares_file(&cy, &room, file).await;
    hears(&world.fake).await;
    world.until_kept(1, 7).await;
    let kept = world.kept(1).await;
    let (file, said) = kept.split_last().unwrap();
    assert_eq!(said, ["it is not the cache", "hm", "it is the queue", "I was wrong", "it is", "it is not"]);
    assert!(file.starts_with("see\n[file: graph.png ("), "{file}");
    assert_eq!(world.parents().await, [None, None, None, Some(old), Some(new), None, None]);
    // And all is heard as before.
    world.fake.says(&bo, &room, "it is up").await;
    world.settle().await;
    assert_eq!(world.kept(1).await.len(), 8);
}

async fn what_was_marked_meanwhile_is_marked(world: &mut SlackWorld) {
    let (room, old) = room(world).await;
    is_deaf(&world.fake);
    world.fake.pins(world.id("cy"), &room, &old).await;
    let new = world.fake.says(world.id("bo"), &room, "it is the queue").await;
    world.fake.reacts(world.id("dee"), &room, &new, "eyes").await;
    world.fake.reacts(world.id("cy"), &room, &new, "pushpin").await;
    hears(&world.fake).await;
    world.until_kept(1, 3).await;
    let timeline = world.timeline("cy", 1).await;
    for marked in ["@bo wrote (M1): it is the cache — @cy", "@bo wrote (M3): it is the queue — @cy"] {
        assert_eq!(timeline.matches(marked).count(), 1, "{marked}: {timeline}");
    }
    // A second gap marks nothing again, not even what was unmarked since.
    world.types("cy", "INC-1 unmark M3").await;
    is_deaf(&world.fake);
    world.fake.says(world.id("bo"), &room, "it is up").await;
    hears(&world.fake).await;
    world.until_kept(1, 4).await;
    let timeline = world.timeline("cy", 1).await;
    assert_eq!((timeline.matches("(M1)").count(), timeline.matches("@bo wrote (M3)").count()), (1, 1), "{timeline}");
}

async fn what_was_heard_as_well_is_kept_once(world: &mut SlackWorld) {
    let (room, _) = room(world).await;
    let socket = world.fake.sockets()[0];
    world.fake.drop_tcp(socket);
    let ts = world.fake.says(world.id("bo"), &room, "it is the queue").await;
    world.fake.edits(world.id("bo"), &room, &ts, "it is the cache").await;
    world.fake.pins(world.id("cy"), &room, &ts).await;
    world.fake.until("another connection", |fake| fake.sockets().iter().any(|id| *id != socket).then_some(())).await;
    let read = |fake: &Fake| (fake.calls_of("pins.list").len() == 1).then_some(());
    world.fake.until("a look at the history", read).await;
    assert_eq!(world.fake.redeliver(), 3);
    world.until_keeps(1, &["it is the cache", "hm", "it is the cache"]).await;
    world.fake.redeliver_latest();
    world.settle().await;
    let timeline = world.timeline("cy", 1).await;
    assert_eq!(timeline.matches("@bo wrote (M3): it is the cache").count(), 1, "{timeline}");
    assert_eq!(world.kept(1).await.len(), 3);
}

async fn a_history_that_cannot_be_read_is_asked_for_again(world: &mut SlackWorld) {
    let (room, _) = room(world).await;
    for fault in [Fault::RateLimited(30), Fault::Status(503), Fault::ResetAfter] {
        world.fake.breaks(Trouble::with("conversations.history", fault).times(1));
    }
    let asked = |fake: &Fake| fake.calls_of("conversations.history").len();
    let before = asked(&world.fake);
    is_deaf(&world.fake);
    world.fake.says(world.id("bo"), &room, "it is the queue").await;
    hears(&world.fake).await;
    world.fake.until("a try", |fake| (asked(fake) > before).then_some(())).await;
    for tried in 2..=4 {
        world.advance_until(TimeDelta::seconds(31), |fake| asked(fake) >= before + tried).await;
    }
    world.until_keeps(1, &["it is the cache", "hm", "it is the queue"]).await;
}

async fn what_was_said_while_nobody_ran_is_kept(world: &mut SlackWorld) {
    let (room, old) = room(world).await;
    world.is_killed().await;
    world.fake.subscribe(&[]);
    world.fake.says(world.id("cy"), &room, "it is the queue").await;
    world.fake.replies(world.id("bo"), &room, &old, "I was wrong").await;
    world.fake.subscribe(ALL_EVENTS);
    world.starts().await;
    world.until_keeps(1, &["it is the cache", "hm", "it is the queue", "I was wrong"]).await;
}

async fn whoever_came_meanwhile_takes_part(world: &mut SlackWorld) {
    world.types("cy", "declare payroll leaked --private").await;
    let room = world.room(1).await.id;
    is_deaf(&world.fake);
    world.fake.joins(world.id("eve"), &room).await;
    world.fake.says(world.id("eve"), &room, "what is it?").await;
    hears(&world.fake).await;
    world.until_kept(1, 1).await;
    assert!(world.types("eve", "list").await.contains("payroll leaked"));
    assert!(!world.types("dee", "list").await.contains("payroll leaked"));
}

async fn only_what_was_marked_meanwhile_is_kept(world: &mut SlackWorld) {
    let (room, old) = room(world).await;
    is_deaf(&world.fake);
    world.fake.says(world.id("bo"), &room, "a remark").await;
    world.fake.pins(world.id("cy"), &room, &old).await;
    hears(&world.fake).await;
    world.until_kept(1, 1).await;
    assert_eq!(world.kept(1).await, ["it is the cache"]);
}
