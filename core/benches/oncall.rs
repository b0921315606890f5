//! What it costs to ask who is on call: `cargo bench -p firebell-core`.
#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::num::NonZeroU16;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use firebell_core::actor::Who;
use firebell_core::directory::Origin;
use firebell_core::ids::{Key, OverrideId, PersonId};
use firebell_core::oncall::calendar::{Calendar, Days};
use firebell_core::oncall::overrides::{Override, OverrideKind};
use firebell_core::oncall::roster::Roster;
use firebell_core::oncall::schedule::{Holidays, Layer, Rotation, Schedule, Source, Turn, Window};
use uuid::Uuid;

const WORKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn rotation(turn: Turn, first: u128) -> Source {
    let pools = (first..first + 6).map(|number| vec![person(number)]).collect();
    Source::Rotation(Rotation { start: "2026-01-05T09:00:00".parse().unwrap(), turn, pools })
}

fn layer(name: &str, priority: i64, source: Source) -> Layer {
    let (windows, from, until) = (Vec::new(), None, None);
    Layer { name: key(name), priority, from, until, shadow: false, source, windows, holidays: None }
}

/// Weekly turns, workdays from 09:00 to 17:00 but for holidays, and nights.
fn schedule(number: usize, zone: Tz) -> Schedule {
    let one = NonZeroU16::MIN;
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let windows = |opens, closes| {
        let window = |day: Weekday| Window {
            opens: (day, hour(opens)),
            closes: (if closes < opens { day.succ() } else { day }, hour(closes)),
        };
        WORKDAYS.map(window).to_vec()
    };
    let holidays = Some(Holidays { calendar: key("days"), only: false });
    let days = layer("days", 1, rotation(Turn::On { days: WORKDAYS.to_vec(), every: one }, 10));
    let nights = layer("nights", 2, rotation(Turn::Days(one), 20));
    let layers = vec![
        layer("weeks", 0, rotation(Turn::Weeks(one), 0)),
        Layer { windows: windows(9, 17), holidays, ..days },
        Layer { windows: windows(22, 6), ..nights },
    ];
    let (key, name) = (key(&format!("s{number}")), "Shop".to_owned());
    Schedule { key, name, version: 1, zone, team: None, handoff_notice_s: None, layers, origin: Origin::File }
}

fn calendars() -> BTreeMap<Key, Calendar> {
    let day = |number: i64| {
        let from = instant("2026-01-01T00:00:00Z").date_naive() + TimeDelta::days(number * 30);
        Days { from, until: from + TimeDelta::days(1), name: "Off".to_owned() }
    };
    let (name, origin) = ("Days".to_owned(), Origin::File);
    let days = (0..12).map(day).collect();
    BTreeMap::from([(key("days"), Calendar { key: key("days"), name, origin, days, events: Vec::new(), source: None })])
}

/// Spread over the year, of six hours each; every other one covers for one person.
fn overrides(count: u32) -> Vec<Override> {
    let one = |number: u32| {
        let start = instant("2026-01-01T00:00:00Z") + TimeDelta::hours(i64::from(number) * 43);
        Override {
            id: OverrideId(Uuid::from_u128(number.into())),
            schedule: key("s0"),
            start,
            end: start + TimeDelta::hours(6),
            people: vec![person(30)],
            instead_of: number.is_multiple_of(2).then(|| person(u128::from(number % 6))),
            kind: OverrideKind::Override,
            made_by: Who::Firebell,
            made_at: start,
        }
    };
    (0..count).map(one).collect()
}

fn at(criterion: &mut Criterion) {
    let (calendars, overrides) = (calendars(), overrides(200));
    let schedules: Vec<_> = (0..10_000).map(|number| schedule(number, Tz::Europe__Berlin)).collect();
    let mut moments = (0..).map(|step: i64| instant("2026-01-01T00:00:00Z") + TimeDelta::minutes(step * 97 % 525_600));
    let roster = Roster::new(&schedules[0], &overrides, &calendars);
    criterion.bench_function("at", |bench| {
        bench.iter_batched(|| moments.next().unwrap(), |at| black_box(roster.at(at)), BatchSize::SmallInput);
    });
    criterion.bench_function("at in the hour that occurs twice", |bench| {
        bench.iter(|| roster.at(black_box(instant("2026-10-25T01:30:00Z"))));
    });
    let now = instant("2026-06-17T10:00:00Z");
    criterion.bench_function("at of 10,000 schedules", |bench| {
        bench
            .iter(|| schedules.iter().map(|one| Roster::new(one, [], &calendars).at(now).on_call.len()).sum::<usize>());
    });
}

fn year(criterion: &mut Criterion) {
    let (calendars, overrides) = (calendars(), overrides(200));
    let schedule = schedule(0, Tz::Europe__Berlin);
    let (from, to) = (instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"));
    criterion.bench_function("a year with 200 overrides", |bench| {
        bench.iter(|| Roster::new(&schedule, &overrides, &calendars).shifts(black_box(from), black_box(to)));
    });
}

criterion_group!(benches, at, year);
criterion_main!(benches);
