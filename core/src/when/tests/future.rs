use super::{at, nonsense};
use crate::when::{WhenError, parse_ahead, parse_future};
use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;

#[test]
fn every_form_in_berlin_on_a_friday() {
    // 12:00 in Berlin.
    let now = at("2026-11-20T11:00:00Z");
    for (text, expected) in [
        ("3d", "2026-11-23T11:00:00Z"),
        ("1h30m", "2026-11-20T12:30:00Z"),
        ("+2h", "2026-11-20T13:00:00Z"),
        ("in 1 week", "2026-11-27T11:00:00Z"),
        ("12:01", "2026-11-20T11:01:00Z"),
        ("12:00", "2026-11-21T11:00:00Z"),
        ("11:59", "2026-11-21T10:59:00Z"),
        ("23:59:59", "2026-11-20T22:59:59Z"),
        ("fri", "2026-11-20T16:00:00Z"),
        ("Friday 17:00", "2026-11-20T16:00:00Z"),
        ("fri 12:00", "2026-11-27T11:00:00Z"),
        ("fri 09:00", "2026-11-27T08:00:00Z"),
        ("thu", "2026-11-26T16:00:00Z"),
        ("mon 10:00", "2026-11-23T09:00:00Z"),
        ("today", "2026-11-20T16:00:00Z"),
        ("tomorrow", "2026-11-21T16:00:00Z"),
        ("tomorrow 09:00", "2026-11-21T08:00:00Z"),
        ("2026-12-01", "2026-12-01T16:00:00Z"),
        ("2027-07-01", "2027-07-01T15:00:00Z"),
        ("2026-12-01 09:30", "2026-12-01T08:30:00Z"),
        ("2026-12-01T09:30:00Z", "2026-12-01T09:30:00Z"),
    ] {
        assert_eq!(parse_future(text, Tz::Europe__Berlin, now), Ok(at(expected)), "for {text:?}");
    }
}

#[test]
fn the_next_occurrence_follows_the_zone_through_its_changes() {
    let (berlin, new_york) = (Tz::Europe__Berlin, Tz::America__New_York);
    let (lord_howe, kathmandu) = (Tz::Australia__Lord_Howe, Tz::Asia__Kathmandu);
    for (zone, now, text, expected) in [
        // A missing 02:30 means 03:00, once.
        (berlin, "2026-03-29T00:59:00Z", "02:30", "2026-03-29T01:00:00Z"),
        (berlin, "2026-03-29T01:00:00Z", "02:30", "2026-03-30T00:30:00Z"),
        // Between the two occurrences of 02:30 the next one is tomorrow's.
        (berlin, "2026-10-25T00:10:00Z", "02:30", "2026-10-25T00:30:00Z"),
        (berlin, "2026-10-25T00:40:00Z", "02:30", "2026-10-26T01:30:00Z"),
        // A day is 24 hours; "tomorrow" keeps the wall time.
        (berlin, "2026-10-24T10:00:00Z", "1d", "2026-10-25T10:00:00Z"),
        (berlin, "2026-10-24T10:00:00Z", "tomorrow 12:00", "2026-10-25T11:00:00Z"),
        (new_york, "2026-03-07T22:00:00Z", "sun 02:30", "2026-03-08T07:00:00Z"),
        (new_york, "2026-10-31T22:00:00Z", "sun", "2026-11-01T22:00:00Z"),
        (lord_howe, "2026-10-03T15:00:00Z", "02:15", "2026-10-03T15:30:00Z"),
        (kathmandu, "2026-11-20T18:30:00Z", "today", "2026-11-21T11:15:00Z"),
    ] {
        assert_eq!(parse_future(text, zone, at(now)), Ok(at(expected)), "{text:?} in {zone} at {now}");
    }
}

#[test]
fn what_is_not_in_the_future_is_refused() {
    let now = at("2026-11-20T18:00:00Z");
    for text in ["now", "0d", "-10m", "10m ago", "yesterday", "today", "2026-11-20", "2026-11-20T18:00:00Z"] {
        assert_eq!(parse_future(text, Tz::Europe__Berlin, now), Err(WhenError::NotInFuture(text.into())));
    }
}

#[test]
fn what_is_no_time_or_too_far_away_is_refused() {
    let now = at("2026-11-20T18:00:00Z");
    for text in nonsense() {
        let start: String = text.chars().take(60).collect();
        let error = parse_future(&text, Tz::UTC, now).expect_err(&start);
        assert!(matches!(error, WhenError::NotADueTime(_)), "for {start:?}");
        assert!(error.to_string().contains("fri 17:00"), "{error}");
    }
    let parse = |text: &str| parse_future(text, Tz::UTC, now);
    assert_eq!(parse("367d"), Err(WhenError::TooLong("367d".into())));
    let late = "9999-12-31T23:59:59-00:01";
    assert_eq!(parse(late), Err(WhenError::OutOfRange(late.into())));
}

proptest! {
    #[test]
    fn clock_times_and_weekdays_come_next(
        hour in 0..24,
        minute in 0..60,
        day in prop::sample::select(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"][..]),
        seconds in 1_700_000_000_i64..1_900_000_000,
    ) {
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        for zone in [Tz::Europe__Berlin, Tz::Australia__Lord_Howe] {
            let clock = format!("{hour:02}:{minute:02}");
            let found = parse_future(&clock, zone, now).unwrap();
            prop_assert!(found > now && found <= now + TimeDelta::hours(25));
            let found = parse_future(&format!("{day} {clock}"), zone, now).unwrap();
            prop_assert!(found > now && found <= now + TimeDelta::hours(7 * 24 + 1));
        }
    }

    #[test]
    fn whatever_is_accepted_is_in_the_future(
        text in any::<String>(),
        near in "(in |[-+])?[0-9a-z :-]{0,20}( ago)?",
    ) {
        let now = at("2026-11-20T18:00:00Z");
        for text in [text, near] {
            if let Ok(found) = parse_future(&text, Tz::Europe__Berlin, now) {
                prop_assert!(found > now);
            }
        }
    }
}

#[test]
fn a_day_alone_is_its_start_for_what_lasts_and_its_evening_for_what_is_due() {
    // A Friday; in Berlin it is one hour later than in UTC.
    let now = at("2026-11-20T10:00:00Z");
    for (text, starts, is_due) in [
        ("mon", "2026-11-22T23:00:00Z", "2026-11-23T16:00:00Z"),
        ("fri", "2026-11-26T23:00:00Z", "2026-11-20T16:00:00Z"),
        ("tomorrow", "2026-11-20T23:00:00Z", "2026-11-21T16:00:00Z"),
        ("2026-12-02", "2026-12-01T23:00:00Z", "2026-12-02T16:00:00Z"),
        ("mon 09:00", "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
        ("3d", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
    ] {
        assert_eq!(parse_ahead(text, Tz::Europe__Berlin, now), Ok(at(starts)), "from {text}");
        assert_eq!(parse_future(text, Tz::Europe__Berlin, now), Ok(at(is_due)), "by {text}");
    }
    assert_eq!(parse_ahead("today", Tz::Europe__Berlin, now), Err(WhenError::NotInFuture("today".into())));
}
