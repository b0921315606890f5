//! The process is killed wherever it can be killed; what was promised happens all the same.

use std::collections::BTreeSet;

use crate::support::{Act, Kind, World, minutes, on_both, seconds};

on_both!(
    killed_after_every_commit,
    killed_before_anything_is_shown,
    killed_after_everything_is_shown,
    killed_after_everything_is_settled,
    answers_that_get_lost,
    timers_outlive_the_process,
);

/// Longer than a lease.
const LEASE_OVER: i64 = 31;

const LINES: [(&str, &str); 9] = [
    ("ana", "/incident declare checkout is down sev1 --service checkout"),
    ("cy", "/incident ack"),
    ("bo", "/incident INC-1 lead"),
    ("bo", "/incident INC-1 page @eve have a look"),
    ("eve", "/incident ack"),
    ("bo", "/incident INC-1 update rolling back"),
    ("bo", "/incident INC-1 link https://example.org/dash"),
    ("bo", "/incident INC-1 resolve rolled back"),
    ("bo", "/incident INC-1 close"),
];

/// What everybody sees of the incident when nothing goes wrong.
const POSTS: [&str; 9] = [
    "Paging @bo (web, step 1) — @ana",
    "Acknowledged — @cy",
    "Lead: @bo — @bo",
    "Paging @eve: have a look — @bo",
    "Acknowledged — @eve",
    "Update: rolling back",
    "Link: https://example.org/dash — @bo",
    "Resolved: rolled back — @bo",
    "Closed — @bo",
];

async fn killed_after_every_commit(world: &mut World) {
    slow_policy(world).await;
    for (who, line) in LINES {
        world.asks(who, None, line).await;
        world.restart().await;
        world.settle().await;
    }
    everything_was_seen(world).await;
    assert_eq!(world.terminal.repeats().len(), 0);
}

async fn killed_before_anything_is_shown(world: &mut World) {
    let killed = kill_at_every_key(world, Act::HangBefore).await;
    // Nothing was shown before the kill, so nothing is shown twice; whoever came second could not know.
    assert_eq!(world.terminal.repeats().len(), 0);
    every_kind_was_killed(&killed);
    for envelope in world.terminal.log() {
        assert!(envelope.again || is_card(&envelope.key), "{} is not marked", envelope.key);
    }
}

async fn killed_after_everything_is_shown(world: &mut World) {
    let killed = kill_at_every_key(world, Act::HangAfter).await;
    every_kind_was_killed(&killed);
    let repeats = world.terminal.repeats();
    let repeated: BTreeSet<String> = repeats.keys().cloned().collect();
    let missing: Vec<&String> = killed.difference(&repeated).filter(|key| !is_card(key)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "not attempted again");
    for (key, seen) in repeats {
        assert!(is_card(&key) || (seen.times, seen.marked) == (1, 1), "{key}: {seen:?}");
    }
}

async fn killed_after_everything_is_settled(world: &mut World) {
    slow_policy(world).await;
    for (who, line) in LINES {
        world.asks(who, None, line).await;
        // One look at the queue settles the heads of all lanes; the process is killed after each.
        while world.app.engine.worker.pump().await.unwrap().attempted > 0 {
            world.restart().await;
        }
    }
    world.advance(seconds(LEASE_OVER)).await;
    everything_was_seen(world).await;
    assert_eq!(world.terminal.repeats().len(), 0);
}

async fn answers_that_get_lost(world: &mut World) {
    slow_policy(world).await;
    for kind in Kind::ALL {
        world.terminal.script(kind, 1, Act::LoseAnswer);
    }
    for (who, line) in LINES {
        world.says(who, line).await;
        world.advance(seconds(10)).await;
    }
    everything_was_seen(world).await;
    let repeats = world.terminal.repeats();
    assert_eq!(repeats.len(), 7, "one of each kind but alarms: {repeats:?}");
    for (key, seen) in repeats {
        assert!(is_card(&key) || (seen.times, seen.marked) == (1, 1), "{key}: {seen:?}");
    }
}

/// Kills the process at the first attempt of every effect and card; answers their keys.
async fn kill_at_every_key(world: &mut World, act: Act) -> BTreeSet<String> {
    slow_policy(world).await;
    world.terminal.first_attempts(act);
    let mut killed = BTreeSet::new();
    for (who, line) in LINES {
        world.asks(who, None, line).await;
        loop {
            match hangs_while_settling(world).await {
                Some(key) => {
                    assert!(killed.insert(key.clone()), "{key} hung twice");
                    world.restart().await;
                }
                None if is_at_rest(world).await => break,
                None => {}
            }
            world.clock.advance(seconds(LEASE_OVER)).unwrap();
        }
    }
    everything_was_seen(world).await;
    killed
}

/// What hung when everything that was ready was carried out; the process that did so is dead then.
async fn hangs_while_settling(world: &World) -> Option<String> {
    let mut settling = world.settles();
    let hung = tokio::select! {
        key = world.terminal.hangs() => Some(key),
        done = &mut settling => {
            done.unwrap();
            None
        }
    };
    if hung.is_some() {
        settling.abort();
        assert!(settling.await.unwrap_err().is_cancelled());
    }
    hung
}

/// Whether nothing is to be attempted soon.
async fn is_at_rest(world: &World) -> bool {
    let soon = world.clock.now() + seconds(LEASE_OVER);
    world.app.engine.next().await.unwrap().is_none_or(|next| next > soon)
}

/// Nobody but bo, however long it takes.
async fn slow_policy(world: &mut World) {
    world.reorganise(|org| org.policy("web", &[(&["bo"], 600)])).await;
}

async fn everything_was_seen(world: &World) {
    world.advance(seconds(LEASE_OVER)).await;
    let room = world.terminal.room("inc-1-checkout-is-down");
    assert_eq!(room.posts.len(), POSTS.len(), "{:?}", room.posts);
    for (post, expected) in room.posts.iter().zip(POSTS) {
        assert!(post.starts_with(expected), "{post} is not {expected}");
    }
    assert!(room.card.starts_with("INC-1  SEV1  closed"), "{}", room.card);
    assert_eq!(room.members.iter().map(String::as_str).collect::<Vec<_>>(), ["ana", "bo", "cy", "eve"]);
    assert!(room.closed);
    assert_eq!((world.pages("bo"), world.pages("eve"), world.pages("cy"), world.pages("dee")), (1, 1, 0, 0));
    assert_eq!(world.terminal.told("bo").len(), 2, "a notice and its withdrawal");
    assert_eq!(world.app.engine.next().await.unwrap(), None, "something is left to do");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

fn every_kind_was_killed(killed: &BTreeSet<String>) {
    for kind in [":open:", ":close:", ":invite:", ":post:", ":card:", ":notice:", ":withdraw:"] {
        assert!(killed.iter().any(|key| key.contains(kind)), "no {kind} among {killed:?}");
    }
}

/// A card is edited in place, so sending it again cannot be seen and is not marked.
fn is_card(key: &str) -> bool {
    key.contains(":card:")
}

async fn timers_outlive_the_process(world: &mut World) {
    world.says("ana", LINES[0].1).await;
    world.restart().await;
    world.clock.advance(minutes(5)).unwrap();
    world.restart().await;
    world.settle().await;
    world.paged("cy");
    // Nobody served when the next step and the update fell due.
    world.clock.advance(minutes(90)).unwrap();
    world.restart().await;
    world.settle().await;
    world.paged("dee");
    let posts = world.terminal.room("inc-1-checkout-is-down").posts;
    assert_eq!(posts.iter().filter(|post| post.starts_with("An update was due at 09:30")).count(), 1, "{posts:?}");
}
