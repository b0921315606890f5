//! The commands that people are offered.

use serde_json::Value;

use super::{Api, ApiError, Ask, Call};

impl Api {
    /// The bot's commands in one server, or everywhere, as Discord has them, with their translations.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn commands(&self, guild: Option<&str>) -> Result<Vec<Value>, ApiError> {
        let application = &self.application().await?.id;
        let translated = Some("true");
        match guild {
            Some(guild) => {
                let ask = Ask::at(&[application, guild]).query("with_localizations", translated);
                self.call(Call::GuildCommands, ask).await
            }
            None => {
                self.call(Call::GlobalCommands, Ask::at(&[application]).query("with_localizations", translated)).await
            }
        }
    }

    /// Puts commands in the place of all that there are. Discord counts new ones: 200 a day in one server.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn set_commands(&self, guild: Option<&str>, commands: &[Value]) -> Result<Vec<Value>, ApiError> {
        let application = &self.application().await?.id;
        match guild {
            Some(guild) => self.call(Call::SetGuildCommands, Ask::at(&[application, guild]).json(&commands)).await,
            None => self.call(Call::SetGlobalCommands, Ask::at(&[application]).json(&commands)).await,
        }
    }
}
