//! What is known from one attempt to the next. Without it everything is done as well, only with more calls.

use super::spot::Spot;
use crate::platform::discord::api::Tag;
use crate::platform::shelf::{Complaint, Shelf};

/// Notes of one server.
#[derive(Default)]
pub(in crate::platform::discord) struct Notes {
    /// What rooms are, by room.
    pub(super) spots: Shelf<String, Spot>,
    /// The channels of direct messages, by person.
    pub(super) dms: Shelf<String, String>,
    /// Messages that were posted, by what marks them.
    pub(super) said: Shelf<String, String>,
    /// What marks messages that were posted, by message.
    pub(super) marks: Shelf<String, String>,
    /// The tags of forums, by forum.
    pub(super) tags: Shelf<String, Vec<Tag>>,
    /// Held by whoever changes the tags of a forum: the list is replaced as a whole.
    pub(super) tagging: tokio::sync::Mutex<()>,
    /// How many of a group were brought in, by the effect's key.
    pub(super) brought: Shelf<String, usize>,
    /// Cards that are still to be pinned, by room.
    pub(super) unpinned: Shelf<String, String>,
    /// Rooms that were just made, which have no topic yet.
    pub(super) undescribed: Shelf<String, ()>,
    /// Rooms that were just made, in which no links stand yet.
    pub(super) without_links: Shelf<String, ()>,
    /// Of the bot's token.
    pub(super) complaint: Complaint,
}
