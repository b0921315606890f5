//! What it takes to raise a page about something that no incident was declared for.

use crate::directory::Urgency;

/// A page of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raise {
    pub whom: Whom,
    /// What it is about, in a line.
    pub title: String,
    /// What else is known; it becomes the summary.
    pub description: Option<String>,
    /// How much it hurries; as the severity says, where nothing is said.
    pub urgency: Option<Urgency>,
    /// The default one, where nothing is said.
    pub severity: Option<String>,
    /// A program's own name for what is wrong, by which a repetition is known.
    pub key: Option<String>,
}

/// Whom a page is for, as somebody named them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Whatever has this name: `@name` is a person.
    Any(String),
    Service(String),
    Policy(String),
    Team(String),
    Person(String),
}

impl Whom {
    /// The name.
    pub fn named(&self) -> &str {
        match self {
            Self::Any(named) | Self::Service(named) | Self::Policy(named) | Self::Team(named) | Self::Person(named) => {
                named
            }
        }
    }

    /// What it would be the name of.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Any(_) => "service, policy, team or person",
            Self::Service(_) => "service",
            Self::Policy(_) => "policy",
            Self::Team(_) => "team",
            Self::Person(_) => "person",
        }
    }
}
