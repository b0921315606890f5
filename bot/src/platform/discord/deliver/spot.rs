//! What a room is: that does not change, and is asked for once.

use super::{Step, Turn};
use crate::platform::discord::api::{ApiError, Channel, Overwrite, Permissions, kind};

/// What a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// A channel; `hidden` where only those see it who were let in.
    Channel { hidden: bool },
    /// A post in the forum of rooms; `ours` where its first message, which has the post's id, is the bot's.
    Post { ours: bool },
    /// Any other thread.
    Thread,
}

impl Spot {
    pub(super) fn is_thread(self) -> bool {
        !matches!(self, Self::Channel { .. })
    }
}

impl Turn<'_> {
    /// What a room is.
    pub(super) async fn spot(&self, room: &str) -> Step<Spot> {
        if let Some(spot) = self.notes.spots.get(room) {
            return Ok(spot);
        }
        let me = self.api.me().await.map_err(|error| self.stop(error))?.id.clone();
        let channel = self.api.channel(room).await.map_err(|error| self.stop_in(room, error))?;
        Ok(self.note_spot(&channel, &me))
    }

    pub(super) fn note_spot(&self, channel: &Channel, me: &str) -> Spot {
        let is_post = channel.kind == kind::PUBLIC_THREAD && self.settings.forum() == Some(&channel.parent_id);
        let spot = match channel.is_thread() {
            true if is_post => Spot::Post { ours: channel.owner_id == me },
            true => Spot::Thread,
            false => Spot::Channel { hidden: is_hidden(&channel.permission_overwrites, &self.settings.guild) },
        };
        self.notes.spots.put(channel.id.clone(), spot);
        spot
    }

    /// Makes a call in a room. Discord takes nothing in a thread that it has hidden, so that is undone; one that was closed
    /// is closed again.
    pub(super) async fn within<T, F>(&self, room: &str, call: impl Fn() -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        use crate::platform::discord::api::code;
        match call().await {
            Err(error) if error.is(&[code::ARCHIVED, code::LOCKED]) && self.has_time() => {
                let was_locked = self.wake(room).await?;
                let result = call().await;
                if was_locked && let Err(error) = self.api.archive_thread(room).await {
                    tracing::warn!(room, %error, "a closed thread stays open to which something was added");
                }
                result
            }
            other => other,
        }
    }

    /// Brings a thread back; whether it was locked.
    async fn wake(&self, thread: &str) -> Result<bool, ApiError> {
        let was_locked = self.api.channel(thread).await?.thread_metadata.locked;
        let open = serde_json::json!({ "archived": false, "locked": false });
        self.api.modify_thread(thread, &open).await?;
        Ok(was_locked)
    }
}

/// Whether the role that everybody has does not see it.
pub(super) fn is_hidden(overwrites: &[Overwrite], guild: &str) -> bool {
    let everybody = overwrites.iter().find(|overwrite| overwrite.id == guild);
    everybody.is_some_and(|held| Permissions::read(&held.deny).contains(Permissions::VIEW_CHANNEL))
}
