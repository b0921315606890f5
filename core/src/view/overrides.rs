//! Overrides as people read them, to end one.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::format::{Clock, ShownIn};
use super::schedule::{SpanView, handles, reason, zone_of};
use crate::actor::Actor;
use crate::directory::Directory;
use crate::oncall::overrides::Override;
use crate::oncall::shift::{Span, Why};
use crate::policy;

/// Overrides that hold or are ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverridesView {
    /// The zone of its times; empty where whoever reads it has them in their own.
    pub zone: String,
    pub overrides: Vec<MadeRow>,
}

/// One override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MadeRow {
    /// By which it is ended: its place in the list, from 1.
    pub number: usize,
    pub schedule: String,
    pub people: Vec<String>,
    pub span: SpanView,
    /// What it is, for whom they stand in and who made it: `cover for @bo by @dee`.
    pub why: String,
    /// Whether it has begun.
    pub holds: bool,
    /// Whether whoever reads it may end it.
    pub may_end: bool,
}

impl OverridesView {
    /// Those of all schedules, in the order in which they are numbered.
    pub fn of(directory: &Directory, reader: &Actor, (now, times): (DateTime<Utc>, ShownIn)) -> Self {
        let clock = Clock::new(times, now);
        let row = |(at, made): (usize, &Override)| MadeRow {
            number: at + 1,
            schedule: made.schedule.to_string(),
            people: handles(directory, made.people.iter().copied()),
            span: SpanView::of(Span { start: made.start, end: made.end }, clock),
            why: reason(directory, &made.schedule, &Why::Override(made.id)),
            holds: made.start <= now,
            may_end: policy::may_end_override(reader, directory, made).is_ok(),
        };
        Self {
            zone: zone_of(times),
            overrides: directory.overrides_ahead(now).into_iter().enumerate().map(row).collect(),
        }
    }
}
