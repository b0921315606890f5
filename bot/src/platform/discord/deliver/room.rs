//! A room is made, or one that is there is used.

use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use firebell_core::effect::{Delivery, Reference};

use super::{Step, Turn};
use crate::platform::Labels;
use crate::platform::discord::api::{Channel, kind};
use crate::platform::discord::{PrivateRooms, Rooms, snowflake};

/// The room that is wanted.
pub(super) struct Wish<'w> {
    pub(super) name: &'w str,
    pub(super) private: bool,
    pub(super) requested_at: DateTime<Utc>,
    pub(super) labels: &'w Labels,
}

/// What it is to be, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape<'s> {
    /// A post in this forum.
    Post(&'s str),
    /// A private thread in this channel.
    Thread(&'s str),
    /// A text channel in this category.
    Channel { category: Option<&'s str>, hidden: bool },
}

impl Turn<'_> {
    /// Uses a channel or thread that is there.
    pub(super) async fn adopt(&self, room: &str) -> Step<Reference> {
        let never = |why: &str| Err(Delivery::Impossible(why.to_owned()));
        let channel = self.api.channel(room).await.map_err(|error| self.stop_in(room, error))?;
        match channel.kind {
            kind::TEXT | kind::ANNOUNCEMENT => {}
            _ if channel.is_thread() => {}
            kind::DM | kind::GROUP_DM => {
                return never("direct messages cannot be an incident's room: use a channel");
            }
            kind::FORUM => return never("a forum cannot be an incident's room: use a post in it"),
            _ => return never("a channel of this kind cannot be an incident's room: use a text channel or a thread"),
        }
        if channel.guild_id != self.settings.guild {
            return never("the channel is in another server than the one that is configured");
        }
        if channel.thread_metadata.locked {
            return never("the thread is locked: unlock it, or choose another");
        }
        let me = &self.api.me().await.map_err(|error| self.stop(error))?.id;
        self.note_spot(&channel, me);
        Ok(made(channel))
    }

    /// Makes a room. An attempt after one that was not answered first looks for what that one made, and, since its work may
    /// also come about late, keeps the older of two.
    pub(super) async fn make_room(&self, wish: &Wish<'_>) -> Step<Reference> {
        let shape = self.shape_of(wish);
        // Discord takes one name twice, so nothing but the search keeps a second room from being made.
        self.in_doubt.store(self.again, Ordering::Relaxed);
        if self.again
            && let Some(ours) = self.search(shape, wish).await?
        {
            return self.found(ours).await;
        }
        self.in_time()?;
        self.end_doubt();
        let new = self.create(shape, wish).await?;
        if self.again {
            self.in_doubt.store(true, Ordering::Relaxed);
            if let Some(older) = self.search(shape, wish).await?.filter(|older| is_older(older, &new)) {
                tracing::warn!(room = older.id, "a room of an earlier attempt came about late; the second is deleted");
                if let Err(error) = self.api.delete_channel(&new.id).await {
                    tracing::warn!(room = new.id, %error, "the second room could not be deleted; delete it by hand");
                }
                return self.found(older).await;
            }
        }
        self.notes.undescribed.put(new.id.clone(), ());
        self.notes.without_links.put(new.id.clone(), ());
        Ok(made(new))
    }

    async fn found(&self, channel: Channel) -> Step<Reference> {
        let me = &self.api.me().await.map_err(|error| self.stop(error))?.id;
        self.note_spot(&channel, me);
        Ok(made(channel))
    }

    fn shape_of(&self, wish: &Wish<'_>) -> Shape<'_> {
        if wish.private {
            return match &self.settings.private_rooms {
                PrivateRooms::Threads(channel) => Shape::Thread(channel),
                PrivateRooms::Channels { category } => Shape::Channel { category: category.as_deref(), hidden: true },
            };
        }
        match &self.settings.rooms {
            Rooms::Forum(forum) => Shape::Post(forum),
            Rooms::Channels { category } => Shape::Channel { category: category.as_deref(), hidden: false },
        }
    }
}

fn is_older(one: &Channel, other: &Channel) -> bool {
    snowflake::order(&one.id) < snowflake::order(&other.id)
}

fn made(channel: Channel) -> Reference {
    Reference { external_id: channel.id, name: channel.name }
}
