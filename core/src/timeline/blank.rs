//! What an entry still says when its words are redacted.

use super::{Change, Correction, Declared, REDACTED};
use crate::action::ActionChange;
use crate::file::FileOutcome;
use crate::postmortem::PostmortemChange;
use crate::rca::{AnalysisChange, Verdict};

impl Change {
    /// The same change with everything that people wrote replaced by a marker, or `None` where the entry holds
    /// no free text and there is nothing to redact.
    pub fn blanked(&self) -> Option<Self> {
        let blank = match self.clone() {
            Self::Declared(declared) => Self::Declared(Declared {
                title: gone(),
                fields: declared.fields.into_iter().map(|(name, _)| (name, gone())).collect(),
                ..declared
            }),
            Self::SummarySet { .. } => Self::SummarySet { text: gone() },
            Self::ImpactSet { text: Some(_), started_at } => Self::ImpactSet { text: Some(gone()), started_at },
            Self::FieldSet { field, value: Some(_) } => Self::FieldSet { field, value: Some(gone()) },
            Self::Noted { .. } => Self::Noted { text: gone() },
            Self::Updated { next_due, .. } => Self::Updated { text: gone(), next_due },
            Self::ActionAdded { action, owner, due, action_kind, priority, cause, nudge_at, .. } => {
                Self::ActionAdded { action, text: gone(), owner, due, action_kind, priority, cause, nudge_at }
            }
            Self::Action(step) => Self::Action(action(step)?),
            Self::Analysis(step) => Self::Analysis(analysis(step)?),
            Self::Postmortem(step) => Self::Postmortem(postmortem(step)?),
            Self::Linked { title, .. } => Self::Linked { url: gone(), title: title.map(|_| gone()) },
            Self::MessageMarked { message, revision, hash, author, .. } => {
                Self::MessageMarked { message, revision, hash, author, text: gone() }
            }
            Self::MessageCited { author, link, .. } => Self::MessageCited { author, text: gone(), link },
            Self::FileSettled { file, message, .. } => {
                Self::FileSettled { file, message, name: gone(), outcome: FileOutcome::Erased }
            }
            Self::Corrected { entry, correction: Correction::Text { .. } } => {
                Self::Corrected { entry, correction: Correction::Text { text: gone() } }
            }
            Self::Paged { page, policy, policy_version, people, message: Some(_), again_of } => {
                Self::Paged { page, policy, policy_version, people, message: Some(gone()), again_of }
            }
            Self::Cancelled { reason: Some(_) } => Self::Cancelled { reason: Some(gone()) },
            Self::Resolved { .. } => Self::Resolved { summary: gone() },
            // A reason is typed in a hurry, and may repeat the very words that it takes out.
            Self::EntryRedacted { entry, remains, .. } => Self::EntryRedacted { entry, reason: gone(), remains },
            Self::MessageRedacted { message, .. } => Self::MessageRedacted { message, reason: gone() },
            Self::Reopened { reason: Some(_), update_due } => Self::Reopened { reason: Some(gone()), update_due },
            _ => return None,
        };
        Some(blank)
    }
}

fn gone() -> String {
    REDACTED.to_owned()
}

fn action(step: ActionChange) -> Option<ActionChange> {
    match step {
        ActionChange::ActionEdited { action, owner, due, action_kind, priority, cause, .. } => {
            Some(ActionChange::ActionEdited { action, text: gone(), owner, due, action_kind, priority, cause })
        }
        ActionChange::TicketFailed { action, tracker, .. } => {
            Some(ActionChange::TicketFailed { action, tracker, reason: gone() })
        }
        _ => None,
    }
}

fn analysis(step: AnalysisChange) -> Option<AnalysisChange> {
    match step {
        AnalysisChange::CauseAdded { cause, role, category, edges, .. } => {
            Some(AnalysisChange::CauseAdded { cause, role, text: gone(), category, edges })
        }
        AnalysisChange::CauseEdited { cause, role, category, .. } => {
            Some(AnalysisChange::CauseEdited { cause, role, text: gone(), category })
        }
        AnalysisChange::CauseJudged { cause, verdict: Verdict::RuledOut { .. } } => {
            Some(AnalysisChange::CauseJudged { cause, verdict: Verdict::RuledOut { reason: gone() } })
        }
        _ => None,
    }
}

fn postmortem(step: PostmortemChange) -> Option<PostmortemChange> {
    match step {
        PostmortemChange::SectionWritten { section, .. } => {
            Some(PostmortemChange::SectionWritten { section, text: gone() })
        }
        PostmortemChange::SentBack { reason: Some(_) } => Some(PostmortemChange::SentBack { reason: Some(gone()) }),
        PostmortemChange::Commented { comment, section, .. } => {
            Some(PostmortemChange::Commented { comment, section, text: gone() })
        }
        PostmortemChange::ExportFailed { target, room, .. } => {
            Some(PostmortemChange::ExportFailed { target, room, reason: gone() })
        }
        _ => None,
    }
}
