//! Messages of other rooms.

use firebell_core::effect::Reference;

use super::{Step, Turn};
use crate::platform::attempt::mark;
use crate::platform::discord::api::{NewMessage, code};
use crate::platform::discord::text::message as whole;

impl Turn<'_> {
    /// Shows a message of another room: in the place of what was shown of it before, else as a new one, as an answer to the
    /// one that it answers.
    pub(super) async fn mirror(
        &self,
        room: &str,
        text: &str,
        (replaces, answers): (Option<&str>, Option<&str>),
    ) -> Step<Reference> {
        let message = NewMessage { answers: answers.map(str::to_owned), ..NewMessage::text(whole(text)) };
        if let Some(id) = replaces {
            // Whoever deleted it did not want it there.
            self.edit(room, id, &message).await?;
            return Ok(Reference { external_id: id.to_owned(), name: String::new() });
        }
        let message = NewMessage { nonce: Some(mark(self.key)), ..message };
        let id = self.say_one(room, &message, None).await?;
        Ok(Reference { external_id: id, name: String::new() })
    }

    /// Deletes what was shown of a message. What is gone is as good as deleted.
    pub(super) async fn unmirror(&self, room: &str, copy: &str) -> Step<Reference> {
        match self.within(room, || self.api.delete_message(room, copy)).await {
            Err(error) if !error.is(&[code::UNKNOWN_MESSAGE]) => Err(self.stop_in(room, error)),
            _ => Ok(Reference::default()),
        }
    }
}
