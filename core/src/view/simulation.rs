//! What a policy would do, as people read it.

use chrono::TimeDelta;
use serde::Serialize;

use super::format::{Clock, ShownIn};
use super::schedule::{reason, zone_of};
use super::words::skipped;
use crate::directory::{ContactMethod, Directory};
use crate::ids::PersonId;
use crate::paging::page::DueStep;
use crate::paging::policy::AckNeed;
use crate::paging::simulate::Simulated;
use crate::paging::target::{Meant, Way};
use crate::when::compact_duration;

/// Whom a policy would page within a while, when and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulationView {
    /// The policy's key.
    pub policy: String,
    /// The service that was asked for, if one was.
    pub service: Option<String>,
    pub severity: String,
    /// The zone of its times; empty where whoever reads it has them in their own.
    pub zone: String,
    pub steps: Vec<SimulatedRow>,
}

/// What would happen at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulatedRow {
    pub at: String,
    /// `step 1` or `last resort`.
    pub occasion: String,
    pub people: Vec<ToldRow>,
    /// Channels and webhooks that are told as well.
    pub places: Vec<String>,
    /// Those who are told along, to learn.
    pub shadows: Vec<String>,
    /// Each of them has to acknowledge.
    pub everyone: bool,
    /// Why it reaches nobody.
    pub skipped: Option<&'static str>,
    /// Schedules by which nobody is on call then.
    pub uncovered: Vec<String>,
}

/// Who would be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldRow {
    pub handle: String,
    /// The contact method that comes first; none where they cannot be reached.
    pub method: Option<String>,
    /// Why them: `web, layer primary`; empty where they are named.
    pub why: String,
}

impl SimulationView {
    /// A simulation of a policy, begun for a service if one was asked for.
    pub fn of(
        (policy, service, severity): (String, Option<String>, String),
        simulated: &[Simulated],
        directory: &Directory,
        times: ShownIn,
    ) -> Self {
        let first = simulated.first().map(|first| first.at).unwrap_or_default();
        let clock = Clock::new(times, first);
        let steps = simulated.iter().map(|step| SimulatedRow::of(step, directory, clock)).collect();
        Self { policy, service, severity, zone: zone_of(times), steps }
    }
}

impl SimulatedRow {
    fn of(step: &Simulated, directory: &Directory, clock: Clock) -> Self {
        let each = |(method, after): &(ContactMethod, TimeDelta)| {
            let word = method.word();
            if after.is_zero() { word.to_owned() } else { format!("{word} after {}", compact_duration(*after)) }
        };
        let method = |person: PersonId| {
            let (_, by) = step.told.iter().find(|(told, _)| *told == person)?;
            Some(by.iter().map(each).collect::<Vec<_>>().join(", "))
        };
        let row = |meant: &Meant| ToldRow {
            handle: directory.handle(meant.person).to_owned(),
            method: method(meant.person),
            why: why(directory, &meant.by),
        };
        Self {
            at: clock.dated(step.at),
            occasion: match step.occasion {
                DueStep::Step { round: 0, step } => format!("step {}", step + 1),
                DueStep::Step { round, step } => format!("step {}, round {}", step + 1, round + 1),
                DueStep::LastResort { .. } | DueStep::Again => "last resort".to_owned(),
            },
            people: step.target.meant.iter().map(row).collect(),
            shadows: step.target.shadows.iter().map(|meant| directory.handle(meant.person).to_owned()).collect(),
            everyone: step.needs == AckNeed::Everyone,
            skipped: step.skipped.map(skipped),
            places: step.places.clone(),
            uncovered: step.target.uncovered.iter().map(ToString::to_string).collect(),
        }
    }
}

/// By what a step means somebody, in words; nothing where it names them.
pub(super) fn why(directory: &Directory, by: &Way) -> String {
    match by {
        Way::Named => String::new(),
        Way::Schedule { schedule, why, .. } => format!("{schedule}, {}", reason(directory, schedule, why)),
        Way::Turn { schedule, why, .. } => format!("{schedule}, in turn, {}", reason(directory, schedule, why)),
        Way::Shadow { schedule, .. } => format!("{schedule}, learning"),
        Way::Team { team } => format!("team {team}"),
    }
}
