//! Every zone there is, around every change of its clocks for five years back and forth.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days as Ahead, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};
use firebell_core::directory::Origin;
use firebell_core::ids::Key;
use firebell_core::oncall::calendar::{Calendar, CalendarEvent, Days};
use firebell_core::oncall::overrides::Override;
use firebell_core::oncall::roster::Roster;
use firebell_core::oncall::schedule::{Holidays, Layer, Schedule, Source, Turn, Window};
use firebell_core::oncall::shift::{OnCall, Shift};

use crate::build::{cover, daily, key, layer, many, people, rotation, schedule, time};
use crate::reference::{self, Line, instant, minute};

const HOUR: i64 = 3600;

/// From when on a zone's next changes are counted.
const NOW: &str = "2026-11-29T00:00:00Z";

/// One schedule with all that goes with it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) schedule: Schedule,
    pub(crate) overrides: Vec<Override>,
    pub(crate) calendars: BTreeMap<Key, Calendar>,
}

/// Holds the calculator to the reference, from one end of a line to the other and at its borders.
pub(crate) fn check(case: &Case, line: &Line, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> usize {
    let roster = Roster::new(&case.schedule, &case.overrides, &case.calendars);
    let expected = reference::shifts(line, &case.schedule, &case.overrides, &case.calendars);
    let found = roster.shifts(from, to);
    assert_eq!(found, expected, "{from} {to} {case:#?}");
    let agrees = |at: DateTime<Utc>, shift: &Shift| {
        let OnCall { on_call, shadows } = roster.at(at);
        assert!(on_call == shift.on_call && shadows == shift.shadows, "{at} {shift:?} {case:#?}");
    };
    for shift in &found {
        agrees(shift.start, shift);
        agrees(shift.end - TimeDelta::nanoseconds(1), shift);
    }
    // Also where nothing changes, for what an hour that occurs twice might make of it; and most of all there.
    let (from, to) = (minute(from), minute(to));
    let middle = from.midpoint(to)..to.min(from.midpoint(to) + 120);
    let before = from.max(middle.start - 120)..middle.start;
    for at in (from..to).step_by(180).chain(before.step_by(12)).chain(middle.step_by(12)).map(instant) {
        agrees(at, found.iter().find(|shift| shift.start <= at && at < shift.end).unwrap());
    }
    found.len()
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn offset(zone: Tz, second: i64) -> i32 {
    zone.offset_from_utc_datetime(&at(second).naive_utc()).fix().local_minus_utc()
}

/// All seconds of 2021 to 2031 at which the clocks of a zone change.
fn changes(zone: Tz) -> Vec<i64> {
    let [mut second, end] =
        ["2021-11-29T00:00:00Z", "2031-11-29T00:00:00Z"].map(|text| text.parse::<DateTime<Utc>>().unwrap().timestamp());
    let mut changes = Vec::new();
    let mut last = offset(zone, second);
    while second < end {
        second += HOUR;
        let here = offset(zone, second);
        if here != last {
            let (mut before, mut after) = (second - HOUR, second);
            while after - before > 1 {
                let middle = i64::midpoint(before, after);
                if offset(zone, middle) == last { before = middle } else { after = middle }
            }
            changes.push(after);
            last = here;
        }
    }
    changes
}

/// What a change does to the clock.
#[derive(Debug, Clone, Copy)]
struct Turned {
    zone: Tz,
    at: DateTime<Utc>,
    /// What it would have shown.
    old: NaiveDateTime,
    /// What it shows.
    new: NaiveDateTime,
}

impl Turned {
    fn new(zone: Tz, second: i64) -> Self {
        let shown = |offset: i32| (at(second) + TimeDelta::seconds(offset.into())).naive_utc();
        Self { zone, at: at(second), old: shown(offset(zone, second - 1)), new: shown(offset(zone, second)) }
    }

    fn day(&self, days: i64, hour: u32, minute: u32) -> NaiveDateTime {
        (self.old.date() + TimeDelta::days(days)).and_time(time(hour, minute))
    }

    fn minutes_on(&self, minutes: i64) -> DateTime<Utc> {
        self.at + TimeDelta::minutes(minutes)
    }
}

fn plain(zone: Tz, layers: Vec<Layer>) -> Case {
    Case { schedule: schedule(zone, layers), overrides: Vec::new(), calendars: BTreeMap::new() }
}

type Shape = fn(&Turned) -> Case;

const SHAPES: [Shape; 9] =
    [hourly, at_half_past_two, weekly, nights, half_past_one, weekdays, holidays, covered, at_the_change];

fn hourly(turned: &Turned) -> Case {
    let start = turned.day(-3, turned.old.hour(), 30);
    plain(turned.zone, vec![layer("hourly", 0, rotation(start, Turn::Hours(many(1)), "a b c"))])
}

/// Counted backwards from a start that is yet to come.
fn at_half_past_two(turned: &Turned) -> Case {
    plain(turned.zone, vec![layer("daily", 0, rotation(turned.day(5, 2, 30), Turn::Days(many(1)), "a b cd . e"))])
}

/// Handed over on the very minute at which the clock is changed, by what it would have shown and by what it shows.
fn weekly(turned: &Turned) -> Case {
    let week = || Turn::Weeks(many(1));
    let old = layer("old", 0, rotation(turned.old - TimeDelta::weeks(2), week(), "a b c"));
    let new = layer("new", 0, rotation(turned.new + TimeDelta::weeks(3), week(), "d e f g"));
    plain(turned.zone, vec![old, new])
}

fn nights(turned: &Turned) -> Case {
    let turn = rotation(turned.day(-1, 22, 0), Turn::Hours(many(12)), "a b c");
    plain(turned.zone, vec![Layer { windows: daily(time(22, 0), time(6, 0)), ..layer("nights", 0, turn) }])
}

/// In the hour that most often is missing or doubled, above a layer that hands over within it.
fn half_past_one(turned: &Turned) -> Case {
    let low = layer("low", -1, rotation(turned.day(-2, 2, 0), Turn::Days(many(1)), "a b c"));
    let turn = rotation(turned.day(-1, 2, 10), Turn::Days(many(2)), "d e");
    let high = Layer { windows: daily(time(1, 30), time(2, 30)), ..layer("high", 3, turn) };
    let inside = rotation(turned.day(0, 0, 0), Turn::Weeks(many(1)), "f");
    let top = Layer { windows: daily(time(2, 10), time(2, 50)), ..layer("top", 4, inside) };
    plain(turned.zone, vec![low, high, top])
}

/// Hand-offs on the day of the change and around, with a shadow who is there on that day alone.
fn weekdays(turned: &Turned) -> Case {
    let today = turned.old.weekday();
    let days = vec![today, today.pred(), Weekday::Wed];
    let on = |every| Turn::On { days: days.clone(), every: many(every) };
    let one = layer("one", 0, rotation(turned.day(-20, 1, 0), on(1), "a b c d e"));
    let two = layer("two", 0, rotation(turned.day(9, 3, 0), on(2), "v w x"));
    let window = Window { opens: (today, time(0, 0)), closes: (today.succ(), time(0, 0)) };
    let whole = Window { opens: (today, turned.old.time()), closes: (today, turned.old.time()) };
    let turn = || rotation(turned.day(-1, 0, 30), Turn::Hours(many(5)), "s t a");
    let shadow = Layer { windows: vec![window], shadow: true, ..layer("shadow", 0, turn()) };
    let always = Layer { windows: vec![whole], shadow: true, ..layer("always", 0, turn()) };
    plain(turned.zone, vec![one, two, shadow, always])
}

fn holidays(turned: &Turned) -> Case {
    let day = |offset: i64| turned.old.date() + TimeDelta::days(offset);
    let days =
        [(0, 1), (2, 4), (3, 4)].map(|(from, until)| Days { from: day(from), until: day(until), name: "off".into() });
    let event = |letters, start, end| {
        let (start, end) = (turned.minutes_on(start), turned.minutes_on(end));
        CalendarEvent { start, end, people: people(letters) }
    };
    let events = vec![event("x", -100, 30), event("yx", 0, 10), event("z", -700, 700), event("w", 40, 40)];
    let off = Calendar {
        key: key("off"),
        name: "Off".into(),
        origin: Origin::File,
        days: days.to_vec(),
        events,
        source: None,
    };
    let rule = |only| Some(Holidays { calendar: key("off"), only });
    let turn = |letters| rotation(turned.day(-4, 0, 0), Turn::Hours(many(7)), letters);
    let work = Layer { holidays: rule(false), ..layer("work", 1, turn("a b c")) };
    let free = Layer { holidays: rule(true), ..layer("free", 1, turn("d e")) };
    let planned = Layer { holidays: rule(true), ..layer("planned", 2, Source::Calendar(key("off"))) };
    Case { calendars: BTreeMap::from([(key("off"), off)]), ..plain(turned.zone, vec![work, free, planned]) }
}

fn covered(turned: &Turned) -> Case {
    let months = rotation(turned.day(0, 0, 30), Turn::Months(many(1)), "a b c");
    let days = rotation(turned.day(-1, 3, 0), Turn::Days(many(1)), "d e f");
    let around = |start, end| (turned.minutes_on(start), turned.minutes_on(end));
    let overrides = vec![
        cover(1, "x", "a", around(-90, 45)),
        cover(2, "y", "x", around(-30, 300)),
        cover(3, "", "d", around(0, 60)),
        cover(4, "fz", "e", around(-3000, 3000)),
        cover(6, "o", "", around(20, 25)),
        cover(5, "pq", "", around(-10, 22)),
    ];
    let layers = vec![layer("months", 0, months), layer("days", 0, days)];
    Case { overrides, ..plain(turned.zone, layers) }
}

/// Windows and lives that begin and end at what the clock would have shown and at what it shows.
fn at_the_change(turned: &Turned) -> Case {
    let turn = |letters| rotation(turned.day(-1, 12, 0), Turn::Weeks(many(4)), letters);
    let (early, late) = (turned.old.min(turned.new), turned.old.max(turned.new));
    let place = |wall: NaiveDateTime| (wall.weekday(), wall.time());
    let window = |opens, closes| Window { opens: place(opens), closes: place(closes) };
    let hour = TimeDelta::hours(1);
    let windows = vec![window(early - hour, early), window(late, late + hour), window(early, late)];
    let windowed = Layer { windows, ..layer("windowed", 1, turn("a")) };
    let before = Layer { until: Some(turned.old), ..layer("before", 0, turn("b")) };
    let after = Layer { from: Some(turned.old), ..layer("after", 0, turn("c")) };
    let middle = early + (late - early) / 2;
    let within = Layer { from: Some(early), until: Some(middle), ..layer("within", 2, turn("d")) };
    let mut layers = vec![windowed, before, after];
    // Half of a change of half an hour and less may not be a whole minute, which is all that the reference knows.
    if middle.second() == 0 {
        layers.push(within);
    }
    plain(turned.zone, layers)
}

/// Two zones that make the same change at the same wall time are the same to every rule, so all shapes are held to the first
/// of them and to the next two changes of each zone, and one by turns to each of the rest.
#[test]
fn every_zone_agrees_with_the_reference_around_its_changes() {
    let now: DateTime<Utc> = NOW.parse().unwrap();
    let mut known = BTreeSet::new();
    let (mut lines, mut cases, mut shifts) = (0, 0, 0);
    for zone in TZ_VARIANTS {
        let mut changes = changes(zone);
        if changes.is_empty() {
            changes.push(now.timestamp());
        }
        let mut next = 0;
        for second in changes {
            let turned = Turned::new(zone, second);
            next += usize::from(turned.at >= now);
            let whole = known.insert((turned.old, turned.new)) || (1..=2).contains(&next) && turned.at >= now;
            let around = (turned.at - TimeDelta::days(2), turned.at + TimeDelta::days(2));
            let line = Line::new(zone, around.0, around.1);
            let skipped = if whole { 0 } else { SHAPES.len() - 1 };
            let shapes = SHAPES.iter().cycle().skip(lines).take(SHAPES.len() - skipped);
            for shape in shapes {
                shifts += check(&shape(&turned), &line, around);
                cases += 1;
            }
            lines += 1;
        }
    }
    assert!(lines > 4000 && cases > 8000 && shifts > 50_000, "{lines} {cases} {shifts}");
}

/// The day that Samoa left out, and other changes of the past that are unlike any since.
#[test]
fn the_strangest_changes_agree_with_the_reference() {
    for (zone, change) in [
        (Tz::Pacific__Apia, "2011-12-30T10:00:00Z"),
        (Tz::Pacific__Fakaofo, "2011-12-30T11:00:00Z"),
        (Tz::Pacific__Kwajalein, "1993-08-21T12:00:00Z"),
        (Tz::Antarctica__Troll, "2026-03-29T01:00:00Z"),
        (Tz::America__St_Johns, "2010-11-07T02:31:00Z"),
        (Tz::America__Caracas, "2007-12-09T07:00:00Z"),
        (Tz::Asia__Pyongyang, "2018-05-04T15:00:00Z"),
        (Tz::Antarctica__Casey, "2018-03-10T17:00:00Z"),
    ] {
        let second = change.parse::<DateTime<Utc>>().unwrap().timestamp();
        let turned = Turned::new(zone, second);
        assert_ne!(turned.old, turned.new, "{zone} has no change at {change}");
        let around = (turned.at - TimeDelta::days(2), turned.at + TimeDelta::days(2));
        let line = Line::new(zone, around.0, around.1);
        for shape in SHAPES {
            check(&shape(&turned), &line, around);
        }
    }
}

/// A year at a time, with both changes in it.
#[test]
fn a_whole_year_agrees_with_the_reference() {
    for (zone, change) in
        [(Tz::Europe__Berlin, "2026-03-29T01:00:00Z"), (Tz::Australia__Lord_Howe, "2026-04-04T15:00:00Z")]
    {
        let second = change.parse::<DateTime<Utc>>().unwrap().timestamp();
        let turned = Turned::new(zone, second);
        let start = turned.at.date_naive().checked_sub_days(Ahead::new(20)).unwrap().and_time(time(0, 0)).and_utc();
        let around = (start, instant(minute(start) + 366 * 24 * 60));
        let line = Line::new(zone, around.0, around.1);
        for shape in SHAPES {
            assert!(check(&shape(&turned), &line, around) > 1, "{zone}");
        }
    }
}
