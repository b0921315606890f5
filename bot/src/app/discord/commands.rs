//! The commands that Discord knows of: registered where they differ from those that there are.

use chrono::TimeDelta;
use serde_json::Value;
use tokio::sync::watch;

use super::DiscordApp;
use crate::config::DiscordConfig;
use crate::platform::discord::api::ApiError;
use crate::platform::discord::commands::{self, Scope};
use crate::stop::stopped;

/// The first and the longest pause before commands are registered again where that failed.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(2);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);

/// The commands that are to be registered.
pub(super) fn wanted(config: &DiscordConfig) -> Vec<Value> {
    commands::commands(if config.global_commands { Scope::Global } else { Scope::Guild })
}

impl DiscordApp {
    /// Registers the commands, once that works.
    pub(super) async fn keep_commands(self, mut stop: watch::Receiver<bool>) {
        let mut pause = FIRST_PAUSE;
        loop {
            let wait = match self.register().await {
                Ok(true) => return tracing::info!(server = self.name, "the commands are registered"),
                Ok(false) => return,
                Err(error @ ApiError::Refused { .. }) => {
                    tracing::error!(
                        %error, server = self.name,
                        "the commands could not be registered; see that the bot was invited with \"applications.commands\""
                    );
                    LONGEST_PAUSE
                }
                Err(ApiError::RetryAfter(wait)) => wait,
                Err(ApiError::NotSent | ApiError::Unknown) => pause,
            };
            pause = (pause * 2).min(LONGEST_PAUSE);
            tokio::select! {
                () = self.clock.after(wait) => {}
                () = stopped(&mut stop) => return,
            }
        }
    }

    /// Whether they had to be.
    async fn register(&self) -> Result<bool, ApiError> {
        let (wanted, guild) = (wanted(&self.config), (!self.config.global_commands).then_some(self.guild.as_str()));
        let held = Value::Array(self.api.commands(guild).await?);
        let differ = commands::differ(&held, &wanted);
        if differ {
            self.api.set_commands(guild, &wanted).await?;
        }
        Ok(differ)
    }
}
