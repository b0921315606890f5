//! Pins and reactions.

use serde_json::Value;

use super::guild::User;
use super::{Api, ApiError, Ask, Call};
use crate::platform::lenient::answer;

/// How many pins one call asks for, which is the most that Discord gives.
const PAGE: u8 = 50;

answer! {
    /// A message that is pinned.
    pub struct Pinned {
        pub pinned_at: String,
        /// As Discord tells it.
        pub message: Value,
    }
}

answer! {
    struct Pins {
        items: Vec<Pinned>,
        has_more: bool,
    }
}

impl Api {
    /// One page of a channel's pins, those pinned last first, and whether there are more. `before` is the `pinned_at` at which
    /// the page begins.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn pins(&self, channel: &str, before: Option<&str>) -> Result<(Vec<Pinned>, bool), ApiError> {
        let ask = Ask::at(&[channel]).query("limit", Some(PAGE)).query("before", before.map(str::to_owned));
        let found: Pins = self.call(Call::Pins, ask).await?;
        Ok((found.items, found.has_more))
    }

    /// Pins a message; one that is pinned already stays so.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`MAX_PINS`](super::code::MAX_PINS).
    pub async fn pin(&self, channel: &str, message: &str) -> Result<(), ApiError> {
        self.done(Call::Pin, Ask::at(&[channel, message])).await
    }

    /// Takes a pin off.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn unpin(&self, channel: &str, message: &str) -> Result<(), ApiError> {
        self.done(Call::Unpin, Ask::at(&[channel, message])).await
    }

    /// Reacts to a message. An emoji is its character, or `name:id` for one of a server's own.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn react(&self, channel: &str, message: &str, emoji: &str) -> Result<(), ApiError> {
        self.done(Call::React, Ask::at(&[channel, message, emoji])).await
    }

    /// Takes the bot's reaction off.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn unreact(&self, channel: &str, message: &str, emoji: &str) -> Result<(), ApiError> {
        self.done(Call::Unreact, Ask::at(&[channel, message, emoji])).await
    }

    /// The ids of at most 100 people who reacted with an emoji.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn reactors(&self, channel: &str, message: &str, emoji: &str) -> Result<Vec<String>, ApiError> {
        let ask = Ask::at(&[channel, message, emoji]).query("limit", Some(100));
        let users: Vec<User> = self.call(Call::Reactors, ask).await?;
        Ok(users.into_iter().map(|user| user.id).collect())
    }
}
