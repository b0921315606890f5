//! What Discord's payloads say, whether the gateway told them or a signed request.

mod back;
mod event;
mod interaction;
mod message;
#[cfg(test)]
pub(super) mod tests;

pub use self::back::{Back, Surface};
pub use self::event::{each, event, is_evidence, is_marked};
pub use self::interaction::interaction;
pub use self::message::{permalink, said};
use crate::platform::inlet;

/// A person's request of Discord's.
pub(super) type Request = inlet::Request<Back>;

/// What reading payloads needs to know of a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The guild's id; what is told of others is passed over.
    pub guild: String,
    /// The emoji whose reactions mark a message: as they are written, or by name where they are the guild's own.
    pub reactions: Vec<String>,
    /// Those that make it evidence for the newest cause besides.
    pub evidence: Vec<String>,
    /// The account of Firebell itself: what it does is no news.
    pub bot_user: String,
}

impl Settings {
    /// Whether a reaction with it makes a message evidence.
    fn supports(&self, emoji: &str) -> bool {
        self.evidence.iter().any(|held| held.trim_matches(':') == emoji)
    }

    /// Whether a reaction with the emoji of this name marks a message.
    fn marks(&self, emoji: &str) -> bool {
        self.reactions.iter().any(|held| held.trim_matches(':') == emoji) || self.supports(emoji)
    }
}
