//! What somebody wants done with the analysis of an incident.

use super::Quote;
use crate::ids::{CauseId, EntryId, MessageId};
use crate::rca::{CauseRole, Edge, Verdict};

/// The word that stands for no category where a cause has one.
pub const NO_CATEGORY: &str = "none";

/// A step of the analysis, as somebody asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CauseCommand {
    /// The next answer of a chain of whys.
    Why {
        text: String,
        /// Below which it hangs; without it below the last of the chain, else below the trigger.
        of: Option<CauseId>,
    },
    /// Any other cause.
    Add {
        role: CauseRole,
        text: String,
        category: Option<String>,
        /// What led to it.
        because: Option<CauseId>,
    },
    /// It reads otherwise from here on; what is absent stays as it is.
    Edit {
        cause: CauseId,
        text: Option<String>,
        role: Option<CauseRole>,
        /// [`NO_CATEGORY`] takes it away.
        category: Option<String>,
    },
    /// One cause led to another, or did not after all.
    Link {
        edge: Edge,
        remove: bool,
    },
    Judge {
        cause: CauseId,
        verdict: Verdict,
    },
    /// Something supports a cause; without one the newest that was not ruled out, and where there is none, a message is only
    /// marked.
    Support {
        cause: Option<CauseId>,
        by: Support,
    },
    /// It does not support it after all; without a cause, none of them.
    Withdraw {
        cause: Option<CauseId>,
        by: Support,
    },
}

/// What can support a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Support {
    Entry(EntryId),
    /// A captured message, which is marked first if it is not.
    Message(MessageId),
    /// An address, which is recorded first.
    Link {
        url: String,
        title: Option<String>,
    },
    /// Words that were said where the incident has no room, which are recorded first.
    Quote(Quote),
}

impl CauseCommand {
    /// The captured message that it is about.
    pub fn message(&self) -> Option<MessageId> {
        match self {
            Self::Support { by: Support::Message(message), .. } => Some(*message),
            _ => None,
        }
    }

    /// Whether it looks back at the entries.
    pub fn needs_history(&self) -> bool {
        match self {
            Self::Support { by, .. } | Self::Withdraw { by, .. } => {
                matches!(by, Support::Entry(_) | Support::Message(_))
            }
            _ => false,
        }
    }
}
