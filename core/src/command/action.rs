//! What people and trackers want done with follow-ups.

use chrono::{DateTime, Utc};

use crate::action::{ActionKind, Priority, Ticket};
use crate::ids::{ActionId, CauseId, Key};

/// A request to change a follow-up that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionCommand {
    Edit {
        action: ActionId,
        edit: ActionEdit,
    },
    Reopen {
        action: ActionId,
    },
    /// A tracker is to keep it, or to be brought up to date; without a name the one that keeps it, else the only one.
    Ticket {
        action: ActionId,
        tracker: Option<String>,
    },
    /// A tracker keeps it now.
    Ticketed {
        action: ActionId,
        ticket: Ticket,
    },
    TicketFailed {
        action: ActionId,
        tracker: Key,
        reason: String,
    },
    /// In a tracker somebody closed its ticket, or opened it again.
    Synced {
        action: ActionId,
        done: bool,
    },
}

/// What a follow-up is for, as far as somebody said so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActionTraits {
    pub kind: Option<ActionKind>,
    pub priority: Option<Priority>,
    /// The cause that it is to take away.
    pub cause: Option<CauseId>,
}

/// How a follow-up is to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionEdit {
    pub text: Option<String>,
    /// By handle.
    pub owner: Edit<String>,
    pub due: Edit<DateTime<Utc>>,
    pub kind: Edit<ActionKind>,
    pub priority: Edit<Priority>,
    pub cause: Edit<CauseId>,
}

/// What becomes of a value that may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edit<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Edit<T> {
    /// The value after it.
    pub fn of(self, held: Option<T>) -> Option<T> {
        match self {
            Self::Keep => held,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The same of a value that is found out from this one.
    ///
    /// # Errors
    /// That of `find`.
    pub fn try_map<U, E>(self, find: impl FnOnce(T) -> Result<U, E>) -> Result<Edit<U>, E> {
        Ok(match self {
            Self::Keep => Edit::Keep,
            Self::Clear => Edit::Clear,
            Self::Set(value) => Edit::Set(find(value)?),
        })
    }
}

/// Which follow-ups of all incidents are listed: those that are still to be done, and of these whatever fits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Promised {
    /// Those of whoever asks alone.
    pub mine: bool,
    /// Those alone that should be done by now.
    pub overdue: bool,
    /// Those of the incidents of one team.
    pub team: Option<String>,
}
