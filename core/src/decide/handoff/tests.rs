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

/// In a word each: what it is, who is told, and of which hand-off.
fn due(directory: &Directory, through: &str, now: &str) -> Vec<String> {
    let found = handoffs_due(directory, &directory.schedules[&key("web")], (at(through), at(now)));
    let word = |effect: Effect| {
        let Work::TellOnCall { person, method, news } = effect.work else { panic!("{:?}", effect.work) };
        assert_eq!(method, ContactMethod::Console, "nobody is called for it");
        let (what, handoff) = match news {
            OnCallNews::Comes { at, .. } => ("comes", at),
            OnCallNews::Left { at, .. } => ("left", at),
            OnCallNews::Unaccepted { at, .. } => ("unaccepted", at),
            other => panic!("{other:?}"),
        };
        format!("{what} {} {}", directory.handle(person), handoff.format("%H:%M"))
    };
    found.effects.into_iter().map(word).collect()
}

#[test]
fn what_is_due_is_told_while_it_holds() {
    let directory = directory();
    for (case, through, now, expected) in [
        ("too early", "11:30", "11:44", &[][..]),
        ("shortly before", "11:30", "11:45", &["comes b 12:00"]),
        ("still before, and its key tells that it is known", "11:45", "11:59", &["comes b 12:00"]),
        ("at the hand-off", "11:30", "12:00", &["comes b 12:00", "left a 12:00"]),
        ("it was looked at already", "12:00", "12:10", &[]),
        ("nobody accepted", "12:00", "12:30", &["unaccepted b 12:00", "unaccepted a 12:00"]),
        ("they were told", "12:30", "12:50", &[]),
        (
            "a process that was down over one",
            "11:00",
            "12:40",
            &["comes b 12:00", "left a 12:00", "unaccepted b 12:00", "unaccepted a 12:00"],
        ),
        // Bo has come and gone; ana, who left at noon, is told of that, and nobody that bo comes.
        ("a process that was down over two", "11:00", "14:05", &["left a 12:00", "comes c 14:00", "left b 14:00"]),
        // Ana is back by now.
        ("a process that was down over three", "11:00", "16:00", &["left b 14:00", "comes a 16:00", "left c 16:00"]),
    ] {
        assert_eq!(due(&directory, through, now), expected, "{case}");
    }
}

#[test]
fn what_is_accepted_is_not_reminded_of() {
    let mut directory = directory();
    let accepted = Accepted { handoff: at("12:00"), by: id('b'), at: at("11:50"), note: None };
    let said = Handover::new(key("web")).with_accepted(accepted);
    directory.apply(&DirectoryChange::HandoverSaved(said));
    assert_eq!(due(&directory, "12:00", "12:30"), Vec::<String>::new());
    assert!(directory.unaccepted(&directory.schedules[&key("web")], at("12:30")).is_none());
    assert!(directory.unaccepted(&directory.schedules[&key("web")], at("14:30")).is_some());
}

#[test]
fn nobody_is_told_by_a_schedule_that_tells_nobody() {
    let mut directory = directory();
    let silent = Schedule { handoff_notice_s: None, ..directory.schedules[&key("web")].clone() };
    directory.apply(&DirectoryChange::ScheduleSaved(silent.clone()));
    assert_eq!(handoffs_due(&directory, &silent, (at("11:00"), at("12:40"))), HandoffsDue::default());
    assert_eq!(next_handoff_due(&directory, &silent, at("11:00")), None);
}

#[test]
fn the_next_look_is_at_the_next_thing_that_is_due() {
    let directory = directory();
    let web = &directory.schedules[&key("web")];
    for (now, next) in
        [("11:00", "11:45"), ("11:45", "12:00"), ("12:00", "12:30"), ("12:30", "13:45"), ("13:59", "14:00")]
    {
        assert_eq!(next_handoff_due(&directory, web, at(now)), Some(at(next)), "{now}");
    }
}
