//! The end of a room.

use firebell_core::effect::Reference;
use serde_json::json;

use super::{Step, Turn};
use crate::platform::discord::api::{ApiError, Channel, Overwrite, Permissions, code};

/// What nobody does any more in a channel that is closed.
const WRITING: Permissions = Permissions::of(&[
    Permissions::SEND_MESSAGES,
    Permissions::SEND_MESSAGES_IN_THREADS,
    Permissions::CREATE_PUBLIC_THREADS,
    Permissions::CREATE_PRIVATE_THREADS,
]);

impl Turn<'_> {
    /// Archives and locks a thread; lets nobody write in a channel. A room that is gone is closed as well.
    pub(super) async fn close_room(&self, room: &str) -> Step<Reference> {
        let closed = async {
            let channel = self.api.channel(room).await?;
            match channel.is_thread() {
                true if channel.thread_metadata.locked && channel.thread_metadata.archived => Ok(()),
                true => self.within(room, || self.api.archive_thread(room)).await,
                false => self.lock(&channel).await,
            }
        };
        match closed.await {
            Err(error) if !error.is(&[code::UNKNOWN_CHANNEL]) => Err(self.stop_in(room, error)),
            _ => Ok(Reference::default()),
        }
    }

    /// One call for all: what a role or person is allowed prevails over what everybody is not.
    async fn lock(&self, channel: &Channel) -> Result<(), ApiError> {
        let me = &self.api.me().await?.id;
        let overwrites = locked(&channel.permission_overwrites, &self.settings.guild, me);
        if overwrites == channel.permission_overwrites {
            return Ok(());
        }
        self.api.modify_channel(&channel.id, &json!({ "permission_overwrites": overwrites })).await
    }
}

/// The overwrites of a channel in which nobody but the bot writes.
fn locked(overwrites: &[Overwrite], guild: &str, me: &str) -> Vec<Overwrite> {
    let mut all = overwrites.to_vec();
    for (id, overwrite) in [
        (guild, Overwrite::of_role(guild, Permissions::NONE, Permissions::NONE)),
        (me, Overwrite::of_member(me, Permissions::NONE, Permissions::NONE)),
    ] {
        if all.iter().all(|held| held.id != id) {
            all.push(overwrite);
        }
    }
    for held in &mut all {
        let (mut allow, mut deny) = (Permissions::read(&held.allow), Permissions::read(&held.deny));
        match held.id.as_str() {
            id if id == me => allow = allow | Permissions::SEND_MESSAGES,
            id if id == guild => {
                allow = allow & !WRITING;
                deny = deny | WRITING;
            }
            _ => allow = allow & !WRITING,
        }
        (held.allow, held.deny) = (allow.0.to_string(), deny.0.to_string());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_but_the_bot_writes_in_a_locked_channel() {
        let view = Permissions::VIEW_CHANNEL;
        let before = [
            Overwrite::of_role("1", Permissions::NONE, view),
            Overwrite::of_member("7", view | Permissions::SEND_MESSAGES, Permissions::NONE),
            Overwrite::of_role("8", Permissions::SEND_MESSAGES_IN_THREADS, Permissions::NONE),
        ];
        let after = locked(&before, "1", "9");
        let expected = [
            Overwrite::of_role("1", Permissions::NONE, view | WRITING),
            Overwrite::of_member("7", view, Permissions::NONE),
            Overwrite::of_role("8", Permissions::NONE, Permissions::NONE),
            Overwrite::of_member("9", Permissions::SEND_MESSAGES, Permissions::NONE),
        ];
        assert_eq!(after, expected);
        assert_eq!(locked(&after, "1", "9"), after, "once more changes nothing");
    }
}
