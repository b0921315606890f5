//! What people say in a room is kept with every change of it; the timeline shows it as it stands, and a mark what it said.

use chrono::{DateTime, Utc};
use firebell_core::message::Happened;
use firebell_core::settings::Capture;
use firebell_core::timeline::Change;

use crate::support::{World, minutes, on_both, seconds};

on_both!(
    an_edit_is_shown_and_a_deletion_leaves_a_gap,
    what_arrives_twice_is_kept_once,
    what_was_overtaken_is_never_the_newest,
    a_deletion_is_final,
    what_was_never_captured_stays_so,
    where_capture_is_off_no_words_are_kept,
    an_edit_that_overtakes_its_original_brings_the_message,
    nobody_edits_what_somebody_else_said,
    a_mark_cites_the_newest_words,
    a_marked_message_keeps_what_was_marked,
    what_is_gone_cannot_be_marked,
    a_redaction_takes_every_revision_and_stands,
    a_change_of_a_message_does_not_touch_the_incident,
);

const ROOM: &str = "inc-1-checkout-is-down";

async fn declared(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.advance(minutes(1)).await;
}

fn said(who: &str, text: &str) -> Happened<String> {
    Happened::Said { author: who.to_owned(), text: text.to_owned() }
}

fn edited(who: &str, at: DateTime<Utc>, text: &str) -> Happened<String> {
    Happened::Edited { author: who.to_owned(), at, text: text.to_owned() }
}

/// The messages that the timeline shows, without the times.
async fn shown(world: &mut World) -> Vec<String> {
    let timeline = world.says("ana", "/incident INC-1 timeline").await;
    let rows = timeline.lines().filter_map(|line| line.split_once("  "));
    rows.filter(|(_, row)| row.starts_with('M')).map(|(_, row)| row.to_owned()).collect()
}

async fn an_edit_is_shown_and_a_deletion_leaves_a_gap(world: &mut World) {
    declared(world).await;
    world.talks(ROOM, "bo", "it is the disk").await.unwrap();
    world.advance(minutes(1)).await;
    world.edits(ROOM, "bo", "it is the network").await.unwrap();
    assert_eq!(shown(world).await, ["M1  it is the network (edited) — @bo"]);
    world.talks(ROOM, "cy", "hello?").await.unwrap();
    world.deletes(ROOM).await.unwrap();
    assert_eq!(shown(world).await, ["M1  it is the network (edited) — @bo", "M2  [deleted] — @cy"]);
    let long = "x".repeat(8_001);
    let refusal = world.edits(ROOM, "cy", &long).await.unwrap_err();
    assert_eq!(refusal, "the message is longer than 8000 characters; shorten it or link to it");
    assert_eq!(world.broken().await, Vec::<String>::new());
    let export = world.says("ana", "/incident INC-1 export json").await;
    for fields in ["\"deleted\": false,\n      \"edited\": true", "\"deleted\": true,\n      \"edited\": false"] {
        assert!(export.contains(fields), "{fields} is not in {export}");
    }
}

async fn what_arrives_twice_is_kept_once(world: &mut World) {
    declared(world).await;
    let sent = world.clock.now();
    let (first, second) = (sent + seconds(10), sent + seconds(20));
    for what in [
        said("bo", "disk"),
        said("bo", "disk"),
        edited("bo", first, "network"),
        edited("bo", second, "disk"),
        edited("bo", first, "network"),
        said("bo", "disk"),
    ] {
        let number = world.hears(ROOM, ("m1", sent), what).await.unwrap();
        assert_eq!(number.map(|number| number.to_string()).as_deref(), Some("M1"));
    }
    assert_eq!(shown(world).await, ["M1  disk (edited) — @bo"]);
    world.says("ana", "/incident mark M1").await;
    assert_eq!(marked(world).await, (3, "disk".to_owned()));
}

async fn what_was_overtaken_is_never_the_newest(world: &mut World) {
    declared(world).await;
    let sent = world.clock.now();
    for what in [
        said("bo", "disk"),
        edited("bo", sent + seconds(20), "the network card"),
        edited("bo", sent + seconds(10), "network"),
    ] {
        world.hears(ROOM, ("m1", sent), what).await.unwrap();
    }
    assert_eq!(shown(world).await, ["M1  the network card (edited) — @bo"]);
    world.says("ana", "/incident mark M1").await;
    assert_eq!(marked(world).await, (2, "the network card".to_owned()));
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn a_deletion_is_final(world: &mut World) {
    declared(world).await;
    let sent = world.clock.now();
    world.hears(ROOM, ("m1", sent), said("bo", "disk")).await.unwrap();
    world.hears(ROOM, ("m1", sent), edited("bo", sent + seconds(20), "network")).await.unwrap();
    // The deletion is told by a clock that is behind.
    for at in [sent + seconds(5), sent + seconds(5), sent + seconds(30)] {
        world.hears(ROOM, ("m1", sent), Happened::Deleted { at }).await.unwrap();
    }
    for what in
        [edited("bo", sent + seconds(20), "network"), edited("bo", sent + seconds(90), "card"), said("bo", "disk")]
    {
        world.hears(ROOM, ("m1", sent), what).await.unwrap();
    }
    assert_eq!(shown(world).await, ["M1  [deleted] — @bo"]);
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn what_was_never_captured_stays_so(world: &mut World) {
    let early = world.clock.now();
    declared(world).await;
    let late = world.clock.now();
    let nowhere = [
        // In a room that Firebell does not know.
        ("random", late, edited("bo", late, "network")),
        // Before it knew the room.
        (ROOM, early - seconds(1), edited("bo", late, "network")),
        (ROOM, late, Happened::Deleted { at: late }),
        // By somebody who is nobody here.
        (ROOM, late, edited("mallory", late, "network")),
    ];
    for (room, sent, what) in nowhere {
        assert_eq!(world.hears(room, ("m1", sent), what).await, Ok(None));
    }
    assert_eq!(shown(world).await, [""; 0]);
}

async fn where_capture_is_off_no_words_are_kept(world: &mut World) {
    declared(world).await;
    world.talks(ROOM, "bo", "disk").await.unwrap();
    world.restart_with(|settings| settings.capture = Capture::Marked).await;
    world.edits(ROOM, "bo", "network").await.unwrap();
    assert_eq!(shown(world).await, ["M1  disk — @bo"]);
    // That a message is gone which was kept is no words.
    world.deletes(ROOM).await.unwrap();
    assert_eq!(shown(world).await, ["M1  [deleted] — @bo"]);
    world.talks(ROOM, "bo", "card").await.unwrap();
    world.deletes(ROOM).await.unwrap();
    assert_eq!(shown(world).await, ["M1  [deleted] — @bo"]);
}

async fn an_edit_that_overtakes_its_original_brings_the_message(world: &mut World) {
    declared(world).await;
    let sent = world.clock.now();
    world.advance(minutes(1)).await;
    let now = world.clock.now();
    world.hears(ROOM, ("m1", sent), edited("bo", now, "network")).await.unwrap();
    assert_eq!(shown(world).await, ["M1  network (edited) — @bo"]);
    world.hears(ROOM, ("m1", sent), said("bo", "disk")).await.unwrap();
    assert_eq!(shown(world).await, ["M1  network (edited) — @bo"]);
    let timeline = world.says("ana", "/incident INC-1 timeline").await;
    assert!(timeline.contains("09:01  M1  network"), "{timeline}");
}

async fn nobody_edits_what_somebody_else_said(world: &mut World) {
    declared(world).await;
    world.talks(ROOM, "bo", "disk").await.unwrap();
    world.edits(ROOM, "eve", "it was bo").await.unwrap();
    assert_eq!(shown(world).await, ["M1  disk — @bo"]);
}

async fn a_mark_cites_the_newest_words(world: &mut World) {
    declared(world).await;
    world.talks(ROOM, "bo", "disk").await.unwrap();
    world.edits(ROOM, "bo", "network").await.unwrap();
    world.says("ana", "/incident mark M1").await;
    assert_eq!(marked(world).await, (2, "network".to_owned()));
    let timeline = world.says("ana", "/incident timeline").await;
    assert!(timeline.contains("@bo wrote (M1): network — @ana") && !timeline.contains("disk"), "{timeline}");
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn a_marked_message_keeps_what_was_marked(world: &mut World) {
    declared(world).await;
    world.talks(ROOM, "bo", "disk").await.unwrap();
    world.says("ana", "/incident mark M1").await;
    world.edits(ROOM, "bo", "it was me").await.unwrap();
    world.deletes(ROOM).await.unwrap();
    let timeline = world.says("ana", "/incident timeline").await;
    assert!(timeline.contains("@bo wrote (M1): disk — @ana") && !timeline.contains("it was me"), "{timeline}");
    assert_eq!(marked(world).await, (1, "disk".to_owned()));
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.adds_up().await;
}

async fn what_is_gone_cannot_be_marked(world: &mut World) {
    declared(world).await;
    world.talks(ROOM, "bo", "disk").await.unwrap();
    world.deletes(ROOM).await.unwrap();
    world.talks(ROOM, "bo", "hunter2").await.unwrap();
    world.edits(ROOM, "bo", "hunter3").await.unwrap();
    world.says("ana", "/incident redact M2 a password").await;
    for message in ["M1", "M2"] {
        let reply = world.says("ana", &format!("/incident mark {message}")).await;
        assert_eq!(reply, format!("! {message} was deleted or redacted; nothing of it is left to mark"));
    }
    assert_eq!(
        world.says("ana", "/incident mark M3").await,
        "! INC-1 has no message M3; `/incident INC-1 timeline` shows them"
    );
}

async fn a_redaction_takes_every_revision_and_stands(world: &mut World) {
    declared(world).await;
    world.talks(ROOM, "bo", "hunter1").await.unwrap();
    world.edits(ROOM, "bo", "hunter2").await.unwrap();
    world.says("ana", "/incident mark M1").await;
    world.advance(minutes(1)).await;
    world.edits(ROOM, "bo", "hunter3").await.unwrap();
    world.says("bo", "/incident redact M1 a password").await;
    world.advance(minutes(1)).await;
    world.edits(ROOM, "bo", "hunter4").await.unwrap();
    assert_eq!(world.broken().await, Vec::<String>::new());
    let seen = world.says("ana", "/incident timeline").await + &world.says("ana", "/incident export json").await;
    assert!(seen.contains("@bo wrote (M1): [redacted]") && !seen.contains("hunter"), "{seen}");
    world.deletes(ROOM).await.unwrap();
    assert_eq!(world.broken().await, Vec::<String>::new());
    // Deleted first and redacted then: the words of before leave as well.
    world.talks(ROOM, "bo", "hunter5").await.unwrap();
    world.deletes(ROOM).await.unwrap();
    assert_eq!(
        world.says("bo", "/incident redact M2 a password").await,
        "M2 of INC-1 is redacted; its words are gone for good."
    );
    assert_eq!(shown(world).await, ["M2  [deleted] — @bo"]);
    assert_eq!(world.broken().await, Vec::<String>::new());
    // The reason can go too, and the redaction is still one.
    let reason = world.history(1).await.pop().unwrap().id;
    world.says("bo", &format!("/incident redact {reason} it said too much")).await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn a_change_of_a_message_does_not_touch_the_incident(world: &mut World) {
    declared(world).await;
    let before = world.row(1).await;
    world.talks(ROOM, "bo", "disk").await.unwrap();
    world.edits(ROOM, "bo", "network").await.unwrap();
    world.deletes(ROOM).await.unwrap();
    assert_eq!(world.row(1).await, before);
    assert_eq!(world.app.engine.next().await.unwrap(), None, "nothing follows from it");
}

/// Which revision the newest mark cites, and what it says.
async fn marked(world: &World) -> (i64, String) {
    let marks = world.history(1).await.into_iter().rev().find_map(|entry| match entry.change {
        Some(Change::MessageMarked { revision, text, .. }) => Some((revision, text)),
        _ => None,
    });
    marks.unwrap()
}
