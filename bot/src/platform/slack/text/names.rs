//! The names behind ids, asked of Slack and remembered for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Name, names_in, plain};
use crate::platform::inlet::CallError;
use crate::platform::slack::answer::Calls;

/// How long a name is believed: people rename themselves rarely.
const BELIEVED: Duration = Duration::from_hours(1);
/// How many names are remembered; a workspace with more people asks again.
const REMEMBERED: usize = 10_000;
/// How many names of one text are looked up. A text with more is a list of ids, and each costs a call.
const LOOKED_UP: usize = 50;
/// How long after Slack told of all groups it is not asked for one that was not among them.
const GROUPS_TOLD: Duration = Duration::from_mins(1);

/// Puts names in the place of ids.
pub struct Names {
    calls: Arc<dyn Calls>,
    seen: Mutex<HashMap<Name, Seen>>,
    groups_told: Mutex<Option<Instant>>,
}

struct Seen {
    known: Known,
    at: Instant,
}

/// What is known of an id.
#[derive(Clone)]
enum Known {
    Named(String),
    /// Slack knows no name either.
    Nameless,
}

impl Names {
    /// Asks through these calls.
    pub fn new(calls: Arc<dyn Calls>) -> Self {
        Self { calls, seen: Mutex::default(), groups_told: Mutex::default() }
    }

    /// The text as a person sees it. What Slack knows no name of keeps its id.
    ///
    /// # Errors
    /// Slack could not be asked for a name.
    pub async fn plain(&self, text: &str) -> Result<String, CallError> {
        for name in names_in(text).into_iter().take(LOOKED_UP) {
            if self.remembered(&name).is_none() {
                self.ask(name).await?;
            }
        }
        Ok(self.plain_as_known(text))
    }

    /// The same without asking anybody: what is not remembered keeps its id.
    pub fn plain_as_known(&self, text: &str) -> String {
        let known = names_in(text).into_iter().filter_map(|name| {
            let Known::Named(said) = self.remembered(&name)? else { return None };
            Some((name, said))
        });
        plain(text, &known.collect())
    }

    async fn ask(&self, name: Name) -> Result<(), CallError> {
        let called = match &name {
            Name::Account(id) => self.calls.profile(id).await?.map(|profile| profile.name),
            Name::Room(id) => self.calls.channel_name(id).await?,
            Name::Group(_) => return self.ask_for_groups().await,
        };
        self.remember(name, called.map_or(Known::Nameless, Known::Named));
        Ok(())
    }

    /// Slack tells of all at once.
    async fn ask_for_groups(&self) -> Result<(), CallError> {
        let told = || self.groups_told.lock().unwrap_or_else(PoisonError::into_inner);
        if told().is_some_and(|at| at.elapsed() < GROUPS_TOLD) {
            return Ok(());
        }
        for (group, handle) in self.calls.groups().await? {
            self.remember(Name::Group(group), Known::Named(handle));
        }
        *told() = Some(Instant::now());
        Ok(())
    }

    fn remembered(&self, name: &Name) -> Option<Known> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(name).filter(|seen| seen.at.elapsed() < BELIEVED).map(|seen| seen.known.clone())
    }

    fn remember(&self, name: Name, known: Known) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.retain(|_, seen| seen.at.elapsed() < BELIEVED);
        }
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(name, Seen { known, at: Instant::now() });
    }
}
