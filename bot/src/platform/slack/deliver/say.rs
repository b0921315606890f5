//! What people read: in rooms, in channels, and by themselves.

use std::collections::BTreeMap;

use firebell_core::control::Control;
use firebell_core::effect::Reference;
use serde_json::Value;

use super::{Step, Turn, fail};
use crate::platform::Account;
use crate::platform::attempt::mark;
use crate::platform::slack::api::{ApiError, Identity, Metadata, Post, Posted, Range};
use crate::platform::slack::blocks::{self, Message};

/// What marks the app's messages for programs.
const EVENT_TYPE: &str = "firebell";
/// How many messages are looked through for one that may have been posted; they cost one call.
const LOOKED_THROUGH: u16 = 100;

/// Codes that say that there is no such thread.
const NO_THREAD: &[&str] = &["thread_not_found", "message_not_found", "cannot_reply_to_message"];

/// Codes that say that a message can no longer be edited, so that a new one has to say it.
const PAST_EDITING: &[&str] = &["message_not_found", "edit_window_closed", "cant_update_message"];

impl Turn<'_> {
    pub(super) async fn post(&self, room: &str, text: &str, controls: &[Control]) -> Step<Reference> {
        let posted = self.say_in(room, &blocks::message(text, controls)).await?;
        Ok(Reference { external_id: posted.ts, name: String::new() })
    }

    /// Shows the newest card: in the place of the one before, else as a new message that is pinned. A link above the room
    /// leads to it.
    pub(super) async fn card(
        &self,
        room: &str,
        (text, controls): (&str, &[Control]),
        replaces: Option<&str>,
    ) -> Step<Reference> {
        let message = blocks::message(text, controls);
        let (ts, is_unpinned) = match replaces {
            Some(ts) if self.edit(room, ts, &message).await? => {
                (ts.to_owned(), self.notes.unpinned.take(room).is_some_and(|unpinned| unpinned == ts))
            }
            _ => {
                let ts = self.say_in(room, &message).await?.ts;
                // What an earlier attempt said may be an older version.
                if self.again {
                    self.edit(room, &ts, &message).await?;
                }
                (ts, true)
            }
        };
        let pin = async {
            if is_unpinned {
                self.pin(room, &ts).await;
            }
        };
        futures_util::future::join(pin, self.link_card(room, &ts)).await;
        Ok(Reference { external_id: ts, name: String::new() })
    }

    pub(super) async fn announce(&self, channel: &str, text: &str, replaces: Option<&str>) -> Step<Reference> {
        let message = blocks::message(text, &[]);
        if let Some((at, ts)) = replaces.and_then(|reference| reference.rsplit_once(':'))
            && self.edit(at, ts, &message).await?
        {
            return Ok(placed(at, ts));
        }
        let posted = self.say_in(channel, &message).await?;
        Ok(placed(&posted.channel, &posted.ts))
    }

    /// Writes to a person.
    pub(super) async fn tell(&self, account: &Account, text: &str, controls: &[Control]) -> Step<Reference> {
        let user = self.account(account).await?;
        if let Some(said) = self.told_before(&user).await? {
            return Ok(placed(&said.channel, &said.ts));
        }
        // Slack opens the direct message by itself, which spares a call.
        match self.send((&user, None), &blocks::message(text, controls)).await? {
            Ok(posted) => Ok(placed(&posted.channel, &posted.ts)),
            // A person who is not there is a channel that is not there, to Slack.
            Err(error) if error.code() == Some("channel_not_found") => {
                Err(self.stop(ApiError::refused("user_not_found")))
            }
            Err(error) => Err(self.stop(error)),
        }
    }

    /// Says in the notice itself that it is over, which rings nobody; a new message where it was not delivered.
    pub(super) async fn withdraw(&self, account: &Account, text: &str, notice: Option<&str>) -> Step<Reference> {
        if let Some((channel, ts)) = notice.and_then(|reference| reference.rsplit_once(':'))
            && self.edit(channel, ts, &blocks::message(text, &[])).await?
        {
            return Ok(placed(channel, ts));
        }
        self.tell(account, text, &[]).await
    }

    /// Posts in a channel, unless an earlier attempt did.
    async fn say_in(&self, channel: &str, message: &Message) -> Step<Posted> {
        self.say_in_thread((channel, None), message).await
    }

    /// Posts in a channel, in the thread of a message where there is one, unless an earlier attempt did.
    pub(super) async fn say_in_thread(
        &self,
        (channel, thread): (&str, Option<&str>),
        message: &Message,
    ) -> Step<Posted> {
        if let Some(said) = self.said_before((channel, thread)).await? {
            return Ok(said);
        }
        match self.send((channel, thread), message).await? {
            // Where the thread is gone, it is said nevertheless.
            Err(error) if thread.is_some() && error.code().is_some_and(|code| NO_THREAD.contains(&code)) => {
                self.send((channel, None), message).await?.map_err(|error| self.stop(error))
            }
            posted => posted.map_err(|error| self.stop(error)),
        }
    }

    async fn send(&self, (to, thread): (&str, Option<&str>), message: &Message) -> Step<Result<Posted, ApiError>> {
        self.in_time()?;
        let mut post = Post::new(to, &message.fallback, &message.blocks);
        post.thread_ts = thread;
        post.metadata =
            Some(Metadata { event_type: EVENT_TYPE, event_payload: BTreeMap::from([("key", mark(self.key))]) });
        Ok(self.within(to, || self.api.post(&post)).await)
    }

    async fn told_before(&self, user: &str) -> Step<Option<Posted>> {
        if !self.again {
            return Ok(None);
        }
        match self.api.open_dm(user).await {
            Ok(dm) => self.said_before((&dm, None)).await,
            Err(error) => self.unseen(error).map(|()| None),
        }
    }

    /// The message that an earlier attempt posted, by its mark.
    async fn said_before(&self, (channel, thread): (&str, Option<&str>)) -> Step<Option<Posted>> {
        if !self.again {
            return Ok(None);
        }
        let newest = Range { limit: LOOKED_THROUGH, ..Range::default() };
        let read = async || match thread {
            Some(thread) => self.api.replies(channel, thread, newest.clone()).await,
            None => self.api.history(channel, newest.clone()).await,
        };
        let page = match self.within(channel, read).await {
            Ok(page) => page,
            Err(error) => return self.unseen(error).map(|()| None),
        };
        let mark = mark(self.key);
        let marked = page.messages.iter().filter(|message| {
            let metadata = &message["metadata"];
            metadata["event_type"] == EVENT_TYPE && metadata["event_payload"]["key"] == mark.as_str()
        });
        let mut said = None;
        for message in marked {
            let me = self.api.me().await.map_err(|error| self.stop(error))?;
            if is_by(message, me) {
                said = message["ts"].as_str();
                break;
            }
        }
        self.end_doubt();
        Ok(said.map(|ts| Posted { channel: channel.to_owned(), ts: ts.to_owned() }))
    }

    /// Where the channel may not be read, it is rather said a second time than never.
    fn unseen(&self, error: ApiError) -> Step<()> {
        if error.code().is_none_or(fail::is_of_token) {
            return Err(self.stop(error));
        }
        tracing::debug!(%error, "whether it was said before cannot be seen; it is said");
        self.end_doubt();
        Ok(())
    }

    /// Whether the message could be edited.
    pub(super) async fn edit(&self, channel: &str, ts: &str, message: &Message) -> Step<bool> {
        let update = || self.api.update(channel, ts, &message.fallback, &message.blocks);
        match self.within(channel, update).await {
            Ok(()) => Ok(true),
            Err(error) if error.code().is_some_and(|code| PAST_EDITING.contains(&code)) => Ok(false),
            Err(error) => Err(self.stop(error)),
        }
    }

    /// A card that cannot be pinned is a card nevertheless; it is tried again with the next version.
    async fn pin(&self, room: &str, ts: &str) {
        let later = || self.notes.unpinned.put(room.to_owned(), ts.to_owned());
        if !self.has_time() {
            return later();
        }
        match self.within(room, || self.api.pins_add(room, ts)).await {
            Ok(()) => {}
            Err(error) if error.code() == Some("already_pinned") => {}
            Err(error) => {
                tracing::warn!(room, %error, "the card is not pinned");
                if error.code().is_none() {
                    later();
                }
            }
        }
    }
}

/// Whether a message is the app's own: another Firebell in the workspace may have the same keys.
fn is_by(message: &Value, me: &Identity) -> bool {
    let by_bot = || me.bot.as_deref().is_some_and(|bot| message["bot_id"] == bot);
    message["user"] == me.user.as_str() || by_bot()
}

fn placed(channel: &str, ts: &str) -> Reference {
    Reference { external_id: format!("{channel}:{ts}"), name: String::new() }
}
