//! Socket Mode: <https://docs.slack.dev/apis/events-api/using-socket-mode>

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::Fake;

/// Slack pings every connection every so often.
const PING: Duration = Duration::from_secs(10);

/// The connections of the app.
#[derive(Default)]
pub(super) struct Sockets {
    live: Mutex<Vec<Connection>>,
    made: AtomicU64,
    turn: AtomicU64,
    twice: Mutex<Option<Twice>>,
    mute: AtomicBool,
}

struct Connection {
    id: u64,
    orders: UnboundedSender<Order>,
}

/// On which connection the second copy of an envelope goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    SameSocket,
    OtherSocket,
}

enum Order {
    Text(String),
    Ping,
    GoSilent,
    Close,
    DropTcp,
}

impl Fake {
    /// The ids of the open connections, the oldest first.
    pub(crate) fn sockets(&self) -> Vec<u64> {
        self.inner.sockets.live.lock().unwrap().iter().map(|connection| connection.id).collect()
    }

    /// The next envelope is sent twice.
    pub(crate) fn send_next_twice(&self, twice: Twice) {
        *self.inner.sockets.twice.lock().unwrap() = Some(twice);
    }

    /// Tells a connection that it will be closed: `warning`, `refresh_requested` or `link_disabled`. It stays open.
    pub(crate) fn disconnect(&self, socket: u64, reason: &str) {
        let frame = json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1.fake"}});
        self.order(socket, Order::Text(frame.to_string()));
    }

    /// Sends a text frame as it is.
    pub(crate) fn send_raw(&self, socket: u64, text: &str) {
        self.order(socket, Order::Text(text.to_owned()));
    }

    pub(crate) fn ping(&self, socket: u64) {
        self.order(socket, Order::Ping);
    }

    /// Neither reads nor answers any more, and keeps the connection; envelopes still go to it and are lost.
    pub(crate) fn go_silent(&self, socket: u64) {
        self.order(socket, Order::GoSilent);
    }

    /// Closes a connection in good order.
    pub(crate) fn close(&self, socket: u64) {
        self.order(socket, Order::Close);
    }

    /// Resets a connection.
    pub(crate) fn drop_tcp(&self, socket: u64) {
        self.order(socket, Order::DropTcp);
    }

    /// From now on new connections are accepted but never greeted.
    pub(crate) fn greet_nobody(&self, mute: bool) {
        self.inner.sockets.mute.store(mute, Ordering::SeqCst);
    }

    fn order(&self, socket: u64, order: Order) {
        let live = self.inner.sockets.live.lock().unwrap();
        let connection = live.iter().find(|connection| connection.id == socket).expect("that connection is gone");
        let _ = connection.orders.send(order);
    }
}

impl Sockets {
    /// A number that was never given out.
    pub(super) fn number(&self) -> u128 {
        u128::from(self.made.fetch_add(1, Ordering::SeqCst)) + 1
    }

    /// Sends an envelope to one of the connections, in turn; which, where there is one.
    pub(super) fn send(&self, text: &str) -> Option<u64> {
        let live = self.live.lock().unwrap();
        if live.is_empty() {
            return None;
        }
        let turn = usize::try_from(self.turn.fetch_add(1, Ordering::SeqCst)).unwrap();
        let connection = &live[turn % live.len()];
        let _ = connection.orders.send(Order::Text(text.to_owned()));
        let second = match self.twice.lock().unwrap().take() {
            Some(Twice::SameSocket) => Some(connection),
            Some(Twice::OtherSocket) => Some(&live[(turn + 1) % live.len()]),
            None => None,
        };
        if let Some(second) = second {
            let _ = second.orders.send(Order::Text(text.to_owned()));
        }
        Some(connection.id)
    }
}

pub(super) async fn accept(listener: TcpListener, fake: Fake) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(greet(stream, fake.clone()));
    }
}

async fn greet(stream: TcpStream, fake: Fake) {
    let _ = stream.set_nodelay(true);
    let mut ticket = String::new();
    #[expect(clippy::result_large_err, reason = "the library's signature")]
    let see = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let pairs = request.uri().query().unwrap_or_default().split('&');
        ticket = pairs.filter_map(|pair| pair.strip_prefix("ticket=")).collect();
        Ok(response)
    };
    let Ok(mut socket) = accept_hdr_async(stream, see).await else { return };
    let (known, app) = fake.with(|state| (state.tickets.remove(&ticket), state.app.clone()));
    if !known {
        let _ = socket.close(None).await;
        return;
    }
    let (orders, todo) = unbounded_channel();
    let id = u64::try_from(fake.inner.sockets.number()).unwrap();
    let count = fake.sockets().len() + 1;
    let hello = json!({
        "type": "hello", "num_connections": count, "connection_info": {"app_id": app},
        "debug_info": {"host": "applink-1.fake", "build_number": 10, "approximate_connection_time": 18060},
    });
    let mute = fake.inner.sockets.mute.load(Ordering::SeqCst);
    if !mute && socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    fake.inner.sockets.live.lock().unwrap().push(Connection { id, orders });
    fake.touch();
    attend(socket, todo, &fake).await;
    fake.inner.sockets.live.lock().unwrap().retain(|connection| connection.id != id);
    fake.touch();
}

/// Serves a connection until one of the two hangs up.
async fn attend(mut socket: WebSocketStream<TcpStream>, mut todo: UnboundedReceiver<Order>, fake: &Fake) {
    let mut silent = false;
    let mut ping = tokio::time::interval_at(tokio::time::Instant::now() + PING, PING);
    loop {
        let done = tokio::select! {
            order = todo.recv() => match order {
                Some(Order::Text(_) | Order::Ping) if silent => Ok(()),
                Some(Order::Text(text)) => socket.send(Message::text(text)).await,
                Some(Order::Ping) => socket.send(Message::Ping("Ping from applink-1".into())).await,
                Some(Order::GoSilent) => {
                    silent = true;
                    Ok(())
                }
                Some(Order::Close) => socket.close(None).await,
                Some(Order::DropTcp) => {
                    let _ = socket.get_ref().set_zero_linger();
                    return;
                }
                None => return,
            },
            frame = socket.next(), if !silent => match frame {
                Some(Ok(Message::Text(text))) => {
                    hear(&text, fake);
                    Ok(())
                }
                Some(Ok(_)) => Ok(()),
                Some(Err(error)) => Err(error),
                None => return,
            },
            _ = ping.tick(), if !silent => socket.send(Message::Ping("Ping from applink-1".into())).await,
        };
        if done.is_err() {
            return;
        }
    }
}

fn hear(text: &str, fake: &Fake) {
    let Ok(frame) = serde_json::from_str::<Value>(text) else { return };
    if let Some(envelope) = frame["envelope_id"].as_str() {
        fake.ack(envelope, frame.get("payload").filter(|payload| !payload.is_null()).cloned());
    }
}
