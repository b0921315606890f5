//! A room of each shape is made by one call.

use super::room::{Shape, Wish};
use super::{Step, Turn};
use crate::naming::slug;
use crate::platform::discord::NAME_MAX;
use crate::platform::discord::api::{
    ApiError, Channel, NewChannel, NewMessage, NewThread, Overwrite, Permissions, Tag, code, kind,
};

/// What stands in a post until its card does.
const PLACEHOLDER: &str = "Firebell is setting up this room.";
/// What somebody may do who was let into a hidden channel.
pub(super) const LET_IN: Permissions = Permissions::of(&[
    Permissions::VIEW_CHANNEL,
    Permissions::SEND_MESSAGES,
    Permissions::READ_MESSAGE_HISTORY,
    Permissions::EMBED_LINKS,
    Permissions::ATTACH_FILES,
]);

impl Turn<'_> {
    pub(super) async fn create(&self, shape: Shape<'_>, wish: &Wish<'_>) -> Step<Channel> {
        let me = &self.api.me().await.map_err(|error| self.stop(error))?.id;
        let (place, made) = match shape {
            Shape::Post(forum) => (Some(forum), self.create_post(forum, wish).await),
            Shape::Thread(channel) => (Some(channel), self.api.start_private_thread(channel, wish.name).await),
            Shape::Channel { category, hidden } => (category, self.create_channel((category, hidden), wish, me).await),
        };
        let made = made.map_err(|error| match place {
            Some(place) => self.stop_in(place, error),
            None => self.stop(error),
        })?;
        self.note_spot(&made, me);
        Ok(made)
    }

    /// Its tags are those that are known to be there; what is missing is made when the room is described.
    async fn create_post(&self, forum: &str, wish: &Wish<'_>) -> Result<Channel, ApiError> {
        let tags = if self.settings.tags { self.notes.tags.get(forum).unwrap_or_default() } else { Vec::new() };
        let first = NewMessage::text(PLACEHOLDER);
        let post = async |applied: &[String]| {
            let thread = NewThread { name: wish.name, applied_tags: applied };
            self.api.start_post(forum, &thread, &first).await.map(|made| known(made, forum, &self.settings.guild))
        };
        match post(&super::tags::of_labels(&tags, wish.labels)).await {
            Err(error) if error.is(&[code::TAG_NEEDED]) && self.has_time() => {
                let there = self.api.channel(forum).await?.available_tags;
                let mut wanted = super::tags::of_labels(&there, wish.labels);
                if wanted.is_empty() {
                    wanted.extend(any_tag(&there));
                }
                self.notes.tags.put(forum.to_owned(), there);
                post(&wanted).await
            }
            other => other,
        }
    }

    async fn create_channel(
        &self,
        (category, hidden): (Option<&str>, bool),
        wish: &Wish<'_>,
        me: &str,
    ) -> Result<Channel, ApiError> {
        let name = channel_name(wish.name);
        let guild = &self.settings.guild;
        let only = || {
            vec![
                Overwrite::of_role(guild, Permissions::NONE, Permissions::VIEW_CHANNEL),
                Overwrite::of_member(me, LET_IN, Permissions::NONE),
            ]
        };
        let channel = NewChannel {
            name: &name,
            kind: kind::TEXT,
            topic: Some(wish.name),
            parent_id: category,
            // Those of its category, where it is not hidden.
            permission_overwrites: hidden.then(only),
        };
        self.api.create_channel(guild, &channel).await
    }
}

/// A name as a text channel takes it: small letters, digits and hyphens.
pub(super) fn channel_name(wanted: &str) -> String {
    let name = slug(wanted, NAME_MAX, |c| c.is_alphanumeric() || c == '_');
    if name.chars().any(char::is_alphanumeric) { name } else { "incident".to_owned() }
}

/// What a new post's answer may leave out and is known all the same.
fn known(mut made: Channel, forum: &str, guild: &str) -> Channel {
    if made.parent_id.is_empty() {
        forum.clone_into(&mut made.parent_id);
    }
    if made.guild_id.is_empty() {
        guild.clone_into(&mut made.guild_id);
    }
    made
}

/// A tag for a forum that wants one, where there is none that fits.
fn any_tag(there: &[Tag]) -> Option<String> {
    there.iter().find(|tag| !tag.moderated).or_else(|| there.first()).map(|tag| tag.id.clone())
}
