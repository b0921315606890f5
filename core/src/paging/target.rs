//! Whom a step means: asked when it is due, from the directory as it is then, and written down with the reason.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::page::SkipReason;
use super::policy::Step;
use crate::directory::Directory;
use crate::ids::{Key, PersonId};
use crate::oncall::shift::{OnCall, Why};

/// A person whom a step means, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Meant {
    /// Who is meant.
    pub person: PersonId,
    /// By what the step means them.
    pub by: Way,
}

/// By what a step means somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The step names them.
    Named,
    /// They are on call by a schedule, as of this version of it.
    Schedule { schedule: Key, version: i64, why: Why },
    /// It is their turn among those who are on call by a schedule.
    Turn { schedule: Key, version: i64, why: Why },
    /// They are learning, and told along with whoever is on call by a schedule.
    Shadow { schedule: Key, version: i64 },
    /// They belong to a team.
    Team { team: Key },
}

/// Whom a step means at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Each person once, by the first way that means them.
    pub meant: Vec<Meant>,
    /// Those who are told along and not counted on.
    pub shadows: Vec<Meant>,
    /// Schedules by which nobody is on call.
    pub uncovered: Vec<Key>,
}

impl Target {
    /// Whom the step means at `at`. `turn` answers whose turn it is among those who are on call by a schedule.
    pub fn of(
        step: &Step,
        directory: &Directory,
        at: DateTime<Utc>,
        mut turn: impl FnMut(&Key, &[PersonId]) -> Option<PersonId>,
    ) -> Self {
        let mut target = Self::default();
        for person in &step.people {
            target.add(*person, Way::Named);
        }
        for key in &step.schedules {
            let Some((version, on_call)) = target.on_call(directory, key, at) else { continue };
            for held in &on_call.on_call {
                target.add(held.person, Way::Schedule { schedule: key.clone(), version, why: held.why.clone() });
            }
            target.shadow(key, version, &on_call.shadows);
        }
        for key in &step.round_robin {
            let Some((version, on_call)) = target.on_call(directory, key, at) else { continue };
            let people: Vec<PersonId> = on_call.on_call.iter().map(|held| held.person).collect();
            let next = turn(key, &people);
            if let Some(held) = on_call.on_call.iter().find(|held| Some(held.person) == next) {
                target.add(held.person, Way::Turn { schedule: key.clone(), version, why: held.why.clone() });
            }
            target.shadow(key, version, &on_call.shadows);
        }
        for key in &step.teams {
            for person in directory.teams.get(key).map(|team| team.members.as_slice()).unwrap_or_default() {
                target.add(*person, Way::Team { team: key.clone() });
            }
        }
        let counted: Vec<PersonId> = target.people();
        target.shadows.retain(|shadow| !counted.contains(&shadow.person));
        target
    }

    /// Whom the step may mean at `at`: of those who take turns, all that are on call.
    pub fn everybody(step: &Step, directory: &Directory, at: DateTime<Utc>) -> Self {
        let schedules = [step.schedules.clone(), step.round_robin.clone()].concat();
        let step = Step { schedules, round_robin: Vec::new(), ..step.clone() };
        Self::of(&step, directory, at, |_, _| None)
    }

    /// These people, as if a step named them.
    pub fn named(people: &[PersonId]) -> Self {
        let mut target = Self::default();
        for person in people {
            target.add(*person, Way::Named);
        }
        target
    }

    /// Why the step reaches nobody, if it does: `holds` says whether its conditions do, `unreached` whether none of those
    /// whom it means can be told.
    pub fn skipped(&self, holds: bool, unreached: bool) -> Option<SkipReason> {
        match (unreached, self.meant.is_empty()) {
            (false, _) => None,
            (true, _) if !holds => Some(SkipReason::Condition),
            (true, false) => Some(SkipReason::Unreachable),
            (true, true) if self.uncovered.is_empty() => Some(SkipReason::Empty),
            (true, true) => Some(SkipReason::Uncovered),
        }
    }

    /// Those who are counted on.
    pub fn people(&self) -> Vec<PersonId> {
        self.meant.iter().map(|meant| meant.person).collect()
    }

    fn on_call(&mut self, directory: &Directory, key: &Key, at: DateTime<Utc>) -> Option<(i64, OnCall)> {
        let version = directory.schedules.get(key).map(|schedule| schedule.version);
        let found = version.zip(directory.roster(key).map(|roster| roster.at(at)));
        if found.as_ref().is_none_or(|(_, on_call)| on_call.on_call.is_empty()) {
            self.uncovered.push(key.clone());
        }
        found
    }

    fn add(&mut self, person: PersonId, by: Way) {
        if self.meant.iter().all(|meant| meant.person != person) {
            self.meant.push(Meant { person, by });
        }
    }

    fn shadow(&mut self, schedule: &Key, version: i64, people: &[PersonId]) {
        for person in people {
            if self.shadows.iter().all(|shadow| shadow.person != *person) {
                self.shadows.push(Meant { person: *person, by: Way::Shadow { schedule: schedule.clone(), version } });
            }
        }
    }
}
