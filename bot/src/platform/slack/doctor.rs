//! Whether a workspace is set up as it must be: Slack is asked, and what is wrong is told with what to do.

mod places;
mod tokens;

use std::sync::Arc;

use super::api::{Api, ApiError};
use super::calls::SlackCalls;
use crate::clock::Clock;
pub use crate::platform::finding::{Finding, Known, Level};

/// What is to be examined of a workspace, beside its API.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Where its Web API is.
    pub api_url: String,
    /// The variable of the bot's token.
    pub bot_variable: String,
    /// The variable of the app's own token, where there is such a token: it listens by Socket Mode.
    pub app_variable: Option<String>,
    /// It listens by signed HTTP.
    pub http: bool,
    /// The ids of channels in which incidents are shown.
    pub announce: Vec<String>,
    pub groups: Vec<Group>,
    pub people: Vec<Known>,
}

/// A user group that the configuration names.
#[derive(Debug, Clone)]
pub struct Group {
    /// The key that names it.
    pub key: &'static str,
    pub id: String,
}

/// Asks Slack about everything that the subject needs, one call after the other; each has its time. Nothing is changed
/// there, and no secret is in what is found.
pub async fn examine(api: &Arc<Api>, clock: &Clock, subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    let asked = api.me().await;
    found.push(tokens::bot(&asked, subject));
    if asked.as_ref().is_err_and(is_out_of_reach) {
        return found;
    }
    if let Ok(me) = &asked {
        found.extend(tokens::scopes(me));
        found.extend(tokens::clock(me, clock.own()));
    }
    found.push(listening(api, clock, subject).await);
    if asked.is_ok() {
        for channel in &subject.announce {
            found.push(places::announced(api, channel).await);
        }
        for group in &subject.groups {
            found.push(places::group(api, group).await);
        }
        found.extend(places::people(api, &subject.people).await);
    }
    found
}

async fn listening(api: &Arc<Api>, clock: &Clock, subject: &Subject) -> Finding {
    match (&subject.app_variable, subject.http) {
        // Whoever connects by another app's token takes what happens there from whom it is meant for.
        (Some(variable), _) => match tokens::other_app(api, variable).await {
            Some(other) => other,
            None => tokens::app(&SlackCalls::new(api.clone()), clock, variable).await,
        },
        (None, true) => Finding::ok(
            "signing secret",
            "is there; Slack posts to /slack/events, /slack/commands and /slack/interactions, for which it needs a public URL",
        ),
        (None, false) => Finding::problem("listening", "has neither an app-level token nor a signing secret"),
    }
}

/// Whether asking further would only take time.
fn is_out_of_reach(error: &ApiError) -> bool {
    !matches!(error, ApiError::Refused { .. })
}

/// What to do about an answer that says nothing of the thing that was asked about.
fn unanswered(error: &ApiError) -> String {
    match error {
        ApiError::Refused { code, needed: Some(scope) } => {
            format!("cannot be looked at ({code}); give the app the scope {scope}")
        }
        ApiError::Refused { code, needed: None } => format!("cannot be looked at ({code})"),
        ApiError::RetryAfter(wait) => {
            format!("Slack takes no more calls for {} s; ask again then", wait.num_seconds())
        }
        ApiError::NotSent | ApiError::Unknown => "Slack gave no answer; check the network and ask again".to_owned(),
    }
}

#[cfg(test)]
mod tests;
