//! Channels: made, found, joined, described, archived.

use serde::Serialize;
use serde_json::{Value, json};
use slack_morphism::prelude::{
    SlackApiConversationsArchiveRequest, SlackApiConversationsCreateRequest, SlackApiConversationsInfoRequest,
    SlackApiConversationsJoinRequest, SlackApiConversationsSetPurposeRequest, SlackApiConversationsSetTopicRequest,
};

use super::{Api, ApiError, Method};
use crate::platform::lenient::answer;

/// How many channels a page of the list holds, which is the most that Slack gives.
const PAGE: u16 = 1000;

answer! {
    /// A channel, public or private.
    pub struct Channel {
        pub id: String,
        pub name: String,
        /// Whoever made it.
        pub creator: String,
        /// When it was made, in seconds since 1970.
        pub created: i64,
        pub is_archived: bool,
        pub is_private: bool,
        pub is_member: bool,
        pub is_im: bool,
        pub is_mpim: bool,
        pub topic: Topic,
        pub purpose: Topic,
    }
}

answer! {
    /// A line above a channel, escaped as all of Slack's texts.
    pub struct Topic {
        pub value: String,
    }
}

answer! {
    pub(super) struct OneChannel {
        pub(super) channel: Channel,
    }
}

answer! {
    pub(super) struct Invitation {
        errors: Vec<InviteError>,
    }
}

answer! {
    pub(super) struct InviteError {
        user: String,
        error: String,
    }
}

answer! {
    struct Channels {
        channels: Vec<Channel>,
        response_metadata: Cursor,
    }
}

answer! {
    pub(super) struct Cursor {
        pub(super) next_cursor: String,
    }
}

#[derive(Serialize)]
struct List<'a> {
    types: &'static str,
    exclude_archived: bool,
    limit: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
}

/// What became of an invitation of several people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invited {
    /// Who was not let in, and Slack's word for why.
    pub left_out: Vec<(String, String)>,
}

impl Cursor {
    pub(super) fn next(self) -> Option<String> {
        Some(self.next_cursor).filter(|cursor| !cursor.is_empty())
    }
}

impl Api {
    /// Makes a channel.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `name_taken` when there is one of the name, though it may not be seen.
    pub async fn create_channel(&self, name: &str, private: bool) -> Result<Channel, ApiError> {
        let request = SlackApiConversationsCreateRequest::new(name.to_owned()).with_is_private(private);
        let made: OneChannel = self.call(Method::ConversationsCreate, None, &request).await?;
        whole(made)
    }

    /// What Slack knows of a channel.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `channel_not_found` when there is none or the app may not see it.
    pub async fn channel(&self, id: &str) -> Result<Channel, ApiError> {
        let request = SlackApiConversationsInfoRequest::new(id.into());
        whole(self.call(Method::ConversationsInfo, Some(id), &request).await?)
    }

    /// One page of all channels that the app may see, archived ones too, and where the next page begins.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `invalid_cursor` when the cursor is too old.
    pub async fn channels(&self, cursor: Option<&str>) -> Result<(Vec<Channel>, Option<String>), ApiError> {
        let list = List { types: "public_channel,private_channel", exclude_archived: false, limit: PAGE, cursor };
        let page: Channels = self.call(Method::ConversationsList, None, &list).await?;
        Ok((page.channels, page.response_metadata.next()))
    }

    /// Finds a channel by its name, page by page.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn find_channel(&self, name: &str) -> Result<Option<Channel>, ApiError> {
        let mut cursor = None;
        loop {
            let (channels, next) = self.channels(cursor.as_deref()).await?;
            let found = channels.into_iter().find(|channel| channel.name == name);
            if found.is_some() || next.is_none() {
                return Ok(found);
            }
            cursor = next;
        }
    }

    /// Brings the app into a public channel.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `method_not_supported_for_channel_type` when it is private.
    pub async fn join(&self, id: &str) -> Result<(), ApiError> {
        let request = SlackApiConversationsJoinRequest::new(id.into());
        self.call::<_, Value>(Method::ConversationsJoin, Some(id), &request).await.map(drop)
    }

    /// Brings people into a channel, 100 at most; with more than one, those who cannot be let in do not stop the others.
    ///
    /// # Errors
    /// [`ApiError`] when nobody was let in.
    pub async fn invite(&self, channel: &str, users: &[String]) -> Result<Invited, ApiError> {
        let mut request = json!({ "channel": channel, "users": users.join(",") });
        if users.len() > 1 {
            request["force"] = true.into();
        }
        let answer: Invitation = self.call(Method::ConversationsInvite, Some(channel), &request).await?;
        Ok(Invited { left_out: answer.errors.into_iter().map(|error| (error.user, error.error)).collect() })
    }

    /// Archives a channel.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `already_archived`.
    pub async fn archive(&self, id: &str) -> Result<(), ApiError> {
        let request = SlackApiConversationsArchiveRequest::new(id.into());
        self.call::<_, Value>(Method::ConversationsArchive, Some(id), &request).await.map(drop)
    }

    /// Sets the line above a channel; at most 250 characters, escaped.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn set_topic(&self, id: &str, topic: &str) -> Result<(), ApiError> {
        let request = SlackApiConversationsSetTopicRequest::new(id.into(), topic.to_owned());
        self.call::<_, Value>(Method::ConversationsSetTopic, Some(id), &request).await.map(drop)
    }

    /// Sets what a channel is for; at most 250 characters, escaped.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn set_purpose(&self, id: &str, purpose: &str) -> Result<(), ApiError> {
        let request = SlackApiConversationsSetPurposeRequest::new(id.into(), purpose.to_owned());
        self.call::<_, Value>(Method::ConversationsSetPurpose, Some(id), &request).await.map(drop)
    }

    /// The channel of the app's direct messages with a person.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `user_not_found` or `user_disabled`.
    pub async fn open_dm(&self, user: &str) -> Result<String, ApiError> {
        let opened: OneChannel = self.call(Method::ConversationsOpen, None, &json!({ "users": user })).await?;
        whole(opened).map(|channel| channel.id)
    }
}

/// An answer without the channel's id tells nothing.
fn whole(answer: OneChannel) -> Result<Channel, ApiError> {
    if answer.channel.id.is_empty() { Err(ApiError::Unknown) } else { Ok(answer.channel) }
}
