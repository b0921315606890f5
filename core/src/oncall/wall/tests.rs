use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::{Moment, first, last};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn wall(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn windows_close_at_the_last_occurrence() {
    for (zone, local, expected) in [
        (Tz::Europe__Berlin, "2026-10-25T01:59:59", "2026-10-24T23:59:59Z"),
        (Tz::Europe__Berlin, "2026-10-25T02:00:00", "2026-10-25T01:00:00Z"),
        (Tz::Europe__Berlin, "2026-10-25T02:59:59", "2026-10-25T01:59:59Z"),
        (Tz::Europe__Berlin, "2026-10-25T03:00:00", "2026-10-25T02:00:00Z"),
        (Tz::Europe__Berlin, "2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
        (Tz::Europe__Berlin, "2026-03-29T02:30:00", "2026-03-29T01:00:00Z"),
        (Tz::Australia__Lord_Howe, "2026-04-05T01:30:00", "2026-04-04T15:00:00Z"),
        (Tz::Australia__Lord_Howe, "2026-04-05T02:00:00", "2026-04-04T15:30:00Z"),
        (Tz::Australia__Lord_Howe, "2026-10-04T02:10:00", "2026-10-03T15:30:00Z"),
        (Tz::Pacific__Apia, "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"),
    ] {
        assert_eq!(last(zone, wall(local)), instant(expected), "{zone} {local}");
    }
}

#[test]
fn a_moment_knows_how_far_the_clock_has_come() {
    let berlin = Tz::Europe__Berlin;
    for (at, reached, settled) in [
        ("2026-10-24T23:59:59Z", "2026-10-25T01:59:59", "2026-10-25T01:59:59"),
        // First pass: everything from 02:00 on will be shown once more.
        ("2026-10-25T00:00:00Z", "2026-10-25T02:00:00", "2026-10-25T01:59:59.999999999"),
        ("2026-10-25T00:40:00Z", "2026-10-25T02:40:00", "2026-10-25T01:59:59.999999999"),
        // Second pass: the clock has come to 03:00 already, but has not shown it.
        ("2026-10-25T01:00:00Z", "2026-10-25T02:59:59.999999999", "2026-10-25T02:00:00"),
        ("2026-10-25T01:40:00.5Z", "2026-10-25T02:59:59.999999999", "2026-10-25T02:40:00.5"),
        ("2026-10-25T02:00:00Z", "2026-10-25T03:00:00", "2026-10-25T03:00:00"),
        ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59", "2026-03-29T01:59:59"),
        ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00", "2026-03-29T03:00:00"),
    ] {
        let moment = Moment::new(berlin, instant(at));
        assert_eq!((moment.reached, moment.settled), (wall(reached), wall(settled)), "{at}");
    }
}

#[test]
fn moments_are_safe_at_the_ends_of_the_calendar() {
    for zone in [Tz::Europe__Berlin, Tz::America__New_York, Tz::Pacific__Apia] {
        for end in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let moment = Moment::new(zone, end);
            let off = moment.reached.signed_duration_since(end.naive_utc());
            assert!(off.abs() < TimeDelta::days(2), "{zone} {end:?}");
        }
    }
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn offset(zone: Tz, second: i64) -> i64 {
    zone.offset_from_utc_datetime(&at(second).naive_utc()).fix().local_minus_utc().into()
}

fn shown(zone: Tz, instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&zone).naive_local()
}

/// All seconds of 1970 to 2060 at which the offset of a zone changes.
fn changes(zone: Tz) -> Vec<i64> {
    let days: Vec<(i64, i64)> = (0..30 * 366).map(|step| step * 3 * DAY).map(|at| (at, offset(zone, at))).collect();
    let mut changes = Vec::new();
    for pair in days.windows(2).filter(|pair| pair[0].1 != pair[1].1) {
        let (mut before, mut after) = (pair[0].0, pair[1].0);
        while after - before > 1 {
            let middle = i64::midpoint(before, after);
            if offset(zone, middle) == pair[0].1 { before = middle } else { after = middle }
        }
        changes.push(after);
    }
    changes
}

/// Against what the clock shows, which has no cases: the highest that it has shown up to an instant, and what lies
/// below all that it shows later on. Of those moments `first` and `last` have to be the exact inverse.
#[test]
fn moments_agree_with_the_clock_around_every_change_of_every_zone() {
    let probes =
        [-86_401, -7200, -3601, -3600, -1801, -1800, -900, -1, 0, 1, 899, 900, 1799, 1800, 3599, 3600, 7200, 86_400];
    let mut seen = 0;
    for zone in TZ_VARIANTS {
        for change in changes(zone) {
            seen += 1;
            let tick = TimeDelta::nanoseconds(1);
            let (highest, lowest) = (shown(zone, at(change) - tick), shown(zone, at(change)));
            for probe in probes {
                let now = at(change + probe);
                let moment = Moment::new(zone, now);
                let here = shown(zone, now);
                let reached = if probe < 0 { here } else { here.max(highest) };
                let settled = if probe < 0 { here.min(lowest - tick) } else { here };
                assert_eq!((moment.reached, moment.settled), (reached, settled), "{zone} {now}");
                assert!(first(zone, reached) <= now && last(zone, settled) <= now, "{zone} {now}");
                assert!(first(zone, reached + tick) > now && last(zone, settled + tick) > now, "{zone} {now}");
            }
        }
    }
    assert!(seen > 20_000, "too few changes were found: {seen}");
}
