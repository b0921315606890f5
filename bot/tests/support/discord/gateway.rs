//! The gateway: <https://docs.discord.com/developers/events/gateway>

mod events;
mod hear;
mod socket;
mod troubles;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

pub(super) use self::socket::accept;

use super::state::State;

/// What an app asks to be told of: <https://docs.discord.com/developers/events/gateway#gateway-intents>
pub(crate) mod intents {
    pub(crate) const GUILDS: u64 = 1;
    pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
    pub(crate) const GUILD_MODERATION: u64 = 1 << 2;
    pub(crate) const GUILD_PRESENCES: u64 = 1 << 8;
    pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
    pub(crate) const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
    pub(crate) const DIRECT_MESSAGES: u64 = 1 << 12;
    pub(crate) const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
    pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;
}

/// How long a session can be taken up again after its connection ended. Discord does not say; it is some minutes.
const LIFE: i64 = 5 * 60 * 1_000_000;

/// Sessions are begun no faster: <https://docs.discord.com/developers/events/gateway#session-start-limit-object>
const PACE: i64 = 5 * 1_000_000;

/// Discord's interval between heartbeats.
const HEARTBEAT: Duration = Duration::from_millis(41_250);

/// Sessions, connections and what is to go wrong with them.
pub(crate) struct Gateway {
    url: String,
    heartbeat: Duration,
    sessions: Vec<Session>,
    live: Vec<Live>,
    made: u64,
    /// How many sessions may still be begun.
    starts_left: u64,
    /// When the last session was begun.
    started: Option<i64>,
    log: Vec<(String, Value)>,
    pub(super) wrong: Wrong,
}

/// What goes wrong, by order of the test.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fault of its own")]
pub(super) struct Wrong {
    /// New connections are reset.
    refusing: bool,
    /// New connections are never greeted.
    mute: bool,
    /// Heartbeats are not acknowledged.
    deaf: bool,
    /// So many events are not sent to anybody.
    swallow: usize,
    twice: bool,
    swap: bool,
    /// Sessions may be begun once in five seconds only, as in Discord.
    paced: bool,
    /// The frame that lets the next one pass, with its connection.
    held: Option<(u64, String)>,
}

/// What a client identified as, which outlives its connection.
#[derive(Debug)]
struct Session {
    id: String,
    seq: u64,
    intents: u64,
    connection: Option<u64>,
    /// When the connection ended.
    left: i64,
    /// What was sent, by number.
    sent: Vec<(u64, String)>,
}

#[derive(Debug)]
struct Live {
    id: u64,
    orders: UnboundedSender<Order>,
    session: Option<String>,
    beats: usize,
    /// The number of the last event that the client says it has received.
    heard: u64,
}

/// A connection as tests see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Connection {
    pub(crate) id: u64,
    /// The session that it carries, once the client identified.
    pub(crate) session: Option<String>,
    pub(crate) intents: u64,
    /// How many heartbeats came.
    pub(crate) beats: usize,
}

#[derive(Debug)]
pub(super) enum Order {
    Text(String),
    /// A close frame with this code, or with none.
    Close(Option<(u16, &'static str)>),
    DropTcp,
}

impl Gateway {
    pub(super) fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            heartbeat: HEARTBEAT,
            sessions: Vec::new(),
            live: Vec::new(),
            made: 0,
            starts_left: 1000,
            started: None,
            log: Vec::new(),
            wrong: Wrong::default(),
        }
    }

    /// From now on Discord says that the gateway is here; nothing moves.
    pub(crate) fn tells(&mut self, url: &str) {
        url.clone_into(&mut self.url);
    }

    pub(super) fn heal(&mut self) {
        self.wrong = Wrong::default();
    }

    /// `GET /gateway/bot`.
    pub(super) fn describe(&self) -> Value {
        json!({
            "url": self.url, "shards": 1,
            "session_start_limit": {
                "total": 1000, "remaining": self.starts_left, "reset_after": 14_400_000, "max_concurrency": 1,
            },
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    fn connection(&mut self, id: u64) -> Option<&mut Live> {
        self.live.iter_mut().find(|live| live.id == id)
    }

    fn order(&self, connection: u64, order: Order) {
        if let Some(live) = self.live.iter().find(|live| live.id == connection) {
            let _ = live.orders.send(order);
        }
    }

    fn send(&self, connection: u64, frame: &Value) {
        self.order(connection, Order::Text(frame.to_string()));
    }

    fn session(&mut self, id: &str) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    fn session_of(&mut self, connection: u64) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.connection == Some(connection))
    }

    /// Numbers an event, keeps it and sends it where the session has a connection.
    fn dispatch(&mut self, index: usize, name: &str, data: &Value) {
        let session = &mut self.sessions[index];
        session.seq += 1;
        let frame = json!({"op": 0, "s": session.seq, "t": name, "d": data}).to_string();
        session.sent.push((session.seq, frame.clone()));
        let Some(connection) = session.connection else { return };
        if let Some((to, held)) = self.wrong.held.take() {
            self.order(connection, Order::Text(frame));
            self.order(to, Order::Text(held));
        } else if std::mem::take(&mut self.wrong.swap) {
            self.wrong.held = Some((connection, frame));
        } else {
            if std::mem::take(&mut self.wrong.twice) {
                self.order(connection, Order::Text(frame.clone()));
            }
            self.order(connection, Order::Text(frame));
        }
    }
}

impl State {
    /// A connection ended; its session can be taken up again unless the client took leave.
    fn hung_up(&mut self, connection: u64, took_leave: bool) {
        let now = self.now;
        self.gateway.live.retain(|live| live.id != connection);
        if took_leave {
            self.gateway.sessions.retain(|session| session.connection != Some(connection));
        }
        if let Some(session) = self.gateway.session_of(connection) {
            (session.connection, session.left) = (None, now);
        }
        self.told += 1;
    }
}
