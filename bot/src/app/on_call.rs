//! What holds whoever is on call on a platform, such as a user group or a role: kept in step with a policy, so that whoever is
//! paged first is in it.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::Directory;
use firebell_core::ids::{Key, PersonId};
use firebell_core::paging::target::Target;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::stop::stopped;

/// How often it is looked at.
const EVERY: TimeDelta = TimeDelta::minutes(1);

/// A group or role, by its id, and the policy whose first step it follows.
#[derive(Debug, Clone)]
pub(super) struct OnCall {
    pub(super) group: String,
    pub(super) policy: Key,
}

impl OnCall {
    /// Whom the policy pages first now. Of those who take turns it is everybody: whose turn it is depends on the pages.
    pub(super) fn first(&self, directory: &Directory, now: DateTime<Utc>) -> Result<Vec<PersonId>, String> {
        let first = directory.policies.get(&self.policy).and_then(|policy| policy.steps.first());
        let step = first.ok_or_else(|| format!("there is no policy {} with steps", self.policy))?;
        Ok(Target::everybody(step, directory, now).people())
    }

    /// Keeps it in step until `stop` turns true. `follow` does it once, or says why not.
    pub(super) async fn keep<'f>(
        &'f self,
        workspace: &str,
        (clock, mut stop): (&Clock, watch::Receiver<bool>),
        mut follow: impl FnMut() -> BoxFuture<'f, Result<(), String>>,
    ) {
        let mut told = None;
        while !*stop.borrow() {
            match follow().await {
                Ok(()) => told = None,
                // Once for each reason: it is tried again every minute.
                Err(why) if told.as_ref() != Some(&why) => {
                    tracing::error!(workspace, group = self.group, why, "the on-call group is not in step");
                    told = Some(why);
                }
                Err(_) => {}
            }
            tokio::select! {
                () = clock.after(EVERY) => {}
                () = stopped(&mut stop) => {}
            }
        }
    }
}
