//! What people made in chat for a schedule, and what goes with it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::directory::Directory;
use crate::ids::{Key, PersonId};
use crate::oncall::shift::Span;

/// Something that was made in chat and is removed with its schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostDiff {
    pub what: LostKind,
    /// Handles of those who are put on call, who offer and are asked, or who said it.
    pub people: Vec<String>,
    /// When they are on call by it, or would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// What is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LostKind {
    Override,
    /// An offer to change shifts.
    Swap,
    /// A word for whoever comes next.
    Note,
    /// Somebody took over.
    Acceptance,
}

/// What is not over at an instant, in this order of kinds: of what was said of hand-offs that is what was said since the
/// last one.
pub(super) fn lost(directory: &Directory, schedule: &Key, at: DateTime<Utc>) -> Vec<LostDiff> {
    let of = |what, people: &[PersonId], span| {
        let people = people.iter().map(|person| directory.handle(*person).to_owned()).collect();
        LostDiff { what, people, span }
    };
    let overrides = directory.overrides.get(schedule).into_iter().flatten().filter(|made| made.end > at);
    let mut lost: Vec<LostDiff> = overrides
        .map(|made| of(LostKind::Override, &made.people, Some(Span { start: made.start, end: made.end })))
        .collect();
    let swaps = directory.swaps.values().filter(|swap| swap.schedule == *schedule && swap.own.end > at);
    lost.extend(swaps.map(|swap| of(LostKind::Swap, &[swap.by, swap.with], Some(swap.own))));
    let Some(said) = directory.handovers.get(schedule) else { return lost };
    let newest = directory.roster(schedule).and_then(|roster| roster.handoff_before(at)).map(|handoff| handoff.at);
    let holds = |told: DateTime<Utc>| newest.is_none_or(|newest| told >= newest);
    let notes = said.notes.iter().filter(|note| holds(note.at));
    lost.extend(notes.map(|note| of(LostKind::Note, &[note.by], None)));
    let accepted = said.accepted.iter().filter(|accepted| holds(accepted.handoff));
    lost.extend(accepted.map(|accepted| of(LostKind::Acceptance, &[accepted.by], None)));
    lost
}
