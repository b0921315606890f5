//! Whose hours a change of schedules changes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::lost::{LostDiff, lost};
use super::{FieldDiff, How, facts, fields};
use crate::directory::Directory;
use crate::directory::plan::{FileDirectory, FileSchedule};
use crate::ids::{Key, PersonId};
use crate::oncall::shift::{Shift, Span};

/// A schedule that comes, goes or changes, or has other shifts for another reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScheduleDiff {
    pub name: String,
    pub how: How,
    /// That of its wall times.
    pub zone: Tz,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldDiff>,
    /// Of those whose hours change, in the order of their handles.
    pub hours: Vec<HoursDiff>,
    /// When other people are on call, the earliest first.
    pub shifts: Vec<ShiftDiff>,
    pub new_gaps: Vec<Span>,
    pub closed_gaps: Vec<Span>,
    /// What people made in chat for a schedule that is removed, and is not over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<LostDiff>,
}

/// How long somebody is on call by a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoursDiff {
    /// A handle.
    pub person: String,
    pub before_s: i64,
    pub after_s: i64,
}

/// Other people are on call; nobody at all in a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShiftDiff {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// Handles.
    pub before: Vec<String>,
    pub after: Vec<String>,
}

/// Who is on call over a time; `None` where there is no such schedule.
type OnCall = Option<BTreeSet<PersonId>>;

/// A time over which others are on call.
struct Stretch {
    span: Span,
    before: OnCall,
    after: OnCall,
}

/// All schedules that differ, by their keys.
pub(super) fn schedules(
    (before, was): (&Directory, &FileDirectory),
    (after, is): (&Directory, &FileDirectory),
    over: Span,
) -> Vec<ScheduleDiff> {
    let keys: BTreeSet<&Key> = before.schedules.keys().chain(after.schedules.keys()).collect();
    let file = |held: &'_ FileDirectory, key: &Key| held.schedules.iter().find(|other| other.key == *key).cloned();
    keys.into_iter()
        .filter_map(|key| {
            let shifts = |held: &Directory| held.roster(key).map(|roster| roster.shifts(over.start, over.end));
            let stretches = stretches(shifts(before).as_deref(), shifts(after).as_deref(), over);
            let said = (file(was, key), file(is, key));
            let how = match &said {
                (None, Some(_)) => How::Added,
                (Some(_), None) => How::Removed,
                _ => How::Changed,
            };
            let fields = if how == How::Removed { Vec::new() } else { said_of(said.0.as_ref(), said.1.as_ref()) };
            let zone = after.schedules.get(key).or_else(|| before.schedules.get(key))?.zone;
            let differs = how != How::Changed || !fields.is_empty() || !stretches.is_empty();
            let handle = |person: PersonId| {
                let held = after.people.get(&person).or_else(|| before.people.get(&person));
                held.map_or("unknown", |person| person.handle.as_str()).to_owned()
            };
            differs.then(|| ScheduleDiff {
                name: key.to_string(),
                how,
                zone,
                fields,
                hours: hours(shifts(before).as_deref(), shifts(after).as_deref(), &handle),
                shifts: shift_diffs(&stretches, &handle),
                new_gaps: gaps(&stretches, |stretch| is_gap(&stretch.after)),
                closed_gaps: gaps(&stretches, |stretch| is_gap(&stretch.before) && stretch.after.is_some()),
                lost: if how == How::Removed { lost(before, key, over.start) } else { Vec::new() },
            })
        })
        .collect()
}

/// What differs in the words of the schedule, each of its layers as one.
fn said_of(before: Option<&FileSchedule>, after: Option<&FileSchedule>) -> Vec<FieldDiff> {
    let of = |held: Option<&FileSchedule>| held.map(facts::schedule).unwrap_or_default();
    let mut differs = fields(&of(before), &of(after));
    let layer = |held: Option<&FileSchedule>, name: &Key| {
        held.and_then(|held| held.layers.iter().find(|layer| layer.layer.name == *name)).map(facts::layer_text)
    };
    let mut names: Vec<&Key> = Vec::new();
    for held in after.into_iter().chain(before).flat_map(|held| &held.layers) {
        if !names.contains(&&held.layer.name) {
            names.push(&held.layer.name);
        }
    }
    differs.extend(names.into_iter().filter_map(|name| {
        let (before, after) = (layer(before, name), layer(after, name));
        (before != after).then(|| FieldDiff { field: format!("layer {name}"), before, after })
    }));
    differs
}

/// Goes along both lists of shifts, which follow each other without gap, and answers where the people differ.
fn stretches(before: Option<&[Shift]>, after: Option<&[Shift]>, over: Span) -> Vec<Stretch> {
    let people = |shift: &Shift| -> BTreeSet<PersonId> { shift.on_call.iter().map(|held| held.person).collect() };
    let (mut was, mut is) = (before.unwrap_or_default().iter().peekable(), after.unwrap_or_default().iter().peekable());
    let mut found: Vec<Stretch> = Vec::new();
    let mut at = over.start;
    while at < over.end {
        let end = [was.peek(), is.peek()].into_iter().flatten().map(|shift| shift.end).min().unwrap_or(over.end);
        let stretch = Stretch {
            span: Span { start: at, end },
            before: before.map(|_| was.peek().map(|shift| people(shift)).unwrap_or_default()),
            after: after.map(|_| is.peek().map(|shift| people(shift)).unwrap_or_default()),
        };
        was.next_if(|shift| shift.end <= end);
        is.next_if(|shift| shift.end <= end);
        at = end;
        if stretch.before == stretch.after {
            continue;
        }
        let same = |last: &&mut Stretch| {
            last.span.end == stretch.span.start && (&last.before, &last.after) == (&stretch.before, &stretch.after)
        };
        match found.last_mut().filter(same) {
            Some(last) => last.span.end = end,
            None => found.push(stretch),
        }
    }
    found
}

fn is_gap(on_call: &OnCall) -> bool {
    on_call.as_ref().is_some_and(BTreeSet::is_empty)
}

/// The times of stretches that are wanted, joined where they meet.
fn gaps(stretches: &[Stretch], wanted: impl Fn(&Stretch) -> bool) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for stretch in stretches.iter().filter(|stretch| wanted(stretch)) {
        match spans.last_mut().filter(|last| last.end == stretch.span.start) {
            Some(last) => last.end = stretch.span.end,
            None => spans.push(stretch.span),
        }
    }
    spans
}

fn shift_diffs(stretches: &[Stretch], handle: &impl Fn(PersonId) -> String) -> Vec<ShiftDiff> {
    let handles = |on_call: &OnCall| -> Vec<String> {
        let mut handles: Vec<String> = on_call.iter().flatten().map(|person| handle(*person)).collect();
        handles.sort();
        handles
    };
    let diff = |stretch: &Stretch| ShiftDiff {
        start: stretch.span.start,
        end: stretch.span.end,
        before: handles(&stretch.before),
        after: handles(&stretch.after),
    };
    // A gap of a schedule that is new or gone is no other shift.
    stretches.iter().map(diff).filter(|diff| diff.before != diff.after).collect()
}

fn hours(before: Option<&[Shift]>, after: Option<&[Shift]>, handle: &impl Fn(PersonId) -> String) -> Vec<HoursDiff> {
    let mut seconds: BTreeMap<PersonId, (i64, i64)> = BTreeMap::new();
    let length = |shift: &Shift| shift.end.timestamp() - shift.start.timestamp();
    for shift in before.unwrap_or_default() {
        shift.on_call.iter().for_each(|held| seconds.entry(held.person).or_default().0 += length(shift));
    }
    for shift in after.unwrap_or_default() {
        shift.on_call.iter().for_each(|held| seconds.entry(held.person).or_default().1 += length(shift));
    }
    let mut hours: Vec<HoursDiff> = seconds
        .into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|(person, (before_s, after_s))| HoursDiff { person: handle(person), before_s, after_s })
        .collect();
    hours.sort_by(|a, b| a.person.cmp(&b.person));
    hours
}
