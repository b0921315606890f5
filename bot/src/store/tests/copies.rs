//! Copies of messages: wanted, shown, found by what the platform calls them, and gone with their messages.

use firebell_core::command::Command;
use firebell_core::effect::Reference;
use firebell_core::ids::{IncidentId, MessageId, RoomId, WorkspaceId};
use firebell_core::incident::Mirror;
use uuid::Uuid;

use super::super::copies::{MessageCopy, Shows, answered, get, original, others, settle, want};
use super::super::messages::{begin, purge, take_turn};
use super::sample::{ANN, BOB, at, go_on, plant, with_room};
use super::*;

const ONE: IncidentId = IncidentId(1);
const ELSEWHERE: WorkspaceId = WorkspaceId(Uuid::from_u128(9));

/// Incident 1 with a room in each of two workspaces.
async fn rooms(tx: &mut Tx<'_>) -> (RoomId, RoomId) {
    plant(tx).await;
    let (mut loaded, room) = with_room(tx, 1, 0).await;
    let other = RoomId(Uuid::from_u128(5));
    loaded.incident.rooms.push(firebell_core::incident::Room {
        id: other,
        workspace: ELSEWHERE,
        state: firebell_core::incident::RoomState::Requested,
        adopts: None,
    });
    let made = Reference { external_id: "D1".to_owned(), name: "inc-1".to_owned() };
    let add = "INSERT INTO workspace (id, platform, external_id, name, credentials, connected_at) \
               SELECT $1, platform, 'other', name, credentials, connected_at FROM workspace";
    execute!(tx, add, [ELSEWHERE.0]).unwrap();
    go_on(tx, &loaded, Command::RoomOpened { room: other, made }, 2).await;
    (room, other)
}

#[tokio::test]
async fn a_copy_is_wanted_shown_and_taken_back() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (room, other) = rooms(tx).await;
        let id = begin(tx, (ONE, room, "m1"), ANN, (at(9), None)).await.unwrap();
        let open = async |tx: &mut Tx<'_>| others(tx, (ONE, room), id).await.unwrap();
        let found = open(tx).await;
        assert_eq!(
            found.iter().map(|held| (held.room, held.workspace, held.copied)).collect::<Vec<_>>(),
            [(other, ELSEWHERE, false)]
        );
        assert_eq!(get(tx, (ONE, id), other).await.unwrap(), None);
        for _ in 0..2 {
            want(tx, (ONE, id), other).await.unwrap();
        }
        assert!(open(tx).await[0].copied);
        let held = async |tx: &mut Tx<'_>| get(tx, (ONE, id), other).await.unwrap().unwrap();
        assert_eq!(held(tx).await, MessageCopy { external_id: None, shows: Shows::NotYet });
        settle(tx, (ONE, id), other, (Some("k1"), Shows::Revision(2))).await.unwrap();
        assert_eq!(held(tx).await, MessageCopy { external_id: Some("k1".to_owned()), shows: Shows::Revision(2) });
        assert_eq!(original(tx, other, "k1").await.unwrap(), Some((ONE, id)));
        assert_eq!(original(tx, room, "k1").await.unwrap(), None);
        settle(tx, (ONE, id), other, (None, Shows::Nothing)).await.unwrap();
        assert_eq!(held(tx).await, MessageCopy { external_id: Some("k1".to_owned()), shows: Shows::Nothing });
        session.sql("UPDATE incident SET closed_at = declared_at").await;
        let tx = &mut session.tx();
        assert_eq!(purge(tx, at(9_999)).await.unwrap(), 1);
        assert_eq!(original(tx, other, "k1").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_answer_finds_what_it_answers_in_either_room() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (room, other) = rooms(tx).await;
        let first = begin(tx, (ONE, room, "m1"), ANN, (at(9), None)).await.unwrap();
        want(tx, (ONE, first), other).await.unwrap();
        let here = begin(tx, (ONE, room, "m2"), BOB, (at(10), Some("m1"))).await.unwrap();
        assert_eq!(answered(tx, (ONE, here), other).await.unwrap(), Some((first, None)));
        settle(tx, (ONE, first), other, (Some("k1"), Shows::Revision(1))).await.unwrap();
        assert_eq!(answered(tx, (ONE, here), other).await.unwrap(), Some((first, Some("k1".to_owned()))));
        // Under the copy, which stands for the message itself in its own room.
        let there = begin(tx, (ONE, other, "n1"), BOB, (at(11), Some("k1"))).await.unwrap();
        assert_eq!(answered(tx, (ONE, there), room).await.unwrap(), Some((first, Some("m1".to_owned()))));
        let lost = begin(tx, (ONE, room, "m3"), BOB, (at(12), Some("unknown"))).await.unwrap();
        for message in [first, lost, MessageId(9)] {
            assert_eq!(answered(tx, (ONE, message), other).await.unwrap(), None);
        }
    })
    .await;
}

#[tokio::test]
async fn whether_it_is_mirrored_is_seen_with_the_turn() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (mut loaded, _) = with_room(tx, 1, 0).await;
        assert_eq!(take_turn(tx, ONE).await.unwrap(), Mirror::Never);
        for (on, mirror) in [(true, Mirror::On { since: at(5) }), (false, Mirror::Ended)] {
            loaded = go_on(tx, &loaded, Command::Mirror { on }, 5).await;
            assert_eq!(take_turn(tx, ONE).await.unwrap(), mirror);
        }
        assert_eq!(take_turn(tx, IncidentId(7)).await.unwrap(), Mirror::Never);
        session.sql("UPDATE incident SET mirror = 'yes'").await;
        let read = take_turn(&mut session.tx(), ONE).await;
        assert!(matches!(read, Err(StoreError::Corrupt { table: "incident", .. })), "{read:?}");
    })
    .await;
}
