//! Having somebody else on call: changes of the directory that people ask for in chat, decided like everything else.

mod handoff;
mod overrides;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::handoff::told;
use crate::actor::Actor;
use crate::command::{OnCallCommand, SwapAnswer};
use crate::directory::{Directory, DirectoryChange};
use crate::effect::{Effect, OnCallNews};
use crate::ids::{Key, Minter, OverrideId, PersonId, SwapId};
use crate::oncall::overrides::{Override, OverrideKind, Swap};
use crate::oncall::schedule::Schedule;
use crate::oncall::shift::{Span, names};
use crate::policy;
use crate::refusal::Refusal;
use crate::reply::Reply;

/// How far a shift is looked for around an instant.
const HORIZON: TimeDelta = TimeDelta::days(90);
/// Longest override, so that a slip of the pen does not put somebody on call for years.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// What is to be committed in one transaction, and what to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterDecision {
    pub changes: Vec<DirectoryChange>,
    /// What those are told whom it concerns.
    pub effects: Vec<Effect>,
    pub reply: Reply,
}

/// Decides what somebody asks for on call.
///
/// # Errors
/// A refusal that says what the person can do about it. Nothing has changed then.
pub fn decide_roster(
    directory: &Directory,
    command: &OnCallCommand,
    (actor, now): (&Actor, DateTime<Utc>),
    mint: &mut Minter,
) -> Result<RosterDecision, Refusal> {
    policy::may_act(actor, directory)?;
    let me = actor.person().ok_or_else(|| no("only a person can change who is on call".to_owned()))?;
    let mut draft = Draft { directory, actor, me, now, mint };
    match command {
        OnCallCommand::Override { schedule, person, from, to, instead_of } => {
            let schedule = draft.schedule(schedule)?;
            let person = draft.person(person)?;
            let instead_of = instead_of.as_deref().map(|named| draft.person(named)).transpose()?;
            let span = draft.span(*from, *to)?;
            draft.put(&[&schedule], (person, instead_of), span, OverrideKind::Override)
        }
        OnCallCommand::Take { schedule, length } => {
            let schedule = draft.schedule(schedule)?;
            let span = draft.span(None, draft.until(&schedule, *length)?)?;
            draft.put(&[&schedule], (me, None), span, OverrideKind::Take)
        }
        OnCallCommand::Cover { person, schedule, from, to } => {
            let person = draft.person(person)?;
            let span = draft.span(*from, *to)?;
            draft.cover(person, schedule.as_deref(), span)
        }
        OnCallCommand::Swap { schedule, with, mine, theirs } => {
            let schedule = draft.schedule(schedule)?;
            let with = draft.person(with)?;
            draft.propose(&schedule, with, *mine, *theirs)
        }
        OnCallCommand::AnswerSwap { answer, number } => draft.answer(*answer, *number),
        OnCallCommand::EndOverride { number } => draft.end_override(*number),
        OnCallCommand::AcceptHandoff { schedule, note } => draft.accept(schedule.as_deref(), note.clone()),
        OnCallCommand::NoteHandoff { schedule, text } => draft.leave_word(schedule, text.clone()),
    }
}

/// A decision in the making.
struct Draft<'d> {
    directory: &'d Directory,
    actor: &'d Actor,
    me: PersonId,
    now: DateTime<Utc>,
    mint: &'d mut Minter,
}

impl Draft<'_> {
    fn schedule(&self, named: &str) -> Result<Schedule, Refusal> {
        let schedule = self.directory.resolve_schedule(named)?;
        policy::may_change_schedule(self.actor, self.directory, schedule)?;
        Ok(schedule.clone())
    }

    /// Somebody who can be on call.
    fn person(&self, named: &str) -> Result<PersonId, Refusal> {
        let person = if named.eq_ignore_ascii_case("me") { self.me } else { self.directory.resolve_person(named)?.id };
        policy::refuse_guest(self.directory, person)?;
        Ok(person)
    }

    fn span(&self, from: Option<DateTime<Utc>>, to: DateTime<Utc>) -> Result<Span, Refusal> {
        let start = from.unwrap_or(self.now).max(self.now);
        let wrong = |message: &str| Err(Refusal::BadTime { message: message.to_owned() });
        if to <= start {
            return wrong("it would end before it begins; name a later end");
        }
        if to.signed_duration_since(start) > LONGEST {
            return wrong("it would last more than 366 days; name an earlier end");
        }
        Ok(Span { start, end: to })
    }

    /// Until when somebody takes over who says nothing else: the next hand-off, of which there must be one.
    fn until(&self, schedule: &Schedule, length: Option<TimeDelta>) -> Result<DateTime<Utc>, Refusal> {
        if let Some(length) = length {
            return Ok(self.now.checked_add_signed(length).unwrap_or(DateTime::<Utc>::MAX_UTC));
        }
        let next = self.directory.roster(&schedule.key).and_then(|roster| roster.next_change(self.now, HORIZON));
        next.map(|change| change.at).ok_or_else(|| {
            let key = &schedule.key;
            no(format!("{key} has no hand-off within 90 days; say for how long, as `/oncall take {key} --for 2h`"))
        })
    }

    /// Somebody is put in, in the place of one or of everybody.
    fn put(
        &mut self,
        schedules: &[&Schedule],
        (person, instead_of): (PersonId, Option<PersonId>),
        span: Span,
        kind: OverrideKind,
    ) -> Result<RosterDecision, Refusal> {
        if instead_of == Some(person) {
            let handle = self.directory.handle(person);
            return Err(no(format!("@{handle} cannot stand in for themselves; name somebody else")));
        }
        let mut changes = Vec::new();
        let mut effects = Vec::new();
        for schedule in schedules {
            let made = self.made(&schedule.key, (person, instead_of), span, kind);
            let relieved = instead_of.into_iter().chain(self.relieved(&schedule.key, person, instead_of, span));
            let news = OnCallNews::Put { schedule: schedule.key.clone(), span, by: self.me, made: made.id };
            effects.extend(self.tell(person, news));
            for person in relieved.collect::<Vec<_>>() {
                let news = OnCallNews::Relieved { schedule: schedule.key.clone(), span, by: self.me, made: made.id };
                effects.extend(self.tell(person, news));
            }
            changes.push(DirectoryChange::OverrideSaved(made));
        }
        let keys = schedules.iter().map(|schedule| schedule.key.to_string()).collect();
        let (person, start, end) = (self.directory.handle(person).to_owned(), span.start, span.end);
        let instead_of = instead_of.map(|person| self.directory.handle(person).to_owned());
        let reply = Reply::OnCall { schedules: keys, person, instead_of, start, end };
        Ok(RosterDecision { changes, effects, reply })
    }

    /// Whom an override for everybody relieves: those who are on call when it begins, or would be in the course of it, as far as
    /// anybody looks ahead.
    fn relieved(&self, schedule: &Key, person: PersonId, instead_of: Option<PersonId>, span: Span) -> Vec<PersonId> {
        let Some(roster) = self.directory.roster(schedule).filter(|_| instead_of.is_none()) else { return Vec::new() };
        let shifts = roster.shifts(span.start, span.end.min(span.start + HORIZON));
        let all: BTreeSet<PersonId> = shifts
            .iter()
            .flat_map(|shift| &shift.on_call)
            .map(|held| held.person)
            .filter(|held| *held != person)
            .collect();
        all.into_iter().collect()
    }

    /// Whoever asks stands in for somebody wherever that person would be on call.
    fn cover(&mut self, person: PersonId, named: Option<&str>, span: Span) -> Result<RosterDecision, Refusal> {
        let asked = named.map(|named| self.schedule(named)).transpose()?;
        let all: Vec<Schedule> = match asked {
            Some(schedule) => vec![schedule],
            None => self.directory.schedules.values().cloned().collect(),
        };
        let held = |schedule: &&Schedule| {
            let shifts = self.directory.roster(&schedule.key).map(|roster| roster.shifts(span.start, span.end));
            shifts.unwrap_or_default().iter().any(|shift| names(&shift.on_call, person))
        };
        let theirs: Vec<&Schedule> = all.iter().filter(held).collect();
        if theirs.is_empty() {
            let handle = self.directory.handle(person);
            let of = named.map(|named| format!(" of {}", Refusal::quote(named))).unwrap_or_default();
            return Err(no(format!(
                "@{handle} has no shift{of} in that time; `/oncall schedule` with the name of one shows who has"
            )));
        }
        for schedule in &theirs {
            policy::may_change_schedule(self.actor, self.directory, schedule)?;
        }
        let me = self.me;
        self.put(&theirs, (me, Some(person)), span, OverrideKind::Cover)
    }

    fn propose(
        &mut self,
        schedule: &Schedule,
        with: PersonId,
        mine: DateTime<Utc>,
        theirs: Option<DateTime<Utc>>,
    ) -> Result<RosterDecision, Refusal> {
        if with == self.me {
            return Err(no("you cannot change shifts with yourself; name somebody else".to_owned()));
        }
        let own = self.shift(schedule, self.me, mine)?;
        let theirs = theirs.map(|at| self.shift(schedule, with, at)).transpose()?;
        let same =
            |swap: &&Swap| (swap.by, swap.with, swap.own) == (self.me, with, own) && swap.schedule == schedule.key;
        if self.directory.swaps.values().any(|swap| same(&swap)) {
            let handle = self.directory.handle(with);
            return Err(no(format!("you have offered that shift to @{handle} already; `/oncall swaps` lists it")));
        }
        let (id, key) = (SwapId(self.mint.uuid()), schedule.key.clone());
        let swap = Swap { id, schedule: key.clone(), by: self.me, with, own, theirs, proposed_at: self.now };
        self.refuse_both(&swap, "name shifts at other times")?;
        let effects = self.tell(with, OnCallNews::SwapProposed { swap: swap.clone() });
        let person = self.directory.handle(with).to_owned();
        let reply = Reply::SwapProposed { schedule: key.to_string(), person, start: own.start, end: own.end };
        Ok(RosterDecision { changes: vec![DirectoryChange::SwapSaved(swap)], effects, reply })
    }

    /// Whoever is on call anyhow cannot be there for somebody else, who would just be missing.
    fn refuse_both(&self, swap: &Swap, way: &str) -> Result<(), Refusal> {
        let Some(roster) = self.directory.roster(&swap.schedule) else { return Ok(()) };
        let during = |person: PersonId, span: Span| {
            let shifts = roster.shifts(span.start.max(self.now), span.end);
            shifts.iter().any(|shift| names(&shift.on_call, person))
        };
        let both = swap.sides().find(|(person, _, span)| during(*person, *span));
        let Some((person, other, _)) = both else { return Ok(()) };
        let (person, other, key) = (self.directory.handle(person), self.directory.handle(other), &swap.schedule);
        Err(no(format!("@{person} is on call by {key} during the shift of @{other}, who would be missing; {way}")))
    }

    /// What is left of the shift that somebody has at an instant.
    fn shift(&self, schedule: &Schedule, person: PersonId, at: DateTime<Utc>) -> Result<Span, Refusal> {
        let key = &schedule.key;
        let held = self.directory.roster(key).and_then(|roster| roster.held_by(person, at, HORIZON));
        let held =
            held.map(|span| Span { start: span.start.max(self.now), ..span }).filter(|span| span.end > span.start);
        held.ok_or_else(|| {
            let handle = self.directory.handle(person);
            no(format!("@{handle} is not on call by {key} then; `/oncall schedule {key}` shows the shifts"))
        })
    }

    fn answer(&mut self, answer: SwapAnswer, number: Option<usize>) -> Result<RosterDecision, Refusal> {
        let swap = self.proposal(answer, number)?;
        let mut changes = vec![DirectoryChange::SwapRemoved { id: swap.id }];
        let accepted = answer == SwapAnswer::Accept;
        if accepted {
            changes.extend(self.exchange(&swap)?);
        }
        let other = if answer == SwapAnswer::Withdraw { swap.with } else { swap.by };
        let effects = self.tell(other, OnCallNews::SwapAnswered { swap: swap.clone(), accepted, by: self.me });
        let person = self.directory.handle(other).to_owned();
        let reply = Reply::SwapAnswered { schedule: swap.schedule.to_string(), person, accepted };
        Ok(RosterDecision { changes, effects, reply })
    }

    /// The overrides that a proposal becomes.
    fn exchange(&mut self, swap: &Swap) -> Result<Vec<DirectoryChange>, Refusal> {
        let by = self.directory.people.get(&swap.by);
        if by.is_some_and(|by| !by.active) {
            let handle = self.directory.handle(swap.by);
            return Err(no(format!("@{handle} has left, and nobody would take over from them; decline it")));
        }
        policy::refuse_guest(self.directory, swap.by)?;
        let stands = |person, span: Span| {
            let roster = self.directory.roster(&swap.schedule);
            let start = span.start.max(self.now);
            // A shift may be longer than the horizon, to both sides of the instant by which it was named.
            let length = span.end.signed_duration_since(start);
            let held = roster.and_then(|roster| roster.held_by(person, start, length));
            held.is_some_and(|held| held.end >= span.end)
        };
        // What was offered may be somebody else's by now.
        if !swap.sides().all(|(_, holder, span)| stands(holder, span)) {
            return Err(no("the schedule has changed since; decline it, and have a new one offered".to_owned()));
        }
        self.refuse_both(swap, "decline it, and have a new one offered")?;
        let made = |(person, instead_of, span)| {
            let made = self.made(&swap.schedule, (person, Some(instead_of)), span, OverrideKind::Swap);
            DirectoryChange::OverrideSaved(made)
        };
        Ok(swap.sides().map(made).collect())
    }

    /// The proposal that an answer is for: the one of that number, else the only one that could be meant.
    fn proposal(&self, answer: SwapAnswer, number: Option<usize>) -> Result<Swap, Refusal> {
        let all = self.directory.swaps_of(self.me, self.now);
        let own = |swap: &&Swap| if answer == SwapAnswer::Withdraw { swap.by == self.me } else { swap.with == self.me };
        let list = "`/oncall swaps` lists them";
        if let Some(number) = number {
            let swap = number.checked_sub(1).and_then(|at| all.get(at).copied());
            let swap = swap.ok_or_else(|| no(format!("there is no offer {number}; {list}")))?;
            if !own(&swap) {
                let role = if answer == SwapAnswer::Withdraw { "made" } else { "asked in" };
                return Err(no(format!("you are not {role} offer {number}; {list}")));
            }
            return Ok(swap.clone());
        }
        match all.iter().copied().filter(own).collect::<Vec<_>>().as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(no("no offer waits for that; `/oncall swaps` lists those that concern you".to_owned())),
            _ => Err(no(format!("there are several offers; name one by its number: {list}"))),
        }
    }

    fn made(
        &mut self,
        schedule: &Key,
        (person, instead_of): (PersonId, Option<PersonId>),
        Span { start, end }: Span,
        kind: OverrideKind,
    ) -> Override {
        Override {
            id: OverrideId(self.mint.uuid()),
            schedule: schedule.clone(),
            start: start.max(self.now),
            end,
            people: vec![person],
            instead_of,
            kind,
            made_by: self.actor.who.clone(),
            made_at: self.now,
        }
    }

    /// Whoever did it themselves knows.
    fn tell(&self, person: PersonId, news: OnCallNews) -> Vec<Effect> {
        if person == self.me { Vec::new() } else { told(self.directory, person, news).into_iter().collect() }
    }
}

fn no(message: String) -> Refusal {
    Refusal::NotAllowed { message }
}
