//! What a failed call means for what was to be done.

use chrono::TimeDelta;
use firebell_core::effect::Delivery;

use super::Turn;
use super::spot::Spot;
use crate::platform::discord::api::{ApiError, Permissions, code};

/// How long it takes an operator to mend a token.
const OPERATOR: TimeDelta = TimeDelta::minutes(5);

impl Turn<'_> {
    /// How an attempt ends by an error.
    pub(super) fn stop(&self, error: ApiError) -> Delivery {
        self.ended(None, error)
    }

    /// How an attempt ends by an error in a channel, which its reason names.
    pub(super) fn stop_in(&self, channel: &str, error: ApiError) -> Delivery {
        self.ended(Some(channel), error)
    }

    fn ended(&self, channel: Option<&str>, error: ApiError) -> Delivery {
        match error {
            ApiError::RetryAfter(wait) => self.put_off(wait),
            ApiError::NotSent => self.put_off(self.pause(self.api.silent_for())),
            ApiError::Unknown => Delivery::Unknown,
            ApiError::Refused { status: 401, .. } => {
                self.complain();
                self.put_off(OPERATOR)
            }
            ApiError::Refused { code, word, needed, .. } => {
                Delivery::Impossible(reason((code, &word), self.as_there(channel, needed), channel))
            }
        }
    }

    /// What is needed in a channel; to write in a thread is a permission of its own.
    fn as_there(&self, channel: Option<&str>, needed: Permissions) -> Permissions {
        let is_thread = channel.and_then(|channel| self.notes.spots.get(channel)).is_some_and(Spot::is_thread);
        if is_thread && needed.contains(Permissions::SEND_MESSAGES) {
            return (needed & !Permissions::SEND_MESSAGES) | Permissions::SEND_MESSAGES_IN_THREADS;
        }
        needed
    }

    fn complain(&self) {
        if self.notes.complaint.is_due(self.api.now()) {
            tracing::error!(
                "Discord does not take the bot's token, so nothing is delivered there; reset the token on the \"Bot\" page of \
                 the application and give the new one"
            );
        }
    }
}

/// Why it will never be done and what to do, for a person.
pub(super) fn reason((code, word): (u32, &str), needed: Permissions, channel: Option<&str>) -> String {
    let place = channel.map(|channel| format!(" in channel {channel}")).unwrap_or_default();
    let text = match code {
        code::MISSING_ACCESS | code::MISSING_PERMISSIONS => {
            let names = needed.names();
            let names = if names.is_empty() { "what this needs".to_owned() } else { names.join(", ") };
            return format!("the bot may not do this{place}: allow its role {names} there ({code})");
        }
        code::UNKNOWN_CHANNEL => {
            return format!("Discord has no such channel{place} any more: it was deleted ({code})");
        }
        code::UNKNOWN_GUILD => "the bot is not in the server: invite it",
        code::UNKNOWN_USER => "Discord knows no such account: check the person's Discord id",
        code::UNKNOWN_MEMBER => "the account is not in the server: invite them to it",
        code::UNKNOWN_ROLE => "the server has no such role: check its id",
        code::MAX_CHANNELS => {
            "the server has as many channels as Discord lets it have (500): delete some, or have rooms in a forum"
        }
        code::MAX_THREADS => "the server has as many open threads as Discord lets it have (1,000): close some",
        code::MAX_THREAD_MEMBERS => "the thread has as many members as Discord lets it have (1,000)",
        code::CANNOT_TELL | code::NO_SHARED_SERVER => {
            "Discord does not let the bot write to them: they have to allow direct messages from the server's members in its \
             privacy settings"
        }
        code::NOT_HERE => {
            return format!(
                "Discord does not do this in a channel of that kind{place}: check the kind of channel ({code})"
            );
        }
        code::ARCHIVED | code::LOCKED => {
            return format!("the thread is closed{place}: reopen it, or allow the bot's role Manage Threads ({code})");
        }
        code::BLOCKED_BY_AUTOMOD | code::TITLE_BLOCKED_BY_AUTOMOD => {
            "the server's AutoMod blocked it: exempt the bot's role or the channel from its rules"
        }
        code::BAD_FORM if word.contains("CHANNEL_PARENT_MAX_CHANNELS") => {
            "the category has as many channels as Discord lets it have (50): move old rooms out of it, or have rooms in a forum"
        }
        0 => return format!("Discord refused it{place}: {word}"),
        _ => return format!("Discord refused it{place}: {word} ({code})"),
    };
    format!("{text} ({code})")
}
