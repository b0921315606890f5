//! The small workspace.

use std::sync::{Arc, Mutex};

use firebell_core::effect::Delivery;
use serde_json::{Value, json};

use super::super::{Notes, deliver};
use super::{KEY, requested_at};
use crate::platform::slack::api::Api;
use crate::platform::slack::api::tests::little::{Asked, Little, Reply, me, no, ok};
use crate::platform::{Account, Envelope, Labels, Outgoing};

/// What goes wrong at the next call of a method.
pub(super) enum Fault {
    /// Nothing is done, and this is answered.
    Before(Reply),
    /// It is done, and the answer is lost.
    After,
    /// A channel appears just before.
    Appears(Value),
}

#[derive(Default)]
pub(super) struct State {
    pub(super) channels: Vec<Value>,
    /// Names that are taken and not listed.
    pub(super) hidden: Vec<String>,
    pub(super) messages: Vec<Value>,
    pub(super) bookmarks: Vec<Value>,
    pub(super) members: Vec<String>,
    pub(super) invited: Vec<String>,
    pub(super) pinned: Vec<String>,
    faults: Vec<(String, Fault)>,
}

pub(super) struct Workspace {
    little: Little,
    pub(super) api: Api,
    pub(super) state: Arc<Mutex<State>>,
    notes: Notes,
}

/// A channel that the app made when it was asked to, with some fields changed.
pub(super) fn channel(id: &str, name: &str, changes: Value) -> Value {
    let mut channel = json!({
        "id": id, "name": name, "creator": "UBOT", "created": requested_at().timestamp(),
        "is_member": true, "is_private": false, "is_archived": false,
    });
    let Value::Object(changes) = changes else { panic!("{changes}") };
    channel.as_object_mut().unwrap().extend(changes);
    channel
}

impl Workspace {
    pub(super) async fn new() -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let held = state.clone();
        let little = Little::new(move |asked| held.lock().unwrap().answer(asked)).await;
        Self { api: little.api(), little, state, notes: Notes::default() }
    }

    /// One whose API nobody answers at.
    pub(super) async fn unreachable() -> Self {
        let mut this = Self::new().await;
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        this.little.origin = format!("http://{closed}");
        this.api = this.little.api();
        this
    }

    pub(super) async fn with(channels: impl IntoIterator<Item = Value>) -> Self {
        let this = Self::new().await;
        this.state.lock().unwrap().channels.extend(channels);
        this
    }

    pub(super) fn fault(&self, method: &str, fault: Fault) {
        self.state.lock().unwrap().faults.push((method.to_owned(), fault));
    }

    /// Another process delivers from here on.
    pub(super) fn restarts(&mut self) {
        self.notes = Notes::default();
    }

    /// Titles and URLs of the links above rooms.
    pub(super) fn links(&self) -> Vec<(String, String)> {
        let text = |held: &Value, name: &str| held[name].as_str().unwrap_or_default().to_owned();
        let state = self.state.lock().unwrap();
        state.bookmarks.iter().map(|held| (text(held, "title"), text(held, "link"))).collect()
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.little.wait(seconds);
    }

    pub(super) fn methods(&self) -> Vec<String> {
        self.little.methods()
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.little.asked()
    }

    /// What has been posted and not edited away.
    pub(super) fn texts(&self) -> Vec<String> {
        self.state.lock().unwrap().messages.iter().map(|said| said["text"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) async fn deliver(&self, what: Outgoing, again: bool) -> Delivery {
        deliver(&self.api, &self.notes, &Envelope { key: KEY.to_owned(), again, what }).await
    }

    pub(super) async fn post(&self, room: &str, text: &str, again: bool) -> Delivery {
        let what = Outgoing::Post { room: room.to_owned(), text: text.to_owned(), controls: Vec::new() };
        self.deliver(what, again).await
    }

    pub(super) async fn notice(&self, user: &str, again: bool) -> Delivery {
        let account = Account::Id(user.to_owned());
        self.deliver(Outgoing::Notice { account, room: None, text: "paged".to_owned(), controls: Vec::new() }, again)
            .await
    }

    /// A room of the name `inc-7`.
    pub(super) async fn open(&self, again: bool) -> Delivery {
        let (name, requested_at) = ("INC 7".to_owned(), requested_at());
        self.deliver(
            Outgoing::OpenRoom { name, private: false, requested_at, adopts: None, labels: Labels::default() },
            again,
        )
        .await
    }
}

impl State {
    fn answer(&mut self, asked: &Asked) -> Reply {
        let at = self.faults.iter().position(|(method, _)| *method == asked.method);
        match at.map(|at| self.faults.remove(at).1) {
            Some(Fault::Before(reply)) => reply,
            Some(Fault::After) => {
                self.done(asked);
                Reply::Broken
            }
            Some(Fault::Appears(channel)) => {
                self.channels.push(channel);
                self.done(asked)
            }
            None => self.done(asked),
        }
    }

    fn done(&mut self, asked: &Asked) -> Reply {
        let args = &asked.args;
        match asked.method.as_str() {
            "auth.test" => me(),
            "conversations.create" => self.create(args),
            "conversations.list" => self.list(args),
            "conversations.info" => self.of(args, |channel| ok(json!({ "channel": channel }))),
            "conversations.join" => self.of(args, |channel| {
                if channel["is_private"] == true {
                    return no("method_not_supported_for_channel_type");
                }
                channel["is_member"] = true.into();
                ok(json!({}))
            }),
            "conversations.archive" => self.of(args, |channel| {
                let before = std::mem::replace(&mut channel["is_archived"], true.into());
                if before == true { no("already_archived") } else { ok(json!({})) }
            }),
            "conversations.setTopic" => self.of(args, |channel| {
                channel["topic"] = json!({ "value": args["topic"] });
                ok(json!({}))
            }),
            "conversations.setPurpose" => self.of(args, |channel| {
                channel["purpose"] = json!({ "value": args["purpose"] });
                ok(json!({}))
            }),
            "conversations.open" => ok(json!({ "channel": { "id": dm(args["users"].as_str().unwrap()) } })),
            "conversations.history" => self.history(args),
            "conversations.invite" => {
                self.invited.extend(args["users"].as_str().unwrap().split(',').map(str::to_owned));
                ok(json!({ "channel": {} }))
            }
            "chat.postMessage" => self.say(args),
            "chat.update" => self.edit(args),
            "pins.add" => {
                self.pinned.push(args["timestamp"].as_str().unwrap().to_owned());
                ok(json!({}))
            }
            "bookmarks.list" => ok(json!({ "bookmarks": self.bookmarks })),
            "bookmarks.add" => {
                let mut made = args.clone();
                made["id"] = format!("Bk{}", self.bookmarks.len()).into();
                self.bookmarks.push(made.clone());
                ok(json!({ "bookmark": made }))
            }
            "bookmarks.edit" => {
                let same = |held: &&mut Value| held["id"] == args["bookmark_id"];
                let Some(held) = self.bookmarks.iter_mut().find(same) else { return no("bookmark_not_found") };
                held["link"] = args["link"].clone();
                ok(json!({ "bookmark": held }))
            }
            "usergroups.users.list" => ok(json!({ "users": self.members })),
            "users.lookupByEmail" => match args["email"].as_str() {
                Some("gone@example.com") => ok(json!({"user": {"id": "U9", "team_id": "T1", "deleted": true}})),
                Some("ada@example.com") => ok(json!({"user": {"id": "U1", "team_id": "T1"}})),
                _ => no("users_not_found"),
            },
            method => panic!("{method} is not known here"),
        }
    }

    fn of(&mut self, args: &Value, then: impl FnOnce(&mut Value) -> Reply) -> Reply {
        self.channels
            .iter_mut()
            .find(|channel| channel["id"] == args["channel"])
            .map_or_else(|| no("channel_not_found"), then)
    }

    fn create(&mut self, args: &Value) -> Reply {
        let name = args["name"].as_str().unwrap();
        if self.hidden.iter().any(|hidden| hidden == name) || self.channels.iter().any(|known| known["name"] == name) {
            return no("name_taken");
        }
        let made = channel(&format!("CNEW{}", self.channels.len()), name, json!({"is_private": args["is_private"]}));
        self.channels.push(made.clone());
        ok(json!({ "channel": made }))
    }

    /// Two on a page.
    fn list(&self, args: &Value) -> Reply {
        let from: usize = args["cursor"].as_str().map_or(0, |cursor| cursor.parse().unwrap());
        let page: Vec<&Value> = self.channels.iter().skip(from).take(2).collect();
        let next = if from + 2 < self.channels.len() { (from + 2).to_string() } else { String::new() };
        ok(json!({ "channels": page, "response_metadata": { "next_cursor": next } }))
    }

    fn history(&self, args: &Value) -> Reply {
        let here: Vec<&Value> = self.messages.iter().rev().filter(|said| said["channel"] == args["channel"]).collect();
        ok(json!({ "messages": here }))
    }

    fn say(&mut self, args: &Value) -> Reply {
        let to = args["channel"].as_str().unwrap();
        let at = if to.starts_with('U') { dm(to) } else { to.to_owned() };
        if self.channels.iter().any(|channel| channel["id"] == at && channel["is_member"] == false) {
            return no("not_in_channel");
        }
        let ts = format!("{}.1", self.messages.len() + 1);
        let mut said = args.clone();
        (said["channel"], said["ts"], said["user"]) = (at.clone().into(), ts.clone().into(), "UBOT".into());
        self.messages.push(said);
        ok(json!({ "channel": at, "ts": ts }))
    }

    fn edit(&mut self, args: &Value) -> Reply {
        let same = |said: &&mut Value| said["ts"] == args["ts"] && said["channel"] == args["channel"];
        let Some(said) = self.messages.iter_mut().find(same) else { return no("message_not_found") };
        (said["text"], said["blocks"]) = (args["text"].clone(), args["blocks"].clone());
        ok(json!({ "ts": args["ts"] }))
    }
}

fn dm(user: &str) -> String {
    format!("D{user}")
}
