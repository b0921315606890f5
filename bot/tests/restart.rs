//! The process is killed wherever it can be killed; what was promised happens all the same.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::support::{Act, Kind, World, minutes, on_both, seconds};

on_both!(
    killed_after_every_commit,
    killed_before_anything_is_shown,
    killed_after_everything_is_shown,
    killed_after_everything_is_settled,
    answers_that_get_lost,
    killed_after_answers_got_lost,
    killed_before_what_timers_set_off_is_shown,
    killed_after_what_timers_set_off_is_shown,
    killed_while_incidents_are_merged,
    killed_after_the_reconcile_pass,
    killed_before_the_answer,
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

/// Whoever lost an answer is killed before it could ask again; the next one knows that it may be a repetition.
async fn killed_after_answers_got_lost(world: &mut World) {
    slow_policy(world).await;
    world.terminal.first_attempts(Act::LoseAnswer);
    for (who, line) in LINES {
        world.asks(who, None, line).await;
        loop {
            world.settle().await;
            world.restart().await;
            if is_at_rest(world).await {
                break;
            }
            world.clock.advance(seconds(5)).unwrap();
        }
    }
    everything_was_seen(world).await;
    let keys = world.terminal.log().into_iter().map(|envelope| envelope.key).collect();
    came_twice_and_was_marked(world, &keys);
}

async fn killed_before_what_timers_set_off_is_shown(world: &mut World) {
    kill_while_it_escalates(world, Act::HangBefore).await;
    assert_eq!(world.terminal.repeats().len(), 0);
}

async fn killed_after_what_timers_set_off_is_shown(world: &mut World) {
    let killed = kill_while_it_escalates(world, Act::HangAfter).await;
    came_twice_and_was_marked(world, &killed);
}

/// Nobody answers: the page escalates, the last resort is paged, an update is due, and the auditor raises an alarm of a
/// page that lost its timer. The process is killed at the first attempt of everything; answers the keys.
async fn kill_while_it_escalates(world: &mut World, act: Act) -> BTreeSet<String> {
    world.terminal.first_attempts(act);
    world.asks("ana", None, LINES[0].1).await;
    let mut killed = kill_until(world, minutes(32)).await;
    world.tampers("UPDATE page SET due_at = NULL").await;
    world.app.engine.audit().await.unwrap();
    killed.extend(kill_until(world, minutes(2)).await);
    for kind in [":open:", ":invite:", ":post:", ":card:", ":notice:", "alarm:"] {
        assert!(killed.iter().any(|key| key.contains(kind)), "no {kind} among {killed:?}");
    }
    let room = world.terminal.room("inc-1-checkout-is-down");
    for post in ["Paging @bo", "Escalated to @cy", "An update was due"] {
        assert_eq!(room.posts.iter().filter(|held| held.starts_with(post)).count(), 1, "{post}: {:?}", room.posts);
    }
    assert_eq!(room.members.iter().map(String::as_str).collect::<Vec<_>>(), ["ana", "bo", "cy", "dee"]);
    let last_resort = room.posts.iter().filter(|post| post.starts_with("Paging the last resort")).count();
    assert_eq!((world.pages("bo"), world.pages("cy"), world.pages("dee")), (1, 1, last_resort));
    let alarms = world.terminal.told("dee").iter().filter(|text| text.starts_with("Firebell is in trouble")).count();
    assert_eq!(alarms, 1, "{:?}", world.terminal.told("dee"));
    // It goes on as if nobody had been killed: the last resort is paged every five minutes until somebody answers.
    world.terminal.first_attempts_go_well();
    let before = world.pages("dee");
    world.advance(minutes(5)).await;
    assert_eq!(world.pages("dee"), before + 1);
    world.says("bo", "/incident ack").await;
    world.advance(minutes(30)).await;
    assert_eq!((world.pages("dee"), world.pages("cy")), (before + 1, 1));
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    killed
}

/// Two incidents and two rooms in one decision.
async fn killed_while_incidents_are_merged(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("bo", "/incident declare the shop is slow").await;
    world.says("cy", "/incident INC-2 lead").await;
    world.terminal.first_attempts(Act::HangAfter);
    world.asks("cy", None, "/incident INC-2 merge INC-1").await;
    let killed = kill_until(world, minutes(10)).await;
    assert!(killed.iter().filter(|key| key.contains(":post:")).count() == 2, "{killed:?}");
    let (one, two) = (world.terminal.room("inc-1-checkout-is-down"), world.terminal.room("inc-2-the-shop-is-slow"));
    assert_eq!((one.posts.len(), two.posts.len(), one.closed, two.closed), (1, 2, false, true), "{one:?} {two:?}");
    assert_eq!(one.members.iter().map(String::as_str).collect::<Vec<_>>(), ["ana", "bo", "cy"]);
    assert!(two.card.starts_with("INC-2  SEV3  merged"), "{}", two.card);
    came_twice_and_was_marked(world, &killed);
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

/// What the pass queued again is an effect like any other.
async fn killed_after_the_reconcile_pass(world: &mut World) {
    slow_policy(world).await;
    world.terminal.first_attempts(Act::HangAfter);
    world.asks("ana", None, LINES[0].1).await;
    world
        .tampers("DELETE FROM effect WHERE key LIKE '%:open:%' OR key LIKE '%:notice:%' OR key LIKE '%:invite:%'")
        .await;
    world.restart().await;
    world.app.engine.audit().await.unwrap();
    world.restart().await;
    let killed = kill_until(world, minutes(10)).await;
    let room = world.terminal.room("inc-1-checkout-is-down");
    assert_eq!(room.members.iter().map(String::as_str).collect::<Vec<_>>(), ["ana", "bo"]);
    assert_eq!(world.pages("bo"), 1);
    came_twice_and_was_marked(world, &killed);
    world.app.engine.audit().await.unwrap();
    assert_eq!(world.app.engine.next().await.unwrap().map(|next| next > world.clock.now()), Some(true));
}

/// The command is committed and its sender hears nothing; whoever sends it again hears what was decided, and it happens
/// once.
async fn killed_before_the_answer(world: &mut World) {
    slow_policy(world).await;
    for (number, (who, line)) in LINES.into_iter().enumerate() {
        let inbound = world.inbound(&format!("slash-{number}"), who, line);
        let first = world.takes(inbound.clone()).await;
        assert!(!first.starts_with('!'), "{line}: {first}");
        world.restart().await;
        assert_eq!(world.takes(inbound.clone()).await, first, "{line}");
        world.settle().await;
        world.restart().await;
        assert_eq!(world.takes(inbound).await, first, "{line}");
    }
    everything_was_seen(world).await;
    assert_eq!(world.terminal.repeats().len(), 0);
}

/// A second time, and said to be a repetition; a card cannot be seen twice.
fn came_twice_and_was_marked(world: &World, keys: &BTreeSet<String>) {
    let repeats = world.terminal.repeats();
    for key in keys.iter().filter(|key| !is_card(key)) {
        assert_eq!(repeats.get(key).map(|seen| (seen.times, seen.marked)), Some((1, 1)), "{key}");
    }
    assert!(repeats.keys().all(|key| keys.contains(key)), "{repeats:?} and {keys:?}");
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

/// Lets time pass and kills the process at everything that hangs on the way; answers its keys.
async fn kill_until(world: &mut World, span: TimeDelta) -> BTreeSet<String> {
    let end = world.clock.now() + span;
    let mut killed = BTreeSet::new();
    while world.clock.now() <= end {
        match hangs_while_settling(world).await {
            Some(key) => {
                assert!(killed.insert(key.clone()), "{key} hung twice");
                world.restart().await;
                world.clock.advance(seconds(LEASE_OVER)).unwrap();
            }
            None => match world.app.engine.next().await.unwrap() {
                Some(next) if next <= end => world.clock.set(next).unwrap(),
                _ => break,
            },
        }
    }
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
