use chrono_tz::Tz;
use uuid::Uuid;

use super::*;
use crate::ids::Key;
use crate::oncall::shift::Why;

const HOUR: i64 = 3600;

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn shift(people: &[u128], start: &str, end: &str) -> Shift {
    let why = Why::Layer(Key::new("day").unwrap());
    let on_call = people.iter().map(|number| Held { person: person(*number), why: why.clone() }).collect();
    Shift { start: start.parse().unwrap(), end: end.parse().unwrap(), on_call, shadows: vec![person(9)] }
}

/// One shift of one person: zone, start, end, and the hours of it, by night, at the weekend.
#[test]
fn hours_are_counted_on_the_persons_clock() {
    let (berlin, tokyo) = (Tz::Europe__Berlin, Tz::Asia__Tokyo);
    for (zone, start, end, hours, night, weekend) in [
        // 2026-06-01 is a Monday.
        (Tz::UTC, "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z", 24, 8, 0),
        (Tz::UTC, "2026-06-01T07:00:00Z", "2026-06-01T21:00:00Z", 14, 0, 0),
        (Tz::UTC, "2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z", 168, 56, 48),
        (Tz::UTC, "2026-06-05T23:00:00Z", "2026-06-06T01:00:00Z", 2, 2, 1),
        (berlin, "2026-06-05T20:00:00Z", "2026-06-05T23:00:00Z", 3, 3, 1),
        (tokyo, "2026-06-05T14:00:00Z", "2026-06-05T22:00:00Z", 8, 7, 7),
        // A night of seven hours and one of nine; both on a weekend of 47 or 49.
        (berlin, "2026-03-28T20:00:00Z", "2026-03-29T08:00:00Z", 12, 7, 12),
        (berlin, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z", 24, 9, 24),
        (berlin, "2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z", 96, 32, 47),
        (berlin, "2026-10-23T00:00:00Z", "2026-10-27T00:00:00Z", 96, 32, 49),
    ] {
        let loads = loads(&[shift(&[1], start, end)], |_| zone);
        let expected = Load { on_call_s: hours * HOUR, night_s: night * HOUR, weekend_s: weekend * HOUR, shifts: 1 };
        assert_eq!(loads, BTreeMap::from([(person(1), expected)]), "{zone} {start} {end}");
    }
}

#[test]
fn a_shift_goes_on_while_others_come_and_go() {
    let day = [
        shift(&[1], "2026-06-01T08:00:00Z", "2026-06-01T10:00:00.5Z"),
        shift(&[2, 1], "2026-06-01T10:00:00.5Z", "2026-06-01T11:00:00.25Z"),
        shift(&[1], "2026-06-01T11:00:00.25Z", "2026-06-01T12:00:00Z"),
        shift(&[], "2026-06-01T12:00:00Z", "2026-06-01T13:00:00Z"),
        shift(&[1], "2026-06-01T13:00:00Z", "2026-06-01T14:00:00Z"),
    ];
    let loads = loads(&day, |_| Tz::UTC);
    let load = |hours: i64, shifts| Load { on_call_s: hours * HOUR, shifts, ..Load::default() };
    assert_eq!(loads, BTreeMap::from([(person(1), load(5, 2)), (person(2), load(1, 1))]));
}

#[test]
fn each_person_has_their_own_zone() {
    let shifts = [shift(&[1, 2], "2026-06-01T22:00:00Z", "2026-06-02T06:00:00Z")];
    let loads = loads(&shifts, |who| if who == person(1) { Tz::UTC } else { Tz::America__Los_Angeles });
    assert_eq!(loads.values().map(|load| load.night_s).collect::<Vec<_>>(), [8 * HOUR, HOUR]);
}
