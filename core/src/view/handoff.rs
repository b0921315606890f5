//! What whoever comes on call takes over: open incidents, pages, what is left to do, and what changes in the days ahead.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::format::{Clock, ShownIn, severity};
use super::schedule::{SpanView, handles, zone_of};
use crate::directory::Directory;
use crate::ids::{IncidentId, Key};
use crate::incident::{Action, Incident};
use crate::oncall::handoff::{Handoff, Note};
use crate::oncall::overrides::{Override, Swap};
use crate::oncall::roster::Roster;
use crate::oncall::schedule::Schedule;
use crate::oncall::shift::Span;
use crate::paging::page::{Due, DueStep, Page};

/// How far ahead overrides and offers are told.
const AHEAD: TimeDelta = TimeDelta::days(7);
/// How far back pages are told at most.
const BEHIND: TimeDelta = TimeDelta::days(14);

/// What is known of the incidents and pages that concern a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackFacts {
    /// Incidents that go on: their services are covered by the schedule, or their pages meant whoever is on call by it.
    pub open: Vec<Incident>,
    /// Pages that meant somebody by the schedule since [`PackView::since`], the newest first.
    pub pages: Vec<Page>,
    /// The incidents of these pages.
    pub paged: BTreeMap<IncidentId, Incident>,
    /// Whether there were more pages.
    pub more: bool,
}

/// What whoever comes on call takes over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PackView {
    pub key: String,
    pub name: String,
    pub zone: String,
    /// Those who are on call, or were last.
    pub people: Vec<String>,
    /// When it passed to them, if that is known.
    pub since: Option<String>,
    /// From whom.
    pub before: Vec<String>,
    pub accepted_by: Option<String>,
    pub accepted_at: Option<String>,
    /// What whoever accepted it said.
    pub said: Option<String>,
    /// It should have been accepted, and was not.
    pub unaccepted: bool,
    /// When it passes on.
    pub next_at: Option<String>,
    /// And to whom.
    pub next: Vec<String>,
    pub notes: Vec<NoteRow>,
    pub incidents: Vec<PackIncident>,
    /// Numbers of incidents that the reader may not see.
    pub hidden: Vec<String>,
    /// From when on pages are told.
    pub from: String,
    pub pages: Vec<PackPage>,
    /// Whether there were more pages.
    pub more: bool,
    /// Until when overrides and offers are told.
    pub until: String,
    pub overrides: Vec<OverrideRow>,
    pub swaps: Vec<OfferRow>,
}

/// What somebody left for whoever comes next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteRow {
    pub by: String,
    pub at: String,
    pub text: String,
}

/// An incident that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackIncident {
    pub id: String,
    pub severity: String,
    pub status: String,
    pub title: String,
    pub private: bool,
    pub drill: bool,
    /// When the next update is due.
    pub update_due: Option<String>,
    /// It was due before.
    pub overdue: bool,
    /// What is not done yet.
    pub actions: Vec<PackAction>,
}

/// Something that is left to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PackAction {
    /// Its number within its incident: `A2`.
    pub id: String,
    /// What was promised.
    pub text: String,
    /// The handle of whoever is to do it; absent where nobody is.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<String>,
}

/// A page that meant somebody by the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackPage {
    pub at: String,
    pub incident: String,
    pub title: String,
    /// Whom it meant by the schedule.
    pub people: Vec<String>,
    pub state: &'static str,
    /// Until when it is held back, as it does not hurry.
    pub held_until: Option<String>,
    /// When whoever is on call then is paged anew, as it was acknowledged and goes on.
    pub again_at: Option<String>,
}

/// Somebody else is on call for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverrideRow {
    pub people: Vec<String>,
    pub instead_of: Option<String>,
    pub span: SpanView,
}

/// A shift that is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfferRow {
    pub by: String,
    pub other: String,
    pub span: SpanView,
}

impl PackView {
    /// From when on pages and notes of a schedule are told: since the shift before that of those who are on call.
    pub fn begins(directory: &Directory, schedule: &Key, now: DateTime<Utc>) -> DateTime<Utc> {
        let earliest = now - BEHIND;
        let roster = directory.roster(schedule);
        let before = |at: DateTime<Utc>| roster.as_ref().and_then(|roster| roster.handoff_before(at));
        let last = before(now).and_then(|last| before(last.at - TimeDelta::microseconds(1)));
        last.map_or(earliest, |last| last.at.max(earliest))
    }

    /// What there is to take over by a schedule. Of an incident that `sees` denies, its number alone is told.
    pub fn of(
        (directory, schedule): (&Directory, &Schedule),
        facts: &PackFacts,
        sees: impl Fn(&Incident) -> bool,
        (now, times): (DateTime<Utc>, ShownIn),
    ) -> Self {
        let clock = Clock::new(times, now);
        let reader = Reader { directory, clock, now };
        let roster = directory.roster(&schedule.key);
        let last = roster.as_ref().and_then(|roster| roster.handoff_before(now));
        let next = roster.and_then(|roster| roster.handoff_after(now));
        let from = Self::begins(directory, &schedule.key, now);
        let (shown, hidden): (Vec<&Incident>, Vec<&Incident>) = facts.open.iter().partition(|held| sees(held));
        let pages = facts.pages.iter().filter_map(|page| {
            let incident = facts.paged.get(&page.incident).filter(|held| sees(held))?;
            Some(reader.page(page, incident, &schedule.key))
        });
        let notes = directory.handovers.get(&schedule.key).map(|held| held.notes.as_slice()).unwrap_or_default();
        let ahead = now + AHEAD;
        let overrides = directory.overrides.get(&schedule.key).into_iter().flatten();
        let swaps = directory.swaps.values().filter(|swap| swap.schedule == schedule.key);
        Self {
            key: schedule.key.to_string(),
            name: schedule.name.clone(),
            zone: zone_of(times),
            unaccepted: directory.unaccepted(schedule, now).is_some(),
            next_at: next.as_ref().map(|next| clock.dated(next.at)),
            next: next.map(|next| handles(directory, next.to.into_iter())).unwrap_or_default(),
            notes: notes.iter().filter(|note| note.at >= from).map(|note| reader.note(note)).collect(),
            incidents: shown.into_iter().map(|incident| reader.incident(incident)).collect(),
            hidden: hidden.into_iter().map(|incident| incident.id.to_string()).collect(),
            from: clock.dated(from),
            pages: pages.collect(),
            more: facts.more,
            until: clock.dated(ahead),
            overrides: overrides
                .filter(|made| made.end > now && made.start < ahead && reader.counts(schedule, made, ahead))
                .map(|made| reader.made(made))
                .collect(),
            swaps: swaps
                .filter(|swap| swap.own.end > now && swap.own.start < ahead)
                .map(|swap| reader.offer(swap))
                .collect(),
            ..reader.held(schedule, last)
        }
    }
}

/// For whom a pack is written, and when.
struct Reader<'d> {
    directory: &'d Directory,
    clock: Clock,
    now: DateTime<Utc>,
}

impl PackAction {
    /// What is left to do of an incident.
    pub(super) fn open(incident: &Incident, directory: &Directory, clock: Clock) -> Vec<Self> {
        let action = |action: &Action| Self {
            id: action.id.to_string(),
            text: action.said.text.clone(),
            owner: action.owner.map(|person| directory.handle(person).to_owned()),
            due: action.due.map(|due| clock.dated(due)),
        };
        incident.actions.iter().filter(|action| action.done.is_none()).map(action).collect()
    }
}

impl Reader<'_> {
    fn handle(&self, person: crate::ids::PersonId) -> String {
        self.directory.handle(person).to_owned()
    }

    /// Who is on call, and whether they have said that they are.
    fn held(&self, schedule: &Schedule, last: Option<Handoff>) -> PackView {
        let Some(last) = last else {
            let on_call = self.directory.roster(&schedule.key).map(|roster| roster.at(self.now)).unwrap_or_default();
            let people = handles(self.directory, on_call.on_call.iter().map(|held| held.person));
            return PackView { people, ..PackView::default() };
        };
        let accepted = self.directory.accepted(&schedule.key, last.at);
        PackView {
            before: handles(self.directory, last.leaves()),
            since: Some(self.clock.dated(last.at)),
            accepted_by: accepted.map(|accepted| self.handle(accepted.by)),
            accepted_at: accepted.map(|accepted| self.clock.dated(accepted.at)),
            said: accepted.and_then(|accepted| accepted.note.clone()),
            people: handles(self.directory, last.to.into_iter()),
            ..PackView::default()
        }
    }

    fn note(&self, note: &Note) -> NoteRow {
        NoteRow { by: self.handle(note.by), at: self.clock.dated(note.at), text: note.text.clone() }
    }

    fn incident(&self, incident: &Incident) -> PackIncident {
        PackIncident {
            id: incident.id.to_string(),
            severity: severity(&incident.severity),
            status: incident.status.word().to_string(),
            title: incident.title.clone(),
            private: incident.is_private(),
            drill: incident.drill,
            update_due: incident.update_due.map(|due| self.clock.dated(due)),
            overdue: incident.update_due.is_some_and(|due| due <= self.now),
            actions: PackAction::open(incident, self.directory, self.clock),
        }
    }

    fn page(&self, page: &Page, incident: &Incident, schedule: &Key) -> PackPage {
        let meant = page.meant_by_schedules().into_iter().filter(|(held, ..)| held == schedule);
        let due =
            |when: fn(&Due) -> bool| page.due.as_ref().filter(|due| when(due)).map(|due| self.clock.dated(due.at));
        PackPage {
            held_until: due(|due| due.deferred),
            again_at: due(|due| !due.deferred && due.what == DueStep::Again),
            at: self.clock.dated(page.raised_at),
            incident: incident.id.to_string(),
            title: incident.title.clone(),
            people: handles(self.directory, meant.map(|(_, person, _)| person)),
            state: page.state.word(),
        }
    }

    /// Whether anything is left of an override until then: without one of which a newer one has left nothing, the same
    /// people are on call at the same times for the same reasons.
    fn counts(&self, schedule: &Schedule, made: &Override, ahead: DateTime<Utc>) -> bool {
        let (start, end) = (made.start.max(self.now), made.end.min(ahead));
        let shifts = |roster: Option<Roster<'_>>| roster.map(|roster| roster.shifts(start, end));
        let without = self.directory.roster_without(&schedule.key, made.id);
        shifts(self.directory.roster(&schedule.key)) != shifts(without)
    }

    fn made(&self, made: &Override) -> OverrideRow {
        OverrideRow {
            people: handles(self.directory, made.people.iter().copied()),
            instead_of: made.instead_of.map(|person| self.handle(person)),
            span: SpanView::of(Span { start: made.start, end: made.end }, self.clock),
        }
    }

    fn offer(&self, swap: &Swap) -> OfferRow {
        OfferRow { by: self.handle(swap.by), other: self.handle(swap.with), span: SpanView::of(swap.own, self.clock) }
    }
}
