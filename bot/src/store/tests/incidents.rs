//! Incidents: round trips, the version guard, strict decoding, numbers without gaps.

use std::collections::BTreeSet;

use firebell_core::command::{ActionTraits, Command, Declare};
use firebell_core::ids::{IncidentId, WorkspaceId};
use firebell_core::policy::Viewer;

use super::super::incidents::{
    Listed, declared_since, ever, get, get_all, get_sound, head, list, lock, lock_all, lock_by_room, lock_free,
    next_number, numbers, of_member, of_room, of_rooms, open_rooms, return_number, save, told_of, with_overdue,
};
use super::sample::{
    ANN, BOB, WORKSPACE, at, by_number, commit, decided, declaration, declare, go_on, note, people, plant, rows,
    with_room,
};
use super::*;

#[tokio::test]
async fn what_is_saved_is_loaded_again_by_every_way() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (first, room) = with_room(tx, 1, 10).await;
        let second = declare(tx, 2, 20).await;
        let id = first.incident.id;

        assert_eq!(get(tx, id).await.unwrap().as_ref(), Some(&first));
        assert_eq!(lock(tx, id).await.unwrap().as_ref(), Some(&first));
        assert_eq!(lock_by_room(tx, WORKSPACE, "C1").await.unwrap().as_ref(), Some(&first));
        assert_eq!(of_room(tx, WORKSPACE, "C1").await.unwrap(), Some((id, room)));
        assert_eq!(lock_free(tx, &[2, 1, 99]).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(lock_all(tx, &[2, 1, 99]).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(get_sound(tx, &[2, 1, 99]).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(list(tx, Listed::All, Viewer::Operator, 10).await.unwrap(), [second.clone(), first.clone()]);
        assert_eq!(head(tx, id).await.unwrap(), Some((first.incident.entries, first.head.clone())));
        assert_eq!(numbers(tx).await.unwrap(), [IncidentId(1), IncidentId(2)]);
        assert_eq!(declared_since(tx, at(10), (IncidentId(0), 9)).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(declared_since(tx, at(10), (IncidentId(0), 1)).await.unwrap(), std::slice::from_ref(&first));
        assert_eq!(declared_since(tx, at(0), (IncidentId(1), 9)).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(declared_since(tx, at(11), (IncidentId(0), 9)).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(declared_since(tx, at(21), (IncidentId(0), 9)).await.unwrap(), []);
        // Nobody took a number here, and what is left of an incident counts like the incident.
        assert_eq!(ever(tx).await.unwrap().into_iter().collect::<Vec<_>>(), [IncidentId(1), IncidentId(2)]);
        next_number(tx).await.unwrap();
        super::super::entries::anchor(tx, "INC-9", (1, &first.head), at(0)).await.unwrap();
        let known: Vec<i64> = ever(tx).await.unwrap().into_iter().map(|id| id.0).collect();
        assert_eq!(known, [1, 2, 9]);

        let nobody = WorkspaceId(uuid::Uuid::from_u128(99));
        assert_eq!(get(tx, IncidentId(99)).await.unwrap(), None);
        assert_eq!(get_all(tx, &[99]).await.unwrap(), []);
        assert_eq!(get_all(tx, &[id.0, 99]).await.unwrap().len(), 1);
        assert_eq!(head(tx, IncidentId(99)).await.unwrap(), None);
        assert_eq!(lock_by_room(tx, WORKSPACE, "C2").await.unwrap(), None);
        assert_eq!(of_member(tx, ANN).await.unwrap(), [IncidentId(1), IncidentId(2)]);
        assert_eq!(of_member(tx, super::sample::BOB).await.unwrap().first(), Some(&IncidentId(1)));
        assert_eq!(lock_by_room(tx, nobody, "C1").await.unwrap(), None);
        assert_eq!(of_room(tx, nobody, "C1").await.unwrap(), None);
        let open = open_rooms(tx, WORKSPACE, 10).await.unwrap();
        assert_eq!(open, [("C1".to_owned(), first.incident.declared.at)]);
        assert_eq!(open_rooms(tx, nobody, 10).await.unwrap(), []);
        let rooms = ["C0", "C1"].map(str::to_owned);
        assert_eq!(of_rooms(tx, WORKSPACE, &rooms).await.unwrap(), [("C1".to_owned(), id)]);
        assert_eq!(of_rooms(tx, nobody, &rooms).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn every_change_of_an_incident_reaches_its_row_and_the_rows_beside_it() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (first, _) = with_room(tx, 1, 10).await;
        let action = Command::AddAction {
            text: "add an alert".to_owned(),
            owner: Some("bob".to_owned()),
            due: Some(at(9_000)),
            traits: ActionTraits::default(),
        };
        let second = go_on(tx, &first, action, 30).await;
        let none = IncidentId(0);
        assert_eq!(with_overdue(tx, at(9_000), (none, 9)).await.unwrap(), [], "it is due at this very instant");
        assert_eq!(with_overdue(tx, at(9_001), (none, 9)).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(with_overdue(tx, at(9_001), (first.incident.id, 9)).await.unwrap(), []);
        let resolve = Command::Resolve { summary: "a bad deploy".to_owned() };
        let third = go_on(tx, &second, resolve, 40).await;
        let done = Command::FinishAction { action: second.incident.actions.first().unwrap().id };
        let fourth = go_on(tx, &third, done, 50).await;
        assert_eq!(with_overdue(tx, at(9_001), (none, 9)).await.unwrap(), [], "it is done");
        let closed = go_on(tx, &fourth, Command::Close, 60).await;
        assert_eq!(get(tx, first.incident.id).await.unwrap(), Some(closed.clone()));
        assert_eq!(list(tx, Listed::Active, Viewer::Operator, 10).await.unwrap(), []);
        assert!(closed.incident.members.contains_key(&ANN));

        let actions =
            session.number("SELECT count(*) FROM action WHERE done_at IS NOT NULL AND owner IS NOT NULL").await;
        assert_eq!(actions, 1);
        assert_eq!(session.number("SELECT count(*) FROM incident WHERE closed_at IS NOT NULL AND NOT active").await, 1);
        let members = i64::try_from(closed.incident.members.len()).unwrap();
        assert_eq!(session.number("SELECT count(*) FROM incident_member").await, members);
        assert_eq!(session.number("SELECT count(*) FROM room WHERE external_id = 'C1'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_decision_on_an_old_version_is_a_conflict() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let first = declare(tx, 1, 10).await;
        let newer = go_on(tx, &first, note("the first to be heard"), 20).await;
        let stale = rows(Some(&first), &decided(Some((&first.incident, &[])), note("the second"), (1, 30)));
        let refused = Writes::alone(tx, |writes| save(writes, &stale)).await;
        assert!(matches!(refused, Err(StoreError::Conflict { table: "incident", id }) if id == "INC-1"));
        assert_eq!(get(tx, first.incident.id).await.unwrap(), Some(newer));
        // A new incident under a number that is taken is one as well.
        let taken = Writes::alone(tx, |writes| save(writes, &rows(None, &declaration(1, 40)))).await;
        assert!(matches!(taken, Err(StoreError::Conflict { table: "incident", .. })));
    })
    .await;
}

#[tokio::test]
async fn a_row_that_was_edited_by_hand_is_named() {
    on_both(async |session| {
        let mut tx = session.tx();
        plant(&mut tx).await;
        let edits = [
            "UPDATE incident SET title = 'another' WHERE number = 1",
            "UPDATE incident SET status = 'declaring' WHERE number = 2",
            "UPDATE incident SET version = version + 7 WHERE number = 3",
            "UPDATE incident SET entries = 0 WHERE number = 4",
            "UPDATE incident SET active = NOT active WHERE number = 5",
            "UPDATE incident SET head = substr(head, 1, 5) WHERE number = 6",
            "UPDATE incident SET state = '{}' WHERE number = 7",
        ];
        for number in 1..=8 {
            declare(&mut tx, number, 10).await;
        }
        for edit in edits {
            session.sql(edit).await;
        }
        let tx = &mut session.tx();
        for number in 1..=7 {
            let named = format!("INC-{number}");
            let read = get(tx, IncidentId(number)).await;
            let Err(StoreError::Corrupt { table: "incident", id, .. }) = read else { panic!("{number}: {read:?}") };
            assert_eq!(id, named);
        }
        assert!(matches!(head(tx, IncidentId(6)).await, Err(StoreError::Corrupt { table: "incident", .. })));
        // The timers of the others go on.
        let readable = by_number(lock_free(tx, &[1, 2, 3, 4, 5, 6, 7, 8]).await.unwrap());
        assert_eq!(readable.into_keys().collect::<Vec<_>>(), [8]);
        assert_eq!(lock_all(tx, &[1, 8]).await.unwrap().len(), 1);
        assert_eq!(get_sound(tx, &[1, 8]).await.unwrap().len(), 1);
        assert!(get_all(tx, &[1, 8]).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn numbers_have_no_gaps_when_a_declaration_is_rolled_back() {
    for place in Place::both().await {
        let store = place.open().await;
        let take = |keep: bool| {
            store.write(move |tx| {
                Box::pin(async move {
                    let number = next_number(tx).await?;
                    if keep { Ok(number) } else { Err(StoreError::Deadline) }
                })
            })
        };
        assert_eq!(take(true).await.unwrap(), IncidentId(1));
        assert!(take(false).await.is_err());
        assert_eq!(take(true).await.unwrap(), IncidentId(2));
        let mut many: Vec<i64> =
            join_all((0..20).map(|n| take(n % 3 != 0))).await.into_iter().flatten().map(|id| id.0).collect();
        many.sort_unstable();
        assert_eq!(many, (3..16).collect::<Vec<_>>());
        // A declaration that is refused commits its refusal and gives its number back.
        let refused = store.write(|tx| {
            Box::pin(async move {
                next_number(tx).await?;
                return_number(tx).await
            })
        });
        refused.await.unwrap();
        assert_eq!(take(true).await.unwrap(), IncidentId(16));
        place.remove(store).await;
    }
}

async fn told(tx: &mut Tx<'_>, viewer: Viewer) -> BTreeSet<i64> {
    let told = told_of(tx, viewer, &[1, 2, 3, 4, 99]).await.unwrap();
    told.into_iter().map(|loaded| loaded.incident.id.0).collect()
}

#[tokio::test]
async fn those_that_nobody_may_see_and_those_that_were_none_are_not_told_of() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        declare(tx, 1, 0).await;
        let declared = Declare { title: "a drill".to_owned(), drill: true, ..Default::default() };
        commit(tx, None, &decided(None, Command::Declare(declared), (2, 0)), 0).await;
        let declared = Declare { title: "a secret".to_owned(), private: true, ..Default::default() };
        let secret = commit(tx, None, &decided(None, Command::Declare(declared), (3, 0)), 0).await;
        let third = declare(tx, 4, 0).await;
        go_on(tx, &third, Command::Cancel { reason: None }, 5).await;

        assert_eq!(told(tx, Viewer::Public).await, BTreeSet::from([1]));
        assert_eq!(told(tx, Viewer::Operator).await, BTreeSet::from([1, 3]));
        let directory = people();
        for (person, expected) in [(ANN, BTreeSet::from([1, 3])), (BOB, BTreeSet::from([1]))] {
            let viewer = Viewer::person(directory.people.get(&person).unwrap());
            assert_eq!(told(tx, viewer).await, expected);
            assert_eq!(viewer.sees(&secret.incident), expected.contains(&3));
        }
    })
    .await;
}
