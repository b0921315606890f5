//! The time rule of schedules: which instant a wall time means, and how far the clock on the wall has come at an instant.

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::when::wall_to_instant;

/// When clocks in `zone` show `wall` for the first time, or pass over it: hand-offs, and what opens.
pub fn first(zone: Tz, wall: NaiveDateTime) -> DateTime<Utc> {
    wall_to_instant(zone, wall)
}

/// When clocks in `zone` show `wall` for the last time, or pass over it: what closes.
pub fn last(zone: Tz, wall: NaiveDateTime) -> DateTime<Utc> {
    let latest = zone.from_local_datetime(&wall).latest();
    latest.map_or_else(|| first(zone, wall), |local| local.to_utc())
}

/// An instant with all that the clock on the wall says of it, so that rules can be worked out in wall time alone.
///
/// Where the clock was put back, two wall times are to be told apart from the one that is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) zone: Tz,
    /// The latest wall time that the clock has come to or passed over: `first(wall)` is not after this instant exactly
    /// where `wall <= reached`.
    pub(super) reached: NaiveDateTime,
    /// The latest wall time that the clock is done with: `last(wall)` is not after this instant exactly where
    /// `wall <= settled`.
    pub(super) settled: NaiveDateTime,
}

impl Moment {
    pub(super) fn new(zone: Tz, at: DateTime<Utc>) -> Self {
        let now = offset(zone, at);
        let shown = shown(at, now);
        let plain = Self { zone, reached: shown, settled: shown };
        let LocalResult::Ambiguous(old, new) = zone.offset_from_local_datetime(&shown) else { return plain };
        let (old, new) = (old.fix(), new.fix());
        let repeated = i64::from(old.local_minus_utc()) - i64::from(new.local_minus_utc());
        let second = at.timestamp();
        // Just before what the clock shows when it is put back, which is to come once more, and just before what it would have
        // shown then, which it has not shown yet.
        let before = |change, offset| self::shown(change, offset).checked_sub_signed(TimeDelta::nanoseconds(1));
        if now == old {
            let settled = change(zone, second, second + repeated).and_then(|change| before(change, new));
            return Self { settled: settled.unwrap_or(shown), ..plain };
        }
        let reached = change(zone, second - repeated, second).and_then(|change| before(change, old));
        Self { reached: reached.unwrap_or(shown), ..plain }
    }
}

fn offset(zone: Tz, at: DateTime<Utc>) -> FixedOffset {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix()
}

/// The wall time at an offset; UTC where chrono's calendar ends.
fn shown(at: DateTime<Utc>, offset: FixedOffset) -> NaiveDateTime {
    let utc = at.naive_utc();
    utc.checked_add_offset(offset).unwrap_or(utc)
}

/// The first second with another offset than `before` has, up to `after` (inclusive), which has another one. Zones change
/// on whole seconds.
fn change(zone: Tz, mut before: i64, mut after: i64) -> Option<DateTime<Utc>> {
    let old = offset(zone, DateTime::from_timestamp(before, 0)?);
    while after - before > 1 {
        let middle = i64::midpoint(before, after);
        if offset(zone, DateTime::from_timestamp(middle, 0)?) == old {
            before = middle;
        } else {
            after = middle;
        }
    }
    DateTime::from_timestamp(after, 0)
}

#[cfg(test)]
mod tests;
