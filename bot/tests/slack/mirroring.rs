//! What is said in one room of an incident is shown in its others.

use chrono::TimeDelta;
use firebell_core::settings::Capture;

use super::rooms_added::room_here;
use crate::support::slack::{Fault, Message, SharedFile, Trouble};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(two =>
    what_is_said_edited_and_deleted_is_shown,
    answers_stand_in_threads,
    what_is_redacted_is_taken_out_of_copies,
    a_mark_on_a_copy_marks_the_message,
    it_begins_and_ends_when_somebody_says_so,
    nothing_that_people_write_is_obeyed,
    while_one_workspace_is_down_the_other_goes_on,
    killed_before_it_is_shown_it_is_shown_once,
);
in_slack!(always => it_is_so_from_the_start_where_that_is_configured);
in_slack!(marked => what_is_not_kept_is_not_shown);

fn two(before: &mut Before) {
    before.connect("twin");
}

fn always(before: &mut Before) {
    two(before);
    before.settings.mirror = true;
    before.settings.severities[2].rooms = vec!["twin".to_owned()];
}

fn marked(before: &mut Before) {
    two(before);
    before.settings.capture = Capture::Marked;
}

/// INC-1 with rooms in both workspaces, of which one shows what is said in the other: their ids.
async fn mirrored(world: &mut SlackWorld) -> (String, String) {
    let rooms = rooms(world).await;
    let on = world.types_in(&rooms.0, "cy", "mirror on").await;
    assert_eq!(on, "What is said in one room of INC-1 is shown in the others from here on.");
    rooms
}

async fn rooms(world: &mut SlackWorld) -> (String, String) {
    world.types("cy", "declare checkout is down").await;
    let here = world.room(1).await.id;
    world.types_in(&here, "cy", "room add twin").await;
    world.goes_over();
    let there = room_here(world, 1).unwrap().id;
    world.goes_over();
    (here, there)
}

/// What the other workspace's room shows of messages of this one.
fn copies(world: &mut SlackWorld, room: &str) -> Vec<Message> {
    world.goes_over();
    let copies = shown(world, room);
    world.goes_over();
    copies
}

fn shown(world: &SlackWorld, room: &str) -> Vec<Message> {
    let is_copy = |message: &Message| message.text.contains("* in main (M") || message.text.contains("* in twin (M");
    let all = world.fake.channel_by_id(room).messages;
    all.into_iter().filter(|message| message.by_bot && is_copy(message)).collect()
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_str()).collect()
}

async fn what_is_said_edited_and_deleted_is_shown(world: &mut SlackWorld) {
    let (here, there) = mirrored(world).await;
    let ts = world.fake.says(world.id("bo"), &here, "it is the cache").await;
    let gone = world.fake.says(world.id("cy"), &here, "oops").await;
    let file = SharedFile { name: "graph.png", bytes: &[0; 2_000], comment: "see" };
    world.fake.shares_file(world.id("cy"), &here, file).await;
    world.settle().await;
    let first = copies(world, &there);
    assert_eq!(texts(&first)[..2], ["*bo* in main (M1)\nit is the cache", "*cy* in main (M2)\noops"]);
    assert!(first[2].text.starts_with("*cy* in main (M3)\nsee\n[file: graph.png (") && first[2].text.contains("http"));
    world.fake.edits(world.id("bo"), &here, &ts, "it is the queue").await;
    world.fake.deletes(&here, &gone).await;
    world.settle().await;
    let then = copies(world, &there);
    assert_eq!(texts(&then)[0], "*bo* in main (M1)\nit is the queue _(edited)_");
    assert_eq!((then.len(), &then[0].ts), (2, &first[0].ts), "in the place of what was shown before");
    world.goes_over();
    world.fake.says(world.id("dee"), &there, "I see it, too").await;
    world.settle().await;
    world.goes_over();
    assert_eq!(texts(&shown(world, &here)), ["*dee* in twin (M4)\nI see it, too"]);
    let kept = world.kept(1).await;
    assert_eq!(kept.len(), 4, "what Firebell shows is nobody's message: {kept:?}");
    assert_eq!(world.broken().await, [""; 0]);
}

async fn answers_stand_in_threads(world: &mut SlackWorld) {
    let (here, there) = mirrored(world).await;
    let ts = world.fake.says(world.id("bo"), &here, "what is it?").await;
    world.settle().await;
    let copy = copies(world, &there).remove(0);
    world.fake.replies(world.id("cy"), &here, &ts, "the queue").await;
    world.settle().await;
    let answer = copies(world, &there).remove(1);
    assert_eq!(answer.thread_ts.as_deref(), Some(copy.ts.as_str()));
    assert_eq!(answer.text, "*cy* in main (M2)\n↪ bo: what is it?\nthe queue");
    world.goes_over();
    world.fake.replies(world.id("dee"), &there, &copy.ts, "it is full").await;
    world.settle().await;
    world.goes_over();
    let back = shown(world, &here).remove(0);
    assert_eq!((back.thread_ts.as_deref(), back.text.contains("it is full")), (Some(ts.as_str()), true));
}

async fn what_is_redacted_is_taken_out_of_copies(world: &mut SlackWorld) {
    let (here, there) = mirrored(world).await;
    world.fake.says(world.id("bo"), &here, "the password is hunter2").await;
    world.settle().await;
    assert_eq!(copies(world, &there).len(), 1);
    world.types_in(&here, "bo", "mirror off").await;
    let done = world.types_in(&here, "bo", "redact M1 a password").await;
    assert!(done.contains("M1"), "{done}");
    assert_eq!(copies(world, &there).len(), 0);
    world.goes_over();
    let all: String = world.fake.channel_by_id(&there).messages.into_iter().map(|message| message.text).collect();
    assert!(!all.contains("hunter2"));
    assert_eq!(world.broken().await, [""; 0]);
}

async fn a_mark_on_a_copy_marks_the_message(world: &mut SlackWorld) {
    let (here, there) = mirrored(world).await;
    world.fake.says(world.id("bo"), &here, "it is the queue").await;
    world.settle().await;
    world.goes_over();
    let copy = shown(world, &there).remove(0).ts;
    let (cy, dee) = (world.id("cy").to_owned(), world.id("dee").to_owned());
    world.fake.pins(&cy, &there, &copy).await;
    world.settle().await;
    assert!(world.timeline("cy", 1).await.contains("@bo wrote (M1): it is the queue"));
    world.fake.unpins(&cy, &there, &copy).await;
    world.settle().await;
    world.fake.reacts(&dee, &there, &copy, "pushpin").await;
    world.settle().await;
    world.fake.unreacts(&dee, &there, &copy, "pushpin").await;
    world.settle().await;
    let timeline = world.timeline("cy", 1).await;
    assert_eq!(timeline.matches("@bo wrote (M1)").count(), 2, "{timeline}");
    assert_eq!(timeline.matches("Mark taken off M1").count(), 2, "{timeline}");
    assert_eq!(world.kept(1).await, ["it is the queue"]);
}

async fn it_begins_and_ends_when_somebody_says_so(world: &mut SlackWorld) {
    let (here, there) = rooms(world).await;
    let old = world.fake.says(world.id("bo"), &here, "said before").await;
    world.settle().await;
    world.types_in(&here, "cy", "mirror on").await;
    assert_eq!(world.types_in(&here, "cy", "mirror on").await, "! INC-1 is already mirrored");
    world.fake.edits(world.id("bo"), &here, &old, "said before, and better").await;
    let ts = world.fake.says(world.id("bo"), &here, "said then").await;
    world.settle().await;
    assert_eq!(texts(&copies(world, &there)), ["*bo* in main (M2)\nsaid then"]);
    let off = world.types_in(&here, "cy", "mirror off").await;
    assert_eq!(off, "What is said in one room of INC-1 is shown in the others no more.");
    world.fake.says(world.id("bo"), &here, "said after").await;
    world.fake.edits(world.id("bo"), &here, &ts, "said then, and better").await;
    world.settle().await;
    assert_eq!(texts(&copies(world, &there)), ["*bo* in main (M2)\nsaid then, and better _(edited)_"]);
    let said: String = world.said(&here).into_iter().map(|message| message.text).collect();
    assert!(said.contains("shown in the others from here on") && said.contains("shown in the others no more"));
}

async fn nothing_that_people_write_is_obeyed(world: &mut SlackWorld) {
    let (here, there) = mirrored(world).await;
    let words = format!("<!channel> @here <@{}> <https://evil.example|ok> `x`", world.id("bo"));
    world.fake.says(world.id("cy"), &here, &words).await;
    let long = format!("{}end", "&".repeat(3_900));
    world.fake.says(world.id("cy"), &here, &long).await;
    world.settle().await;
    let copies = copies(world, &there);
    let text = &copies[0].text;
    assert!(
        !text.contains("<!") && !text.contains("<@") && !text.contains("@here") && !text.contains("|ok>"),
        "{text}"
    );
    let whole: String = copies[1].blocks.iter().filter_map(|block| block["text"]["text"].as_str()).collect();
    assert!(whole.ends_with("… (the rest is in main)") && whole.len() > 8_000, "{}", whole.len());
}

async fn while_one_workspace_is_down_the_other_goes_on(world: &mut SlackWorld) {
    let (here, there) = mirrored(world).await;
    world.goes_over();
    world.fake.breaks(Trouble::with("*", Fault::Status(503)));
    world.goes_over();
    let ts = world.fake.says(world.id("bo"), &here, "one").await;
    for words in ["two", "three"] {
        world.fake.says(world.id("cy"), &here, words).await;
    }
    world.settle().await;
    assert!(world.types_in(&here, "cy", "note it goes on").await.contains("INC-1"));
    world.fake.edits(world.id("bo"), &here, &ts, "one, edited").await;
    world.advance(TimeDelta::minutes(2)).await;
    assert_eq!(copies(world, &there).len(), 0);
    world.goes_over();
    world.fake.heals();
    world.goes_over();
    world.advance(TimeDelta::minutes(10)).await;
    let copies = copies(world, &there);
    let order = texts(&copies);
    assert_eq!(
        order,
        ["*bo* in main (M1)\none, edited _(edited)_", "*cy* in main (M2)\ntwo", "*cy* in main (M3)\nthree"]
    );
}

async fn killed_before_it_is_shown_it_is_shown_once(world: &mut SlackWorld) {
    let (here, there) = mirrored(world).await;
    world.goes_over();
    // It is posted, and nobody hears of it.
    world.fake.breaks(Trouble::with("chat.postMessage", Fault::HangAfter).in_channel(&there).times(1));
    world.goes_over();
    world.fake.says(world.id("bo"), &here, "it is the queue").await;
    world.until_kept_unsettled(1, 1).await;
    world.goes_over();
    world
        .killed_when(|fake| {
            fake.calls_of("chat.postMessage").iter().any(|call| call.channel.as_deref() == Some(&*there))
        })
        .await;
    world.advance(TimeDelta::minutes(2)).await;
    assert_eq!(texts(&shown(world, &there)), ["*bo* in main (M1)\nit is the queue"]);
    world.goes_over();
    world.fake.says(world.id("bo"), &here, "it is full").await;
    world.settle().await;
    assert_eq!(copies(world, &there).len(), 2);
}

async fn it_is_so_from_the_start_where_that_is_configured(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let here = world.room(1).await.id;
    world.fake.says(world.id("bo"), &here, "it is the queue").await;
    world.settle().await;
    world.goes_over();
    let there = room_here(world, 1).unwrap().id;
    assert_eq!(texts(&shown(world, &there)), ["*bo* in main (M1)\nit is the queue"]);
}

async fn what_is_not_kept_is_not_shown(world: &mut SlackWorld) {
    let (here, _) = rooms(world).await;
    let refused = world.types_in(&here, "cy", "mirror on").await;
    assert!(refused.contains("kept only where it is marked"), "{refused}");
}
