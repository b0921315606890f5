//! What only one replica may do is done by one, and by another soon after it is gone.

use std::time::{Duration, Instant};

use firebell::clock::Clock;
use firebell::engine::lease::{Lease, LeasePace};
use firebell::store::{Store, StoreOptions};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::{Place, Relay};

/// Nothing that is waited for takes as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Short, and yet longer than a busy machine's pauses.
fn quick() -> LeasePace {
    let ms = Duration::from_millis;
    LeasePace { lasts: ms(2000), renew: ms(100), margin: ms(700), look: ms(50), release: ms(1000) }
}

/// One process, with a connection to the database of its own.
struct Replica {
    store: Store,
    held: watch::Sender<bool>,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Replica {
    async fn start(place: &Place, holder: u128) -> Self {
        Self::at(place, holder, quick()).await
    }

    async fn at(place: &Place, holder: u128, spans: LeasePace) -> Self {
        let store = Store::open(&place.url, StoreOptions::default()).await.unwrap();
        let (held, stop) = (watch::Sender::new(false), watch::Sender::new(false));
        let (name, holder) = ("gate".to_owned(), Uuid::from_u128(holder));
        let lease = Lease { store: store.clone(), clock: Clock::system(), name, holder, pace: spans };
        let (tells, stops) = (held.clone(), stop.subscribe());
        let running = tokio::spawn(async move { lease.keep(&tells, stops).await });
        Self { store, held, stop, running }
    }

    async fn holds(&self, holds: bool) {
        let mut watch = self.held.subscribe();
        let changed = timeout(PATIENCE, watch.wait_for(|held| *held == holds)).await;
        changed.unwrap_or_else(|_| panic!("it is not told {holds}")).unwrap();
    }

    fn is_held(&self) -> bool {
        *self.held.borrow()
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        timeout(PATIENCE, self.running).await.expect("it does not end").unwrap();
        assert!(!*self.held.borrow());
        self.store.close().await;
    }

    /// As `kill -9` does: nothing is said any more.
    async fn kill(self) {
        self.running.abort();
        let _ = self.running.await;
    }
}

#[tokio::test]
async fn one_that_ends_gives_it_up_to_another() {
    // Not given up, it would last longer than anything is waited for.
    let spans = LeasePace { lasts: PATIENCE * 10, ..quick() };
    for place in [Place::sqlite(), Place::postgres().await] {
        let first = Replica::at(&place, 1, spans).await;
        first.holds(true).await;
        let second = Replica::at(&place, 2, spans).await;
        first.stop().await;
        second.holds(true).await;
        second.stop().await;
        place.remove().await;
    }
}

#[tokio::test]
async fn one_that_renews_it_keeps_it() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let first = Replica::start(&place, 1).await;
        first.holds(true).await;
        let second = Replica::start(&place, 2).await;
        // For longer than it lasts without being renewed, by the database's time.
        tokio::time::sleep(quick().lasts * 3 / 2).await;
        assert!(first.is_held() && !second.is_held());
        first.stop().await;
        second.stop().await;
        place.remove().await;
    }
}

#[test]
fn one_that_died_is_followed_within_ten_seconds() {
    let LeasePace { lasts, look, .. } = LeasePace::default();
    // The rest is for the first connection.
    assert!(lasts + look <= Duration::from_secs(7));
}

#[tokio::test]
async fn another_takes_over_from_one_that_died_and_not_before_it_has_run_out() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let first = Replica::start(&place, 1).await;
        first.holds(true).await;
        let second = Replica::start(&place, 2).await;
        tokio::time::sleep(quick().renew * 3).await;
        let died = Instant::now();
        first.kill().await;
        second.holds(true).await;
        let took = died.elapsed();
        let pace = quick();
        assert!(took + pace.renew * 2 >= pace.lasts, "{took:?}");
        second.stop().await;
        place.remove().await;
    }
}

#[tokio::test]
async fn one_that_loses_the_database_has_ended_before_another_may_begin() {
    let mut place = Place::postgres().await;
    let direct = Replica::start(&place, 2).await;
    direct.holds(true).await;
    let relay = Relay::before(&mut place);
    let cut_off = Replica::start(&place, 1).await;
    // The other way round: the one behind the relay holds it, and the other waits.
    direct.stop.send_replace(true);
    cut_off.holds(true).await;
    direct.running.await.unwrap();
    let store = direct.store.clone();
    let waiting = watch::Sender::new(false);
    let (name, holder) = ("gate".to_owned(), Uuid::from_u128(3));
    let lease = Lease { store, clock: Clock::system(), name, holder, pace: quick() };
    let (tells, stop) = (waiting.clone(), watch::Sender::new(false));
    let stops = stop.subscribe();
    let running = tokio::spawn(async move { lease.keep(&tells, stops).await });
    relay.lets_through(false);
    let lost = async {
        cut_off.holds(false).await;
        Instant::now()
    };
    let taken = async {
        waiting.subscribe().wait_for(|held| *held).await.unwrap();
        Instant::now()
    };
    let (lost, taken) = timeout(PATIENCE, async { tokio::join!(lost, taken) }).await.unwrap();
    let between = taken.checked_duration_since(lost).expect("two held it at once");
    assert!(between >= quick().margin / 2, "there was hardly time to end what it did: {between:?}");
    // It is back, and waits for its turn.
    relay.lets_through(true);
    stop.send_replace(true);
    running.await.unwrap();
    cut_off.holds(true).await;
    cut_off.stop().await;
    direct.store.close().await;
    place.remove().await;
}

#[tokio::test]
async fn one_that_cannot_write_does_not_go_on() {
    let place = Place::sqlite();
    let only = Replica::start(&place, 1).await;
    only.holds(true).await;
    let other = place.hold().await;
    only.holds(false).await;
    other.lets_go().await;
    only.holds(true).await;
    only.stop().await;
    place.remove().await;
}
