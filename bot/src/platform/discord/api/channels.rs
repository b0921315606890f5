//! Channels of a server: made, changed, and who may see them.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Api, ApiError, Ask, Call, Permissions};
use crate::platform::lenient::answer;

/// What kind of channel it is.
///
/// Source: <https://discord.com/developers/docs/resources/channel#channel-object-channel-types>.
pub mod kind {
    pub const TEXT: u8 = 0;
    pub const DM: u8 = 1;
    pub const GROUP_DM: u8 = 3;
    pub const CATEGORY: u8 = 4;
    pub const ANNOUNCEMENT: u8 = 5;
    pub const ANNOUNCEMENT_THREAD: u8 = 10;
    pub const PUBLIC_THREAD: u8 = 11;
    pub const PRIVATE_THREAD: u8 = 12;
    pub const FORUM: u8 = 15;
}

answer! {
    /// A channel, category, forum, thread or post.
    pub struct Channel {
        pub id: String,
        #[serde(rename = "type")]
        pub kind: u8,
        pub guild_id: String,
        pub name: String,
        pub topic: String,
        /// The category of a channel, the channel or forum of a thread.
        pub parent_id: String,
        /// Whoever started a thread.
        pub owner_id: String,
        pub permission_overwrites: Vec<Overwrite>,
        /// The tags of a forum.
        pub available_tags: Vec<Tag>,
        /// The ids of the tags of a post.
        pub applied_tags: Vec<String>,
        pub thread_metadata: ThreadState,
        pub last_message_id: String,
        pub flags: u64,
    }
}

answer! {
    /// How a thread stands.
    pub struct ThreadState {
        pub archived: bool,
        pub locked: bool,
        /// In minutes.
        pub auto_archive_duration: u32,
        pub archive_timestamp: String,
    }
}

answer! {
    /// A tag that posts of a forum can have.
    #[derive(Serialize)]
    pub struct Tag {
        #[serde(skip_serializing_if = "String::is_empty")]
        pub id: String,
        pub name: String,
        /// Only whoever may manage threads can use it.
        pub moderated: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub emoji_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub emoji_name: Option<String>,
    }
}

answer! {
    /// What a role or a member may do in one channel, other than elsewhere.
    #[derive(Serialize)]
    pub struct Overwrite {
        pub id: String,
        /// 0 for a role, 1 for a member.
        #[serde(rename = "type")]
        pub kind: u8,
        /// Answers write these as texts, and take numbers in requests.
        #[serde(serialize_with = "as_number")]
        pub allow: String,
        #[serde(serialize_with = "as_number")]
        pub deny: String,
    }
}

/// A channel to be made.
#[derive(Debug, Clone, Serialize)]
pub struct NewChannel<'a> {
    pub name: &'a str,
    #[serde(rename = "type")]
    pub kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<&'a str>,
    /// The category that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<&'a str>,
    /// Absent where it takes those of its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_overwrites: Option<Vec<Overwrite>>,
}

fn as_number<S: serde::Serializer>(permissions: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(Permissions::read(permissions).0)
}

impl Overwrite {
    /// What a role may do.
    pub fn of_role(role: &str, allow: Permissions, deny: Permissions) -> Self {
        Self { id: role.to_owned(), kind: 0, allow: allow.0.to_string(), deny: deny.0.to_string() }
    }

    /// What a member may do.
    pub fn of_member(user: &str, allow: Permissions, deny: Permissions) -> Self {
        Self { id: user.to_owned(), kind: 1, allow: allow.0.to_string(), deny: deny.0.to_string() }
    }
}

impl Channel {
    /// Whether it is a thread or a forum's post.
    pub fn is_thread(&self) -> bool {
        matches!(self.kind, kind::ANNOUNCEMENT_THREAD | kind::PUBLIC_THREAD | kind::PRIVATE_THREAD)
    }

    fn whole(self) -> Result<Self, ApiError> {
        if self.id.is_empty() { Err(ApiError::Unknown) } else { Ok(self) }
    }
}

impl Api {
    /// A channel, thread or category.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`UNKNOWN_CHANNEL`](super::code::UNKNOWN_CHANNEL) or
    /// [`MISSING_ACCESS`](super::code::MISSING_ACCESS).
    pub async fn channel(&self, id: &str) -> Result<Channel, ApiError> {
        self.call::<Channel>(Call::Channel, Ask::at(&[id])).await?.whole().map_err(|_| ApiError::NotSent)
    }

    /// All channels and categories of a server, without threads.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn channels(&self, guild: &str) -> Result<Vec<Channel>, ApiError> {
        self.call(Call::Channels, Ask::at(&[guild])).await
    }

    /// Makes a channel.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`MAX_CHANNELS`](super::code::MAX_CHANNELS).
    pub async fn create_channel(&self, guild: &str, channel: &NewChannel<'_>) -> Result<Channel, ApiError> {
        self.call::<Channel>(Call::CreateChannel, Ask::at(&[guild]).json(channel)).await?.whole()
    }

    /// Changes fields of a channel; those that are not named stay as they are.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn modify_channel(&self, id: &str, changes: &Value) -> Result<(), ApiError> {
        self.done(Call::ModifyChannel, Ask::at(&[id]).json(changes)).await
    }

    /// Deletes a channel with everything in it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn delete_channel(&self, id: &str) -> Result<(), ApiError> {
        self.done(Call::DeleteChannel, Ask::at(&[id])).await
    }

    /// Sets what a role or member may do in a channel, in the place of what was set for it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn set_overwrite(&self, channel: &str, overwrite: &Overwrite) -> Result<(), ApiError> {
        let (allow, deny) = (Permissions::read(&overwrite.allow), Permissions::read(&overwrite.deny));
        let body = json!({ "type": overwrite.kind, "allow": allow.0, "deny": deny.0 });
        self.done(Call::SetOverwrite, Ask::at(&[channel, &overwrite.id]).json(&body)).await
    }

    /// Lets a role or member do in a channel what they may do elsewhere.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn remove_overwrite(&self, channel: &str, id: &str) -> Result<(), ApiError> {
        self.done(Call::RemoveOverwrite, Ask::at(&[channel, id])).await
    }
}
