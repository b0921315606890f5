//! What a failed call means for what was to be done.

use chrono::TimeDelta;
use firebell_core::effect::Delivery;

use super::{Step, Turn};
use crate::platform::slack::api::ApiError;

/// How long it takes an operator to mend a token.
const OPERATOR: TimeDelta = TimeDelta::minutes(5);
impl Turn<'_> {
    /// How an attempt ends by an error.
    pub(super) fn stop(&self, error: ApiError) -> Delivery {
        match error {
            ApiError::RetryAfter(wait) => self.put_off(wait),
            ApiError::NotSent => self.put_off(self.pause(self.api.silent_for())),
            ApiError::Unknown => Delivery::Unknown,
            ApiError::Refused { code, .. } if is_of_token(&code) => {
                self.complain(&code);
                self.put_off(OPERATOR)
            }
            ApiError::Refused { code, needed } => Delivery::Impossible(reason(&code, needed.as_deref())),
        }
    }

    /// Takes some refusals as success.
    pub(super) fn pardon<T: Default>(&self, result: Result<T, ApiError>, codes: &[&str]) -> Step<T> {
        match result {
            Err(error) if error.code().is_some_and(|code| codes.contains(&code)) => Ok(T::default()),
            other => other.map_err(|error| self.stop(error)),
        }
    }

    /// Makes a call in a room. Whoever put the app out of a public one did not mean to stop the incident, so it comes back.
    pub(super) async fn within<T, F>(&self, room: &str, call: impl Fn() -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        match call().await {
            Err(error)
                if error.code() == Some("not_in_channel") && self.has_time() && self.api.join(room).await.is_ok() =>
            {
                call().await
            }
            other => other,
        }
    }

    fn complain(&self, code: &str) {
        if self.notes.complaint.is_due(self.api.now()) {
            tracing::error!(
                code,
                "Slack does not take the bot's token, so nothing is delivered there; install the app again and give its new token"
            );
        }
    }
}

/// Codes that say that the token is not good, for anything.
pub(super) fn is_of_token(code: &str) -> bool {
    matches!(code, "token_revoked" | "token_expired" | "invalid_auth" | "account_inactive" | "not_authed")
}

/// Why it will never be done and what to do, for a person.
pub(super) fn reason(code: &str, needed: Option<&str>) -> String {
    let text = match code {
        "missing_scope" => {
            let scope = needed.unwrap_or("that this needs");
            return format!("the Slack app lacks the scope {scope}: add it to the app and reinstall it");
        }
        "channel_not_found" => "Slack has no such channel, or the app may not see it: invite the app to it",
        "is_archived" => "the channel is archived: unarchive it, or choose another",
        "not_in_channel" => "the app is not in the channel: invite it",
        "users_not_found" | "user_not_found" | "user_not_visible" => {
            "Slack does not know the account: check the person's Slack id or e-mail address"
        }
        "user_disabled" | "is_inactive" => "the account is deactivated in Slack",
        "cannot_dm_bot" | "cant_invite_bot" => "the account is a bot's",
        "messages_tab_disabled" => "the app cannot write to people: turn on the messages tab of its App Home",
        "user_is_restricted"
        | "user_is_ultra_restricted"
        | "ura_max_channels"
        | "cant_invite"
        | "invitee_cant_see_channel" => {
            "Slack does not let this account into the channel, as it is a guest's or of another workspace: an admin of Slack can invite it"
        }
        "no_external_invite_permission" | "is_external" => {
            "the account is of another organisation, and the app may not invite it"
        }
        "no_such_subteam" | "subteam_not_found" => "Slack has no such user group: check its id",
        "restricted_action"
        | "restricted_action_read_only_channel"
        | "restricted_action_non_threadable_channel"
        | "restricted_action_thread_locked"
        | "team_access_not_granted"
        | "org_login_required"
        | "ekm_access_denied"
        | "permission_denied" => {
            "the settings of the Slack workspace do not let the app do this: ask one of its admins"
        }
        "msg_too_long" | "msg_blocks_too_long" => "the text is too long for a message in Slack",
        _ => return format!("Slack refused it: {code}"),
    };
    format!("{text} ({code})")
}
