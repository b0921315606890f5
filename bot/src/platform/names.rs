//! The names behind the ids that messages hold, asked of a platform and remembered for a while.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long a name is believed: people rename themselves rarely.
const BELIEVED: Duration = Duration::from_hours(1);
/// How many names are remembered; a workspace with more people asks again.
const REMEMBERED: usize = 10_000;
/// How many names of one text are looked up. A text with more is a list of ids, and each costs a call.
const LOOKED_UP: usize = 50;

/// Somebody or something that a text names by nothing but the platform's id of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    Account(String),
    Room(String),
    /// Several people who are called together.
    Group(String),
}

/// What a platform's texts look like, and who can be asked for the names behind its ids.
pub trait Source: Send + Sync + 'static {
    type Error;

    /// What a text names by its id alone, each once, in the order in which it stands there.
    fn names_in(text: &str) -> Vec<Name>;

    /// The text as a person sees it, as far as the names are known.
    fn plain(text: &str, names: &BTreeMap<Name, String>) -> String;

    /// Asks for a name, and tells whatever comes with the answer; `None` where the platform knows none either.
    fn ask(&self, name: Name) -> impl Future<Output = Result<Vec<Told>, Self::Error>> + Send;
}

/// What is behind an id; `None` where nothing is.
pub type Told = (Name, Option<String>);

/// Puts names in the place of ids.
pub struct Names<S> {
    source: S,
    seen: Mutex<HashMap<Name, Seen>>,
}

struct Seen {
    named: Option<String>,
    at: Instant,
}

impl<S: Source> Names<S> {
    /// Asks this source.
    pub fn over(source: S) -> Self {
        Self { source, seen: Mutex::default() }
    }

    /// The text as a person sees it. What the platform knows no name of keeps its id.
    ///
    /// # Errors
    /// The platform could not be asked for a name.
    pub async fn plain(&self, text: &str) -> Result<String, S::Error> {
        for name in S::names_in(text).into_iter().take(LOOKED_UP) {
            if self.remembered(&name).is_none() {
                for (name, named) in self.source.ask(name).await? {
                    self.remember(name, named);
                }
            }
        }
        Ok(self.plain_as_known(text))
    }

    /// The same without asking anybody: what is not remembered keeps its id.
    pub fn plain_as_known(&self, text: &str) -> String {
        let known = S::names_in(text).into_iter().filter_map(|name| {
            let said = self.remembered(&name)??;
            Some((name, said))
        });
        S::plain(text, &known.collect())
    }

    #[expect(clippy::option_option, reason = "what is not remembered and what has no name are two things")]
    fn remembered(&self, name: &Name) -> Option<Option<String>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(name).filter(|seen| seen.at.elapsed() < BELIEVED).map(|seen| seen.named.clone())
    }

    fn remember(&self, name: Name, named: Option<String>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.retain(|_, seen| seen.at.elapsed() < BELIEVED);
        }
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(name, Seen { named, at: Instant::now() });
    }
}
