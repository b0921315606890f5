//! How the connections are, for those who want to know.

use std::time::Duration;

use crate::platform::connections;

pub use crate::platform::connections::Gap;

/// How the connections are. Clones share it.
pub type Status = connections::Status<Trouble>;

/// How the connections are at one moment.
pub type Health = connections::Health<Trouble>;

/// A connection that is up.
pub(super) type Up = connections::Up<Trouble>;

/// Why there is no connection, or why one ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("Slack refused: {code}")]
    Refused { code: String },
    #[error("Slack wants to be asked again in {} s", .0.as_secs())]
    AskedToWait(Duration),
    #[error("Slack gave no URL to connect to")]
    NotOpened,
    #[error("the connection could not be made")]
    NotConnected,
    #[error("Slack did not say hello")]
    NoHello,
    #[error("Socket Mode is switched off in the app's settings")]
    Disabled,
    #[error("the app has more connections than Slack allows")]
    Crowded,
    #[error("nothing was heard any more")]
    Silent,
    #[error("Slack closed the connection")]
    Closed,
    #[error("the connection broke")]
    Broken,
    #[error("Slack sent more in one frame than is taken")]
    TooLarge,
}
