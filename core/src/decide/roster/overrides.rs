//! Ending an override: whom the schedule names without it are on call again, for what is left of its time.

use super::{Draft, RosterDecision, no};
use crate::directory::DirectoryChange;
use crate::effect::OnCallNews;
use crate::ids::PersonId;
use crate::oncall::overrides::Override;
use crate::oncall::roster::Roster;
use crate::oncall::shift::{Shift, Span, names};
use crate::policy;
use crate::refusal::Refusal;
use crate::reply::Reply;

/// What becomes of those on call where an override ends.
#[derive(Debug, Default)]
struct Turned {
    /// Those who are on call no more.
    gone: Vec<PersonId>,
    /// Those who are on call again.
    back: Vec<PersonId>,
    /// Nobody is on call for a while who was.
    gap: bool,
}

impl Draft<'_> {
    /// One that has not begun goes. One that runs ends now and stays on record, because what was shown and counted of the
    /// time that has passed is to stay true.
    pub(super) fn end_override(&self, number: Option<usize>) -> Result<RosterDecision, Refusal> {
        let made = self.meant(number)?;
        let (schedule, id) = (&made.schedule, made.id);
        let change = if made.start < self.now {
            DirectoryChange::OverrideSaved(Override { end: self.now, ..made.clone() })
        } else {
            DirectoryChange::OverrideRemoved { schedule: schedule.clone(), id }
        };
        let span = Span { start: made.start.max(self.now), end: made.end };
        let Turned { gone, back, gap } = self.turned(made, span);
        let news = |again| OnCallNews::Ended { schedule: schedule.clone(), span, by: self.me, made: id, again };
        // Whoever is on call again must know that above all.
        let others = gone.iter().filter(|person| !made.people.contains(person));
        let gone = made.people.iter().chain(others).filter(|person| !back.contains(person));
        let told = gone.map(|person| (*person, false)).chain(back.iter().map(|person| (*person, true)));
        let effects = told.flat_map(|(person, again)| self.tell(person, news(again))).collect();
        let handles =
            |people: &[PersonId]| people.iter().map(|person| self.directory.handle(*person).to_owned()).collect();
        let reply = Reply::OverrideEnded {
            schedule: schedule.to_string(),
            people: handles(&made.people),
            start: span.start,
            end: span.end,
            again: handles(&back),
            gap,
        };
        Ok(RosterDecision { changes: vec![change], effects, reply })
    }

    /// The override of that number, else the only one that whoever asks may end.
    fn meant(&self, number: Option<usize>) -> Result<&Override, Refusal> {
        let all = self.directory.overrides_ahead(self.now);
        let list = "`/oncall overrides` lists them";
        let may = |made: &Override| policy::may_end_override(self.actor, self.directory, made);
        if let Some(number) = number {
            let made = number.checked_sub(1).and_then(|at| all.get(at).copied());
            let made = made.ok_or_else(|| no(format!("there is no override {number}; {list}")))?;
            return may(made).map(|()| made);
        }
        match all.into_iter().filter(|made| may(made).is_ok()).collect::<Vec<_>>().as_slice() {
            [one] => Ok(one),
            [] => Err(no(format!("there is no override that you may end; {list}"))),
            _ => Err(no(format!("there are several overrides that you may end; name one by its number: {list}"))),
        }
    }

    /// Who comes and goes by it over a stretch of time. That can be others than those whom it puts in and those whom the
    /// layers name: what was made before it counts again, and what was made since for whom it puts in counts for nothing.
    fn turned(&self, made: &Override, Span { start, end }: Span) -> Turned {
        let shifts = |roster: Option<Roster<'_>>| roster.map(|roster| roster.shifts(start, end)).unwrap_or_default();
        let before = shifts(self.directory.roster(&made.schedule));
        let after = shifts(self.directory.roster_without(&made.schedule, made.id));
        between(&before, &after)
    }
}

/// What differs between two tellings of one stretch of time, each without gap or overlap.
fn between(before: &[Shift], after: &[Shift]) -> Turned {
    let mut turned = Turned::default();
    let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
    while let Some((was, is)) = before.peek().copied().zip(after.peek().copied()) {
        note_missing(&mut turned.gone, was, is);
        note_missing(&mut turned.back, is, was);
        turned.gap |= is.on_call.is_empty() && !was.on_call.is_empty();
        let until = was.end.min(is.end);
        before.next_if(|was| was.end == until);
        after.next_if(|is| is.end == until);
    }
    turned
}

/// Notes those who are on call by one shift and not by the other, each once.
fn note_missing(noted: &mut Vec<PersonId>, here: &Shift, there: &Shift) {
    for held in &here.on_call {
        let person = held.person;
        if !names(&there.on_call, person) && !noted.contains(&person) {
            noted.push(person);
        }
    }
}
