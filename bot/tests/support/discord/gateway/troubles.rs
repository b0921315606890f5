//! What tests see of the gateway and let go wrong with it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Connection, Order};
use crate::support::discord::Fake;

/// Signs of life of a connection.
struct Signs {
    beats: usize,
    /// The number of the last event that it says it has received.
    heard: u64,
    /// That of the last event that was sent to it.
    sent: u64,
}

impl Fake {
    /// The open connections, the oldest first.
    pub(crate) fn connections(&self) -> Vec<Connection> {
        self.with(|state| {
            let gateway = &state.gateway;
            let of = |id: u64| gateway.sessions.iter().find(|session| session.connection == Some(id));
            let seen = gateway.live.iter().map(|live| Connection {
                id: live.id,
                session: live.session.clone(),
                intents: of(live.id).map_or(0, |session| session.intents),
                beats: live.beats,
            });
            seen.collect()
        })
    }

    /// The ids of the sessions that can be taken up again or are connected.
    pub(crate) fn sessions(&self) -> Vec<String> {
        self.with(|state| state.gateway.sessions.iter().map(|session| session.id.clone()).collect())
    }

    /// How often somebody connected so far.
    pub(crate) fn connects(&self) -> u64 {
        self.with(|state| state.gateway.made)
    }

    /// Waits until so many connections have a session.
    pub(crate) async fn connected(&self, count: usize) {
        let ready = |fake: &Self| fake.connections().iter().filter(|one| one.session.is_some()).count();
        self.until("connections with a session", |fake| (ready(fake) >= count).then_some(())).await;
    }

    /// Every event that there was to tell, whoever asked for it, by name.
    pub(crate) fn events(&self) -> Vec<(String, Value)> {
        self.with(|state| state.gateway.log.clone())
    }

    /// The interval between heartbeats that connections are given from now on.
    pub(crate) fn beats_every(&self, interval: Duration) {
        self.with(|state| state.gateway.heartbeat = interval);
    }

    /// How many sessions may still be begun today.
    pub(crate) fn session_starts(&self, left: u64) {
        self.with(|state| state.gateway.starts_left = left);
    }

    /// From now on sessions can be begun once in five seconds of the fake's clock only; others are told by op 9. Discord
    /// is so always, but a clock that stands still would let nobody come back.
    pub(crate) fn paces_sessions(&self, so: bool) {
        self.with(|state| state.gateway.wrong.paced = so);
    }

    /// Resets every connection.
    pub(crate) fn drops_tcp(&self) {
        self.order_all(|| Order::DropTcp);
    }

    /// Closes every connection, by a code or none.
    pub(crate) fn closes(&self, code: Option<u16>) {
        self.order_all(|| Order::Close(code.map(|code| (code, ""))));
    }

    /// Tells every client to connect anew and take its session up again.
    pub(crate) fn asks_to_reconnect(&self) {
        self.order_all(|| Order::Text(json!({"op": 7, "s": null, "t": null, "d": null}).to_string()));
    }

    /// Tells every client that its session is invalid; it is gone unless it can be resumed.
    pub(crate) fn invalidates(&self, resumable: bool) {
        let frame = json!({"op": 9, "s": null, "t": null, "d": resumable}).to_string();
        self.order_all(|| Order::Text(frame.clone()));
        self.with(|state| {
            let now = state.now;
            for live in &mut state.gateway.live {
                live.session = None;
            }
            for session in &mut state.gateway.sessions {
                (session.connection, session.left) = (None, now);
            }
            if !resumable {
                state.gateway.sessions.clear();
            }
        });
    }

    /// No session can be taken up again, and those that are connected hear nothing more.
    pub(crate) fn forgets_sessions(&self) {
        self.with(|state| state.gateway.sessions.clear());
    }

    /// Asks every client for a heartbeat at once.
    pub(crate) fn asks_for_heartbeat(&self) {
        self.order_all(|| Order::Text(json!({"op": 1, "s": null, "t": null, "d": null}).to_string()));
    }

    /// Everything that was sent until now is received: clients say so when they are asked for a heartbeat, and once more, so
    /// that they have handed on what they received before.
    pub(crate) async fn settled(&self) {
        for _ in 0..2 {
            let due = self.signs();
            self.asks_for_heartbeat();
            self.until("what was sent to be received", |fake| {
                let signs = fake.signs();
                let behind = due.iter().any(|(connection, asked)| {
                    // Whoever is gone says nothing more.
                    signs.get(connection).is_some_and(|sign| sign.beats <= asked.beats || sign.heard < asked.sent)
                });
                (!behind).then_some(())
            })
            .await;
        }
    }

    /// What each connection with a session said of itself.
    fn signs(&self) -> BTreeMap<u64, Signs> {
        self.with(|state| {
            let gateway = &state.gateway;
            let sent = |id: u64| {
                let session = gateway.sessions.iter().find(|session| session.connection == Some(id));
                session.map_or(0, |session| session.seq)
            };
            let live = gateway.live.iter().filter(|live| live.session.is_some());
            live.map(|live| (live.id, Signs { beats: live.beats, heard: live.heard, sent: sent(live.id) })).collect()
        })
    }

    /// From now on heartbeats are not acknowledged.
    pub(crate) fn acknowledges_nothing(&self, so: bool) {
        self.with(|state| state.gateway.wrong.deaf = so);
    }

    /// The next so many events are sent to nobody, and nobody can tell.
    pub(crate) fn swallows(&self, count: usize) {
        self.with(|state| state.gateway.wrong.swallow = count);
    }

    /// The next event is sent twice.
    pub(crate) fn sends_next_twice(&self) {
        self.with(|state| state.gateway.wrong.twice = true);
    }

    /// The next two events change places.
    pub(crate) fn swaps_next_two(&self) {
        self.with(|state| state.gateway.wrong.swap = true);
    }

    /// From now on new connections are reset.
    pub(crate) fn refuses_connections(&self, so: bool) {
        self.with(|state| state.gateway.wrong.refusing = so);
    }

    /// From now on new connections are accepted but never greeted.
    pub(crate) fn greets_nobody(&self, so: bool) {
        self.with(|state| state.gateway.wrong.mute = so);
    }

    /// Sends every session an event as it is.
    pub(crate) fn sends_raw(&self, name: &str, data: &Value) {
        self.with(|state| {
            for index in 0..state.gateway.sessions.len() {
                state.gateway.dispatch(index, name, data);
            }
            state.told += 1;
        });
    }

    fn order_all(&self, order: impl Fn() -> Order) {
        self.with(|state| {
            for live in &state.gateway.live {
                let _ = live.orders.send(order());
            }
        });
    }
}
