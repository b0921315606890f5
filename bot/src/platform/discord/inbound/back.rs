//! How whoever asked can be answered.

use crate::platform::discord::commands::Offer;
use crate::platform::hidden::Hidden;

/// Where a request came from, which decides what its acknowledgement can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// A slash command.
    Command,
    /// An entry of a message's menu.
    Menu,
    /// A button.
    Press,
    /// A form that was sent. No form can answer it.
    Submission,
    /// An option of which a person types the beginning.
    Suggestion,
}

/// What an answer needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    pub surface: Surface,
    /// Discord's id of whoever asked.
    pub account: String,
    /// Where they asked.
    pub channel: Option<String>,
    /// The id of the interaction, which tells when it began.
    pub interaction: String,
    pub application: String,
    /// Whoever knows it may answer: within three seconds at first, then for a quarter of an hour.
    pub token: Hidden,
    /// What was typed into a form, which Discord forgets once it is sent.
    pub typed: Vec<(String, String)>,
    /// What is being typed, for which suggestions are wanted.
    pub offer: Option<Offer>,
}
