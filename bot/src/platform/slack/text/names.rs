//! The names behind Slack's ids.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Name, names_in, plain};
use crate::platform::inlet::CallError;
use crate::platform::names::{self, Source, Told};
use crate::platform::slack::answer::Calls;

/// How long after Slack told of all groups it is not asked for one that was not among them.
const GROUPS_TOLD: Duration = Duration::from_mins(1);

/// Puts names in the place of Slack's ids.
pub type Names = names::Names<OverCalls>;

/// Asks Slack's Web API.
pub struct OverCalls {
    calls: Arc<dyn Calls>,
    groups_told: Mutex<Option<Instant>>,
}

impl Names {
    /// Asks through these calls.
    pub fn new(calls: Arc<dyn Calls>) -> Self {
        Self::over(OverCalls { calls, groups_told: Mutex::default() })
    }
}

impl Source for OverCalls {
    type Error = CallError;

    fn names_in(text: &str) -> Vec<Name> {
        names_in(text)
    }

    fn plain(text: &str, names: &BTreeMap<Name, String>) -> String {
        plain(text, names)
    }

    async fn ask(&self, name: Name) -> Result<Vec<Told>, CallError> {
        let called = match &name {
            Name::Account(id) => self.calls.profile(id).await?.map(|profile| profile.name),
            Name::Room(id) => self.calls.channel_name(id).await?,
            Name::Group(_) => return self.groups().await,
        };
        Ok(vec![(name, called)])
    }
}

impl OverCalls {
    /// Slack tells of all at once.
    async fn groups(&self) -> Result<Vec<Told>, CallError> {
        let told = || self.groups_told.lock().unwrap_or_else(PoisonError::into_inner);
        if told().is_some_and(|at| at.elapsed() < GROUPS_TOLD) {
            return Ok(Vec::new());
        }
        let groups = self.calls.groups().await?.into_iter();
        let groups = groups.map(|(group, handle)| (Name::Group(group), Some(handle))).collect();
        *told() = Some(Instant::now());
        Ok(groups)
    }
}
