//! The life of one connection: envelopes are handled side by side while frames are read, acknowledgements go out as they
//! become ready.

mod frames;

use std::convert::Infallible;
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

use tokio_tungstenite::tungstenite::{Error, Message};

use self::frames::trouble_of;
use super::dial::Ws;
use super::envelope::Envelope;
use super::status::Up;
use super::{Shared, Trouble};

/// How many envelopes are handled at once. While there are as many, no further one is read.
const AT_ONCE: usize = 256;

/// What becomes of a connection.
pub(super) enum Turn {
    /// Slack will close it: another is to take its place. It goes on until then.
    Replace,
    /// It is over, or will be.
    Ended(Trouble),
}

/// A connection that somebody wants. When this is dropped, it goes on for a while and then closes.
pub(super) struct Held {
    turn: oneshot::Receiver<Turn>,
    _wanted: oneshot::Sender<Infallible>,
}

impl Held {
    /// Waits for the first thing that becomes of it.
    pub(super) async fn turn(&mut self) -> Turn {
        // Only a failure within leaves without a word.
        (&mut self.turn).await.unwrap_or(Turn::Ended(Trouble::Broken))
    }
}

/// Lets a connection live that Slack has said hello on.
pub(super) fn start(shared: &Arc<Shared>, ws: Ws) -> Held {
    let (tell, turn) = oneshot::channel();
    let (held, wanted) = oneshot::channel();
    let (acks, ready) = mpsc::channel(AT_ONCE);
    let connection = Connection {
        shared: shared.clone(),
        up: shared.status.up(),
        ws,
        heard: Instant::now(),
        waiting: None,
        room: Arc::new(Semaphore::new(AT_ONCE)),
        acks: Some(acks),
        ready,
        tell: Some(tell),
        wanted: Some(wanted),
        due: None,
    };
    tokio::spawn(connection.live());
    Held { turn, _wanted: held }
}

struct Connection {
    shared: Arc<Shared>,
    up: Up,
    ws: Ws,
    /// When something was heard last, or nobody listened.
    heard: Instant,
    /// Has no room yet.
    waiting: Option<Envelope>,
    room: Arc<Semaphore>,
    /// Without it no envelope is taken any more, and once all of its clones are gone, nothing is being handled.
    acks: Option<mpsc::Sender<String>>,
    ready: mpsc::Receiver<String>,
    tell: Option<oneshot::Sender<Turn>>,
    wanted: Option<oneshot::Receiver<Infallible>>,
    /// When the next stage of its end begins.
    due: Option<Instant>,
}

enum Step {
    Frame(Option<Result<Message, Error>>),
    Room(Result<OwnedSemaphorePermit, AcquireError>),
    /// Without one, nothing is being handled any more.
    Ack(Option<String>),
    Tick,
    LetGo,
    Stop,
    Due,
}

impl Connection {
    async fn live(mut self) {
        let mut pings = interval(self.shared.pace.ping);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let step = self.next(&mut pings).await;
            if let Break(trouble) = self.take(step).await {
                return self.end(trouble).await;
            }
        }
    }

    async fn next(&mut self, pings: &mut Interval) -> Step {
        let Self { shared, ws, waiting, room, acks, ready, wanted, due, .. } = self;
        tokio::select! {
            frame = ws.next(), if waiting.is_none() => Step::Frame(frame),
            room = room.clone().acquire_owned(), if waiting.is_some() => Step::Room(room),
            ack = ready.recv() => Step::Ack(ack),
            _ = pings.tick() => Step::Tick,
            () = let_go(wanted.as_mut()), if wanted.is_some() => Step::LetGo,
            () = shared.stopped(), if acks.is_some() => Step::Stop,
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Step::Due,
        }
    }

    /// Breaks when it is over: with what went wrong, or nothing when it is ours to close.
    async fn take(&mut self, step: Step) -> ControlFlow<Option<Trouble>> {
        match step {
            Step::Frame(None) => Break(Some(Trouble::Closed)),
            Step::Frame(Some(Err(error))) => Break(Some(trouble_of(&error))),
            Step::Frame(Some(Ok(message))) => self.hear(message).await,
            Step::Room(permit) => {
                self.heard = Instant::now();
                if let (Some(envelope), Ok(permit)) = (self.waiting.take(), permit) {
                    self.handle(envelope, permit);
                }
                Continue(())
            }
            Step::Ack(Some(ack)) => self.say(Message::text(ack)).await,
            Step::Ack(None) => Break(None),
            Step::Tick if self.waiting.is_none() && self.heard.elapsed() >= self.shared.pace.silence => {
                Break(Some(Trouble::Silent))
            }
            Step::Tick => self.say(Message::Ping(Vec::new().into())).await,
            Step::LetGo => {
                self.wanted = None;
                self.due = self.due.or(Some(Instant::now() + self.shared.pace.replaced));
                Continue(())
            }
            Step::Due if self.acks.is_none() => Break(None),
            Step::Stop | Step::Due => {
                // What has no room yet comes again, as it is not acknowledged.
                (self.acks, self.waiting) = (None, None);
                self.due = Some(Instant::now() + self.shared.pace.drain);
                Continue(())
            }
        }
    }

    fn tell(&mut self, turn: Turn) {
        if let Some(tell) = self.tell.take() {
            // The line is gone when there is a stop.
            let _ = tell.send(turn);
        }
    }

    async fn end(mut self, trouble: Option<Trouble>) {
        drop(self.up);
        self.ready.close();
        let mut lost = 0;
        while self.ready.try_recv().is_ok() {
            lost += 1;
        }
        if lost > 0 {
            tracing::debug!(lost, "acknowledgements came too late for their connection; Slack sends again");
        }
        if let Some(tell) = self.tell.take() {
            let _ = tell.send(Turn::Ended(trouble.clone().unwrap_or(Trouble::Closed)));
        }
        // Slack leaves TCP open after it has closed, so its close frame is the end.
        // https://github.com/slackapi/node-slack-sdk/issues/2752
        let ws = &mut self.ws;
        let goodbye = async {
            match ws.close(None).await {
                // What was sent last must be read there before TCP is closed here.
                Ok(()) if trouble.is_none() => {
                    while let Some(Ok(message)) = ws.next().await {
                        if message.is_close() {
                            break;
                        }
                    }
                }
                Ok(()) => {}
                // Slack closed first, and the answer to that has yet to go out.
                Err(_) => drop(ws.flush().await),
            }
        };
        let _ = timeout(self.shared.pace.close, goodbye).await;
    }
}

/// Returns once nobody wants the connection any more.
async fn let_go(wanted: Option<&mut oneshot::Receiver<Infallible>>) {
    if let Some(wanted) = wanted {
        let _ = wanted.await;
    }
}
