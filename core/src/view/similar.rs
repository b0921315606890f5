//! Incidents that are like another, why, and what was promised after them and is not done.

use schemars::JsonSchema;
use serde::Serialize;

use super::format::{Clock, severity};
use super::handoff::PackAction;
use super::record::Record;
use crate::similar::{Reasons, Similar};

/// So many incidents are shown to whoever asks.
pub const SIMILAR_MAX: usize = 10;

/// The incidents that are like one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimilarView {
    pub id: String,
    /// What is most similar first.
    pub rows: Vec<SimilarRow>,
}

/// An incident that is like another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SimilarRow {
    /// The incident: `INC-7`.
    pub id: String,
    /// In capitals: `SEV1`.
    pub severity: String,
    /// Where it stands, in a word.
    pub status: String,
    /// Its title.
    pub title: String,
    /// Whether only its members may know of it.
    pub private: bool,
    /// When it was declared: `2026-11-21 14:05`.
    pub declared: String,
    /// What counts most first.
    pub reasons: Vec<ReasonView>,
    /// What is left to do.
    pub actions: Vec<PackAction>,
    /// How many more things are left to do.
    pub more_actions: usize,
}

/// What two incidents have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReasonView {
    /// What kind of thing: `same service`.
    pub what: &'static str,
    /// What they are: keys, factors or words.
    pub those: Vec<String>,
}

impl SimilarView {
    /// These incidents, which are like that of the record. The caller leaves out what the viewer may not see.
    pub fn of(record: &Record<'_>, found: &[Similar]) -> Self {
        let row = |similar: &Similar| SimilarRow::of(similar, record, usize::MAX);
        Self { id: record.incident.id.to_string(), rows: found.iter().take(SIMILAR_MAX).map(row).collect() }
    }
}

impl SimilarRow {
    pub(super) fn of(similar: &Similar, record: &Record<'_>, most: usize) -> Self {
        let incident = &similar.incident;
        let clock = Clock::new(record.times, incident.declared.at);
        let mut actions = PackAction::open(incident, record.directory, clock);
        let more_actions = actions.len().saturating_sub(most);
        actions.truncate(most);
        Self {
            id: incident.id.to_string(),
            severity: severity(&incident.severity),
            status: incident.status.word().to_string(),
            title: incident.title.clone(),
            private: incident.is_private(),
            declared: clock.dated(incident.declared.at),
            reasons: reasons(&similar.reasons),
            actions,
            more_actions,
        }
    }
}

fn reasons(of: &Reasons) -> Vec<ReasonView> {
    let all = [
        ("same factor", &of.factors),
        ("same alert", &of.alerts),
        ("same service", &of.services),
        ("in both titles", &of.titles),
        ("words", &of.words),
    ];
    let there = all.into_iter().filter(|(_, those)| !those.is_empty());
    there.map(|(what, those)| ReasonView { what, those: those.clone() }).collect()
}
