//! Which work comes first, and for how long the others wait for it.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use super::super::job::Job;
use super::super::line::{Message, PATIENCE, Precedence, Turn};
use super::*;

type Order = Arc<Mutex<Vec<&'static str>>>;

/// A work that says that it was carried out.
async fn named(store: &Store, turn: Turn, name: &'static str, order: &Order) -> Result<(), StoreError> {
    let order = Arc::clone(order);
    let work = store.write_in_turn(turn, move |_| {
        order.lock().unwrap().push(name);
        Box::pin(std::future::ready(Ok(())))
    });
    work.await
}

#[tokio::test]
async fn what_comes_first_is_carried_out_before_what_was_there_earlier() {
    let place = Place::sqlite();
    let store = place.open().await;
    let order = Order::default();
    let works = [("post", Turn::Usual), ("timer", Turn::First), ("note", Turn::Usual), ("another timer", Turn::First)];
    let works = works.map(|(name, turn)| named(&store, turn, name, &order));
    for result in in_one_batch(&store, works.into()).await {
        result.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), ["timer", "another timer", "post", "note"]);
    place.remove(store).await;
}

/// A work that hands in another like itself before it ends, as timers do that never catch up.
#[derive(Clone)]
struct Endless {
    queue: mpsc::Sender<Message>,
    over: Arc<AtomicBool>,
    turns: Arc<AtomicU32>,
}

impl Job for Endless {
    fn run<'t>(&'t mut self, _: &'t mut Tx<'_>) -> BoxFuture<'t, Result<(), StoreError>> {
        self.turns.fetch_add(1, Ordering::SeqCst);
        if !self.over.load(Ordering::SeqCst) {
            assert!(self.queue.try_send(Message::Work(Turn::First, Box::new(self.clone()))).is_ok());
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn is_abandoned(&self) -> bool {
        false
    }

    fn stored(self: Box<Self>) {}

    fn failed(self: Box<Self>, _: StoreError) {}
}

#[tokio::test]
async fn timers_without_end_do_not_keep_the_others_waiting_for_ever() {
    let place = Place::sqlite();
    let store = place.open().await;
    let Engine::Sqlite { queue, .. } = &store.shared.engine else { panic!("a place on SQLite") };
    let endless = Endless { queue: queue.clone(), over: Arc::default(), turns: Arc::default() };
    queue.send(Message::Work(Turn::First, Box::new(endless.clone()))).await.unwrap();
    let note = tokio::time::timeout(Duration::from_secs(20), add(&store, 1)).await;
    endless.over.store(true, Ordering::SeqCst);
    note.expect("it waited for timers only").unwrap();
    assert!(endless.turns.load(Ordering::SeqCst) > 1);
    drop(endless);
    place.remove(store).await;
}

#[tokio::test(start_paused = true)]
async fn side_by_side_the_others_wait_for_what_comes_first_and_no_longer_than_a_moment() {
    let precedence = Precedence::default();
    // Nothing to wait for.
    let began = tokio::time::Instant::now();
    drop(precedence.turn(Turn::Usual).await);
    let first = precedence.turn(Turn::First).await;
    drop(precedence.turn(Turn::First).await);
    assert_eq!(began.elapsed(), Duration::ZERO);
    let usual = tokio::spawn({
        let precedence = precedence.clone();
        async move { drop(precedence.turn(Turn::Usual).await) }
    });
    tokio::time::advance(PATIENCE / 2).await;
    tokio::task::yield_now().await;
    assert!(!usual.is_finished());
    drop(first);
    usual.await.unwrap();
    assert_eq!(began.elapsed(), PATIENCE / 2);
    let _hangs = precedence.turn(Turn::First).await;
    drop(precedence.turn(Turn::Usual).await);
    assert!(began.elapsed() >= PATIENCE / 2 + PATIENCE);
    assert!(began.elapsed() < PATIENCE * 2);
}
