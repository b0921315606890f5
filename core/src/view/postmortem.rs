//! Everything that a postmortem is made from.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::card::{CardView, SaidView};
use super::causes::CausesView;
use super::document::{DocumentView, LinkView, PhaseView, TellingView, sections};
use super::entry::Anchor;
use super::format::{Clock, paragraphs};
use super::lists::{ActionView, TimelineRow, TimelineView};
use super::record::{Amendments, Record};
use super::times::KeyTimeView;
use super::why::PageView;
use super::words::{MeasuresView, joined};
use crate::incident::Status;
use crate::times::KeyTime;
use crate::when::format_duration;

/// Everything that a postmortem is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PostmortemView {
    /// The incident's present state.
    pub card: CardView,
    /// The IANA name of the zone in which times are shown.
    pub zone: String,
    /// The key times as programs read them.
    pub times: Times,
    /// Role to handle.
    pub roles: BTreeMap<String, String>,
    /// The key of the team that owns the incident.
    pub team: Option<String>,
    /// The incident's type.
    pub kind: String,
    /// The custom fields.
    pub fields: BTreeMap<String, String>,
    /// What happened, in a few sentences.
    pub summary: Option<SaidView>,
    /// What users felt, in words.
    pub impact: Option<SaidView>,
    /// The lines of the words with which it was resolved.
    pub resolution: Vec<String>,
    /// The timeline. Whoever renders it adds it to the rest, because a long one costs much as values of a template's
    /// language.
    #[serde(skip)]
    pub rows: Vec<TimelineRow>,
    /// How many entries of bookkeeping the timeline leaves out.
    pub routine: usize,
    /// The figures, and then those that the installation wants besides.
    pub metrics: Vec<MetricView>,
    /// The figures that the installation wants besides those that are always told.
    pub intervals: Vec<MetricView>,
    /// The analysis: what led to what.
    pub causes: CausesView,
    /// The key times as people read them, in the order in which they usually come.
    pub key_times: Vec<KeyTimeView>,
    /// The impact in numbers.
    pub measures: MeasuresView,
    /// The pages, oldest first, with whom they told and when.
    pub pages: Vec<PageView>,
    /// The follow-ups, in the order in which they were added.
    pub actions: Vec<ActionView>,
    /// Whoever took part, by handle.
    pub participants: Vec<ParticipantView>,
    /// How far the document is, and who had a hand in it.
    pub document: DocumentView,
    /// What people wrote, by section; `{{#written}}` shows it.
    pub sections: BTreeMap<String, String>,
    /// What those who wait were told.
    pub tellings: Vec<TellingView>,
    /// The links of the record.
    pub links: Vec<LinkView>,
    /// How long the impact lasted: `1 h 05 min`.
    pub impact_lasted: Option<String>,
    /// The bars of the picture of the timeline.
    #[serde(skip)]
    pub phases: Vec<PhaseView>,
    /// What pins the record, for `firebell verify`.
    pub anchor: Anchor,
}

/// The instants from which the figures derive, in UTC as RFC 3339.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Times {
    /// When the incident was declared.
    pub declared: String,
    /// When users began to feel it.
    pub impact_started: Option<String>,
    /// When the first sign of it was seen.
    pub detected: Option<String>,
    /// When somebody first answered a page or took the lead.
    pub acknowledged: Option<String>,
    /// When the worst was over.
    pub mitigated: Option<String>,
    /// When users felt nothing more.
    pub impact_ended: Option<String>,
    /// When it was resolved.
    pub resolved: Option<String>,
    /// When it was closed.
    pub closed: Option<String>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MetricView {
    /// `detect`, `acknowledge`, `mitigate` or `resolve`, or what the installation calls it.
    pub word: String,
    /// From what to what.
    pub about: String,
    /// `1 h 05 min`; absent when one of its ends is missing.
    pub duration: Option<String>,
    /// The same in seconds.
    pub seconds: Option<i64>,
}

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ParticipantView {
    /// The person's handle, without the `@`.
    pub handle: String,
    /// The person's name.
    pub name: String,
    /// How they came in: `declared it`, `was given a role`, `was paged`, `acknowledged` or `was invited`.
    pub how: &'static str,
    /// Their roles at the end.
    pub roles: Vec<String>,
}

impl PostmortemView {
    /// Everything that a postmortem is made from; needs the whole record.
    pub fn of(record: &Record<'_>) -> Self {
        let incident = record.incident;
        let clock = Clock::of(record);
        let amendments = Amendments::of(record.entries);
        let TimelineView { rows, routine, zone, .. } = TimelineView::of(record);
        let card = CardView::of(record);
        let pages = record.pages.iter().enumerate();
        Self {
            zone,
            times: Times::of(record),
            roles: incident.roles.iter().map(|(role, person)| (role.to_string(), record.handle(*person))).collect(),
            team: incident.owning_team.as_ref().map(ToString::to_string),
            fields: incident.fields.iter().map(|(name, said)| (name.clone(), said.text.clone())).collect(),
            kind: incident.kind.to_string(),
            summary: incident.summary.as_ref().map(|said| SaidView::of(said, record, clock)),
            impact: incident.impact.text.as_ref().map(|said| SaidView::of(said, record, clock)),
            resolution: card.resolution.as_deref().map(paragraphs).unwrap_or_default(),
            rows,
            routine,
            metrics: MetricView::all(record),
            intervals: MetricView::of_intervals(record),
            causes: CausesView::of(record),
            key_times: KeyTimeView::all(record),
            measures: MeasuresView::of_impact(record),
            pages: pages.map(|(index, page)| PageView::of(record, page, index + 1, None)).collect(),
            actions: ActionView::all(record),
            participants: participants(record),
            document: DocumentView::of(record),
            sections: sections(record),
            tellings: TellingView::all(record, &amendments),
            links: LinkView::all(record, &amendments),
            impact_lasted: incident.between(KeyTime::ImpactStarted, KeyTime::ImpactEnded).map(format_duration),
            phases: PhaseView::all(record),
            anchor: Anchor::of(record),
            card,
        }
    }
}

impl Times {
    fn of(record: &Record<'_>) -> Self {
        let incident = record.incident;
        let at = |time| incident.time(time).map(|known| rfc(known.at));
        Self {
            declared: at(KeyTime::Declared).unwrap_or_else(|| rfc(incident.declared.at)),
            impact_started: at(KeyTime::ImpactStarted),
            detected: at(KeyTime::Detected),
            acknowledged: at(KeyTime::Acknowledged),
            mitigated: at(KeyTime::Mitigated),
            impact_ended: at(KeyTime::ImpactEnded),
            resolved: at(KeyTime::Resolved),
            closed: match &incident.status {
                Status::Closed { closed, .. } => Some(rfc(closed.at)),
                _ => None,
            },
        }
    }
}

fn rfc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn participants(record: &Record<'_>) -> Vec<ParticipantView> {
    let roles = &record.incident.roles;
    let view = |(person, membership): (&crate::ids::PersonId, &crate::incident::Membership)| ParticipantView {
        handle: record.handle(*person),
        name: record.directory.people.get(person).map_or_else(String::new, |held| held.name.clone()),
        how: joined(membership.how),
        roles: roles.iter().filter(|(_, held)| *held == person).map(|(role, _)| role.to_string()).collect(),
    };
    let mut found: Vec<_> = record.incident.members.iter().map(view).collect();
    found.sort_by(|a, b| a.handle.cmp(&b.handle));
    found
}
