//! Slack on loopback, as the test scripts it, and an inlet that does what a payload says.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::super::*;
use crate::clock::Clock;
use crate::platform::inlet::{Ack, Raw};

/// Nothing that a test waits for takes as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Short pauses, and time-outs that a busy machine does not run into.
pub(super) fn quick() -> Pace {
    let ms = Duration::from_millis;
    Pace {
        stagger: ms(1),
        first_pause: ms(10),
        longest_pause: ms(50),
        refused: ms(10),
        replaced: ms(100),
        ..Pace::default()
    }
}

/// What becomes of a request for a URL; without a word on it, it is given.
pub(super) enum Opening {
    Hang,
    Panic,
    Fail(OpenError),
    Elsewhere(String),
}

pub(super) struct Openings {
    url: String,
    script: Mutex<VecDeque<Opening>>,
    asked: AtomicUsize,
}

impl Opener for Openings {
    fn open(&self) -> BoxFuture<'_, Result<String, OpenError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let next = self.script.lock().unwrap().pop_front();
        Box::pin(async move {
            match next {
                None => Ok(self.url.clone()),
                Some(Opening::Elsewhere(url)) => Ok(url),
                Some(Opening::Fail(error)) => Err(error),
                Some(Opening::Hang) => std::future::pending().await,
                Some(Opening::Panic) => panic!("as the test wants it"),
            }
        })
    }
}

/// Tells what came, and does what the payload's `do` says.
struct Scripted {
    came: mpsc::UnboundedSender<u64>,
    finished: mpsc::UnboundedSender<u64>,
    released: watch::Receiver<bool>,
}

impl Inlet for Scripted {
    fn receive(&self, raw: Raw) -> BoxFuture<'static, Ack> {
        let id = raw.payload["id"].as_u64().unwrap();
        self.came.send(id).unwrap();
        let what = raw.payload["do"].as_str().unwrap_or_default().to_owned();
        assert_ne!(what, "panic at once", "as the test wants it");
        let (mut released, finished) = (self.released.clone(), self.finished.clone());
        Box::pin(async move {
            match what.as_str() {
                "hold" => drop(released.wait_for(|released| *released).await.unwrap()),
                "panic" => panic!("as the test wants it"),
                "refuse" => return Ack::NotKept,
                _ => {}
            }
            let _ = finished.send(id);
            Ack::Received((what == "answer").then(|| json!({ "text": "hi" })))
        })
    }
}

pub(super) struct World {
    streams: mpsc::UnboundedReceiver<TcpStream>,
    openings: Arc<Openings>,
    pub(super) came: mpsc::UnboundedReceiver<u64>,
    pub(super) finished: mpsc::UnboundedReceiver<u64>,
    released: watch::Sender<bool>,
    stop: watch::Sender<bool>,
    pub(super) status: Status,
    running: JoinHandle<()>,
}

impl World {
    pub(super) async fn start(connections: usize, pace: Pace, script: Vec<Opening>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/link?ticket=1", listener.local_addr().unwrap());
        let (accepted, streams) = mpsc::unbounded_channel();
        tokio::spawn(async move { while accepted.send(listener.accept().await.unwrap().0).is_ok() {} });
        let openings = Arc::new(Openings { url, script: Mutex::new(script.into()), asked: AtomicUsize::new(0) });
        let (telling, came) = mpsc::unbounded_channel();
        let (finishing, finished) = mpsc::unbounded_channel();
        let (released, stop) = (watch::Sender::new(false), watch::Sender::new(false));
        let inlet = Arc::new(Scripted { came: telling, finished: finishing, released: released.subscribe() });
        let status = Status::new(Clock::system());
        let socket = Socket { open: openings.clone(), inlet, connections, pace };
        let running = tokio::spawn(socket.run(stop.subscribe(), status.clone()));
        Self { streams, openings, came, finished, released, stop, status, running }
    }

    /// The next connection, before a word was said on it.
    pub(super) async fn tcp(&mut self) -> TcpStream {
        timeout(PATIENCE, self.streams.recv()).await.expect("no connection came").unwrap()
    }

    /// The next WebSocket, on which Slack has yet to say hello.
    pub(super) async fn wordless(&mut self) -> Peer {
        Peer(accept_async(self.tcp().await).await.unwrap())
    }

    /// The next connection.
    pub(super) async fn peer(&mut self) -> Peer {
        let mut peer = self.wordless().await;
        peer.hello().await;
        peer
    }

    /// How often a URL was asked for.
    pub(super) fn asked(&self) -> usize {
        self.openings.asked.load(Ordering::SeqCst)
    }

    /// Lets go of what is held.
    pub(super) fn release(&self) {
        self.released.send_replace(true);
    }

    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until the loop has ended.
    pub(super) async fn ended(self) {
        timeout(PATIENCE, self.running).await.expect("it does not end").unwrap();
    }

    pub(super) async fn healthy(&self, is: impl Fn(&Health) -> bool) -> Health {
        let mut watch = self.status.watch();
        let waiting = watch.wait_for(|health| is(health));
        let health = timeout(PATIENCE, waiting).await;
        health.unwrap_or_else(|_| panic!("it stays {:?}", self.status.health())).unwrap().clone()
    }

    pub(super) async fn comes(&mut self) -> u64 {
        timeout(PATIENCE, self.came.recv()).await.expect("nothing came to the inlet").unwrap()
    }
}

/// Slack's end of a connection.
pub(super) struct Peer(pub(super) WebSocketStream<TcpStream>);

impl Peer {
    pub(super) async fn hello(&mut self) {
        self.send(&json!({ "type": "hello", "num_connections": 1 })).await;
    }

    pub(super) async fn send(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Sends an event, for which the inlet does something.
    pub(super) async fn event(&mut self, id: u64, what: &str) {
        let payload = json!({ "id": id, "do": what });
        self.send(&json!({ "type": "events_api", "envelope_id": id.to_string(), "payload": payload })).await;
    }

    pub(super) async fn disconnect(&mut self, reason: &str) {
        self.send(&json!({ "type": "disconnect", "reason": reason })).await;
    }

    /// The next frame that is no ping; pings are answered.
    pub(super) async fn frame(&mut self) -> Option<Message> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("Slack heard nothing") {
                Some(Ok(Message::Ping(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The next acknowledgement.
    pub(super) async fn ack(&mut self) -> Value {
        let frame = self.frame().await.expect("the connection ended");
        serde_json::from_str(frame.to_text().unwrap()).unwrap()
    }

    /// The id of the next envelope that is acknowledged.
    pub(super) async fn acked(&mut self) -> u64 {
        self.ack().await["envelope_id"].as_str().unwrap().parse().unwrap()
    }
}
