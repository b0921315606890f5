//! What nobody heard: read from the rooms' histories once a connection is there again, and of a channel that becomes a room.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::ids::WorkspaceId;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use crate::clock::Clock;
use crate::intake::Intake;
use crate::platform::connections::Status;
use crate::platform::inlet::{Ack, CallError, Inlet, Kind, Raw};
use crate::stop::stopped;

/// How much earlier than the last thing heard a gap is read from: clocks differ, and what is known is known.
const OVERLAP: TimeDelta = TimeDelta::minutes(1);
/// How far back a channel is read that becomes a room: what was said there just before is why it becomes one.
const BEFORE: TimeDelta = TimeDelta::hours(2);
/// How often a room's history is asked for: with the pauses between, for about an hour.
const ATTEMPTS: u32 = 20;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(2);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Channels that became rooms, by the platform's ids.
pub(super) type Adopted = Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<String>>>;

/// What a platform remembers.
pub(super) trait History: Send + Sync + 'static {
    /// What happened in a room from an instant on, as the events that would have told it, in their order.
    fn since<'h>(&'h self, room: &'h str, from: DateTime<Utc>) -> BoxFuture<'h, Result<Vec<Value>, CallError>>;
}

/// Reads what nobody heard in one workspace. Clones share it.
#[derive(Clone)]
pub(super) struct Gaps {
    pub(super) name: String,
    pub(super) workspace: WorkspaceId,
    pub(super) history: Arc<dyn History>,
    pub(super) inlet: Arc<dyn Inlet>,
    pub(super) intake: Intake,
    pub(super) clock: Clock,
}

impl Gaps {
    /// Reads what was said while there was no connection.
    pub(super) async fn read<T: Clone + PartialEq>(self, status: Status<T>, mut stop: watch::Receiver<bool>) {
        loop {
            let gap = tokio::select! {
                gap = status.gap() => gap,
                () = stopped(&mut stop) => return,
            };
            match self.intake.open_rooms(self.workspace).await {
                Ok(rooms) => {
                    for (room, known) in rooms {
                        // What was heard before the gap is known, and at the first connection what was kept.
                        let from = gap.since.map_or(known, |since| since.max(known));
                        self.catch_up(&room, from, &mut stop).await;
                    }
                }
                Err(error) => tracing::error!(%error, workspace = self.name, "rooms not read after a gap"),
            }
        }
    }

    /// Reads what was said before in channels that become rooms.
    pub(super) async fn read_adopted(self, adopted: Adopted, mut stop: watch::Receiver<bool>) {
        let mut adopted = adopted.lock().await;
        loop {
            let room = tokio::select! {
                room = adopted.recv() => room,
                () = stopped(&mut stop) => return,
            };
            let Some(room) = room else { return };
            let now = self.clock.now();
            self.catch_up(&room, now.checked_sub_signed(BEFORE).unwrap_or(now), &mut stop).await;
        }
    }

    /// Reads what was said in a room from an instant on, as if the platform had told it just now.
    async fn catch_up(&self, room: &str, from: DateTime<Utc>, stop: &mut watch::Receiver<bool>) {
        let from = from.checked_sub_signed(OVERLAP).unwrap_or(from);
        let Some(found) = self.found(room, from, stop).await else { return };
        for payload in found {
            let raw = Raw { kind: Kind::Event, payload, retry: 0 };
            while self.inlet.receive(raw.clone()).await == Ack::NotKept {
                tokio::select! {
                    () = self.clock.after(FIRST_PAUSE) => {}
                    () = stopped(stop) => return,
                }
            }
        }
    }

    /// What happened in a room since; `None` where it cannot be known, or when it is time to stop. A gap is never read again,
    /// so that the platform is asked for long: with many rooms it limits the calls, and what broke the connection may go on.
    async fn found(&self, room: &str, from: DateTime<Utc>, stop: &mut watch::Receiver<bool>) -> Option<Vec<Value>> {
        let mut pause = FIRST_PAUSE;
        for _ in 0..ATTEMPTS {
            let error = match self.history.since(room, from).await {
                Ok(found) => return Some(found),
                Err(error) => error,
            };
            if error.is_final {
                tracing::warn!(%error, room, workspace = self.name, "what was said in a room meanwhile is not known");
                return None;
            }
            let wait = error.retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or(pause);
            tracing::debug!(%error, room, workspace = self.name, "what was said in a room meanwhile is asked for again");
            pause = (pause * 2).min(LONGEST_PAUSE);
            tokio::select! {
                () = self.clock.after(wait) => {}
                () = stopped(stop) => return None,
            }
        }
        tracing::error!(
            room,
            workspace = self.name,
            "what was said in a room meanwhile is not known: the platform never told"
        );
        None
    }
}
