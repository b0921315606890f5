//! The small server.

use std::sync::{Arc, Mutex};

use firebell_core::control::{Button, Control};
use firebell_core::ids::IncidentId;

use super::*;
use crate::platform::discord::api::code;
use crate::platform::discord::api::tests::api;
use crate::platform::discord::{PrivateRooms, Rooms, snowflake};
use crate::platform::little::{Asked, Little};

/// What goes wrong at the next such call.
pub(super) enum Fault {
    /// Nothing is done, and this is answered.
    Before(Reply),
    /// It is done, and the answer is lost.
    After,
    /// It is done a second time, too, as if the one before came about late.
    Late(Value),
}

#[derive(Default)]
pub(super) struct State {
    pub(super) channels: Vec<Value>,
    pub(super) messages: Vec<Value>,
    pub(super) pinned: Vec<String>,
    pub(super) members: Vec<Value>,
    pub(super) let_in: Vec<String>,
    /// Discord forgets nonces after some minutes.
    pub(super) nonces_forgotten: bool,
    faults: Vec<(String, Fault)>,
    made: i64,
}

pub(super) struct Server {
    little: Little,
    pub(super) discord: Discord,
    pub(super) state: Arc<Mutex<State>>,
}

/// A channel that was made when it was asked for, with some fields changed.
pub(super) fn channel(second: i64, name: &str, changes: Value) -> Value {
    let id = snowflake::at(requested_at() + TimeDelta::seconds(second));
    let mut channel = json!({
        "id": id, "name": name, "type": 11, "guild_id": "1", "parent_id": "F1", "owner_id": "UBOT",
        "thread_metadata": { "archived": false, "locked": false }, "permission_overwrites": [], "applied_tags": [],
    });
    let Value::Object(changes) = changes else { panic!("{changes}") };
    channel.as_object_mut().unwrap().extend(changes);
    channel
}

fn forum() -> Value {
    json!({ "id": "F1", "name": "incidents", "type": 15, "guild_id": "1", "available_tags": [] })
}

fn settings() -> Settings {
    Settings {
        guild: "1".to_owned(),
        rooms: Rooms::Forum("F1".to_owned()),
        private_rooms: PrivateRooms::Threads("P1".to_owned()),
        naming: None,
        tags: true,
        announce_roles: Vec::new(),
        group: None,
        adopted: tokio::sync::mpsc::unbounded_channel().0,
    }
}

impl Server {
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// One whose operator wants something else.
    pub(super) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        state.lock().unwrap().channels.push(forum());
        let held = state.clone();
        let little = Little::new(move |asked| held.lock().unwrap().answer(asked)).await;
        let mut settings = settings();
        change(&mut settings);
        Self { discord: Discord::new(Arc::new(api(&little)), settings), little, state }
    }

    /// One whose API nobody answers at.
    pub(super) async fn unreachable() -> Self {
        let mut this = Self::new().await;
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        this.little.origin = format!("http://{closed}");
        this.restarts();
        this
    }

    /// Another process delivers from here on.
    pub(super) fn restarts(&mut self) {
        self.discord = Discord::new(Arc::new(api(&self.little)), (*self.discord.settings).clone());
    }

    pub(super) fn add(&self, channel: Value) -> String {
        let id = channel["id"].as_str().unwrap().to_owned();
        self.state.lock().unwrap().channels.push(channel);
        id
    }

    pub(super) fn fault(&self, call: &str, fault: Fault) {
        self.state.lock().unwrap().faults.push((call.to_owned(), fault));
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.little.wait(seconds);
    }

    pub(super) fn origin(&self) -> &str {
        &self.little.origin
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.little.asked()
    }

    /// What was called since the last time, but for who the bot is.
    pub(super) fn calls(&self) -> Vec<String> {
        let calls = self.asked().into_iter().map(|asked| call(&asked));
        calls.filter(|call| call != "GET users/@me").collect()
    }

    /// What stands in all channels.
    pub(super) fn texts(&self) -> Vec<String> {
        self.state.lock().unwrap().messages.iter().map(|said| said["content"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) fn channel(&self, id: &str) -> Value {
        let state = self.state.lock().unwrap();
        state.channels.iter().find(|held| held["id"] == id).cloned().unwrap_or_default()
    }

    /// Names of rooms.
    pub(super) fn names(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state.channels.iter().skip(1).map(|held| held["name"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) async fn deliver(&self, what: Outgoing, again: bool) -> Delivery {
        self.discord.deliver(&Envelope { key: KEY.to_owned(), again, what }).await
    }

    pub(super) async fn post(&self, room: &str, text: &str, again: bool) -> Delivery {
        let what = Outgoing::Post { room: room.to_owned(), text: text.to_owned(), controls: Vec::new() };
        self.deliver(what, again).await
    }

    pub(super) async fn card(&self, room: &str, text: &str, replaces: Option<&str>) -> Delivery {
        let controls = vec![Control::of(Button::Timeline, IncidentId(7))];
        let (room, text, replaces) = (room.to_owned(), text.to_owned(), replaces.map(str::to_owned));
        self.deliver(Outgoing::Card { room, text, controls, replaces }, false).await
    }

    pub(super) async fn notice(&self, user: &str, again: bool) -> Delivery {
        let account = Account::Id(user.to_owned());
        let controls = vec![Control::of(Button::Acknowledge, IncidentId(7))];
        self.deliver(Outgoing::Notice { account, room: None, text: "paged".to_owned(), controls }, again).await
    }

    pub(super) async fn open(&self, private: bool, again: bool) -> Delivery {
        let (name, labels) = ("INC-7 Checkout down".to_owned(), labels(["declared", "sev1"]));
        let what = Outgoing::OpenRoom { name, private, requested_at: requested_at(), adopts: None, labels };
        self.deliver(what, again).await
    }
}

fn call(asked: &Asked) -> String {
    format!("{} {}", asked.verb, asked.method.trim_start_matches("v10/"))
}

impl State {
    fn answer(&mut self, asked: &Asked) -> Reply {
        let called = call(asked);
        let at = self.faults.iter().position(|(call, _)| *call == called);
        match at.map(|at| self.faults.remove(at).1) {
            Some(Fault::Before(reply)) => reply,
            Some(Fault::After) => {
                self.done(asked);
                Reply::Broken
            }
            Some(Fault::Late(channel)) => {
                self.channels.push(channel);
                self.done(asked)
            }
            None => self.done(asked),
        }
    }

    fn done(&mut self, asked: &Asked) -> Reply {
        let args = &asked.args;
        let path: Vec<&str> = asked.method.trim_start_matches("v10/").split('/').collect();
        match (asked.verb.as_str(), path.as_slice()) {
            ("GET", ["users", "@me"]) => Reply::Ok(json!({ "id": "UBOT" })),
            ("POST", ["users", "@me", "channels"]) => {
                Reply::Ok(json!({ "id": format!("D{}", args["recipient_id"].as_str().unwrap()) }))
            }
            ("GET", ["guilds", _, "members"]) => Reply::Ok(json!(self.members)),
            ("GET", ["guilds", _, "channels"]) => Reply::Ok(json!(self.channels)),
            ("GET", ["guilds", _, "threads", "active"]) => {
                let active = |held: &&Value| held["thread_metadata"]["archived"] == false && held["type"] != 0;
                Reply::Ok(json!({ "threads": self.channels.iter().filter(active).collect::<Vec<_>>() }))
            }
            ("GET", ["channels", parent, .., "threads", "archived", _]) => {
                let archived =
                    |held: &&Value| held["thread_metadata"]["archived"] == true && held["parent_id"] == *parent;
                Reply::Ok(json!({ "threads": self.channels.iter().filter(archived).collect::<Vec<_>>() }))
            }
            ("POST", ["guilds", _, "channels"]) => self.make("", args),
            ("POST", ["channels", parent, "threads"]) => {
                let made = self.make(parent, args);
                if let (Reply::Ok(made), Value::Object(first)) = (&made, &args["message"]) {
                    let mut first = Value::Object(first.clone());
                    first["id"] = made["id"].clone();
                    self.keep(made["id"].as_str().unwrap(), first);
                }
                made
            }
            ("PUT", ["channels", _, "thread-members" | "permissions", user]) => {
                self.let_in.push((*user).to_owned());
                Reply::Told(204, &[], Value::Null)
            }
            ("PUT", ["channels", _, "messages", "pins", id]) => {
                self.pinned.push((*id).to_owned());
                Reply::Told(204, &[], Value::Null)
            }
            ("DELETE", ["channels", _, "messages", "pins", id]) => {
                self.pinned.retain(|held| held != id);
                Reply::Told(204, &[], Value::Null)
            }
            ("GET", ["channels", _, "messages", "pins"]) => {
                let pin = |id: &String| json!({ "message": { "id": id, "author": { "id": "UBOT" } } });
                Reply::Ok(json!({ "items": self.pinned.iter().rev().map(pin).collect::<Vec<_>>() }))
            }
            (verb, ["channels", id]) => self.of(verb, id, args),
            (verb, ["channels", id, "messages", ..]) => self.messages(verb, id, path.get(3).copied(), args),
            (verb, path) => panic!("{verb} {path:?} is not known here"),
        }
    }

    fn of(&mut self, verb: &str, id: &str, args: &Value) -> Reply {
        let Some(at) = self.channels.iter().position(|held| held["id"] == id) else {
            return no(404, code::UNKNOWN_CHANNEL);
        };
        match verb {
            "GET" => {}
            "DELETE" => return Reply::Ok(self.channels.remove(at)),
            _ => {
                for (name, value) in args.as_object().unwrap() {
                    match name.as_str() {
                        "archived" | "locked" => self.channels[at]["thread_metadata"][name] = value.clone(),
                        "available_tags" => self.channels[at][name] = with_ids(value),
                        "permission_overwrites" => self.channels[at][name] = as_told(value),
                        _ => self.channels[at][name] = value.clone(),
                    }
                }
            }
        }
        Reply::Ok(self.channels[at].clone())
    }

    fn make(&mut self, parent: &str, args: &Value) -> Reply {
        self.made += 1;
        let kind = args["type"].as_u64().unwrap_or(11);
        let mut made = channel(self.made, args["name"].as_str().unwrap(), json!({ "type": kind }));
        made["parent_id"] = if parent.is_empty() { args["parent_id"].clone() } else { parent.into() };
        for field in ["permission_overwrites", "topic", "applied_tags"] {
            if !args[field].is_null() {
                made[field] =
                    if field == "permission_overwrites" { as_told(&args[field]) } else { args[field].clone() };
            }
        }
        self.channels.push(made.clone());
        Reply::Ok(made)
    }

    fn messages(&mut self, verb: &str, channel: &str, id: Option<&str>, args: &Value) -> Reply {
        let state = self.channels.iter().find(|held| held["id"] == channel).map(|held| &held["thread_metadata"]);
        let is_closed = state.is_some_and(|state| state["archived"] == true && state["locked"] == true);
        match (verb, id) {
            ("GET", None) => {
                let here = self.messages.iter().rev().filter(|said| said["channel_id"] == channel);
                let mut here: Vec<Value> = here.cloned().collect();
                if self.nonces_forgotten {
                    for said in &mut here {
                        said["nonce"] = Value::Null;
                    }
                }
                Reply::Ok(json!(here))
            }
            _ if is_closed && verb != "GET" => no(400, code::ARCHIVED),
            ("POST", None) => {
                let same = |said: &&Value| said["nonce"] == args["nonce"] && said["channel_id"] == channel;
                let known = self.messages.iter().find(same).filter(|_| !self.nonces_forgotten);
                let known = known.filter(|_| args["enforce_nonce"] == true).cloned();
                Reply::Ok(known.unwrap_or_else(|| self.keep(channel, args.clone())))
            }
            (_, Some(id)) => {
                let same = |said: &&mut Value| said["id"] == id && said["channel_id"] == channel;
                let Some(said) = self.messages.iter_mut().find(same) else { return no(404, code::UNKNOWN_MESSAGE) };
                if verb == "PATCH" && said["author"]["id"] != "UBOT" {
                    return no(403, code::NOT_MINE);
                }
                if verb == "PATCH" {
                    said["content"] = args["content"].clone();
                    said["components"] = args["components"].clone();
                }
                Reply::Ok(said.clone())
            }
            other => panic!("{other:?} is not known here"),
        }
    }

    pub(super) fn keep(&mut self, channel: &str, mut said: Value) -> Value {
        self.made += 1;
        if said["id"].is_null() {
            said["id"] = snowflake::at(requested_at() + TimeDelta::seconds(self.made)).into();
        }
        if said["author"].is_null() {
            said["author"] = json!({ "id": "UBOT" });
        }
        said["channel_id"] = channel.into();
        self.messages.push(said.clone());
        said
    }
}

fn with_ids(tags: &Value) -> Value {
    let tags = tags.as_array().unwrap().iter();
    tags.map(|tag| {
        let mut tag = tag.clone();
        if tag["id"].is_null() {
            tag["id"] = format!("tag-{}", tag["name"].as_str().unwrap()).into();
        }
        tag
    })
    .collect()
}

/// Overwrites as answers write them.
fn as_told(overwrites: &Value) -> Value {
    let mut told = overwrites.clone();
    for overwrite in told.as_array_mut().unwrap() {
        for field in ["allow", "deny"] {
            overwrite[field] = overwrite[field].as_u64().unwrap().to_string().into();
        }
    }
    told
}
