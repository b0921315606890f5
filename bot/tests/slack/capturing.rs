//! What is said in a room is kept: all of it, or what is marked.

use firebell_core::settings::Capture;

use crate::support::slack::{Fault, SharedFile, Trouble, User};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(everything_that_is_said_is_kept, marks_come_and_go, what_is_told_twice_is_kept_once);
in_slack!(one_of_two_marks_may_go);
in_slack!(|before: &mut Before| drop(before.fake.add_group("oncall", &[])) => groups_are_called_by_their_names);
in_slack!(watched => what_apps_say_is_kept_where_it_is_marked);
in_slack!(|before: &mut Before| before.settings.capture = Capture::Marked => only_what_is_marked_is_kept);

/// There is another app that says what it sees.
fn watched(before: &mut Before) {
    let robot = before.fake.add_user(User { is_bot: true, ..User::named("robot") });
    before.accounts.insert("robot".to_owned(), robot);
}

async fn room(world: &SlackWorld) -> String {
    world.types("cy", "declare checkout is down").await;
    world.room(1).await.id
}

async fn everything_that_is_said_is_kept(world: &mut SlackWorld) {
    let room = room(world).await;
    let words = format!("<@{}> look at <#{}> & tell", world.id("bo"), world.general);
    let first = world.fake.says(world.id("cy"), &room, &words).await;
    world.fake.replies(world.id("bo"), &room, &first, "I did").await;
    let wrong = world.fake.says(world.id("bo"), &room, "it is the cache").await;
    world.fake.edits(world.id("bo"), &room, &wrong, "it is the queue").await;
    let gone = world.fake.says(world.id("bo"), &room, "oops").await;
    world.fake.deletes(&room, &gone).await;
    let file = SharedFile { name: "graph.png", bytes: &[0; 2_000], comment: "see" };
    world.fake.shares_file(world.id("cy"), &room, file).await;
    world.settle().await;
    let texts = world.kept(1).await;
    assert_eq!(texts[0], "@Bo look at #general & tell");
    assert_eq!(texts[1], "I did");
    assert_eq!(world.parents().await[1], Some(first));
    assert_eq!(texts[2], "it is the queue");
    assert_eq!(texts[3], "[deleted]");
    assert!(texts[4].starts_with("see\n[file: graph.png (") && texts[4].contains("2 KiB"), "{texts:?}");
    assert_eq!(texts.len(), 5);
}

async fn marks_come_and_go(world: &mut SlackWorld) {
    let room = room(world).await;
    let ts = world.fake.says(world.id("bo"), &room, "it is the queue").await;
    world.fake.pins(world.id("cy"), &room, &ts).await;
    world.fake.unpins(world.id("cy"), &room, &ts).await;
    world.settle().await;
    world.fake.reacts(world.id("cy"), &room, &ts, "eyes").await;
    world.fake.reacts(world.id("cy"), &room, &ts, "pushpin").await;
    world.settle().await;
    let timeline = world.timeline("cy", 1).await;
    assert_eq!(timeline.matches("@bo wrote (M1): it is the queue").count(), 2, "{timeline}");
    assert_eq!(timeline.matches("Mark taken off M1").count(), 1, "{timeline}");
    world.fake.unreacts(world.id("cy"), &room, &ts, "pushpin").await;
    world.settle().await;
    let timeline = world.timeline("cy", 1).await;
    assert_eq!(timeline.matches("Mark taken off M1").count(), 2, "{timeline}");
}

async fn one_of_two_marks_may_go(world: &mut SlackWorld) {
    let room = room(world).await;
    let ts = world.fake.says(world.id("bo"), &room, "it is the queue").await;
    let reply = world.fake.replies(world.id("dee"), &room, &ts, "it is full").await;
    let off = async || world.timeline("cy", 1).await.matches("Mark taken off").count();
    let (bo, cy) = (world.id("bo").to_owned(), world.id("cy").to_owned());
    world.fake.pins(&cy, &room, &ts).await;
    world.fake.reacts(&bo, &room, &ts, "pushpin").await;
    world.fake.reacts(&cy, &room, &ts, "pushpin").await;
    world.fake.reacts(&cy, &room, &ts, "eyes").await;
    world.settle().await;
    world.fake.unreacts(&bo, &room, &ts, "pushpin").await;
    world.settle().await;
    world.fake.unpins(&cy, &room, &ts).await;
    world.settle().await;
    assert_eq!(off().await, 0, "cy's reaction is left");
    // While Slack does not answer, nothing is guessed.
    world.fake.breaks(Trouble::with("conversations.history", Fault::Status(500)).times(1));
    world.fake.unreacts(&cy, &room, &ts, "pushpin").await;
    world.settle().await;
    assert_eq!(off().await, 1);
    world.fake.reacts(&cy, &room, &reply, "pushpin").await;
    world.fake.pins(&bo, &room, &reply).await;
    world.settle().await;
    world.fake.unpins(&bo, &room, &reply).await;
    world.settle().await;
    assert_eq!(off().await, 1, "in a thread, too");
    world.fake.unreacts(&cy, &room, &reply, "pushpin").await;
    world.settle().await;
    assert_eq!(off().await, 2);
}

async fn groups_are_called_by_their_names(world: &mut SlackWorld) {
    let room = room(world).await;
    let group = world.fake.with(|state| state.groups.keys().next().cloned()).unwrap();
    for text in ["<!subteam^GROUP> look", "<!subteam^GROUP> and <!subteam^S0> again"] {
        world.fake.says(world.id("bo"), &room, &text.replace("GROUP", &group)).await;
    }
    world.settle().await;
    assert_eq!(world.kept(1).await, ["@oncall look", "@oncall and @S0 again"]);
    assert_eq!(world.fake.calls_of("usergroups.list").len(), 1);
}

async fn what_is_told_twice_is_kept_once(world: &mut SlackWorld) {
    let room = room(world).await;
    let ts = world.fake.says(world.id("bo"), &room, "it is the queue").await;
    world.settle().await;
    world.fake.redeliver_latest();
    world.settle().await;
    world.fake.pins(world.id("cy"), &room, &ts).await;
    world.fake.redeliver_latest();
    world.settle().await;
    assert_eq!(world.kept(1).await, ["it is the queue"]);
    assert_eq!(world.timeline("cy", 1).await.matches("@bo wrote (M1)").count(), 1);
}

async fn what_apps_say_is_kept_where_it_is_marked(world: &mut SlackWorld) {
    let room = room(world).await;
    let alert = world.fake.says(world.id("robot"), &room, "disk is full").await;
    world.types_in(&room, "bo", "note hello").await;
    world.fake.joins(world.id("dee"), &room).await;
    world.settle().await;
    assert_eq!(world.kept(1).await, [""; 0]);
    let timeline = world.timeline("cy", 1).await;
    assert!(timeline.contains("hello — @bo"), "{timeline}");
    world.fake.pins(world.id("cy"), &room, &alert).await;
    world.settle().await;
    assert_eq!(world.kept(1).await, ["disk is full"]);
}

async fn only_what_is_marked_is_kept(world: &mut SlackWorld) {
    let room = room(world).await;
    world.fake.says(world.id("bo"), &room, "a remark").await;
    let ts = world.fake.says(world.id("bo"), &room, "it is the queue").await;
    world.settle().await;
    assert_eq!(world.kept(1).await, [""; 0]);
    world.fake.reacts(world.id("cy"), &room, &ts, "pushpin").await;
    world.settle().await;
    assert_eq!(world.kept(1).await, ["it is the queue"]);
    assert!(world.timeline("cy", 1).await.contains("@bo wrote (M1): it is the queue"));
    let answer = world.fake.replies(world.id("dee"), &room, &ts, "it is full").await;
    world.fake.pins(world.id("cy"), &room, &answer).await;
    world.settle().await;
    assert_eq!(world.kept(1).await, ["it is the queue", "it is full"]);
    assert_eq!(world.parents().await, [None, Some(ts)]);
}
