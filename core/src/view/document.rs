//! The postmortem as a document: how far it is, who wrote and signed it, and what goes with it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::format::Clock;
use super::record::{Amendments, Record};
use super::review::{CommentRow, ReviewerRow};
use super::{EntryView, WhoView};
use crate::incident::Status;
use crate::postmortem::PostmortemChange;
use crate::rca::AnalysisChange;
use crate::settings::LEAD;
use crate::timeline::{Change, Entry};
use crate::times::KeyTime;

/// How far the document is, and who had a hand in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DocumentView {
    /// `draft`, `in review`, `approved` or `published`.
    pub state: &'static str,
    /// Who sees to it that it is written.
    pub owner: Option<String>,
    /// Until when it is to be written: `2026-11-28 09:00`.
    pub due: Option<String>,
    /// Those who wrote sections, set causes or added follow-ups after it was over, by handle.
    pub authors: Vec<String>,
    /// Those who were asked to review it, and who signed it off unasked.
    pub reviewers: Vec<ReviewerRow>,
    /// How many sign-offs it needs.
    pub required: u32,
    /// The comments that nobody has settled.
    pub comments: Vec<CommentRow>,
    /// When it was published: `2026-11-28 09:00`.
    pub published: Option<String>,
    /// The day of the incident: `2026-11-21`.
    pub date: String,
    /// A title without anybody's words, for readers outside.
    pub headline: String,
}

/// A link of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LinkView {
    /// The entry that brought it in: `E12`.
    pub entry: String,
    /// Where it leads.
    pub url: String,
    /// What it is called, if somebody said so.
    pub title: Option<String>,
}

/// What those who wait were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TellingView {
    /// When: `14:05`, with the date on any day but the incident's first.
    pub time: String,
    /// What they were told.
    pub text: String,
    /// Who told them.
    pub who: WhoView,
}

/// A span of time that a picture of the timeline shows as a bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhaseView {
    pub label: &'static str,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl DocumentView {
    /// The document of a record.
    pub(super) fn of(record: &Record<'_>) -> Self {
        let held = &record.incident.postmortem;
        let clock = Clock::of(record);
        Self {
            state: held.state.word(),
            owner: held.owner.map(|person| record.handle(person)),
            due: held.due.map(|at| clock.dated(at)),
            authors: authors(record),
            reviewers: ReviewerRow::all(record),
            required: held.required,
            comments: CommentRow::all(record),
            published: held.published.as_ref().map(|mark| clock.dated(mark.at)),
            headline: format!("Incident report of {}", clock.day(record.incident.declared.at)),
            date: clock.day(record.incident.declared.at),
        }
    }
}

/// Those who had a hand in what the document says; while nobody has, whoever leads.
fn authors(record: &Record<'_>) -> Vec<String> {
    let wrote = |change: &Change| {
        matches!(
            change,
            Change::Postmortem(PostmortemChange::SectionWritten { .. })
                | Change::Analysis(AnalysisChange::CauseAdded { .. })
                | Change::SummarySet { .. }
        )
    };
    let of = |entry: &Entry| entry.change.as_ref().filter(|change| wrote(change)).and(entry.actor.person());
    let mut found: BTreeSet<String> =
        record.entries.iter().filter_map(of).map(|person| record.handle(person)).collect();
    if found.is_empty() {
        let lead = record.incident.roles.iter().find(|(role, _)| role.as_str() == LEAD);
        found.extend(lead.map(|(_, person)| record.handle(*person)));
    }
    found.into_iter().collect()
}

impl LinkView {
    /// The links of a record, oldest first.
    pub(super) fn all(record: &Record<'_>, amendments: &Amendments<'_>) -> Vec<Self> {
        let link = |entry: &Entry| match amendments.effective(entry).change.as_deref() {
            Some(Change::Linked { url, title }) => {
                Some(Self { entry: entry.id.to_string(), url: url.clone(), title: title.clone() })
            }
            _ => None,
        };
        let links = record.entries.iter().filter(|entry| matches!(entry.change, Some(Change::Linked { .. })));
        links.filter_map(link).collect()
    }
}

impl TellingView {
    /// What those who wait were told, oldest first.
    pub(super) fn all(record: &Record<'_>, amendments: &Amendments<'_>) -> Vec<Self> {
        let clock = Clock::of(record);
        let told = |entry: &Entry| {
            let effective = amendments.effective(entry);
            match effective.change.as_deref() {
                Some(Change::Updated { text, .. }) => Some(Self {
                    time: clock.moment(effective.happened_at),
                    text: text.clone(),
                    who: EntryView::of(&effective, record, clock).who,
                }),
                _ => None,
            }
        };
        let updates = record.entries.iter().filter(|entry| matches!(entry.change, Some(Change::Updated { .. })));
        updates.filter_map(told).collect()
    }
}

impl PhaseView {
    /// The bars: the impact, and how long it took until somebody had it, had stopped it and had ended it.
    pub(super) fn all(record: &Record<'_>) -> Vec<Self> {
        let incident = record.incident;
        let at = |time| incident.time(time).map(|known| known.at);
        let last = record.entries.last().map_or(incident.declared.at, |entry| entry.happened_at);
        let end = at(KeyTime::Resolved).or(match &incident.status {
            Status::Cancelled { cancelled, .. } => Some(cancelled.at),
            _ => None,
        });
        let end = end.unwrap_or(last);
        let declared = at(KeyTime::Declared).unwrap_or(incident.declared.at);
        let mut found = Vec::new();
        let mut add = |label, from: Option<DateTime<Utc>>, to: DateTime<Utc>| {
            found.extend(from.filter(|from| *from < to).map(|from| Self { label, from, to }));
        };
        add("impact", at(KeyTime::ImpactStarted), at(KeyTime::ImpactEnded).unwrap_or(end));
        add("until acknowledged", Some(declared), at(KeyTime::Acknowledged).unwrap_or(end).min(end));
        add("until mitigated", at(KeyTime::Acknowledged), at(KeyTime::Mitigated).unwrap_or(end).min(end));
        add("until resolved", at(KeyTime::Mitigated), end);
        found
    }
}

/// The written sections as they stand, by key.
pub(super) fn sections(record: &Record<'_>) -> BTreeMap<String, String> {
    let written = record.incident.postmortem.sections.iter();
    written.map(|(key, said)| (key.to_string(), said.text.clone())).collect()
}
