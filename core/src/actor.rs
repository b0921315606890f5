//! Who did something, and by what way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{Key, PersonId, WorkspaceId};

/// Who did something and by what way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// Who did it.
    pub who: Who,
    /// By what way it came in.
    pub via: Via,
}

/// The one that acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Person(PersonId),
    Integration(Key),
    Firebell,
}

/// The way by which it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Chat of one workspace.
    Chat { workspace: WorkspaceId },
    /// `firebell do`, with the operating system's user.
    Cli { os_user: String },
    /// A web page or the HTTP API.
    Web,
    /// Files that an operator applied.
    Files,
    /// A timer that fell due.
    Timer,
    /// The outcome of an effect.
    Delivery,
}

impl Actor {
    /// A person who writes in a workspace's chat.
    pub fn chat(person: PersonId, workspace: WorkspaceId) -> Self {
        Self { who: Who::Person(person), via: Via::Chat { workspace } }
    }

    /// A person at the command line.
    pub fn cli(person: PersonId, os_user: impl Into<String>) -> Self {
        Self { who: Who::Person(person), via: Via::Cli { os_user: os_user.into() } }
    }

    /// Firebell itself, woken by a timer.
    pub fn timer() -> Self {
        Self { who: Who::Firebell, via: Via::Timer }
    }

    /// Firebell itself, told of a delivery.
    pub fn delivery() -> Self {
        Self { who: Who::Firebell, via: Via::Delivery }
    }

    /// Firebell itself, reading an operator's files.
    pub fn files() -> Self {
        Self { who: Who::Firebell, via: Via::Files }
    }

    /// The person behind the act, if a person did it.
    pub fn person(&self) -> Option<PersonId> {
        self.who.person()
    }
}

impl Who {
    /// The person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(*person),
            Self::Integration(_) | Self::Firebell => None,
        }
    }
}
