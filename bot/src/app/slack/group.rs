//! The user group of those who are on call.

use std::collections::BTreeSet;

use firebell_core::directory::{Directory, Identity};
use firebell_core::ids::PersonId;
use tokio::sync::watch;

use super::SlackApp;
use crate::app::on_call::OnCall;
use crate::platform::slack::api::ApiError;

impl SlackApp {
    /// Keeps the group in step until `stop` turns true.
    pub(super) async fn keep_group(self, on_call: OnCall, stop: watch::Receiver<bool>) {
        on_call.keep(&self.name, (&self.clock, stop), || Box::pin(self.follow(&on_call))).await;
    }

    async fn follow(&self, on_call: &OnCall) -> Result<(), String> {
        let OnCall { group, policy } = on_call;
        let directory = self.intake.directory().await.map_err(|error| error.to_string())?;
        let mut wanted = BTreeSet::new();
        for person in on_call.first(&directory, self.clock.now())? {
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
