//! What a guild holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::gateway::Gateway;
use super::interactions::Interaction;
use super::mentions::Pinged;
use super::perms;

/// Everything that the servers know. `now` is set whenever somebody looks at it.
pub(crate) struct State {
    /// Where the fake is reached by HTTP.
    pub(crate) base: String,
    pub(crate) guild: String,
    pub(crate) guild_name: String,
    pub(crate) owner: String,
    pub(crate) application: String,
    /// The bot's user; Discord gives it the application's id.
    pub(crate) bot: String,
    /// The role that came with the bot.
    pub(crate) bot_role: String,
    pub(crate) token: String,
    /// What interactions by HTTP are checked with, in hex.
    pub(crate) public_key: String,
    pub(crate) revoked: bool,
    /// The privileged intents that are on for the application.
    pub(crate) members_intent: bool,
    pub(crate) content_intent: bool,
    pub(crate) presence_intent: bool,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) members: BTreeMap<String, Member>,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) channels: BTreeMap<String, Channel>,
    /// The files behind attachments, by their ids.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) ephemerals: Vec<Ephemeral>,
    pub(crate) interactions: Vec<Interaction>,
    pub(crate) global_commands: Vec<Value>,
    pub(crate) guild_commands: Vec<Value>,
    /// How often commands were written, by a call that took effect.
    pub(crate) command_writes: usize,
    /// What the app did that Discord would take but we do not want, or that Discord's document does not know.
    pub(crate) violations: Vec<String>,
    /// Messages by author and nonce, with the time.
    pub(super) nonces: BTreeMap<(String, String), (String, i64)>,
    pub(super) gateway: Gateway,
    /// Counts what was told.
    pub(super) told: u64,
    pub(super) now: i64,
    worker: u64,
    last_ms: i64,
    step: u64,
}

/// Somebody with an account.
#[derive(Debug, Clone, Default)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) global_name: Option<String>,
    pub(crate) bot: bool,
    /// The app cannot write to them.
    pub(crate) dms_closed: bool,
}

impl User {
    pub(crate) fn named(name: &str) -> Self {
        let mut shown = name.to_owned();
        shown[..1].make_ascii_uppercase();
        Self { username: name.to_owned(), global_name: Some(shown), ..Self::default() }
    }
}

/// Somebody in the guild.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) user: String,
    pub(crate) nick: Option<String>,
    pub(crate) roles: Vec<String>,
    /// Microseconds since 1970, as every time here.
    pub(crate) joined: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) position: u64,
    pub(crate) mentionable: bool,
    pub(crate) managed: bool,
}

/// What kind of channel it is, by Discord's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text = 0,
    Dm = 1,
    Voice = 2,
    Category = 4,
    Announcement = 5,
    AnnouncementThread = 10,
    PublicThread = 11,
    PrivateThread = 12,
    Forum = 15,
}

impl Kind {
    pub(crate) fn number(self) -> u64 {
        self as u64
    }

    pub(crate) fn of(number: u64) -> Option<Self> {
        let all = [
            Self::Text,
            Self::Dm,
            Self::Voice,
            Self::Category,
            Self::Announcement,
            Self::AnnouncementThread,
            Self::PublicThread,
            Self::PrivateThread,
            Self::Forum,
        ];
        all.into_iter().find(|kind| kind.number() == number)
    }

    pub(crate) fn is_thread(self) -> bool {
        matches!(self, Self::AnnouncementThread | Self::PublicThread | Self::PrivateThread)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overwrite {
    pub(crate) id: String,
    pub(crate) of_member: bool,
    pub(crate) allow: u64,
    pub(crate) deny: u64,
}

/// A tag of a forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) moderated: bool,
    pub(crate) emoji_name: Option<String>,
}

/// A channel, thread, forum or direct message.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) position: u64,
    pub(crate) nsfw: bool,
    pub(crate) slow: u64,
    pub(crate) overwrites: Vec<Overwrite>,
    /// The tags of a forum.
    pub(crate) tags: Vec<Tag>,
    /// The tags of a forum's post, by id.
    pub(crate) applied_tags: Vec<String>,
    /// Bit 4 of a forum: posts need a tag; bit 1 of a post: it is pinned to the forum's top.
    pub(crate) flags: u64,
    /// Who began a thread.
    pub(crate) owner: Option<String>,
    pub(crate) thread: Option<Thread>,
    pub(crate) recipients: Vec<String>,
    pub(crate) messages: Vec<Message>,
    /// What was deleted.
    pub(crate) gone: Vec<Message>,
    /// What is pinned, with when, the latest first.
    pub(crate) pins: Vec<(String, i64)>,
    pub(crate) last_message: Option<String>,
    pub(crate) last_pin: Option<i64>,
    /// When it was renamed.
    pub(super) renames: Vec<i64>,
}

impl Channel {
    pub(crate) fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// What was said, without what Discord itself says of pins, names and threads.
    pub(crate) fn said(&self) -> Vec<&Message> {
        self.messages.iter().filter(|message| matches!(message.kind, 0 | 19 | 20 | 23)).collect()
    }

    /// The names of the tags that a forum's post has.
    pub(crate) fn has_member(&self, user: &str) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.members.iter().any(|member| member.user == user))
    }

    pub(crate) fn archived(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.archived)
    }

    pub(crate) fn locked(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.locked)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Thread {
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    pub(crate) invitable: bool,
    /// Minutes.
    pub(crate) auto_archive: u64,
    pub(crate) archived_at: i64,
    pub(crate) created: i64,
    pub(crate) members: Vec<ThreadMember>,
    /// How many messages were ever sent, without the first.
    pub(crate) sent: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct ThreadMember {
    pub(crate) user: String,
    pub(crate) joined: i64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) channel: String,
    pub(crate) author: String,
    pub(crate) content: String,
    pub(crate) at: i64,
    pub(crate) edited: Option<i64>,
    /// Discord's number: 0 said, 6 pinned, 18 thread made, 19 reply, 20 slash command, 21 starter, 23 context menu.
    pub(crate) kind: u64,
    pub(crate) flags: u64,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) nonce: Option<Value>,
    /// Channel and message that it refers to.
    pub(crate) reference: Option<(String, Option<String>)>,
    pub(crate) reactions: Vec<Reaction>,
    /// Who was told of it.
    pub(crate) pinged: Pinged,
    /// The interaction that it answers, as Discord shows it.
    pub(crate) interaction: Option<Value>,
    /// The thread that was begun from it; it has the message's id.
    pub(crate) has_thread: bool,
}

impl Message {
    /// Whether it says that the app thinks.
    pub(crate) fn is_loading(&self) -> bool {
        self.flags & 128 != 0
    }

    /// The labels of its buttons, in order.
    pub(crate) fn buttons(&self) -> Vec<String> {
        let rows = self.components.iter().filter_map(|row| row["components"].as_array()).flatten();
        let labels = rows.filter(|part| part["type"] == 2).map(|part| part["label"].as_str().unwrap_or_default());
        labels.map(str::to_owned).collect()
    }

    /// Who reacted by this emoji, such as `👀` or `name:id`.
    pub(crate) fn reacted(&self, emoji: &str) -> Vec<String> {
        let found = self.reactions.iter().find(|reaction| reaction.emoji == emoji);
        found.map(|reaction| reaction.users.clone()).unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: String,
    pub(crate) filename: String,
    pub(crate) description: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) size: usize,
    pub(crate) url: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Reaction {
    /// `👀`, or `name:id` of an emoji of the guild's own.
    pub(crate) emoji: String,
    pub(crate) users: Vec<String>,
}

/// A message that one person sees.
#[derive(Debug, Clone)]
pub(crate) struct Ephemeral {
    pub(crate) user: String,
    pub(crate) interaction: String,
    pub(crate) message: Message,
}

impl State {
    /// A guild with the app installed, its owner and nobody else in it and one channel, `general`.
    pub(super) fn new((base, gateway): (&str, &str), tag: &str, now: i64) -> Self {
        let mut state = Self {
            base: base.to_owned(),
            guild: String::new(),
            guild_name: format!("acme-{}", tag.to_lowercase()),
            owner: String::new(),
            application: String::new(),
            bot: String::new(),
            bot_role: String::new(),
            token: format!("MTk4.{tag}.fake-token"),
            public_key: super::signed::Signer::of(tag).public_key(),
            revoked: false,
            members_intent: true,
            content_intent: true,
            presence_intent: false,
            users: BTreeMap::new(),
            members: BTreeMap::new(),
            roles: BTreeMap::new(),
            channels: BTreeMap::new(),
            files: BTreeMap::new(),
            ephemerals: Vec::new(),
            interactions: Vec::new(),
            global_commands: Vec::new(),
            guild_commands: Vec::new(),
            command_writes: 0,
            violations: Vec::new(),
            nonces: BTreeMap::new(),
            gateway: Gateway::at(gateway),
            told: 0,
            now,
            worker: worker_of(tag),
            last_ms: 0,
            step: 0,
        };
        state.furnish();
        state
    }

    fn furnish(&mut self) {
        self.guild = self.id();
        self.application = self.id();
        self.bot = self.application.clone();
        self.add_role("@everyone", perms::EVERYONE, Some(self.guild.clone()));
        self.bot_role = self.add_role("firebell", perms::BOT, None);
        self.roles.get_mut(&self.bot_role.clone()).unwrap().managed = true;
        self.owner = self.add_member(User::named("owner"), &[]);
        let bot = User { id: self.bot.clone(), global_name: None, bot: true, ..User::named("firebell") };
        let role = self.bot_role.clone();
        self.add_member(bot, &[&role]);
        self.make_channel("general", Kind::Text);
    }

    /// A new id, later than every one before:
    /// <https://docs.discord.com/developers/reference#snowflakes>
    pub(super) fn id(&mut self) -> String {
        const EPOCH: i64 = 1_420_070_400_000;
        let now = self.now / 1000;
        if now > self.last_ms {
            (self.last_ms, self.step) = (now, 0);
        } else if self.step == 0xFFF {
            (self.last_ms, self.step) = (self.last_ms + 1, 0);
        } else {
            self.step += 1;
        }
        let since = u64::try_from(self.last_ms - EPOCH).unwrap();
        ((since << 22) | (self.worker << 12) | self.step).to_string()
    }

    pub(super) fn add_role(&mut self, name: &str, permissions: u64, id: Option<String>) -> String {
        let id = id.unwrap_or_else(|| self.id());
        let position = u64::try_from(self.roles.len()).unwrap();
        let role =
            Role { id: id.clone(), name: name.to_owned(), permissions, position, mentionable: false, managed: false };
        self.roles.insert(id.clone(), role);
        id
    }

    pub(super) fn add_member(&mut self, mut user: User, roles: &[&str]) -> String {
        if user.id.is_empty() {
            user.id = self.id();
        }
        let id = user.id.clone();
        let roles = roles.iter().map(|&role| role.to_owned()).collect();
        self.members.insert(id.clone(), Member { user: id.clone(), nick: None, roles, joined: self.now });
        self.users.insert(id.clone(), user);
        id
    }

    /// Adds a channel with nothing in it; its id. Nobody is told.
    pub(super) fn make_channel(&mut self, name: &str, kind: Kind) -> String {
        let id = self.id();
        let position = u64::try_from(self.channels.len()).unwrap();
        let channel = Channel {
            id: id.clone(),
            kind,
            name: name.to_owned(),
            topic: None,
            parent: None,
            position,
            nsfw: false,
            slow: 0,
            overwrites: Vec::new(),
            tags: Vec::new(),
            applied_tags: Vec::new(),
            flags: 0,
            owner: None,
            thread: None,
            recipients: Vec::new(),
            messages: Vec::new(),
            gone: Vec::new(),
            pins: Vec::new(),
            last_message: None,
            last_pin: None,
            renames: Vec::new(),
        };
        self.channels.insert(id.clone(), channel);
        id
    }

    /// The direct message between the bot and a user, opened when there was none.
    pub(super) fn dm_of(&mut self, user: &str) -> String {
        let own = |channel: &&Channel| channel.kind == Kind::Dm && channel.recipients.iter().any(|known| known == user);
        if let Some(dm) = self.channels.values().find(own) {
            return dm.id.clone();
        }
        let id = self.make_channel("", Kind::Dm);
        self.channels.get_mut(&id).unwrap().recipients = vec![user.to_owned()];
        id
    }

    /// Every role and member that a mention may name.
    pub(super) fn known_ids(&self) -> BTreeSet<&String> {
        self.users.keys().chain(self.roles.keys()).collect()
    }
}

/// The part of ids that differs by fake.
fn worker_of(tag: &str) -> u64 {
    let hash = tag
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) & 0x3FF
}
