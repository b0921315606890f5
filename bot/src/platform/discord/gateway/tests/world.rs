//! Discord's gateway on loopback, as the test scripts it, and a listener that keeps what it hears.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::super::*;
use crate::clock::Clock;

/// Nothing that a test waits for takes as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Short pauses, and time-outs that a busy machine does not run into.
pub(super) fn quick() -> Pace {
    let ms = Duration::from_millis;
    Pace { first_pause: ms(10), longest_pause: ms(50), refused: ms(10), apart: ms(10), look: ms(20), ..Pace::default() }
}

/// What becomes of a question for the address; without a word on it, it is told.
pub(super) enum Telling {
    Hang,
    Panic,
    Fail(SourceError),
    NoneLeft(Duration),
    Elsewhere(String),
}

struct Script {
    url: String,
    tellings: Mutex<VecDeque<Telling>>,
    asked: AtomicUsize,
}

impl Source for Script {
    fn gateway(&self) -> BoxFuture<'_, Result<Address, SourceError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let next = self.tellings.lock().unwrap().pop_front();
        let mut address =
            Address { url: self.url.clone(), starts_left: 1000, starts_reset_after: Duration::from_secs(1) };
        Box::pin(async move {
            match next {
                None => {}
                Some(Telling::Elsewhere(url)) => address.url = url,
                Some(Telling::NoneLeft(wait)) => (address.starts_left, address.starts_reset_after) = (0, wait),
                Some(Telling::Fail(error)) => return Err(error),
                Some(Telling::Hang) => std::future::pending().await,
                Some(Telling::Panic) => panic!("as the test wants it"),
            }
            Ok(address)
        })
    }
}

/// What the listener heard.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    Ready(Ready),
    Event(Value),
}

struct Listening(mpsc::UnboundedSender<Heard>);

impl Listener for Listening {
    fn event(&self, event: Value) {
        let panics = event["d"]["content"] == "panic";
        self.0.send(Heard::Event(event)).unwrap();
        assert!(!panics, "as the test wants it");
    }

    fn ready(&self, how: Ready) {
        self.0.send(Heard::Ready(how)).unwrap();
    }
}

pub(super) struct World {
    streams: mpsc::UnboundedReceiver<TcpStream>,
    pub(super) url: String,
    source: Arc<Script>,
    heard: mpsc::UnboundedReceiver<Heard>,
    stop: watch::Sender<bool>,
    pub(super) status: Status,
    running: JoinHandle<()>,
}

impl World {
    pub(super) async fn start(pace: Pace, script: Vec<Telling>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let (accepted, streams) = mpsc::unbounded_channel();
        tokio::spawn(async move { while accepted.send(listener.accept().await.unwrap().0).is_ok() {} });
        let source =
            Arc::new(Script { url: url.clone(), tellings: Mutex::new(script.into()), asked: AtomicUsize::new(0) });
        let (telling, heard) = mpsc::unbounded_channel();
        let stop = watch::Sender::new(false);
        let status = Status::new(Clock::system());
        let gateway = Gateway {
            backlog: Busy::default(),
            url: None,
            token: Token::new("the.bots.token").unwrap(),
            source: source.clone(),
            listener: Arc::new(Listening(telling)),
            message_content: true,
            pace,
        };
        let running = tokio::spawn(gateway.run(stop.subscribe(), status.clone()));
        Self { streams, url, source, heard, stop, status, running }
    }

    /// The next connection, before a word was said on it.
    pub(super) async fn tcp(&mut self) -> TcpStream {
        timeout(PATIENCE, self.streams.recv()).await.expect("no connection came").unwrap()
    }

    /// The next connection, on which nothing was said yet.
    pub(super) async fn wordless(&mut self) -> Peer {
        let ws = accept_async(self.tcp().await).await.unwrap();
        Peer { ws, url: self.url.clone(), seq: 0 }
    }

    /// The next connection, on which a session has begun; the listener has heard so.
    pub(super) async fn peer(&mut self) -> Peer {
        let mut peer = self.wordless().await;
        peer.begin().await;
        self.hears_ready(Ready::New).await;
        peer
    }

    pub(super) async fn hears(&mut self) -> Heard {
        timeout(PATIENCE, self.heard.recv()).await.expect("nothing was heard").unwrap()
    }

    /// The content of the next message that is heard.
    pub(super) async fn content(&mut self) -> String {
        match self.hears().await {
            Heard::Event(event) => event["d"]["content"].as_str().unwrap_or_else(|| panic!("{event}")).to_owned(),
            Heard::Ready(how) => panic!("{how:?}"),
        }
    }

    pub(super) async fn hears_ready(&mut self, how: Ready) {
        assert_eq!(self.hears().await, Heard::Ready(how));
        let Heard::Event(event) = self.hears().await else { panic!("READY itself is missing") };
        assert_eq!(event["t"], if how == Ready::New { "READY" } else { "RESUMED" });
    }

    /// What is heard on it is heard here.
    pub(super) async fn works(&mut self, peer: &mut Peer) {
        peer.message("it works").await;
        assert_eq!(self.content().await, "it works");
    }

    /// How often the address was asked for.
    pub(super) fn asked(&self) -> usize {
        self.source.asked.load(Ordering::SeqCst)
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

    pub(super) async fn trouble(&self, trouble: Trouble) {
        self.healthy(|health| health.last_trouble.as_ref() == Some(&trouble)).await;
    }
}

/// Discord's end of a connection.
pub(super) struct Peer {
    pub(super) ws: WebSocketStream<TcpStream>,
    pub(super) url: String,
    pub(super) seq: u64,
}

impl Peer {
    pub(super) async fn send(&mut self, frame: &Value) {
        self.ws.send(Message::text(frame.to_string())).await.unwrap();
    }

    pub(super) async fn hello(&mut self, interval: Duration) {
        let interval = u64::try_from(interval.as_millis()).unwrap();
        self.send(&json!({ "op": 10, "d": { "heartbeat_interval": interval } })).await;
    }

    /// Says hello, takes an IDENTIFY and answers with READY.
    pub(super) async fn begin(&mut self) -> Value {
        self.begin_with(Duration::from_millis(41_250)).await
    }

    pub(super) async fn begin_with(&mut self, interval: Duration) -> Value {
        self.hello(interval).await;
        let identify = self.next(2).await;
        self.ready().await;
        identify
    }

    pub(super) async fn ready(&mut self) {
        let user = json!({ "id": "7", "username": "firebell", "discriminator": "0", "avatar": null, "bot": true,
            "global_name": null, "flags": 0, "mfa_enabled": false, "verified": true, "email": null });
        let ready = json!({ "v": 10, "user": user, "guilds": [], "session_id": "s1",
            "resume_gateway_url": self.url, "application": { "id": "9", "flags": 0 }, "shard": [0, 1] });
        self.dispatch("READY", ready).await;
    }

    /// Takes a RESUME and says that the session goes on.
    pub(super) async fn resume(&mut self) -> Value {
        let resume = self.next(6).await;
        self.hello(Duration::from_millis(41_250)).await;
        self.seq = resume["seq"].as_u64().unwrap();
        self.dispatch("RESUMED", json!({ "_trace": [] })).await;
        resume
    }

    pub(super) async fn dispatch(&mut self, kind: &str, d: Value) {
        self.seq += 1;
        self.send(&json!({ "op": 0, "t": kind, "s": self.seq, "d": d })).await;
    }

    pub(super) async fn message(&mut self, content: &str) {
        let frame = message(content);
        self.dispatch("MESSAGE_CREATE", frame).await;
    }

    pub(super) async fn close(&mut self, code: Option<u16>) {
        let frame = code.map(|code| CloseFrame { code: code.into(), reason: "".into() });
        self.ws.close(frame).await.unwrap();
    }

    /// The next frame that is no ping; nothing at the end.
    pub(super) async fn frame(&mut self) -> Option<Message> {
        loop {
            match timeout(PATIENCE, self.ws.next()).await.expect("Discord heard nothing") {
                Some(Ok(Message::Ping(_))) => {}
                other => return other.and_then(Result::ok),
            }
        }
    }

    /// What the next frame with this opcode says; heartbeats that come before it are passed over.
    pub(super) async fn next(&mut self, op: u64) -> Value {
        loop {
            let frame = self.frame().await.expect("the connection ended");
            let mut frame: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
            if frame["op"] == op {
                return frame["d"].take();
            }
            assert_eq!(frame["op"], 1, "{frame}");
        }
    }
}

/// A message as Discord tells it.
pub(super) fn message(content: &str) -> Value {
    json!({ "id": "1100000000000000001", "channel_id": "21", "guild_id": "20", "content": content,
        "author": { "id": "31", "username": "ann", "discriminator": "0", "global_name": "Ann", "avatar": null },
        "member": { "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": false, "mute": false, "flags": 0 },
        "timestamp": "2026-03-01T12:00:00.123000+00:00", "edited_timestamp": null, "tts": false,
        "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
        "pinned": false, "type": 0, "flags": 0, "components": [], "nonce": "5" })
}
