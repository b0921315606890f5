use std::num::NonZeroU16;

use chrono::{NaiveDateTime, TimeDelta, Weekday};

use super::{Rotation, Turn};
use crate::ids::PersonId;

fn wall(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn rotation(start: &str, turn: Turn) -> Rotation {
    let person = |number: u128| PersonId(uuid::Uuid::from_u128(number));
    Rotation { start: wall(start), turn, pools: vec![vec![person(0)], vec![person(1)], vec![person(2)]] }
}

fn many(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

fn on(days: &[Weekday], every: u16) -> Turn {
    Turn::On { days: days.to_vec(), every: many(every) }
}

#[test]
fn turns_begin_where_they_say() {
    use Weekday::{Fri, Mon, Sat, Sun, Wed};
    for (start, turn, number, begin) in [
        ("2026-03-01T02:30:00", Turn::Hours(many(1)), 1, "2026-03-01T03:30:00"),
        ("2026-03-01T02:30:00", Turn::Hours(many(12)), -1, "2026-02-28T14:30:00"),
        ("2026-03-01T02:30:00.25", Turn::Days(many(2)), 3, "2026-03-07T02:30:00.25"),
        ("2026-03-01T09:00:00", Turn::Weeks(many(1)), -52, "2025-03-02T09:00:00"),
        ("2026-01-31T09:00:00", Turn::Months(many(1)), 1, "2026-02-28T09:00:00"),
        ("2026-01-31T09:00:00", Turn::Months(many(1)), 2, "2026-03-31T09:00:00"),
        ("2026-01-31T09:00:00", Turn::Months(many(3)), -1, "2025-10-31T09:00:00"),
        ("2024-02-29T09:00:00", Turn::Months(many(12)), 1, "2025-02-28T09:00:00"),
        ("2024-02-29T09:00:00", Turn::Months(many(12)), -4, "2020-02-29T09:00:00"),
        // 2026-11-23 is a Monday. On a hand-off, its own turn begins.
        ("2026-11-23T09:00:00", on(&[Mon], 1), 0, "2026-11-23T09:00:00"),
        ("2026-11-23T09:00:00", on(&[Fri, Mon, Mon], 1), 1, "2026-11-27T09:00:00"),
        ("2026-11-23T09:00:00", on(&[Mon, Fri], 1), -1, "2026-11-20T09:00:00"),
        // Between two, the one that holds `start`.
        ("2026-11-24T09:00:00", on(&[Mon, Fri], 1), 0, "2026-11-23T09:00:00"),
        ("2026-11-24T09:00:00", on(&[Mon, Fri], 1), 1, "2026-11-27T09:00:00"),
        ("2026-11-24T09:00:00", on(&[Mon, Wed, Fri], 2), 1, "2026-11-27T09:00:00"),
        ("2026-11-24T09:00:00", on(&[Sat, Sun], 5), 2, "2026-12-27T09:00:00"),
    ] {
        let rotation = rotation(start, turn);
        assert_eq!(rotation.begin_of(number), Some(wall(begin)), "{rotation:?} {number}");
    }
}

#[test]
fn a_wall_time_is_in_the_turn_that_begins_last() {
    use Weekday::{Fri, Mon, Tue};
    let turns = [
        Turn::Hours(many(1)),
        Turn::Hours(many(36)),
        Turn::Days(many(1)),
        Turn::Weeks(many(2)),
        Turn::Months(many(1)),
        Turn::Months(many(5)),
        on(&[Mon], 1),
        on(&[Mon, Tue, Fri], 1),
        on(&[Fri, Tue], 7),
    ];
    for turn in turns {
        for start in ["2024-02-29T00:00:00", "2026-01-31T02:30:00.5", "2026-11-27T23:59:59"] {
            let rotation = rotation(start, turn.clone());
            for number in -400..400 {
                let begin = rotation.begin_of(number).unwrap();
                assert!(begin < rotation.begin_of(number + 1).unwrap(), "{rotation:?} {number}");
                assert_eq!(rotation.turn_at(begin), number, "{rotation:?} {begin}");
                assert_eq!(rotation.turn_at(begin - TimeDelta::nanoseconds(1)), number - 1, "{rotation:?} {begin}");
            }
            assert_eq!(rotation.turn_at(rotation.start), 0, "{rotation:?}");
        }
    }
}

#[test]
fn pools_take_turns_in_both_directions() {
    let mut three = rotation("2026-03-01T00:00:00", Turn::Days(many(1)));
    for (turn, pool) in [(0, 0), (1, 1), (2, 2), (3, 0), (-1, 2), (-3, 0), (i64::MAX, 1), (i64::MIN, 1)] {
        assert_eq!(three.pool(turn), three.pools[pool], "turn {turn}");
    }
    three.pools.clear();
    assert!(three.pool(0).is_empty() && three.pool(-7).is_empty());
}

#[test]
fn without_weekdays_the_first_turn_has_no_end() {
    let rotation = rotation("2026-03-01T00:00:00", on(&[], 2));
    for wall in [NaiveDateTime::MIN, rotation.start, NaiveDateTime::MAX] {
        assert_eq!(rotation.turn_at(wall), 0, "{wall:?}");
    }
    assert_eq!((rotation.begin_of(0), rotation.begin_of(1)), (None, None));
}

#[test]
fn a_leap_second_and_the_ends_of_the_calendar_are_safe() {
    let leap = rotation("2016-12-31T23:59:60.5", Turn::Days(many(1)));
    assert_eq!(leap.begin_of(1), Some(wall("2017-01-01T23:59:59.999999999")));
    let mut turns = vec![Turn::Hours(many(1)), Turn::Weeks(many(65_535)), Turn::Months(many(65_535))];
    turns.extend([on(&[Weekday::Thu], 65_535), on(&[], 1)]);
    for turn in turns {
        for start in [NaiveDateTime::MIN, wall("2026-03-01T00:00:00"), NaiveDateTime::MAX] {
            let rotation = Rotation { start, turn: turn.clone(), pools: Vec::new() };
            for wall in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
                let begin = rotation.begin_of(rotation.turn_at(wall));
                assert!(begin.is_none_or(|begin| begin <= wall), "{rotation:?} {wall:?}");
            }
            assert_eq!(rotation.begin_of(i64::MAX).or(rotation.begin_of(i64::MIN)), None, "{rotation:?}");
        }
    }
}
