//! Events: kept, acknowledged, and heard one after the other in each channel. A channel whose event has to wait for the
//! platform or the database holds up no other.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::hands::{Growing, Hand};
use super::{Ack, Decoded, Heard, Inner, Kind, Wire, kept};
use crate::platform::incoming::{Happening, Kept};

/// How long after it came in an event waits for what the platform has to add; then what is known is recorded.
const ENRICHED_WITHIN: Duration = Duration::from_mins(3);
/// How long an event is tried to be heard before those behind it go on. It stays kept.
const HEARD_WITHIN: Duration = Duration::from_mins(10);

/// The events of each channel that wait; a channel is here while somebody works on it.
#[derive(Default)]
pub(super) struct Lanes(Mutex<HashMap<String, VecDeque<Item>>>);

struct Item {
    heard: Heard,
    /// Says that the event is kept; closes without a word if it is not, or if others see to it.
    kept: Option<oneshot::Receiver<()>>,
    since: Instant,
    _hand: Hand,
}

/// What becomes of the events behind one.
enum Next {
    GoOn,
    /// It is time to stop, and this one is left for the next start; so are those behind it, or they would be first then.
    Stop,
}

/// Keeps an event and acknowledges it. The place in its channel is taken at once.
pub(super) fn receive<W: Wire>(inner: &Arc<Inner<W>>, payload: &Value) -> BoxFuture<'static, Ack> {
    let ready = |ack| -> BoxFuture<'static, Ack> { Box::pin(std::future::ready(ack)) };
    let heard = match inner.wire.event(payload) {
        Decoded::Known(heard) => heard,
        Decoded::Nothing => return ready(Ack::Received(None)),
        Decoded::Unknown { what } => {
            tracing::debug!(what, "an event is not understood; it is passed over");
            return ready(Ack::Received(None));
        }
    };
    let Some(hand) = inner.hands.take(&heard.id) else { return ready(Ack::NotKept) };
    let (say_kept, kept) = oneshot::channel();
    let (id, raw) = (heard.id.clone(), kept::write(Kind::Event, payload));
    queue(inner, Item { heard, kept: Some(kept), since: Instant::now(), _hand: hand });
    let inner = inner.clone();
    // On its own: who waits for the acknowledgement may go away in between.
    let keeping = tokio::spawn(async move {
        match inner.desk.keep(inner.workspace, &id, &raw).await {
            Ok(Kept::New) => {
                // Who works on the channel waits for this, or is gone with the process.
                let _ = say_kept.send(());
                Ack::Received(None)
            }
            Ok(Kept::Known) => Ack::Received(None),
            Err(error) => {
                tracing::warn!(%error, id, "an event is not acknowledged; it is sent again");
                Ack::NotKept
            }
        }
    });
    Box::pin(async move { keeping.await.unwrap_or(Ack::NotKept) })
}

/// Queues an event that was kept before.
pub(super) async fn resume<W: Wire>(inner: &Arc<Inner<W>>, id: String, payload: &Value) {
    let Some(hand) = inner.hands.take_up(&id) else { return };
    match inner.wire.event(payload) {
        Decoded::Known(heard) => {
            let heard = Heard { id, ..heard };
            queue(inner, Item { heard, kept: None, since: Instant::now(), _hand: hand });
        }
        Decoded::Nothing | Decoded::Unknown { .. } => inner.done(&id).await,
    }
}

fn queue<W: Wire>(inner: &Arc<Inner<W>>, item: Item) {
    let lane = item.heard.lane.clone();
    let mut lanes = inner.lanes.0.lock().unwrap_or_else(PoisonError::into_inner);
    match lanes.get_mut(&lane) {
        Some(waiting) => waiting.push_back(item),
        None => {
            lanes.insert(lane.clone(), VecDeque::from([item]));
            tokio::spawn(work_off(inner.clone(), lane));
        }
    }
}

async fn work_off<W: Wire>(inner: Arc<Inner<W>>, lane: String) {
    while let Some(item) = next(&inner.lanes, &lane) {
        let id = item.heard.id.clone();
        // On its own: a panic over one event must not close its channel.
        match tokio::spawn(carry_out(inner.clone(), item)).await {
            Ok(Next::GoOn) => {}
            Ok(Next::Stop) => drop(inner.lanes.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&lane)),
            Err(_) => tracing::error!(id, "an event made its task panic; it stays kept"),
        }
    }
}

/// The next of a channel. With the last one its lane goes, in the same breath, so that no event is left behind.
fn next(lanes: &Lanes, lane: &str) -> Option<Item> {
    let mut lanes = lanes.0.lock().unwrap_or_else(PoisonError::into_inner);
    let item = lanes.get_mut(lane).and_then(VecDeque::pop_front);
    if item.is_none() {
        lanes.remove(lane);
    }
    item
}

async fn carry_out<W: Wire>(inner: Arc<Inner<W>>, item: Item) -> Next {
    let Item { heard, kept, since, _hand } = item;
    if let Some(kept) = kept
        && kept.await.is_err()
    {
        return Next::GoOn;
    }
    match enriched(&inner, &heard, since).await {
        Some(Some(happening)) => hear(&inner, &heard.id, happening).await,
        Some(None) => {
            inner.done(&heard.id).await;
            Next::GoOn
        }
        None => Next::Stop,
    }
}

/// What is to be heard, if anything; `None` when it is time to stop.
async fn enriched<W: Wire>(inner: &Inner<W>, heard: &Heard, since: Instant) -> Option<Option<Happening>> {
    let mut waits = Growing::default();
    loop {
        // Every call has a time-out of its own; this is for one that has not.
        let asked = tokio::time::timeout(ENRICHED_WITHIN, inner.wire.happening(&heard.what)).await;
        let error = match asked {
            Ok(Ok(happening)) => return Some(happening),
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        let wait = waits.next(error.as_ref().and_then(|error| error.retry_after));
        if since.elapsed() + wait > ENRICHED_WITHIN {
            tracing::warn!(
                id = heard.id,
                ?error,
                "the platform could not be asked about an event; it is recorded without"
            );
            return Some(Some(inner.wire.happening_as_known(&heard.what)));
        }
        if !inner.hands.rest(wait).await {
            return None;
        }
    }
}

async fn hear<W: Wire>(inner: &Inner<W>, id: &str, happening: Happening) -> Next {
    let (begun, mut waits) = (Instant::now(), Growing::default());
    while inner.desk.hear(inner.workspace, id.to_owned(), happening.clone()).await.is_err() {
        if begun.elapsed() > HEARD_WITHIN {
            tracing::error!(id, "an event could not be stored; it stays kept, and those behind it go on");
            return Next::GoOn;
        }
        if !inner.hands.rest(waits.next(None)).await {
            return Next::Stop;
        }
    }
    inner.done(id).await;
    Next::GoOn
}
