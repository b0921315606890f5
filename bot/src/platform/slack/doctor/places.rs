//! The channels, groups and people that the configuration names.

use std::time::Duration;

use tokio::time::timeout;

use super::{Finding, Group, Known, is_out_of_reach, unanswered};
use crate::platform::incoming::{AccountKind, Profile};
use crate::platform::slack::api::{Api, ApiError};

/// How long people are asked about altogether: Slack limits how many may be.
const PEOPLE_TIME: Duration = Duration::from_mins(1);

/// A channel in which incidents are shown.
pub(super) async fn announced(api: &Api, id: &str) -> Finding {
    let about = format!("announce channel {id}");
    match api.channel(id).await {
        Ok(channel) if channel.is_archived => {
            Finding::problem(about, format!("#{} is archived; take it out of \"announce\" or restore it", channel.name))
        }
        Ok(channel) if !channel.is_member => {
            Finding::problem(about, format!("the bot is not in #{}; invite it there", channel.name))
        }
        Ok(channel) => Finding::ok(about, format!("is #{}, and the bot is in it", channel.name)),
        Err(error) if error.code() == Some("channel_not_found") => Finding::problem(
            about,
            "there is no such channel that the bot can see; mend \"announce\" (an id, not a name), or invite the bot if it \
             is private",
        ),
        Err(error) => Finding::problem(about, unanswered(&error)),
    }
}

/// A group that comes into rooms or is kept in step.
pub(super) async fn group(api: &Api, Group { key, id }: &Group) -> Finding {
    let about = format!("{key} {id}");
    match api.usergroup_members(id).await {
        Ok(members) => Finding::ok(about, format!("is there; people in it: {}", members.len())),
        Err(error) if matches!(error.code(), Some("no_such_subteam" | "subteam_not_found" | "invalid_arguments")) => {
            Finding::problem(about, format!("there is no such user group; mend \"{key}\" (an id that begins with S)"))
        }
        Err(error) => Finding::problem(about, unanswered(&error)),
    }
}

/// Whether Slack knows the people of the configuration.
pub(super) async fn people(api: &Api, people: &[Known]) -> Vec<Finding> {
    const ABOUT: &str = "people";
    if people.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut known = 0;
    let look = async {
        for person in people {
            match look_for(api, person).await {
                Ok(None) => known += 1,
                Ok(Some(why)) => found.push(Finding::note(ABOUT, why)),
                Err(error) => {
                    found.push(Finding::note(ABOUT, format!("@{}: {}", person.handle, unanswered(&error))));
                    if is_out_of_reach(&error) {
                        return;
                    }
                }
            }
        }
    };
    if timeout(PEOPLE_TIME, look).await.is_err() {
        found.push(Finding::note(ABOUT, "there are more than Slack answers for in a minute; the others were left out"));
    }
    found.insert(0, Finding::ok(ABOUT, format!("Slack knows {known} of {}", people.len())));
    found
}

/// What is wrong with a person, if anything.
async fn look_for(api: &Api, person: &Known) -> Result<Option<String>, ApiError> {
    let handle = &person.handle;
    let (asked, how) = match (&person.account, &person.email) {
        (Some(account), _) => (api.users_info(account).await, format!("the account {account}")),
        (None, Some(_)) => {
            let address = person.email.as_deref().unwrap_or_default();
            (api.lookup_by_email(address).await, "the e-mail address".to_owned())
        }
        (None, None) => {
            return Ok(Some(format!(
                "@{handle} has neither \"slack\" nor \"email\", so Slack cannot reach them; add one in [[people]]"
            )));
        }
    };
    match asked {
        Ok(profile) => {
            Ok(unfit(&profile).map(|what| format!("@{handle}: {how} is that of {what}; mend it in [[people]]")))
        }
        Err(error) if matches!(error.code(), Some("user_not_found" | "users_not_found" | "user_not_visible")) => {
            Ok(Some(format!("@{handle}: Slack does not know {how}; mend it in [[people]]")))
        }
        Err(error) => Err(error),
    }
}

fn unfit(profile: &Profile) -> Option<&'static str> {
    match profile.kind {
        AccountKind::Member => None,
        AccountKind::Guest => Some("a guest of the workspace"),
        AccountKind::Stranger => Some("somebody of another organisation"),
        AccountKind::Bot => Some("a bot"),
        AccountKind::Gone => Some("somebody who is no longer there"),
    }
}
