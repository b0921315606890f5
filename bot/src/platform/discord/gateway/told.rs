//! What a session's thread tells its supervisor, counted until it has been handed on.

use std::sync::Arc;

use serde_json::Value;
use serenity::gateway::ShardMessenger;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;

use super::trouble::Trouble;

/// What a session tells.
pub(super) enum Told {
    /// It can be closed through this.
    Started(ShardMessenger),
    /// It began.
    Ready,
    /// The connection was lost, and another is being made.
    Lost,
    /// It goes on.
    Resumed,
    Event(Value),
    /// A heartbeat was acknowledged.
    Alive,
    /// A frame could not be read.
    Unreadable,
    /// It was refused for this reason, after which serenity would spin.
    Refused(Trouble),
}

/// How much was told and has not been handed on yet. Clones count together, whatever sessions follow each other.
#[derive(Debug, Clone, Default)]
pub struct Backlog(Arc<watch::Sender<usize>>);

impl Backlog {
    /// Completes when all that was told has been handed on.
    pub async fn empty(&self) {
        // The sender is here, so that it does not fail.
        let _ = self.0.subscribe().wait_for(|waiting| *waiting == 0).await;
    }

    fn one_more(&self) -> Waiting {
        self.0.send_modify(|waiting| *waiting += 1);
        Waiting(self.clone())
    }
}

/// Counts for one thing that was told, until it is dropped: as soon as it was handed on, or nobody is there to hear it.
pub(super) struct Waiting(Backlog);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.send_modify(|waiting| *waiting -= 1);
    }
}

/// Tells. Clones tell the same supervisor.
#[derive(Clone)]
pub(super) struct Teller {
    backlog: Backlog,
    to: UnboundedSender<(Told, Waiting)>,
}

/// Hears what one session tells.
pub(super) type Hearer = UnboundedReceiver<(Told, Waiting)>;

/// For one session.
pub(super) fn line(backlog: &Backlog) -> (Teller, Hearer) {
    let (to, hearer) = mpsc::unbounded_channel();
    (Teller { backlog: backlog.clone(), to }, hearer)
}

impl Teller {
    /// Whether somebody is there to hear it; nobody listens any more to a session that was given up.
    pub(super) fn tell(&self, told: Told) -> bool {
        self.to.send((told, self.backlog.one_more())).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(backlog: &Backlog) -> usize {
        *backlog.0.borrow()
    }

    #[tokio::test]
    async fn what_is_being_handed_on_is_still_waiting() {
        let backlog = Backlog::default();
        let (teller, mut hearer) = line(&backlog);
        assert!(teller.tell(Told::Alive) && teller.clone().tell(Told::Lost));
        let first = hearer.recv().await.unwrap();
        assert_eq!(waiting(&backlog), 2);
        drop(first);
        assert_eq!(waiting(&backlog), 1);
        drop(hearer.recv().await);
        backlog.empty().await;
    }

    #[tokio::test]
    async fn nothing_waits_for_a_session_that_was_given_up() {
        let backlog = Backlog::default();
        let (teller, hearer) = line(&backlog);
        assert!(teller.tell(Told::Ready));
        drop(hearer);
        assert!(!teller.tell(Told::Alive));
        backlog.empty().await;
        let (teller, _hearer) = line(&backlog);
        teller.tell(Told::Ready);
        assert_eq!(waiting(&backlog), 1);
    }
}
