//! Threads and the posts of forums.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Api, ApiError, Ask, Call, Channel, NewMessage, kind};
use crate::platform::lenient::answer;

/// How many archived threads or members one call asks for, which is the most that Discord gives.
const PAGE: u16 = 100;
/// After how many minutes without a word Discord hides a thread; the longest that there is.
const AUTO_ARCHIVE: u32 = 10_080;

/// A thread to be started.
#[derive(Debug, Clone, Serialize)]
pub struct NewThread<'a> {
    pub name: &'a str,
    /// For a post of a forum alone.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub applied_tags: &'a [String],
}

#[derive(Serialize)]
struct Start<'a> {
    #[serde(flatten)]
    thread: &'a NewThread<'a>,
    auto_archive_duration: u32,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invitable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a NewMessage>,
}

answer! {
    struct Threads {
        threads: Vec<Channel>,
        has_more: bool,
    }
}

answer! {
    struct ThreadMember {
        user_id: String,
    }
}

impl Api {
    /// Starts a post in a forum. Its first message has the id of the post.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`TAG_NEEDED`](super::code::TAG_NEEDED) where the forum wants a tag.
    pub async fn start_post(
        &self,
        forum: &str,
        thread: &NewThread<'_>,
        first: &NewMessage,
    ) -> Result<Channel, ApiError> {
        self.start(Call::StartPost, &[forum], &Start { message: Some(first), ..Start::of(thread) }).await
    }

    /// Starts a thread that only those who are added see, and whoever may manage threads; nobody but the bot adds people.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn start_private_thread(&self, channel: &str, name: &str) -> Result<Channel, ApiError> {
        let thread = NewThread { name, applied_tags: &[] };
        let start = Start { kind: Some(kind::PRIVATE_THREAD), invitable: Some(false), ..Start::of(&thread) };
        self.start(Call::StartPrivateThread, &[channel], &start).await
    }

    /// Starts a thread below a message, which gets the message's id.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`THREAD_THERE`](super::code::THREAD_THERE).
    pub async fn start_thread_from(&self, channel: &str, message: &str, name: &str) -> Result<Channel, ApiError> {
        let thread = NewThread { name, applied_tags: &[] };
        self.start(Call::StartThreadFrom, &[channel, message], &Start::of(&thread)).await
    }

    async fn start(&self, call: Call, at: &[&str], start: &Start<'_>) -> Result<Channel, ApiError> {
        let made: Channel = self.call(call, Ask::at(at).json(start)).await?;
        if made.id.is_empty() { Err(ApiError::Unknown) } else { Ok(made) }
    }

    /// Changes fields of a thread: `archived`, `locked`, `applied_tags`; those that are not named stay as they are.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`ARCHIVED`](super::code::ARCHIVED) when it is archived and the change does not undo that.
    pub async fn modify_thread(&self, id: &str, changes: &Value) -> Result<(), ApiError> {
        self.done(Call::ModifyThread, Ask::at(&[id]).json(changes)).await
    }

    /// All threads of a server that are not archived and that the bot may see.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn active_threads(&self, guild: &str) -> Result<Vec<Channel>, ApiError> {
        let found: Threads = self.call(Call::ActiveThreads, Ask::at(&[guild])).await?;
        Ok(found.threads)
    }

    /// One page of a channel's or forum's archived public threads, those archived last first, and whether there are more.
    /// `before` is the `archive_timestamp` at which the page begins.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn archived_threads(
        &self,
        channel: &str,
        before: Option<&str>,
    ) -> Result<(Vec<Channel>, bool), ApiError> {
        let ask = Ask::at(&[channel]).query("limit", Some(PAGE)).query("before", before.map(str::to_owned));
        let found: Threads = self.call(Call::PublicArchived, ask).await?;
        Ok((found.threads, found.has_more))
    }

    /// As [`Api::archived_threads`], of the private threads that the bot is in. `before` is the id of a thread.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn archived_private_threads(
        &self,
        channel: &str,
        before: Option<&str>,
    ) -> Result<(Vec<Channel>, bool), ApiError> {
        let ask = Ask::at(&[channel]).query("limit", Some(PAGE)).query("before", before.map(str::to_owned));
        let found: Threads = self.call(Call::PrivateArchived, ask).await?;
        Ok((found.threads, found.has_more))
    }

    /// The ids of those who are in a thread. Needs the privileged intent for members.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn thread_members(&self, thread: &str) -> Result<Vec<String>, ApiError> {
        let found: Vec<ThreadMember> = self.call(Call::ThreadMembers, Ask::at(&[thread])).await?;
        Ok(found.into_iter().map(|member| member.user_id).collect())
    }

    /// Brings somebody into a thread; whoever is in it already stays.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn add_thread_member(&self, thread: &str, user: &str) -> Result<(), ApiError> {
        self.done(Call::AddThreadMember, Ask::at(&[thread, user])).await
    }

    /// Takes somebody out of a thread.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn remove_thread_member(&self, thread: &str, user: &str) -> Result<(), ApiError> {
        self.done(Call::RemoveThreadMember, Ask::at(&[thread, user])).await
    }

    /// Hides a thread and lets nobody but moderators bring it back.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn archive_thread(&self, thread: &str) -> Result<(), ApiError> {
        self.modify_thread(thread, &json!({ "archived": true, "locked": true })).await
    }
}

impl<'a> Start<'a> {
    fn of(thread: &'a NewThread<'a>) -> Self {
        Self { thread, auto_archive_duration: AUTO_ARCHIVE, kind: None, invitable: None, message: None }
    }
}
