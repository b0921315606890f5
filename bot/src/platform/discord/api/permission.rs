//! What a member may do in a server and in its channels.

use std::ops::{BitAnd, BitOr, Not};

/// A set of permissions, as Discord counts them.
///
/// Source: <https://discord.com/developers/docs/topics/permissions>.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permissions(pub u64);

macro_rules! permissions {
    ($($name:ident = $bit:literal $words:literal;)*) => {
        impl Permissions {
            $(#[doc = $words] pub const $name: Self = Self(1 << $bit);)*

            /// Those that Firebell has to do with, each with the name that Discord's settings show.
            const NAMED: &[(Self, &'static str)] = &[$((Self::$name, $words)),*];
        }
    };
}

permissions! {
    VIEW_AUDIT_LOG = 7 "View Audit Log";
    VIEW_CHANNEL = 10 "View Channels";
    ADMINISTRATOR = 3 "Administrator";
    MANAGE_CHANNELS = 4 "Manage Channels";
    ADD_REACTIONS = 6 "Add Reactions";
    SEND_MESSAGES = 11 "Send Messages";
    MANAGE_MESSAGES = 13 "Manage Messages";
    EMBED_LINKS = 14 "Embed Links";
    ATTACH_FILES = 15 "Attach Files";
    READ_MESSAGE_HISTORY = 16 "Read Message History";
    MENTION_EVERYONE = 17 "Mention @everyone, @here and All Roles";
    MANAGE_ROLES = 28 "Manage Roles";
    MANAGE_THREADS = 34 "Manage Threads and Posts";
    CREATE_PUBLIC_THREADS = 35 "Create Public Threads";
    CREATE_PRIVATE_THREADS = 36 "Create Private Threads";
    SEND_MESSAGES_IN_THREADS = 38 "Send Messages in Threads and Posts";
    PIN_MESSAGES = 51 "Pin Messages";
}

impl Permissions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(u64::MAX);

    /// All of several sets.
    pub const fn of(sets: &[Self]) -> Self {
        let (mut all, mut at) = (0, 0);
        while at < sets.len() {
            all |= sets[at].0;
            at += 1;
        }
        Self(all)
    }

    /// A set as answers write it; what cannot be read is nothing.
    pub fn read(text: &str) -> Self {
        Self(text.parse().unwrap_or(0))
    }

    /// Whether it holds all of another set.
    pub fn contains(self, other: Self) -> bool {
        self & other == other
    }

    /// The names of what is in it, as Discord's settings show them.
    pub fn names(self) -> Vec<&'static str> {
        let held = Self::NAMED.iter().filter(|(one, _)| self.contains(*one));
        held.map(|(_, name)| *name).collect()
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Permissions {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}
