//! The times that an incident took, all derived from `happened_at`. Times to acknowledge, mitigate and resolve count from
//! the declaration to the first human answer, and from the start of the impact (else the declaration) to the rest; a
//! duration whose ends are missing or in the wrong order is absent rather than wrong.

use chrono::{DateTime, TimeDelta, Utc};

use crate::incident::{Incident, Mark};

/// The times that an incident took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Metrics {
    /// From the start of the impact to the declaration.
    pub detect: Option<TimeDelta>,
    /// From the declaration to the first acknowledgement or take-over of the lead.
    pub acknowledge: Option<TimeDelta>,
    /// From the start of the impact, else the declaration, to the mitigation.
    pub mitigate: Option<TimeDelta>,
    /// From the start of the impact, else the declaration, to the resolution.
    pub resolve: Option<TimeDelta>,
}

impl Metrics {
    /// The times of one incident.
    pub fn of(incident: &Incident) -> Self {
        let declared = incident.declared.at;
        let began = incident.impact.started_at.unwrap_or(declared);
        let at = |mark: &Option<Mark>| mark.as_ref().map(|mark| mark.at);
        Self {
            detect: incident.impact.started_at.and_then(|start| between(start, Some(declared))),
            acknowledge: between(declared, at(&incident.milestones.acknowledged)),
            mitigate: between(began, at(&incident.milestones.mitigated)),
            resolve: between(began, at(&incident.milestones.resolved)),
        }
    }
}

fn between(from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> Option<TimeDelta> {
    to.map(|to| to.signed_duration_since(from)).filter(|took| *took >= TimeDelta::zero())
}
