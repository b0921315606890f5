//! Discord's gateway, over which it tells what happens: <https://discord.com/developers/docs/events/gateway>. The protocol is
//! serenity's; what it does not do is done here, and each file says what that is.

mod ear;
mod handler;
mod mend;
mod pace;
mod run;
mod session;
mod told;
mod trouble;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::watch;

pub use self::pace::Pace;
pub use self::trouble::{Health, Status, Trouble, advice};
use crate::platform::busy::Busy;
pub use crate::platform::connections::Gap;
use crate::platform::rest::Token;

/// Says where the gateway is: `GET /gateway/bot`.
pub trait Source: Send + Sync + 'static {
    /// Asks Discord. It is asked before each session, since each costs one of the day's starts.
    fn gateway(&self) -> BoxFuture<'_, Result<Address, SourceError>>;
}

/// Where the gateway is, and how often it may be entered.
/// <https://discord.com/developers/docs/events/gateway#get-gateway-bot>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A `wss:` URL without a query.
    pub url: String,
    /// How many sessions may still be begun today: `session_start_limit.remaining`.
    pub starts_left: u32,
    /// After how long there are new ones: `session_start_limit.reset_after`.
    pub starts_reset_after: Duration,
}

/// Discord did not say where the gateway is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The bot's token is not good.
    #[error("Discord refused the bot's token")]
    Unauthorized,
    /// It wants to be asked again after this time.
    #[error("Discord wants to be asked for its gateway again in {} s", .0.as_secs())]
    RetryAfter(Duration),
    /// There was no answer, or none that can be read.
    #[error("Discord could not be asked for its gateway")]
    Failed,
}

/// Hears what the gateway tells. Both are called one after the other, in the gateway's order, and must not wait for anything.
pub trait Listener: Send + Sync + 'static {
    /// A dispatched event: `{"t": "MESSAGE_CREATE", "d": {..}}`, of whatever type, READY and RESUMED among them.
    fn event(&self, event: Value);

    /// Events come from now on; told before the READY or RESUMED that says so.
    fn ready(&self, how: Ready);
}

/// How it came about that events come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// A session began anew. What happened since the one before it is not told; [`Status::gap`] says from when to when.
    New,
    /// The session goes on. What happened meanwhile has been told.
    Resumed,
}

/// The gateway for one bot.
pub struct Gateway {
    pub token: Token,
    /// Where it is, if not where Discord says.
    pub url: Option<String>,
    /// Where the address comes from, and how many sessions are left for the day.
    pub source: Arc<dyn Source>,
    /// Where events go.
    pub listener: Arc<dyn Listener>,
    /// Whether the application has the privileged intent for what is written in messages that do not mention it. To ask for
    /// it without having it is refused by Discord.
    pub message_content: bool,
    /// Counts what was told and has not reached the listener yet.
    pub backlog: Busy,
    pub pace: Pace,
}

impl Gateway {
    /// Listens until `stop` says true or its sender is gone; then the session is closed, which takes 2 s at most. Whatever
    /// goes wrong meanwhile, it is tried again.
    pub async fn run(self, mut stop: watch::Receiver<bool>, status: Status) {
        run::keep(self, &mut stop, &status).await;
    }
}

#[cfg(test)]
mod tests;
