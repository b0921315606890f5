//! The user group of those who are on call, kept in step with a policy: whoever is paged first is in it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use firebell_core::directory::{Directory, Identity};
use firebell_core::ids::{Key, PersonId};
use tokio::sync::watch;

use super::SlackApp;
use crate::platform::slack::api::ApiError;
use crate::stop::stopped;

/// How often it is looked at.
const EVERY: TimeDelta = TimeDelta::minutes(1);

/// A user group and the policy whose first step it follows.
#[derive(Debug, Clone)]
pub(super) struct OnCall {
    pub(super) group: String,
    pub(super) policy: Key,
}

impl SlackApp {
    /// Keeps the group in step until `stop` turns true.
    pub(super) async fn keep_group(self, on_call: OnCall, mut stop: watch::Receiver<bool>) {
        let mut told = None;
        while !*stop.borrow() {
            match self.follow(&on_call).await {
                Ok(()) => told = None,
                // Once for each reason: it is tried again every minute.
                Err(why) if told.as_ref() != Some(&why) => {
                    tracing::error!(
                        workspace = self.name,
                        group = on_call.group,
                        why,
                        "the on-call group is not in step"
                    );
                    told = Some(why);
                }
                Err(_) => {}
            }
            tokio::select! {
                () = self.clock.after(EVERY) => {}
                () = stopped(&mut stop) => {}
            }
        }
    }

    async fn follow(&self, OnCall { group, policy }: &OnCall) -> Result<(), String> {
        let directory = self.intake.directory().await.map_err(|error| error.to_string())?;
        let first = directory.policies.get(policy).and_then(|policy| policy.steps.first());
        let people =
            first.map(|step| step.people.clone()).ok_or_else(|| format!("there is no policy {policy} with steps"))?;
        let mut wanted = BTreeSet::new();
        for person in people {
            wanted.extend(self.account(&directory, person).await?);
        }
        if wanted.is_empty() {
            // Slack takes no empty group, and who was in it is better than nobody.
            return Err(format!("nobody whom policy {policy} pages first has a Slack account"));
        }
        let held = self.api.usergroup_members(group).await.map_err(|error| error.to_string())?;
        if held.into_iter().collect::<BTreeSet<_>>() == wanted {
            return Ok(());
        }
        let wanted: Vec<String> = wanted.into_iter().collect();
        self.api.usergroup_update(group, &wanted).await.map(drop).map_err(|error| error.to_string())
    }

    /// By an account, else by an address; nobody where Slack knows neither.
    async fn account(&self, directory: &Directory, person: PersonId) -> Result<Option<String>, String> {
        let here = |identity: &&Identity| identity.workspace == self.workspace && identity.person == person;
        if let Some(linked) = directory.identities.iter().find(here) {
            return Ok(Some(linked.external_id.clone()));
        }
        let Some(email) = directory.people.get(&person).and_then(|person| person.email.as_deref()) else {
            return Ok(None);
        };
        match self.api.lookup_by_email(email).await {
            Ok(profile) => Ok(Some(profile.account)),
            Err(ApiError::Refused { code, .. }) if code == "users_not_found" => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}
