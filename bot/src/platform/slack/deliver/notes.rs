//! What is known from one attempt to the next, for as long as this process runs. Without it everything is done as well,
//! only from the start.

use super::room::Saga;
use crate::platform::shelf::{Complaint, Shelf};

/// Notes of one workspace.
#[derive(Default)]
pub(in crate::platform::slack) struct Notes {
    /// How far the making of rooms has come, by the effect's key.
    pub(super) sagas: Shelf<String, Saga>,
    /// How many of a group have been invited, by the effect's key.
    pub(super) invited: Shelf<String, usize>,
    /// Cards that are still to be pinned, by room.
    pub(super) unpinned: Shelf<String, String>,
    /// Rooms that were just made, which have neither topic nor purpose yet, by room.
    pub(super) undescribed: Shelf<String, ()>,
    /// Rooms that were just made, which have no links yet, by room.
    pub(super) without_links: Shelf<String, ()>,
    /// Rooms that were just made, above which nothing leads to their card yet, by room.
    pub(super) unlinked: Shelf<String, ()>,
    /// The cards to which the links above their rooms lead, by room.
    pub(super) linked: Shelf<String, String>,
    /// Of the bot's token.
    pub(super) complaint: Complaint,
}
