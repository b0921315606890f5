use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use uuid::Uuid;

use super::causes::words;
use super::*;
use crate::actor::{Actor, Via, Who};
use crate::directory::{Chosen, ContactMethod, Directory, DirectoryChange, Origin, Person, Service, Standing, Team};
use crate::ids::{ActionId, CauseId, EntryId, IncidentId, Key, PersonId};
use crate::incident::{Action, Incident, Mark, Said, Status, Visibility};
use crate::rca::{Cause, CauseRole, Verdict};
use crate::settings::Settings;
use crate::timeline::{Change, Declared, Entry};
use crate::times::{Interval, KeyTime};

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn mark(at: DateTime<Utc>) -> Mark {
    Mark { at, by: Who::Firebell, entry: EntryId(1) }
}

fn said(text: &str) -> Said {
    Said { text: text.to_owned(), mark: mark(DateTime::UNIX_EPOCH) }
}

/// An incident at sev2 on `web`, open.
fn incident(number: i64, declared: &str) -> Incident {
    let at = time(declared);
    let change = Change::Declared(Declared {
        id: IncidentId(number),
        title: format!("it fails {number}"),
        incident_type: key("default"),
        severity: key("sev2"),
        visibility: Visibility::Public,
        drill: false,
        owning_team: None,
        services: vec![key("web")],
        fields: Vec::new(),
        impact_started: None,
        update_due: None,
        announced: Vec::new(),
        mirror: false,
    });
    let actor = Actor { who: Who::Firebell, via: Via::Timer };
    let kind = change.kind().to_owned();
    let (happened_at, recorded_at) = (at, at);
    let entry = Entry { id: EntryId(1), happened_at, recorded_at, actor, kind, change: Some(change) };
    Incident::fold(&[entry]).unwrap()
}

/// The same, resolved after so many minutes.
fn resolved(number: i64, declared: &str, minutes: i64) -> Incident {
    let mut incident = incident(number, declared);
    let at = incident.declared.at + TimeDelta::minutes(minutes);
    incident.milestones.resolved = Some(mark(at));
    incident.status = Status::Resolved { resolved: said("done") };
    incident
}

fn cause(number: i64, role: CauseRole, text: &str, category: Option<&str>) -> Cause {
    Cause {
        id: CauseId(number),
        role,
        said: said(text),
        category: category.map(key),
        verdict: Verdict::Confirmed,
        judged: None,
        evidence: Vec::new(),
    }
}

fn action(number: i64, owner: Option<u128>, due: Option<&str>) -> Action {
    Action {
        id: ActionId(number),
        said: said(&format!("mend it {number}")),
        owner: owner.map(person),
        due: due.map(time),
        done: None,
        kind: None,
        priority: None,
        cause: None,
        tickets: Vec::new(),
        nudge_at: None,
        nudges: 0,
    }
}

fn somebody(number: u128, handle: &str, zone: Tz) -> DirectoryChange {
    DirectoryChange::PersonSaved(Person {
        id: person(number),
        handle: key(handle),
        name: handle.to_uppercase(),
        email: None,
        zone,
        locale: "en".to_owned(),
        standing: Standing::Responder,
        contacts: vec![ContactMethod::Console],
        addresses: std::collections::BTreeMap::new(),
        rules: Vec::new(),
        chosen: Chosen::default(),
        origin: Origin::File,
        active: true,
    })
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    let service = Service {
        key: key("web"),
        name: "Web shop".to_owned(),
        team: None,
        policy: None,
        tier: None,
        depends_on: Vec::new(),
        runbook: None,
        rooms: Vec::new(),
        origin: Origin::File,
    };
    let team = Team { key: key("shop"), name: "Shop".to_owned(), members: Vec::new(), origin: Origin::File };
    for change in [
        somebody(1, "ana", Tz::Europe__Berlin),
        somebody(2, "bo", Tz::America__New_York),
        DirectoryChange::ServiceSaved(service),
        DirectoryChange::TeamSaved(team),
    ] {
        directory.apply(&change);
    }
    directory
}

/// The report of 2026's last quarter, made in the January after it.
fn report(by: Option<By>, incidents: &[Incident], told: &[(u128, &str)]) -> Report {
    let (directory, settings) = (directory(), settings());
    let asked = Asked {
        since: time("2026-10-01T00:00:00Z"),
        until: time("2027-01-01T00:00:00Z"),
        by,
        zone: Tz::Europe__Berlin,
    };
    let mut tally = Tally::new(asked, &directory, &settings, time("2027-01-10T12:00:00Z"));
    for incident in incidents {
        tally.incident(incident);
        tally.promised(incident);
    }
    for (number, at) in told {
        tally.page(Told { person: person(*number), at: time(at) });
    }
    tally.report()
}

fn settings() -> Settings {
    let interval = Interval { name: "ours".to_owned(), from: KeyTime::Acknowledged, to: KeyTime::Resolved };
    Settings { intervals: vec![interval], ..Settings::default() }
}

#[test]
fn percentiles_are_by_nearest_rank() {
    let table: [(&[i64], usize, Option<i64>); 12] = [
        (&[], 50, None),
        (&[7], 50, Some(7)),
        (&[7], 90, Some(7)),
        (&[1, 2], 50, Some(1)),
        (&[1, 2], 51, Some(2)),
        (&[1, 2, 3], 50, Some(2)),
        (&[15, 20, 35, 40, 50], 30, Some(20)),
        (&[15, 20, 35, 40, 50], 40, Some(20)),
        (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, Some(9)),
        (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90, Some(10)),
        (&[1, 2, 3], 0, Some(1)),
        (&[1, 2, 3], 200, Some(3)),
    ];
    for (sorted, percent, expected) in table {
        assert_eq!(percentile(sorted, percent), expected, "{percent} of {sorted:?}");
    }
}

proptest! {
    #[test]
    fn a_percentile_is_the_least_value_that_covers_its_share(
        mut values in prop::collection::vec(0_u16..50, 1..60), percent in 1_usize..=100
    ) {
        values.sort_unstable();
        let found = percentile(&values, percent).unwrap();
        let up_to = |most: u16| values.iter().filter(|value| **value <= most).count() * 100;
        prop_assert!(up_to(found) >= percent * values.len());
        if let Some(less) = found.checked_sub(1) {
            prop_assert!(up_to(less) < percent * values.len());
        }
    }
}

#[test]
fn what_is_no_incident_is_counted_and_left_out() {
    let mut drill = resolved(3, "2026-11-01T10:00:00Z", 9_000);
    drill.drill = true;
    drill.actions = vec![action(1, None, Some("2026-11-02T00:00:00Z"))];
    let mut cancelled = incident(4, "2026-11-01T10:00:00Z");
    cancelled.status = Status::Cancelled { cancelled: mark(DateTime::UNIX_EPOCH), reason: None };
    let mut merged = incident(5, "2026-11-01T10:00:00Z");
    merged.status = Status::Merged { merged: mark(DateTime::UNIX_EPOCH), into: IncidentId(1) };
    let mut moved = resolved(8, "2027-02-01T00:00:00Z", 10);
    moved.times.insert(KeyTime::Declared, mark(time("2026-12-31T23:59:59Z")));
    let incidents = [
        resolved(1, "2026-10-01T00:00:00Z", 10),
        incident(2, "2026-12-31T23:59:59Z"),
        drill,
        cancelled,
        merged,
        resolved(6, "2026-09-30T23:59:59Z", 10),
        resolved(7, "2027-01-01T00:00:00Z", 10),
        moved,
    ];
    let report = report(None, &incidents, &[]);
    let expected = Counts { declared: 3, resolved: 2, open: 1, drills: 1, cancelled: 1, merged: 1 };
    assert_eq!(report.counts, expected);
    let ids: Vec<&str> = report.incidents.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["INC-1", "INC-2", "INC-8"]);
    assert_eq!(report.overdue, []);
    assert_eq!(
        (report.period.since.as_str(), report.period.since_utc.as_str()),
        ("2026-10-01 02:00", "2026-10-01T00:00:00Z")
    );
}

#[test]
fn a_time_that_nobody_knows_counts_for_nothing() {
    let mut known = resolved(1, "2026-11-01T10:00:00Z", 60);
    known.impact.started_at = Some(time("2026-11-01T09:50:00Z"));
    known.milestones.acknowledged = Some(mark(time("2026-11-01T10:05:00Z")));
    let mut wrong = resolved(2, "2026-11-02T10:00:00Z", 20);
    // It was acknowledged before it was declared, by what people said later.
    wrong.milestones.acknowledged = Some(mark(time("2026-11-02T10:05:00Z")));
    wrong.times.insert(KeyTime::Acknowledged, mark(time("2026-11-02T09:00:00Z")));
    let report = report(None, &[known, wrong, incident(3, "2026-11-03T10:00:00Z")], &[]);
    let told: Vec<_> = report.figures.iter().map(|f| (f.word.as_str(), f.incidents, f.median_s, f.p90_s)).collect();
    let expected = [
        ("detect", 1, Some(600), Some(600)),
        ("acknowledge", 1, Some(300), Some(300)),
        ("mitigate", 0, None, None),
        ("resolve", 2, Some(1_200), Some(4_200)),
    ];
    assert_eq!(told, expected);
    let own: Vec<_> = report.intervals.iter().map(|f| (f.word.as_str(), f.incidents, f.median.as_deref())).collect();
    assert_eq!(own, [("ours", 2, Some("55 min"))]);
    assert_eq!(report.incidents[0].intervals, [IntervalTook { name: "ours".to_owned(), took_s: Some(3_300) }]);
}

#[test]
fn incidents_are_told_apart() {
    let mut both = resolved(1, "2026-11-01T10:00:00Z", 10);
    both.services.insert(key("api"));
    both.owning_team = Some(key("shop"));
    let mut none = incident(2, "2026-11-02T10:00:00Z");
    none.services = BTreeSet::new();
    none.severity = key("sev1");
    let mut gone = resolved(3, "2026-11-03T10:00:00Z", 30);
    gone.severity = key("huge");
    let incidents = [both, none, gone];
    let groups = |by| {
        let told = |group: &Group| {
            let resolve = group.figures[3].median_s.map(|seconds| seconds / 60);
            let name = group.key.clone().unwrap_or_default();
            (name, group.name.clone().unwrap_or_default(), group.declared, group.open, resolve)
        };
        report(by, &incidents, &[]).groups.iter().map(told).collect::<Vec<_>>()
    };
    let row =
        |key: &str, name: &str, declared, open, resolve| (key.to_owned(), name.to_owned(), declared, open, resolve);
    assert_eq!(
        groups(Some(By::Service)),
        [row("api", "", 1, 0, Some(10)), row("web", "Web shop", 2, 0, Some(10)), row("", "", 1, 1, None)]
    );
    assert_eq!(groups(Some(By::Team)), [row("shop", "Shop", 1, 0, Some(10)), row("", "", 2, 1, Some(30))]);
    assert_eq!(
        groups(Some(By::Severity)),
        [row("sev1", "critical", 1, 1, None), row("sev2", "major", 1, 0, Some(10)), row("huge", "", 1, 0, Some(30))]
    );
    assert_eq!(groups(None), []);
}

/// One page each: whom it told and when, and the hour, whether it is night and whether it is a weekend on their clock.
#[test]
fn pages_count_on_the_clock_of_whoever_is_told() {
    for (number, at, hour, night, weekend) in [
        // Berlin puts its clocks back on Sunday 2026-10-25 at 03:00, New York a week later.
        (1, "2026-10-23T03:59:59Z", 5, 1, 0),
        (1, "2026-10-23T04:00:00Z", 6, 0, 0),
        (1, "2026-10-23T19:59:59Z", 21, 0, 0),
        (1, "2026-10-23T20:00:00Z", 22, 1, 0),
        (1, "2026-10-23T22:00:00Z", 0, 1, 1),
        (1, "2026-10-25T00:30:00Z", 2, 1, 1),
        (1, "2026-10-25T01:30:00Z", 2, 1, 1),
        (1, "2026-10-25T05:00:00Z", 6, 0, 1),
        (1, "2026-10-25T22:59:59Z", 23, 1, 1),
        (1, "2026-10-25T23:00:00Z", 0, 1, 0),
        (1, "2026-10-26T04:59:59Z", 5, 1, 0),
        (1, "2026-10-26T05:00:00Z", 6, 0, 0),
        (2, "2026-10-26T09:59:59Z", 5, 1, 0),
        (2, "2026-10-26T10:00:00Z", 6, 0, 0),
        (2, "2026-11-02T10:59:59Z", 5, 1, 0),
        (2, "2026-11-02T11:00:00Z", 6, 0, 0),
        // Somebody whom the directory does not know.
        (9, "2026-11-02T12:00:00Z", 12, 0, 0),
    ] {
        let pages = report(None, &[], &[(number, at)]).pages;
        let out = u64::from(night + weekend > 0);
        assert_eq!((pages.pages, pages.nights, pages.weekends, pages.out_of_hours), (1, night, weekend, out), "{at}");
        let by_hour = if weekend == 1 { pages.weekend_hours } else { pages.weekday_hours };
        assert_eq!(by_hour.iter().position(|count| *count == 1), Some(hour), "{at}");
        let person = &pages.people[0];
        assert_eq!((person.nights, person.weekends, person.out_of_hours), (night, weekend, out), "{at}");
        assert_eq!(person.hours.iter().position(|count| *count == 1), Some(hour), "{at}");
    }
}

#[test]
fn those_with_most_pages_come_first_and_only_the_period_counts() {
    let told = [
        (1, "2026-10-05T10:00:00Z"),
        (2, "2026-10-05T14:00:00Z"),
        (2, "2026-10-06T14:00:00Z"),
        (2, "2027-01-01T00:00:00Z"),
        (1, "2026-09-30T23:59:59Z"),
    ];
    let pages = report(None, &[], &told).pages;
    let people: Vec<_> = pages.people.iter().map(|p| (p.handle.as_str(), p.pages, p.zone.as_str())).collect();
    assert_eq!(people, [("bo", 2, "America/New_York"), ("ana", 1, "Europe/Berlin")]);
    assert_eq!(pages.pages, 3);
}

#[test]
fn what_is_overdue_is_told_whenever_its_incident_was() {
    let mut old = resolved(1, "2020-01-01T10:00:00Z", 10);
    let done = Action { done: Some(mark(DateTime::UNIX_EPOCH)), ..action(3, Some(1), Some("2020-01-02T00:00:00Z")) };
    let ahead = action(2, Some(1), Some("2027-01-10T12:00:00Z"));
    old.actions = vec![action(1, Some(2), Some("2027-01-08T11:00:00Z")), ahead, done];
    let mut new = resolved(2, "2026-12-01T10:00:00Z", 10);
    new.visibility = Visibility::Private;
    new.actions = vec![action(1, None, Some("2026-12-31T23:00:00Z")), action(2, None, None)];
    let report = report(None, &[old, new], &[]);
    let told: Vec<_> = report
        .overdue
        .iter()
        .map(|late| (late.incident.as_str(), late.action.as_str(), late.owner.as_deref(), late.due.as_str(), late.days))
        .collect();
    let expected = [("INC-2", "A1", None, "2027-01-01 00:00", 9), ("INC-1", "A1", Some("bo"), "2027-01-08 12:00", 2)];
    assert_eq!(told, expected);
    assert_eq!(report.overdue.iter().map(|late| late.private).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn causes_come_back_by_category_and_by_like_words() {
    let mut one = resolved(1, "2026-10-05T10:00:00Z", 10);
    one.analysis.causes = vec![
        cause(1, CauseRole::Trigger, "The connection pool was full", Some("capacity")),
        cause(2, CauseRole::Factor, "Nobody watches the pool", Some("capacity")),
        cause(3, CauseRole::Limited, "Retries", Some("change")),
    ];
    one.actions = vec![action(1, Some(1), None)];
    let mut two = resolved(2, "2026-10-06T10:00:00Z", 10);
    let supported = Cause {
        verdict: Verdict::Open,
        evidence: vec![EntryId(1)],
        ..cause(1, CauseRole::Factor, "pool full: 20 connections", Some("capacity"))
    };
    let suspected = Cause { verdict: Verdict::Open, ..cause(2, CauseRole::Factor, "nobody watches the pool", None) };
    let ruled_out = Verdict::RuledOut { reason: "it was not".to_owned() };
    let ruled_out = Cause { verdict: ruled_out, ..cause(3, CauseRole::Factor, "a deploy", Some("change")) };
    two.analysis.causes = vec![supported, suspected, ruled_out, cause(4, CauseRole::Why, "a deploy", Some("change"))];
    let mut three = resolved(3, "2026-10-07T10:00:00Z", 10);
    three.analysis.causes = vec![cause(1, CauseRole::Factor, "A certificate", Some("capacity"))];
    let mut drill = resolved(4, "2026-10-08T10:00:00Z", 10);
    drill.drill = true;
    drill.analysis.causes = vec![cause(1, CauseRole::Factor, "a deploy", Some("change"))];
    let causes = report(None, &[one, two, three, drill], &[]).causes;
    let told = |all: &[Recurrence]| -> Vec<(String, usize, usize, Vec<String>)> {
        let incidents = |held: &Recurrence| held.incidents.iter().map(|incident| incident.id.clone()).collect();
        all.iter().map(|held| (held.name.clone(), held.count, held.open_actions, incidents(held))).collect()
    };
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(told(&causes.categories), [("capacity".to_owned(), 3, 1, ids(&["INC-1", "INC-2", "INC-3"]))]);
    assert_eq!(told(&causes.words), [("pool full: 20 connections".to_owned(), 2, 1, ids(&["INC-1", "INC-2"]))]);
    let first = &causes.categories[0].incidents[0];
    assert_eq!(first.causes.iter().map(|cause| cause.id.as_str()).collect::<Vec<_>>(), ["F1", "F2"]);
    assert_eq!((first.actions[0].id.as_str(), first.actions[0].owner.as_deref()), ("A1", Some("ana")));
    assert_eq!(causes.words[0].incidents[1].causes[0].confidence, "supported");
}

#[test]
fn like_words_are_found_whatever_surrounds_them() {
    let same = [
        ("The connection pool was full", "full connection-pools!", true),
        ("pool of 20 is full", "Pool of 50 was full.", true),
        ("a bus", "the bus", true),
        ("Speicher überläuft", "speicher ÜBERLÄUFT", true),
        ("accesses", "access", false),
        ("the disk is full", "the disk is slow", false),
        ("42", "43", false),
        ("it was", "it is", false),
        ("to be", "be to", true),
    ];
    for (one, other, alike) in same {
        assert_eq!(words(one) == words(other), alike, "{one:?} {other:?}");
    }
    assert_eq!(words(" -- "), BTreeSet::new());
}
