//! How far the document has come, and what is missing in it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::WhoView;
use super::format::Clock;
use super::record::Record;
use crate::ids::{IncidentId, Key, PersonId};
use crate::postmortem::lint::{self, Finding, Severity};
use crate::postmortem::{Comment, Review};

/// How far the document has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that templates ask for")]
pub struct ReviewView {
    pub id: String,
    /// `draft`, `in review`, `approved` or `published`.
    pub state: &'static str,
    pub draft: bool,
    pub in_review: bool,
    pub approved: bool,
    /// When it was published last, and by whom.
    pub published: Option<String>,
    pub published_by: Option<WhoView>,
    pub template: Option<String>,
    pub owner: Option<String>,
    pub due: Option<String>,
    pub overdue: bool,
    /// How many sign-offs it needs, by its review or else by configuration; absent where it needs none.
    pub required: Option<u32>,
    /// Who was asked to review it, and whoever has signed it off without.
    pub reviewers: Vec<ReviewerRow>,
    /// The sections that people have written, by their keys.
    pub sections: Vec<String>,
    /// Comments that nobody has seen to.
    pub comments: Vec<CommentRow>,
    /// How many findings there are of each weight; absent for none.
    pub errors: Option<usize>,
    pub warnings: Option<usize>,
}

/// Somebody who reviews the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReviewerRow {
    /// The person's handle, without the `@`.
    pub handle: String,
    /// When they signed it off, since it was last changed.
    pub signed: Option<String>,
}

/// A comment on the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CommentRow {
    /// `C3`.
    pub id: String,
    /// The key of the section that it is about; absent where it is about the whole document.
    pub section: Option<String>,
    /// What was remarked.
    pub text: String,
    /// Who remarked it.
    pub who: WhoView,
    /// When: `14:05`, with the date on any day but the incident's first.
    pub time: String,
}

/// What is missing in a document, and what could be worded better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintView {
    pub id: String,
    pub rows: Vec<FindingRow>,
    pub errors: usize,
    pub warnings: usize,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    pub rule: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    pub error: bool,
    pub subject: String,
    pub message: String,
    pub hint: String,
}

/// What a section says, where there is no form to edit it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectionView {
    pub id: String,
    pub section: String,
    pub text: Option<String>,
}

impl SectionView {
    /// What a section of an incident's document says.
    pub fn of(record: &Record<'_>, section: &Key) -> Self {
        let said = record.incident.postmortem.sections.get(section);
        Self {
            id: record.incident.id.to_string(),
            section: section.to_string(),
            text: said.map(|said| said.text.clone()),
        }
    }
}

impl ReviewView {
    /// How far the document of an incident has come by `now`.
    pub fn of(record: &Record<'_>, now: DateTime<Utc>) -> Self {
        let (document, clock) = (&record.incident.postmortem, Clock::of(record));
        let findings = lint::lint(record.incident, record.directory, record.settings, now);
        let configured = record.settings.postmortem.required(&record.incident.severity);
        let in_review = matches!(document.state, Review::InReview | Review::Approved);
        let required = if in_review { document.required.max(configured) } else { configured };
        let is_over = document.state == Review::Published;
        Self {
            id: record.incident.id.to_string(),
            state: document.state.word(),
            draft: document.state == Review::Draft,
            in_review: document.state == Review::InReview,
            approved: document.state == Review::Approved,
            published: document.published.as_ref().map(|mark| clock.dated(mark.at)),
            published_by: document.published.as_ref().map(|mark| WhoView::of(&mark.by, record)),
            template: document.template.clone(),
            owner: document.owner.map(|owner| record.handle(owner)),
            due: document.due.map(|due| clock.dated(due)),
            overdue: !is_over && document.due.is_some_and(|due| due < now),
            required: Some(required).filter(|required| *required > 0),
            reviewers: ReviewerRow::all(record),
            sections: document.sections.keys().map(ToString::to_string).collect(),
            comments: CommentRow::all(record),
            errors: some(count(&findings, Severity::Error)),
            warnings: some(count(&findings, Severity::Warning)),
        }
    }
}

impl ReviewerRow {
    /// Whoever was asked to review the document, or has signed it off unasked, by handle.
    pub(super) fn all(record: &Record<'_>) -> Vec<Self> {
        let (document, clock) = (&record.incident.postmortem, Clock::of(record));
        let people: BTreeSet<&PersonId> = document.reviewers.iter().chain(document.signed.keys()).collect();
        let row = |person: &PersonId| Self {
            handle: record.handle(*person),
            signed: document.signed.get(person).map(|mark| clock.dated(mark.at)),
        };
        let mut rows: Vec<Self> = people.into_iter().map(row).collect();
        rows.sort_by(|one, other| one.handle.cmp(&other.handle));
        rows
    }
}

impl CommentRow {
    /// The comments that nobody has seen to.
    pub(super) fn all(record: &Record<'_>) -> Vec<Self> {
        let clock = Clock::of(record);
        let row = |comment: &Comment| Self {
            id: comment.id.to_string(),
            section: comment.section.as_ref().map(ToString::to_string),
            text: comment.said.text.clone(),
            who: WhoView::of(&comment.said.mark.by, record),
            time: clock.dated(comment.said.mark.at),
        };
        record.incident.postmortem.open_comments().map(row).collect()
    }
}

impl LintView {
    /// What is missing in the document of an incident at `now`.
    pub fn of(record: &Record<'_>, now: DateTime<Utc>) -> Self {
        Self::from_findings(record.incident.id, lint::lint(record.incident, record.directory, record.settings, now))
    }

    /// These findings of an incident.
    pub fn from_findings(incident: IncidentId, findings: Vec<Finding>) -> Self {
        Self {
            id: incident.to_string(),
            errors: count(&findings, Severity::Error),
            warnings: count(&findings, Severity::Warning),
            rows: findings.into_iter().map(FindingRow::from).collect(),
        }
    }
}

impl From<Finding> for FindingRow {
    fn from(finding: Finding) -> Self {
        let Finding { rule, severity, subject, message, hint } = finding;
        Self { rule, severity: severity.word(), error: severity == Severity::Error, subject, message, hint }
    }
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

fn some(count: usize) -> Option<usize> {
    Some(count).filter(|count| *count > 0)
}
