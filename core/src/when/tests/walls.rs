use crate::when::wall_to_instant;
use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

const ZONES: [Tz; 9] = [
    Tz::UTC,
    Tz::Europe__Berlin,
    Tz::Europe__Dublin,
    Tz::America__New_York,
    Tz::America__Sao_Paulo,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kathmandu,
    Tz::Africa__Casablanca,
    Tz::Pacific__Apia,
];

fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
}

#[test]
fn gaps_and_repeated_hours() {
    let (berlin, new_york) = (Tz::Europe__Berlin, Tz::America__New_York);
    let (lord_howe, kathmandu) = (Tz::Australia__Lord_Howe, Tz::Asia__Kathmandu);
    for (zone, local, expected) in [
        // Berlin springs from 02:00 to 03:00 and falls from 03:00 to 02:00, both at 01:00 UTC.
        (berlin, "2026-03-29 01:59:59", "2026-03-29T00:59:59Z"),
        (berlin, "2026-03-29 02:00:00", "2026-03-29T01:00:00Z"),
        (berlin, "2026-03-29 02:30:00", "2026-03-29T01:00:00Z"),
        (berlin, "2026-03-29 02:59:59", "2026-03-29T01:00:00Z"),
        (berlin, "2026-03-29 03:00:00", "2026-03-29T01:00:00Z"),
        (berlin, "2026-03-29 03:00:01", "2026-03-29T01:00:01Z"),
        (berlin, "2026-10-25 01:59:59", "2026-10-24T23:59:59Z"),
        (berlin, "2026-10-25 02:00:00", "2026-10-25T00:00:00Z"),
        (berlin, "2026-10-25 02:59:59", "2026-10-25T00:59:59Z"),
        (berlin, "2026-10-25 03:00:00", "2026-10-25T02:00:00Z"),
        // New York: 2026-03-08 at 07:00 UTC, 2026-11-01 at 06:00 UTC.
        (new_york, "2026-03-08 01:59:59", "2026-03-08T06:59:59Z"),
        (new_york, "2026-03-08 02:30:00", "2026-03-08T07:00:00Z"),
        (new_york, "2026-03-08 03:00:00", "2026-03-08T07:00:00Z"),
        (new_york, "2026-11-01 00:59:59", "2026-11-01T04:59:59Z"),
        (new_york, "2026-11-01 01:30:00", "2026-11-01T05:30:00Z"),
        (new_york, "2026-11-01 02:00:00", "2026-11-01T07:00:00Z"),
        // Lord Howe moves by half an hour: +10:30 in winter, +11:00 in summer.
        (lord_howe, "2026-10-04 01:59:59", "2026-10-03T15:29:59Z"),
        (lord_howe, "2026-10-04 02:15:00", "2026-10-03T15:30:00Z"),
        (lord_howe, "2026-10-04 02:30:00", "2026-10-03T15:30:00Z"),
        (lord_howe, "2026-04-05 01:29:59", "2026-04-04T14:29:59Z"),
        (lord_howe, "2026-04-05 01:45:00", "2026-04-04T14:45:00Z"),
        (lord_howe, "2026-04-05 02:00:00", "2026-04-04T15:30:00Z"),
        // Kathmandu is +05:45 all year; it came from +05:30 at the start of 1986.
        (kathmandu, "2026-07-01 00:00:00", "2026-06-30T18:15:00Z"),
        (kathmandu, "1986-01-01 00:07:00", "1985-12-31T18:30:00Z"),
        (kathmandu, "1986-01-01 00:15:00", "1985-12-31T18:30:00Z"),
        // Apia left out the whole of 2011-12-30.
        (Tz::Pacific__Apia, "2011-12-30 12:00:00", "2011-12-30T10:00:00Z"),
    ] {
        let expected: DateTime<Utc> = expected.parse().unwrap();
        assert_eq!(wall_to_instant(zone, wall(local)), expected, "{zone} {local}");
    }
}

#[test]
fn the_ends_of_the_calendar_are_safe() {
    for zone in ZONES {
        for end in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
            let off = wall_to_instant(zone, end).naive_utc().signed_duration_since(end);
            assert!(off.abs() < TimeDelta::days(2), "{zone} {end:?}");
        }
    }
}

/// What clocks in `zone` show at `instant`.
fn shown(zone: Tz, instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&zone).naive_local()
}

/// The rule worked out slowly from the other direction, instant to wall, which has no cases.
fn reference(zone: Tz, wall: NaiveDateTime) -> DateTime<Utc> {
    let near = |hours| wall.and_utc() + TimeDelta::hours(hours);
    let occurrence = (-36..=36)
        .map(|hours| zone.offset_from_utc_datetime(&near(hours).naive_utc()))
        .map(|offset| wall.and_utc() - TimeDelta::seconds(offset.fix().local_minus_utc().into()))
        .filter(|instant| shown(zone, *instant) == wall)
        .min();
    occurrence.unwrap_or_else(|| {
        let (mut before, mut after) = (near(-36), near(36));
        while after - before > TimeDelta::seconds(1) {
            let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
            if shown(zone, middle) < wall {
                before = middle;
            } else {
                after = middle;
            }
        }
        after
    })
}

/// Wall times in whole seconds, half of them within two hours of a change of `zone`'s clocks.
fn wall_times() -> impl Strategy<Value = (Tz, NaiveDateTime)> {
    let zone = prop::sample::select(&ZONES[..]);
    let seconds = 315_532_800_i64..2_145_916_800;
    (zone, seconds, any::<bool>(), -7200_i64..7200).prop_map(|(zone, at, near, offset)| {
        let start = DateTime::from_timestamp(at, 0).unwrap();
        let offset_at = |day: i64| {
            let instant = start + TimeDelta::days(day);
            zone.offset_from_utc_datetime(&instant.naive_utc()).fix()
        };
        let change = (1..400).find(|day| offset_at(*day) != offset_at(day - 1));
        let Some(day) = change.filter(|_| near) else {
            return (zone, shown(zone, start));
        };
        let (mut before, mut after) = ((day - 1) * 86_400, day * 86_400);
        while after - before > 1 {
            let middle = i64::midpoint(before, after);
            let instant = start + TimeDelta::seconds(middle);
            if zone.offset_from_utc_datetime(&instant.naive_utc()).fix() == offset_at(day - 1) {
                before = middle;
            } else {
                after = middle;
            }
        }
        (zone, shown(zone, start + TimeDelta::seconds(after)) + TimeDelta::seconds(offset))
    })
}

proptest! {
    #[test]
    fn agrees_with_the_slow_reference((zone, wall) in wall_times()) {
        prop_assert_eq!(wall_to_instant(zone, wall), reference(zone, wall));
    }

    #[test]
    fn later_walls_never_mean_earlier_instants(
        (zone, wall) in wall_times(),
        seconds in 0_i64..10_000,
    ) {
        let later = wall + TimeDelta::seconds(seconds);
        prop_assert!(wall_to_instant(zone, wall) <= wall_to_instant(zone, later));
    }
}
