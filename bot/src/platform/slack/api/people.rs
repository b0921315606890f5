//! People and groups of people.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use slack_morphism::prelude::SlackApiUserGroupsUsersListRequest;

use super::{Api, ApiError, Identity, Method};
use crate::platform::incoming::{AccountKind, Profile};
use crate::platform::lenient::answer;

/// How long it is believed to whom an address belongs.
const EMAIL_BELIEVED: TimeDelta = TimeDelta::hours(1);
/// How many addresses are remembered.
const EMAILS_MAX: usize = 2000;
/// Slack's own bot, which is not marked as one.
const SLACKBOT: &str = "USLACKBOT";

answer! {
    pub(super) struct OneUser {
        pub(super) user: Member,
    }
}

answer! {
    pub(super) struct Member {
        id: String,
        team_id: String,
        name: String,
        deleted: bool,
        real_name: String,
        tz: String,
        profile: UserProfile,
        is_restricted: bool,
        is_ultra_restricted: bool,
        is_bot: bool,
        is_workflow_bot: bool,
        is_connector_bot: bool,
        is_stranger: bool,
        enterprise_user: EnterpriseUser,
        teams: Vec<String>,
    }
}

answer! {
    struct UserProfile {
        real_name: String,
        display_name: String,
        email: String,
    }
}

answer! {
    struct EnterpriseUser {
        enterprise_id: String,
        teams: Vec<String>,
    }
}

answer! {
    struct GroupMembers {
        users: Vec<String>,
    }
}

answer! {
    pub(super) struct OneGroup {
        usergroup: Group,
    }
}

answer! {
    struct Group {
        id: String,
        handle: String,
        users: Vec<String>,
    }
}

answer! {
    pub(super) struct Groups {
        usergroups: Vec<Group>,
    }
}

/// Who was found by which address, and until when that is believed.
#[derive(Default)]
pub(super) struct Emails(Mutex<HashMap<String, (DateTime<Utc>, Profile)>>);

impl Emails {
    fn get(&self, address: &str, now: DateTime<Utc>) -> Option<Profile> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(address).filter(|(until, _)| *until > now).map(|(_, profile)| profile.clone())
    }

    fn put(&self, address: String, profile: Profile, now: DateTime<Utc>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= EMAILS_MAX {
            known.retain(|_, (until, _)| *until > now);
        }
        if known.len() >= EMAILS_MAX {
            // All are fresh: they are found again as they are needed.
            known.clear();
        }
        known.insert(address, (now + EMAIL_BELIEVED, profile));
    }
}

impl Api {
    /// Who an account belongs to.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `user_not_found` or `user_not_visible`.
    pub async fn users_info(&self, id: &str) -> Result<Profile, ApiError> {
        let found: OneUser = self.call(Method::UsersInfo, None, &[("user", id)]).await?;
        found.user.profile(self.me().await?)
    }

    /// Whose address it is. It is asked at most once an hour for each.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `users_not_found`.
    pub async fn lookup_by_email(&self, address: &str) -> Result<Profile, ApiError> {
        let address = address.trim().to_lowercase();
        if let Some(profile) = self.emails.get(&address, self.rest.now()) {
            return Ok(profile);
        }
        let found: OneUser = self.call(Method::UsersLookupByEmail, None, &[("email", &address)]).await?;
        let profile = found.user.profile(self.me().await?)?;
        self.emails.put(address, profile.clone(), self.rest.now());
        Ok(profile)
    }

    /// The ids and handles of all user groups, with those that are switched off: old messages name them.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn usergroups(&self) -> Result<Vec<(String, String)>, ApiError> {
        let list: Groups = self.call(Method::UsergroupsList, None, &[("include_disabled", "true")]).await?;
        let named = list.usergroups.into_iter().filter(|group| !group.id.is_empty() && !group.handle.is_empty());
        Ok(named.map(|group| (group.id, group.handle)).collect())
    }

    /// Who is in a user group.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `no_such_subteam`.
    pub async fn usergroup_members(&self, group: &str) -> Result<Vec<String>, ApiError> {
        let request = SlackApiUserGroupsUsersListRequest::new(group.into());
        let members: GroupMembers = self.call(Method::UsergroupsUsersList, None, &request).await?;
        Ok(members.users)
    }

    /// Says who is in a user group, at least one, in the place of who was in it; gives who is in it then.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `permission_denied` when only admins may change groups.
    pub async fn usergroup_update(&self, group: &str, users: &[String]) -> Result<Vec<String>, ApiError> {
        let request: Value = json!({ "usergroup": group, "users": users.join(",") });
        let changed: OneGroup = self.call(Method::UsergroupsUsersUpdate, None, &request).await?;
        Ok(changed.usergroup.users)
    }
}

impl Member {
    /// The person as seen from the app's workspace.
    pub(super) fn profile(self, me: &Identity) -> Result<Profile, ApiError> {
        if self.id.is_empty() {
            return Err(ApiError::Unknown);
        }
        let kind = self.kind(me);
        let first = |texts: [&String; 3]| texts.into_iter().find(|text| !text.trim().is_empty()).cloned();
        let name = first([&self.real_name, &self.profile.real_name, &self.profile.display_name]);
        let handle = first([&self.profile.display_name, &self.name, &self.real_name]);
        Ok(Profile {
            name: name.or_else(|| handle.clone()).unwrap_or_else(|| self.id.clone()),
            handle: handle.unwrap_or_else(|| self.id.clone()),
            email: Some(self.profile.email).filter(|email| !email.is_empty()),
            zone: self.tz.parse().ok(),
            account: self.id,
            kind,
        })
    }

    fn kind(&self, me: &Identity) -> AccountKind {
        if self.deleted {
            AccountKind::Gone
        } else if self.is_bot || self.is_workflow_bot || self.is_connector_bot || self.id == SLACKBOT {
            AccountKind::Bot
        } else if self.is_stranger || !self.is_of(me) {
            AccountKind::Stranger
        } else if self.is_restricted || self.is_ultra_restricted {
            AccountKind::Guest
        } else {
            AccountKind::Member
        }
    }

    /// In an organisation of several workspaces a person's own may be another than the app's.
    fn is_of(&self, me: &Identity) -> bool {
        let team = &me.team;
        let same_organisation = me.enterprise.as_ref().is_some_and(|id| *id == self.enterprise_user.enterprise_id);
        self.team_id.is_empty()
            || self.team_id == *team
            || self.teams.contains(team)
            || self.enterprise_user.teams.contains(team)
            || same_organisation
    }
}
