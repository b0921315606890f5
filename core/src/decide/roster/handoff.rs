//! Taking on-call over, and leaving word for those who come next.

use super::{Draft, RosterDecision, no};
use crate::directory::DirectoryChange;
use crate::effect::OnCallNews;
use crate::ids::Key;
use crate::oncall::handoff::{Accepted, Handoff, Handover, Note};
use crate::oncall::schedule::{NOTICE_LONGEST, Schedule};
use crate::policy;
use crate::refusal::Refusal;
use crate::reply::Reply;

impl Draft<'_> {
    pub(super) fn accept(&self, named: Option<&str>, note: Option<String>) -> Result<RosterDecision, Refusal> {
        let (schedule, handoff) = match named {
            Some(named) => {
                let schedule = self.directory.resolve_schedule(named)?;
                (schedule, self.handoff(schedule)?)
            }
            None => self.waiting()?,
        };
        let key = &schedule.key;
        policy::may_accept_handoff(self.actor, self.directory, schedule, &handoff)?;
        if let Some(accepted) = self.directory.accepted(key, handoff.at) {
            let by = self.directory.handle(accepted.by);
            return Err(no(format!("@{by} has accepted that hand-off of {key} already")));
        }
        let accepted = Accepted { handoff: handoff.at, by: self.me, at: self.now, note };
        let changes = vec![DirectoryChange::HandoverSaved(self.handover(key).with_accepted(accepted))];
        let news = OnCallNews::HandoffAccepted { schedule: key.clone(), at: handoff.at, by: self.me };
        let effects = handoff.leaves().flat_map(|person| self.tell(person, news.clone())).collect();
        let people = handoff.leaves().map(|person| self.directory.handle(person).to_owned()).collect();
        let reply = Reply::HandoffAccepted { schedule: key.to_string(), start: handoff.at, people };
        Ok(RosterDecision { changes, effects, reply })
    }

    pub(super) fn leave_word(&self, named: &str, text: String) -> Result<RosterDecision, Refusal> {
        let schedule = self.directory.resolve_schedule(named)?;
        let on_call = self.directory.roster(&schedule.key).map(|roster| roster.at(self.now)).unwrap_or_default();
        policy::may_note_handoff(self.actor, self.directory, schedule, &on_call)?;
        let note = Note { by: self.me, at: self.now, text };
        let changes = vec![DirectoryChange::HandoverSaved(self.handover(&schedule.key).with_note(note))];
        let reply = Reply::HandoffNoted { schedule: schedule.key.to_string() };
        Ok(RosterDecision { changes, effects: Vec::new(), reply })
    }

    fn handover(&self, schedule: &Key) -> Handover {
        self.directory.handovers.get(schedule).cloned().unwrap_or_else(|| Handover::new(schedule.clone()))
    }

    /// The hand-off of a schedule that whoever asks may accept; where there is none, one that others may.
    fn handoff(&self, schedule: &Schedule) -> Result<Handoff, Refusal> {
        let roster = self.directory.roster(&schedule.key);
        let soon = self.now + NOTICE_LONGEST;
        // What is over by now is no more to be taken over.
        let held = roster.as_ref().filter(|roster| !roster.at(self.now).on_call.is_empty());
        let last = held.and_then(|roster| roster.handoff_before(self.now));
        let next = roster.and_then(|roster| roster.handoff_after(self.now)).filter(|next| next.at <= soon);
        let both: Vec<Handoff> = last.into_iter().chain(next).collect();
        let mine = |handoff: &&Handoff| handoff.to.contains(&self.me);
        let open = |handoff: &&Handoff| mine(handoff) && self.directory.accepted(&schedule.key, handoff.at).is_none();
        let found = both.iter().find(open).or_else(|| both.iter().find(mine)).or_else(|| both.last());
        found.cloned().ok_or_else(|| {
            let key = &schedule.key;
            no(format!("no hand-off of {key} is near; `/oncall schedule {key}` shows when the next is"))
        })
    }

    /// The one hand-off that waits for whoever asks.
    fn waiting(&self) -> Result<(&Schedule, Handoff), Refusal> {
        let waits = |schedule: &'_ Schedule| {
            let handoff = self.handoff(schedule).ok()?;
            let accepted = self.directory.accepted(&schedule.key, handoff.at).is_some();
            (!accepted && handoff.comes().any(|person| person == self.me)).then_some(handoff)
        };
        let all = self.directory.schedules.values();
        let mut all: Vec<(&Schedule, Handoff)> =
            all.filter_map(|schedule| Some((schedule, waits(schedule)?))).collect();
        match all.len() {
            0 => Err(no("no hand-off waits for you; `/oncall handoff` shows those of your schedules".to_owned())),
            1 => Ok(all.remove(0)),
            _ => {
                let keys: Vec<&str> = all.iter().map(|(schedule, _)| schedule.key.as_str()).collect();
                Err(no(format!("several hand-offs wait for you; name one of {}", keys.join(", "))))
            }
        }
    }
}
