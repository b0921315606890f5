//! What a session's thread tells its supervisor, counted until it has been handed on.

use serde_json::Value;
use serenity::gateway::ShardMessenger;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::trouble::Trouble;
use crate::platform::busy::{Busy, Held};

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

/// Tells. Clones tell the same supervisor.
#[derive(Clone)]
pub(super) struct Teller {
    backlog: Busy,
    to: UnboundedSender<(Told, Held)>,
}

/// Hears what one session tells. Each counts until it was handed on, or nobody is there to hear it.
pub(super) type Hearer = UnboundedReceiver<(Told, Held)>;

/// For one session.
pub(super) fn line(backlog: &Busy) -> (Teller, Hearer) {
    let (to, hearer) = mpsc::unbounded_channel();
    (Teller { backlog: backlog.clone(), to }, hearer)
}

impl Teller {
    /// Whether somebody is there to hear it; nobody listens any more to a session that was given up.
    pub(super) fn tell(&self, told: Told) -> bool {
        self.to.send((told, self.backlog.hold())).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_being_handed_on_is_still_waiting() {
        let backlog = Busy::default();
        let (teller, mut hearer) = line(&backlog);
        assert!(teller.tell(Told::Alive) && teller.clone().tell(Told::Lost));
        let first = hearer.recv().await.unwrap();
        assert_eq!(backlog.count(), 2);
        drop(first);
        assert_eq!(backlog.count(), 1);
        drop(hearer.recv().await);
        backlog.all_free().await;
    }

    #[tokio::test]
    async fn nothing_waits_for_a_session_that_was_given_up() {
        let backlog = Busy::default();
        let (teller, hearer) = line(&backlog);
        assert!(teller.tell(Told::Ready));
        drop(hearer);
        assert!(!teller.tell(Told::Alive));
        backlog.all_free().await;
        let (teller, _hearer) = line(&backlog);
        teller.tell(Told::Ready);
        assert_eq!(backlog.count(), 1);
    }
}
