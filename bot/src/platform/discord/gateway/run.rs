//! One session after the other, for as long as there is no stop.

mod watch;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use serenity::model::gateway::GatewayIntents;
use tokio::sync::watch::Receiver;
use tokio::time::{Instant, sleep, timeout};

use self::watch::{Attended, attend};
use super::session::{Session, Setup};
use super::trouble::{Status, Trouble, advice};
use super::{Gateway, SourceError};
use crate::platform::connections::Pauses;
use crate::stop::stopped;

/// Keeps a session up until there is a stop.
pub(super) async fn keep(gateway: Gateway, stop: &mut Receiver<bool>, status: &Status) {
    let mut pauses = gateway.pace.pauses();
    let mut started = None;
    let mut pause = Duration::ZERO;
    loop {
        tokio::select! {
            () = sleep(pause) => {}
            () = stopped(stop) => return,
        }
        let one = AssertUnwindSafe(one(&gateway, &mut started, stop, status)).catch_unwind();
        let Attended { trouble, lived } = match one.await {
            Ok(Some(attended)) => attended,
            Ok(None) => return,
            // Whatever goes wrong here, going deaf is worse.
            Err(_) => Attended { trouble: Trouble::Broken, lived: Duration::ZERO },
        };
        if lived >= gateway.pace.lived {
            pauses.reset();
        }
        pause = pause_after(&gateway, &mut pauses, &trouble);
        report(status, trouble, pause);
    }
}

/// One session; nothing when there is a stop.
async fn one(
    gateway: &Gateway,
    started: &mut Option<Instant>,
    stop: &mut Receiver<bool>,
    status: &Status,
) -> Option<Attended> {
    let url = tokio::select! {
        () = stopped(stop) => return None,
        url = address(gateway, *started) => url,
    };
    let not_begun = |trouble| Some(Attended { trouble, lived: Duration::ZERO });
    let url = match url {
        Ok(url) => url,
        Err(trouble) => return not_begun(trouble),
    };
    *started = Some(Instant::now());
    let (token, intents) = (gateway.token.clone(), intents(gateway.message_content));
    let (connect, backlog) = (gateway.pace.connect, gateway.backlog.clone());
    let Ok(session) = Session::start(Setup { token, url, intents, connect, backlog }) else {
        return not_begun(Trouble::Broken);
    };
    attend(gateway, session, stop, status).await
}

/// Where to connect to, once another session may be begun.
async fn address(gateway: &Gateway, started: Option<Instant>) -> Result<String, Trouble> {
    let asked = timeout(gateway.pace.address, gateway.source.gateway()).await.unwrap_or(Err(SourceError::Failed));
    let address = asked.map_err(|error| match error {
        SourceError::Unauthorized => Trouble::BadToken,
        SourceError::RetryAfter(wait) => Trouble::AskedToWait(wait),
        SourceError::Failed => Trouble::NoAddress,
    })?;
    if address.starts_left == 0 {
        return Err(Trouble::NoStartsLeft(address.starts_reset_after));
    }
    // https://discord.com/developers/docs/events/gateway#rate-limiting-identify
    if let Some(started) = started {
        tokio::time::sleep_until(started + gateway.pace.apart).await;
    }
    let url = gateway.url.as_ref().unwrap_or(&address.url);
    Ok(url.trim_end_matches('/').to_owned())
}

/// What is told: servers and their channels, threads and pins; messages and reactions in them; messages to the bot; and what
/// the audit log takes down, which alone tells who takes a pin away, to those who may read it. Members
/// are not asked for: to know who came would need a privileged intent, and nothing is decided by it.
fn intents(message_content: bool) -> GatewayIntents {
    let mut intents = GatewayIntents::GUILDS
        | GatewayIntents::GUILD_MESSAGES
        | GatewayIntents::GUILD_MESSAGE_REACTIONS
        | GatewayIntents::DIRECT_MESSAGES
        | GatewayIntents::GUILD_MODERATION;
    intents.set(GatewayIntents::MESSAGE_CONTENT, message_content);
    intents
}

fn pause_after(gateway: &Gateway, pauses: &mut Pauses, trouble: &Trouble) -> Duration {
    let pace = &gateway.pace;
    match trouble {
        Trouble::BadToken | Trouble::DisallowedIntents | Trouble::InvalidIntents | Trouble::TooManyServers => {
            pace.refused
        }
        // A little more, so that not all come back at the same moment.
        Trouble::AskedToWait(wait) => wait.saturating_add(pace.pauses().next()),
        Trouble::NoStartsLeft(wait) => wait.saturating_add(pace.pauses().next()).min(pace.ask_again),
        _ => pauses.next(),
    }
}

/// What only a person can end is said once, with what to do.
fn report(status: &Status, trouble: Trouble, pause: Duration) {
    let news = status.is_news(&trouble);
    match advice(&trouble) {
        Some(advice) if news => {
            tracing::error!(%trouble, tried_every = ?pause, "no connection to Discord: {advice}");
        }
        Some(_) => tracing::debug!(%trouble, "still no connection to Discord"),
        None => tracing::warn!(%trouble, ?pause, "no connection to Discord; trying again"),
    }
    status.trouble(trouble);
}
