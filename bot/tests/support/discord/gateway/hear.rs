//! What clients say: <https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway>

use serde_json::{Value, json};

use super::intents::{GUILD_MEMBERS, GUILD_PRESENCES, GUILDS, MESSAGE_CONTENT};
use super::{LIFE, Order, PACE, Session};
use crate::support::discord::state::State;

/// Every intent that there is.
const KNOWN: u64 = 0x331_FFFF;

/// Why a connection is closed.
type Closed = (u16, &'static str);

const UNKNOWN_OPCODE: Closed = (4001, "Unknown opcode.");
const DECODE: Closed = (4002, "Error while decoding payload.");
const NOT_AUTHENTICATED: Closed = (4003, "Not authenticated.");
const AUTHENTICATION_FAILED: Closed = (4004, "Authentication failed.");
const ALREADY_AUTHENTICATED: Closed = (4005, "Already authenticated.");
const INVALID_SEQUENCE: Closed = (4007, "Invalid sequence.");
const INVALID_SHARD: Closed = (4010, "Invalid shard.");
const INVALID_INTENTS: Closed = (4013, "Invalid intent(s).");
const DISALLOWED_INTENTS: Closed = (4014, "Disallowed intent(s).");

impl State {
    /// A client said something.
    pub(super) fn hear(&mut self, connection: u64, text: &str) {
        let result = match serde_json::from_str::<Value>(text) {
            Ok(frame) => self.obey(connection, &frame),
            Err(_) => Err(DECODE),
        };
        if let Err(closed) = result {
            self.gateway.order(connection, Order::Close(Some(closed)));
        }
        self.told += 1;
    }

    fn obey(&mut self, connection: u64, frame: &Value) -> Result<(), Closed> {
        let Some(live) = self.gateway.connection(connection) else { return Ok(()) };
        let identified = live.session.is_some();
        match frame["op"].as_u64().ok_or(DECODE)? {
            1 => {
                live.beats += 1;
                live.heard = frame["d"].as_u64().unwrap_or(0);
                if !self.gateway.wrong.deaf {
                    self.gateway.send(connection, &json!({"op": 11, "s": null, "t": null, "d": null}));
                }
                Ok(())
            }
            2 | 6 if identified => Err(ALREADY_AUTHENTICATED),
            2 => self.identify(connection, &frame["d"]),
            6 => self.resume(connection, &frame["d"]),
            _ if !identified => Err(NOT_AUTHENTICATED),
            8 => {
                self.list_members(connection, &frame["d"]);
                Ok(())
            }
            3 | 4 | 31 => Ok(()),
            _ => Err(UNKNOWN_OPCODE),
        }
    }

    fn identify(&mut self, connection: u64, data: &Value) -> Result<(), Closed> {
        self.authenticate(&data["token"])?;
        let intents = data["intents"].as_u64().ok_or(DECODE)?;
        if !data["properties"].is_object() {
            return Err(DECODE);
        }
        if intents & !KNOWN != 0 {
            return Err(INVALID_INTENTS);
        }
        let off = [
            (GUILD_MEMBERS, self.members_intent),
            (GUILD_PRESENCES, self.presence_intent),
            (MESSAGE_CONTENT, self.content_intent),
        ];
        if off.into_iter().any(|(intent, on)| intents & intent != 0 && !on) {
            return Err(DISALLOWED_INTENTS);
        }
        let shard = data.get("shard").filter(|shard| !shard.is_null());
        if shard.is_some_and(|shard| *shard != json!([0, 1])) {
            return Err(INVALID_SHARD);
        }
        let fast = self.gateway.started.is_some_and(|at| self.now - at < PACE) && self.gateway.wrong.paced;
        if self.gateway.starts_left == 0 || fast {
            self.gateway.send(connection, &json!({"op": 9, "s": null, "t": null, "d": false}));
            return Ok(());
        }
        self.gateway.starts_left -= 1;
        self.gateway.started = Some(self.now);
        self.begin_session(connection, intents);
        Ok(())
    }

    fn authenticate(&self, token: &Value) -> Result<(), Closed> {
        let token = token.as_str().ok_or(DECODE)?;
        let token = token.strip_prefix("Bot ").unwrap_or(token);
        if token == self.token && !self.revoked { Ok(()) } else { Err(AUTHENTICATION_FAILED) }
    }

    fn begin_session(&mut self, connection: u64, intents: u64) {
        let id = format!("{:032x}", self.id().parse::<u128>().unwrap());
        self.gateway.connection(connection).unwrap().session = Some(id.clone());
        let session =
            Session { id: id.clone(), seq: 0, intents, connection: Some(connection), left: 0, sent: Vec::new() };
        self.gateway.sessions.push(session);
        let index = self.gateway.sessions.len() - 1;
        let ready = json!({
            "v": 10, "user": self.myself(), "guilds": [{"id": self.guild, "unavailable": true}], "session_id": id,
            "resume_gateway_url": self.gateway.url, "application": {"id": self.application, "flags": self.app_flags()},
            "session_type": "normal", "private_channels": [], "presences": [], "relationships": [], "shard": [0, 1],
            "user_settings": {}, "geo_ordered_rtc_regions": [], "guild_join_requests": [], "_trace": [],
        });
        self.gateway.dispatch(index, "READY", &ready);
        if intents & GUILDS != 0 {
            let guild = self.whole_guild();
            self.gateway.dispatch(index, "GUILD_CREATE", &guild);
        }
    }

    fn resume(&mut self, connection: u64, data: &Value) -> Result<(), Closed> {
        self.authenticate(&data["token"])?;
        let (id, seq) = (data["session_id"].as_str().ok_or(DECODE)?, data["seq"].as_u64().ok_or(DECODE)?);
        let now = self.now;
        self.gateway.sessions.retain(|session| session.connection.is_some() || now - session.left < LIFE);
        let Some(session) = self.gateway.session(id) else {
            self.gateway.send(connection, &json!({"op": 9, "s": null, "t": null, "d": false}));
            return Ok(());
        };
        if seq > session.seq {
            return Err(INVALID_SEQUENCE);
        }
        let before = session.connection.replace(connection);
        let missed = session.sent.iter().filter(|(number, _)| *number > seq).map(|(_, frame)| frame.clone());
        let missed: Vec<String> = missed.collect();
        if let Some(before) = before {
            self.gateway.order(before, Order::DropTcp);
        }
        self.gateway.connection(connection).unwrap().session = Some(id.to_owned());
        for frame in missed {
            self.gateway.order(connection, Order::Text(frame));
        }
        let index = self.gateway.sessions.iter().position(|session| session.id == id).unwrap();
        self.gateway.dispatch(index, "RESUMED", &json!({"_trace": []}));
        Ok(())
    }

    fn list_members(&mut self, connection: u64, data: &Value) {
        let members: Vec<Value> = self.members.keys().map(|id| self.member(id)).collect();
        let mut chunk = json!({
            "guild_id": self.guild, "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": [],
        });
        if let Some(nonce) = data["nonce"].as_str() {
            chunk["nonce"] = json!(nonce);
        }
        let index = self.gateway.sessions.iter().position(|session| session.connection == Some(connection));
        if let Some(index) = index {
            self.gateway.dispatch(index, "GUILD_MEMBERS_CHUNK", &chunk);
        }
    }

    /// Which privileged intents are on:
    /// <https://docs.discord.com/developers/resources/application#application-object-application-flags>
    pub(in super::super) fn app_flags(&self) -> u64 {
        let on = [(1 << 13, self.presence_intent), (1 << 15, self.members_intent), (1 << 19, self.content_intent)];
        on.into_iter().filter(|(_, on)| *on).fold(1 << 23, |flags, (flag, _)| flags | flag)
    }
}
