//! Key times, where each comes from, and the times between them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::format::Clock;
use super::postmortem::MetricView;
use super::record::{Amendments, Record};
use super::reply::DisorderView;
use super::{MeasuresView, WhoView};
use crate::ids::EntryId;
use crate::incident::Incident;
use crate::metrics::Metrics;
use crate::timeline::{Change, Declared};
use crate::times::KeyTime;
use crate::when::format_duration;

/// The key times of an incident and what derives from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimesView {
    /// The incident.
    pub id: String,
    /// The IANA name of the zone in which times are shown.
    pub zone: String,
    pub times: Vec<KeyTimeView>,
    /// The figures that are always told.
    pub metrics: Vec<MetricView>,
    /// Those that the installation wants besides.
    pub intervals: Vec<MetricView>,
    /// Key times that come in an unlikely order.
    pub disorder: Vec<DisorderView>,
}

/// One key time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyTimeView {
    /// Its word in commands: `impact-started`.
    pub word: &'static str,
    /// What it is called: `impact started`.
    pub name: &'static str,
    /// `14:05`, with the date on any day but the incident's first; absent where nothing tells.
    pub at: Option<String>,
    /// The same in UTC as RFC 3339.
    pub utc: Option<String>,
    /// The entry that says so: `E12`.
    pub entry: Option<String>,
    /// Whether people said so, and it was not proposed from the timeline.
    pub set: bool,
    /// Who said so.
    pub by: Option<WhoView>,
    /// What the timeline proposes in the place of what people said.
    pub proposed: Option<String>,
}

impl TimesView {
    /// The key times of an incident; needs the entries to tell where each comes from.
    pub fn of(record: &Record<'_>) -> Self {
        Self {
            id: record.incident.id.to_string(),
            zone: record.times.name(),
            times: KeyTimeView::all(record),
            metrics: MetricView::of_metrics(&Metrics::of(record.incident)),
            intervals: MetricView::of_intervals(record),
            disorder: DisorderView::all(&record.incident.disorder(&KeyTime::ALL)),
        }
    }
}

impl KeyTimeView {
    /// Every key time, in the order in which they usually come.
    pub(super) fn all(record: &Record<'_>) -> Vec<Self> {
        let clock = Clock::of(record);
        KeyTime::ALL.into_iter().map(|time| Self::of(record, time, clock)).collect()
    }

    fn of(record: &Record<'_>, time: KeyTime, clock: Clock) -> Self {
        let incident = record.incident;
        let known = incident.time(time);
        let mark = incident.times.get(&time);
        let entry = known.and_then(|known| known.entry.or_else(|| told(record, time)));
        let proposed = mark.and_then(|_| proposal(incident, time));
        Self {
            word: time.word(),
            name: time.name(),
            at: known.map(|known| clock.moment(known.at)),
            utc: known.map(|known| known.at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            entry: entry.map(|entry| entry.to_string()),
            set: mark.is_some(),
            by: mark.map(|mark| WhoView::of(&mark.by, record)),
            proposed: proposed.map(|at| clock.moment(at)),
        }
    }
}

/// What the timeline would say if people had not.
fn proposal(incident: &Incident, time: KeyTime) -> Option<DateTime<Utc>> {
    let mut without = incident.clone();
    without.times.remove(&time);
    without.time(time).map(|known| known.at)
}

/// The entry by which the impact began or ended, which the row does not hold.
fn told(record: &Record<'_>, time: KeyTime) -> Option<EntryId> {
    let amendments = Amendments::of(record.entries);
    let says = |change: &Change| match change {
        Change::Declared(Declared { impact_started: Some(_), .. }) | Change::ImpactSet { started_at: Some(_), .. } => {
            time == KeyTime::ImpactStarted
        }
        Change::ImpactMeasured { ended_at: Some(_), .. } => time == KeyTime::ImpactEnded,
        _ => false,
    };
    let entry = record.entries.iter().rfind(|entry| amendments.effective(entry).change.as_deref().is_some_and(says));
    entry.map(|entry| entry.id)
}

impl MetricView {
    /// The four figures that are always told.
    pub(super) fn of_metrics(metrics: &Metrics) -> Vec<Self> {
        let Metrics { detect, acknowledge, mitigate, resolve } = *metrics;
        let view = |word: &str, about: &str, took| Self::new(word.to_owned(), about.to_owned(), took);
        vec![
            view("detect", "from the start of the impact to its detection", detect),
            view("acknowledge", "from the declaration to the first acknowledgement", acknowledge),
            view("mitigate", "from the start of the impact, else the declaration, to the mitigation", mitigate),
            view("resolve", "from the start of the impact, else the declaration, to the resolution", resolve),
        ]
    }

    /// Those that the installation wants besides.
    pub(super) fn of_intervals(record: &Record<'_>) -> Vec<Self> {
        let view = |interval: &crate::times::Interval| {
            let about = format!("from {} to {}", interval.from.name(), interval.to.name());
            Self::new(interval.name.clone(), about, record.incident.between(interval.from, interval.to))
        };
        record.settings.intervals.iter().map(view).collect()
    }

    /// All of them.
    pub(super) fn all(record: &Record<'_>) -> Vec<Self> {
        let mut all = Self::of_metrics(&Metrics::of(record.incident));
        all.extend(Self::of_intervals(record));
        all
    }

    fn new(word: String, about: String, took: Option<TimeDelta>) -> Self {
        Self { word, about, duration: took.map(format_duration), seconds: took.map(|took| took.num_seconds()) }
    }
}

impl MeasuresView {
    /// The impact in numbers, and when it began and ended as far as that is known.
    pub(super) fn of_impact(record: &Record<'_>) -> Self {
        let (incident, clock) = (record.incident, Clock::of(record));
        let moment = |time| incident.time(time).map(|known| clock.moment(known.at));
        Self::of(&incident.impact.measures, moment(KeyTime::ImpactStarted), moment(KeyTime::ImpactEnded))
    }
}
