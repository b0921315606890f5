//! What a guild holds.

mod objects;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use self::objects::{
    Attachment, Channel, Ephemeral, Kind, Member, Message, Overwrite, Reaction, Role, Tag, Thread, ThreadMember, User,
};

use super::gateway::Gateway;
use super::interactions::Interaction;
use super::perms;

/// Everything that the servers know. `now` is set whenever somebody looks at it.
#[expect(clippy::struct_excessive_bools, reason = "three of them are intents")]
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
    pub(crate) gateway: Gateway,
    /// Counts what was told.
    pub(super) told: u64,
    pub(super) now: i64,
    worker: u64,
    last_ms: i64,
    step: u64,
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
        // A new role stands at the bottom, above that of everybody.
        let position = u64::from(!self.roles.is_empty());
        self.roles.values_mut().filter(|role| role.position >= 1).for_each(|role| role.position += 1);
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
}

/// The part of ids that differs by fake.
fn worker_of(tag: &str) -> u64 {
    let hash = tag
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) & 0x3FF
}
