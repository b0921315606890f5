//! The fold: an incident's row is what its entries add up to, by this one function.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{
    Action, Announcement, Impact, Incident, Joined, Mark, Membership, Milestones, Mirror, Room, RoomState, Said, Status,
};
use crate::ids::{PersonId, RoomId};
use crate::postmortem::Postmortem;
use crate::rca::{Analysis, AnalysisChange};
use crate::settings::LEAD;
use crate::timeline::{Change, Declared, Entry};
use crate::times::KeyTime;

/// Entries that cannot be what an incident's stream holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfoldable {
    /// The stream is empty or its first entry is not a declaration.
    #[error("the first entry is not a declaration")]
    NotDeclared,
    /// A body is gone and no later entry says what remains of it.
    #[error("entry {0} has no body and no redaction")]
    BodyMissing(i64),
}

impl Incident {
    /// Adds up the entries of one stream, oldest first, redactions and corrections of the time included.
    ///
    /// # Errors
    /// A stream that no sequence of decisions can have written.
    pub fn fold(entries: &[Entry]) -> Result<Self, Unfoldable> {
        let remains: BTreeMap<i64, &Change> = entries
            .iter()
            .filter_map(|entry| entry.change.as_ref())
            .flat_map(Change::layers)
            .filter_map(|change| match change {
                Change::EntryRedacted { entry, remains, .. } => Some((entry.0, remains.as_ref())),
                _ => None,
            })
            .collect();
        let mut incident: Option<Self> = None;
        for entry in entries {
            let change = remains.get(&entry.id.0).copied().or(entry.change.as_ref());
            let change = change.ok_or(Unfoldable::BodyMissing(entry.id.0))?;
            match (&mut incident, change) {
                (None, Change::Declared(declared)) => incident = Some(Self::born(declared, entry)),
                (None, _) => return Err(Unfoldable::NotDeclared),
                (Some(incident), change) => incident.apply(change, entry),
            }
        }
        incident.ok_or(Unfoldable::NotDeclared)
    }

    /// The incident that a declaration makes.
    pub fn born(declared: &Declared, entry: &Entry) -> Self {
        Self {
            id: declared.id,
            version: 0,
            entries: entry.id.0,
            card: 1,
            headline: entry.id.0,
            title: declared.title.clone(),
            kind: declared.incident_type.clone(),
            status: Status::Declared,
            severity: declared.severity.clone(),
            visibility: declared.visibility,
            drill: declared.drill,
            owning_team: declared.owning_team.clone(),
            services: declared.services.iter().cloned().collect::<BTreeSet<_>>(),
            roles: BTreeMap::new(),
            fields: declared.fields.iter().map(|(name, text)| (name.clone(), said(text, entry))).collect(),
            members: BTreeMap::new(),
            summary: None,
            impact: Impact { started_at: declared.impact_started, ..Impact::default() },
            actions: Vec::new(),
            analysis: Analysis::default(),
            times: BTreeMap::new(),
            postmortem: Postmortem::default(),
            rooms: Vec::new(),
            declared: mark(entry),
            milestones: Milestones::default(),
            last_update: None,
            update_due: declared.update_due,
            marked: BTreeSet::new(),
            announcements: declared
                .announced
                .iter()
                .map(|channel| Announcement { channel: channel.clone(), message: None })
                .collect(),
            mirror: if declared.mirror { Mirror::On { since: entry.happened_at } } else { Mirror::Never },
        }
    }

    /// Applies one later entry.
    pub fn apply(&mut self, change: &Change, entry: &Entry) {
        self.entries = entry.id.0;
        if is_headline(change) {
            self.headline = entry.id.0;
        }
        if self.change_state(change, entry) {
            self.card += 1;
        }
    }

    /// Whether the card shows what changed.
    fn change_state(&mut self, change: &Change, entry: &Entry) -> bool {
        match change {
            Change::RoomRequested { .. }
            | Change::RoomOpened { .. }
            | Change::RoomFailed { .. }
            | Change::RoomClosed { .. } => self.change_room(change),
            Change::StatusChanged { .. }
            | Change::MergedInto { .. }
            | Change::Cancelled { .. }
            | Change::Resolved { .. }
            | Change::Reopened { .. }
            | Change::Closed => self.change_status(change, entry),
            Change::MemberJoined { person, how } => self.join(*person, *how, entry.happened_at),
            Change::SeverityChanged { to, update_due, .. } => {
                self.severity = to.clone();
                self.update_due = *update_due;
                true
            }
            Change::RoleAssigned { role, person, .. } => {
                self.roles.insert(role.clone(), *person);
                if role.as_str() == LEAD {
                    self.milestones.acknowledged.get_or_insert_with(|| mark(entry));
                }
                true
            }
            Change::SummarySet { .. }
            | Change::ImpactSet { .. }
            | Change::ImpactMeasured { .. }
            | Change::TimeSet { .. }
            | Change::FieldSet { .. } => self.change_words(change, entry),
            Change::Analysis(step) => {
                self.analysis.apply(step, mark(entry));
                // The card tells of earlier incidents with the same confirmed causes.
                matches!(step, AnalysisChange::CauseJudged { .. } | AnalysisChange::CauseEdited { .. })
            }
            Change::Postmortem(step) => {
                self.postmortem.apply(step, mark(entry));
                false
            }
            Change::MessageCited { .. } => {
                self.notice_detection(entry);
                false
            }
            Change::MessageMarked { .. }
            | Change::MessageUnmarked { .. }
            | Change::MessageRedacted { .. }
            | Change::Announced { .. } => self.change_marks(change),
            Change::MirrorSet { on } => {
                self.mirror = if *on { Mirror::On { since: entry.happened_at } } else { Mirror::Ended };
                false
            }
            Change::Updated { .. } | Change::UpdateReminded { .. } | Change::UpdateSnoozed { .. } => {
                self.change_update(change, entry)
            }
            Change::ActionAdded { .. } | Change::ActionDone { .. } | Change::Action(_) => {
                self.change_action(change, entry)
            }
            Change::Acknowledged { .. } => {
                self.milestones.acknowledged.get_or_insert_with(|| mark(entry));
                true
            }
            Change::Corrected { entry: target, correction } => self.correct(*target, correction),
            Change::EntryRedacted { .. }
            | Change::Paged { .. }
            | Change::LastResortPaged { .. }
            | Change::PageEnded { .. } => true,
            Change::Declared(_)
            | Change::Noted { .. }
            | Change::Linked { .. }
            | Change::FileSettled { .. }
            | Change::SetUpFailed { .. }
            | Change::Escalated { .. }
            | Change::StepSkipped { .. }
            | Change::PageDeferred { .. }
            | Change::PlaceFailed { .. }
            | Change::NoticeSettled { .. }
            | Change::MergedFrom { .. } => false,
        }
    }

    fn change_words(&mut self, change: &Change, entry: &Entry) -> bool {
        match change {
            Change::SummarySet { text } => self.summary = Some(said(text, entry)),
            Change::ImpactSet { text, started_at } => {
                self.impact.text = text.as_ref().map(|text| said(text, entry)).or(self.impact.text.take());
                self.impact.started_at = started_at.or(self.impact.started_at);
                if started_at.is_some() {
                    self.times.remove(&KeyTime::ImpactStarted);
                }
            }
            Change::ImpactMeasured { measures, ended_at } => {
                self.impact.measures.update(measures);
                self.impact.ended_at = ended_at.or(self.impact.ended_at);
                if ended_at.is_some() {
                    self.times.remove(&KeyTime::ImpactEnded);
                }
            }
            Change::TimeSet { time, at: Some(at) } => {
                self.times.insert(*time, Mark { at: *at, ..mark(entry) });
            }
            Change::TimeSet { time, at: None } => {
                self.times.remove(time);
            }
            Change::FieldSet { field, value: Some(text) } => {
                self.fields.insert(field.clone(), said(text, entry));
            }
            Change::FieldSet { field, value: None } => {
                self.fields.remove(field);
            }
            _ => return false,
        }
        true
    }

    /// What was said before the declaration and brought in later is a sign that somebody had noticed.
    fn notice_detection(&mut self, entry: &Entry) {
        let noticed = self.milestones.detected.as_ref().map_or(self.declared.at, |mark| mark.at);
        if entry.happened_at < noticed {
            self.milestones.detected = Some(mark(entry));
        }
    }

    fn change_update(&mut self, change: &Change, entry: &Entry) -> bool {
        match change {
            Change::Updated { text, next_due } => {
                self.last_update = Some(said(text, entry));
                self.update_due = *next_due;
                true
            }
            Change::UpdateReminded { next_due, .. } => {
                self.update_due = Some(*next_due);
                false
            }
            Change::UpdateSnoozed { next_due } => {
                self.update_due = Some(*next_due);
                true
            }
            _ => false,
        }
    }

    fn change_marks(&mut self, change: &Change) -> bool {
        match change {
            Change::MessageMarked { message, .. } => {
                self.marked.insert(*message);
            }
            Change::MessageUnmarked { message } | Change::MessageRedacted { message, .. } => {
                self.marked.remove(message);
            }
            Change::Announced { channel, message } => {
                if let Some(held) = self.announcements.iter_mut().find(|held| held.channel == *channel) {
                    held.message = Some(message.clone());
                }
            }
            _ => {}
        }
        false
    }

    fn change_status(&mut self, change: &Change, entry: &Entry) -> bool {
        let now = mark(entry);
        self.status = match change {
            Change::StatusChanged { to } => {
                if *to == super::ActiveStatus::Mitigated {
                    self.milestones.mitigated = Some(now.clone());
                }
                to.enter(now)
            }
            Change::MergedInto { into } => Status::Merged { merged: now, into: *into },
            Change::Cancelled { reason } => Status::Cancelled { cancelled: now, reason: reason.clone() },
            Change::Resolved { summary } => {
                self.milestones.resolved = Some(now);
                Status::Resolved { resolved: said(summary, entry) }
            }
            Change::Reopened { update_due, .. } => {
                self.milestones.resolved = None;
                self.update_due = *update_due;
                Status::Investigating { since: now }
            }
            Change::Closed => match std::mem::replace(&mut self.status, Status::Declared) {
                Status::Resolved { resolved } => Status::Closed { resolved, closed: now },
                other => other,
            },
            _ => return false,
        };
        if !self.status.is_active() {
            self.update_due = None;
        }
        true
    }

    fn change_room(&mut self, change: &Change) -> bool {
        match change {
            Change::RoomRequested { room, workspace, adopts } => {
                let (id, workspace, adopts) = (*room, *workspace, adopts.clone());
                self.rooms.push(Room { id, workspace, state: RoomState::Requested, adopts });
            }
            Change::RoomOpened { room, external_id, name } => {
                let (external_id, name) = (external_id.clone(), name.clone());
                self.set_room(*room, |_| RoomState::Open { external_id, name });
            }
            Change::RoomFailed { room, reason } => {
                let reason = reason.clone();
                self.set_room(*room, |_| RoomState::Failed { reason });
            }
            Change::RoomClosed { room } => self.set_room(*room, |state| match state {
                RoomState::Open { external_id, name } => RoomState::Closed { external_id, name },
                other => other,
            }),
            _ => {}
        }
        false
    }

    fn set_room(&mut self, id: RoomId, next: impl FnOnce(RoomState) -> RoomState) {
        if let Some(room) = self.rooms.iter_mut().find(|room| room.id == id) {
            let state = std::mem::replace(&mut room.state, RoomState::Requested);
            room.state = next(state);
        }
    }

    fn change_action(&mut self, change: &Change, entry: &Entry) -> bool {
        match change {
            Change::ActionAdded { action, text, owner, due, action_kind, priority, cause, nudge_at } => {
                self.actions.push(Action {
                    id: *action,
                    said: said(text, entry),
                    owner: *owner,
                    due: *due,
                    done: None,
                    kind: *action_kind,
                    priority: *priority,
                    cause: *cause,
                    tickets: Vec::new(),
                    nudge_at: *nudge_at,
                    nudges: 0,
                });
            }
            Change::Action(step) => {
                if let Some(action) = self.actions.iter_mut().find(|held| held.id == step.action()) {
                    action.apply(step, mark(entry));
                }
            }
            Change::ActionDone { action } => {
                if let Some(action) = self.actions.iter_mut().find(|held| held.id == *action) {
                    action.done = Some(mark(entry));
                    action.nudge_at = None;
                }
            }
            _ => {}
        }
        true
    }

    fn join(&mut self, person: PersonId, how: Joined, at: DateTime<Utc>) -> bool {
        self.members.entry(person).or_insert(Membership { how, at });
        false
    }
}

/// Whether it may change what is said of an incident in a line or two.
fn is_headline(change: &Change) -> bool {
    match change {
        Change::RoleAssigned { role, .. } => role.as_str() == LEAD,
        Change::StatusChanged { .. }
        | Change::SeverityChanged { .. }
        | Change::MergedInto { .. }
        | Change::Cancelled { .. }
        | Change::Resolved { .. }
        | Change::Reopened { .. }
        | Change::Closed
        | Change::Updated { .. }
        | Change::Corrected { .. }
        | Change::EntryRedacted { .. } => true,
        _ => false,
    }
}

fn mark(entry: &Entry) -> Mark {
    Mark { at: entry.happened_at, by: entry.actor.who.clone(), entry: entry.id }
}

fn said(text: &str, entry: &Entry) -> Said {
    Said { text: text.to_owned(), mark: mark(entry) }
}
