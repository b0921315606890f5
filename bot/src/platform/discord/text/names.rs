//! The names behind Discord's ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Name, names_in, plain};
use crate::platform::discord::answer::Calls;
use crate::platform::inlet::CallError;
use crate::platform::names::{self, Source, Told};

/// Puts names in the place of Discord's ids.
pub type Names = names::Names<OverCalls>;

/// Asks Discord.
pub struct OverCalls(Arc<dyn Calls>);

impl Names {
    /// Asks through these calls.
    pub fn new(calls: Arc<dyn Calls>) -> Self {
        Self::over(OverCalls(calls))
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
            Name::Account(id) => self.0.profile(id).await?.map(|profile| profile.name),
            Name::Room(id) => self.0.channel(id).await?.map(|channel| channel.name),
            // Discord tells of all at once; one that is not among them is gone.
            Name::Group(id) => {
                let roles = self.0.roles().await?;
                let is_there = roles.iter().any(|(role, _)| role == id);
                let gone = (!is_there).then(|| (name.clone(), None));
                let told = roles.into_iter().map(|(role, called)| (Name::Group(role), Some(called)));
                return Ok(told.chain(gone).collect());
            }
        };
        Ok(vec![(name, called)])
    }
}
