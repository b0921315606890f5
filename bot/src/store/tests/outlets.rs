//! Who claims what: each process what goes through its own outlets, and a watched one before the others.

use chrono::TimeDelta;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::Effect;
use firebell_core::ids::{EntryId, IncidentId, WorkspaceId};
use firebell_core::incident::Room;
use firebell_core::outlet::Outlet;
use uuid::Uuid;

use super::super::outlets::{Outlets, add_missing, any_missing};
use super::super::{cards, effects, installation};
use super::sample::{ANN, WORKSPACE, at, go_on, outlets, plant, room, with_room};
use super::*;

const LEASE: TimeDelta = TimeDelta::seconds(30);
const ELSEWHERE: WorkspaceId = WorkspaceId(Uuid::from_u128(2));
const CONSOLE: Outlet = Outlet::Method(ContactMethod::Console);

fn post(to: u128, workspace: WorkspaceId) -> Effect {
    Effect::post(IncidentId(1), &Room { workspace, ..room(to) }, EntryId(1))
}

fn alarm() -> Effect {
    Effect::alarm("stuck", ANN, ContactMethod::Console, at(0))
}

async fn keys(tx: &mut Tx<'_>, mine: &Outlets, now: i64) -> Vec<String> {
    effects::claim(tx, mine, at(now), LEASE, 9).await.unwrap().into_iter().map(|claimed| claimed.key).collect()
}

/// Whether there is anything to claim, and when there will be.
async fn sees(tx: &mut Tx<'_>, mine: &Outlets, now: i64) -> (bool, Option<chrono::DateTime<chrono::Utc>>) {
    let ready = mine.ready(tx, at(now)).await.unwrap().lanes;
    (ready, effects::next_ready(tx, mine, at(now)).await.unwrap())
}

#[tokio::test]
async fn what_goes_through_an_outlet_that_nobody_has_waits_until_somebody_does() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let here = Outlets::default().with(Outlet::Workspace(WORKSPACE));
        let there = Outlets::default().with(Outlet::Workspace(ELSEWHERE));
        super::sample::queue(tx, &[post(1, ELSEWHERE), post(2, WORKSPACE), alarm()], at(0)).await.unwrap();
        assert_eq!(sees(tx, &here, 5).await, (true, Some(at(0))));
        assert_eq!(keys(tx, &here, 5).await, [post(2, WORKSPACE).key]);
        // What is left is not theirs: they do not wake up for it.
        assert_eq!(sees(tx, &here, 5).await, (false, Some(at(35))));
        assert_eq!(keys(tx, &Outlets::default(), 5).await, [""; 0]);
        assert_eq!(sees(tx, &Outlets::default(), 5).await, (false, None));
        // The auditor counts the notice among them.
        assert_eq!(effects::stuck_notices(tx, at(1)).await.unwrap(), 1);
        assert_eq!(sees(tx, &there, 900).await, (true, Some(at(0))));
        assert_eq!(keys(tx, &there, 900).await, [post(1, ELSEWHERE).key]);
        assert_eq!(keys(tx, &Outlets::default().with(CONSOLE), 900).await, [alarm().key]);
    })
    .await;
}

#[tokio::test]
async fn of_several_outlets_what_was_ready_first_is_claimed_first() {
    on_both(async |session| {
        let tx = &mut session.tx();
        for (to, workspace, since) in [(1, ELSEWHERE, 3), (2, WORKSPACE, 2), (3, ELSEWHERE, 1), (4, WORKSPACE, 4)] {
            super::sample::queue(tx, &[post(to, workspace)], at(since)).await.unwrap();
        }
        let both = Outlets::default().with(Outlet::Workspace(WORKSPACE)).with(Outlet::Workspace(ELSEWHERE));
        let first = effects::claim(tx, &both, at(9), LEASE, 2).await.unwrap();
        assert_eq!(
            first.iter().map(|head| head.key.clone()).collect::<Vec<_>>(),
            [post(2, WORKSPACE).key, post(3, ELSEWHERE).key]
        );
        assert_eq!(keys(tx, &both, 9).await, [post(1, ELSEWHERE).key, post(4, WORKSPACE).key]);
    })
    .await;
}

#[tokio::test]
async fn a_watched_process_has_the_better_claim_for_as_long_as_it_is_alive() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let (console, serve) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let at_console = outlets();
        let all = [Outlet::Workspace(WORKSPACE), CONSOLE].into_iter();
        let of_serve = all.fold(Outlets::default(), Outlets::with_left_to_watched).with(Outlet::Workspace(ELSEWHERE));
        installation::seen(tx, serve, false, at(0)).await.unwrap();
        installation::seen(tx, console, true, at(0)).await.unwrap();
        super::sample::queue(tx, &[post(1, WORKSPACE), post(2, ELSEWHERE), alarm()], at(0)).await.unwrap();
        assert_eq!(keys(tx, &of_serve, 1).await, [post(2, ELSEWHERE).key]);
        assert_eq!(sees(tx, &of_serve, 20).await, (false, Some(at(31))));
        assert_eq!(sees(tx, &at_console, 20).await, (true, Some(at(0))));
        // Silent for longer than twenty seconds.
        assert_eq!(sees(tx, &of_serve, 21).await, (true, Some(at(0))));
        installation::seen(tx, console, true, at(21)).await.unwrap();
        assert_eq!(keys(tx, &of_serve, 22).await, [""; 0]);
        installation::gone(tx, console, at(-99)).await.unwrap();
        assert_eq!(keys(tx, &of_serve, 22).await, [post(1, WORKSPACE).key, alarm().key]);
    })
    .await;
}

#[tokio::test]
async fn a_card_goes_through_the_workspace_of_its_room() {
    on_both(async |session| {
        let tx = &mut session.tx();
        plant(tx).await;
        let (loaded, of) = with_room(tx, 1, 0).await;
        let elsewhere = Outlets::default().with(Outlet::Workspace(ELSEWHERE)).with(CONSOLE);
        assert!(!elsewhere.ready(tx, at(9)).await.unwrap().cards);
        assert!(cards::claim(tx, &elsewhere, at(9), LEASE, 9).await.unwrap().is_empty());
        let left = Outlets::default().with_left_to_watched(Outlet::Workspace(WORKSPACE));
        installation::seen(tx, Uuid::from_u128(1), true, at(9)).await.unwrap();
        assert!(!left.ready(tx, at(9)).await.unwrap().cards);
        assert!(cards::claim(tx, &left, at(9), LEASE, 9).await.unwrap().is_empty());
        let claimed = cards::claim(tx, &outlets(), at(9), LEASE, 9).await.unwrap();
        assert_eq!(claimed.iter().map(|card| card.room).collect::<Vec<_>>(), [of]);
        go_on(tx, &loaded, super::sample::note("seen"), 10).await;
        assert!(left.ready(tx, at(99)).await.unwrap().cards);
    })
    .await;
}

#[tokio::test]
async fn what_an_older_replica_queued_gets_its_outlet() {
    on_both(async |session| {
        plant(&mut session.tx()).await;
        with_room(&mut session.tx(), 1, 0).await;
        assert!(!any_missing(&mut session.tx()).await.unwrap());
        assert_eq!(add_missing(&mut session.tx()).await.unwrap(), 0);
        let ready = "SELECT (SELECT count(*) FROM lane WHERE ready_at IS NOT NULL AND outlet IS NOT NULL) + \
                     (SELECT count(*) FROM card WHERE ready_at IS NOT NULL AND outlet IS NOT NULL)";
        let before = session.number(ready).await;
        session.sql("UPDATE lane SET outlet = NULL").await;
        session.sql("UPDATE card SET outlet = NULL").await;
        let tx = &mut session.tx();
        assert_eq!((sees(tx, &outlets(), 9).await, any_missing(tx).await.unwrap()), ((false, None), true));
        assert_eq!(add_missing(tx).await.unwrap(), u64::try_from(before).unwrap());
        assert!(!any_missing(tx).await.unwrap());
        assert_eq!(cards::claim(tx, &outlets(), at(9), LEASE, 9).await.unwrap().len(), 1);
        let of_people = keys(tx, &Outlets::default().with(CONSOLE), 9).await;
        assert!(of_people.len() == 1 && of_people[0].contains(":notice:"), "{of_people:?}");
        let of_rooms = keys(tx, &Outlets::default().with(Outlet::Workspace(WORKSPACE)), 9).await;
        assert!(of_rooms.iter().any(|key| key.contains(":open:")), "{of_rooms:?}");
    })
    .await;
}
