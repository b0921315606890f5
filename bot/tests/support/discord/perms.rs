//! Who may do what where: <https://docs.discord.com/developers/topics/permissions>

use super::refusal::Refusal;
use super::state::{Kind, State};

/// The bits of permissions.
pub(crate) mod flags {
    pub(crate) const ADMINISTRATOR: u64 = 1 << 3;
    pub(crate) const MANAGE_CHANNELS: u64 = 1 << 4;
    pub(crate) const MANAGE_GUILD: u64 = 1 << 5;
    pub(crate) const ADD_REACTIONS: u64 = 1 << 6;
    pub(crate) const VIEW_AUDIT_LOG: u64 = 1 << 7;
    pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
    pub(crate) const SEND_MESSAGES: u64 = 1 << 11;
    pub(crate) const MANAGE_MESSAGES: u64 = 1 << 13;
    pub(crate) const EMBED_LINKS: u64 = 1 << 14;
    pub(crate) const ATTACH_FILES: u64 = 1 << 15;
    pub(crate) const READ_MESSAGE_HISTORY: u64 = 1 << 16;
    pub(crate) const MENTION_EVERYONE: u64 = 1 << 17;
    pub(crate) const MANAGE_ROLES: u64 = 1 << 28;
    pub(crate) const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
    pub(crate) const MANAGE_THREADS: u64 = 1 << 34;
    pub(crate) const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
    pub(crate) const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
    pub(crate) const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
    pub(crate) const PIN_MESSAGES: u64 = 1 << 51;
}

use self::flags::{
    ADD_REACTIONS, ADMINISTRATOR, ATTACH_FILES, CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, EMBED_LINKS,
    MANAGE_CHANNELS, MANAGE_GUILD, MANAGE_MESSAGES, MANAGE_ROLES, MANAGE_THREADS, MENTION_EVERYONE, PIN_MESSAGES,
    READ_MESSAGE_HISTORY, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, USE_APPLICATION_COMMANDS, VIEW_AUDIT_LOG,
    VIEW_CHANNEL,
};

/// The permissions that the fake looks at, by Discord's names.
pub(crate) const NAMES: &[(&str, u64)] = &[
    ("ADMINISTRATOR", ADMINISTRATOR),
    ("MANAGE_CHANNELS", MANAGE_CHANNELS),
    ("MANAGE_GUILD", MANAGE_GUILD),
    ("ADD_REACTIONS", ADD_REACTIONS),
    ("VIEW_AUDIT_LOG", VIEW_AUDIT_LOG),
    ("VIEW_CHANNEL", VIEW_CHANNEL),
    ("SEND_MESSAGES", SEND_MESSAGES),
    ("MANAGE_MESSAGES", MANAGE_MESSAGES),
    ("EMBED_LINKS", EMBED_LINKS),
    ("ATTACH_FILES", ATTACH_FILES),
    ("READ_MESSAGE_HISTORY", READ_MESSAGE_HISTORY),
    ("MENTION_EVERYONE", MENTION_EVERYONE),
    ("MANAGE_ROLES", MANAGE_ROLES),
    ("USE_APPLICATION_COMMANDS", USE_APPLICATION_COMMANDS),
    ("MANAGE_THREADS", MANAGE_THREADS),
    ("CREATE_PUBLIC_THREADS", CREATE_PUBLIC_THREADS),
    ("CREATE_PRIVATE_THREADS", CREATE_PRIVATE_THREADS),
    ("SEND_MESSAGES_IN_THREADS", SEND_MESSAGES_IN_THREADS),
    ("PIN_MESSAGES", PIN_MESSAGES),
];

/// Every permission there is.
pub(super) const ALL: u64 = (1 << 53) - 1;

/// What everybody has unless told otherwise.
pub(super) const EVERYONE: u64 = ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | SEND_MESSAGES_IN_THREADS;

/// What the app asked for when it was installed.
pub(super) const BOT: u64 = EVERYONE
    | VIEW_AUDIT_LOG
    | MANAGE_CHANNELS
    | MANAGE_MESSAGES
    | MENTION_EVERYONE
    | MANAGE_ROLES
    | MANAGE_THREADS
    | PIN_MESSAGES;

/// What people have in direct messages.
const DM: u64 =
    VIEW_CHANNEL | SEND_MESSAGES | READ_MESSAGE_HISTORY | ADD_REACTIONS | EMBED_LINKS | ATTACH_FILES | PIN_MESSAGES;

impl State {
    /// What somebody may do in a channel; nothing where there is no such channel.
    pub(crate) fn permissions_in(&self, channel: &str, user: &str) -> u64 {
        let Some(place) = self.channels.get(channel) else { return 0 };
        if place.kind == Kind::Dm {
            return if place.recipients.iter().any(|known| known == user) || user == self.bot { DM } else { 0 };
        }
        let parent = place.parent.as_deref().filter(|_| place.kind.is_thread());
        let mut may = self.overwritten(parent.unwrap_or(channel), user);
        if let Some(thread) = &place.thread {
            let inside = thread.members.iter().any(|member| member.user == user);
            if place.kind == Kind::PrivateThread && !inside && may & MANAGE_THREADS == 0 {
                return 0;
            }
            may &= !SEND_MESSAGES;
            if may & SEND_MESSAGES_IN_THREADS != 0 {
                may |= SEND_MESSAGES;
            }
        }
        if may & VIEW_CHANNEL == 0 { 0 } else { may }
    }

    /// What somebody may do in the guild as a whole.
    pub(crate) fn permissions_of(&self, user: &str) -> u64 {
        let Some(member) = self.members.get(user) else { return 0 };
        if user == self.owner {
            return ALL;
        }
        let of_role = |role: &String| self.roles.get(role).map_or(0, |role| role.permissions);
        let may = member.roles.iter().map(of_role).fold(of_role(&self.guild), |all, one| all | one);
        if may & ADMINISTRATOR == 0 { may } else { ALL }
    }

    fn overwritten(&self, channel: &str, user: &str) -> u64 {
        let base = self.permissions_of(user);
        let Some(place) = self.channels.get(channel) else { return 0 };
        if base & ADMINISTRATOR != 0 {
            return ALL;
        }
        let roles = self.members.get(user).map(|member| member.roles.clone()).unwrap_or_default();
        let (mut may, mut allow, mut deny) = (base, 0, 0);
        for overwrite in &place.overwrites {
            if overwrite.id == self.guild {
                may = may & !overwrite.deny | overwrite.allow;
            } else if !overwrite.of_member && roles.contains(&overwrite.id) {
                allow |= overwrite.allow;
                deny |= overwrite.deny;
            }
        }
        may = may & !deny | allow;
        if let Some(own) = place.overwrites.iter().find(|overwrite| overwrite.of_member && overwrite.id == user) {
            may = may & !own.deny | own.allow;
        }
        may
    }

    /// Refuses the bot what it may not do: 10003 where there is no such channel, 50001 where it does not see it, else
    /// 50013.
    pub(super) fn need(&self, channel: &str, permissions: u64) -> Result<(), Refusal> {
        if !self.channels.contains_key(channel) {
            return Err(Refusal::of(10003));
        }
        let may = self.permissions_in(channel, &self.bot);
        if may & VIEW_CHANNEL == 0 {
            return Err(Refusal::of(50001));
        }
        if may & permissions == permissions { Ok(()) } else { Err(Refusal::of(50013)) }
    }

    pub(crate) fn sees(&self, channel: &str, user: &str) -> bool {
        self.permissions_in(channel, user) & VIEW_CHANNEL != 0
    }
}
