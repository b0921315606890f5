//! What people do. Each act changes the guild, tells the app of it and gives back what the person would see.

mod interact;
mod messages;
mod options;
mod places;

use std::time::Duration;

use serde_json::Value;

use super::interactions::{AUTOCOMPLETE, COMMAND, Interaction, Modal, Shown};
use super::state::Message;

pub(crate) use self::messages::Shared;

/// What became of a command or of something that was pressed.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// Its id; empty where nothing reached the app.
    pub(crate) interaction: String,
    pub(crate) token: String,
    /// What was sent.
    pub(crate) payload: Value,
    /// What was shown first.
    pub(crate) shown: Option<Shown>,
    /// How long that took, in real time.
    pub(crate) after: Option<Duration>,
    /// What Discord shows in the app's place.
    pub(crate) error: Option<String>,
}

impl Outcome {
    fn of(asked: Interaction) -> Self {
        let error = match asked.kind {
            _ if !asked.failed => None,
            COMMAND => Some("The application did not respond"),
            AUTOCOMPLETE => Some("Loading options failed"),
            _ => Some("This interaction failed"),
        };
        Self {
            interaction: asked.id,
            token: asked.token,
            payload: asked.payload,
            shown: asked.shown,
            after: asked.answered,
            error: error.map(str::to_owned),
        }
    }

    /// Nothing reached the app.
    fn refused(error: String) -> Self {
        Self {
            interaction: String::new(),
            token: String::new(),
            payload: Value::Null,
            shown: None,
            after: None,
            error: Some(error),
        }
    }

    /// The message that was shown or changed.
    pub(crate) fn message(&self) -> Option<&Message> {
        match self.shown.as_ref()? {
            Shown::Message(message) | Shown::Thinking(message) | Shown::Updated(message) => Some(message),
            _ => None,
        }
    }

    /// The text of that message, empty where there is none.
    pub(crate) fn text(&self) -> &str {
        self.message().map(|message| message.content.as_str()).unwrap_or_default()
    }

    /// Whether only the person saw that message.
    pub(crate) fn is_ephemeral(&self) -> bool {
        self.message().is_some_and(|message| message.flags & 64 != 0)
    }

    /// Whether the app said that it thinks.
    pub(crate) fn is_thinking(&self) -> bool {
        matches!(self.shown, Some(Shown::Thinking(_)))
    }

    /// The form that opened.
    pub(crate) fn modal(&self) -> Option<&Modal> {
        match self.shown.as_ref()? {
            Shown::Form(modal) => Some(modal),
            _ => None,
        }
    }

    /// What was offered.
    pub(crate) fn choices(&self) -> &[(String, Value)] {
        match &self.shown {
            Some(Shown::Choices(choices)) => choices,
            _ => &[],
        }
    }
}
