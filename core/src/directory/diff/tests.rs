use std::num::NonZeroU16;

use chrono_tz::Tz;

use super::*;
use crate::actor::Who;
use crate::directory::plan::{FileDirectory, FileLayer, FilePerson, FilePolicy, FileSchedule, FileStep, FileTeam};
use crate::directory::{ContactMethod, DirectoryChange, Origin, Standing};
use crate::ids::{Key, Minter, OverrideId, SwapId};
use crate::oncall::handoff::{Accepted, Handover, Note};
use crate::oncall::overrides::{Override, OverrideKind, Swap};
use crate::oncall::schedule::{Layer, Rotation, Source, Turn};
use crate::oncall::text::{read_wall, read_windows};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn keys(words: &[&str]) -> Vec<Key> {
    words.iter().map(|word| key(word)).collect()
}

fn person(handle: &str) -> FilePerson {
    FilePerson {
        handle: key(handle),
        name: handle.to_owned(),
        email: None,
        accounts: Vec::new(),
        zone: Tz::UTC,
        standing: Standing::Responder,
        contacts: None,
        addresses: std::collections::BTreeMap::new(),
        rules: None,
    }
}

/// Weeks from Monday 30 November 2026, 09:00 in Berlin.
fn schedule(people: &[&str], windows: &[&str]) -> FileSchedule {
    let rotation = Rotation {
        start: read_wall("2026-11-30T09:00").unwrap(),
        turn: Turn::Weeks(NonZeroU16::MIN),
        pools: Vec::new(),
    };
    let layer = Layer {
        name: key("week"),
        priority: 0,
        from: None,
        until: None,
        shadow: false,
        source: Source::Rotation(rotation),
        windows: windows.iter().flat_map(|text| read_windows(text).unwrap()).collect(),
        holidays: None,
    };
    let layers = vec![FileLayer { layer, pools: people.iter().map(|handle| keys(&[handle])).collect() }];
    FileSchedule {
        key: key("web"),
        name: "web".to_owned(),
        zone: Tz::Europe__Berlin,
        team: None,
        handoff_notice_s: None,
        layers,
    }
}

fn policy(people: &[&str]) -> FilePolicy {
    let step = FileStep { people: keys(people), schedules: keys(&["web"]), wait_s: 300, ..FileStep::default() };
    FilePolicy {
        key: key("page"),
        name: "page".to_owned(),
        rounds: 1,
        terms: crate::paging::policy::Terms::default(),
        steps: vec![step],
    }
}

fn files(people: &[&str], windows: &[&str]) -> FileDirectory {
    FileDirectory {
        people: ["ana", "bo", "cy"].map(person).to_vec(),
        teams: vec![FileTeam { key: key("sea"), name: "Sea".to_owned(), members: keys(&["ana"]) }],
        policies: vec![policy(&["ana"])],
        schedules: vec![schedule(people, windows)],
        last_resort: keys(&["cy"]),
        ..FileDirectory::default()
    }
}

fn held(before: &Directory, wanted: &FileDirectory) -> Directory {
    changed(before, &before.plan(wanted, &mut Minter::new([7; 32], DateTime::UNIX_EPOCH)))
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn fortnight() -> Span {
    over(at("2026-11-30T08:00:00Z"), 14)
}

fn between(before: &FileDirectory, after: &FileDirectory) -> Diff {
    let before = held(&Directory::default(), before);
    Diff::between(&before, &held(&before, after), fortnight(), &BTreeMap::new())
}

#[test]
fn what_is_the_same_is_no_difference() {
    let same = files(&["ana", "bo"], &[]);
    assert!(between(&same, &same).is_empty());
}

#[test]
fn whose_hours_a_rotation_changes() {
    let diff = between(&files(&["ana", "bo"], &[]), &files(&["ana", "cy"], &[]));
    let [web] = diff.schedules.as_slice() else { panic!("{diff:?}") };
    let week = 7 * 24 * 3600;
    let hours: Vec<_> = web.hours.iter().map(|held| (held.person.as_str(), held.before_s, held.after_s)).collect();
    assert_eq!(hours, [("bo", week, 0), ("cy", 0, week)]);
    let [shift] = web.shifts.as_slice() else { panic!("{web:?}") };
    assert_eq!((shift.start, shift.end), (at("2026-12-07T08:00:00Z"), at("2026-12-14T08:00:00Z")));
    assert_eq!((shift.before.as_slice(), shift.after.as_slice()), (&["bo".to_owned()][..], &["cy".to_owned()][..]));
    assert_eq!((web.how, web.new_gaps.len(), web.closed_gaps.len()), (How::Changed, 0, 0));
    assert_eq!(web.fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["layer week"]);
    assert_eq!(web.fields[0].after.as_deref(), Some("@ana, @cy in turns of 1w from 2026-11-30 09:00"));
    assert!(Diff { schedules: Vec::new(), ..diff.clone() }.is_empty(), "{diff:?}");
}

#[test]
fn who_leaves_takes_what_chat_gave_them_along() {
    let before = files(&["ana", "bo"], &[]);
    let mut held = held(&Directory::default(), &before);
    let cy = held.person_by_handle("cy").unwrap().id;
    held.apply(&DirectoryChange::OverrideSaved(Override {
        id: OverrideId(uuid::Uuid::nil()),
        schedule: key("web"),
        start: at("2026-12-01T08:00:00Z"),
        end: at("2026-12-01T12:00:00Z"),
        people: vec![cy],
        instead_of: None,
        kind: OverrideKind::Override,
        made_by: Who::Firebell,
        made_at: at("2026-11-30T08:00:00Z"),
    }));
    let mut after = before.clone();
    after.people.retain(|person| person.handle != key("cy"));
    after.last_resort.clear();
    let diff = Diff::between(&held, &self::held(&held, &after), fortnight(), &BTreeMap::new());
    let [web] = diff.schedules.as_slice() else { panic!("{diff:?}") };
    let hours: Vec<_> = web.hours.iter().map(|held| (held.person.as_str(), held.after_s - held.before_s)).collect();
    assert_eq!(hours, [("ana", 4 * 3600), ("cy", -4 * 3600)]);
    assert_eq!((web.how, web.fields.len(), web.shifts.len()), (How::Changed, 0, 1));
}

#[test]
fn a_window_opens_gaps_and_its_end_closes_them() {
    let (always, weekdays) = (files(&["ana"], &[]), files(&["ana"], &["mon-sun 09:00-08:00"]));
    let opened = between(&always, &weekdays).schedules.remove(0);
    assert_eq!((opened.new_gaps.len(), opened.closed_gaps.len()), (14, 0));
    assert_eq!(opened.new_gaps[0], Span { start: at("2026-12-01T07:00:00Z"), end: at("2026-12-01T08:00:00Z") });
    assert_eq!(opened.hours[0].before_s - opened.hours[0].after_s, 14 * 3600);
    let closed = between(&weekdays, &always).schedules.remove(0);
    assert_eq!((closed.new_gaps.len(), closed.closed_gaps), (0, opened.new_gaps));
}

#[test]
fn a_new_schedule_has_its_gaps_and_one_that_goes_has_none() {
    let with = files(&["ana"], &["mon 09:00-17:00"]);
    let without = FileDirectory { schedules: Vec::new(), policies: Vec::new(), ..with.clone() };
    let new = between(&without, &with).schedules.remove(0);
    assert_eq!((new.how, new.new_gaps.len(), new.shifts.len()), (How::Added, 2, 2));
    assert_eq!(new.hours, [HoursDiff { person: "ana".to_owned(), before_s: 0, after_s: 16 * 3600 }]);
    let gone = between(&with, &without).schedules.remove(0);
    assert_eq!((gone.how, gone.new_gaps.len(), gone.closed_gaps.len()), (How::Removed, 0, 0));
    assert_eq!(gone.hours, [HoursDiff { person: "ana".to_owned(), before_s: 16 * 3600, after_s: 0 }]);
}

#[test]
fn a_schedule_that_goes_says_what_goes_with_it() {
    let with = files(&["ana", "bo"], &[]);
    let mut held = held(&Directory::default(), &with);
    let [ana, bo, cy] = ["ana", "bo", "cy"].map(|handle| held.person_by_handle(handle).unwrap().id);
    let made = |number, end: &str| {
        DirectoryChange::OverrideSaved(Override {
            id: OverrideId(uuid::Uuid::from_u128(number)),
            schedule: key("web"),
            start: at("2026-11-29T08:00:00Z"),
            end: at(end),
            people: vec![cy],
            instead_of: None,
            kind: OverrideKind::Override,
            made_by: Who::Firebell,
            made_at: at("2026-11-29T08:00:00Z"),
        })
    };
    // One is over.
    held.apply(&made(1, "2026-11-30T07:00:00Z"));
    held.apply(&made(2, "2026-11-30T12:00:00Z"));
    let own = Span { start: at("2026-12-01T08:00:00Z"), end: at("2026-12-07T08:00:00Z") };
    let (id, schedule, proposed_at) = (SwapId(uuid::Uuid::nil()), key("web"), at("2026-11-29T08:00:00Z"));
    held.apply(&DirectoryChange::SwapSaved(Swap { id, schedule, by: ana, with: bo, own, theirs: None, proposed_at }));
    let note = |time: &str| Note { by: bo, at: at(time), text: "the disk is full".to_owned() };
    let accepted = |time: &str| Accepted { handoff: at(time), by: ana, at: at(time), note: None };
    held.apply(&DirectoryChange::HandoverSaved(Handover {
        schedule: key("web"),
        accepted: vec![accepted("2026-11-16T08:00:00Z"), accepted("2026-11-30T07:00:00Z")],
        notes: vec![note("2026-11-20T08:00:00Z"), note("2026-11-30T07:30:00Z")],
    }));
    let without = FileDirectory { schedules: Vec::new(), policies: Vec::new(), ..with };
    let diff = Diff::between(&held, &self::held(&held, &without), fortnight(), &BTreeMap::new());
    let lost = |held: &LostDiff| (held.what, held.people.join(" "), held.span.map(|span| span.end));
    let expected = [
        (LostKind::Override, "cy".to_owned(), Some(at("2026-11-30T12:00:00Z"))),
        (LostKind::Swap, "ana bo".to_owned(), Some(own.end)),
        (LostKind::Note, "bo".to_owned(), None),
        (LostKind::Acceptance, "ana".to_owned(), None),
    ];
    assert_eq!(diff.schedules[0].lost.iter().map(lost).collect::<Vec<_>>(), expected);
}

#[test]
fn people_are_the_same_by_their_ids() {
    let before = held(&Directory::default(), &files(&["ana"], &[]));
    let mut after = before.clone();
    let ana = before.person_by_handle("ana").unwrap().id;
    let held = after.people.get_mut(&ana).unwrap();
    held.handle = key("anna");
    held.contacts = vec![ContactMethod::Slack, ContactMethod::Console];
    held.origin = Origin::Chat;
    let bo = before.person_by_handle("bo").unwrap().id;
    after.people.get_mut(&bo).unwrap().active = false;
    let diff = Diff::between(&before, &after, fortnight(), &BTreeMap::new());
    let people: Vec<_> = diff.people.iter().map(|row| (row.name.as_str(), row.how)).collect();
    assert_eq!(people, [("anna", How::Changed), ("bo", How::Removed)]);
    let fields: Vec<_> =
        diff.people[0].fields.iter().map(|field| (field.field.as_str(), field.after.as_deref())).collect();
    assert_eq!(fields, [("handle", Some("@anna")), ("contacts", Some("slack, console"))]);
}

#[test]
fn a_policy_says_what_its_steps_become() {
    let before = files(&["ana"], &[]);
    let mut after = before.clone();
    after.policies[0].steps[0].people = keys(&["bo"]);
    after.policies[0].steps[0].when.severities = keys(&["sev1"]);
    after.policies[0].rounds = 2;
    after.teams.clear();
    after.last_resort = keys(&["ana", "cy"]);
    let diff = between(&before, &after);
    let [page] = diff.policies.as_slice() else { panic!("{diff:?}") };
    assert_eq!(page.steps.as_deref(), Some(&["@bo and whoever is on call by web, at sev1; wait 5m".to_owned()][..]));
    let field = FieldDiff { field: "rounds".to_owned(), before: Some("1".to_owned()), after: Some("2".to_owned()) };
    assert_eq!(page.row, RowDiff { name: "page".to_owned(), how: How::Changed, fields: vec![field] });
    assert_eq!((diff.teams[0].how, diff.teams[0].name.as_str()), (How::Removed, "sea"));
    let resort = diff.last_resort.unwrap();
    assert_eq!((resort.before.join(" "), resort.after.join(" ")), ("cy".to_owned(), "ana cy".to_owned()));
}
