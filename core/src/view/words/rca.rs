//! The fields of entries about the analysis, the document and the follow-ups.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::format::Clock;
use super::super::record::Record;
use crate::action::ActionChange;
use crate::ids::{ActionId, CauseId};
use crate::incident::Measures;
use crate::postmortem::PostmortemChange;
use crate::rca::{AnalysisChange, Verdict};

/// A step of the analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CauseWords {
    /// `F2`.
    pub cause: String,
    /// What the claim is today, where the step has no words of its own.
    pub text: Option<String>,
    /// What part it has: `contributing factor`.
    pub role: Option<&'static str>,
    /// Which of the configured categories it belongs to.
    pub category: Option<String>,
    /// The other cause: what it led to.
    pub other: Option<String>,
    /// `confirmed`, `ruled out` or `open`.
    pub verdict: Option<&'static str>,
    /// Why it was ruled out.
    pub reason: Option<String>,
    /// The entry that supports it: `E12`.
    pub evidence: Option<String>,
}

/// A step of the document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DocumentWords {
    /// The key of the section.
    pub section: Option<String>,
    /// The handles of those whom the step is about.
    pub people: Vec<String>,
    /// Until when it is to be written.
    pub due: Option<String>,
    /// The template that was chosen.
    pub template: Option<String>,
    /// `C3`.
    pub comment: Option<String>,
    /// What was remarked.
    pub text: Option<String>,
    /// Why it was sent back, or could not be exported.
    pub reason: Option<String>,
    /// The name of the place to which it was exported.
    pub target: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// How many sign-offs it needs.
    pub required: Option<u32>,
}

/// What became of a follow-up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FollowUpWords {
    /// The follow-up: `A2`.
    pub action: String,
    /// What was promised.
    pub text: Option<String>,
    /// The handle of whoever is to do it.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<String>,
    /// What it is good for: `prevent`, `detect`, `mitigate` or `process`.
    pub kind_of: Option<&'static str>,
    /// `high`, `medium` or `low`.
    pub priority: Option<&'static str>,
    /// The cause that it is to take away: `F2`.
    pub cause: Option<String>,
    /// The handle of whoever was reminded.
    pub person: Option<String>,
    /// The name of the tracker that keeps it.
    pub tracker: Option<String>,
    /// What people call it there: `#12`.
    pub number: Option<String>,
    /// Where it is kept.
    pub url: Option<String>,
    /// Why the tracker did not take it.
    pub reason: Option<String>,
}

/// The impact in numbers; what is not known is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MeasuresView {
    /// How many users felt it.
    pub users: Option<u64>,
    /// How many requests failed or were lost.
    pub requests: Option<u64>,
    /// `12500 EUR`.
    pub money: Option<String>,
    /// How many minutes of the error budget it took.
    pub slo_minutes: Option<u64>,
    /// When users began to feel it.
    pub started: Option<String>,
    /// When users felt nothing more.
    pub ended: Option<String>,
}

impl CauseWords {
    pub(super) fn of(step: &AnalysisChange, record: &Record<'_>) -> Self {
        let held = |id: CauseId| record.incident.analysis.cause(id).map(|cause| cause.said.text.clone());
        let named = |id: CauseId| Self { cause: id.to_string(), text: held(id), ..Self::default() };
        match step {
            AnalysisChange::CauseAdded { cause, role, text, category, edges } => Self {
                text: Some(text.clone()),
                role: Some(role.name()),
                category: category.as_ref().map(ToString::to_string),
                other: edges.iter().find(|edge| edge.from == *cause).map(|edge| edge.to.to_string()),
                ..named(*cause)
            },
            AnalysisChange::CauseEdited { cause, role, text, category } => Self {
                text: Some(text.clone()),
                role: Some(role.name()),
                category: category.as_ref().map(ToString::to_string),
                ..named(*cause)
            },
            AnalysisChange::CauseLinked { edge } | AnalysisChange::CauseUnlinked { edge } => {
                Self { other: Some(edge.to.to_string()), ..named(edge.from) }
            }
            AnalysisChange::CauseJudged { cause, verdict } => {
                let (word, reason) = match verdict {
                    Verdict::Open => ("open", None),
                    Verdict::Confirmed => ("confirmed", None),
                    Verdict::RuledOut { reason } => ("ruled out", Some(reason.clone())),
                };
                Self { verdict: Some(word), reason, ..named(*cause) }
            }
            AnalysisChange::EvidenceAdded { cause, evidence } | AnalysisChange::EvidenceRemoved { cause, evidence } => {
                Self { evidence: Some(evidence.to_string()), ..named(*cause) }
            }
        }
    }
}

impl DocumentWords {
    pub(super) fn of(step: &PostmortemChange, record: &Record<'_>, clock: Clock) -> Self {
        let none = Self::default();
        match step {
            // What it says is long, and stands in the document.
            PostmortemChange::SectionWritten { section, .. } => Self { section: Some(section.to_string()), ..none },
            PostmortemChange::TemplateChosen { template } => Self { template: Some(template.clone()), ..none },
            PostmortemChange::PostmortemAssigned { owner } => Self { people: record.handles(&[*owner]), ..none },
            PostmortemChange::PostmortemDue { due, .. } => Self { due: due.map(|at| clock.dated(at)), ..none },
            PostmortemChange::PostmortemReminded { due, .. } => Self { due: Some(clock.dated(*due)), ..none },
            PostmortemChange::ReviewAsked { reviewers, required } => {
                Self { people: record.handles(reviewers), required: Some(*required), ..none }
            }
            PostmortemChange::SignedOff { person } => Self { people: record.handles(&[*person]), ..none },
            PostmortemChange::Approved | PostmortemChange::Published => none,
            PostmortemChange::SentBack { reason } => Self { reason: reason.clone(), ..none },
            PostmortemChange::Commented { comment, section, text } => Self {
                comment: Some(comment.to_string()),
                section: section.as_ref().map(ToString::to_string),
                text: Some(text.clone()),
                ..none
            },
            PostmortemChange::CommentSettled { comment } => Self { comment: Some(comment.to_string()), ..none },
            PostmortemChange::PostmortemExported { target, url, .. } => {
                Self { target: Some(target.clone()), url: url.clone(), ..none }
            }
            PostmortemChange::ExportFailed { target, reason, .. } => {
                Self { target: Some(target.clone()), reason: Some(reason.clone()), ..none }
            }
        }
    }
}

impl FollowUpWords {
    pub(super) fn of(step: &ActionChange, record: &Record<'_>, clock: Clock) -> Self {
        let held = |id: ActionId| record.incident.action(id).map(|action| action.said.text.clone());
        let named = Self { action: step.action().to_string(), text: held(step.action()), ..Self::default() };
        match step {
            ActionChange::ActionEdited { text, owner, due, action_kind, priority, cause, .. } => Self {
                text: Some(text.clone()),
                owner: owner.map(|person| record.handle(person)),
                due: due.map(|at| clock.dated(at)),
                kind_of: action_kind.map(crate::action::ActionKind::word),
                priority: priority.map(crate::action::Priority::word),
                cause: cause.map(|cause| cause.to_string()),
                ..named
            },
            ActionChange::ActionReopened { .. } => named,
            ActionChange::NudgePlanned { nudge_at, .. } => Self { due: nudge_at.map(|at| clock.dated(at)), ..named },
            ActionChange::ActionNudged { person, due, .. } => Self {
                person: person.map(|person| record.handle(person)),
                due: Some(clock.dated(*due)),
                // It reaches people by mail and text messages, where nothing private is told.
                text: named.text.filter(|_| !record.incident.is_private()),
                ..named
            },
            ActionChange::ActionTicketed { ticket, .. } => Self {
                tracker: Some(ticket.tracker.clone()),
                number: Some(ticket.number.clone()),
                url: Some(ticket.url.clone()),
                ..named
            },
            ActionChange::TicketFailed { tracker, reason, .. } => {
                Self { tracker: Some(tracker.clone()), reason: Some(reason.clone()), ..named }
            }
        }
    }
}

impl MeasuresView {
    /// These numbers, with the times that go with them as they are shown.
    pub fn of(measures: &Measures, started: Option<String>, ended: Option<String>) -> Self {
        Self {
            users: measures.users,
            requests: measures.requests,
            money: measures.money.as_ref().map(ToString::to_string),
            slo_minutes: measures.slo_minutes,
            started,
            ended,
        }
    }
}
