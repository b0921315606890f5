//! What an earlier attempt may have made.

use chrono::TimeDelta;

use super::make::channel_name;
use super::room::{Shape, Wish};
use super::{Step, Turn};
use crate::platform::discord::api::{ApiError, Channel, kind};
use crate::platform::discord::snowflake;

/// By how much Discord's clock may be behind ours.
const SKEW: TimeDelta = TimeDelta::seconds(60);

impl Turn<'_> {
    /// The oldest room that was made for this wish.
    pub(super) async fn search(&self, shape: Shape<'_>, wish: &Wish<'_>) -> Step<Option<Channel>> {
        self.in_time()?;
        let me = &self.api.me().await.map_err(|error| self.stop(error))?.id;
        let found = self.candidates(shape, wish, me).await.map_err(|error| self.stop(error))?;
        Ok(found.into_iter().min_by_key(|channel| snowflake::order(&channel.id)))
    }

    async fn candidates(&self, shape: Shape<'_>, wish: &Wish<'_>, me: &str) -> Result<Vec<Channel>, ApiError> {
        let guild = &self.settings.guild;
        let is_ours = |channel: &Channel| is_ours(channel, (shape, wish), (me, guild));
        let mut found: Vec<Channel> = match shape {
            Shape::Channel { .. } => self.api.channels(guild).await?,
            Shape::Post(_) | Shape::Thread(_) => self.api.active_threads(guild).await?,
        };
        found.retain(is_ours);
        if found.is_empty() {
            // Somebody may have closed it at once.
            found = match shape {
                Shape::Post(forum) => self.api.archived_threads(forum, None).await?.0,
                Shape::Thread(channel) => self.api.archived_private_threads(channel, None).await?.0,
                Shape::Channel { .. } => Vec::new(),
            };
            found.retain(is_ours);
        }
        Ok(found)
    }
}

/// Whether it was made for this wish: by the bot, as far as Discord says who made it, and not before it was wished.
fn is_ours(channel: &Channel, (shape, wish): (Shape<'_>, &Wish<'_>), (me, guild): (&str, &str)) -> bool {
    let is_new = snowflake::time_of(&channel.id).is_some_and(|made| made >= wish.requested_at - SKEW);
    let fits = match shape {
        Shape::Post(forum) => channel.kind == kind::PUBLIC_THREAD && channel.parent_id == forum,
        Shape::Thread(parent) => channel.kind == kind::PRIVATE_THREAD && channel.parent_id == parent,
        Shape::Channel { category, hidden } => {
            channel.kind == kind::TEXT
                && channel.parent_id == category.unwrap_or_default()
                && (!hidden || super::spot::is_hidden(&channel.permission_overwrites, guild))
        }
    };
    let is_named = match shape {
        Shape::Channel { .. } => channel.name == channel_name(wish.name),
        Shape::Post(_) | Shape::Thread(_) => channel.name == wish.name && channel.owner_id == me,
    };
    is_new && fits && is_named && !channel.thread_metadata.locked
}
