//! Messages: posted, edited, deleted, found; and direct messages.

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};
use serde_json::{Value, json};

use super::{Api, ApiError, Ask, Call, Channel, code};
use crate::platform::lenient::answer;

/// Previews of what links lead to would push the message out of sight (`SUPPRESS_EMBEDS`,
/// <https://discord.com/developers/docs/resources/message#message-object-message-flags>).
const WITHOUT_PREVIEWS: u64 = 1 << 2;

/// A message to be posted, or what one is to become.
#[derive(Debug, Clone, Default)]
pub struct NewMessage {
    /// At most 2,000 characters, ready for Discord.
    pub content: String,
    /// Rows of components, as Discord takes them; null for none.
    pub components: Value,
    /// Whom it calls, which nobody is when it is not said.
    pub mentions: Mentions,
    /// Of at most 25 characters: what is posted twice under one within some minutes is posted once.
    pub nonce: Option<String>,
    /// The message that it answers.
    pub answers: Option<String>,
}

/// Who is called by a message, of those whom its text names. All others are not, whatever the text says.
///
/// Source: <https://discord.com/developers/docs/resources/message#allowed-mentions-object>.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Mentions {
    /// Always empty: nobody is called by a kind.
    parse: [String; 0],
    pub users: Vec<String>,
    pub roles: Vec<String>,
    replied_user: bool,
}

answer! {
    /// Where a message was posted.
    pub struct Posted {
        pub id: String,
        pub channel_id: String,
        pub author: Author,
        pub content: String,
        /// A number or a text; only what was posted lately has one.
        pub nonce: Value,
        pub components: Value,
        pub pinned: bool,
    }
}

answer! {
    /// Who wrote a message.
    pub struct Author {
        pub id: String,
    }
}

/// Which messages of a channel are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around<'a> {
    Newest,
    Before(&'a str),
    After(&'a str),
    /// This one, and some before and after.
    Around(&'a str),
}

impl Mentions {
    /// A person alone.
    pub fn person(user: &str) -> Self {
        Self { users: vec![user.to_owned()], ..Self::default() }
    }

    /// Some roles alone.
    pub fn roles(roles: &[String]) -> Self {
        Self { roles: roles.to_vec(), ..Self::default() }
    }
}

impl NewMessage {
    /// A text that calls nobody.
    pub fn text(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// What an edit has of it.
    pub(super) fn edit(&self) -> Value {
        json!({
            "content": self.content, "components": rows(&self.components), "allowed_mentions": self.mentions,
            "flags": WITHOUT_PREVIEWS,
        })
    }
}

/// As it is posted; an edit is a part of that.
impl Serialize for NewMessage {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("NewMessage", 7)?;
        fields.serialize_field("content", &self.content)?;
        fields.serialize_field("components", rows(&self.components))?;
        fields.serialize_field("allowed_mentions", &self.mentions)?;
        fields.serialize_field("flags", &WITHOUT_PREVIEWS)?;
        if let Some(nonce) = &self.nonce {
            fields.serialize_field("nonce", nonce)?;
            fields.serialize_field("enforce_nonce", &true)?;
        }
        if let Some(message) = &self.answers {
            let answered = json!({ "message_id": message, "fail_if_not_exists": false });
            fields.serialize_field("message_reference", &answered)?;
        }
        fields.end()
    }
}

/// An edit without rows takes away those that are there.
fn rows(components: &Value) -> &Value {
    static NONE: Value = Value::Array(Vec::new());
    if components.is_null() { &NONE } else { components }
}

impl Api {
    /// Posts a message.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`ARCHIVED`](code::ARCHIVED) in an archived thread that is locked, and with
    /// [`CANNOT_TELL`](code::CANNOT_TELL) where somebody takes no direct messages.
    pub async fn post(&self, channel: &str, message: &NewMessage) -> Result<Posted, ApiError> {
        let posted: Posted = self.call(Call::CreateMessage, Ask::at(&[channel]).json(message)).await?;
        if posted.id.is_empty() { Err(ApiError::Unknown) } else { Ok(posted) }
    }

    /// Edits a message of the bot's in place: text, components, and whom it names. Nobody is called by an edit.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`UNKNOWN_MESSAGE`](code::UNKNOWN_MESSAGE).
    pub async fn edit(&self, channel: &str, id: &str, message: &NewMessage) -> Result<(), ApiError> {
        self.done(Call::EditMessage, Ask::at(&[channel, id]).json(&message.edit())).await
    }

    /// Deletes a message.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn delete_message(&self, channel: &str, id: &str) -> Result<(), ApiError> {
        self.done(Call::DeleteMessage, Ask::at(&[channel, id])).await
    }

    /// One message as Discord tells it; `None` where there is none.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn message(&self, channel: &str, id: &str) -> Result<Option<Value>, ApiError> {
        match self.call(Call::Message, Ask::at(&[channel, id])).await {
            Ok(message) => Ok(Some(message)),
            Err(error) if error.is(&[code::UNKNOWN_MESSAGE]) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// At most 100 messages of a channel or thread as Discord tells them, in the order in which it does: newest first.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn messages(&self, channel: &str, which: Around<'_>, limit: u8) -> Result<Vec<Value>, ApiError> {
        let ask = Ask::at(&[channel]).query("limit", Some(limit.clamp(1, 100)));
        let ask = match which {
            Around::Newest => ask,
            Around::Before(id) => ask.query("before", Some(id)),
            Around::After(id) => ask.query("after", Some(id)),
            Around::Around(id) => ask.query("around", Some(id)),
        };
        self.call(Call::Messages, ask).await
    }

    /// The channel of the bot's direct messages with a person.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`UNKNOWN_USER`](code::UNKNOWN_USER).
    pub async fn open_dm(&self, user: &str) -> Result<String, ApiError> {
        let opened: Channel = self.call(Call::OpenDm, Ask::at(&[]).json(&json!({ "recipient_id": user }))).await?;
        if opened.id.is_empty() { Err(ApiError::Unknown) } else { Ok(opened.id) }
    }
}
