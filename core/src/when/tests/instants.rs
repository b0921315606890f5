use super::{at, nonsense};
use crate::when::{WhenError, parse_instant};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

#[test]
fn every_form_in_berlin_on_a_saturday() {
    // 12:00 in Berlin.
    let now = at("2026-11-21T11:00:00.123456789Z");
    for (text, expected) in [
        ("now", "2026-11-21T11:00:00.123456Z"),
        (" NOW ", "2026-11-21T11:00:00.123456Z"),
        ("11:05", "2026-11-21T10:05:00Z"),
        ("9:05", "2026-11-21T08:05:00Z"),
        ("14:05", "2026-11-21T13:05:00Z"),
        ("14:05:09", "2026-11-21T13:05:09Z"),
        ("00:00", "2026-11-20T23:00:00Z"),
        ("-10m", "2026-11-21T10:50:00.123456Z"),
        ("- 10 min", "2026-11-21T10:50:00.123456Z"),
        ("-0m", "2026-11-21T11:00:00.123456Z"),
        ("-1h30m", "2026-11-21T09:30:00.123456Z"),
        ("10m ago", "2026-11-21T10:50:00.123456Z"),
        ("2 Hours  5 minutes ago", "2026-11-21T08:55:00.123456Z"),
        ("+2h", "2026-11-21T13:00:00.123456Z"),
        ("in 2h", "2026-11-21T13:00:00.123456Z"),
        ("yesterday 23:50", "2026-11-20T22:50:00Z"),
        ("today 09:00", "2026-11-21T08:00:00Z"),
        ("today 23:59:59", "2026-11-21T22:59:59Z"),
        ("Tomorrow 09:00", "2026-11-22T08:00:00Z"),
        ("yesterday", "2026-11-19T23:00:00Z"),
        ("mon 10:00", "2026-11-16T09:00:00Z"),
        ("monday 10:00", "2026-11-16T09:00:00Z"),
        ("thurs 10:00", "2026-11-19T09:00:00Z"),
        ("tues 10:00", "2026-11-17T09:00:00Z"),
        ("sat 11:59", "2026-11-21T10:59:00Z"),
        ("sat 12:00", "2026-11-21T11:00:00Z"),
        ("sat 12:01", "2026-11-14T11:01:00Z"),
        ("sun 10:00", "2026-11-15T09:00:00Z"),
        ("mon", "2026-11-15T23:00:00Z"),
        ("sat", "2026-11-20T23:00:00Z"),
        ("2026-11-21", "2026-11-20T23:00:00Z"),
        ("2026-11-21 14:05", "2026-11-21T13:05:00Z"),
        ("2026-07-21T14:05:09", "2026-07-21T12:05:09Z"),
        ("2026-07-21t14:05:09.25", "2026-07-21T12:05:09.250Z"),
        ("2026-11-21T14:05:09.123456789Z", "2026-11-21T14:05:09.123456Z"),
        ("2026-11-21T14:05Z", "2026-11-21T14:05:00Z"),
        ("2026-11-21 14:05:00+05:45", "2026-11-21T08:20:00Z"),
        ("2026-11-21 14:05 -0330", "2026-11-21T17:35:00Z"),
        ("2026-11-21T14:05:00+01", "2026-11-21T13:05:00Z"),
        ("0001-01-02", "0001-01-01T23:06:32Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ] {
        assert_eq!(parse_instant(text, Tz::Europe__Berlin, now), Ok(at(expected)), "for {text:?}");
    }
}

#[test]
fn a_clock_time_more_than_twelve_hours_ahead_was_yesterdays() {
    for (now, text, expected) in [
        ("2026-11-21T00:10:00Z", "23:50", "2026-11-20T23:50:00Z"),
        ("2026-11-21T00:10:00Z", "12:10", "2026-11-21T12:10:00Z"),
        ("2026-11-21T00:10:00Z", "12:10:01", "2026-11-20T12:10:01Z"),
        ("2026-11-21T23:50:00Z", "00:10", "2026-11-21T00:10:00Z"),
    ] {
        assert_eq!(parse_instant(text, Tz::UTC, at(now)), Ok(at(expected)), "{text:?} at {now}");
    }
}

#[test]
fn wall_times_follow_the_zone_through_its_changes() {
    let (berlin, new_york) = (Tz::Europe__Berlin, Tz::America__New_York);
    let (lord_howe, kathmandu) = (Tz::Australia__Lord_Howe, Tz::Asia__Kathmandu);
    for (zone, now, text, expected) in [
        (berlin, "2026-03-29T02:00:00Z", "02:30", "2026-03-29T01:00:00Z"),
        (berlin, "2026-03-29T10:00:00Z", "-12h", "2026-03-28T22:00:00Z"),
        (berlin, "2026-10-25T01:10:00Z", "02:30", "2026-10-25T00:30:00Z"),
        (berlin, "2026-10-26T08:00:00Z", "yesterday 02:30", "2026-10-25T00:30:00Z"),
        (berlin, "2026-10-26T08:00:00Z", "sun 03:00", "2026-10-25T02:00:00Z"),
        (new_york, "2026-03-08T12:00:00Z", "02:30", "2026-03-08T07:00:00Z"),
        (new_york, "2026-11-01T12:00:00Z", "2026-11-01 01:30", "2026-11-01T05:30:00Z"),
        (new_york, "2026-11-21T03:00:00Z", "21:00", "2026-11-21T02:00:00Z"),
        (lord_howe, "2026-10-03T20:00:00Z", "02:15", "2026-10-03T15:30:00Z"),
        (lord_howe, "2026-04-04T20:00:00Z", "01:45", "2026-04-04T14:45:00Z"),
        (kathmandu, "2026-11-20T19:00:00Z", "00:30", "2026-11-20T18:45:00Z"),
        (kathmandu, "2026-11-20T18:30:00Z", "23:50", "2026-11-20T18:05:00Z"),
        // The person's day is already the next one while UTC's is not.
        (kathmandu, "2026-11-20T18:30:00Z", "today", "2026-11-20T18:15:00Z"),
    ] {
        assert_eq!(parse_instant(text, zone, at(now)), Ok(at(expected)), "{text:?} in {zone} at {now}");
    }
}

#[test]
fn what_is_no_time_is_refused_and_the_forms_are_named() {
    let now = at("2026-11-21T11:00:00Z");
    let bare = ["10m", "3d"].map(str::to_owned);
    for text in nonsense().into_iter().chain(bare) {
        let start: String = text.chars().take(60).collect();
        let error = parse_instant(&text, Tz::UTC, now).expect_err(&start);
        let shown = error.to_string();
        assert!(matches!(error, WhenError::NotAnInstant(_)), "for {start:?}");
        assert!(shown.contains("14:05") && shown.contains("10m ago"), "{shown}");
        assert!(shown.chars().count() < 200, "{shown}");
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
    }
}

#[test]
fn what_is_too_far_away_is_refused() {
    let now = at("2026-11-21T11:00:00Z");
    let parse = |text: &str| parse_instant(text, Tz::Europe__Berlin, now);
    for text in ["-367d", "+99999999999999999999999w", "8785h ago"] {
        assert_eq!(parse(text), Err(WhenError::TooLong(text.into())));
    }
    for text in ["0000-01-01", "0001-01-01", "9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01"] {
        assert_eq!(parse(text), Err(WhenError::OutOfRange(text.into())));
    }
}

#[test]
fn the_ends_of_the_calendar_are_refused_not_a_panic() {
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        for zone in [Tz::Pacific__Kiritimati, Tz::America__New_York] {
            for text in ["now", "-1d", "+1d", "14:05", "mon 10:00", "tomorrow"] {
                assert_eq!(
                    parse_instant(text, zone, now),
                    Err(WhenError::OutOfRange(text.into())),
                    "{text} in {zone} at {now:?}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn minutes_back_are_minutes_back(minutes in 0_i64..=366 * 24 * 60, at in 0_i64..4_000_000_000) {
        let now = DateTime::from_timestamp(at, 987_654_321).unwrap();
        let expected = now.trunc_subsecs(6) - TimeDelta::minutes(minutes);
        for text in [format!("-{minutes}m"), format!("{minutes} min ago")] {
            prop_assert_eq!(parse_instant(&text, Tz::Europe__Berlin, now), Ok(expected));
        }
    }

    #[test]
    fn what_is_written_with_an_offset_is_read_back(seconds in 0_i64..4_000_000_000, micros in 0_u32..1_000_000) {
        let instant = DateTime::from_timestamp(seconds, micros * 1000).unwrap();
        let now = at("2026-11-21T11:00:00Z");
        for zone in [Tz::UTC, Tz::Asia__Kathmandu, Tz::America__New_York] {
            let text = instant.with_timezone(&zone).to_rfc3339();
            prop_assert_eq!(parse_instant(&text, Tz::Europe__Berlin, now), Ok(instant));
        }
    }

    #[test]
    fn clock_times_lie_within_a_day_and_at_most_twelve_hours_ahead(
        hour in 0..24,
        minute in 0..60,
        seconds in 1_700_000_000_i64..1_900_000_000,
    ) {
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        for zone in [Tz::Europe__Berlin, Tz::Australia__Lord_Howe] {
            let found = parse_instant(&format!("{hour:02}:{minute:02}"), zone, now).unwrap();
            prop_assert!(found <= now + TimeDelta::hours(12));
            prop_assert!(found >= now - TimeDelta::hours(25));
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>(), near in "[-+]?[0-9 :.tzTZ+-]{0,40}( ago)?") {
        let now = at("2026-11-21T11:00:00Z");
        for text in [text, near] {
            if let Ok(found) = parse_instant(&text, Tz::Europe__Berlin, now) {
                prop_assert_eq!(found, found.trunc_subsecs(6));
            }
        }
    }
}
