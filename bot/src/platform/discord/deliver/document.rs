//! Files that stand in a room.

use firebell_core::effect::Reference;

use super::{Step, Turn};
use crate::content::media_type;
use crate::platform::RoomFile;
use crate::platform::discord::api::{NewMessage, Upload};

impl Turn<'_> {
    /// Puts a file in a room, in the message that has had it so far, else in a new one. What it gives is the message's id, with
    /// its address as the name.
    pub(super) async fn document(&self, room: &str, file: &RoomFile, replaces: Option<&str>) -> Step<Reference> {
        let RoomFile { name, title, content } = file;
        let file = Upload { name, content: content.bytes(), media_type: media_type(name) };
        let message = NewMessage::text(title);
        if let Some(id) = replaces
            && self.put_in(room, id, (&message, &file)).await?
        {
            return Ok(self.placed_in(room, id));
        }
        let message = NewMessage { nonce: Some(self.nonce_of(replaces)), ..message };
        let before = if self.again { self.said_before(room, &message, None).await? } else { None };
        // What an earlier attempt put there may be an older version.
        if let Some(id) = before
            && self.put_in(room, &id, (&message, &file)).await?
        {
            return Ok(self.placed_in(room, &id));
        }
        self.in_time()?;
        let posted = self.within(room, || self.api.upload(room, &message, &file)).await;
        let posted = posted.map_err(|error| self.stop_in(room, error))?;
        Ok(self.placed_in(room, &posted.id))
    }

    /// Whether there is such a message, which has this file now, and no other.
    async fn put_in(&self, room: &str, id: &str, (message, file): (&NewMessage, &Upload<'_>)) -> Step<bool> {
        let edited = self.within(room, || self.api.edit_with(room, id, message, file)).await;
        self.is_edited(room, edited)
    }

    fn placed_in(&self, room: &str, id: &str) -> Reference {
        let name = format!("https://discord.com/channels/{}/{room}/{id}", self.settings.guild);
        Reference { external_id: id.to_owned(), name }
    }
}
