//! Files that stand in a room.

use firebell_core::effect::Reference;

use super::{Step, Turn};
use crate::platform::RoomFile;
use crate::platform::slack::api::{ApiError, Upload};

impl Turn<'_> {
    /// Puts a file in a room and takes away those that stood there of it: Slack lets no file be replaced. So it is whole there
    /// at every moment, and after an attempt without an answer, too, one is left. What it gives is the file's id, with its
    /// address as the name.
    pub(super) async fn document(&self, room: &str, file: &RoomFile, replaces: Option<&str>) -> Step<Reference> {
        let RoomFile { name, title, content } = file;
        let mut before: Vec<String> = replaces.into_iter().map(str::to_owned).collect();
        if self.again {
            let me = self.api.me().await.map_err(|error| self.stop(error))?;
            let held = self.within(room, || self.api.files_by(&me.user, room)).await;
            let held = held.map_err(|error| self.stop(error))?;
            before
                .extend(held.into_iter().filter(|held| held.name == *name && held.title == *title).map(|held| held.id));
            self.end_doubt();
        }
        self.in_time()?;
        let file = Upload { name, title, content: content.bytes(), channel: Some(room), comment: None };
        let uploaded = self.within(room, || self.api.upload(&file)).await.map_err(|error| self.stop(error))?;
        for gone in before.into_iter().filter(|gone| *gone != uploaded.id) {
            if let Err(error) = self.take_away(room, &gone).await {
                // The newest stands there, and is not put there once more for the sake of this one.
                tracing::warn!(%error, file = gone, "an older copy of a document still stands in its room");
            }
        }
        Ok(Reference { external_id: uploaded.id, name: uploaded.permalink })
    }

    /// The message goes first: of one whose file is gone Slack shows that it was deleted.
    async fn take_away(&self, room: &str, file: &str) -> Result<(), ApiError> {
        let gone =
            |error: &ApiError| matches!(error.code(), Some("file_not_found" | "file_deleted" | "message_not_found"));
        let held = match self.api.file_info(file).await {
            Err(error) if gone(&error) => return Ok(()),
            held => held?,
        };
        for share in held.shares.into_values().filter_map(|mut channels| channels.remove(room)).flatten() {
            if let Err(error) = self.api.delete(room, &share.ts).await
                && !gone(&error)
            {
                return Err(error);
            }
        }
        match self.api.delete_file(file).await {
            Err(error) if gone(&error) => Ok(()),
            deleted => deleted,
        }
    }
}
