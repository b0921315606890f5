//! Where everything that Slack sends comes in, by socket or by HTTP.

mod enrich;
mod events;
mod hands;
mod kept;
mod requests;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use firebell_core::ids::WorkspaceId;
use futures_util::future::BoxFuture;

use self::events::Lanes;
use self::hands::Hands;
use super::answer::Calls;
use super::text::Names;
use crate::platform::incoming::{Desk, NotKept};

/// What Slack sent, whichever way it came.
#[derive(Debug, Clone)]
pub struct Raw {
    pub kind: Kind,
    pub payload: serde_json::Value,
    /// How often Slack had tried before.
    pub retry: u32,
}

/// What kind of thing it is, by the address that Slack sends it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Command,
    Interaction,
    Event,
}

/// What goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ack {
    /// Received; with what whoever asked is to see at once.
    Received(Option<serde_json::Value>),
    /// Not kept: Slack is to send it again.
    NotKept,
}

/// Where it goes.
pub trait Inlet: Send + Sync + 'static {
    /// Takes it; what must not be lost is stored before this answers. Its place among what comes in is that of the call,
    /// not of the first poll.
    fn receive(&self, raw: Raw) -> BoxFuture<'static, Ack>;
}

/// The inlet of one Slack workspace: requests are decided and answered, events are kept, acknowledged and then heard.
/// It needs a runtime, in which its work goes on after an acknowledgement. Clones share it.
#[derive(Clone)]
pub struct SlackInlet {
    inner: Arc<Inner>,
}

/// What reading a workspace's payloads needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The reactions that mark a message, with or without their colons.
    pub reactions: Vec<String>,
    /// The account of Firebell itself: what it does is no news.
    pub bot_user: String,
}

struct Inner {
    workspace: WorkspaceId,
    desk: Arc<dyn Desk>,
    calls: Arc<dyn Calls>,
    names: Names,
    settings: Settings,
    hands: Hands,
    lanes: Lanes,
}

/// The longest that a shutdown waits for what has begun.
const DRAIN_TIME: Duration = Duration::from_secs(10);

impl SlackInlet {
    /// An inlet that hands to this desk what comes in.
    pub fn new(workspace: WorkspaceId, desk: Arc<dyn Desk>, calls: Arc<dyn Calls>, settings: Settings) -> Self {
        let names = Names::new(calls.clone());
        let (hands, lanes) = (Hands::default(), Lanes::default());
        Self { inner: Arc::new(Inner { workspace, desk, calls, names, settings, hands, lanes }) }
    }

    /// Takes up what was kept and not carried out, such as before a restart: to be called before anything is received, so
    /// that it comes first. What this process is busy with is left alone, so that it may be called at any time.
    ///
    /// # Errors
    /// What is kept could not be read; nothing was taken up.
    pub async fn resume(&self) -> Result<(), NotKept> {
        for (id, raw) in self.inner.desk.waiting(self.inner.workspace).await? {
            match kept::read(&raw) {
                Some((Kind::Event, payload)) => events::resume(&self.inner, id, &payload).await,
                Some((kind, payload)) => requests::resume(&self.inner, id, &kind, &payload).await,
                None => {
                    tracing::error!(id, "what was kept of this cannot be read; it is given up");
                    self.inner.done(&id).await;
                }
            }
        }
        Ok(())
    }

    /// Completes when nothing that came in is still worked on.
    pub async fn idle(&self) {
        self.inner.hands.all_free().await;
    }

    /// Receives nothing more, and waits for what has begun, for 10 s at most. What is not carried out by then is kept.
    pub async fn stop(&self) {
        self.inner.hands.stop();
        if tokio::time::timeout(DRAIN_TIME, self.idle()).await.is_err() {
            tracing::warn!(
                "requests and events were cut off, as they did not finish in 10 s; events are taken up again"
            );
        }
    }
}

impl Inlet for SlackInlet {
    fn receive(&self, raw: Raw) -> BoxFuture<'static, Ack> {
        if raw.retry > 0 {
            tracing::debug!(retry = raw.retry, "Slack sends something again");
        }
        match raw.kind {
            // Its place in the order is taken here, before anything is waited for.
            Kind::Event => events::receive(&self.inner, &raw.payload),
            kind => Box::pin(requests::receive(self.inner.clone(), kind, raw.payload)),
        }
    }
}

impl Inner {
    /// Says that something kept is carried out. If that fails it is taken up again, which the desk sees.
    async fn done(&self, id: &str) {
        if self.desk.done(self.workspace, id).await.is_err() {
            tracing::warn!(id, "that this is carried out could not be stored; it is taken up again");
        }
    }
}
