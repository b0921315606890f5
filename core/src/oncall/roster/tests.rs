use std::num::NonZeroU16;

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;
use uuid::Uuid;

use super::*;
use crate::actor::Who;
use crate::directory::{Chosen, Origin, Standing};
use crate::ids::OverrideId;
use crate::oncall::calendar::CalendarEvent;
use crate::oncall::overrides::OverrideKind;
use crate::oncall::schedule::{Layer, Rotation, Source, Turn, Window};
use crate::oncall::shift::Why;

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// People go by single letters.
fn people(letters: &str) -> Vec<PersonId> {
    letters.bytes().map(|letter| PersonId(Uuid::from_u128(letter.into()))).collect()
}

/// A time of the one day that is looked at.
fn at(time: &str) -> DateTime<Utc> {
    format!("2026-06-01T{time}Z").parse().unwrap()
}

/// On call from one hour to another of every day; all day long without any.
fn layer(name: &str, priority: i64, letters: &str, hours: Option<(u32, u32)>) -> Layer {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let window = |(opens, closes)| WEEK.map(|day| Window { opens: (day, time(opens)), closes: (day, time(closes)) });
    let turn = Turn::Days(NonZeroU16::MIN);
    let start = at("00:00:00").naive_utc();
    Layer {
        name: key(name),
        priority,
        from: None,
        until: None,
        shadow: false,
        source: Source::Rotation(Rotation { start, turn, pools: vec![people(letters)] }),
        windows: hours.map(window).map_or(Vec::new(), Vec::from),
        holidays: None,
    }
}

fn shadow(layer: Layer) -> Layer {
    Layer { shadow: true, ..layer }
}

fn schedule(layers: Vec<Layer>) -> Schedule {
    let (name, origin) = ("Shop".to_owned(), Origin::File);
    Schedule { key: key("shop"), name, version: 1, zone: Tz::UTC, team: None, handoff_notice_s: None, layers, origin }
}

/// The `number`th override, made in that order.
fn cover(number: u32, letters: &str, instead_of: &str, (start, end): (&str, &str)) -> Override {
    Override {
        id: OverrideId(Uuid::from_u128(number.into())),
        schedule: key("shop"),
        start: at(start),
        end: at(end),
        people: people(letters),
        instead_of: people(instead_of).first().copied(),
        kind: OverrideKind::Cover,
        made_by: Who::Firebell,
        made_at: at("00:00:00") + TimeDelta::seconds(number.into()),
    }
}

fn letter(person: PersonId) -> char {
    char::from(u8::try_from(person.0.as_u128()).unwrap())
}

/// "a:day b:#2 +s" is a by layer `day`, b by the second override, and s as a shadow.
fn text(state: &OnCall) -> String {
    let on_call = state.on_call.iter().map(|held| match &held.why {
        Why::Layer(layer) => format!("{}:{layer}", letter(held.person)),
        Why::Override(id) => format!("{}:#{}", letter(held.person), id.0.as_u128()),
    });
    on_call.chain(state.shadows.iter().map(|person| format!("+{}", letter(*person)))).collect::<Vec<_>>().join(" ")
}

/// "00:00 a:day, 12:00 -" from midnight to midnight; checks on the way that `at` agrees.
fn day(roster: &Roster) -> String {
    let (from, to) = (at("00:00:00"), at("00:00:00") + TimeDelta::days(1));
    let shifts = roster.shifts(from, to);
    assert_eq!((shifts[0].start, shifts[shifts.len() - 1].end), (from, to));
    assert!(shifts.windows(2).all(|pair| pair[0].end == pair[1].start));
    let said = shifts.iter().map(|shift| {
        let state = OnCall { on_call: shift.on_call.clone(), shadows: shift.shadows.clone() };
        for at in [shift.start, shift.end - TICK] {
            assert_eq!(roster.at(at), state, "{at:?}");
        }
        format!("{} {}", shift.start.format("%H:%M"), text(&state))
    });
    said.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_highest_layer_with_somebody_wins() {
    for (layers, expected) in [
        (vec![], "00:00 "),
        (vec![layer("day", 0, "a", None)], "00:00 a:day"),
        (vec![layer("day", 0, "", None)], "00:00 "),
        (vec![layer("day", 0, "a", Some((9, 17)))], "00:00 , 09:00 a:day, 17:00 "),
        (
            vec![layer("day", 0, "a", None), layer("top", 1, "b", Some((9, 17)))],
            "00:00 a:day, 09:00 b:top, 17:00 a:day",
        ),
        // Whoever is written first, the number decides; a layer without people is none.
        (vec![layer("top", 1, "b", None), layer("low", -1, "a", None)], "00:00 b:top"),
        (vec![layer("top", 1, "", None), layer("low", -1, "a", None)], "00:00 a:low"),
        // Equal ones together, in their order, and nobody twice.
        (
            vec![layer("one", 0, "ba", None), layer("two", 0, "ca", Some((6, 7)))],
            "00:00 b:one a:one, 06:00 b:one a:one c:two, 07:00 b:one a:one",
        ),
        // A shadow has no say, and is not told twice.
        (vec![layer("day", 0, "a", None), shadow(layer("top", 9, "sta", None))], "00:00 a:day +s +t"),
        (vec![shadow(layer("top", 9, "s", Some((6, 7))))], "00:00 , 06:00 +s, 07:00 "),
    ] {
        let (schedule, calendars) = (schedule(layers), BTreeMap::new());
        assert_eq!(day(&Roster::new(&schedule, [], &calendars)), expected, "{schedule:?}");
    }
}

#[test]
fn overrides_are_applied_oldest_to_newest() {
    let noon = ("12:00:00", "13:00:00");
    let long = ("11:00:00", "14:00:00");
    for (overrides, expected) in [
        (vec![], "00:00 a:day b:day +s"),
        (vec![cover(1, "c", "", noon)], "00:00 a:day b:day +s, 12:00 c:#1 +s, 13:00 a:day b:day +s"),
        (vec![cover(1, "c", "a", noon)], "00:00 a:day b:day +s, 12:00 c:#1 b:day +s, 13:00 a:day b:day +s"),
        // Nobody is there in whose stead they could be.
        (vec![cover(1, "c", "x", noon)], "00:00 a:day b:day +s"),
        // Taken away: one, and all.
        (vec![cover(1, "", "a", noon)], "00:00 a:day b:day +s, 12:00 b:day +s, 13:00 a:day b:day +s"),
        (vec![cover(1, "", "", noon)], "00:00 a:day b:day +s, 12:00 +s, 13:00 a:day b:day +s"),
        // Who is on call anyhow stays where they are, and nobody is named twice.
        (vec![cover(1, "b", "a", noon)], "00:00 a:day b:day +s, 12:00 b:day +s, 13:00 a:day b:day +s"),
        (vec![cover(1, "cac", "a", noon)], "00:00 a:day b:day +s, 12:00 c:#1 a:#1 b:day +s, 13:00 a:day b:day +s"),
        // A shadow who is put in is not a shadow then.
        (vec![cover(1, "s", "a", noon)], "00:00 a:day b:day +s, 12:00 s:#1 b:day, 13:00 a:day b:day +s"),
        // The newer one wins, whichever is longer; given in any order.
        (
            vec![cover(2, "d", "", noon), cover(1, "c", "", long)],
            "00:00 a:day b:day +s, 11:00 c:#1 +s, 12:00 d:#2 +s, 13:00 c:#1 +s, 14:00 a:day b:day +s",
        ),
        (
            vec![cover(2, "d", "", long), cover(1, "c", "", noon)],
            "00:00 a:day b:day +s, 11:00 d:#2 +s, 14:00 a:day b:day +s",
        ),
        // Somebody covers for one who covers; not so the other way round.
        (
            vec![cover(1, "c", "a", noon), cover(2, "d", "c", noon)],
            "00:00 a:day b:day +s, 12:00 d:#2 b:day +s, 13:00 a:day b:day +s",
        ),
        (
            vec![cover(2, "c", "a", noon), cover(1, "d", "c", noon)],
            "00:00 a:day b:day +s, 12:00 c:#2 b:day +s, 13:00 a:day b:day +s",
        ),
        // Cut exactly, also within a minute; one of no length or turned round is none.
        (
            vec![cover(1, "c", "", ("12:00:00", "12:00:00")), cover(2, "d", "", ("13:00:00", "12:00:00"))],
            "00:00 a:day b:day +s",
        ),
    ] {
        let schedule = schedule(vec![layer("day", 0, "ab", None), shadow(layer("with", 0, "s", None))]);
        assert_eq!(day(&Roster::new(&schedule, &overrides, &BTreeMap::new())), expected, "{overrides:?}");
    }
}

/// A directory's people, of whom these are still there and these have left.
fn staff(here: &str, gone: &str) -> BTreeMap<PersonId, Person> {
    let person = |(id, active): (PersonId, bool)| {
        let held = Person {
            id,
            handle: key(&letter(id).to_string()),
            name: String::new(),
            email: None,
            zone: Tz::UTC,
            locale: "en".to_owned(),
            standing: Standing::Responder,
            contacts: Vec::new(),
            addresses: BTreeMap::new(),
            rules: Vec::new(),
            chosen: Chosen::default(),
            origin: Origin::File,
            active,
        };
        (id, held)
    };
    let here = people(here).into_iter().map(|id| (id, true));
    here.chain(people(gone).into_iter().map(|id| (id, false))).map(person).collect()
}

#[test]
fn whoever_has_left_is_on_call_by_nothing() {
    let noon = ("12:00:00", "13:00:00");
    let (day, top) = (|letters| layer("day", 0, letters, None), |letters| layer("top", 1, letters, None));
    for (layers, overrides, expected) in [
        (vec![day("ax")], vec![], "00:00 a:day"),
        (vec![day("x")], vec![], "00:00 "),
        // A layer with nobody left makes way, as one that names nobody does.
        (vec![day("a"), top("xy")], vec![], "00:00 a:day"),
        (vec![day("a"), shadow(top("xs"))], vec![], "00:00 a:day +s"),
        // So does an override, but for one that was made to take people off.
        (vec![day("a")], vec![cover(1, "x", "", noon)], "00:00 a:day"),
        (vec![day("ab")], vec![cover(1, "xy", "a", noon)], "00:00 a:day b:day"),
        (vec![day("a")], vec![cover(1, "xb", "", noon)], "00:00 a:day, 12:00 b:#1, 13:00 a:day"),
        (vec![day("a")], vec![cover(1, "", "", noon)], "00:00 a:day, 12:00 , 13:00 a:day"),
        (
            vec![day("a")],
            vec![cover(1, "b", "", noon), cover(2, "x", "", noon)],
            "00:00 a:day, 12:00 b:#1, 13:00 a:day",
        ),
        // Who stands in for somebody who has left does so on, and in their place.
        (vec![day("x")], vec![cover(1, "b", "x", noon)], "00:00 , 12:00 b:#1, 13:00 "),
        (vec![day("xa")], vec![cover(1, "b", "x", noon)], "00:00 a:day, 12:00 b:#1 a:day, 13:00 a:day"),
        (vec![day("a"), top("x")], vec![cover(1, "b", "x", noon)], "00:00 a:day, 12:00 b:#1, 13:00 a:day"),
        (vec![day("a"), top("x")], vec![cover(1, "", "x", noon)], "00:00 a:day"),
        (vec![day("a"), top("x")], vec![cover(1, "y", "x", noon)], "00:00 a:day"),
        (
            vec![day("a")],
            vec![cover(1, "x", "a", noon), cover(2, "b", "x", noon)],
            "00:00 a:day, 12:00 b:#2, 13:00 a:day",
        ),
        (vec![day("a")], vec![cover(1, "b", "x", noon), cover(2, "x", "a", noon)], "00:00 a:day"),
    ] {
        let (schedule, people) = (schedule(layers), staff("abs", "xy"));
        let said = self::day(&Roster::new(&schedule, &overrides, &BTreeMap::new()).among(&people));
        assert_eq!(said, expected, "{schedule:?} {overrides:?}");
    }
}

#[test]
fn an_event_of_somebody_who_has_left_is_nobodys() {
    let event = |letters, from: &str, to: &str| CalendarEvent { start: at(from), end: at(to), people: people(letters) };
    let events = vec![event("x", "08:00:00", "12:00:00"), event("xa", "10:00:00", "14:00:00")];
    let (name, origin) = (String::new(), Origin::File);
    let calendar = Calendar { key: key("plan"), name, origin, days: Vec::new(), events, source: None };
    let calendars = BTreeMap::from([(key("plan"), calendar)]);
    let planned = Layer { source: Source::Calendar(key("plan")), ..layer("plan", 1, "", None) };
    let (schedule, people) = (schedule(vec![planned, layer("day", 0, "b", None)]), staff("ab", "x"));
    let said = day(&Roster::new(&schedule, [], &calendars).among(&people));
    assert_eq!(said, "00:00 b:day, 10:00 a:plan, 14:00 b:day");
}

#[test]
fn of_two_made_at_once_the_greater_id_is_newer() {
    let noon = ("12:00:00", "13:00:00");
    let same = |number, letters| Override { made_at: at("08:00:00"), ..cover(number, letters, "", noon) };
    let (schedule, calendars) = (schedule(vec![layer("day", 0, "a", None)]), BTreeMap::new());
    for overrides in [[same(1, "b"), same(2, "c")], [same(2, "c"), same(1, "b")]] {
        assert_eq!(text(&Roster::new(&schedule, &overrides, &calendars).at(at("12:00:00"))), "c:#2");
    }
}

#[test]
fn an_override_is_cut_to_the_microsecond_and_serves_its_own_schedule_alone() {
    let mut overrides =
        [cover(1, "b", "", ("12:00:00.000001", "12:00:00.000003")), cover(2, "c", "", ("00:00:00", "23:00:00"))];
    overrides[1].schedule = key("other");
    let (schedule, calendars) = (schedule(vec![layer("day", 0, "a", None)]), BTreeMap::new());
    let roster = Roster::new(&schedule, &overrides, &calendars);
    for (time, expected) in [
        ("12:00:00", "a:day"),
        ("12:00:00.000000999", "a:day"),
        ("12:00:00.000001", "b:#1"),
        ("12:00:00.000002999", "b:#1"),
        ("12:00:00.000003", "a:day"),
    ] {
        assert_eq!(text(&roster.at(at(time))), expected, "{time}");
    }
    let borders: Vec<_> = roster.shifts(at("11:00:00"), at("13:00:00")).iter().map(|shift| shift.start).collect();
    assert_eq!(borders, ["11:00:00", "12:00:00.000001", "12:00:00.000003"].map(at));
}

#[test]
fn events_that_overlap_are_on_call_together() {
    let event = |letters, start, end| CalendarEvent { start: at(start), end: at(end), people: people(letters) };
    let events = vec![
        event("c", "15:00:00", "16:00:00"),
        event("ab", "09:00:00", "12:00:00"),
        event("bd", "10:00:00", "11:00:00"),
        event("x", "14:00:00", "14:00:00"),
        event("", "20:00:00", "21:00:00"),
    ];
    let (name, origin) = ("Planned".to_owned(), Origin::Api);
    let planned = Calendar { key: key("planned"), name, origin, days: Vec::new(), events, source: None };
    let layer = Layer { source: Source::Calendar(key("planned")), ..layer("plan", 0, "", None) };
    let schedule = schedule(vec![layer]);
    let calendars = BTreeMap::from([(key("planned"), planned)]);
    let expected =
        "00:00 , 09:00 a:plan b:plan, 10:00 a:plan b:plan d:plan, 11:00 a:plan b:plan, 12:00 , 15:00 c:plan, 16:00 ";
    assert_eq!(day(&Roster::new(&schedule, [], &calendars)), expected);
    assert_eq!(day(&Roster::new(&schedule, [], &BTreeMap::new())), "00:00 ", "a calendar that is not there");
}

#[test]
fn nothing_comes_of_an_empty_range() {
    let (schedule, calendars) = (schedule(vec![layer("day", 0, "a", Some((9, 10)))]), BTreeMap::new());
    let roster = Roster::new(&schedule, [], &calendars);
    for (from, to) in [("12:00:00", "12:00:00"), ("12:00:00", "08:00:00")] {
        assert_eq!(roster.shifts(at(from), at(to)), [], "{from} {to}");
        assert_eq!(roster.gaps(at(from), at(to)), [], "{from} {to}");
    }
    assert_eq!(roster.next_change(at("12:00:00"), TimeDelta::zero()), None);
}

#[test]
fn a_gap_is_one_whoever_shadows() {
    let layers = vec![layer("day", 0, "a", Some((9, 17))), shadow(layer("with", 0, "s", Some((12, 20))))];
    let (schedule, calendars) = (schedule(layers), BTreeMap::new());
    let taken = [cover(1, "", "a", ("10:00:00", "10:30:00"))];
    let gaps = Roster::new(&schedule, &taken, &calendars).gaps(at("01:00:00"), at("22:00:00"));
    let expected = [("01:00:00", "09:00:00"), ("10:00:00", "10:30:00"), ("17:00:00", "22:00:00")];
    assert_eq!(gaps, expected.map(|(start, end)| Span { start: at(start), end: at(end) }));
}

#[test]
fn a_change_is_one_of_people() {
    let layers = vec![
        layer("all", 0, "a", None),
        layer("again", 1, "a", Some((6, 8))),
        layer("two", 2, "ab", Some((8, 9))),
        layer("turned", 3, "ba", Some((9, 10))),
        shadow(layer("with", 0, "s", Some((3, 4)))),
    ];
    let (schedule, calendars) = (schedule(layers), BTreeMap::new());
    let roster = Roster::new(&schedule, [], &calendars);
    for (after, hours, expected) in [
        ("00:00:00", 24, Some(("08:00:00", "a:two b:two"))),
        ("08:00:00", 24, Some(("10:00:00", "a:all"))),
        ("07:59:59", 1, Some(("08:00:00", "a:two b:two"))),
        // Exclusive, as all ends are.
        ("00:00:00", 8, None),
        ("10:00:00", 21, None),
    ] {
        let found = roster.next_change(at(after), TimeDelta::hours(hours));
        let found = found.map(|change| (change.at, text(&change.to)));
        assert_eq!(found, expected.map(|(time, state)| (at(time), state.to_owned())), "{after} {hours}");
    }
}

#[test]
fn a_shift_is_found_whole_from_any_instant_in_it() {
    let layers = vec![layer("all", 0, "a", Some((9, 17))), layer("two", 0, "b", Some((12, 20)))];
    let (schedule, calendars) = (schedule(layers), BTreeMap::new());
    let roster = Roster::new(&schedule, [], &calendars);
    let hours = TimeDelta::hours;
    for (time, horizon, start, end, state) in [
        ("09:00:00", hours(24), "09:00:00", "12:00:00", "a:all"),
        ("11:59:59.999999999", hours(24), "09:00:00", "12:00:00", "a:all"),
        ("12:00:00", hours(24), "12:00:00", "17:00:00", "a:all b:two"),
        ("18:00:00", hours(24), "17:00:00", "20:00:00", "b:two"),
        ("13:30:00", hours(2), "12:00:00", "15:30:00", "a:all b:two"),
        ("13:30:00", hours(1), "12:30:00", "14:30:00", "a:all b:two"),
        ("05:00:00", hours(24), "00:00:00", "09:00:00", ""),
    ] {
        let shift = roster.shift_holding(at(time), horizon);
        // The gap of the night begins on the day before.
        let start = if start == "00:00:00" { at(start) - hours(4) } else { at(start) };
        assert_eq!((shift.start, shift.end), (start, at(end)), "{time} {horizon}");
        assert_eq!(text(&OnCall { on_call: shift.on_call, shadows: shift.shadows }), state, "{time} {horizon}");
    }
    for (letter, time, expected) in [
        ("a", "10:00:00", Some(("09:00:00", "17:00:00"))),
        ("a", "16:59:59", Some(("09:00:00", "17:00:00"))),
        ("b", "12:00:00", Some(("12:00:00", "20:00:00"))),
        ("b", "11:59:59", None),
        ("a", "17:00:00", None),
    ] {
        let held = roster.held_by(people(letter)[0], at(time), hours(24));
        assert_eq!(held, expected.map(|(start, end)| Span { start: at(start), end: at(end) }), "{letter} {time}");
    }
}

#[test]
fn the_ends_of_the_calendar_are_safe() {
    let mut layers = vec![layer("day", 0, "a", Some((9, 17))), layer("all", -1, "b", None)];
    layers[1].from = Some(chrono::NaiveDateTime::MAX);
    let (mut schedule, calendars) = (schedule(layers), BTreeMap::new());
    for zone in [Tz::Pacific__Apia, Tz::Pacific__Niue, Tz::UTC] {
        schedule.zone = zone;
        let roster = Roster::new(&schedule, [], &calendars);
        let (min, max, week) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, TimeDelta::weeks(1));
        for (from, to) in [(min, min + week), (max - week, max)] {
            let shifts = roster.shifts(from, to);
            assert_eq!((shifts[0].start, shifts[shifts.len() - 1].end), (from, to), "{zone}");
            roster.shift_holding(from, week);
            roster.shift_holding(to, week);
        }
    }
}

#[test]
fn what_is_asked_for_in_part_is_told_whole() {
    let overrides = [cover(1, "c", "", ("14:00:00", "16:00:00"))];
    let schedule = schedule(vec![layer("day", 0, "ab", Some((8, 20))), layer("late", 0, "a", Some((18, 22)))]);
    let none = BTreeMap::new();
    let roster = Roster::new(&schedule, &overrides, &none);
    let all = roster.shifts(at("00:00:00"), at("00:00:00") + TimeDelta::days(1));
    let hours = TimeDelta::hours(24);
    for (from, to) in [("09:00:00", "19:00:00"), ("14:30:00", "15:00:00"), ("18:00:00", "20:00:00")] {
        let (from, to) = (at(from), at(to));
        let touched: Vec<Shift> = all.iter().filter(|shift| shift.start < to && shift.end > from).cloned().collect();
        assert_eq!(roster.whole_shifts(from, to, hours), touched, "{from} to {to}");
    }
    let spans = |letter: &str, from: &str, to: &str| {
        let stretches = roster.stretches_of(people(letter)[0], (at(from), at(to)), hours);
        let text = |stretch: &Stretch| {
            let time = |at: DateTime<Utc>| at.format("%H:%M").to_string();
            let reasons: Vec<String> = stretch.reasons.iter().map(|held| format!("{:?}", held.why)).collect();
            format!("{}-{} {}", time(stretch.span.start), time(stretch.span.end), reasons.len())
        };
        stretches.iter().map(text).collect::<Vec<_>>().join(", ")
    };
    // By the day layer and then by the late one it is one stretch, whoever leaves in between.
    assert_eq!(spans("a", "09:00:00", "21:00:00"), "08:00-14:00 1, 16:00-22:00 2");
    assert_eq!(spans("b", "09:00:00", "19:00:00"), "08:00-14:00 1, 16:00-20:00 1");
    assert_eq!(spans("c", "14:30:00", "15:00:00"), "14:00-16:00 1");
    assert_eq!(spans("c", "09:00:00", "14:00:00"), "");
}
