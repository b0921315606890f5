//! Whether somebody can be reached, whether somebody relies on it, and how it is proved.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Address, ContactMethod, Directory, Person};
use crate::effect::CodeFor;
use crate::ids::{CodeId, PersonId};

/// After so many wrong codes those that wait are good no more.
pub const MISSES_MAX: i64 = 5;

/// A code that was sent to an address and waits to come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub id: CodeId,
    pub person: PersonId,
    pub method: ContactMethod,
    /// Where it was sent.
    pub to: Address,
    pub why: CodeFor,
    pub asked: DateTime<Utc>,
    /// It is good until then.
    pub until: DateTime<Utc>,
    /// How many wrong codes came while it waited.
    pub misses: i64,
}

/// An address as it is kept, with as much of it as its owner may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    pub address: Address,
    pub masked: String,
}

/// What is known beside the directory when somebody changes how they are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactFacts {
    /// What somebody typed to be their address, and whether it can be one.
    pub typed: Option<Result<Home, String>>,
    /// Where their methods lead.
    pub homes: BTreeMap<ContactMethod, Home>,
    /// Codes that wait for them.
    pub waiting: Vec<Waiting>,
    /// The one of them that was given.
    pub given: Option<CodeId>,
    /// How many codes they had sent lately.
    pub sent: i64,
    /// Methods of theirs, or the one that they want, to whose addresses no more codes may go for now.
    pub full: BTreeSet<ContactMethod>,
    /// The methods beside chat that are configured.
    pub here: BTreeSet<ContactMethod>,
}

impl Person {
    /// Whether this method leads anywhere: to an account of a chat platform, or to an address that is known.
    pub fn has_way(&self, method: ContactMethod) -> bool {
        let by_letter = method == ContactMethod::Email && self.email.is_some();
        !method.has_address() || self.addresses.contains_key(&method) || by_letter
    }
}

impl Directory {
    /// For what this person may be paged, as people would say it: `schedule web`, `policy web`, `the last resort`.
    pub fn duty_of(&self, person: PersonId) -> Option<String> {
        let schedule = self.schedules.values().find(|schedule| schedule.names(person));
        if let Some(schedule) = schedule {
            return Some(format!("schedule {}", schedule.key));
        }
        let put_in = self.overrides.values().flatten().find(|made| made.people.contains(&person));
        if let Some(made) = put_in {
            return Some(format!("schedule {}", made.schedule));
        }
        let in_team = |team| self.teams.get(team).is_some_and(|team| team.members.contains(&person));
        let policy = self.policies.values().find(|policy| {
            policy.steps.iter().any(|step| step.people.contains(&person) || step.teams.iter().any(in_team))
        });
        let last = || self.last_resort.contains(&person).then(|| "the last resort".to_owned());
        policy.map(|policy| format!("policy {}", policy.key)).or_else(last)
    }
}
