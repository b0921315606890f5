//! Who the bot is, what its application may hear, and where it listens.

use super::guild::User;
use super::{Api, ApiError, Ask, Call};
use crate::platform::lenient::answer;

answer! {
    /// The application that the bot belongs to.
    pub struct Application {
        pub id: String,
        pub name: String,
        /// Which privileged intents it has, among others.
        pub flags: u64,
        /// With what interactions that are posted are signed, in hexadecimal digits.
        pub verify_key: String,
        /// Where interactions are posted; absent where they come by the gateway.
        pub interactions_endpoint_url: String,
    }
}

answer! {
    /// Where the bot listens.
    pub struct Gateway {
        pub url: String,
        pub shards: u32,
        pub session_start_limit: SessionLimit,
    }
}

answer! {
    /// How many sessions may be begun.
    pub struct SessionLimit {
        pub total: u32,
        pub remaining: u32,
        /// In milliseconds.
        pub reset_after: u64,
    }
}

/// Flags of applications; the second of each pair is for those in fewer than 100 servers.
///
/// Source: <https://discord.com/developers/docs/resources/application#application-object-application-flags>.
const MEMBERS: u64 = 1 << 14 | 1 << 15;
const MESSAGE_CONTENT: u64 = 1 << 18 | 1 << 19;

impl Application {
    /// Whether it may read what people write without calling it.
    pub fn reads_messages(&self) -> bool {
        self.flags & MESSAGE_CONTENT != 0
    }

    /// Whether it may list the members of servers.
    pub fn lists_members(&self) -> bool {
        self.flags & MEMBERS != 0
    }
}

impl Api {
    /// Asks who the bot is, which also tells whether the token is good.
    ///
    /// # Errors
    /// [`ApiError`]; refused with status 401 when the token is not good.
    pub async fn ask_me(&self) -> Result<User, ApiError> {
        let me: User = self.call(Call::Me, Ask::at(&[])).await?;
        if me.id.is_empty() { Err(ApiError::NotSent) } else { Ok(me) }
    }

    /// Who the bot is, asked once.
    ///
    /// # Errors
    /// As of [`Api::ask_me`]; the next call asks again.
    pub async fn me(&self) -> Result<&User, ApiError> {
        self.me.get_or_try_init(|| self.ask_me()).await
    }

    /// Asks about the application.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn ask_application(&self) -> Result<Application, ApiError> {
        let application: Application = self.call(Call::Application, Ask::at(&[])).await?;
        if application.id.is_empty() { Err(ApiError::NotSent) } else { Ok(application) }
    }

    /// The application, asked once.
    ///
    /// # Errors
    /// As of [`Api::ask_application`]; the next call asks again.
    pub async fn application(&self) -> Result<&Application, ApiError> {
        self.application.get_or_try_init(|| self.ask_application()).await
    }

    /// Where the bot listens, and how often it may begin.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn gateway(&self) -> Result<Gateway, ApiError> {
        let gateway: Gateway = self.call(Call::GatewayBot, Ask::at(&[])).await?;
        if gateway.url.is_empty() { Err(ApiError::NotSent) } else { Ok(gateway) }
    }
}
