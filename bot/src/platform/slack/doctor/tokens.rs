//! The tokens: whether they are good, and for what.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Finding, Subject};
use crate::clock::Clock;
use crate::platform::slack::api::{Api, ApiError, Identity};
use crate::platform::slack::http::MAX_AGE_SECONDS;
use crate::platform::slack::manifest;
use crate::platform::slack::socket::{self, Opener, Trouble};

/// How far this machine's clock may be from Slack's. Requests that are older than five minutes are refused, and a clock
/// that is off by one will soon be off by more.
const CLOCK_MAY_DIFFER: TimeDelta = TimeDelta::seconds(60);

const BOT: &str = "bot token";
const TOKEN: &str = "app token";

pub(super) fn bot(asked: &Result<&Identity, ApiError>, subject: &Subject) -> Finding {
    let variable = &subject.bot_variable;
    match asked {
        Ok(me) if me.bot.is_none() => Finding::problem(
            BOT,
            format!("is that of a person; copy the \"Bot User OAuth Token\" (xoxb-...) of the app into {variable}"),
        ),
        Ok(me) => Finding::ok(BOT, format!("is good: bot {} of \"{}\" ({})", me.user, me.team_name, me.team)),
        Err(ApiError::Refused { code, .. }) => Finding::problem(
            BOT,
            format!(
                "was refused ({code}); copy the \"Bot User OAuth Token\" (xoxb-...) anew from \"OAuth & Permissions\" of \
                 the app into {variable}"
            ),
        ),
        Err(ApiError::RetryAfter(wait)) => {
            Finding::problem(BOT, format!("Slack takes no more calls for {} s; ask again then", wait.num_seconds()))
        }
        Err(ApiError::NotSent) => Finding::problem(
            "API",
            format!("cannot be reached at {}; check the network, the proxy and \"api_url\"", subject.api_url),
        ),
        Err(ApiError::Unknown) => Finding::problem(
            "API",
            format!("gave no answer at {} that can be read; check \"api_url\" and the network", subject.api_url),
        ),
    }
}

/// What the token is allowed, against what the manifest asks for.
pub(super) fn scopes(me: &Identity) -> Vec<Finding> {
    const ABOUT: &str = "scopes";
    if me.scopes.is_empty() {
        return vec![Finding::note(ABOUT, "Slack did not say what the token is allowed")];
    }
    let (held, wanted): (BTreeSet<&str>, _) = (me.scopes.iter().map(String::as_str).collect(), manifest::scopes());
    let list = |scopes: Vec<&str>| scopes.join(", ");
    let missing: Vec<&str> = wanted.difference(&held).copied().collect();
    let more: Vec<&str> = held.difference(&wanted).copied().collect();
    let mut found = vec![if missing.is_empty() {
        Finding::ok(ABOUT, format!("all {} are there", wanted.len()))
    } else {
        let missing = list(missing);
        Finding::problem(
            ABOUT,
            format!(
                "{missing} missing; put what `firebell manifest slack` prints into \"App Manifest\" of the app and \
                 install it again"
            ),
        )
    }];
    if !more.is_empty() {
        found.push(Finding::note(ABOUT, format!("{} not needed; take them away", list(more))));
    }
    found
}

/// This machine's clock against Slack's.
pub(super) fn clock(me: &Identity, now: DateTime<Utc>) -> Option<Finding> {
    const ABOUT: &str = "clock";
    let ahead = now.signed_duration_since(me.server_time?);
    let seconds = ahead.num_seconds().abs();
    if ahead.abs() <= CLOCK_MAY_DIFFER {
        return Some(Finding::ok(ABOUT, format!("is within {} s of Slack's", seconds.max(1))));
    }
    let where_to = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
    Some(Finding::problem(
        ABOUT,
        format!(
            "is {seconds} s {where_to} Slack's, and signed requests are refused beyond {MAX_AGE_SECONDS} s; let this machine keep \
             its time (NTP)"
        ),
    ))
}

/// Whether the app-level token is that of another app than the bot's, as far as both can be known: Slack takes each, and
/// tells what happens in the one app while Firebell speaks as the other.
pub(super) async fn other_app(api: &Api, variable: &str) -> Option<Finding> {
    let (own, bots) = (api.app_of_token()?, api.app_of_bot().await.ok()?);
    (own != bots).then(|| {
        Finding::problem(
            TOKEN,
            format!(
                "is that of the app {own}, and the bot token that of {bots}, so what people do is never heard of; generate an \
                 app-level token of {bots} under Basic Information > App-Level Tokens and put it into {variable}"
            ),
        )
    })
}

/// Connects as `serve` does, and leaves.
pub(super) async fn app(open: &dyn Opener, clock: &Clock, variable: &str) -> Finding {
    const SOCKET: &str = "Socket Mode";
    match socket::try_out(open, clock.clone()).await {
        Ok(()) => Finding::ok(TOKEN, "is good: connected by Socket Mode, and Slack said hello"),
        Err(Trouble::Refused { code }) => {
            let advice = socket::advice(&Trouble::Refused { code: code.clone() }).unwrap_or("ask again in a while");
            Finding::problem(TOKEN, format!("was refused ({code}): {advice}; {variable} is where it goes"))
        }
        Err(Trouble::AskedToWait(wait)) => {
            Finding::problem(SOCKET, format!("Slack wants to be asked again in {} s", wait.as_secs()))
        }
        Err(Trouble::NotOpened) => Finding::problem(
            SOCKET,
            "apps.connections.open gave no answer in time; check the network, or Slack's state at slack-status.com",
        ),
        Err(trouble) => {
            let advice = socket::advice(&trouble)
                .unwrap_or("let this machine make WebSockets (wss, port 443) to Slack, through the proxy too");
            Finding::problem(SOCKET, format!("{trouble}: {advice}"))
        }
    }
}
