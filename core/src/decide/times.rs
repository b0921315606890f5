//! Key times by the word of people, and the impact in numbers.

use chrono::{DateTime, Utc};

use super::draft::Draft;
use super::{Decision, rca};
use crate::incident::Measures;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::Change;
use crate::times::KeyTime;

/// People may be right about times that come in no likely order, so they hear of it and it is recorded.
pub(super) fn set(mut draft: Draft<'_>, time: KeyTime, at: Option<DateTime<Utc>>) -> Result<Decision, Refusal> {
    rca::must_be_told(&draft)?;
    let incident = draft.incident.id;
    match at {
        Some(at) => draft.must_be_past(at)?,
        None if !draft.incident.times.contains_key(&time) => {
            return Err(Refusal::TimeNotSet { time: time.name().to_owned() });
        }
        None => {}
    }
    draft.record(Change::TimeSet { time, at });
    let now = draft.incident.time(time).map(|known| known.at);
    let disorder = draft.incident.disorder(&[time]);
    Ok(draft.done(Reply::TimeSet { incident, time, at: now, cleared: at.is_none(), disorder }))
}

pub(super) fn impact(
    mut draft: Draft<'_>,
    text: Option<String>,
    (started_at, ended_at): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    measures: Measures,
) -> Result<Decision, Refusal> {
    for at in started_at.iter().chain(&ended_at) {
        draft.must_be_past(*at)?;
    }
    let in_numbers = ended_at.is_some() || !measures.is_empty();
    let said = text.is_some() || started_at.is_some();
    if !said && !in_numbers {
        return Err(Refusal::Empty { what: "impact".to_owned() });
    }
    let incident = draft.incident.id;
    if said {
        draft.record(Change::ImpactSet { text, started_at });
    }
    if in_numbers {
        draft.record(Change::ImpactMeasured { measures, ended_at });
    }
    let mut changed = Vec::new();
    changed.extend(started_at.map(|_| KeyTime::ImpactStarted));
    changed.extend(ended_at.map(|_| KeyTime::ImpactEnded));
    let disorder = draft.incident.disorder(&changed);
    Ok(draft.done(Reply::ImpactSet { incident, disorder }))
}
