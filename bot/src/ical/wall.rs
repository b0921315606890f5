//! From a wall clock's time to the instant it means.

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// The instant at which clocks in `zone` show `wall`.
///
/// A wall time that occurs twice means its first occurrence; one that does not exist means the first instant after the
/// gap. Hence a later wall time never means an earlier instant.
pub(crate) fn wall_to_instant(zone: Tz, wall: NaiveDateTime) -> DateTime<Utc> {
    zone.from_local_datetime(&wall)
        .earliest()
        .map(|local| local.to_utc())
        .or_else(|| end_of_gap(zone, wall))
        // Only within a day of the ends of chrono's calendar, where UTC is as good as any.
        .unwrap_or_else(|| wall.and_utc())
}

fn end_of_gap(zone: Tz, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
    // Where the gap begins on the old clock is the same instant as where it ends on the new one.
    let (begin, old_offset) = GapInfo::new(&wall, &zone)?.begin?;
    Some(begin.checked_sub_offset(old_offset.fix())?.and_utc())
}
