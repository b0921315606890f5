use std::collections::BTreeMap;
use std::num::NonZeroU16;

use chrono_tz::Tz;
use uuid::Uuid;

use super::*;
use crate::actor::Who;
use crate::directory::Origin;
use crate::oncall::overrides::{Override, OverrideKind};
use crate::oncall::schedule::{Layer, Rotation, Schedule, Source, Turn};
use crate::oncall::text::read_windows;

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// One for each letter.
fn people(letters: &str) -> Vec<PersonId> {
    letters.bytes().map(|letter| PersonId(Uuid::from_u128(letter.into()))).collect()
}

fn letters(people: impl IntoIterator<Item = PersonId>) -> String {
    people.into_iter().map(|person| char::from(u8::try_from(person.0.as_u128()).unwrap())).collect()
}

/// Pools that take turns of so many hours from noon in Berlin on, in these parts of the week.
fn schedule(pools: &[&str], turn: Turn, windows: &str) -> Schedule {
    let start = "2026-03-27T12:00:00".parse().unwrap();
    let rotation = Rotation { start, turn, pools: pools.iter().map(|pool| people(pool)).collect() };
    let windows = if windows.is_empty() { Vec::new() } else { read_windows(windows).unwrap() };
    let layer = Layer {
        name: key("day"),
        priority: 0,
        from: None,
        until: None,
        shadow: false,
        source: Source::Rotation(rotation),
        windows,
        holidays: None,
    };
    Schedule {
        key: key("web"),
        name: "Web".to_owned(),
        version: 1,
        zone: Tz::Europe__Berlin,
        team: None,
        handoff_notice_s: None,
        layers: vec![layer],
        origin: Origin::File,
    }
}

fn told(schedule: &Schedule, overrides: &[Override], (from, to): (&str, &str)) -> Vec<(String, String, String)> {
    let calendars = BTreeMap::new();
    let roster = Roster::new(schedule, overrides, &calendars);
    let one = |handoff: Handoff| {
        let taken = if handoff.taken { "!" } else { "" };
        let at = handoff.at.format("%d %H:%M").to_string();
        (format!("{at}{taken}"), letters(handoff.leaves()), letters(handoff.comes()))
    };
    roster.handoffs(at(from), at(to)).map(one).collect()
}

fn owned(all: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    all.iter().map(|(at, from, to)| ((*at).to_owned(), (*from).to_owned(), (*to).to_owned())).collect()
}

#[test]
fn on_call_passes_when_other_people_have_it() {
    let days = Turn::Days(NonZeroU16::MIN);
    let span = ("2026-03-28T11:00:00Z", "2026-03-30T10:00:00Z");
    for (case, pools, turn, windows, expected) in [
        // The clock goes forward on the 29th: noon comes an hour earlier. The first instant is excluded, the last is not.
        (
            "a change of the clock",
            &["a", "b"][..],
            days.clone(),
            "",
            &[("29 10:00", "b", "a"), ("30 10:00", "a", "b")][..],
        ),
        ("some stay", &["ab", "ac"], days.clone(), "", &[("29 10:00", "c", "b"), ("30 10:00", "b", "c")]),
        ("the same people in another order", &["ab", "ba"], days.clone(), "", &[]),
        ("one alone", &["a"], Turn::Hours(NonZeroU16::MIN), "", &[]),
        ("a gap between the same people", &["a"], days.clone(), "mon-sun 14:00-16:00", &[]),
        // They have it from when they come on, not from the turn's beginning.
        (
            "a gap between others",
            &["a", "b"],
            days,
            "mon-sun 14:00-16:00",
            &[("28 13:00", "a", "b"), ("29 12:00", "b", "a")],
        ),
    ] {
        assert_eq!(told(&schedule(pools, turn, windows), &[], span), owned(expected), "{case}");
    }
}

#[test]
fn overrides_move_hand_offs_and_who_takes_it_now_is_known() {
    let made = |start: &str, made_at: &str| Override {
        id: OverrideId(Uuid::from_u128(1)),
        schedule: key("web"),
        start: at(start),
        end: at("2026-03-29T11:00:00Z"),
        people: people("c"),
        instead_of: None,
        kind: OverrideKind::Take,
        made_by: Who::Firebell,
        made_at: at(made_at),
    };
    let web = schedule(&["a", "b"], Turn::Days(NonZeroU16::MIN), "");
    let span = ("2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z");
    let (start, before) = ("2026-03-29T09:55:00Z", "2026-03-29T09:50:00Z");
    let planned = told(&web, &[made(start, before)], span);
    assert_eq!(planned, owned(&[("29 09:55", "b", "c"), ("29 11:00", "c", "a")]));
    let taken = told(&web, &[made(start, start)], span);
    assert_eq!(taken, owned(&[("29 09:55!", "b", "c"), ("29 11:00", "c", "a")]));
}

#[test]
fn the_last_and_the_next_are_found() {
    let web = schedule(&["a", "b"], Turn::Days(NonZeroU16::MIN), "");
    let calendars = BTreeMap::new();
    let roster = Roster::new(&web, [], &calendars);
    let now = at("2026-03-29T10:00:00Z");
    assert_eq!(roster.handoff_before(now).unwrap().at, now, "one that is now has passed");
    assert_eq!(roster.handoff_after(now).unwrap().at, at("2026-03-30T10:00:00Z"));
    let alone = schedule(&["a"], Turn::Days(NonZeroU16::MIN), "");
    let roster = Roster::new(&alone, [], &calendars);
    assert_eq!((roster.handoff_before(now), roster.handoff_after(now)), (None, None));
}

#[test]
fn the_newest_words_are_kept() {
    let by = people("a").remove(0);
    let mut said = Handover::new(key("web"));
    for minute in 0..12 {
        let at = at("2026-03-29T10:00:00Z") + TimeDelta::minutes(minute);
        said = said.with_note(Note { by, at, text: minute.to_string() });
        said = said.with_accepted(Accepted { handoff: at, by, at, note: None });
    }
    assert_eq!(said.notes.iter().map(|note| note.text.as_str()).collect::<String>(), "234567891011");
    assert_eq!(said.accepted.len(), 10);
    assert!(said.accepted(at("2026-03-29T10:01:00Z")).is_none() && said.accepted(at("2026-03-29T10:02:00Z")).is_some());
}
