//! One envelope, handled in a task of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::Shared;
use super::envelope::{self, Envelope};
use crate::platform::inlet::{Ack, Kind};

/// Hands an envelope to the inlet and its acknowledgement to the connection that it came on. It goes on when that
/// connection ends: what was begun is finished, and only the acknowledgement is lost.
pub(super) fn handle(
    shared: Arc<Shared>,
    envelope: Envelope,
    acks: mpsc::Sender<String>,
    permit: OwnedSemaphorePermit,
) {
    let Envelope { id, answerable, raw } = envelope;
    let kind = raw.kind;
    // Here and not in the task: tasks begin in any order, and the inlet hears in the one in which it is called.
    let receiving = catch_unwind(AssertUnwindSafe(|| shared.inlet.receive(raw)));
    tokio::spawn(async move {
        let received = match receiving {
            Ok(receiving) => timeout(shared.pace.answer, AssertUnwindSafe(receiving).catch_unwind()).await,
            Err(panic) => Ok(Err(panic)),
        };
        finish((id, kind, answerable), received, &acks).await;
        drop(permit);
    });
}

async fn finish(
    (id, kind, answerable): (String, Kind, bool),
    received: Result<std::thread::Result<Ack>, Elapsed>,
    acks: &mpsc::Sender<String>,
) {
    match received {
        Ok(Ok(Ack::Received(payload))) => {
            let ack = envelope::ack(&id, payload.as_ref().filter(|_| answerable));
            if acks.send(ack).await.is_err() {
                tracing::debug!(
                    envelope = id,
                    "an acknowledgement came too late for its connection; Slack sends again"
                );
            }
        }
        Ok(Ok(Ack::NotKept)) => tracing::warn!(envelope = id, ?kind, "an envelope was not kept; Slack sends it again"),
        Ok(Err(_)) => {
            tracing::error!(envelope = id, ?kind, "handling an envelope failed within; Slack sends it again");
        }
        Err(_) => tracing::error!(envelope = id, ?kind, "an envelope was given up, as handling it took too long"),
    }
}
