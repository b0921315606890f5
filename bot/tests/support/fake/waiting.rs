//! Waiting until something is so.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// The longest that a test waits for anything.
pub(in super::super) const LIMIT: Duration = Duration::from_secs(20);

/// Counts what happened, for those that wait.
pub(in super::super) struct Changes(watch::Sender<u64>);

impl Default for Changes {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Changes {
    /// Tells those that wait that something happened.
    pub(in super::super) fn touch(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// Looks again whenever something happened, for so long in real time. It looks outside of the channel's lock, which
    /// is taken by those that hold what it may look at.
    pub(in super::super) async fn within<T>(&self, limit: Duration, look: impl Fn() -> Option<T>) -> Option<T> {
        in_real_time(limit, || self.once(&look)).await
    }

    async fn once<T>(&self, look: impl Fn() -> Option<T>) -> T {
        let mut changes = self.0.subscribe();
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            changes.changed().await.unwrap();
        }
    }
}

/// Waits so long in real time, also where the runtime's clock is paused and runs ahead of it.
pub(in super::super) async fn in_real_time<F: Future>(limit: Duration, wait: impl Fn() -> F) -> Option<F::Output> {
    let began = Instant::now();
    loop {
        match tokio::time::timeout(limit, wait()).await {
            Ok(seen) => return Some(seen),
            Err(_) if began.elapsed() >= limit => return None,
            Err(_) => {}
        }
    }
}
