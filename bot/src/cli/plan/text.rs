//! What files change, in lines that people read.

use chrono_tz::Tz;
use firebell_core::directory::Origin;
use firebell_core::directory::diff::{
    FieldDiff, HoursDiff, How, LostDiff, LostKind, PolicyDiff, RowDiff, ScheduleDiff,
};
use firebell_core::directory::plan::NotOwned;
use firebell_core::oncall::shift::Span;

use super::Plan;
use crate::cli::times;
use crate::render::{Renderer, Target};
use crate::store::versions::Version;

/// How many shifts of a schedule, and how many gaps and things that go with it, are shown; `--json` has all.
const SHIFTS: usize = 5;
const GAPS: usize = 10;
const LOST: usize = 10;

/// All of a plan.
pub(super) fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    let diff = &plan.diff;
    lines.extend(diff.people.iter().map(person));
    lines.extend(diff.teams.iter().map(|held| row("team", held)));
    lines.extend(diff.calendars.iter().map(|held| row("calendar", held)));
    diff.schedules.iter().for_each(|held| schedule(held, &mut lines));
    diff.policies.iter().for_each(|held| policy(held, &mut lines));
    lines.extend(diff.services.iter().map(|held| row("service", held)));
    lines.extend(
        diff.last_resort
            .as_ref()
            .map(|resort| format!("last resort: {} -> {}", people(&resort.before), people(&resort.after))),
    );
    lines.extend(plan.not_owned.iter().map(not_owned));
    if !diff.schedules.is_empty() {
        lines.push(format!("shifts are compared over {}", times::span(plan.over, chrono_tz::UTC)));
    }
    if plan.changes == 0 {
        lines.push("nothing changes".to_owned());
    } else if diff.is_empty() {
        lines.push("nothing changes but what files own, and accounts".to_owned());
    }
    lines.iter().map(|line| Renderer::inert(Target::Console, line)).collect()
}

/// One version that was applied.
pub(super) fn version(held: &Version) -> String {
    let changes = if held.changes == 1 { "1 change".to_owned() } else { format!("{} changes", held.changes) };
    let at = held.applied_at.format("%Y-%m-%d %H:%M:%S UTC");
    format!("{:<6} {at}  {changes:<12} by {}", held.number, Renderer::inert(Target::Console, &held.applied_by))
}

fn person(held: &RowDiff) -> String {
    match held.how {
        How::Added => format!("person @{} is new: {}", held.name, said(&held.fields)),
        How::Removed => format!("person @{} leaves", held.name),
        How::Changed => format!("person @{}: {}", held.name, said(&held.fields)),
    }
}

fn row(what: &str, held: &RowDiff) -> String {
    match held.how {
        How::Added => format!("{what} {} is new: {}", held.name, said(&held.fields)),
        How::Removed => format!("{what} {} is removed", held.name),
        How::Changed => format!("{what} {}: {}", held.name, said(&held.fields)),
    }
}

fn policy(held: &PolicyDiff, lines: &mut Vec<String>) {
    if held.row.how != How::Changed || !held.row.fields.is_empty() {
        lines.push(row("policy", &held.row));
    }
    let Some(steps) = &held.steps else { return };
    lines.push(format!("policy {} pages", held.row.name));
    lines.extend((1..).zip(steps).map(|(number, step)| format!("  {number}. {step}")));
}

fn schedule(held: &ScheduleDiff, lines: &mut Vec<String>) {
    let first = match held.how {
        How::Added => format!("schedule {} is new: {}", held.name, said(&held.fields)),
        How::Removed => format!("schedule {} is removed", held.name),
        How::Changed if held.fields.is_empty() => format!("schedule {}:", held.name),
        How::Changed => format!("schedule {}: {}", held.name, said(&held.fields)),
    };
    lines.push(first);
    if !held.hours.is_empty() {
        let hours: Vec<String> = held.hours.iter().map(hours).collect();
        lines.push(format!("  {}", hours.join(", ")));
    }
    lines.extend(held.shifts.iter().take(SHIFTS).map(|shift| {
        let span = times::span(Span { start: shift.start, end: shift.end }, held.zone);
        format!("  {span}: {} -> {}", people(&shift.before), people(&shift.after))
    }));
    more("shift", held.shifts.len(), SHIFTS, lines);
    for (what, gaps) in [("new gap", &held.new_gaps), ("closed gap", &held.closed_gaps)] {
        lines.extend(gaps.iter().take(GAPS).map(|gap| format!("  {what} {}", times::span(*gap, held.zone))));
        more(what, gaps.len(), GAPS, lines);
    }
    lines.extend(held.lost.iter().take(LOST).map(|lost| format!("  with it goes {}", gone(lost, held.zone))));
    more("thing that was made in chat", held.lost.len(), LOST, lines);
}

/// What goes with a schedule.
fn gone(held: &LostDiff, zone: Tz) -> String {
    let span = held.span.map(|span| format!(", {}", times::span(span, zone))).unwrap_or_default();
    match (held.what, held.people.as_slice()) {
        (LostKind::Override, who) => format!("the override that puts {} on call{span}", people(who)),
        (LostKind::Swap, [by, with]) => format!("the shift that @{by} offers to @{with}{span}"),
        (LostKind::Swap, who) => format!("the shift that {} change{span}", people(who)),
        (LostKind::Note, who) => format!("the note of {} for whoever comes next", people(who)),
        (LostKind::Acceptance, who) => format!("that {} accepted the hand-off", people(who)),
    }
}

fn more(what: &str, count: usize, shown: usize, lines: &mut Vec<String>) {
    match count.saturating_sub(shown) {
        0 => {}
        1 => lines.push(format!("  and 1 more {what}")),
        more => lines.push(format!("  and {more} more {what}s")),
    }
}

fn hours(held: &HoursDiff) -> String {
    let change = held.after_s - held.before_s;
    let verb = if change < 0 { "loses" } else { "gains" };
    format!("@{} {verb} {}", held.person, times::hours(change))
}

fn said(fields: &[FieldDiff]) -> String {
    let field = |held: &FieldDiff| match (&held.before, &held.after) {
        (Some(before), Some(after)) => format!("{} {before} -> {after}", held.field),
        (None, Some(after)) => format!("{} {after}", held.field),
        (Some(before), None) => format!("no {} (was {before})", held.field),
        (None, None) => held.field.clone(),
    };
    fields.iter().map(field).collect::<Vec<_>>().join("; ")
}

fn people(handles: &[String]) -> String {
    if handles.is_empty() {
        return "nobody".to_owned();
    }
    handles.iter().map(|handle| format!("@{handle}")).collect::<Vec<_>>().join(", ")
}

fn not_owned(held: &NotOwned) -> String {
    let from = match held.origin {
        Origin::File => "files",
        Origin::Chat => "chat",
        Origin::Api => "the API",
    };
    format!("{} {} came from {from}; files pass it over", held.what, held.key)
}
