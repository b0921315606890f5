//! The digest: once a week each team hears what it still has to do.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::ids::Key;
use crate::when::wall_to_instant;

/// When the digest comes, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub day: Weekday,
    pub at: NaiveTime,
    pub zone: Tz,
    /// The channels of teams that hear it there, as [`crate::place::split_channel`] reads them; the others' people hear it
    /// each for themselves.
    pub channels: BTreeMap<Key, String>,
}

impl Digest {
    /// The first one after an instant.
    pub fn next(&self, after: DateTime<Utc>) -> DateTime<Utc> {
        let today = after.with_timezone(&self.zone).date_naive();
        let days = today.iter_days().take(9).filter(|day| day.weekday() == self.day);
        let mut ahead = days.map(|day| wall_to_instant(self.zone, day.and_time(self.at))).filter(|at| *at > after);
        // Only at the end of chrono's calendar is there none.
        ahead.next().unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_once_a_week_at_its_hour_on_the_wall() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let digest = |zone| Digest {
            day: Weekday::Mon,
            at: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
            zone,
            channels: BTreeMap::new(),
        };
        for (zone, after, next) in [
            (Tz::UTC, "2026-03-02T08:59:59Z", "2026-03-02T09:00:00Z"),
            (Tz::UTC, "2026-03-02T09:00:00Z", "2026-03-09T09:00:00Z"),
            (Tz::UTC, "2026-03-05T00:00:00Z", "2026-03-09T09:00:00Z"),
            (Tz::Europe__Vienna, "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"),
            (Tz::Pacific__Auckland, "2026-03-08T19:00:00Z", "2026-03-08T20:00:00Z"),
        ] {
            assert_eq!(digest(zone).next(at(after)), at(next), "{zone} after {after}");
        }
        assert_eq!(digest(Tz::UTC).next(DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC);
    }
}
