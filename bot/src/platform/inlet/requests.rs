//! Requests: decided at once where that is possible, and answered with the acknowledgement. What takes longer is kept,
//! acknowledged, and answered afterwards.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout_at};

use super::hands::{Growing, Hand};
use super::{Ack, Acknowledged, Decoded, Inner, Kind, Request, Step, Wire, kept};
use crate::platform::incoming::{Answer, Ask, Cited, Incoming, Kept, NotKept};

/// How long a decision may take until the request is kept and acknowledged without it.
const AT_ONCE: Duration = Duration::from_millis(1500);
/// When the platform is answered at the latest: Slack and Discord wait for three seconds.
///
/// Source: <https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response>,
/// <https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction>.
const AT_LAST: Duration = Duration::from_millis(2500);
/// How long something that was kept is tried to be decided. Nobody wants a command of an hour ago.
const DECIDED_WITHIN: Duration = Duration::from_mins(5);

/// What the desk said, with the request as it was put to it.
type Taken = (Incoming, Result<Answer, NotKept>);
type Keeping = JoinHandle<Result<Kept, NotKept>>;

/// A request under way.
struct Asked<W: Wire> {
    inner: Arc<Inner<W>>,
    id: String,
    back: W::Back,
    begun: Instant,
    hand: Hand,
}

/// Decides a request and answers it.
pub(super) async fn receive<W: Wire>(inner: Arc<Inner<W>>, kind: Kind, payload: Value) -> Ack {
    let request = match inner.wire.request(kind, &payload) {
        Decoded::Known(request) => request,
        Decoded::Nothing => return Ack::Received(None),
        Decoded::Unknown { what } => {
            tracing::warn!(what, "a request is not understood; it is passed over");
            return inner.wire.unread(kind, &payload);
        }
    };
    let (id, back) = (request.incoming.id.clone(), request.back.clone());
    let Some(hand) = inner.hands.take(&id) else { return inner.wire.not_kept(&back).0 };
    let asked = Asked { inner, id, back, begun: Instant::now(), hand };
    // On its own: who waits for the acknowledgement may go away in between, and the answer must go on.
    tokio::spawn(asked.take(request, kind, payload)).await.unwrap_or(Ack::NotKept)
}

/// Takes up a request that was kept.
pub(super) async fn resume<W: Wire>(inner: &Arc<Inner<W>>, id: String, kind: Kind, payload: &Value) {
    let Some(hand) = inner.hands.take_up(&id) else { return };
    let Decoded::Known(request) = inner.wire.request(kind, payload) else { return inner.done(&id).await };
    let asked = Asked { inner: inner.clone(), id, back: request.back.clone(), begun: Instant::now(), hand };
    let taking = asked.begin(request);
    tokio::spawn(asked.finish(taking));
}

impl<W: Wire> Asked<W> {
    async fn take(self, request: Request<W::Back>, kind: Kind, payload: Value) -> Ack {
        // Who opens a form or a list asks for it again at once; there is nothing in it to lose.
        let is_query = matches!(request.incoming.ask, Ask::Options { .. } | Ask::Declare { .. });
        let mut taking = self.begin(request);
        if let Ok(taken) = timeout_at(self.begun + AT_ONCE, &mut taking).await {
            return self.answered(taken.ok(), None);
        }
        let mut keeping = (!is_query).then(|| self.keep(kept::write(kind, &payload)));
        match timeout_at(self.begun + AT_LAST, first(&mut taking, &mut keeping)).await {
            Ok(Some(taken)) => self.answered(taken.ok(), keeping),
            Ok(None) => {
                let ack = self.inner.wire.later(&self.back);
                tokio::spawn(self.finish(taking));
                ack
            }
            Err(_) => self.late(taking, keeping),
        }
    }

    fn begin(&self, request: Request<W::Back>) -> JoinHandle<Taken> {
        let inner = self.inner.clone();
        tokio::spawn(async move {
            let incoming = inner.wire.enriched(request).await;
            let answer = inner.desk.take(inner.workspace, incoming.clone()).await;
            (incoming, answer)
        })
    }

    fn keep(&self, raw: Vec<u8>) -> Keeping {
        let (inner, id) = (self.inner.clone(), self.id.clone());
        tokio::spawn(async move { inner.desk.keep(inner.workspace, &id, &raw).await })
    }

    /// The acknowledgement, with what is left to do for it under way.
    fn answered(self, taken: Option<Taken>, keeping: Option<Keeping>) -> Ack {
        let (ack, cites, rest) = match taken {
            Some((incoming, Ok(answer))) => {
                let cites = cites(&incoming.ask).cloned();
                let (ack, rest) = self.inner.wire.at_once(&self.back, cites.as_ref(), answer);
                (ack, cites, rest)
            }
            Some((_, Err(NotKept))) | None => {
                let (ack, rest) = self.inner.wire.not_kept(&self.back);
                (ack, None, rest)
            }
        };
        if !rest.is_empty() || keeping.is_some() {
            tokio::spawn(async move {
                self.carry_out(Acknowledged::Answered, cites.as_ref(), rest).await;
                self.forget(keeping).await;
            });
        }
        ack
    }

    /// Neither decided nor kept, and the platform waits no longer. It is answered all the same if it is decided after all.
    fn late(self, taking: JoinHandle<Taken>, keeping: Option<Keeping>) -> Ack {
        let ack = self.inner.wire.late(&self.back);
        tokio::spawn(async move {
            let Ok((incoming, taken)) = taking.await else { return };
            let wire = &self.inner.wire;
            let steps = taken.map_or_else(|NotKept| wire.not_kept_steps(&self.back), |answer| wire.steps(answer));
            self.carry_out(Acknowledged::Later, cites(&incoming.ask), steps).await;
            self.forget(keeping).await;
        });
        ack
    }

    /// What was kept too late to be of use is not taken up again.
    async fn forget(&self, keeping: Option<Keeping>) {
        let Some(keeping) = keeping else { return };
        if let Ok(Ok(_)) = keeping.await {
            self.inner.done(&self.id).await;
        }
    }

    /// Answers something that is kept, once it is decided.
    async fn finish(self, taking: JoinHandle<Taken>) {
        let Ok((incoming, mut taken)) = taking.await else { return };
        let mut waits = Growing::default();
        let answer = loop {
            match taken {
                Ok(answer) => break answer,
                Err(NotKept) if self.begun.elapsed() > DECIDED_WITHIN && self.given_up().await => {
                    let steps = self.inner.wire.not_kept_steps(&self.back);
                    return self.carry_out(Acknowledged::Later, None, steps).await;
                }
                Err(NotKept) => {}
            }
            if !self.inner.hands.rest(waits.next(None)).await {
                return;
            }
            taken = self.inner.desk.take(self.inner.workspace, incoming.clone()).await;
        };
        self.carry_out(Acknowledged::Later, cites(&incoming.ask), self.inner.wire.steps(answer)).await;
        self.inner.done(&self.id).await;
    }

    /// Nobody is told that it was not done while it may still be taken up.
    async fn given_up(&self) -> bool {
        self.inner.desk.done(self.inner.workspace, &self.id).await.is_ok()
    }

    /// A repetition that came in meanwhile has the same answer, which is told once.
    async fn carry_out(&self, acknowledged: Acknowledged, cites: Option<&Cited>, steps: Vec<Step>) {
        if !self.hand.is_first() {
            return;
        }
        self.inner.wire.carry_out(&self.back, acknowledged, cites, steps).await;
    }
}

/// Waits for a decision as long as the request is not kept; `None` once it is.
async fn first(taking: &mut JoinHandle<Taken>, keeping: &mut Option<Keeping>) -> Option<Result<Taken, JoinError>> {
    if let Some(handle) = keeping.as_mut() {
        let kept = tokio::select! {
            biased;
            taken = &mut *taking => return Some(taken),
            kept = handle => kept,
        };
        *keeping = None;
        if let Ok(Ok(_)) = kept {
            return None;
        }
    }
    Some(taking.await)
}

/// The message that a request is about, which a form that answers it carries with it.
fn cites(ask: &Ask) -> Option<&Cited> {
    match ask {
        Ask::Declare { from: cites } | Ask::Submit { cites, .. } => cites.as_ref(),
        Ask::Mark { message } | Ask::Evidence { message } => Some(message),
        Ask::Line { .. } | Ask::Press { .. } | Ask::Options { .. } => None,
    }
}
