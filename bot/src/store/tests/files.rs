//! Files of captured messages: known once, copied in parts, settled, erased with their message and let go of.

use firebell_core::chain::Hash;
use firebell_core::command::Command;
use firebell_core::decide::Erased;
use firebell_core::file::{Attached, FileOutcome, FileState};
use firebell_core::ids::{FileId, IncidentId, MessageId, RoomId};

use super::super::entries::erase as erase_words;
use super::super::files::{attach, erase, get, of_incident, part, purge, put_part, put_whole, settle};
use super::super::messages;
use super::sample::{ANN, at, go_on, plant, with_room};
use super::*;

const ONE: IncidentId = IncidentId(1);
const F1: (IncidentId, FileId) = (ONE, FileId(1));
const HASH: Hash = Hash::from_bytes([7; 32]);

fn told(external_id: &str) -> Attached {
    Attached {
        external_id: external_id.to_owned(),
        name: format!("{external_id}.png"),
        media_type: Some("image/png".to_owned()),
        size: Some(9),
        permalink: None,
    }
}

/// A message with a file that is to be copied.
async fn posted(tx: &mut Tx<'_>, (incident, room): (i64, RoomId), external_id: &str) -> MessageId {
    let place = (IncidentId(incident), room, external_id);
    let message = messages::begin(tx, place, ANN, (at(1), None)).await.unwrap();
    let new = attach(tx, (IncidentId(incident), message), &told(external_id), true).await.unwrap();
    assert!(new.is_some());
    message
}

async fn state(tx: &mut Tx<'_>, id: i64) -> FileState {
    get(tx, ONE, FileId(id)).await.unwrap().unwrap().state
}

/// Two parts, of which the second is of another attempt.
async fn copied(tx: &mut Tx<'_>) {
    for (number, bytes) in [(0, b"first"), (1, b"other"), (0, b"again")] {
        assert!(put_part(tx, F1, number, bytes).await.unwrap());
    }
    put_whole(tx, F1, 1, (5, HASH)).await.unwrap();
}

#[tokio::test]
async fn a_file_is_numbered_in_its_incident_and_known_once_for_each_message() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let ((_, one), (_, two)) = (with_room(tx, 1, 0).await, with_room(tx, 2, 0).await);
        let first = posted(tx, (1, one), "a").await;
        assert_eq!(attach(tx, (ONE, first), &told("a"), true).await.unwrap(), None, "it is known");
        assert_eq!(attach(tx, (ONE, first), &told("b"), false).await.unwrap(), Some(FileId(2)));
        let second = posted(tx, (1, one), "c").await;
        assert_eq!(attach(tx, (ONE, second), &told("a"), true).await.unwrap(), Some(FileId(4)), "posted again");
        posted(tx, (2, two), "a").await;
        let held = of_incident(tx, ONE).await.unwrap();
        let seen: Vec<_> = held.iter().map(|file| (file.id.0, file.message, file.external_id.as_str())).collect();
        assert_eq!(seen, [(1, first, "a"), (2, first, "b"), (3, second, "c"), (4, second, "a")]);
        assert_eq!(held[0].attached, Some(told("a")));
        assert_eq!((&held[0].state, &held[1].state), (&FileState::Wanted { whole: None }, &FileState::Told));
        assert_eq!(get(tx, ONE, FileId(9)).await.unwrap(), None);
        assert_eq!(of_incident(tx, IncidentId(2)).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_copy_is_its_parts_and_ends_once() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (_, room) = with_room(tx, 1, 0).await;
        posted(tx, (1, room), "a").await;
        posted(tx, (1, room), "b").await;
        copied(tx).await;
        assert_eq!(state(tx, 1).await, FileState::Wanted { whole: Some((5, HASH)) });
        settle(tx, F1, &FileOutcome::Copied { size: 5, hash: HASH }).await.unwrap();
        assert_eq!(state(tx, 1).await, FileState::Copied { size: 5, hash: HASH });
        put_whole(tx, F1, 1, (6, Hash::ZERO)).await.unwrap();
        assert_eq!(state(tx, 1).await, FileState::Copied { size: 5, hash: HASH }, "it has ended");
        assert_eq!(part(tx, F1, 0).await.unwrap().as_deref(), Some(&b"again"[..]));
        assert_eq!(part(tx, F1, 1).await.unwrap(), None);
        let second = (ONE, FileId(2));
        put_part(tx, second, 0, b"half").await.unwrap();
        put_whole(tx, second, 1, (4, HASH)).await.unwrap();
        settle(tx, second, &FileOutcome::NotCopied { reason: "gone".to_owned() }).await.unwrap();
        assert_eq!(state(tx, 2).await, FileState::NotCopied { reason: "gone".to_owned() });
        assert_eq!(part(tx, second, 0).await.unwrap(), None, "half a file is none");
    })
    .await;
}

#[tokio::test]
async fn a_redaction_takes_the_copies_with_the_words() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (_, room) = with_room(tx, 1, 0).await;
        let (first, second) = (posted(tx, (1, room), "a").await, posted(tx, (1, room), "b").await);
        copied(tx).await;
        erase_words(tx, &[Erased::Message(ONE, first)]).await.unwrap();
        let erased = get(tx, ONE, FileId(1)).await.unwrap().unwrap();
        assert_eq!((erased.state, erased.attached), (FileState::Redacted, None));
        assert_eq!(part(tx, F1, 0).await.unwrap(), None);
        // A copy that was under way goes on for a moment.
        assert!(!put_part(tx, F1, 1, b"late").await.unwrap());
        put_whole(tx, F1, 2, (9, HASH)).await.unwrap();
        assert_eq!((part(tx, F1, 1).await.unwrap(), state(tx, 1).await), (None, FileState::Redacted));
        assert_eq!(attach(tx, (ONE, first), &told("a"), true).await.unwrap(), None, "it stays known");
        assert_eq!(state(tx, 2).await, FileState::Wanted { whole: None });
        erase(tx, (ONE, second)).await.unwrap();
        assert_eq!(state(tx, 2).await, FileState::Redacted);
    })
    .await;
}

#[tokio::test]
async fn copies_of_closed_incidents_are_let_go_of_and_go_with_their_messages() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let ((first, one), (_, two)) = (with_room(tx, 1, 0).await, with_room(tx, 2, 0).await);
        posted(tx, (1, one), "a").await;
        posted(tx, (2, two), "a").await;
        copied(tx).await;
        settle(tx, F1, &FileOutcome::Copied { size: 5, hash: HASH }).await.unwrap();
        put_part(tx, (IncidentId(2), FileId(1)), 0, b"open").await.unwrap();
        let resolved = go_on(tx, &first, Command::Resolve { summary: "over".to_owned() }, 5).await;
        go_on(tx, &resolved, Command::Close, 6).await;
        assert_eq!(purge(tx, at(6)).await.unwrap(), 0);
        assert_eq!(purge(tx, at(7)).await.unwrap(), 1);
        assert_eq!(state(tx, 1).await, FileState::Purged);
        assert_eq!(part(tx, F1, 0).await.unwrap(), None);
        messages::purge(tx, at(7)).await.unwrap();
        assert_eq!(of_incident(tx, ONE).await.unwrap(), []);
        assert_eq!(session.number("SELECT count(*) FROM message_file").await, 1);
        assert_eq!(session.number("SELECT count(*) FROM message_file_part").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_contradicts_itself_is_named() {
    on_both(async |session| {
        plant(&mut session.tx()).await;
        let (_, room) = with_room(&mut session.tx(), 1, 0).await;
        posted(&mut session.tx(), (1, room), "a").await;
        let disagree = "its state and what stands beside it do not agree";
        for (sql, why) in [
            ("UPDATE message_file SET state = 'lost'", disagree),
            ("UPDATE message_file SET state = 'copied'", disagree),
            ("UPDATE message_file SET state = 'told', reason = 'none'", disagree),
            (
                "UPDATE message_file SET name = NULL, reason = NULL",
                "its name is gone without a redaction, or there in spite of one",
            ),
            ("UPDATE message_file SET hash = CAST('x' AS BYTEA)", "its hash is not 32 bytes"),
        ] {
            let sql = if matches!(session, Session::Sqlite(_)) { sql.replace("BYTEA", "BLOB") } else { sql.to_owned() };
            session.sql(&sql).await;
            match of_incident(&mut session.tx(), ONE).await {
                Err(StoreError::Corrupt { table: "message_file", id, why: found }) => {
                    assert_eq!((id.as_str(), found.as_str()), ("INC-1 FILE1", why));
                }
                other => panic!("{sql}: {other:?}"),
            }
        }
    })
    .await;
}
