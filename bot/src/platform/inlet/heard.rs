//! What an event says before the platform was asked for the rest of it.

use chrono::{DateTime, Utc};

use crate::platform::incoming::{Happening, Said};

/// What stands in the record where the platform would not show the message.
pub const UNREAD: &str = "[the message could not be read]";

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The platform's id of it, the same when it is sent again.
    pub id: String,
    /// What is heard in order: the channel, or the person where there is none.
    pub lane: String,
    pub what: What,
}

/// What an event says, as far as it tells it itself. Texts are still as the platform writes them, and rooms are the
/// channels that were named: whether one is a thread of a room is found out later.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    Happening(Happening),
    /// A mark on a message that the event does not tell.
    Mark(Mark),
}

/// A mark of which only the message's id is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub room: String,
    pub message: String,
    pub author: Option<String>,
    pub by: String,
    pub means: String,
    /// It is to support a cause, too.
    pub supports: bool,
}

impl Mark {
    /// What happened, with the message if it could be read, and else with the instant at which its id says that it was
    /// sent; an id that is none is no mark to begin with.
    pub fn on(&self, message: Option<Said>, sent_at: Option<DateTime<Utc>>) -> Happening {
        let message = message.unwrap_or_else(|| Said {
            id: self.message.clone(),
            author: self.author.clone().unwrap_or_default(),
            sent_at: sent_at.unwrap_or_default(),
            text: UNREAD.to_owned(),
            parent: None,
            files: Vec::new(),
        });
        let Self { room, by, means, supports, .. } = self.clone();
        Happening::Marked { room, message, by, means, supports }
    }
}

impl From<Happening> for What {
    fn from(happening: Happening) -> Self {
        Self::Happening(happening)
    }
}
