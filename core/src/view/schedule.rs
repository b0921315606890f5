//! Schedules as people read them: final shifts, gaps, and who bears how much.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::format::{Clock, ShownIn};
use crate::directory::Directory;
use crate::ids::{Key, PersonId};
use crate::oncall::fairness::{Load, Paged, loads};
use crate::oncall::overrides::{Override, OverrideKind, Swap};
use crate::oncall::schedule::Schedule;
use crate::oncall::shift::{Held, Shift, Span, Why};
use crate::when::format_duration;

/// The final shifts of a schedule over a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScheduleView {
    pub key: String,
    pub name: String,
    /// The zone of its times; empty where whoever reads it has them in their own.
    pub zone: String,
    pub from: String,
    pub to: String,
    pub shifts: Vec<ShiftRow>,
    /// How many more there are, beyond those that are shown.
    pub more: usize,
}

/// One shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShiftRow {
    pub start: String,
    pub end: String,
    /// Handles; none in a gap.
    pub people: Vec<String>,
    /// What puts them on call: layers, or overrides with whoever made them.
    pub why: Vec<String>,
    pub shadows: Vec<String>,
}

/// When nobody is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapsView {
    pub zone: String,
    pub to: String,
    pub schedules: Vec<GapsRow>,
}

/// The gaps of one schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapsRow {
    pub key: String,
    pub gaps: Vec<GapView>,
    /// Calendars on which this rests and that were not read since.
    pub unread: Vec<UnreadRow>,
}

/// A calendar that was not read as it should have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadRow {
    pub calendar: String,
    /// When it said what is known of it.
    pub heard: String,
    /// Whether it could not be read since, and not merely was not.
    pub fails: bool,
}

/// One gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapView {
    pub start: String,
    pub end: String,
    pub length: String,
}

/// Who bears how much of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FairnessView {
    pub key: String,
    pub zone: String,
    pub from: String,
    pub to: String,
    /// Whoever has most hours first.
    pub people: Vec<LoadRow>,
}

/// What one person bears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoadRow {
    pub handle: String,
    pub shifts: i64,
    /// Whether it is a single shift.
    pub one: bool,
    pub hours: String,
    pub nights: String,
    pub weekends: String,
    /// How many pages meant them.
    pub pages: i64,
    /// Whether it is a single page.
    pub one_page: bool,
    /// How many of them came at night.
    pub night_pages: i64,
}

/// Proposals to change shifts that wait for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SwapsView {
    pub zone: String,
    pub swaps: Vec<SwapRow>,
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SwapRow {
    /// By which it is answered: its place in the list, from 1.
    pub number: usize,
    pub schedule: String,
    pub by: String,
    /// To whom it is offered.
    pub other: String,
    /// What `by` gives away.
    pub own: SpanView,
    /// What they take on in return; one or none.
    pub theirs: Vec<SpanView>,
    /// Whether whoever reads it is asked.
    pub asked: bool,
}

/// A stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SpanView {
    pub start: String,
    pub end: String,
}

impl SpanView {
    pub(super) fn of(span: Span, clock: Clock) -> Self {
        Self { start: clock.dated(span.start), end: clock.dated(span.end) }
    }
}

/// A calendar at a URL that was not read as it should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub calendar: Key,
    /// When it said what is known of it.
    pub heard_at: DateTime<Utc>,
    /// Whether it could not be read since, and not merely was not.
    pub fails: bool,
}

/// Most shifts that are shown at once in a chat.
pub const SHIFTS_MAX: usize = 60;
/// Most gaps of one schedule that are shown at once.
const GAPS_MAX: usize = 20;

impl ScheduleView {
    /// The shifts from `span.start` to `span.end`, at most `most` of them.
    pub fn of(directory: &Directory, schedule: &Schedule, span: Span, (times, most): (ShownIn, usize)) -> Self {
        let clock = Clock::new(times, span.start);
        let shifts = directory.roster(&schedule.key).map(|roster| roster.shifts(span.start, span.end));
        let shifts = shifts.unwrap_or_default();
        Self {
            key: schedule.key.to_string(),
            name: schedule.name.clone(),
            zone: zone_of(times),
            from: clock.dated(span.start),
            to: clock.dated(span.end),
            more: shifts.len().saturating_sub(most),
            shifts: shifts.iter().take(most).map(|shift| ShiftRow::of(shift, schedule, directory, clock)).collect(),
        }
    }
}

impl ShiftRow {
    fn of(shift: &Shift, schedule: &Schedule, directory: &Directory, clock: Clock) -> Self {
        Self {
            start: clock.dated(shift.start),
            end: clock.dated(shift.end),
            people: handles(directory, shift.on_call.iter().map(|held| held.person)),
            why: reasons(directory, &schedule.key, &shift.on_call),
            shadows: handles(directory, shift.shadows.iter().copied()),
        }
    }
}

impl GapsView {
    /// The gaps of these schedules within a stretch of time; beside each, those of the calendars on which it rests that
    /// were not read.
    pub fn of(
        directory: &Directory,
        (schedules, unread): (&[&Schedule], &[Unread]),
        span: Span,
        times: ShownIn,
    ) -> Self {
        let clock = Clock::new(times, span.start);
        let gap = |gap: &Span| GapView {
            start: clock.dated(gap.start),
            end: clock.dated(gap.end),
            length: format_duration(gap.end - gap.start),
        };
        let row = |schedule: &&Schedule| {
            let gaps = directory.roster(&schedule.key).map(|roster| roster.gaps(span.start, span.end));
            let gaps = gaps.unwrap_or_default();
            let unread = unread.iter().filter(|unread| schedule.calendars().any(|key| *key == unread.calendar));
            let unread = unread.map(|unread| UnreadRow {
                calendar: unread.calendar.to_string(),
                heard: clock.dated(unread.heard_at),
                fails: unread.fails,
            });
            let gaps = gaps.iter().take(GAPS_MAX).map(gap).collect();
            GapsRow { key: schedule.key.to_string(), gaps, unread: unread.collect() }
        };
        Self { zone: zone_of(times), to: clock.dated(span.end), schedules: schedules.iter().map(row).collect() }
    }
}

impl FairnessView {
    /// Who bears how much within a stretch of time; `paged` says who was paged how often.
    pub fn of(
        (directory, schedule): (&Directory, &Schedule),
        paged: &BTreeMap<PersonId, Paged>,
        span: Span,
        times: ShownIn,
    ) -> Self {
        let clock = Clock::new(times, span.start);
        let shifts = directory.roster(&schedule.key).map(|roster| roster.shifts(span.start, span.end));
        let zone = |person: PersonId| directory.people.get(&person).map_or(schedule.zone, |held| held.zone);
        let mut loads = loads(&shifts.unwrap_or_default(), zone);
        // Whoever was paged was on call, whatever the schedule says of that time by now.
        for person in paged.keys() {
            loads.entry(*person).or_default();
        }
        let mut loads: Vec<_> = loads.into_iter().collect();
        loads.sort_by_key(|(person, load)| (Reverse(load.on_call_s), directory.handle(*person).to_owned()));
        let told = |person| paged.get(&person).copied().unwrap_or_default();
        let row = |(person, load): (PersonId, Load)| LoadRow {
            pages: told(person).pages,
            one_page: told(person).pages == 1,
            night_pages: told(person).night_pages,
            handle: directory.handle(person).to_owned(),
            shifts: load.shifts,
            one: load.shifts == 1,
            hours: hours(load.on_call_s),
            nights: hours(load.night_s),
            weekends: hours(load.weekend_s),
        };
        Self {
            key: schedule.key.to_string(),
            zone: zone_of(times),
            from: clock.dated(span.start),
            to: clock.dated(span.end),
            people: loads.into_iter().map(row).collect(),
        }
    }
}

impl SwapsView {
    /// The proposals that are for or by a person, in the order in which they are numbered.
    pub fn of(directory: &Directory, person: PersonId, (now, times): (DateTime<Utc>, ShownIn)) -> Self {
        let clock = Clock::new(times, now);
        let both = |span: Span| SpanView::of(span, clock);
        let row = |(at, swap): (usize, &Swap)| SwapRow {
            number: at + 1,
            schedule: swap.schedule.to_string(),
            by: directory.handle(swap.by).to_owned(),
            other: directory.handle(swap.with).to_owned(),
            own: both(swap.own),
            theirs: swap.theirs.map(both).into_iter().collect(),
            asked: swap.with == person,
        };
        Self { zone: zone_of(times), swaps: directory.swaps_of(person, now).into_iter().enumerate().map(row).collect() }
    }
}

/// The zone of a view's times; empty where whoever reads it has them in their own.
pub(super) fn zone_of(times: ShownIn) -> String {
    if times == ShownIn::Reader { String::new() } else { times.name() }
}

/// What puts people on call, each reason once: `layer primary`, `override by @ana`.
pub fn reasons(directory: &Directory, schedule: &Key, on_call: &[Held]) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for held in on_call {
        let reason = reason(directory, schedule, &held.why);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

/// What puts somebody on call, in words.
pub(super) fn reason(directory: &Directory, schedule: &Key, why: &Why) -> String {
    let made = match why {
        Why::Layer(layer) => return format!("layer {layer}"),
        Why::Override(id) => directory.overrides.get(schedule).and_then(|all| all.iter().find(|made| made.id == *id)),
    };
    let Some(Override { kind, made_by, instead_of, .. }) = made else { return "an override".to_owned() };
    let by = match made_by {
        crate::actor::Who::Person(person) => format!(" by @{}", directory.handle(*person)),
        crate::actor::Who::Integration(key) => format!(" by {key}"),
        crate::actor::Who::Firebell => String::new(),
    };
    let instead = instead_of.map(|person| format!(" for @{}", directory.handle(person))).unwrap_or_default();
    let kind = match kind {
        OverrideKind::Override => "override",
        OverrideKind::Take => "taken",
        OverrideKind::Cover => "cover",
        OverrideKind::Swap => "swap",
    };
    format!("{kind}{instead}{by}")
}

pub(super) fn handles(directory: &Directory, people: impl Iterator<Item = PersonId>) -> Vec<String> {
    people.map(|person| directory.handle(person).to_owned()).collect()
}

/// Hours to the tenth: `12.5`.
fn hours(seconds: i64) -> String {
    let tenths = TimeDelta::seconds(seconds).num_minutes() / 6;
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}
