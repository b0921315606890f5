//! What this process is busy with.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::super::busy::{Busy, Held};

/// How much may be in hand at once before the platform is asked to come back later.
const MOST: usize = 2048;

/// Counts what is in hand, and says when it is time to stop.
pub(super) struct Hands {
    busy: Busy,
    stop: watch::Sender<bool>,
    ids: Arc<Mutex<HashSet<String>>>,
}

/// Something in hand, until it is dropped.
pub(super) struct Hand {
    ids: Arc<Mutex<HashSet<String>>>,
    /// Nothing where another hand has the same thing.
    id: Option<String>,
    /// Free once the id is.
    _held: Held,
}

impl Default for Hands {
    fn default() -> Self {
        Self { busy: Busy::default(), stop: watch::Sender::new(false), ids: Arc::default() }
    }
}

impl Hands {
    /// Takes something new into hand, unless there is too much or it is time to stop.
    pub(super) fn take(&self, id: &str) -> Option<Hand> {
        if *self.stop.borrow() || self.busy.count() >= MOST {
            return None;
        }
        Some(self.hold(id))
    }

    /// Takes up something that was kept, unless it is in hand already.
    pub(super) fn take_up(&self, id: &str) -> Option<Hand> {
        let hand = self.hold(id);
        let free = hand.is_first() && !*self.stop.borrow();
        free.then_some(hand)
    }

    fn hold(&self, id: &str) -> Hand {
        let held = self.busy.hold();
        let first = self.ids.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
        Hand { ids: self.ids.clone(), id: first.then(|| id.to_owned()), _held: held }
    }

    /// From now on nothing new is taken.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Waits, and says whether to go on.
    pub(super) async fn rest(&self, wait: Duration) -> bool {
        let mut stop = self.stop.subscribe();
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            _ = stop.wait_for(|stop| *stop) => false,
        }
    }

    /// Completes when nothing is in hand.
    pub(super) async fn all_free(&self) {
        self.busy.all_free().await;
    }
}

impl Hand {
    /// Whether nobody else had the same in hand when this was taken.
    pub(super) fn is_first(&self) -> bool {
        self.id.is_some()
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        if let Some(id) = &self.id {
            self.ids.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        }
    }
}

/// Waits that grow, from half a second to half a minute.
pub(super) struct Growing(Duration);

impl Default for Growing {
    fn default() -> Self {
        Self(Duration::from_millis(500))
    }
}

impl Growing {
    /// The next one; never shorter than what is asked for.
    pub(super) fn next(&mut self, at_least: Option<Duration>) -> Duration {
        let wait = self.0.max(at_least.unwrap_or_default());
        self.0 = (self.0 * 2).min(Duration::from_secs(30));
        wait
    }
}
