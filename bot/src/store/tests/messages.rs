//! Captured messages: numbered in their incident, known by their platform's id, revised, erased and purged.

use firebell_core::chain::{Hash, body_hash};
use firebell_core::command::Command;
use firebell_core::decide::Erased;
use firebell_core::ids::{IncidentId, MessageId, RoomId};
use firebell_core::message::{Message, Revised, Says};

use super::super::entries::erase;
use super::super::messages::{begin, find, get, of_incident, own, place, purge, revise, stored, take_turn};
use super::sample::{ANN, BOB, at, go_on, plant, with_room};
use super::*;

const ONE: IncidentId = IncidentId(1);
const SALT: [u8; 16] = [3; 16];

/// Begins Ann's message with its first words.
async fn say(tx: &mut Tx<'_>, (incident, room): (i64, RoomId), external_id: &str, sent_at: i64) -> MessageId {
    let place = (IncidentId(incident), room, external_id);
    let id = begin(tx, place, ANN, (at(sent_at), None)).await.unwrap();
    add(tx, (incident, id), (1, sent_at), Some(&format!("said in {external_id}"))).await;
    id
}

async fn add(tx: &mut Tx<'_>, (incident, id): (i64, MessageId), (number, when): (i64, i64), text: Option<&str>) {
    let revised = Revised { number, at: at(when), text: text.map(str::to_owned) };
    revise(tx, (IncidentId(incident), id), &revised, SALT).await.unwrap();
}

fn says(message: &Message) -> Vec<(i64, Says)> {
    message.revisions.iter().map(|held| (held.number, held.says.clone())).collect()
}

fn words(text: &str) -> Says {
    Says::Words(text.to_owned())
}

#[tokio::test]
async fn messages_are_numbered_in_their_incident_and_found_by_their_platforms_id() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let ((_, one), (_, two)) = (with_room(tx, 1, 0).await, with_room(tx, 2, 0).await);
        assert_eq!(say(tx, (1, one), "a", 9).await, MessageId(1));
        assert_eq!(say(tx, (1, one), "b", 8).await, MessageId(2));
        assert_eq!(say(tx, (2, two), "a", 8).await, MessageId(1));
        let listed = of_incident(tx, ONE).await.unwrap();
        assert_eq!(listed.iter().map(|message| message.id.0).collect::<Vec<_>>(), [2, 1]);
        let first = get(tx, ONE, MessageId(1)).await.unwrap().unwrap();
        assert_eq!((first.author, first.sent_at, says(&first)), (ANN, at(9), vec![(1, words("said in a"))]));
        assert_eq!(first.revisions[0].hash, body_hash(&SALT, "said in a"));
        assert_eq!(Some(&first), listed.last());
        assert_eq!(find(tx, (ONE, one), "a").await.unwrap(), Some(first));
        assert_eq!(get(tx, ONE, MessageId(3)).await.unwrap(), None);
        assert_eq!(find(tx, (IncidentId(2), two), "b").await.unwrap(), None);
        assert_eq!(place(tx, ONE, MessageId(2)).await.unwrap(), Some((one, "b".to_owned())));
        assert_eq!(place(tx, ONE, MessageId(3)).await.unwrap(), None);
        let again = begin(tx, (ONE, one, "a"), ANN, (at(9), None)).await;
        assert!(matches!(again, Err(StoreError::Unique { .. })), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn revisions_stand_beside_each_other_until_their_words_are_erased() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (_, room) = with_room(tx, 1, 0).await;
        for (external_id, sent_at) in [("a", 8), ("b", 9)] {
            say(tx, (1, room), external_id, sent_at).await;
        }
        add(tx, (1, MessageId(1)), (2, 20), Some("said better")).await;
        add(tx, (1, MessageId(1)), (3, 30), None).await;
        let held = get(tx, ONE, MessageId(1)).await.unwrap().unwrap();
        assert_eq!(says(&held), [(1, words("said in a")), (2, words("said better")), (3, Says::Deleted)]);
        assert_eq!(held.revisions.last().map(|last| (last.at, last.hash)), Some((at(30), Hash::ZERO)));
        assert_eq!(own(tx, (ONE, room), ANN, 9).await.unwrap(), [MessageId(2)]);
        assert_eq!(own(tx, (ONE, room), BOB, 9).await.unwrap(), []);
        erase(tx, &[Erased::Message(ONE, MessageId(1))]).await.unwrap();
        let erased = get(tx, ONE, MessageId(1)).await.unwrap().unwrap();
        assert_eq!(says(&erased), [(1, Says::Redacted), (2, Says::Redacted), (3, Says::Deleted)]);
        let kept = stored(tx, ONE).await.unwrap();
        let left: Vec<_> =
            kept.iter().map(|one| (one.message.0, one.revision, one.salt.is_some(), one.deleted)).collect();
        assert_eq!(left, [(1, 1, false, false), (1, 2, false, false), (1, 3, false, true), (2, 1, true, false)]);
        assert_eq!(kept[0].hash, held.revisions[0].hash.as_bytes());
    })
    .await;
}

#[tokio::test]
async fn a_revision_that_contradicts_itself_is_named() {
    on_both(async |session| {
        plant(&mut session.tx()).await;
        let (_, room) = with_room(&mut session.tx(), 1, 0).await;
        say(&mut session.tx(), (1, room), "a", 9).await;
        for (sql, why) in [
            ("UPDATE message_revision SET deleted = TRUE", "its words, its salt and its deletion do not agree"),
            (
                "UPDATE message_revision SET deleted = FALSE, salt = NULL",
                "its words, its salt and its deletion do not agree",
            ),
            ("UPDATE message_revision SET text = NULL, hash = substr(hash, 1, 3)", "its hash is not 32 bytes"),
        ] {
            session.sql(sql).await;
            match of_incident(&mut session.tx(), ONE).await {
                Err(StoreError::Corrupt { table: "message_revision", id, why: found }) => {
                    assert_eq!((id.as_str(), found.as_str()), ("INC-1 M1", why));
                }
                other => panic!("{sql}: {other:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn messages_of_closed_incidents_are_purged_with_their_revisions() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let ((first, one), (_, two)) = (with_room(tx, 1, 0).await, with_room(tx, 2, 0).await);
        for (place, external_id, sent_at) in [((1, one), "a", 1), ((1, one), "b", 2), ((2, two), "c", 3)] {
            say(tx, place, external_id, sent_at).await;
        }
        let resolved = go_on(tx, &first, Command::Resolve { summary: "over".to_owned() }, 5).await;
        go_on(tx, &resolved, Command::Close, 6).await;
        assert_eq!(purge(tx, at(6)).await.unwrap(), 0);
        assert_eq!(purge(tx, at(7)).await.unwrap(), 2);
        assert!(of_incident(tx, ONE).await.unwrap().is_empty());
        assert_eq!(of_incident(tx, IncidentId(2)).await.unwrap().len(), 1);
        assert_eq!(session.number("SELECT count(*) FROM message_revision").await, 1);
    })
    .await;
}

/// As intake does it.
async fn hear(tx: &mut Tx<'_>, room: RoomId, external_id: &str) -> Result<MessageId, StoreError> {
    take_turn(tx, ONE).await?;
    match find(tx, (ONE, room), external_id).await? {
        Some(known) => Ok(known.id),
        None => Ok(say(tx, (1, room), external_id, 9).await),
    }
}

#[tokio::test]
async fn replicas_that_hear_at_once_do_not_stumble_over_each_other() {
    for place in Place::both().await {
        let (one, two) = (place.open().await, place.open().await);
        let rooms = one.write(|tx| {
            Box::pin(async move {
                plant(tx).await;
                Ok(with_room(tx, 1, 0).await.1)
            })
        });
        let room = rooms.await.unwrap();
        let kept = (0..24).map(|n| {
            let store = if n % 2 == 0 { &one } else { &two };
            // Every message arrives twice.
            store.write(move |tx| Box::pin(async move { hear(tx, room, &format!("m{}", n / 2)).await }))
        });
        let mut numbers: Vec<i64> = join_all(kept).await.into_iter().map(|number| number.unwrap().0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
        two.close().await;
        place.remove(one).await;
    }
}
