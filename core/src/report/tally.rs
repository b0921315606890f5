//! A report in the making: incidents and pages come one by one, so that a year of them fits into memory.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::causes::{Claim, recurrences};
use super::figure::{ALWAYS, Figure};
use super::load::{Counted, PageLoad, zone_of};
use super::{
    Asked, CausesReport, Counts, Group, IncidentRow, IntervalTook, OpenAction, OverdueAction, Report, shown, utc,
};
use crate::directory::Directory;
use crate::ids::{Key, PersonId};
use crate::incident::{Action, Incident, Status};
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::times::KeyTime;

/// A report in the making.
#[derive(Debug)]
pub struct Tally<'a> {
    pub(super) asked: Asked,
    pub(super) directory: &'a Directory,
    pub(super) settings: &'a Settings,
    pub(super) now: DateTime<Utc>,
    counts: Counts,
    pub(super) kept: Vec<Kept>,
    pub(super) claims: Vec<Claim>,
    told: BTreeMap<PersonId, Counted>,
    overdue: Vec<(DateTime<Utc>, OverdueAction)>,
}

/// That a page told somebody, and when it did so first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub person: PersonId,
    pub at: DateTime<Utc>,
}

/// What is kept of an incident that counts.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) row: IncidentRow,
    pub(super) declared: DateTime<Utc>,
    pub(super) severity: Key,
    pub(super) services: BTreeSet<Key>,
    pub(super) team: Option<Key>,
    pub(super) open: bool,
    pub(super) actions: Vec<OpenAction>,
    /// In the order of [`ALWAYS`].
    took: [Option<TimeDelta>; 4],
    /// In the order of the settings.
    intervals: Vec<Option<TimeDelta>>,
}

impl<'a> Tally<'a> {
    /// An empty report, made at `now`.
    pub fn new(asked: Asked, directory: &'a Directory, settings: &'a Settings, now: DateTime<Utc>) -> Self {
        Self {
            asked,
            directory,
            settings,
            now,
            counts: Counts::default(),
            kept: Vec::new(),
            claims: Vec::new(),
            told: BTreeMap::new(),
            overdue: Vec::new(),
        }
    }

    /// Takes an incident into account, if its declaration is within the period. Incidents come by number, each once.
    pub fn incident(&mut self, incident: &Incident) {
        let declared = incident.time(KeyTime::Declared).map_or(incident.declared.at, |known| known.at);
        if !self.asked.covers(declared) {
            return;
        }
        match incident.status {
            _ if incident.drill => self.counts.drills += 1,
            Status::Cancelled { .. } => self.counts.cancelled += 1,
            Status::Merged { .. } => self.counts.merged += 1,
            _ => self.keep(incident, declared),
        }
    }

    fn keep(&mut self, incident: &Incident, declared: DateTime<Utc>) {
        let open = incident.status.is_active();
        self.counts.declared += 1;
        self.counts.open += usize::from(open);
        self.counts.resolved += usize::from(!open);
        self.claims.extend(Claim::all(incident, self.kept.len()));
        let Metrics { detect, acknowledge, mitigate, resolve } = Metrics::of(incident);
        let intervals = &self.settings.intervals;
        let open_actions = incident.actions.iter().filter(|action| action.done.is_none());
        self.kept.push(Kept {
            row: row(incident, self.settings),
            declared,
            severity: incident.severity.clone(),
            services: incident.services.clone(),
            team: incident.owning_team.clone(),
            open,
            actions: open_actions.map(|action| self.open_action(action)).collect(),
            took: [detect, acknowledge, mitigate, resolve],
            intervals: intervals.iter().map(|interval| incident.between(interval.from, interval.to)).collect(),
        });
    }

    /// Takes the overdue follow-ups of an incident into account, whenever it was declared. Each incident comes once; drills have
    /// none.
    pub fn promised(&mut self, incident: &Incident) {
        let overdue = incident.actions.iter().filter(|action| action.is_overdue(self.now) && !incident.drill);
        for action in overdue {
            let Some(due) = action.due else { continue };
            let late = OverdueAction {
                incident: incident.id.to_string(),
                title: incident.title.clone(),
                private: incident.is_private(),
                action: action.id.to_string(),
                text: action.said.text.clone(),
                owner: self.owner(action),
                due: shown(due, self.asked.zone),
                due_utc: utc(due),
                days: self.now.signed_duration_since(due).num_days(),
            };
            self.overdue.push((due, late));
        }
    }

    /// Takes into account that a page told somebody; one that did so outside of the period counts for nothing.
    pub fn page(&mut self, told: Told) {
        if self.asked.covers(told.at) {
            self.told.entry(told.person).or_default().add(told.at, zone_of(self.directory, told.person));
        }
    }

    /// The whole report.
    pub fn report(mut self) -> Report {
        // Of what fell due at once, that of the older incident comes first.
        self.overdue.sort_by_key(|(due, _)| *due);
        let all: Vec<&Kept> = self.kept.iter().collect();
        let (figures, intervals) = self.figures(&all);
        let groups = Group::all(&self, &self.asked);
        Report {
            period: self.asked.period(self.now),
            by: self.asked.by.map(super::By::word),
            figures,
            intervals,
            groups,
            pages: PageLoad::of(&self.told, self.directory),
            causes: recurrences(&self),
            counts: self.counts,
            overdue: self.overdue.into_iter().map(|(_, overdue)| overdue).collect(),
            incidents: self.kept.into_iter().map(|kept| kept.row).collect(),
        }
    }

    /// What keeps coming back, alone.
    pub fn causes(self) -> CausesReport {
        CausesReport { period: self.asked.period(self.now), incidents: self.kept.len(), causes: recurrences(&self) }
    }

    /// The times that are always told, and the installation's own, over these incidents.
    pub(super) fn figures(&self, kept: &[&Kept]) -> (Vec<Figure>, Vec<Figure>) {
        let always = ALWAYS.iter().enumerate().map(|(place, (word, about))| {
            Figure::of(word, about, kept.iter().map(|kept| kept.took.get(place).copied().flatten()))
        });
        let own = self.settings.intervals.iter().enumerate().map(|(place, interval)| {
            let about = format!("from {} to {}", interval.from.name(), interval.to.name());
            Figure::of(&interval.name, &about, kept.iter().map(|kept| kept.intervals.get(place).copied().flatten()))
        });
        (always.collect(), own.collect())
    }

    fn owner(&self, action: &Action) -> Option<String> {
        action.owner.map(|owner| self.directory.handle(owner).to_owned())
    }

    fn open_action(&self, action: &Action) -> OpenAction {
        OpenAction {
            id: action.id.to_string(),
            text: action.said.text.clone(),
            owner: self.owner(action),
            due: action.due.map(|due| shown(due, self.asked.zone)),
            due_utc: action.due.map(utc),
            overdue: action.is_overdue(self.now),
            cause: action.cause.map(|cause| cause.to_string()),
        }
    }
}

fn row(incident: &Incident, settings: &Settings) -> IncidentRow {
    let time = |which| incident.time(which).map(|known| utc(known.at));
    let seconds = |took: Option<TimeDelta>| took.map(|took| took.num_seconds());
    let metrics = Metrics::of(incident);
    let own = settings.intervals.iter().map(|interval| IntervalTook {
        name: interval.name.clone(),
        took_s: seconds(incident.between(interval.from, interval.to)),
    });
    IncidentRow {
        id: incident.id.to_string(),
        title: incident.title.clone(),
        severity: incident.severity.to_string(),
        status: incident.status.word().to_string(),
        private: incident.is_private(),
        services: incident.services.iter().map(ToString::to_string).collect(),
        team: incident.owning_team.as_ref().map(ToString::to_string),
        impact_started_utc: time(KeyTime::ImpactStarted),
        detected_utc: time(KeyTime::Detected),
        declared_utc: time(KeyTime::Declared),
        acknowledged_utc: time(KeyTime::Acknowledged),
        mitigated_utc: time(KeyTime::Mitigated),
        impact_ended_utc: time(KeyTime::ImpactEnded),
        resolved_utc: time(KeyTime::Resolved),
        detect_s: seconds(metrics.detect),
        acknowledge_s: seconds(metrics.acknowledge),
        mitigate_s: seconds(metrics.mitigate),
        resolve_s: seconds(metrics.resolve),
        intervals: own.collect(),
    }
}
