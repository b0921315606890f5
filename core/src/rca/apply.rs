//! How a step changes the analysis.

use super::{Analysis, AnalysisChange, Cause, Verdict};
use crate::ids::CauseId;
use crate::incident::{Mark, Said};

impl Analysis {
    /// Applies one step that was recorded at `mark`.
    pub(crate) fn apply(&mut self, change: &AnalysisChange, mark: Mark) {
        match change {
            AnalysisChange::CauseAdded { cause, role, text, category, edges } => {
                self.causes.push(Cause {
                    id: *cause,
                    role: *role,
                    said: Said { text: text.clone(), mark },
                    category: category.clone(),
                    verdict: Verdict::Open,
                    judged: None,
                    evidence: Vec::new(),
                });
                self.edges.extend(edges);
            }
            AnalysisChange::CauseEdited { cause, role, text, category } => self.change(*cause, |held| {
                held.role = *role;
                held.category.clone_from(category);
                if held.said.text != *text {
                    held.said = Said { text: text.clone(), mark };
                }
            }),
            AnalysisChange::CauseLinked { edge } => {
                self.edges.insert(*edge);
            }
            AnalysisChange::CauseUnlinked { edge } => {
                self.edges.remove(edge);
            }
            AnalysisChange::CauseJudged { cause, verdict } => self.change(*cause, |held| {
                held.judged = (*verdict != Verdict::Open).then_some(mark);
                held.verdict.clone_from(verdict);
            }),
            AnalysisChange::EvidenceAdded { cause, evidence } => self.change(*cause, |held| {
                if !held.evidence.contains(evidence) {
                    held.evidence.push(*evidence);
                }
            }),
            AnalysisChange::EvidenceRemoved { cause, evidence } => {
                self.change(*cause, |held| held.evidence.retain(|other| other != evidence));
            }
        }
    }

    fn change(&mut self, id: CauseId, change: impl FnOnce(&mut Cause)) {
        if let Some(cause) = self.causes.iter_mut().find(|cause| cause.id == id) {
            change(cause);
        }
    }
}
