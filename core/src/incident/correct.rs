//! Corrections: a later entry says what an earlier one should have said. Whatever the earlier entry put into the
//! row follows.

use super::{Incident, Mark, Said, Status};
use crate::ids::EntryId;
use crate::rca::Verdict;
use crate::timeline::Correction;

impl Incident {
    /// Makes the row say what the correction says, wherever it stands by the word of `target`.
    /// Returns whether the card may show it.
    pub(super) fn correct(&mut self, target: EntryId, correction: &Correction) -> bool {
        match correction {
            Correction::Text { text } => {
                if self.postmortem.sections.values().any(|said| said.mark.entry == target) {
                    self.postmortem.reworded();
                }
                if self.declared.entry == target {
                    self.title.clone_from(text);
                }
                self.each_said(|said| {
                    if said.mark.entry == target {
                        said.text.clone_from(text);
                    }
                });
                // The words of a declaration are its title; its fields are set anew instead.
                let born = self.declared.entry;
                for said in self.fields.values_mut().filter(|said| said.mark.entry == target && target != born) {
                    said.text.clone_from(text);
                }
                for cause in &mut self.analysis.causes {
                    if let (Some(judged), Verdict::RuledOut { reason }) = (&cause.judged, &mut cause.verdict)
                        && judged.entry == target
                    {
                        reason.clone_from(text);
                    }
                }
                if let Status::Cancelled { cancelled, reason } = &mut self.status
                    && cancelled.entry == target
                {
                    *reason = Some(text.clone());
                }
            }
            Correction::HappenedAt { at } => self.each_mark(|mark| {
                if mark.entry == target {
                    mark.at = *at;
                }
            }),
        }
        true
    }

    fn each_said(&mut self, mut visit: impl FnMut(&mut Said)) {
        let Self { summary, impact, last_update, actions, status, analysis, postmortem, .. } = self;
        summary.iter_mut().for_each(&mut visit);
        impact.text.iter_mut().for_each(&mut visit);
        last_update.iter_mut().for_each(&mut visit);
        for action in actions {
            visit(&mut action.said);
        }
        analysis.causes.iter_mut().for_each(|cause| visit(&mut cause.said));
        postmortem.sections.values_mut().for_each(&mut visit);
        postmortem.comments.iter_mut().for_each(|comment| visit(&mut comment.said));
        if let Status::Resolved { resolved } | Status::Closed { resolved, .. } = status {
            visit(resolved);
        }
    }

    fn each_mark(&mut self, mut visit: impl FnMut(&mut Mark)) {
        self.each_said(|said| visit(&mut said.mark));
        self.fields.values_mut().for_each(|said| visit(&mut said.mark));
        visit(&mut self.declared);
        self.actions.iter_mut().filter_map(|action| action.done.as_mut()).for_each(&mut visit);
        self.analysis.causes.iter_mut().filter_map(|cause| cause.judged.as_mut()).for_each(&mut visit);
        self.times.values_mut().for_each(&mut visit);
        let milestones = &mut self.milestones;
        milestones.detected.iter_mut().for_each(&mut visit);
        milestones.acknowledged.iter_mut().for_each(&mut visit);
        milestones.mitigated.iter_mut().for_each(&mut visit);
        milestones.resolved.iter_mut().for_each(&mut visit);
        match &mut self.status {
            Status::Declared | Status::Resolved { .. } => {}
            Status::Investigating { since } | Status::Identified { since } | Status::Mitigated { since } => {
                visit(since);
            }
            Status::Closed { closed, .. } => visit(closed),
            Status::Cancelled { cancelled, .. } => visit(cancelled),
            Status::Merged { merged, .. } => visit(merged),
        }
    }
}
