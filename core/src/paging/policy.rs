//! Policies: whom to page in which order, and how long to wait.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::directory::{Directory, Origin, Urgency};
use crate::ids::{Key, PersonId};
use crate::oncall::schedule::Window;
use crate::oncall::window::opening;

/// Whom to page in which order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagingPolicy {
    pub key: Key,
    pub name: String,
    /// Rises with every change of this policy; a running page keeps the version it started with.
    pub version: i64,
    pub steps: Vec<Step>,
    /// How many times the steps are gone through before the last resort; at least 1.
    pub rounds: i64,
    #[serde(default, skip_serializing_if = "Terms::are_plain")]
    pub terms: Terms,
    pub origin: Origin,
}

/// What holds for a whole policy beside its steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Terms {
    /// A page that does not hurry waits until it is within these parts of the week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defer: Option<Hours>,
    /// Seconds after an acknowledgement at which whoever is on call is paged anew, unless the incident is over by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_s: Option<i64>,
}

/// One step: all whom it names at once, then wait. Whom it means besides named people is asked when it is due, not before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// People whom it names.
    pub people: Vec<PersonId>,
    /// Whoever is on call by these schedules then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Key>,
    /// One of those who are on call by these schedules then, each in their turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub round_robin: Vec<Key>,
    /// All members of these teams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Key>,
    /// Channels that are told as well, as [`crate::place::channel`] reads them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<String>,
    /// Configured webhooks that are told as well, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<Key>,
    /// When it is carried out at all; passed over otherwise, and said.
    #[serde(default, skip_serializing_if = "When::is_always")]
    pub when: When,
    /// Seconds to wait for an acknowledgement before the next step.
    pub wait_s: i64,
    /// Whose acknowledgement it waits for.
    pub needs: AckNeed,
}

/// Whose acknowledgement a step waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AckNeed {
    /// The first one acknowledges for all.
    #[default]
    Anyone,
    /// Each acknowledges for themselves; the page is acknowledged when all have.
    Everyone,
    /// They are told along, and no answer of theirs is waited for. No step needs this of all.
    Nobody,
}

/// Under which conditions a step is carried out; all of them hold, and one that is not set always does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct When {
    /// The incident has one of these severities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<Key>,
    /// The page has one of these urgencies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urgencies: Vec<Urgency>,
    /// One of the services that the incident names has one of these tiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<i64>,
    /// It is within one of these parts of the week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
}

/// What conditions look at.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'c> {
    pub severity: &'c Key,
    /// That of the page.
    pub urgency: Urgency,
    /// Those that the incident names.
    pub services: &'c BTreeSet<Key>,
    pub now: DateTime<Utc>,
}

/// Parts of the week in a time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hours {
    /// The IANA name of the zone.
    #[schemars(with = "String")]
    pub zone: Tz,
    /// When they begin and end, by the clock of the zone.
    pub windows: Vec<Window>,
}

impl When {
    /// Whether all of it holds.
    pub fn holds(&self, of: Circumstances<'_>, directory: &Directory) -> bool {
        let severity = self.severities.is_empty() || self.severities.contains(of.severity);
        let urgency = self.urgencies.is_empty() || self.urgencies.contains(&of.urgency);
        let tier = |service: &Key| directory.services.get(service).and_then(|service| service.tier);
        let tiers = || of.services.iter().filter_map(tier).any(|tier| self.tiers.contains(&tier));
        let hours = || self.hours.as_ref().is_none_or(|hours| hours.hold(of.now));
        severity && urgency && (self.tiers.is_empty() || tiers()) && hours()
    }

    /// Whether there is no condition.
    pub fn is_always(&self) -> bool {
        *self == Self::default()
    }
}

impl Terms {
    /// Whether there are none.
    pub fn are_plain(&self) -> bool {
        *self == Self::default()
    }

    /// How long after an acknowledgement whoever is on call is paged anew.
    pub fn again(&self) -> Option<TimeDelta> {
        self.again_s.map(|seconds| TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX))
    }
}

impl Hours {
    /// Whether an instant is within one of them.
    pub fn hold(&self, at: DateTime<Utc>) -> bool {
        self.windows.iter().any(|window| window.is_open(self.zone, at))
    }

    /// When the next of them begins; `None` within one.
    pub fn begin_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        opening(&self.windows, self.zone, at)
    }
}

impl Step {
    /// Whether it names nobody and nothing.
    pub fn is_empty(&self) -> bool {
        let Self { people, schedules, round_robin, teams, .. } = self;
        let nobody = people.is_empty() && schedules.is_empty() && round_robin.is_empty() && teams.is_empty();
        nobody && self.rooms.is_empty() && self.webhooks.is_empty()
    }

    /// The wait as a duration.
    pub fn wait(&self) -> TimeDelta {
        TimeDelta::try_seconds(self.wait_s).unwrap_or(TimeDelta::MAX)
    }
}
