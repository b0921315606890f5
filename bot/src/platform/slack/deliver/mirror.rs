//! Messages of other rooms.

use firebell_core::effect::Reference;

use super::{Step, Turn};
use crate::platform::slack::blocks;

impl Turn<'_> {
    /// Shows a message of another room: in the place of what was shown of it before, else as a new one, in the thread of
    /// the one that it answers.
    pub(super) async fn mirror(
        &self,
        room: &str,
        text: &str,
        (replaces, answers): (Option<&str>, Option<&str>),
    ) -> Step<Reference> {
        let message = blocks::message(text, &[]);
        if let Some(ts) = replaces {
            // Whoever deleted it did not want it there.
            let update = || self.api.update(room, ts, &message.fallback, &message.blocks);
            let edited = self.within(room, update).await;
            self.pardon(edited, &["message_not_found"])?;
            return Ok(Reference { external_id: ts.to_owned(), name: String::new() });
        }
        let ts = self.say_in_thread((room, answers), &message).await?.ts;
        // What an earlier attempt said may be older words.
        if self.again {
            self.edit(room, &ts, &message).await?;
        }
        Ok(Reference { external_id: ts, name: String::new() })
    }

    /// Deletes what was shown of a message. What is gone is as good as deleted.
    pub(super) async fn unmirror(&self, room: &str, copy: &str) -> Step<Reference> {
        let deleted = self.within(room, || self.api.delete(room, copy)).await;
        self.pardon(deleted, &["message_not_found"])?;
        Ok(Reference::default())
    }
}
