//! Instants and wall times of exports.

use chrono::{DateTime, Datelike, NaiveDateTime, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;

use super::text::quoted;

/// Years outside of these make calendars of no use, and sums of them overflow.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9000;

/// An IANA zone.
pub(super) fn zone(name: &str) -> Option<Tz> {
    name.trim().parse().ok()
}

/// Reads an instant with an offset, such as `2026-01-05T09:00:00+01:00`.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let wrong = || format!("{} is no time with an offset, such as 2026-01-05T09:00:00Z", quoted(text));
    let at = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| wrong())?.with_timezone(&Utc);
    if !YEARS.contains(&at.year()) {
        return Err(wrong());
    }
    at.with_nanosecond(0).ok_or_else(wrong)
}

/// Reads a wall time, such as `2026-01-05T09:00:00`.
pub(super) fn wall_time(text: &str) -> Result<NaiveDateTime, String> {
    // Clients write it with an offset of nothing as well, and mean a wall time all the same.
    let bare = text.trim().trim_end_matches('Z');
    let read = NaiveDateTime::parse_from_str(bare, "%Y-%m-%dT%H:%M:%S").ok();
    let kept = read.filter(|at| YEARS.contains(&at.year()));
    kept.ok_or_else(|| format!("{} is no wall time, such as 2026-01-05T09:00:00", quoted(text)))
}

/// The wall time of an instant.
pub(super) fn to_wall(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// Reads a time of day, such as `09:00:00`, as minutes since midnight; a layer's windows know no seconds.
pub(super) fn minute_of_day(text: &str) -> Result<u32, String> {
    let time = NaiveTime::parse_from_str(text.trim(), "%H:%M:%S")
        .or_else(|_| NaiveTime::parse_from_str(text.trim(), "%H:%M"))
        .map_err(|_| format!("{} is no time of day, such as 09:00:00", quoted(text)))?;
    if time.second() != 0 {
        return Err(format!("{} is no whole minute, and windows know no seconds", quoted(text)));
    }
    Ok(time.hour() * 60 + time.minute())
}

/// A wall time as the file has it.
pub(super) fn written(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America::New_York, Europe::Berlin, Pacific::Apia};
    use firebell_core::when::wall_to_instant;

    use super::*;

    #[test]
    fn instants_become_wall_times() {
        let cases = [
            ("2026-01-05T09:00:00+01:00", Berlin, "2026-01-05T09:00:00"),
            ("2026-07-05T13:00:00Z", New_York, "2026-07-05T09:00:00"),
            // The second 02:30 of the night in which the clock is put back.
            ("2026-10-25T01:30:00Z", Berlin, "2026-10-25T02:30:00"),
            ("2026-10-25T00:30:00.250Z", Berlin, "2026-10-25T02:30:00"),
        ];
        for (text, zone, wall) in cases {
            assert_eq!(written(to_wall(instant(text).unwrap(), zone)).as_str(), wall, "{text}");
        }
    }

    #[test]
    fn a_wall_time_that_does_not_exist_means_the_end_of_the_gap() {
        let cases = [
            ("2026-03-29T02:30:00", Berlin, "2026-03-29T01:00:00+00:00"),
            ("2026-03-29T02:00:30", Berlin, "2026-03-29T01:00:00+00:00"),
            ("2011-12-30T12:00:00", Apia, "2011-12-30T10:00:00+00:00"),
            ("2026-10-25T02:30:00", Berlin, "2026-10-25T00:30:00+00:00"),
        ];
        for (wall, zone, at) in cases {
            assert_eq!(wall_to_instant(zone, wall_time(wall).unwrap()).to_rfc3339(), at, "{wall}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "2026-01-05", "2026-01-05T09:00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z"] {
            assert!(instant(text).is_err(), "{text}");
        }
        for text in ["", "2026-02-30T00:00:00", "2026-01-05T09:00:00+01:00", "+262142-01-01T00:00:00"] {
            assert!(wall_time(text).is_err(), "{text}");
        }
        assert_eq!(wall_time("2026-01-05T09:00:00Z"), wall_time("2026-01-05T09:00:00"));
        assert_eq!(minute_of_day("17:30:00"), Ok(1050));
        assert!(minute_of_day("17:30:01").unwrap_err().contains("no seconds"));
        assert!(minute_of_day("24:00").is_err());
    }
}
