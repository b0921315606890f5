//! Random schedules in random zones, against the reference and against themselves.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days as Ahead, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};
use firebell_core::directory::Origin;
use firebell_core::ids::PersonId;
use firebell_core::oncall::calendar::{Calendar, CalendarEvent, Days};
use firebell_core::oncall::fairness::{Load, loads};
use firebell_core::oncall::overrides::Override;
use firebell_core::oncall::roster::Roster;
use firebell_core::oncall::schedule::{Holidays, Layer, Source, Turn, Window};
use firebell_core::oncall::shift::{Held, OnCall, Shift, Span};
use proptest::prelude::*;

use crate::build::{WEEK, cover, key, layer, letter, many, people, rotation, schedule};
use crate::reference::{Line, instant};
use crate::zones::{Case, check};

const DAY: i64 = 24 * 60;

/// A case, and the minutes between which it is looked at.
#[derive(Debug)]
struct Random {
    case: Case,
    from: i64,
    to: i64,
}

impl Random {
    fn roster(&self) -> Roster<'_> {
        Roster::new(&self.case.schedule, &self.case.overrides, &self.case.calendars)
    }

    fn around(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (instant(self.from), instant(self.to))
    }
}

fn weekday() -> impl Strategy<Value = Weekday> {
    prop::sample::select(&WEEK[..])
}

/// Mostly at night, where clocks are changed.
fn time() -> impl Strategy<Value = NaiveTime> {
    let minutes = prop_oneof![Just(0_u32), Just(30), Just(15), 0_u32..60];
    (prop_oneof![0_u32..5, 0_u32..24], minutes).prop_map(|(hour, minute)| crate::build::time(hour, minute))
}

fn wall(from: i64, days: std::ops::Range<i64>) -> impl Strategy<Value = NaiveDateTime> {
    (days, time()).prop_map(move |(day, time)| (instant(from).date_naive() + TimeDelta::days(day)).and_time(time))
}

fn turn() -> impl Strategy<Value = Turn> {
    let some = prop_oneof![Just(1_u16), 1_u16..40];
    let on = (prop::collection::vec(weekday(), 0..5), 1_u16..5);
    prop_oneof![
        some.prop_map(|count| Turn::Hours(many(count))),
        (1_u16..5).prop_map(|count| Turn::Days(many(count))),
        (1_u16..3).prop_map(|count| Turn::Weeks(many(count))),
        (1_u16..3).prop_map(|count| Turn::Months(many(count))),
        on.prop_map(|(days, every)| Turn::On { days, every: many(every) }),
    ]
}

fn source(from: i64) -> impl Strategy<Value = Source> {
    let pools = prop::sample::select(vec!["a", "a b c", "ab . c", "d e", "c a b d e f", ".", ""]);
    let turns = (wall(from, -40..40), turn(), pools).prop_map(|(start, turn, pools)| rotation(start, turn, pools));
    prop_oneof![6 => turns, 1 => Just(Source::Calendar(key("cal"))), 1 => Just(Source::Calendar(key("none")))]
}

fn any_layer(from: i64) -> impl Strategy<Value = Layer> {
    let window = ((weekday(), time()), (weekday(), time())).prop_map(|(opens, closes)| Window { opens, closes });
    let short = (weekday(), time(), time())
        .prop_map(|(day, opens, closes)| Window { opens: (day, opens), closes: (day, closes) });
    let windows = prop::collection::vec(prop_oneof![window, short], 0..4);
    let life = (prop::option::weighted(0.3, wall(from, -2..8)), prop::option::weighted(0.3, wall(from, 0..12)));
    let holidays = prop::option::weighted(0.3, (any::<bool>(), prop::sample::select(vec!["cal", "cal", "none"])));
    (source(from), -1_i64..3, windows, life, holidays, prop::bool::weighted(0.2)).prop_map(
        |(source, priority, windows, (from, until), holidays, shadow)| {
            let holidays = holidays.map(|(only, calendar)| Holidays { calendar: key(calendar), only });
            Layer { windows, from, until, holidays, shadow, ..layer("l", priority, source) }
        },
    )
}

fn calendar(from: i64) -> impl Strategy<Value = Calendar> {
    let days = prop::collection::vec((-3_i64..12, 0_u64..4), 0..4);
    let events = prop::collection::vec(
        (-2 * DAY..9 * DAY, 0_i64..2 * DAY, prop::sample::select(vec!["a", "bg", "h", ""])),
        0..6,
    );
    (days, events).prop_map(move |(days, events)| {
        let days = days.into_iter().map(|(first, count)| {
            let from = instant(from).date_naive() + TimeDelta::days(first);
            let until = from.checked_add_days(Ahead::new(count)).unwrap();
            Days { from, until, name: "off".to_owned() }
        });
        let events = events.into_iter().map(|(start, length, letters)| CalendarEvent {
            start: instant(from + start),
            end: instant(from + start + length),
            people: people(letters),
        });
        let (name, origin) = ("Calendar".to_owned(), Origin::Api);
        Calendar { key: key("cal"), name, origin, days: days.collect(), events: events.collect(), source: None }
    })
}

fn overrides(from: i64) -> impl Strategy<Value = Vec<Override>> {
    let letters = prop::sample::select(vec!["x", "a", "xy", "", "ba"]);
    let whom = prop::sample::select(vec!["", "a", "b", "c", "d", "x"]);
    let one = (letters, whom, -DAY..9 * DAY, -10_i64..3 * DAY, 0_u32..4);
    prop::collection::vec(one, 0..8).prop_map(move |all| {
        let made = all.into_iter().enumerate().map(|(number, (letters, whom, start, length, age))| {
            let span = (instant(from + start), instant(from + start + length));
            let one = cover(u32::try_from(number).unwrap(), letters, whom, span);
            // Some are made at once, and then the greater id is newer.
            Override { made_at: DateTime::from_timestamp(age.into(), 0).unwrap(), ..one }
        });
        made.collect()
    })
}

/// Changes of the clock, back and forth, by an hour and by half of one.
const CHANGES: [(Tz, &str); 7] = [
    (Tz::Europe__Berlin, "2026-10-25T01:00:00Z"),
    (Tz::Europe__Berlin, "2026-03-29T01:00:00Z"),
    (Tz::America__New_York, "2026-11-01T06:00:00Z"),
    (Tz::Australia__Lord_Howe, "2026-04-04T15:00:00Z"),
    (Tz::Australia__Lord_Howe, "2026-10-03T15:30:00Z"),
    (Tz::America__Havana, "2026-11-01T05:00:00Z"),
    (Tz::Pacific__Apia, "2011-12-30T10:00:00Z"),
];

/// In two of three cases around a change of the clock; else anywhere in the ten years around 2026.
fn random() -> impl Strategy<Value = Random> {
    let changes = CHANGES.map(|(zone, text)| (zone, text.parse::<DateTime<Utc>>().unwrap().timestamp() / 60));
    let near = (prop::sample::select(changes.to_vec()), -3 * DAY..0)
        .prop_map(|((zone, change), before)| (zone, change + before));
    let anywhere = (prop::sample::select(&TZ_VARIANTS[..]), 27_300_000_i64..32_500_000);
    let place = prop_oneof![2 => near, 1 => anywhere];
    (place, 1_i64..8 * DAY).prop_flat_map(|((zone, from), length)| {
        let layers = prop::collection::vec(any_layer(from), 0..5);
        (layers, calendar(from), overrides(from)).prop_map(move |(mut layers, calendar, overrides)| {
            for (number, layer) in layers.iter_mut().enumerate() {
                layer.name = key(&format!("l{number}"));
            }
            let calendars = BTreeMap::from([(key("cal"), calendar)]);
            let case = Case { schedule: schedule(zone, layers), overrides, calendars };
            Random { case, from, to: from + length }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn random_schedules_agree_with_the_reference(random in random()) {
        let around = random.around();
        check(&random.case, &Line::new(random.case.schedule.zone, around.0, around.1), around);
    }

    /// At any nanosecond: no gap, no overlap, no two alike, and each as `at` has it.
    #[test]
    fn shifts_cover_all_and_agree_with_at(random in random(), probes in prop::collection::vec(0_i64..8 * DAY * 60_000_000, 20)) {
        let (from, to) = random.around();
        let roster = random.roster();
        let shifts = roster.shifts(from, to);
        prop_assert_eq!((shifts[0].start, shifts[shifts.len() - 1].end), (from, to));
        for pair in shifts.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
            prop_assert!(pair[0].on_call != pair[1].on_call || pair[0].shadows != pair[1].shadows);
        }
        // Any microsecond, and every quarter of an hour.
        let probes = probes.into_iter().map(|probe| probe % ((random.to - random.from) * 60_000_000));
        let quarters = (0..random.to - random.from).step_by(15).map(|minute| minute * 60_000_000);
        for probe in probes.chain(quarters) {
            let at = from + TimeDelta::microseconds(probe);
            let shift = shifts.iter().find(|shift| shift.start <= at && at < shift.end).unwrap();
            prop_assert_eq!(roster.at(at), state(shift), "{}", at);
        }
    }

    #[test]
    fn cut_anywhere_and_joined_again_is_uncut(random in random(), cut in 0_i64..8 * DAY * 60_000_000) {
        let (from, to) = random.around();
        let roster = random.roster();
        let cut = from + TimeDelta::microseconds(cut % ((random.to - random.from) * 60_000_000));
        let mut joined = roster.shifts(from, cut);
        for shift in roster.shifts(cut, to) {
            match joined.last_mut().filter(|last| state(last) == state(&shift)) {
                Some(last) => last.end = shift.end,
                None => joined.push(shift),
            }
        }
        prop_assert_eq!(joined, roster.shifts(from, to));
    }

    /// What is asked around one instant is what all shifts tell of it.
    #[test]
    fn what_is_asked_of_one_instant_agrees_with_shifts(random in random(), at in 0_i64..8 * DAY * 60_000_000) {
        let roster = random.roster();
        let at = instant(random.from) + TimeDelta::microseconds(at);
        let horizon = TimeDelta::days(4);
        let shifts = roster.shifts(at - horizon, at + horizon);
        let place = shifts.iter().position(|shift| shift.start <= at && at < shift.end).unwrap();
        prop_assert_eq!(&roster.shift_holding(at, horizon), &shifts[place]);

        let now = state(&shifts[place]);
        let next = shifts[place..].iter().find(|shift| !state(shift).same_people(&now));
        let change = roster.next_change(at, horizon);
        prop_assert_eq!(change.map(|change| (change.at, change.to)), next.map(|shift| (shift.start, state(shift))));

        for letter in "abcdefghxy".chars() {
            let person = people(&letter.to_string())[0];
            let held = |shift: &&Shift| state(shift).names(person);
            let first = shifts[..=place].iter().rev().take_while(held).last();
            let last = shifts[place..].iter().take_while(held).last();
            let span = first.zip(last).map(|(first, last)| Span { start: first.start, end: last.end });
            prop_assert_eq!(roster.held_by(person, at, horizon), span);
        }

        let gaps = roster.gaps(at - horizon, at + horizon);
        prop_assert!(gaps.windows(2).all(|pair| pair[0].end < pair[1].start));
        for shift in &shifts {
            let inside = gaps.iter().any(|gap| gap.start <= shift.start && shift.end <= gap.end);
            prop_assert_eq!(inside, shift.on_call.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    /// Against what each person's clock shows at each minute.
    #[test]
    fn loads_are_what_clocks_show(random in random(), east in any::<bool>()) {
        let (from, to) = random.around();
        let shifts = random.roster().shifts(from, to);
        let zone = |person: PersonId| if east && letter(person) == 'a' { Tz::Asia__Kathmandu } else { random.case.schedule.zone };
        let mut expected: BTreeMap<PersonId, Load> = BTreeMap::new();
        let mut before: &[Held] = &[];
        for at in (random.from..random.to).map(instant) {
            let shift = shifts.iter().find(|shift| shift.start <= at && at < shift.end).unwrap();
            for held in &shift.on_call {
                let clock = at.with_timezone(&zone(held.person));
                let load = expected.entry(held.person).or_default();
                load.on_call_s += 60;
                load.night_s += if (6..22).contains(&clock.hour()) { 0 } else { 60 };
                load.weekend_s += if matches!(clock.weekday(), Weekday::Sat | Weekday::Sun) { 60 } else { 0 };
                load.shifts += i64::from(before.iter().all(|other| other.person != held.person));
            }
            before = &shift.on_call;
        }
        prop_assert_eq!(loads(&shifts, zone), expected);
    }
}

fn state(shift: &Shift) -> OnCall {
    OnCall { on_call: shift.on_call.clone(), shadows: shift.shadows.clone() }
}
