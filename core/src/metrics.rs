//! The times that an incident took, all derived from its key times. The time to detect counts from the start of the impact, that
//! to acknowledge from the declaration to the first human answer, and those to mitigate and resolve from the start of the
//! impact, else the declaration; a duration whose ends are missing or in the wrong order is absent rather than wrong.

use chrono::TimeDelta;

use crate::incident::Incident;
use crate::times::KeyTime;

/// The times that an incident took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Metrics {
    /// From the start of the impact to its detection, which is the declaration unless people know better.
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
        let began = match incident.time(KeyTime::ImpactStarted) {
            Some(_) => KeyTime::ImpactStarted,
            None => KeyTime::Declared,
        };
        Self {
            detect: incident.between(KeyTime::ImpactStarted, KeyTime::Detected),
            acknowledge: incident.between(KeyTime::Declared, KeyTime::Acknowledged),
            mitigate: incident.between(began, KeyTime::Mitigated),
            resolve: incident.between(began, KeyTime::Resolved),
        }
    }
}
