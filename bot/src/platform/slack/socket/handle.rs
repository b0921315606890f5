//! One envelope, handled in a task of its own.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

use super::Shared;
use super::envelope::{self, Envelope};
use crate::platform::slack::inlet::Ack;

/// Hands an envelope to the inlet and its acknowledgement to the connection that it came on. It goes on when that
/// connection ends: what was begun is finished, and only the acknowledgement is lost.
pub(super) async fn handle(
    shared: Arc<Shared>,
    envelope: Envelope,
    acks: mpsc::Sender<String>,
    permit: OwnedSemaphorePermit,
) {
    let Envelope { id, answerable, raw } = envelope;
    let kind = raw.kind;
    let receiving = AssertUnwindSafe(async { shared.inlet.receive(raw).await }).catch_unwind();
    match timeout(shared.pace.answer, receiving).await {
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
    drop(permit);
}
