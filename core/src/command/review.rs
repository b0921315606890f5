//! What people want done with the postmortem, and want to know of it.

use chrono::{DateTime, Utc};

use crate::ids::{CommentId, EntryId, Key, RoomId};

/// A step of the document that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewCommand {
    /// It is to be reviewed: by these people or teams, or by those who are configured.
    Ask {
        reviewers: Vec<String>,
    },
    /// Whoever asks signs it off.
    Sign,
    /// It is to be a draft again.
    Back {
        reason: Option<String>,
    },
    Publish,
    /// A published one is to be a draft again.
    Revise,
    /// Somebody is to see to it that it is written.
    Own {
        owner: String,
    },
    /// By when it is to be done; `None` for no time.
    Due {
        due: Option<DateTime<Utc>>,
    },
    Comment {
        text: String,
        section: Option<Key>,
    },
    /// A comment was seen to.
    Settle {
        comment: CommentId,
    },
    Template {
        template: String,
    },
    /// A published one is to be kept by this target as it stands now; without one by those that hold it.
    Send {
        target: Option<String>,
    },
    /// A target holds it. Firebell's own.
    Sent {
        target: Key,
        /// The room that it is a file in, if it is one.
        room: Option<RoomId>,
        reference: String,
        url: Option<String>,
        /// How many entries the record had that it was made of.
        entries: i64,
    },
    /// A target could not be brought to hold it. Firebell's own.
    NotSent {
        target: Key,
        /// As that of [`ReviewCommand::Sent`].
        room: Option<RoomId>,
        reason: String,
    },
    /// What a section is to say; nothing, if the text is empty.
    Write {
        section: Key,
        text: String,
        /// The entry that said what the writer had before them, `E0` where the section said nothing. Without it whatever stands
        /// there is replaced.
        over: Option<EntryId>,
    },
}

/// What somebody wants to know of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewQuery {
    /// How far it has come, and what is left to be done.
    Status,
    /// What is missing in it, or could be worded better.
    Lint,
    /// A form in which a section can be edited.
    Edit { section: Key },
}
