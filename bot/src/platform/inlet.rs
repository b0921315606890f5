//! Where everything that a platform sends comes in, whichever way it came: kept, acknowledged, carried out and answered.
//! What a platform's payloads say, and how it is answered there, is its [`Wire`].

mod events;
mod hands;
mod heard;
mod kept;
mod requests;
#[cfg(test)]
pub(super) mod script;

use std::sync::Arc;
use std::time::Duration;

use firebell_core::form::Form;
use firebell_core::ids::WorkspaceId;
use futures_util::future::BoxFuture;
use serde_json::Value;

use self::events::Lanes;
use self::hands::Hands;
pub use self::heard::{Heard, Mark, UNREAD, What};
use super::incoming::{Answer, Cited, Desk, Happening, Incoming, NotKept};
use crate::content::Content;

/// What a platform sent, whichever way it came.
#[derive(Debug, Clone)]
pub struct Raw {
    pub kind: Kind,
    pub payload: Value,
    /// How often the platform had tried before.
    pub retry: u32,
}

/// What kind of thing it is, by the address that the platform sends it to.
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
    Received(Option<Value>),
    /// Not kept: the platform is to send it again.
    NotKept,
}

/// Where it goes.
pub trait Inlet: Send + Sync + 'static {
    /// Takes it; what must not be lost is stored before this answers. Its place among what comes in is that of the call,
    /// not of the first poll.
    fn receive(&self, raw: Raw) -> BoxFuture<'static, Ack>;
}

/// What a payload turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded<T> {
    Known(T),
    /// Nothing that anybody here waits for.
    Nothing,
    /// What it calls itself, without anything that people wrote.
    Unknown {
        what: String,
    },
}

/// A person's request and how to answer it. The texts of cited messages, and the line of a command, are still as the
/// platform writes them; a form's are plain.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<B> {
    pub incoming: Incoming,
    pub back: B,
    /// The cited message is longer than the form could carry: the rest is to be fetched.
    pub cut: bool,
}

/// One thing that an answer takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Texts, one message each, that only whoever asked sees.
    Say(Vec<String>),
    Upload {
        name: String,
        title: String,
        content: Content,
        /// Whether everybody of the channel may have it.
        for_room: bool,
        /// What stands on the link to it above the channel, where there is to be one.
        link: Option<&'static str>,
    },
    Open(Box<Form>),
}

/// What the acknowledgement of a request has said already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledged {
    /// The answer, or its beginning.
    Answered,
    /// That the answer is still to come.
    Later,
}

/// A call that did not do what it was to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct CallError {
    /// When the platform wants to be asked again, where it says so.
    pub retry_after: Option<Duration>,
    /// The platform's word for it, or what came in its way; without any text or secret.
    pub reason: String,
    /// The platform would say the same again, or has taken too long to be waited for once more.
    pub is_final: bool,
}

/// How a platform's payloads are read, and how whoever asked is answered there.
pub trait Wire: Send + Sync + 'static {
    /// What an answer needs to know of the request.
    type Back: Clone + Send + Sync + 'static;

    /// Reads an event.
    fn event(&self, payload: &Value) -> Decoded<Heard>;

    /// Reads a request.
    fn request(&self, kind: Kind, payload: &Value) -> Decoded<Request<Self::Back>>;

    /// A request with its texts as a person sees them, as far as the platform says so in time.
    fn enriched(&self, request: Request<Self::Back>) -> BoxFuture<'_, Incoming>;

    /// What happened with everything that the platform knows of it; `None` where it comes to nothing.
    fn happening<'w>(&'w self, what: &'w What) -> BoxFuture<'w, Result<Option<Happening>, CallError>>;

    /// The same with no more than what is known without asking.
    fn happening_as_known(&self, what: &What) -> Happening;

    /// The acknowledgement of a request that cannot be read: it would read no better the next time.
    fn unread(&self, kind: Kind, payload: &Value) -> Ack;

    /// The acknowledgement that carries an answer, and what is left to be done after it.
    fn at_once(&self, back: &Self::Back, cites: Option<&Cited>, answer: Answer) -> (Ack, Vec<Step>);

    /// The acknowledgement of a request that is kept, and answered later.
    fn later(&self, back: &Self::Back) -> Ack;

    /// The acknowledgement of a request of which nobody knows yet whether it can be stored.
    fn late(&self, back: &Self::Back) -> Ack;

    /// The acknowledgement of a request that could not be stored, and what else to tell. No platform sends a request again,
    /// so that whoever asked has to know.
    fn not_kept(&self, back: &Self::Back) -> (Ack, Vec<Step>);

    /// What is told after the acknowledgement of a request that could not be stored.
    fn not_kept_steps(&self, back: &Self::Back) -> Vec<Step>;

    /// What an answer takes, in its order.
    fn steps(&self, answer: Answer) -> Vec<Step>;

    /// Carries out what an answer takes after the acknowledgement; what fails is told to whoever asked.
    fn carry_out<'w>(
        &'w self,
        back: &'w Self::Back,
        acknowledged: Acknowledged,
        cites: Option<&'w Cited>,
        steps: Vec<Step>,
    ) -> BoxFuture<'w, ()>;
}

/// The inlet of one workspace: requests are decided and answered, events are kept, acknowledged and then heard. It needs a
/// runtime, in which its work goes on after an acknowledgement. Clones share it.
pub struct WireInlet<W: Wire> {
    inner: Arc<Inner<W>>,
}

struct Inner<W: Wire> {
    workspace: WorkspaceId,
    desk: Arc<dyn Desk>,
    wire: W,
    hands: Hands,
    lanes: Lanes,
}

/// The longest that a shutdown waits for what has begun.
const DRAIN_TIME: Duration = Duration::from_secs(10);

impl<T> Decoded<T> {
    /// What was understood; `what` it calls itself otherwise.
    pub fn or_unknown(known: Option<T>, what: impl FnOnce() -> String) -> Self {
        known.map_or_else(|| Self::Unknown { what: what() }, Self::Known)
    }
}

impl<W: Wire> WireInlet<W> {
    /// An inlet that hands to this desk what comes in.
    pub fn over(workspace: WorkspaceId, desk: Arc<dyn Desk>, wire: W) -> Self {
        let (hands, lanes) = (Hands::default(), Lanes::default());
        Self { inner: Arc::new(Inner { workspace, desk, wire, hands, lanes }) }
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
                Some((kind, payload)) => requests::resume(&self.inner, id, kind, &payload).await,
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

impl<W: Wire> Inlet for WireInlet<W> {
    fn receive(&self, raw: Raw) -> BoxFuture<'static, Ack> {
        if raw.retry > 0 {
            tracing::debug!(retry = raw.retry, "something is sent again");
        }
        match raw.kind {
            // Its place in the order is taken here, before anything is waited for.
            Kind::Event => events::receive(&self.inner, &raw.payload),
            kind => Box::pin(requests::receive(self.inner.clone(), kind, raw.payload)),
        }
    }
}

impl<W: Wire> Clone for WireInlet<W> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<W: Wire> Inner<W> {
    /// Says that something kept is carried out. If that fails it is taken up again, which the desk sees.
    async fn done(&self, id: &str) {
        if self.desk.done(self.workspace, id).await.is_err() {
            tracing::warn!(id, "that this is carried out could not be stored; it is taken up again");
        }
    }
}
