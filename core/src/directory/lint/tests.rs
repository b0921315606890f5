use std::num::NonZeroU16;

use super::*;
use crate::directory::diff::changed;
use crate::directory::plan::{FileDirectory, FileLayer, FilePerson, FilePolicy, FileSchedule, FileService, FileStep};
use crate::directory::{ContactMethod, Standing};
use crate::ids::Minter;
use crate::oncall::schedule::{Layer, Rotation, Source, Turn};
use crate::oncall::text::{read_wall, read_windows};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-30T08:00:00Z".parse().unwrap()
}

fn person(handle: &str, contacts: &[ContactMethod]) -> FilePerson {
    FilePerson {
        handle: key(handle),
        name: handle.to_owned(),
        email: None,
        accounts: Vec::new(),
        zone: Tz::UTC,
        standing: Standing::Responder,
        contacts: Some(contacts.to_vec()),
        addresses: std::collections::BTreeMap::new(),
        rules: None,
    }
}

fn schedule(name: &str, until: Option<&str>, windows: &[&str]) -> FileSchedule {
    let rotation =
        Rotation { start: read_wall("2026-01-05").unwrap(), turn: Turn::Weeks(NonZeroU16::MIN), pools: Vec::new() };
    let layer = Layer {
        name: key("week"),
        priority: 0,
        from: None,
        until: until.map(|until| read_wall(until).unwrap()),
        shadow: false,
        source: Source::Rotation(rotation),
        windows: windows.iter().flat_map(|text| read_windows(text).unwrap()).collect(),
        holidays: None,
    };
    let layers = vec![FileLayer { layer, pools: vec![vec![key("ana")]] }];
    FileSchedule { key: key(name), name: name.to_owned(), zone: Tz::UTC, team: None, handoff_notice_s: None, layers }
}

fn policy(name: &str, schedules: &[&str]) -> FilePolicy {
    let step =
        FileStep { schedules: schedules.iter().map(|name| key(name)).collect(), wait_s: 300, ..FileStep::default() };
    FilePolicy {
        key: key(name),
        name: name.to_owned(),
        rounds: 1,
        terms: crate::paging::policy::Terms::default(),
        steps: vec![step],
    }
}

fn service(name: &str, policy: Option<&str>) -> FileService {
    FileService {
        key: key(name),
        name: name.to_owned(),
        team: None,
        policy: policy.map(key),
        tier: None,
        depends_on: Vec::new(),
        runbook: None,
        rooms: Vec::new(),
    }
}

fn sound() -> FileDirectory {
    FileDirectory {
        people: vec![person("ana", &[ContactMethod::Console])],
        services: vec![service("shop", Some("page"))],
        policies: vec![policy("page", &["web"])],
        schedules: vec![schedule("web", None, &[])],
        ..FileDirectory::default()
    }
}

fn lint_with(files: &FileDirectory, settings: &Settings, named: &[Key]) -> Vec<Warning> {
    let empty = Directory::default();
    let changes = empty.plan(files, &mut Minter::new([1; 32], now()));
    changed(&empty, &changes).lint(settings, named, now())
}

fn lint(files: &FileDirectory) -> Vec<Warning> {
    lint_with(files, &Settings::default(), &[])
}

#[test]
fn what_is_sound_is_not_warned_of() {
    assert_eq!(lint(&sound()), []);
}

#[test]
fn somebody_whom_nothing_reaches_and_a_service_that_pages_nobody() {
    let mut files = sound();
    files.people.extend([person("cy", &[]), person("bo", &[])]);
    files.services.push(service("wiki", None));
    let silent = |handle| Warning::NoContacts { handle: key(handle) };
    assert_eq!(lint(&files), [silent("bo"), silent("cy"), Warning::ServiceWithoutPolicy { service: key("wiki") }]);
}

#[test]
fn a_policy_is_named_by_a_service_or_by_the_settings() {
    let mut files = sound();
    files.policies.push(policy("spare", &["web"]));
    let unnamed = [Warning::PolicyUnnamed { policy: key("spare") }];
    assert_eq!(lint(&files), unnamed);
    let settings = Settings { default_policy: Some(key("spare")), ..Settings::default() };
    assert_eq!(lint_with(&files, &settings, &[]), []);
    assert_eq!(lint_with(&files, &Settings::default(), &[key("spare")]), []);
    let missing = lint_with(&sound(), &settings, &[key("spare"), key("other")]);
    let no_such = |policy| Warning::NoSuchPolicy { policy: key(policy) };
    assert_eq!(missing, [no_such("spare"), no_such("other")]);
}

#[test]
fn a_step_for_a_severity_that_there_is_not_is_never_taken() {
    let mut files = sound();
    files.policies[0].steps[0].when.severities = vec![key("sev1"), key("sev9")];
    let expected = Warning::NoSuchSeverity { policy: key("page"), step: 1, severity: key("sev9") };
    assert_eq!(lint(&files), [expected]);
}

#[test]
fn gaps_are_looked_for_four_weeks_ahead() {
    let mut files = sound();
    files.schedules = vec![schedule("web", None, &["mon-sun 00:00-23:00"]), schedule("spare", None, &[])];
    let warnings = lint(&files);
    assert_eq!(warnings[0], Warning::ScheduleUnnamed { schedule: key("spare") });
    let [_, Warning::Gaps { schedule: named, gaps, .. }] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert_eq!((named, gaps.len()), (&key("web"), 28));
    for (until, count) in [("2026-12-28T08:00", 0), ("2026-12-28T07:00", 1)] {
        files.schedules = vec![schedule("web", Some(until), &[])];
        assert_eq!(lint(&files).len(), count, "{until}");
    }
}

#[test]
fn a_schedule_that_is_over_pages_nobody() {
    let mut files = sound();
    files.schedules = vec![schedule("web", Some("2026-11-30"), &[])];
    let step = files.policies[0].steps[0].clone();
    files.policies[0].steps.push(step);
    let never = |step| Warning::NobodyOnCall { policy: key("page"), step, schedule: key("web") };
    assert_eq!(lint(&files), [never(1), never(2)]);
}
