//! Schedules as people write them: layers of rotations, in wall time and an IANA zone, never in offsets.
//!
//! A wall time that occurs twice means its first occurrence; one that does not exist means the first instant after the gap.
//! A window opens at the first occurrence and closes at the last. All intervals are half-open.

use std::num::NonZeroU16;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::directory::Origin;
use crate::ids::{Key, PersonId};

/// The longest time before a hand-off at which those are told who come on call.
pub const NOTICE_LONGEST: TimeDelta = TimeDelta::hours(12);

/// Who is on call when, by rule. Overrides stand beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub key: Key,
    pub name: String,
    /// Rises with every change of this schedule.
    pub version: i64,
    /// That of its layers' wall times.
    pub zone: Tz,
    /// Whose it is; its members may change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Key>,
    /// How long before a hand-off those are told who come on call, in seconds; nobody is told without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff_notice_s: Option<i64>,
    pub layers: Vec<Layer>,
    pub origin: Origin,
}

/// One rule of a schedule. Where layers overlap, the higher priority wins; those of one priority are on call together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    pub name: Key,
    #[serde(default)]
    pub priority: i64,
    /// From this wall time on (inclusive); without it, since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDateTime>,
    /// Until this wall time (exclusive); without it, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDateTime>,
    /// The people of this layer are told along with whoever is on call, and never counted on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    pub source: Source,
    /// When in the week it counts; always, without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// On which days of a calendar it counts, or does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holidays: Option<Holidays>,
}

/// Where a layer has its people from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Rotation(Rotation),
    /// The events of a calendar, with the people that they name.
    Calendar(Key),
}

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Wall time of a hand-off, from which turns are counted in both directions.
    pub start: NaiveDateTime,
    pub turn: Turn,
    /// Those of one pool are on call together. The turn that begins at `start` is the first pool's; without any pool nobody
    /// is on call.
    pub pools: Vec<Vec<PersonId>>,
}

/// How long a turn lasts, in wall time: a day across a change of the clock has 23 or 25 hours, and its hand-offs stay where
/// they are on the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    Hours(NonZeroU16),
    Days(NonZeroU16),
    Weeks(NonZeroU16),
    /// On the day of the month of `start`, or the last one of a month that is shorter.
    Months(NonZeroU16),
    /// A hand-off on each of these weekdays at the time of day of `start`; a turn lasts `every` of them. The turn in which
    /// `start` lies is the first pool's, and its first hand-off is the first one after `start`.
    On {
        days: Vec<Weekday>,
        every: NonZeroU16,
    },
}

/// A part of the week, by wall time; it may go over the end of the week. One that closes where it opens is the whole week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// The weekday and the time of day at which it begins.
    pub opens: (Weekday, NaiveTime),
    /// Those at which it ends.
    pub closes: (Weekday, NaiveTime),
}

/// What the days of a calendar mean for a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holidays {
    pub calendar: Key,
    /// The layer counts on these days alone; else on all but these.
    pub only: bool,
}

impl Layer {
    /// The calendar that it has its people from.
    pub fn plans_by(&self) -> Option<&Key> {
        match &self.source {
            Source::Calendar(calendar) => Some(calendar),
            Source::Rotation(_) => None,
        }
    }
}

impl Schedule {
    /// How long before a hand-off those are told who come on call; `None` where nobody is told.
    pub fn handoff_notice(&self) -> Option<TimeDelta> {
        let seconds = self.handoff_notice_s?;
        Some(TimeDelta::try_seconds(seconds).unwrap_or_default().clamp(TimeDelta::zero(), NOTICE_LONGEST))
    }

    /// The calendars that say whom its layers have, or when.
    pub fn calendars(&self) -> impl Iterator<Item = &Key> {
        let planned = self.layers.iter().filter_map(Layer::plans_by);
        planned.chain(self.layers.iter().filter_map(|layer| Some(&layer.holidays.as_ref()?.calendar)))
    }

    /// Whether one of its rotations names this person.
    pub fn names(&self, person: PersonId) -> bool {
        let of = |layer: &Layer| match &layer.source {
            Source::Rotation(rotation) => rotation.pools.iter().flatten().any(|held| *held == person),
            Source::Calendar(_) => false,
        };
        self.layers.iter().any(of)
    }
}
