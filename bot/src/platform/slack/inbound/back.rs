//! How whoever asked can be answered.

use std::fmt;

use serde_json::Value;

use super::Hidden;

/// Where a request came from, which decides what its acknowledgement can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// A slash command: the acknowledgement is the answer.
    Command,
    /// A button.
    Press,
    /// A form that was sent: the acknowledgement can say what is wrong in it.
    Submission,
    /// A list of which a person types the beginning.
    Suggestion,
    /// A shortcut, of the workspace or of a message.
    Shortcut,
}

/// What an answer needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    pub surface: Surface,
    /// Slack's id of whoever asked.
    pub account: String,
    /// Where they asked, or what their form was opened from.
    pub channel: Option<String>,
    /// Whoever knows it may post an answer, for half an hour.
    pub response_url: Option<Hidden>,
    /// Whoever knows it may open a form, for three seconds.
    pub trigger: Option<Hidden>,
    /// The form that was sent.
    pub view: Option<View>,
}

/// A form as it came back.
#[derive(Clone, PartialEq)]
pub struct View {
    pub id: String,
    pub metadata: String,
    /// As Slack sent it, with what people typed.
    pub raw: Value,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("id", &self.id).finish_non_exhaustive()
    }
}
