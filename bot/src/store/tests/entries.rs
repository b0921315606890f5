//! Entries: what is appended is read back, in order, and what was erased is gone.

use firebell_core::chain::Hash;
use firebell_core::command::{Command, Fix};
use firebell_core::decide::Erased;
use firebell_core::ids::{EntryId, IncidentId, RoomId};

use super::super::entries::{amended, anchor, anchors, append, erase, hash_at, history, open_since, stored};
use super::super::incidents::Head;
use super::sample::{at, chained, declaration, declare, go_on, note, plant, with_room};
use super::*;

#[tokio::test]
async fn entries_are_read_back_as_they_were_decided() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let decision = declaration(1, 10);
        let chain = chained(None, &decision);
        Writes::alone(tx, |writes| append(writes, &chain)).await.unwrap();
        let decided: Vec<_> = decision.entries.iter().map(|(_, entry)| entry.clone()).collect();
        assert_eq!(history(tx, IncidentId(1)).await.unwrap(), decided);
        let held = stored(tx, "INC-1").await.unwrap();
        let hashes: Vec<Vec<u8>> = chain.iter().map(|entry| entry.hash.as_bytes().to_vec()).collect();
        assert_eq!(held.iter().map(|entry| entry.hash.clone()).collect::<Vec<_>>(), hashes);
        assert_eq!(hash_at(tx, "INC-1", 1).await.unwrap().as_ref(), hashes.first());
        assert_eq!(hash_at(tx, "INC-1", 99).await.unwrap(), None);
        assert!(held.iter().all(|entry| entry.salt.as_ref().is_some_and(|salt| salt.len() == 16)));
        assert_eq!(history(tx, IncidentId(2)).await.unwrap(), []);
        // The same place on a stream is never written twice.
        assert!(matches!(Writes::alone(tx, |writes| append(writes, &chain)).await, Err(StoreError::Unique { .. })));
    })
    .await;
}

#[tokio::test]
async fn an_erased_entry_keeps_its_place_and_loses_its_words() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let first = declare(tx, 1, 10).await;
        let second = go_on(tx, &first, note("the password is hunter2"), 20).await;
        let id = EntryId(second.incident.entries);
        erase(tx, &[Erased::Entry(IncidentId(1), id)]).await.unwrap();
        let wanted = [(IncidentId(1), id), (IncidentId(2), EntryId(1)), (IncidentId(1), EntryId(1))];
        let entries = amended(tx, &wanted).await.unwrap();
        assert_eq!(entries.len(), 2, "there is no second incident");
        assert_eq!(entries[&wanted[2]].len(), 1, "nothing corrects the declaration");
        let [erased] = entries[&wanted[0]].as_slice() else { panic!("{entries:?}") };
        assert_eq!((erased.id, erased.kind.as_str(), &erased.change), (id, "noted", &None));
        let held = history(tx, IncidentId(1)).await.unwrap();
        assert_eq!(held.last().map(|entry| entry.id), Some(id));
    })
    .await;
}

#[tokio::test]
async fn an_entry_comes_with_what_later_ones_say_of_it() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let declared = declare(tx, 1, 10).await;
        let first = go_on(tx, &declared, note("before"), 20).await;
        let noted = EntryId(first.incident.entries);
        let fix = |text: &str| Command::Correct { entry: noted, fix: Fix::Text(text.to_owned()) };
        let second = go_on(tx, &first, fix("after"), 30).await;
        let third = go_on(tx, &second, note("something else"), 40).await;
        let fourth = go_on(tx, &third, fix("after all"), 50).await;
        let declared = declare(tx, 2, 60).await;
        let other = go_on(tx, &declared, note("elsewhere"), 70).await;
        // A list of three is filled up with its last.
        let wanted =
            [(IncidentId(1), EntryId(1)), (IncidentId(2), EntryId(other.incident.entries)), (IncidentId(1), noted)];
        let entries = amended(tx, &wanted).await.unwrap();
        let of = |at: usize| entries[&wanted[at]].iter().map(|entry| entry.id.0).collect::<Vec<_>>();
        let corrections = [second.incident.entries, fourth.incident.entries];
        assert_eq!(of(2), [noted.0, corrections[0], corrections[1]]);
        assert_eq!(of(0), [1, corrections[0], corrections[1]]);
        assert_eq!(of(1), [other.incident.entries]);
        // A correction itself comes once.
        let correction = (IncidentId(1), EntryId(corrections[0]));
        let entries = amended(tx, &[correction]).await.unwrap();
        assert_eq!(entries[&correction].iter().map(|entry| entry.id.0).collect::<Vec<_>>(), corrections);
    })
    .await;
}

#[tokio::test]
async fn anchors_are_kept_once_and_in_order() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let head = |n: u8| Head { hash: Hash::from_bytes([n; 32]), signature: format!("s{n}") };
        for (seq, n) in [(9, 9), (4, 4), (9, 1)] {
            anchor(tx, "INC-1", (seq, &head(n)), at(0)).await.unwrap();
        }
        let expected = [4_u8, 9].map(|n| (i64::from(n), head(n).hash, head(n).signature));
        assert_eq!(anchors(tx, "INC-1").await.unwrap(), expected);
        assert_eq!(anchors(tx, "INC-2").await.unwrap(), []);
        session.sql("UPDATE anchor SET hash = substr(hash, 1, 5) WHERE seq = 4").await;
        let read = anchors(&mut session.tx(), "INC-1").await;
        assert!(matches!(read, Err(StoreError::Corrupt { table: "anchor", id, .. }) if id == "INC-1 4"));
    })
    .await;
}

#[tokio::test]
async fn an_edited_entry_is_named() {
    for edit in [
        "UPDATE entry SET actor = 'somebody' WHERE seq = 1",
        "UPDATE entry SET kind = 'noted' WHERE seq = 1",
        "UPDATE entry_body SET body = 'not json' WHERE seq = 1",
    ] {
        on_both(async |session| {
            Writes::alone(&mut session.tx(), |writes| append(writes, &chained(None, &declaration(1, 10))))
                .await
                .unwrap();
            session.sql(edit).await;
            let read = history(&mut session.tx(), IncidentId(1)).await;
            assert!(matches!(read, Err(StoreError::Corrupt { table: "entry", id, .. }) if id == "INC-1 E1"), "{edit}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_room_is_open_from_its_entry_on() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (loaded, room) = with_room(tx, 1, 6).await;
        assert_eq!(open_since(tx, IncidentId(1), room).await.unwrap(), Some(at(7)));
        assert_eq!(open_since(tx, IncidentId(1), RoomId(uuid::Uuid::nil())).await.unwrap(), None);
        let resolved = go_on(tx, &loaded, Command::Resolve { summary: "over".to_owned() }, 8).await;
        let closed = go_on(tx, &resolved, Command::Close, 9).await;
        go_on(tx, &closed, Command::RoomClosed { room }, 10).await;
        assert_eq!(open_since(tx, IncidentId(1), room).await.unwrap(), None);
    })
    .await;
}
