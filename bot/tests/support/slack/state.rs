//! What a workspace holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// Everything that the servers know of one workspace. `now` is set whenever somebody looks at it.
pub(crate) struct State {
    /// Where the fake is reached by HTTP.
    pub(crate) base: String,
    /// Where Socket Mode connects to.
    pub(super) links: String,
    pub(super) tickets: BTreeSet<String>,
    pub(crate) team: String,
    pub(crate) domain: String,
    pub(crate) app: String,
    pub(crate) bot_user: String,
    pub(crate) bot: String,
    pub(crate) scopes: BTreeSet<String>,
    /// The events of the app's subscription, such as `message.channels`.
    pub(crate) subscribed: BTreeSet<String>,
    pub(crate) bot_token: String,
    pub(crate) app_token: String,
    pub(crate) signing_secret: String,
    pub(crate) revoked: bool,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) channels: BTreeMap<String, Channel>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) files: BTreeMap<String, File>,
    /// The modals that each user has open, the top one last.
    pub(crate) modals: BTreeMap<String, Vec<View>>,
    pub(crate) homes: BTreeMap<String, View>,
    pub(crate) ephemerals: Vec<Ephemeral>,
    pub(crate) triggers: BTreeMap<String, Trigger>,
    pub(crate) response_urls: BTreeMap<String, ResponseUrl>,
    pub(crate) recorded: Vec<Recorded>,
    /// Events that are to be delivered.
    pub(super) outbox: Vec<Value>,
    pub(super) now: i64,
    last_ts: i64,
    made: u64,
}

/// Somebody with an account. Fields as in Slack's user object.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "as Slack has them")]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) real_name: String,
    pub(crate) email: Option<String>,
    pub(crate) tz: String,
    pub(crate) is_bot: bool,
    pub(crate) is_restricted: bool,
    pub(crate) is_ultra_restricted: bool,
    pub(crate) deleted: bool,
    /// The team of a person of another organisation.
    pub(crate) stranger_of: Option<String>,
    /// Nobody can write to them.
    pub(crate) dm_closed: bool,
}

impl User {
    /// A full member.
    pub(crate) fn named(name: &str) -> Self {
        let mut real = name.to_owned();
        real[..1].make_ascii_uppercase();
        Self {
            name: name.to_owned(),
            real_name: real,
            email: Some(format!("{name}@example.com")),
            tz: "Europe/Berlin".to_owned(),
            ..Self::default()
        }
    }
}

/// What kind of conversation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Public,
    Private,
    Dm,
    /// Of several people.
    Mpim,
}

/// A channel or direct message.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) previous_names: Vec<String>,
    pub(crate) kind: Kind,
    pub(crate) creator: String,
    /// Seconds since 1970.
    pub(crate) created: i64,
    pub(crate) archived: bool,
    pub(crate) general: bool,
    pub(crate) members: Vec<String>,
    pub(crate) topic: Note,
    pub(crate) purpose: Note,
    /// What is pinned, the latest first.
    pub(crate) pins: Vec<Pin>,
    pub(crate) bookmarks: Vec<Bookmark>,
    pub(crate) messages: Vec<Message>,
    /// What was deleted.
    pub(crate) gone: Vec<Message>,
}

impl Channel {
    pub(crate) fn has(&self, user: &str) -> bool {
        self.members.iter().any(|member| member == user)
    }

    pub(crate) fn message(&self, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.ts == ts)
    }

    /// What was said, without what Slack itself says of joins, topics and the like.
    pub(crate) fn said(&self) -> Vec<&Message> {
        let said =
            |message: &&Message| matches!(message.subtype.as_deref(), None | Some("file_share" | "thread_broadcast"));
        self.messages.iter().filter(said).collect()
    }

    pub(crate) fn replies(&self, ts: &str) -> Vec<&Message> {
        let of = |message: &&Message| message.thread_ts.as_deref() == Some(ts) && message.ts != ts;
        self.messages.iter().filter(of).collect()
    }
}

/// A topic or a purpose.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note {
    pub(crate) value: String,
    pub(crate) creator: String,
    pub(crate) last_set: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Pin {
    pub(crate) ts: String,
    pub(crate) by: String,
    pub(crate) at: i64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Bookmark {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) link: String,
    pub(crate) emoji: String,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    pub(crate) ts: String,
    pub(crate) user: String,
    pub(crate) by_bot: bool,
    pub(crate) subtype: Option<String>,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) metadata: Option<Value>,
    pub(crate) thread_ts: Option<String>,
    pub(crate) edited: Option<(String, String)>,
    pub(crate) reactions: Vec<(String, Vec<String>)>,
    pub(crate) files: Vec<String>,
    /// Fields of some subtypes.
    pub(crate) extra: BTreeMap<String, Value>,
}

/// A message that one person sees.
#[derive(Debug, Clone)]
pub(crate) struct Ephemeral {
    pub(crate) channel: String,
    pub(crate) user: String,
    pub(crate) ts: String,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) handle: String,
    pub(crate) name: String,
    pub(crate) users: Vec<String>,
    pub(crate) updated: i64,
    pub(crate) updated_by: String,
    pub(crate) disabled: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) user: String,
    pub(crate) created: i64,
    pub(crate) announced: usize,
    /// Nothing was uploaded as yet.
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) completed: bool,
    /// Channel and message.
    pub(crate) shares: Vec<(String, String)>,
}

/// A modal or a home page; `body` is what the app sent, with ids filled in.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) id: String,
    pub(crate) hash: String,
    pub(crate) user: String,
    pub(crate) root: String,
    pub(crate) previous: Option<String>,
    pub(crate) body: Value,
}

#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    pub(crate) user: String,
    pub(crate) made: i64,
    pub(crate) used: bool,
    /// It came from a modal, so that another can be pushed on it.
    pub(crate) from_modal: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct ResponseUrl {
    pub(crate) user: String,
    pub(crate) channel: String,
    pub(crate) message: Option<String>,
    pub(crate) made: i64,
    pub(crate) uses: usize,
}

/// Blocks or a view that the app sent.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// `blocks` or `view`.
    pub(crate) kind: &'static str,
    pub(crate) payload: Value,
}

impl State {
    /// A workspace with the app installed, nobody in it and one channel, `general`.
    pub(super) fn new((base, links): (&str, &str), tag: &str, now: i64) -> Self {
        let mut state = Self {
            base: base.to_owned(),
            links: links.to_owned(),
            tickets: BTreeSet::new(),
            team: format!("T0{tag}"),
            domain: format!("acme-{}", tag.to_lowercase()),
            app: format!("A0{tag}"),
            bot_user: format!("U0{tag}BOT"),
            bot: format!("B0{tag}"),
            scopes: super::scopes::ALL.iter().map(|&scope| scope.to_owned()).collect(),
            subscribed: super::events::ALL.iter().map(|&event| event.to_owned()).collect(),
            bot_token: format!("xoxb-{tag}-fake"),
            app_token: format!("xapp-1-A0{tag}-1-fake"),
            signing_secret: format!("8f742231b10e8888abcd99yyyzzz85a5-{tag}"),
            revoked: false,
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            groups: BTreeMap::new(),
            files: BTreeMap::new(),
            modals: BTreeMap::new(),
            homes: BTreeMap::new(),
            ephemerals: Vec::new(),
            triggers: BTreeMap::new(),
            response_urls: BTreeMap::new(),
            recorded: Vec::new(),
            outbox: Vec::new(),
            now,
            last_ts: 0,
            made: 0,
        };
        let bot = User { id: state.bot_user.clone(), email: None, is_bot: true, ..User::named("firebell") };
        state.users.insert(bot.id.clone(), bot);
        let general = state.make_channel("general", Kind::Public, "USLACKBOT");
        state.channels.get_mut(&general).unwrap().general = true;
        state
    }

    /// A new id that begins with `prefix`.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}0{:08X}", 0xA000_0000_u64 + self.made * 7)
    }

    pub(super) fn seconds(&self) -> i64 {
        self.now / 1_000_000
    }

    /// A timestamp later than every one before.
    pub(super) fn ts(&mut self) -> String {
        self.last_ts = (self.last_ts + 100).max(self.now + 100);
        format!("{}.{:06}", self.last_ts / 1_000_000, self.last_ts % 1_000_000)
    }

    /// Adds a channel with nobody in it; its id.
    pub(super) fn make_channel(&mut self, name: &str, kind: Kind, creator: &str) -> String {
        let id = self.id(if kind == Kind::Dm { "D" } else { "C" });
        let channel = Channel {
            id: id.clone(),
            name: name.to_owned(),
            previous_names: Vec::new(),
            kind,
            creator: creator.to_owned(),
            created: self.seconds(),
            archived: false,
            general: false,
            members: Vec::new(),
            topic: Note::default(),
            purpose: Note::default(),
            pins: Vec::new(),
            bookmarks: Vec::new(),
            messages: Vec::new(),
            gone: Vec::new(),
        };
        self.channels.insert(id.clone(), channel);
        id
    }

    /// The direct message between the bot and a user, opened when there was none.
    pub(super) fn dm_of(&mut self, user: &str) -> String {
        if let Some(dm) = self.channels.values().find(|channel| channel.kind == Kind::Dm && channel.has(user)) {
            return dm.id.clone();
        }
        let id = self.make_channel("", Kind::Dm, user);
        self.channels.get_mut(&id).unwrap().members = vec![user.to_owned(), self.bot_user.clone()];
        id
    }

    pub(super) fn trigger(&mut self, user: &str, from_modal: bool) -> String {
        self.made += 1;
        let id = format!("{}.{}.{:032x}", self.now / 1000, self.team.len(), self.made);
        self.triggers.insert(id.clone(), Trigger { user: user.to_owned(), made: self.now, used: false, from_modal });
        id
    }

    pub(super) fn response_url(&mut self, user: &str, channel: &str, message: Option<&str>) -> String {
        let id = self.id("R");
        let url = ResponseUrl {
            user: user.to_owned(),
            channel: channel.to_owned(),
            message: message.map(str::to_owned),
            made: self.now,
            uses: 0,
        };
        self.response_urls.insert(id.clone(), url);
        format!("{}/response/{id}", self.base)
    }

    pub(super) fn record(&mut self, method: &str, kind: &'static str, payload: &Value) {
        let recorded = Recorded { method: method.to_owned(), kind, payload: payload.clone() };
        super::recording::dump(&recorded);
        self.recorded.push(recorded);
    }

    /// A reference to a user as interactions have it.
    pub(super) fn who(&self, user: &str) -> Value {
        let name = &self.users[user].name;
        json!({"id": user, "username": name, "name": name, "team_id": self.team_of(user)})
    }

    pub(super) fn team_of(&self, user: &str) -> String {
        self.users.get(user).and_then(|user| user.stranger_of.clone()).unwrap_or_else(|| self.team.clone())
    }
}
