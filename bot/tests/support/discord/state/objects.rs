//! People, channels and what is said in them.

use serde_json::Value;

use crate::support::discord::mentions::Pinged;

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
    pub(in super::super) renames: Vec<i64>,
}

impl Channel {
    pub(crate) fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// What was said, without what Discord itself says of pins, names and threads.
    pub(crate) fn said(&self) -> Vec<&Message> {
        self.messages.iter().filter(|message| matches!(message.kind, 0 | 19 | 20 | 23)).collect()
    }

    /// Whether somebody is in this thread.
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
