//! The role of those who are on call. To list who has a role takes a privileged intent, so people are asked about one by one:
//! all whom the directory knows now and then, and in between only what changed is done. Others keep what they have.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::Directory;
use firebell_core::ids::PersonId;
use tokio::sync::{Mutex, watch};

use super::DiscordApp;
use crate::app::on_call::OnCall;
use crate::platform::discord::api::{ApiError, code};

/// How often everybody is asked about: what somebody changed by hand stays so for no longer.
const EVERYBODY: TimeDelta = TimeDelta::minutes(10);

/// Who has the role, and when everybody was asked about.
#[derive(Default)]
struct Held {
    accounts: BTreeSet<String>,
    looked: Option<DateTime<Utc>>,
}

impl DiscordApp {
    /// Keeps the role in step until `stop` turns true.
    pub(super) async fn keep_role(self, on_call: OnCall, stop: watch::Receiver<bool>) {
        let held = Mutex::new(Held::default());
        on_call.keep(&self.name, (&self.clock, stop), || Box::pin(self.follow(&on_call, &held))).await;
    }

    async fn follow(&self, on_call: &OnCall, held: &Mutex<Held>) -> Result<(), String> {
        let OnCall { group: role, policy } = on_call;
        let directory = self.intake.directory().await.map_err(|error| error.to_string())?;
        let first = on_call.first(&directory, self.clock.now())?;
        let wanted = self.accounts(&directory, |person| first.contains(&person));
        if wanted.is_empty() {
            // Who had it is better than nobody.
            return Err(format!("nobody whom policy {policy} pages first has a Discord account"));
        }
        let (mut held, now) = (held.lock().await, self.clock.now());
        if held.looked.is_none_or(|looked| now - looked >= EVERYBODY) {
            held.accounts = self.holders(role, self.accounts(&directory, |_| true)).await?;
            held.looked = Some(now);
        }
        let place = (self.guild.as_str(), role.as_str());
        // First whoever comes, so that there is always somebody.
        for account in wanted.difference(&held.accounts.clone()) {
            self.api.add_role(place, account).await.map_err(|error| refused(&error))?;
            held.accounts.insert(account.clone());
        }
        for account in held.accounts.clone().difference(&wanted) {
            match self.api.remove_role(place, account).await {
                Ok(()) => {}
                Err(error) if error.is(&[code::UNKNOWN_MEMBER, code::UNKNOWN_USER]) => {}
                Err(error) => return Err(refused(&error)),
            }
            held.accounts.remove(account);
        }
        Ok(())
    }

    /// The accounts here of some people.
    fn accounts(&self, directory: &Directory, of: impl Fn(PersonId) -> bool) -> BTreeSet<String> {
        let here = directory.identities.iter().filter(|held| held.workspace == self.workspace && of(held.person));
        here.map(|identity| identity.external_id.clone()).collect()
    }

    /// Those of these accounts that have the role.
    async fn holders(&self, role: &str, accounts: BTreeSet<String>) -> Result<BTreeSet<String>, String> {
        let mut holders = BTreeSet::new();
        for account in accounts {
            let member = self.api.member(&self.guild, &account).await.map_err(|error| error.to_string())?;
            if member.is_some_and(|member| member.roles.iter().any(|held| held == role)) {
                holders.insert(account);
            }
        }
        Ok(holders)
    }
}

fn refused(error: &ApiError) -> String {
    if error.is(&[code::MISSING_PERMISSIONS]) {
        return "the bot may not give it: allow its role Manage Roles, and put it above the on-call role".to_owned();
    }
    error.to_string()
}
