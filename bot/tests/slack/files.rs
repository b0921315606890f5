//! Files that people post are known, and copied where that is configured.

use firebell_core::chain::Hash;
use firebell_core::file::{File, FileState};
use firebell_core::ids::IncidentId;
use firebell_core::timeline::Change;
use sha2::{Digest as _, Sha256};

use crate::support::slack::{Fault, SharedFile, Trouble};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(nothing_is_copied_unless_that_is_configured);
in_slack!(copying => a_copy_is_the_very_file, a_file_that_is_too_large_says_so, a_copy_survives_what_goes_wrong,
    a_file_that_is_gone_is_given_up, a_redaction_takes_the_copy, a_changed_copy_is_found_out,
    whoever_is_killed_copies_once, a_file_is_copied_from_what_was_said_before, whats_in_no_room_is_not_copied);

/// Two parts and a bit.
static LONG: [u8; 600_000] = [7; 600_000];
/// One byte more than is copied.
static TOO_LONG: [u8; 1024 * 1024 + 1] = [1; 1024 * 1024 + 1];

fn copying(before: &mut Before) {
    before.config.copy_files = Some(1024 * 1024);
}

async fn room(world: &SlackWorld) -> String {
    world.types("cy", "declare checkout is down").await;
    world.room(1).await.id
}

async fn shares(world: &SlackWorld, room: &str, (name, bytes): (&'static str, &'static [u8])) {
    world.fake.shares_file(world.id("bo"), room, SharedFile { name, bytes, comment: "see" }).await;
}

async fn files(world: &SlackWorld) -> Vec<File> {
    world.app.intake.operator_files(IncidentId(1)).await.unwrap().unwrap()
}

/// What is in the copy of the first file.
async fn content(world: &SlackWorld) -> Vec<u8> {
    let (mut bytes, mut part) = (Vec::new(), 0);
    let id = files(world).await[0].id;
    while let Some(more) = world.app.intake.file_part((IncidentId(1), id), part).await.unwrap() {
        bytes.extend(more);
        part += 1;
    }
    bytes
}

/// The entries that tell of files.
async fn told(world: &SlackWorld) -> usize {
    let record =
        world.app.intake.record(firebell_core::policy::Viewer::Operator, IncidentId(1)).await.unwrap().unwrap();
    let settled = |change: &&Change| matches!(change, Change::FileSettled { .. });
    record.entries.iter().filter_map(|entry| entry.change.as_ref()).filter(settled).count()
}

async fn is_copied(world: &SlackWorld, expected: &[u8]) {
    assert_eq!(content(world).await, expected);
    let FileState::Copied { size, hash } = files(world).await[0].state.clone() else {
        panic!("{:?}", files(world).await)
    };
    assert_eq!(usize::try_from(size).unwrap(), expected.len());
    assert_eq!(hash.as_bytes(), Sha256::digest(expected).as_slice());
    assert_eq!(told(world).await, 1);
    assert_eq!(world.broken().await, [""; 0]);
}

async fn nothing_is_copied_unless_that_is_configured(world: &mut SlackWorld) {
    let room = room(world).await;
    shares(world, &room, ("graph.png", b"png")).await;
    world.settle().await;
    let held = files(world).await;
    let attached = held[0].attached.as_ref().unwrap();
    assert_eq!(
        (attached.name.as_str(), attached.media_type.as_deref(), attached.size),
        ("graph.png", Some("image/png"), Some(3))
    );
    assert!(attached.permalink.as_ref().is_some_and(|link| link.contains("/files/")), "{attached:?}");
    assert_eq!((held.len(), &held[0].state), (1, &FileState::Told));
    assert_eq!(world.fake.calls_of("files.info").len(), 0);
    assert_eq!(told(world).await, 0);
}

async fn a_copy_is_the_very_file(world: &mut SlackWorld) {
    let room = room(world).await;
    shares(world, &room, ("graph.png", &LONG)).await;
    world.settle().await;
    is_copied(world, &LONG).await;
    world.fake.redeliver_latest();
    world.settle().await;
    assert_eq!((files(world).await.len(), world.fake.calls_of("files.info").len()), (1, 1));
    // The message itself names the file; that it was copied is bookkeeping.
    let timeline = world.timeline("cy", 1).await;
    assert!(timeline.contains("graph.png (image/png, 586 KiB)") && !timeline.contains("SHA-256"), "{timeline}");
}

async fn a_file_that_is_too_large_says_so(world: &mut SlackWorld) {
    let room = room(world).await;
    shares(world, &room, ("dump.bin", &TOO_LONG)).await;
    world.settle().await;
    let why = "it is larger than 1 MiB, up to which files are copied";
    assert_eq!(files(world).await[0].state, FileState::NotCopied { reason: why.to_owned() });
    let timeline = world.timeline("cy", 1).await;
    assert!(timeline.contains(&format!("File FILE1 of M1, dump.bin: not copied, {why}")), "{timeline}");
    assert_eq!(world.fake.calls_of("files.info").len(), 0);
    assert_eq!(world.broken().await, [""; 0]);
}

async fn a_copy_survives_what_goes_wrong(world: &mut SlackWorld) {
    let room = room(world).await;
    for method in ["files.info", "download"] {
        for fault in [Fault::RateLimited(30), Fault::Status(503), Fault::ResetBefore, Fault::ResetAfter] {
            world.fake.breaks(Trouble::with(method, fault).times(1));
        }
    }
    shares(world, &room, ("graph.png", &LONG)).await;
    world.advance(chrono::TimeDelta::minutes(10)).await;
    is_copied(world, &LONG).await;
}

async fn a_file_that_is_gone_is_given_up(world: &mut SlackWorld) {
    let room = room(world).await;
    world.fake.breaks(Trouble::with("files.info", Fault::Error("file_deleted".to_owned())));
    shares(world, &room, ("graph.png", b"png")).await;
    world.settle().await;
    assert_eq!(files(world).await[0].state, FileState::NotCopied { reason: "it is no longer in Slack".to_owned() });
    assert_eq!(told(world).await, 1);
}

async fn a_redaction_takes_the_copy(world: &mut SlackWorld) {
    let room = room(world).await;
    shares(world, &room, ("password.txt", b"hunter2")).await;
    world.settle().await;
    is_copied(world, b"hunter2").await;
    let answer = world.types_in(&room, "bo", "redact M1 a password").await;
    assert!(answer.contains("M1"), "{answer}");
    assert_eq!((&files(world).await[0].state, &files(world).await[0].attached), (&FileState::Redacted, &None));
    assert_eq!(content(world).await, b"");
    let record =
        world.app.intake.record(firebell_core::policy::Viewer::Operator, IncidentId(1)).await.unwrap().unwrap();
    let hash = Hash::from_bytes(Sha256::digest(b"hunter2").into()).to_string();
    let all = format!("{:?} {:?}", record.entries, record.messages);
    assert!(!all.contains("password.txt") && !all.contains(&hash), "{all}");
    assert_eq!(world.broken().await, [""; 0]);
}

async fn a_changed_copy_is_found_out(world: &mut SlackWorld) {
    let room = room(world).await;
    shares(world, &room, ("graph.png", b"png")).await;
    world.settle().await;
    let changed = "INC-1: file FILE1 was changed: ";
    for (sql, why) in [
        ("UPDATE message_file_part SET part = 1", "its copy does not match its hash"),
        ("UPDATE message_file SET copied_size = 4", "it is not what was copied, and "),
        (
            "UPDATE message_file SET state = 'purged', copied_size = NULL, hash = NULL",
            "it is not what was copied, and ",
        ),
    ] {
        world.tampers(sql).await;
        let broken = world.broken().await;
        assert!(broken.len() == 1 && broken[0].starts_with(&format!("{changed}{why}")), "{sql}: {broken:?}");
    }
    world.tampers("DELETE FROM message_file_part").await;
    world.tampers("DELETE FROM message_file").await;
    assert!(world.broken().await[0].starts_with(&format!("{changed}it is gone")));
}

async fn whoever_is_killed_copies_once(world: &mut SlackWorld) {
    let room = room(world).await;
    world.fake.breaks(Trouble::with("download", Fault::HangAfter).times(1));
    shares(world, &room, ("graph.png", &LONG)).await;
    world.fake.settled().await;
    world.app.slack[0].idle().await;
    world.killed_when(|fake| fake.calls_of("download").len() == 1).await;
    world.advance(chrono::TimeDelta::minutes(5)).await;
    is_copied(world, &LONG).await;
}

async fn a_file_is_copied_from_what_was_said_before(world: &mut SlackWorld) {
    let general = world.general.clone();
    shares(world, &general, ("graph.png", b"png")).await;
    world.settle().await;
    assert_eq!(world.fake.calls_of("files.info").len(), 0);
    world.types("cy", "declare checkout is down --here").await;
    world.settle().await;
    world.until_kept(1, 1).await;
    is_copied(world, b"png").await;
}

async fn whats_in_no_room_is_not_copied(world: &mut SlackWorld) {
    room(world).await;
    let general = world.general.clone();
    shares(world, &general, ("graph.png", b"png")).await;
    world.settle().await;
    assert_eq!(files(world).await, []);
    assert_eq!(world.fake.calls_of("files.info").len(), 0);
}
