//! Answers to interactions: by the interaction's own token, which is good for 15 minutes.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::{Api, ApiError, Ask, Call, Upload, files};

/// Discord waits for 3 s after it told of the interaction.
const RESPOND_TIME: Duration = Duration::from_secs(2);

/// An interaction, by what its answers need. Whoever knows the token can answer in the bot's name, so `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Interaction {
    pub id: String,
    pub application: String,
    pub token: String,
}

impl fmt::Debug for Interaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interaction({})", self.id)
    }
}

impl Api {
    /// Gives the first answer: `{"type": ..., "data": ...}`.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`UNKNOWN_INTERACTION`](super::code::UNKNOWN_INTERACTION) when it is too late, and with
    /// [`ALREADY_ANSWERED`](super::code::ALREADY_ANSWERED).
    pub async fn respond(&self, to: &Interaction, response: &Value) -> Result<(), ApiError> {
        let at = [to.id.as_str(), to.token.as_str()];
        let ask = Ask { time: Some(RESPOND_TIME), ..Ask::at(&at) };
        self.done(Call::Respond, ask.json(response)).await
    }

    /// Puts words in the place of the first answer, deferred or not.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`UNKNOWN_WEBHOOK`](super::code::UNKNOWN_WEBHOOK) when the token is too old.
    pub async fn edit_response(&self, to: &Interaction, message: &Value) -> Result<(), ApiError> {
        self.done(Call::EditResponse, Ask::at(&[&to.application, &to.token]).json(message)).await
    }

    /// Takes the first answer away.
    ///
    /// # Errors
    /// As of [`Api::edit_response`].
    pub async fn delete_response(&self, to: &Interaction) -> Result<(), ApiError> {
        self.done(Call::DeleteResponse, Ask::at(&[&to.application, &to.token])).await
    }

    /// Says more, with a file where there is one; `message` may have `flags` of its own.
    ///
    /// # Errors
    /// As of [`Api::edit_response`].
    pub async fn follow_up(
        &self,
        to: &Interaction,
        message: &Value,
        file: Option<&Upload<'_>>,
    ) -> Result<(), ApiError> {
        let at = [to.application.as_str(), to.token.as_str()];
        let ask = match file {
            Some(file) => files::with_file(Ask::at(&at), message, file),
            None => Ask::at(&at).json(message),
        };
        self.done(Call::FollowUp, ask).await
    }

    /// Puts words and a file in the place of the first answer.
    ///
    /// # Errors
    /// As of [`Api::edit_response`].
    pub async fn edit_response_with(
        &self,
        to: &Interaction,
        message: &Value,
        file: &Upload<'_>,
    ) -> Result<(), ApiError> {
        let at = [to.application.as_str(), to.token.as_str()];
        self.done(Call::EditResponse, files::with_file(Ask::at(&at), message, file)).await
    }
}
