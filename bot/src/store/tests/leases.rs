//! Leases: one holder at a time, on both engines.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::super::installation::database_time;
use super::super::leases::{Holding, is_free, release, renew, take};
use super::sample::at;
use super::*;

const SIX: TimeDelta = TimeDelta::seconds(6);
const ONE: Uuid = Uuid::from_u128(1);
const TWO: Uuid = Uuid::from_u128(2);

/// Where the database has a clock, it cannot be moved, but what runs out can.
async fn passes(session: &mut Session, clock: &mut DateTime<Utc>, seconds: i64) {
    match session {
        Session::Sqlite(_) => *clock += TimeDelta::seconds(seconds),
        Session::Pg(_) => session.sql(format!("UPDATE lease SET until = until - interval '{seconds} seconds'")).await,
    }
}

#[tokio::test]
async fn a_lease_has_one_holder_until_it_runs_out() {
    on_both(async |session| {
        let mut clock = at(0);
        let now = clock;
        assert!(is_free(&mut session.tx(), "gate", now).await.unwrap());
        let first = take(&mut session.tx(), "gate", ONE, SIX, now).await.unwrap().unwrap();
        assert_eq!(first, Holding { name: "gate".to_owned(), holder: ONE, token: 1 });
        assert!(!is_free(&mut session.tx(), "gate", now).await.unwrap());
        assert_eq!(take(&mut session.tx(), "gate", TWO, SIX, now).await.unwrap(), None);
        // Another name is another lease.
        assert!(take(&mut session.tx(), "other", TWO, SIX, now).await.unwrap().is_some());
        passes(session, &mut clock, 4).await;
        assert!(renew(&mut session.tx(), &first, SIX, clock).await.unwrap());
        passes(session, &mut clock, 4).await;
        assert_eq!(take(&mut session.tx(), "gate", TWO, SIX, clock).await.unwrap(), None);
        passes(session, &mut clock, 2).await;
        assert!(is_free(&mut session.tx(), "gate", clock).await.unwrap());
        let second = take(&mut session.tx(), "gate", TWO, SIX, clock).await.unwrap().unwrap();
        assert_eq!((second.holder, second.token), (TWO, 2));
        // The first learns that it is over, and does no harm when it gives up what it has no more.
        assert!(!renew(&mut session.tx(), &first, SIX, clock).await.unwrap());
        release(&mut session.tx(), &first, clock).await.unwrap();
        assert!(!is_free(&mut session.tx(), "gate", clock).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_is_given_up_is_free_at_once_and_its_token_rises() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let first = take(tx, "gate", ONE, SIX, at(0)).await.unwrap().unwrap();
        release(tx, &first, at(1)).await.unwrap();
        assert!(is_free(tx, "gate", at(1)).await.unwrap());
        let second = take(tx, "gate", TWO, SIX, at(1)).await.unwrap().unwrap();
        assert_eq!(second.token, 2);
        // Whoever did not hear that it has it may take it again.
        let again = take(tx, "gate", TWO, SIX, at(1)).await.unwrap().unwrap();
        assert_eq!(again.token, 3);
        assert!(!renew(tx, &second, SIX, at(1)).await.unwrap());
        assert!(renew(tx, &again, SIX, at(1)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn one_that_has_run_out_and_that_nobody_took_is_still_held() {
    on_both(async |session| {
        let mut clock = at(0);
        let held = take(&mut session.tx(), "gate", ONE, SIX, clock).await.unwrap().unwrap();
        passes(session, &mut clock, 60).await;
        assert!(renew(&mut session.tx(), &held, SIX, clock).await.unwrap());
        assert_eq!(take(&mut session.tx(), "gate", TWO, SIX, clock).await.unwrap(), None);
    })
    .await;
}

/// A process whose clock is wrong by an hour neither takes what is held nor keeps it for longer.
#[tokio::test]
async fn on_postgres_only_the_databases_time_counts() {
    on_both(async |session| {
        let tx = &mut session.tx();
        let Some(now) = database_time(tx).await.unwrap() else { return };
        let hour = TimeDelta::hours(1);
        take(tx, "gate", ONE, SIX, now - hour).await.unwrap().unwrap();
        assert!(!is_free(tx, "gate", now + hour).await.unwrap());
        assert_eq!(take(tx, "gate", TWO, SIX, now + hour).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn of_many_who_take_it_at_once_one_gets_it() {
    for place in Place::both().await {
        let store = Store::open(&place.url, StoreOptions::default()).await.unwrap();
        let all = (0..16).map(|who| {
            store.write(move |tx| Box::pin(async move { take(tx, "gate", Uuid::from_u128(who), SIX, at(0)).await }))
        });
        let taken: Vec<_> = join_all(all).await.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(taken.len(), 1, "{taken:?}");
        place.remove(store).await;
    }
}
