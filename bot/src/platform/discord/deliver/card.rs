//! The card of a room.

use firebell_core::control::Control;
use firebell_core::effect::Reference;
use serde_json::Value;

use super::spot::Spot;
use super::{Step, Turn};
use crate::platform::discord::api::{ApiError, Mentions, NewMessage, code};
use crate::platform::discord::{components, text};

impl Turn<'_> {
    /// Shows the newest card: in the place of the one before; in a new post in that of its first message; else as a new
    /// message. Either is pinned.
    pub(super) async fn card(
        &self,
        room: &str,
        (text, controls): (&str, &[Control]),
        replaces: Option<&str>,
    ) -> Step<Reference> {
        let components = components::rows(controls);
        let content = text::message(text);
        let message = NewMessage { content, components, mentions: Mentions::default(), nonce: None, answers: None };
        if let Some(id) = replaces
            && self.edit(room, id, &message).await?
        {
            if self.notes.unpinned.take(room).is_some_and(|unpinned| unpinned == id) {
                self.pin_card(room, id).await;
            }
            return Ok(shown(id));
        }
        if replaces != Some(room)
            && self.spot(room).await? == (Spot::Post { ours: true })
            && self.edit(room, room, &message).await?
        {
            self.pin_card(room, room).await;
            return Ok(shown(room));
        }
        let message = NewMessage { nonce: Some(self.nonce_of(replaces)), ..message };
        let id = self.say_one(room, &message, last_button(&message).as_deref()).await?;
        // What an earlier attempt said may be an older version.
        if self.again {
            self.edit(room, &id, &message).await?;
        }
        self.pin_card(room, &id).await;
        Ok(shown(&id))
    }

    /// A card that cannot be pinned is a card nevertheless; it is tried again with the next version.
    async fn pin_card(&self, room: &str, id: &str) {
        let later = || self.notes.unpinned.put(room.to_owned(), id.to_owned());
        if !self.has_time() {
            return later();
        }
        if let Err(error) = self.pin(room, id).await {
            tracing::warn!(room, %error, "the card is not pinned");
            if error.code().is_none() {
                later();
            }
        }
    }

    /// Pins; where there are too many pins the bot's own oldest one makes room.
    async fn pin(&self, room: &str, id: &str) -> Result<(), ApiError> {
        let pinned = self.within(room, || self.api.pin(room, id)).await;
        let Err(error) = pinned else { return Ok(()) };
        if !error.is(&[code::MAX_PINS]) || !self.has_time() {
            return Err(error);
        }
        let me = &self.api.me().await?.id;
        let (pins, _) = self.api.pins(room, None).await?;
        let ours = |message: &Value| message["author"]["id"] == me.as_str() && message["id"] != id;
        let oldest = pins.iter().rev().map(|pin| &pin.message).find(|message| ours(message));
        let Some(oldest) = oldest.and_then(|message| message["id"].as_str()) else { return Err(error) };
        self.api.unpin(room, oldest).await?;
        self.api.pin(room, id).await
    }
}

/// The last button of a card, which every version of it has.
fn last_button(message: &NewMessage) -> Option<String> {
    let buttons = message.components.as_array()?.last()?.get("components")?.as_array()?.last()?;
    buttons["custom_id"].as_str().map(str::to_owned)
}

fn shown(id: &str) -> Reference {
    Reference { external_id: id.to_owned(), name: String::new() }
}
