//! What files say and probably do not mean.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::Directory;
use crate::ids::Key;
use crate::oncall::roster::Roster;
use crate::oncall::shift::Span;
use crate::settings::Settings;

/// How far ahead gaps are looked for.
pub const GAPS_AHEAD: TimeDelta = TimeDelta::weeks(4);
/// A schedule by which nobody is on call for so long is one by which nobody will be.
const NEVER: TimeDelta = TimeDelta::days(366);

/// Something that is allowed and probably not meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// Nobody is on call by a schedule for a while.
    Gaps {
        schedule: Key,
        zone: Tz,
        gaps: Vec<Span>,
    },
    /// A step of a policy pages whoever is on call by a schedule by which nobody ever is. Steps are counted from 1.
    NobodyOnCall {
        policy: Key,
        step: usize,
        schedule: Key,
    },
    /// A step of a policy is for severities that there are not.
    NoSuchSeverity {
        policy: Key,
        step: usize,
        severity: Key,
    },
    /// An incident that names this service pages by the default policy, if there is one.
    ServiceWithoutPolicy {
        service: Key,
    },
    PolicyUnnamed {
        policy: Key,
    },
    ScheduleUnnamed {
        schedule: Key,
    },
    /// Nothing reaches this person.
    NoContacts {
        handle: Key,
    },
    /// The settings name a policy that there is not.
    NoSuchPolicy {
        policy: Key,
    },
}

impl Directory {
    /// What is probably not meant, of a directory that came from files alone. `named` are the policies that the settings of
    /// the process name besides the default one.
    pub fn lint(&self, settings: &Settings, named: &[Key], now: DateTime<Utc>) -> Vec<Warning> {
        let mut warnings = self.lint_people();
        warnings.extend(self.lint_services());
        warnings.extend(self.lint_policies(settings, named));
        warnings.extend(self.lint_schedules(now));
        warnings
    }

    fn lint_people(&self) -> Vec<Warning> {
        let mut silent: Vec<&Key> = self
            .people
            .values()
            .filter(|person| person.active && person.contacts.is_empty())
            .map(|person| &person.handle)
            .collect();
        silent.sort();
        silent.into_iter().map(|handle| Warning::NoContacts { handle: handle.clone() }).collect()
    }

    fn lint_services(&self) -> impl Iterator<Item = Warning> {
        let without = self.services.values().filter(|service| service.policy.is_none());
        without.map(|service| Warning::ServiceWithoutPolicy { service: service.key.clone() })
    }

    fn lint_policies(&self, settings: &Settings, named: &[Key]) -> Vec<Warning> {
        let named: Vec<&Key> = named.iter().chain(&settings.default_policy).collect();
        let services = || self.services.values().filter_map(|service| service.policy.as_ref());
        let mut warnings: Vec<Warning> = Vec::new();
        for policy in named.iter().filter(|policy| !self.policies.contains_key(**policy)) {
            let warning = Warning::NoSuchPolicy { policy: (*policy).clone() };
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        for policy in self.policies.values() {
            if !named.contains(&&policy.key) && services().all(|other| *other != policy.key) {
                warnings.push(Warning::PolicyUnnamed { policy: policy.key.clone() });
            }
            for (number, step) in (1..).zip(&policy.steps) {
                let unknown = step
                    .when
                    .severities
                    .iter()
                    .filter(|named| settings.severities.iter().all(|severity| severity.key != **named));
                warnings.extend(unknown.map(|severity| Warning::NoSuchSeverity {
                    policy: policy.key.clone(),
                    step: number,
                    severity: severity.clone(),
                }));
            }
        }
        warnings
    }

    fn lint_schedules(&self, now: DateTime<Utc>) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for schedule in self.schedules.values() {
            let Some(roster) = self.roster(&schedule.key) else { continue };
            let steps = || self.steps_of(&schedule.key);
            if steps().next().is_none() {
                warnings.push(Warning::ScheduleUnnamed { schedule: schedule.key.clone() });
            }
            if is_never_held(&roster, now) {
                warnings.extend(steps().map(|(policy, step)| Warning::NobodyOnCall {
                    policy: policy.clone(),
                    step,
                    schedule: schedule.key.clone(),
                }));
                continue;
            }
            let gaps = roster.gaps(now, now.checked_add_signed(GAPS_AHEAD).unwrap_or(DateTime::<Utc>::MAX_UTC));
            if !gaps.is_empty() {
                warnings.push(Warning::Gaps { schedule: schedule.key.clone(), zone: schedule.zone, gaps });
            }
        }
        warnings
    }

    /// The policies and numbers of the steps that page by a schedule.
    fn steps_of<'d>(&'d self, schedule: &'d Key) -> impl Iterator<Item = (&'d Key, usize)> {
        self.policies.values().flat_map(move |policy| {
            let numbered = (1..).zip(&policy.steps);
            numbered
                .filter(move |(_, step)| step.schedules.contains(schedule) || step.round_robin.contains(schedule))
                .map(move |(number, _)| (&policy.key, number))
        })
    }
}

fn is_never_held(roster: &Roster<'_>, now: DateTime<Utc>) -> bool {
    roster.at(now).on_call.is_empty() && roster.next_change(now, NEVER).is_none()
}

#[cfg(test)]
mod tests;
