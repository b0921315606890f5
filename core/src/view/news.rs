//! What somebody is told of when they are on call: that others changed it, or that it passes from one to another.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::format::{Clock, ShownIn};
use super::schedule::{SpanView, handles, zone_of};
use crate::directory::Directory;
use crate::effect::OnCallNews;
use crate::ids::{Key, PersonId};
use crate::oncall::handoff::Handoff;
use crate::oncall::shift::Span;

/// What somebody is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that templates ask for")]
pub struct OnCallNewsView {
    /// They were put in.
    pub put: bool,
    /// Somebody else is there in their place.
    pub relieved: bool,
    /// What put them on call was ended.
    pub ended: bool,
    /// What somebody else was put in by was ended, and they are on call again.
    pub again: bool,
    /// They are offered a shift.
    pub offered: bool,
    /// What became of an offer: `accepted`, `declined` or `withdrew`.
    pub answered: Option<&'static str>,
    /// It passes to them.
    pub comes: bool,
    /// The hand-off lies ahead.
    pub ahead: bool,
    /// It has passed from them to others.
    pub left: bool,
    /// They do not come on call after all.
    pub off: bool,
    /// Nobody has accepted it yet.
    pub unaccepted: bool,
    /// It is theirs to accept.
    pub mine: bool,
    /// Somebody has accepted what was theirs.
    pub taken_over: bool,
    pub schedule: String,
    /// Who did it.
    pub by: String,
    /// From whom it passes, or to whom.
    pub people: Vec<String>,
    /// What whoever accepted it said.
    pub said: Option<String>,
    /// From when, and until when; a hand-off has no end.
    pub span: SpanView,
    /// What is offered in return for a shift; one or none.
    pub theirs: Vec<SpanView>,
    pub zone: String,
}

impl OnCallNewsView {
    /// What `reader` is told; `None` where it does not hold any more.
    pub fn of(
        news: &OnCallNews,
        reader: PersonId,
        directory: &Directory,
        (now, times): (DateTime<Utc>, ShownIn),
    ) -> Option<Self> {
        let clock = Clock::new(times, now);
        let both = |span: &Span| SpanView::of(*span, clock);
        let view = |schedule: &Key, by: PersonId, span: &Span| Self {
            schedule: schedule.to_string(),
            by: directory.handle(by).to_owned(),
            span: both(span),
            zone: zone_of(times),
            ..Self::default()
        };
        Some(match news {
            OnCallNews::Put { schedule, span, by, .. } => Self { put: true, ..view(schedule, *by, span) },
            OnCallNews::Relieved { schedule, span, by, .. } => Self { relieved: true, ..view(schedule, *by, span) },
            OnCallNews::Ended { schedule, span, by, again, .. } => {
                Self { ended: !again, again: *again, ..view(schedule, *by, span) }
            }
            OnCallNews::SwapProposed { swap } => {
                let theirs = swap.theirs.as_ref().map(both).into_iter().collect();
                Self { offered: true, theirs, ..view(&swap.schedule, swap.by, &swap.own) }
            }
            OnCallNews::SwapAnswered { swap, accepted, by } => {
                let answered = match (accepted, *by == swap.by) {
                    (true, _) => "accepted",
                    (false, true) => "withdrew",
                    (false, false) => "declined",
                };
                Self { answered: Some(answered), ..view(&swap.schedule, *by, &swap.own) }
            }
            OnCallNews::Comes { schedule, at, .. }
            | OnCallNews::NotComing { schedule, at, .. }
            | OnCallNews::Left { schedule, at, .. }
            | OnCallNews::Unaccepted { schedule, at, .. }
            | OnCallNews::HandoffAccepted { schedule, at, .. } => {
                let bare = Self {
                    schedule: schedule.to_string(),
                    span: SpanView { start: clock.dated(*at), end: String::new() },
                    zone: zone_of(times),
                    ..Self::default()
                };
                return bare.of_handoff(news, reader, directory, (schedule, *at, now));
            }
        })
    }

    fn of_handoff(
        self,
        news: &OnCallNews,
        reader: PersonId,
        directory: &Directory,
        (schedule, at, now): (&Key, DateTime<Utc>, DateTime<Utc>),
    ) -> Option<Self> {
        let handles = |people: &[PersonId]| handles(directory, people.iter().copied());
        let accepted = directory.accepted(schedule, at);
        match news {
            OnCallNews::Comes { .. } => {
                let holds = directory.roster(schedule)?.at(at.max(now)).names(reader);
                let handoff = passes(directory, schedule, at);
                let people = handoff.map(|handoff| handles(&handoff.leaves().collect::<Vec<_>>())).unwrap_or_default();
                holds.then(|| Self { comes: true, ahead: at > now, people, ..self })
            }
            OnCallNews::NotComing { .. } => {
                let holds = directory.roster(schedule).is_some_and(|roster| roster.at(at).names(reader));
                (!holds).then_some(Self { off: true, ..self })
            }
            OnCallNews::Left { to, .. } => Some(Self { left: true, people: handles(to), ..self }),
            OnCallNews::Unaccepted { to, .. } => {
                let mine = to.contains(&reader);
                accepted.is_none().then(|| Self { unaccepted: true, mine, people: handles(to), ..self })
            }
            OnCallNews::HandoffAccepted { by, .. } => {
                let said = accepted.and_then(|accepted| accepted.note.clone());
                Some(Self { taken_over: true, by: directory.handle(*by).to_owned(), said, ..self })
            }
            _ => None,
        }
    }
}

/// The hand-off of a schedule at an instant, if the schedule still has one then.
fn passes(directory: &Directory, schedule: &Key, at: DateTime<Utc>) -> Option<Handoff> {
    directory.roster(schedule)?.handoff_before(at).filter(|handoff| handoff.at == at)
}
