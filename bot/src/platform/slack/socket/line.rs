//! A line: one connection after the other, for as long as there is no stop.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::connection::{self, Held, Turn};
use super::dial::dial;
use super::{Shared, Trouble};
use crate::platform::connections::Pauses;

/// What Slack answers when the failure is its own and passes. Whatever else it answers stays until a person does
/// something. <https://docs.slack.dev/reference/methods/apps.connections.open#errors>
const PASSING: [&str; 5] = ["internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"];

/// Keeps one connection up until there is a stop; the first one after a pause.
pub(super) async fn keep(shared: Arc<Shared>, mut after: Duration) {
    // Whatever goes wrong here, going deaf is worse.
    while AssertUnwindSafe(run(&shared, after)).catch_unwind().await.is_err() {
        tracing::error!("a line to Slack failed within; it begins anew");
        after = shared.pace.longest_pause;
    }
}

async fn run(shared: &Arc<Shared>, after: Duration) {
    let (mut pause, mut pauses) = (after, shared.pace.pauses());
    // Goes on until the next one is up: whoever drops it lets it go.
    let mut leaving: Option<Held> = None;
    loop {
        let attempt = async {
            tokio::time::sleep(pause).await;
            dial(&*shared.open, &shared.pace, &shared.status).await
        };
        let dialled = tokio::select! {
            () = shared.stopped() => return,
            dialled = attempt => dialled,
        };
        let mut fresh = match dialled {
            Ok(ws) => connection::start(shared, ws),
            Err(trouble) => {
                pause = pause_after(shared, &mut pauses, &trouble);
                report(shared, trouble, pause);
                continue;
            }
        };
        drop(leaving.take());
        let began = Instant::now();
        tracing::info!("connected to Slack");
        let turn = tokio::select! {
            () = shared.stopped() => return,
            turn = fresh.turn() => turn,
        };
        let lived = began.elapsed() >= shared.pace.lived;
        if lived {
            pauses.reset();
        }
        match turn {
            Turn::Replace => {
                tracing::info!("Slack renews a connection; another takes its place");
                // One that is to be replaced as soon as it is up would be replaced without end.
                pause = if lived { Duration::ZERO } else { pauses.next() };
                leaving = Some(fresh);
            }
            Turn::Ended(trouble) => {
                pause = pause_after(shared, &mut pauses, &trouble);
                report(shared, trouble, pause);
            }
        }
    }
}

fn pause_after(shared: &Shared, pauses: &mut Pauses, trouble: &Trouble) -> Duration {
    match trouble {
        Trouble::Refused { code } if PASSING.contains(&code.as_str()) => pauses.next(),
        Trouble::Refused { .. } | Trouble::Disabled => shared.pace.refused,
        // A little more, so that not all lines come back at the same moment.
        Trouble::AskedToWait(wait) => wait.saturating_add(shared.pace.pauses().next()),
        _ => pauses.next(),
    }
}

/// What only a person can end is said once, with what to do.
fn report(shared: &Shared, trouble: Trouble, pause: Duration) {
    let news = shared.status.is_news(&trouble);
    match (&trouble, advice(&trouble)) {
        (_, Some(advice)) if news => {
            tracing::error!(%trouble, tried_every = ?pause, "no connection to Slack: {advice}");
        }
        (_, Some(_)) => tracing::debug!(%trouble, "still no connection to Slack"),
        (Trouble::Closed, None) => tracing::info!(?pause, "Slack closed a connection; connecting again"),
        (_, None) => tracing::warn!(%trouble, ?pause, "no connection to Slack; trying again"),
    }
    shared.status.trouble(trouble);
}

/// What somebody has to do, where it does not pass by itself.
pub(super) fn advice(trouble: &Trouble) -> Option<&'static str> {
    let code = match trouble {
        Trouble::Refused { code } => code.as_str(),
        Trouble::Disabled => {
            return Some("switch Socket Mode on in the app's settings (api.slack.com/apps), or use HTTP");
        }
        Trouble::Crowded => {
            return Some(
                "Slack allows ten for an app; stop other programs that use its app-level token, or use fewer connections",
            );
        }
        _ => return None,
    };
    match code {
        passing if PASSING.contains(&passing) => None,
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" => Some(
            "make an app-level token (xapp-) with the scope connections:write in the app's settings and give it to Firebell",
        ),
        "not_allowed_token_type" => Some(
            "this is no app-level token: it begins with xapp- and is found under Basic Information in the app's settings",
        ),
        "missing_scope" | "no_permission" => {
            Some("give the app-level token the scope connections:write in the app's settings")
        }
        "account_inactive" | "user_removed_from_team" | "team_disabled" | "access_denied" => {
            Some("the app or its workspace is no longer active; install the app again")
        }
        _ => Some(
            "see what it means under docs.slack.dev/reference/methods/apps.connections.open, and whether Socket Mode is on",
        ),
    }
}
