//! Captured messages: numbered in their incident, known by their platform's id, erased and purged.

use firebell_core::command::Command;
use firebell_core::decide::Erased;
use firebell_core::ids::{IncidentId, MessageId, RoomId};

use super::super::entries::erase;
use super::super::messages::{Heard, get, keep, of_incident, purge, revisions};
use super::sample::{ANN, at, go_on, plant, with_room};
use super::*;

fn heard(room: RoomId, incident: i64, external_id: &str, sent_at: i64) -> Heard {
    Heard {
        incident: IncidentId(incident),
        room,
        external_id: external_id.to_owned(),
        author: ANN,
        sent_at: at(sent_at),
        text: format!("said in {external_id}"),
        salt: [3; 16],
    }
}

#[tokio::test]
async fn messages_are_numbered_in_their_incident_and_kept_once() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let ((_, one), (_, two)) = (with_room(tx, 1, 0).await, with_room(tx, 2, 0).await);
        assert_eq!(keep(tx, &heard(one, 1, "a", 9)).await.unwrap(), MessageId(1));
        assert_eq!(keep(tx, &heard(one, 1, "b", 8)).await.unwrap(), MessageId(2));
        assert_eq!(keep(tx, &heard(two, 2, "a", 8)).await.unwrap(), MessageId(1));
        assert_eq!(keep(tx, &heard(one, 1, "a", 7)).await.unwrap(), MessageId(1));
        let listed = of_incident(tx, IncidentId(1)).await.unwrap();
        assert_eq!(listed.iter().map(|message| message.id.0).collect::<Vec<_>>(), [2, 1]);
        let first = get(tx, IncidentId(1), MessageId(1)).await.unwrap().unwrap();
        assert_eq!((first.text.as_deref(), first.author, first.sent_at), (Some("said in a"), ANN, at(9)));
        assert_eq!(Some(&first), listed.last());
        assert_eq!(get(tx, IncidentId(1), MessageId(3)).await.unwrap(), None);
        let said = |kept: &[super::super::messages::Revision]| {
            kept.iter().map(|one| (one.message.0, one.revision, one.said.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(said(&revisions(tx, IncidentId(1)).await.unwrap()), [(1, 1, true), (2, 1, true)]);
        erase(tx, &[Erased::Message(IncidentId(1), MessageId(1))]).await.unwrap();
        assert_eq!(said(&revisions(tx, IncidentId(1)).await.unwrap()), [(1, 1, false), (2, 1, true)]);
        let erased = get(tx, IncidentId(1), MessageId(1)).await.unwrap().unwrap();
        assert_eq!((erased.text, erased.hash), (None, first.hash));
        assert!(get(tx, IncidentId(1), MessageId(2)).await.unwrap().unwrap().text.is_some());
        session.sql("UPDATE message_revision SET hash = substr(hash, 1, 3) WHERE number = 2").await;
        let read = of_incident(&mut session.tx(), IncidentId(1)).await;
        assert!(matches!(read, Err(StoreError::Corrupt { table: "message_revision", id, .. }) if id == "INC-1 M2"));
    })
    .await;
}

#[tokio::test]
async fn messages_of_closed_incidents_are_purged_with_their_revisions() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let ((first, one), (_, two)) = (with_room(tx, 1, 0).await, with_room(tx, 2, 0).await);
        for message in [heard(one, 1, "a", 1), heard(one, 1, "b", 2), heard(two, 2, "c", 3)] {
            keep(tx, &message).await.unwrap();
        }
        let resolved = go_on(tx, &first, Command::Resolve { summary: "over".to_owned() }, 5).await;
        go_on(tx, &resolved, Command::Close, 6).await;
        assert_eq!(purge(tx, at(6)).await.unwrap(), 0);
        assert_eq!(purge(tx, at(7)).await.unwrap(), 2);
        assert!(of_incident(tx, IncidentId(1)).await.unwrap().is_empty());
        assert_eq!(of_incident(tx, IncidentId(2)).await.unwrap().len(), 1);
        assert_eq!(session.number("SELECT count(*) FROM message_revision").await, 1);
    })
    .await;
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
            store.write(move |tx| {
                Box::pin(async move { keep(tx, &heard(room, 1, &format!("m{}", n / 2), i64::from(n))).await })
            })
        });
        let mut numbers: Vec<i64> = join_all(kept).await.into_iter().map(|number| number.unwrap().0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
        two.close().await;
        place.remove(one).await;
    }
}
