//! Overrides of an export. Firebell keeps them in its database, so the report holds the command for each.

use chrono::{DateTime, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;

use super::draft::{self, Draft};
use super::names::Named;
use super::report::Kind;
use super::text::{counted, listed, quoted};
use super::wall;

/// Somebody is on call for a while, whatever the schedule says.
#[derive(Debug)]
pub(super) struct Found {
    /// The ids of those on call, or why they cannot be told.
    pub(super) people: Result<Vec<String>, String>,
    pub(super) start: Result<DateTime<Utc>, String>,
    pub(super) end: Result<DateTime<Utc>, String>,
}

/// The overrides of each schedule, by its id, in the order of the export.
#[derive(Debug, Default)]
pub(super) struct Gathered(Vec<(String, Vec<Found>)>);

impl Gathered {
    pub(super) fn add(&mut self, schedule: &str, found: Found) {
        match self.0.iter_mut().find(|(known, _)| known == schedule) {
            Some((_, all)) => all.push(found),
            None => self.0.push((schedule.to_owned(), vec![found])),
        }
    }

    /// Tells of all of them.
    pub(super) fn tell(self, draft: &mut Draft) {
        for (schedule, found) in self.0 {
            tell(draft, &schedule, found);
        }
    }
}

/// Tells of the overrides of a schedule, which `schedule` is the id of.
fn tell(draft: &mut Draft, schedule: &str, found: Vec<Found>) {
    let (about, carried) = match draft.schedule_keys.find(schedule) {
        Some(Named::Carried(key)) => match draft.schedules.iter().find(|made| made.key == *key) {
            Some(made) => (draft::about("schedule", key, &made.name), Some((key.clone(), made.zone))),
            None => (format!("schedule {key}"), None),
        },
        Some(Named::Left(about)) => (about.clone(), None),
        None => (format!("schedule {}", quoted(schedule)), None),
    };
    let (mut past, mut spans) = (0, Vec::new());
    for found in found {
        match told(draft, carried.as_ref(), found, &mut spans) {
            Some(what) => draft.report.add(Kind::Left, about.as_str(), what),
            None => past += 1,
        }
    }
    if past > 0 {
        let what = format!(
            "{} of the past {} not carried over",
            counted(past, "override"),
            if past == 1 { "is" } else { "are" }
        );
        draft.report.add(Kind::Left, about.as_str(), what);
    }
    spans.sort_unstable();
    if spans.windows(2).any(|pair| matches!(pair, [a, b] if b.0 < a.1)) {
        let what = "some of its overrides overlap: in Firebell the one that was made last counts alone";
        draft.report.add(Kind::Changed, about.as_str(), what);
    }
}

/// What to say of an override; nothing if it is over.
fn told(
    draft: &Draft,
    carried: Option<&(String, Tz)>,
    found: Found,
    spans: &mut Vec<(DateTime<Utc>, DateTime<Utc>)>,
) -> Option<String> {
    let (start, end) = match (found.start, found.end) {
        (Ok(start), Ok(end)) => (start, end),
        (Err(why), _) | (_, Err(why)) => return Some(format!("an override cannot be read: {why}")),
    };
    if end <= draft.now {
        return None;
    }
    if end <= start {
        return Some(format!("an override ends at {} before it begins", end.to_rfc3339()));
    }
    let zone = carried.map_or(Tz::UTC, |(_, zone)| *zone);
    let (from, to) = (brief(wall::to_wall(start, zone)), brief(wall::to_wall(end, zone)));
    let people = match found.people {
        Ok(people) => people,
        Err(why) => return Some(format!("an override from {from} to {to} ({zone}) is left out, as {why}")),
    };
    let handles: Vec<String> = people
        .iter()
        .map(|id| draft.handles.carried(id).map_or_else(|| quoted(id), |handle| format!("@{handle}")))
        .collect();
    let unknown = people.iter().any(|id| draft.handles.carried(id).is_none());
    let who = listed(&handles);
    let (Some((key, _)), [handle], false) = (carried, handles.as_slice(), unknown) else {
        let why = match (carried, unknown) {
            (None, _) => "its schedule was not carried over",
            (_, true) => "not all of them are among the people of the export",
            _ => "one override puts one person on call",
        };
        let who = if who.is_empty() { "nobody".to_owned() } else { who };
        return Some(format!("an override puts {who} on call from {from} to {to} ({zone}); make it by hand, as {why}"));
    };
    spans.push((start, end));
    // Whoever types it may be in any zone, so the command says instants; one that is past cannot be asked for.
    let begins = if start <= draft.now { String::new() } else { format!(" --from {}", typed(start)) };
    let command = format!("/oncall override {key} {handle}{begins} --to {}", typed(end));
    Some(format!("give the command `{command}` (from {from} to {to} in {zone})"))
}

/// An instant as one types it.
fn typed(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A wall time as people read it.
fn brief(at: NaiveDateTime) -> String {
    at.format(if at.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string()
}
