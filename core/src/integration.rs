//! Programs that act by HTTP: what their tokens let them do.

use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::refusal::Refusal;

/// What a token is good for, closed, so that a new one makes the compiler list every place that must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To raise pages, and to end what they were about.
    Pages,
}

/// A program that has a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    pub name: Key,
    pub scopes: Vec<Scope>,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 1] = [Self::Pages];

    /// The word for it in files and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pages => "pages",
        }
    }
}

impl Integration {
    /// Refuses what its token is not for.
    ///
    /// # Errors
    /// The token has no such scope.
    pub fn may(&self, scope: Scope) -> Result<(), Refusal> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        let message = format!("the token of {} is not for {}; make one with that scope", self.name, scope.word());
        Err(Refusal::NotAllowed { message })
    }
}
