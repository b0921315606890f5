//! How much is being worked on.

use tokio::sync::watch;

/// Counts things from when they begin until they are over. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Busy(watch::Sender<usize>);

/// Counts for one thing, until it is dropped.
#[derive(Debug)]
pub(super) struct Held(Busy);

impl Busy {
    /// One thing more.
    pub(super) fn hold(&self) -> Held {
        self.0.send_modify(|held| *held += 1);
        Held(self.clone())
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        *self.0.borrow()
    }

    /// Completes when there is nothing.
    pub async fn all_free(&self) {
        // The channel cannot close before this does.
        drop(self.0.subscribe().wait_for(|held| *held == 0).await);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.send_modify(|held| *held = held.saturating_sub(1));
    }
}
