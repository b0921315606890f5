//! What can go wrong, and what a person has to do about it.

use std::time::Duration;

use serenity::Error;
use serenity::gateway::GatewayError;

use crate::platform::connections;

/// How the gateway is. Clones share it. [`connections::Health::begun`] counts the sessions.
pub type Status = connections::Status<Trouble>;

/// How the gateway is at one moment.
pub type Health = connections::Health<Trouble>;

/// Why there is no session, or why one ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("Discord did not say where its gateway is")]
    NoAddress,
    #[error("Discord wants to be asked again in {} s", .0.as_secs())]
    AskedToWait(Duration),
    #[error("no session may be begun for {} s, as the day's number of them is used up", .0.as_secs())]
    NoStartsLeft(Duration),
    #[error("the connection could not be made")]
    NotConnected,
    #[error("Discord did not let the session begin in time")]
    NotReady,
    #[error("Discord refused the bot's token")]
    BadToken,
    #[error("Discord refused an intent that the application does not have")]
    DisallowedIntents,
    #[error("Discord does not know an intent that was asked for")]
    InvalidIntents,
    #[error("the bot is in more servers than one connection may serve")]
    TooManyServers,
    #[error("the connection was lost; the session goes on over another")]
    Lost,
    #[error("the session could not go on over another connection")]
    NotResumed,
    #[error("Discord ended the session")]
    Ended,
    #[error("nothing was heard any more")]
    Silent,
    #[error("the connection was closed without a word")]
    Stuck,
    #[error("the session failed within")]
    Broken,
}

/// What ended a session, where serenity says it.
pub(super) fn trouble_of(error: &Error) -> Trouble {
    match error {
        Error::Gateway(GatewayError::InvalidAuthentication) => Trouble::BadToken,
        Error::Gateway(GatewayError::DisallowedGatewayIntents) => Trouble::DisallowedIntents,
        Error::Gateway(GatewayError::InvalidGatewayIntents) => Trouble::InvalidIntents,
        _ => Trouble::Ended,
    }
}

/// What somebody has to do, where it does not pass by itself.
pub fn advice(trouble: &Trouble) -> Option<&'static str> {
    match trouble {
        Trouble::BadToken => {
            Some("reset the token under \"Bot\" of the application (discord.com/developers) and give it to Firebell")
        }
        Trouble::DisallowedIntents => Some(
            "switch on \"Message Content Intent\" under \"Bot\" of the application (discord.com/developers), or have \
             Firebell do without it",
        ),
        Trouble::InvalidIntents => Some("this is a fault in Firebell; report it"),
        Trouble::TooManyServers => {
            Some("a bot is meant for the servers of one organisation; remove it from those that do not need it")
        }
        Trouble::NoStartsLeft(_) => {
            Some("stop other programs that use the bot's token, and see above why so many sessions were begun")
        }
        _ => None,
    }
}
