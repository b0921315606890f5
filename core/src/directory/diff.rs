//! What a change of the directory means to people: whose hours change, which hours are nobody's, whom a policy pages.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::describe::Extent;
use super::{Directory, Person};
use crate::ids::{PersonId, WorkspaceId};
use crate::oncall::shift::Span;

mod facts;
mod lost;
mod shifts;
#[cfg(test)]
mod tests;

pub use facts::step_text;
pub use lost::{LostDiff, LostKind};
pub use shifts::{HoursDiff, ScheduleDiff, ShiftDiff};

use facts::Facts;

/// All that differs between two states of the directory. Versions and origins are no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    pub people: Vec<RowDiff>,
    pub teams: Vec<RowDiff>,
    pub services: Vec<RowDiff>,
    pub policies: Vec<PolicyDiff>,
    pub schedules: Vec<ScheduleDiff>,
    pub calendars: Vec<RowDiff>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_resort: Option<LastResortDiff>,
}

/// What happens to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Added,
    Removed,
    Changed,
}

/// A row that comes, goes or changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowDiff {
    /// The handle of a person, the key of anything else.
    pub name: String,
    pub how: How,
    /// Of something new all that is said of it, of something that goes nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldDiff>,
}

/// One field of a row, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldDiff {
    pub field: String,
    /// `None` where nothing was said before.
    pub before: Option<String>,
    /// `None` where nothing is said any more.
    pub after: Option<String>,
}

/// A policy that comes, goes or changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyDiff {
    #[serde(flatten)]
    pub row: RowDiff,
    /// What its steps become, if they change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<String>>,
}

/// Other people are paged when a policy is exhausted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastResortDiff {
    /// Handles.
    pub before: Vec<String>,
    pub after: Vec<String>,
}

impl Diff {
    /// What differs; shifts are compared from `over.start` to `over.end`. `workspaces` are those that files can name.
    pub fn between(
        before: &Directory,
        after: &Directory,
        over: Span,
        workspaces: &BTreeMap<String, WorkspaceId>,
    ) -> Self {
        let (was, is) =
            (before.described(Extent::Everything, workspaces), after.described(Extent::Everything, workspaces));
        let handles = |directory: &Directory, people: &[PersonId]| -> Vec<String> {
            people.iter().map(|person| directory.handle(*person).to_owned()).collect()
        };
        let resort =
            LastResortDiff { before: handles(before, &before.last_resort), after: handles(after, &after.last_resort) };
        Self {
            people: people(before, after, workspaces),
            teams: rows(&was.teams, &is.teams, |team| team.key.as_str(), facts::team),
            services: rows(&was.services, &is.services, |service| service.key.as_str(), facts::service),
            policies: policies(&was.policies, &is.policies),
            schedules: shifts::schedules((before, &was), (after, &is), over),
            calendars: rows(&was.calendars, &is.calendars, |held| held.calendar.key.as_str(), facts::calendar),
            last_resort: (resort.before != resort.after).then_some(resort),
        }
    }

    /// Whether nothing that people would notice differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The state after some changes.
pub fn changed(before: &Directory, changes: &[super::DirectoryChange]) -> Directory {
    let mut after = before.clone();
    for change in changes {
        after.apply(change);
    }
    after
}

/// A time to compare shifts over.
pub fn over(start: DateTime<Utc>, days: u16) -> Span {
    let end = start.checked_add_signed(chrono::TimeDelta::days(days.into()));
    Span { start, end: end.unwrap_or(DateTime::<Utc>::MAX_UTC) }
}

/// People are the same by their ids: one whose handle changes is nobody new.
fn people(before: &Directory, after: &Directory, workspaces: &BTreeMap<String, WorkspaceId>) -> Vec<RowDiff> {
    let active = |directory: &'_ Directory, id: &PersonId| directory.people.get(id).cloned().filter(|held| held.active);
    let mut ids: Vec<PersonId> = before.people.keys().chain(after.people.keys()).copied().collect();
    ids.sort();
    ids.dedup();
    let facts = |directory: &Directory, person: &Person| facts::person(directory, person, workspaces);
    let mut changed: Vec<RowDiff> = ids
        .iter()
        .filter_map(|id| {
            let (was, is) = (active(before, id), active(after, id));
            let name = is.as_ref().or(was.as_ref())?.handle.to_string();
            let (was, is) = (was.map(|held| facts(before, &held)), is.map(|held| facts(after, &held)));
            let mut row = row(&name, was, is)?;
            // Of somebody new it is their name already.
            row.fields.retain(|field| row.how != How::Added || field.field != "handle");
            Some(row)
        })
        .collect();
    changed.sort_by(|a, b| a.name.cmp(&b.name));
    changed
}

fn policies(before: &[super::plan::FilePolicy], after: &[super::plan::FilePolicy]) -> Vec<PolicyDiff> {
    let steps = |policies: &[super::plan::FilePolicy], name: &str| {
        policies.iter().find(|held| held.key.as_str() == name).map(facts::steps)
    };
    let with_steps = |policy: &super::plan::FilePolicy| {
        let mut said = facts::policy(policy);
        said.push(("steps", facts::steps(policy).join("\n")));
        said
    };
    let changed = rows(before, after, |policy| policy.key.as_str(), with_steps);
    changed
        .into_iter()
        .map(|mut row| {
            let moved = row.fields.iter().any(|field| field.field == "steps");
            row.fields.retain(|field| field.field != "steps");
            let steps = steps(after, &row.name).filter(|_| moved);
            PolicyDiff { row, steps }
        })
        .collect()
}

/// What differs between rows of one kind, in the order of their names.
fn rows<T>(before: &[T], after: &[T], name: impl Fn(&T) -> &str, facts: impl Fn(&T) -> Facts) -> Vec<RowDiff> {
    let mut pairs: BTreeMap<&str, (Option<&T>, Option<&T>)> = BTreeMap::new();
    for held in before {
        pairs.entry(name(held)).or_default().0 = Some(held);
    }
    for held in after {
        pairs.entry(name(held)).or_default().1 = Some(held);
    }
    pairs.into_iter().filter_map(|(name, (was, is))| row(name, was.map(&facts), is.map(&facts))).collect()
}

/// What differs in one row; nothing if it is the same.
fn row(name: &str, before: Option<Facts>, after: Option<Facts>) -> Option<RowDiff> {
    let how = match (&before, &after) {
        (None, Some(_)) => How::Added,
        (Some(_), None) => return Some(RowDiff { name: name.to_owned(), how: How::Removed, fields: Vec::new() }),
        _ => How::Changed,
    };
    let fields = fields(&before.unwrap_or_default(), &after.unwrap_or_default());
    (how == How::Added || !fields.is_empty()).then(|| RowDiff { name: name.to_owned(), how, fields })
}

/// What is said otherwise; an empty text says nothing.
fn fields(before: &[(&'static str, String)], after: &[(&'static str, String)]) -> Vec<FieldDiff> {
    let said = |facts: &[(&'static str, String)], field: &str| {
        facts.iter().find(|(name, _)| *name == field).map(|(_, text)| text.clone()).filter(|text| !text.is_empty())
    };
    let gone = before.iter().filter(|(name, _)| after.iter().all(|(other, _)| other != name));
    let named = after.iter().chain(gone).map(|(name, _)| *name);
    named
        .filter_map(|name| {
            let (before, after) = (said(before, name), said(after, name));
            (before != after).then(|| FieldDiff { field: name.to_owned(), before, after })
        })
        .collect()
}
