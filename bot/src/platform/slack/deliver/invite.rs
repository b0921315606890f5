//! People are brought into a room.

use firebell_core::effect::{Delivery, Reference};

use super::{Step, Turn};
use crate::platform::Account;
use crate::platform::incoming::AccountKind;
use crate::platform::slack::api::{ApiError, Invited};

/// How many people are invited by one call.
const AT_ONCE: usize = 100;

/// Codes that say that the person is where they are wanted.
const IN_ALREADY: &[&str] = &["already_in_channel", "cant_invite_self"];

/// Codes that are about those who were to be let in, and not about the room or the app.
const OF_PEOPLE: &[&str] = &[
    "already_in_channel",
    "cant_invite_self",
    "cant_invite",
    "cant_invite_bot",
    "user_not_found",
    "users_not_found",
    "user_disabled",
    "is_inactive",
    "user_is_restricted",
    "user_is_ultra_restricted",
    "ura_max_channels",
    "invitee_cant_see_channel",
    "no_external_invite_permission",
    "is_external",
];

impl Turn<'_> {
    /// Brings one person into a room.
    pub(super) async fn invite(&self, room: &str, account: &Account) -> Step<Reference> {
        let user = self.account(account).await?;
        let invited = self.let_in(room, std::slice::from_ref(&user)).await;
        let invited = self.pardon(invited, IN_ALREADY)?;
        match invited.left_out.into_iter().find(|(_, code)| !IN_ALREADY.contains(&code.as_str())) {
            Some((_, code)) => Err(self.stop(ApiError::refused(&code))),
            None => Ok(Reference { external_id: user, name: String::new() }),
        }
    }

    /// Brings everybody of a user group into a room. Those who cannot be let in do not stop the others.
    pub(super) async fn invite_group(&self, room: &str, group: &str) -> Step<Reference> {
        let members = self.api.usergroup_members(group).await.map_err(|error| self.stop(error))?;
        let done = self.notes.invited.take(self.key).unwrap_or_default().min(members.len());
        let (mut at, mut left_out) = (done, 0);
        for some in members[done..].chunks(AT_ONCE) {
            match self.invite_some(room, some).await {
                Ok(refused) => left_out += refused,
                Err(otherwise) => {
                    self.notes.invited.put(self.key.to_owned(), at);
                    return Err(otherwise);
                }
            }
            at += some.len();
        }
        if left_out > 0 {
            tracing::warn!(room, group, left_out, "some of the user group could not be let into the room");
        }
        Ok(Reference::default())
    }

    async fn invite_some(&self, room: &str, some: &[String]) -> Step<usize> {
        self.in_time()?;
        match self.let_in(room, some).await {
            Ok(invited) => Ok(invited.left_out.iter().filter(|(_, code)| !IN_ALREADY.contains(&code.as_str())).count()),
            Err(error) if error.code().is_some_and(|code| IN_ALREADY.contains(&code)) => Ok(0),
            Err(error) if error.code().is_some_and(|code| OF_PEOPLE.contains(&code)) => Ok(some.len()),
            Err(error) => Err(self.stop(error)),
        }
    }

    async fn let_in(&self, room: &str, users: &[String]) -> Result<Invited, ApiError> {
        self.within(room, || self.api.invite(room, users)).await
    }

    /// Slack's id of an account.
    pub(super) async fn account(&self, account: &Account) -> Step<String> {
        match account {
            Account::Id(id) => Ok(id.clone()),
            Account::Email(address) => {
                let profile = self.api.lookup_by_email(address).await.map_err(|error| self.stop(error))?;
                if profile.kind == AccountKind::Gone {
                    return Err(Delivery::Impossible("the account is deactivated in Slack".to_owned()));
                }
                Ok(profile.account)
            }
        }
    }
}
