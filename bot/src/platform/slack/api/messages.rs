//! Messages: posted, edited, deleted, found.

use serde::Serialize;
use serde_json::Value;
use slack_morphism::prelude::{SlackApiChatDeleteRequest, SlackApiChatGetPermalinkRequest};

use super::channels::Cursor;
use super::{Api, ApiError, Method};
use crate::platform::lenient::answer;

/// A message to be posted.
#[derive(Debug, Clone, Serialize)]
pub struct Post<'a> {
    /// A channel's id, or a person's for a direct message.
    pub channel: &'a str,
    /// What is shown where blocks are not.
    pub text: &'a str,
    #[serde(skip_serializing_if = "is_nothing")]
    pub blocks: &'a Value,
    /// The message whose thread it is to be in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_ts: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Previews of what links lead to would push the message out of sight.
    pub unfurl_links: bool,
    pub unfurl_media: bool,
}

/// What programs read of a message (<https://docs.slack.dev/messaging/message-metadata>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metadata {
    pub event_type: &'static str,
    pub event_payload: std::collections::BTreeMap<&'static str, String>,
}

answer! {
    /// Where a message was posted.
    pub struct Posted {
        /// A channel, also where it was posted to a person.
        pub channel: String,
        /// Its id in the channel.
        pub ts: String,
    }
}

#[derive(Serialize)]
struct Edit<'a> {
    channel: &'a str,
    ts: &'a str,
    text: &'a str,
    blocks: &'a Value,
}

#[derive(Serialize)]
struct Whisper<'a> {
    channel: &'a str,
    user: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "is_nothing")]
    blocks: &'a Value,
}

answer! {
    struct Permalink {
        permalink: String,
    }
}

/// Which messages are wanted.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Range<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<&'a str>,
    /// With the oldest and the latest themselves.
    pub inclusive: bool,
    pub limit: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<&'a str>,
}

#[derive(Serialize)]
struct History<'a> {
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<&'a str>,
    include_all_metadata: bool,
    #[serde(flatten)]
    range: Range<'a>,
}

/// Some messages of a channel, as Slack tells them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    pub messages: Vec<Value>,
    /// Where the next page begins.
    pub next: Option<String>,
}

answer! {
    struct Messages {
        messages: Vec<Value>,
        response_metadata: Cursor,
    }
}

impl<'a> Post<'a> {
    /// A message of blocks, without previews.
    pub fn new(channel: &'a str, text: &'a str, blocks: &'a Value) -> Self {
        Self { channel, text, blocks, thread_ts: None, metadata: None, unfurl_links: false, unfurl_media: false }
    }
}

impl Api {
    /// Posts a message.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn post(&self, post: &Post<'_>) -> Result<Posted, ApiError> {
        let posted: Posted = self.call(Method::ChatPostMessage, Some(post.channel), post).await?;
        if posted.ts.is_empty() { Err(ApiError::Unknown) } else { Ok(posted) }
    }

    /// Edits a message in place; whoever can read it sees the new text, and nobody is notified.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `message_not_found`, `edit_window_closed` or `cant_update_message`.
    pub async fn update(&self, channel: &str, ts: &str, text: &str, blocks: &Value) -> Result<(), ApiError> {
        let edit = Edit { channel, ts, text, blocks };
        self.call::<_, Value>(Method::ChatUpdate, Some(channel), &edit).await.map(drop)
    }

    /// Deletes a message of the app's.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn delete(&self, channel: &str, ts: &str) -> Result<(), ApiError> {
        let request = SlackApiChatDeleteRequest::new(channel.into(), ts.into());
        self.call::<_, Value>(Method::ChatDelete, Some(channel), &request).await.map(drop)
    }

    /// Shows a person something in a channel that nobody else sees, until they reload.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `user_not_in_channel`.
    pub async fn ephemeral(&self, channel: &str, user: &str, text: &str, blocks: &Value) -> Result<(), ApiError> {
        let whisper = Whisper { channel, user, text, blocks };
        self.call::<_, Value>(Method::ChatPostEphemeral, Some(channel), &whisper).await.map(drop)
    }

    /// Where a message can be read.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `message_not_found`.
    pub async fn permalink(&self, channel: &str, ts: &str) -> Result<String, ApiError> {
        let request = SlackApiChatGetPermalinkRequest::new(channel.into(), ts.into());
        let link: Permalink = self.call(Method::ChatGetPermalink, Some(channel), &request).await?;
        if link.permalink.is_empty() { Err(ApiError::Unknown) } else { Ok(link.permalink) }
    }

    /// Messages of a channel, newest first, with their metadata, and without those of threads.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn history(&self, channel: &str, range: Range<'_>) -> Result<Page, ApiError> {
        let request = History { channel, ts: None, include_all_metadata: true, range };
        let page: Messages = self.call(Method::ConversationsHistory, Some(channel), &request).await?;
        Ok(Page { messages: page.messages, next: page.response_metadata.next() })
    }

    /// A message and its thread, oldest first.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `thread_not_found`.
    pub async fn replies(&self, channel: &str, ts: &str, range: Range<'_>) -> Result<Page, ApiError> {
        let request = History { channel, ts: Some(ts), include_all_metadata: true, range };
        let page: Messages = self.call(Method::ConversationsReplies, Some(channel), &request).await?;
        Ok(Page { messages: page.messages, next: page.response_metadata.next() })
    }

    /// One message, in a thread or not.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn message(&self, channel: &str, ts: &str) -> Result<Option<Value>, ApiError> {
        let only = Range { oldest: Some(ts), latest: Some(ts), inclusive: true, limit: 1, cursor: None };
        let mine = |page: Page| page.messages.into_iter().find(|message| message["ts"] == ts);
        if let Some(message) = mine(self.history(channel, only.clone()).await?) {
            return Ok(Some(message));
        }
        // With the message that the thread is under, which comes first whatever was asked for.
        match self.replies(channel, ts, Range { limit: 10, ..only }).await {
            Ok(page) => Ok(mine(page)),
            Err(error) if matches!(error.code(), Some("thread_not_found" | "message_not_found")) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_nothing(blocks: &&Value) -> bool {
    blocks.as_array().is_none_or(Vec::is_empty)
}
