use std::num::NonZeroU16;

use chrono_tz::Tz;
use uuid::Uuid;

use super::*;
use crate::directory::{ContactMethod, DirectoryChange, Origin, Person, Standing};
use crate::effect::Work;
use crate::ids::Key;
use crate::oncall::handoff::{Accepted, Handover};
use crate::oncall::schedule::{Layer, Rotation, Source, Turn};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn id(letter: char) -> PersonId {
    PersonId(Uuid::from_u128(u128::from(u32::from(letter))))
}

/// On the day of the tests.
fn at(time: &str) -> DateTime<Utc> {
    format!("2026-06-01T{time}:00Z").parse().unwrap()
}

/// Ana, bo and cy, who hand off every two hours from ten on and are told a quarter of an hour before.
fn directory() -> Directory {
    let mut directory = Directory::default();
    for letter in ['a', 'b', 'c'] {
        directory.apply(&DirectoryChange::PersonSaved(Person {
            id: id(letter),
            handle: key(&letter.to_string()),
            name: letter.to_string(),
            email: None,
            zone: Tz::UTC,
            locale: "en".to_owned(),
            standing: Standing::Responder,
            contacts: vec![ContactMethod::Voice, ContactMethod::Console],
            addresses: std::collections::BTreeMap::new(),
            rules: Vec::new(),
            chosen: crate::directory::Chosen::default(),
            origin: Origin::File,
            active: true,
        }));
    }
    let pools = vec![vec![id('a')], vec![id('b')], vec![id('c')]];
    let rotation = Rotation { start: at("10:00").naive_utc(), turn: Turn::Hours(NonZeroU16::new(2).unwrap()), pools };
    let layer = Layer {
        name: key("day"),
        priority: 0,
        from: None,
        until: None,
        shadow: false,
        source: Source::Rotation(rotation),
        windows: Vec::new(),
        holidays: None,
    };
    directory.apply(&DirectoryChange::ScheduleSaved(Schedule {
        key: key("web"),
        name: "Web".to_owned(),
        version: 1,
        zone: Tz::UTC,
        team: None,
        handoff_notice_s: Some(900),
        layers: vec![layer],
        origin: Origin::File,
    }));
    directory
}

/// What was seen last: who was on call, since when, and whether both sides were told that nobody has accepted.
fn walked(letter: char, since: &str, reminded: bool) -> Walked {
    Walked { since: at(since), people: vec![id(letter)], reminded, ahead: Vec::new() }
}

/// Who was told ahead, of which hand-off, and whether they know that it came otherwise.
fn ahead(letter: char, handoff: &str, off: bool) -> Vec<Ahead> {
    vec![Ahead { person: id(letter), at: at(handoff), off }]
}

/// In a word each: what it is, who is told, and of which hand-off.
fn due(directory: &Directory, before: Option<&Walked>, now: &str) -> (Vec<String>, Option<Walked>) {
    let found = handoffs_due(directory, &directory.schedules[&key("web")], (before, at(now)));
    let word = |effect: Effect| {
        let Work::TellOnCall { person, method, news } = effect.work else { panic!("{:?}", effect.work) };
        assert_eq!(method, ContactMethod::Console, "nobody is called for it");
        let (what, handoff) = match news {
            OnCallNews::Comes { at, anew: None, .. } => ("comes", at),
            OnCallNews::Comes { at, anew: Some(_), .. } => ("comes again", at),
            OnCallNews::NotComing { at, .. } => ("off", at),
            OnCallNews::Left { at, .. } => ("left", at),
            OnCallNews::Unaccepted { at, .. } => ("unaccepted", at),
            other => panic!("{other:?}"),
        };
        format!("{what} {} {}", directory.handle(person), handoff.format("%H:%M"))
    };
    (found.effects.into_iter().map(word).collect(), found.walked)
}

#[test]
fn what_is_due_is_told_while_it_holds() {
    let directory = directory();
    let (ana, bo, told) = (walked('a', "10:00", true), walked('b', "12:00", false), walked('b', "12:00", true));
    let knows = Walked { ahead: ahead('b', "12:00", false), ..ana.clone() };
    for (case, before, now, expected, after) in [
        ("too early", &ana, "11:44", &[][..], None),
        ("shortly before", &ana, "11:45", &["comes b 12:00"], Some(knows.clone())),
        ("still before, and it is known", &knows, "11:59", &[], None),
        ("at the hand-off, which they know of", &knows, "12:00", &["comes b 12:00", "left a 12:00"], Some(bo.clone())),
        ("at the hand-off", &ana, "12:00", &["comes b 12:00", "left a 12:00"], Some(bo.clone())),
        ("it was seen already", &bo, "12:10", &[], None),
        ("nobody accepted", &bo, "12:30", &["unaccepted b 12:00", "unaccepted a 12:00"], Some(told.clone())),
        ("they were told", &told, "13:00", &[], None),
        (
            "after an outage over one",
            &ana,
            "13:00",
            &["comes b 12:00", "left a 12:00"],
            Some(walked('b', "13:00", false)),
        ),
        ("who was told late has time from then on", &walked('b', "12:20", false), "12:49", &[], None),
        // Bo has come and gone meanwhile.
        ("after one over two", &ana, "14:05", &["comes c 14:00", "left a 14:00"], Some(walked('c', "14:05", false))),
        ("after one over three", &walked('a', "10:00", false), "16:00", &[], None),
    ] {
        let expected: Vec<String> = expected.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(due(&directory, Some(before), now), (expected, after), "{case}");
    }
}

#[test]
fn nothing_of_the_past_is_told_at_first() {
    let directory = directory();
    let (told, seen) = due(&directory, None, "13:50");
    let after = Walked { ahead: ahead('c', "14:00", false), ..walked('b', "13:50", true) };
    assert_eq!((told, seen), (vec!["comes c 14:00".to_owned()], Some(after)));
}

#[test]
fn an_edit_that_puts_others_on_call_at_once_is_told() {
    // By the schedule as it is now, bo has it since noon; it was cy who was seen.
    let seen = walked('c', "12:00", true);
    let (told, after) = due(&directory(), Some(&seen), "12:20");
    assert_eq!(told, ["comes b 12:20", "left c 12:20"]);
    assert_eq!(after, Some(walked('b', "12:20", false)));
}

#[test]
fn who_was_told_ahead_is_told_when_it_comes_otherwise() {
    let directory = directory();
    // By the schedule as it is now, bo has it from noon on; it was cy who was told.
    let told = Walked { ahead: ahead('c', "12:00", false), ..walked('a', "10:00", true) };
    let both = |off| [ahead('c', "12:00", off), ahead('b', "12:00", false)].concat();
    let after = Walked { ahead: both(true), ..told.clone() };
    assert_eq!(due(&directory, Some(&told), "11:50").0, ["off c 12:00", "comes b 12:00"]);
    assert_eq!(due(&directory, Some(&told), "11:50").1, Some(after.clone()));
    assert_eq!(due(&directory, Some(&after), "11:55"), (Vec::new(), None), "once");
    // Bo was told that it is off, and has it again.
    let again = Walked { ahead: ahead('b', "12:00", true), ..walked('a', "10:00", true) };
    assert_eq!(due(&directory, Some(&again), "11:55").0, ["comes again b 12:00"]);
    // Nobody looked until it was over.
    assert_eq!(due(&directory, Some(&told), "12:10").0, ["off c 12:00", "comes b 12:00", "left a 12:00"]);
    assert_eq!(due(&directory, Some(&told), "12:10").1, Some(walked('b', "12:10", false)));
}

#[test]
fn what_is_accepted_is_not_reminded_of() {
    let mut directory = directory();
    let accepted = Accepted { handoff: at("12:00"), by: id('b'), at: at("11:50"), note: None };
    let said = Handover::new(key("web")).with_accepted(accepted);
    directory.apply(&DirectoryChange::HandoverSaved(said));
    assert_eq!(due(&directory, Some(&walked('b', "12:00", false)), "12:30"), (Vec::new(), None));
    assert!(directory.unaccepted(&directory.schedules[&key("web")], at("12:30")).is_none());
    assert!(directory.unaccepted(&directory.schedules[&key("web")], at("14:30")).is_some());
}

#[test]
fn nobody_is_told_by_a_schedule_that_tells_nobody() {
    let mut directory = directory();
    let silent = Schedule { handoff_notice_s: None, ..directory.schedules[&key("web")].clone() };
    directory.apply(&DirectoryChange::ScheduleSaved(silent.clone()));
    let seen = walked('a', "10:00", false);
    assert_eq!(handoffs_due(&directory, &silent, (Some(&seen), at("12:40"))), HandoffsDue::default());
    assert_eq!(next_handoff_due(&directory, &silent, (Some(&seen), at("11:00"))), None);
}

#[test]
fn the_next_look_is_at_the_next_thing_that_is_due() {
    let directory = directory();
    let web = &directory.schedules[&key("web")];
    let (bo, late, told) = (walked('b', "12:00", false), walked('b', "12:20", false), walked('b', "12:00", true));
    for (seen, now, next) in [
        (None, "11:00", "11:45"),
        (None, "11:45", "12:00"),
        (Some(&bo), "12:00", "12:30"),
        (Some(&late), "12:30", "12:50"),
        (Some(&told), "12:00", "13:45"),
        (Some(&bo), "12:30", "13:45"),
        (Some(&told), "13:59", "14:00"),
    ] {
        assert_eq!(next_handoff_due(&directory, web, (seen, at(now))), Some(at(next)), "{now}");
    }
}
