//! What people say, and what they do with what was said.

use serde_json::json;

use crate::support::discord::Fake;
use crate::support::discord::perms::flags::SEND_MESSAGES;
use crate::support::discord::rest::Draft;

/// A file that somebody shares.
pub(crate) struct Shared<'a> {
    pub(crate) name: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) comment: &'a str,
}

impl Fake {
    /// Somebody says something in a channel, thread or direct message; the message's id.
    pub(crate) fn says(&self, user: &str, channel: &str, text: &str) -> String {
        self.writes_draft(user, channel, Draft { content: text.to_owned(), ..Draft::default() })
    }

    /// Somebody writes to the bot; the message's id.
    pub(crate) fn writes(&self, user: &str, text: &str) -> String {
        let dm = self.dm_of(user);
        self.says(user, &dm, text)
    }

    /// The direct message between the bot and somebody, by id.
    pub(crate) fn dm_of(&self, user: &str) -> String {
        self.with(|state| state.dm_of(user))
    }

    /// Somebody answers a message; the message's id.
    pub(crate) fn replies(&self, user: &str, channel: &str, to: &str, text: &str) -> String {
        let reference = Some((channel.to_owned(), Some(to.to_owned())));
        self.writes_draft(user, channel, Draft { content: text.to_owned(), kind: 19, reference, ..Draft::default() })
    }

    /// Somebody shares files; the message's id.
    pub(crate) fn uploads(&self, user: &str, channel: &str, files: &[Shared<'_>]) -> String {
        let attachments = files.iter().map(|file| {
            let about = (file.name, Some(file.content_type.to_owned()), None);
            self.with(|state| state.keep_file(channel, about, file.bytes))
        });
        let attachments = attachments.collect();
        let content = files.first().map(|file| file.comment.to_owned()).unwrap_or_default();
        self.writes_draft(user, channel, Draft { content, attachments, ..Draft::default() })
    }

    fn writes_draft(&self, user: &str, channel: &str, draft: Draft) -> String {
        self.with(|state| {
            let place = &state.channels[channel];
            assert!(state.permissions_in(channel, user) & SEND_MESSAGES != 0, "{user} cannot write in {channel}");
            assert!(!(place.archived() && place.locked()), "{channel} is locked");
            state.post(channel, user, draft).id
        })
    }

    /// Somebody changes what they said.
    pub(crate) fn edits(&self, channel: &str, message: &str, text: &str) {
        self.with(|state| {
            let mut message = state.find_message(channel, message).unwrap();
            text.clone_into(&mut message.content);
            message.edited = Some(state.now);
            message.pinged = state.pings((channel, &message.author), text, &serde_json::Value::Null, None);
            state.replace_message(&message);
        });
    }

    /// A message is deleted, by its author or a moderator.
    pub(crate) fn deletes(&self, channel: &str, message: &str) {
        self.with(|state| {
            state.find_message(channel, message).unwrap();
            state.remove_message(channel, message);
        });
    }

    /// A moderator deletes several messages at once.
    pub(crate) fn deletes_many(&self, channel: &str, messages: &[&str]) {
        self.with(|state| {
            let place = state.channels.get_mut(channel).unwrap();
            let gone: Vec<_> =
                place.messages.extract_if(.., |message| messages.contains(&message.id.as_str())).collect();
            place.gone.extend(gone);
            place.pins.retain(|(id, _)| !messages.contains(&id.as_str()));
            state.tell("MESSAGE_DELETE_BULK", channel, json!({"ids": messages, "channel_id": channel}));
        });
    }

    /// Somebody reacts by an emoji, `👀`, or `name:id` of the guild's own; whether that was new.
    pub(crate) fn reacts(&self, user: &str, channel: &str, message: &str, emoji: &str) -> bool {
        self.with(|state| state.react((channel, message), user, emoji, true))
    }

    pub(crate) fn unreacts(&self, user: &str, channel: &str, message: &str, emoji: &str) -> bool {
        self.with(|state| state.react((channel, message), user, emoji, false))
    }

    /// A moderator takes all reactions away.
    pub(crate) fn clears_reactions(&self, channel: &str, message: &str) {
        self.with(|state| {
            state.change_message(channel, message, |message| message.reactions.clear());
            state.tell("MESSAGE_REACTION_REMOVE_ALL", channel, json!({"channel_id": channel, "message_id": message}));
        });
    }

    /// Somebody pins a message; what Discord says where it refuses.
    pub(crate) fn pins(&self, user: &str, channel: &str, message: &str) -> Result<(), String> {
        self.with(|state| state.pin((channel, message), user, true)).map_err(|refusal| refusal.message)
    }

    pub(crate) fn unpins(&self, user: &str, channel: &str, message: &str) -> Result<(), String> {
        self.with(|state| state.pin((channel, message), user, false)).map_err(|refusal| refusal.message)
    }
}
