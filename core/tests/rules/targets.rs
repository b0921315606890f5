//! Whom a step means: schedules, turns, teams, shadows and conditions, all of them asked when the step is due.

use std::collections::BTreeSet;
use std::num::NonZeroU16;

use chrono::{NaiveDate, TimeDelta, Weekday};
use firebell_core::actor::Who;
use firebell_core::command::Command;
use firebell_core::directory::{ContactMethod, DirectoryChange, Origin, PersonalRule, Team, Urgency};
use firebell_core::ids::{OverrideId, PersonId};
use firebell_core::oncall::overrides::{Override, OverrideKind};
use firebell_core::oncall::schedule::{Layer, Rotation, Schedule, Source, Turn, Window};
use firebell_core::oncall::text::read_windows;
use firebell_core::paging::notice::Attempt;
use firebell_core::paging::page::{PageState, Pinned, RecipientState, SkipReason};
use firebell_core::paging::policy::{AckNeed, Circumstances, Hours, Step, When};
use firebell_core::paging::simulate::simulate;
use firebell_core::paging::target::Way;
use firebell_core::timeline::Change;

use crate::world::{World, changes, key, notified, who};

/// A layer of people who hand off daily at noon, beginning with the first on the day of the tests.
fn layer(name: &str, people: &[&str]) -> Layer {
    let start = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(12, 0, 0).unwrap();
    let pools = people.iter().map(|pool| pool.split('+').map(who).collect()).collect();
    Layer {
        name: key(name),
        priority: 0,
        from: None,
        until: None,
        shadow: false,
        source: Source::Rotation(Rotation { start, turn: Turn::Days(NonZeroU16::MIN), pools }),
        windows: Vec::new(),
        holidays: None,
    }
}

fn schedule(world: &mut World, name: &str, layers: Vec<Layer>) {
    let schedule = Schedule {
        key: key(name),
        name: name.to_owned(),
        version: 7,
        zone: chrono_tz::UTC,
        team: None,
        handoff_notice_s: None,
        layers,
        origin: Origin::File,
    };
    world.directory.apply(&DirectoryChange::ScheduleSaved(schedule));
}

/// A world with a policy of these steps, and the schedule `web` of bo and cy.
pub(crate) fn world_of(steps: Vec<Step>) -> World {
    let mut world = World::declared();
    world.policy_of("oncall", &[&["dee"]], AckNeed::Anyone, 1);
    world.directory.policies.get_mut(&key("oncall")).unwrap().steps = steps;
    schedule(&mut world, "web", vec![layer("day", &["bo", "cy"])]);
    world
}

fn step(change: impl FnOnce(&mut Step)) -> Step {
    let mut step = Step { wait_s: 300, ..Step::default() };
    change(&mut step);
    step
}

fn by_schedule(name: &str) -> Step {
    step(|step| step.schedules = vec![key(name)])
}

fn page(world: &mut World) -> Vec<String> {
    let raised = world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    notified(&raised).into_iter().map(str::to_owned).collect()
}

#[test]
fn whoever_is_on_call_when_the_step_is_due_is_told() {
    let mut world = world_of(vec![by_schedule("web"), by_schedule("web")]);
    world.pass(24 * 60 - 1);
    assert_eq!(page(&mut world), ["bo"]);
    world.pass(5);
    let id = world.page().id;
    assert_eq!(notified(&world.due(id)), ["cy"], "the hand-off came between the steps");
    let fired = &world.page().fired[1];
    let [meant] = fired.meant.as_slice() else { panic!("{fired:?}") };
    assert!(matches!(&meant.by, Way::Schedule { schedule, version: 7, .. } if *schedule == key("web")), "{meant:?}");
}

#[test]
fn an_override_counts_from_its_first_instant_to_its_last() {
    let mut world = world_of(vec![by_schedule("web"); 3]);
    let start = world.now + TimeDelta::minutes(5);
    let made = Override {
        id: OverrideId(uuid::Uuid::from_u128(1)),
        schedule: key("web"),
        start,
        end: start + TimeDelta::minutes(5),
        people: vec![who("dee")],
        instead_of: None,
        kind: OverrideKind::Override,
        made_by: Who::Person(who("ana")),
        made_at: world.now,
    };
    world.directory.apply(&DirectoryChange::OverrideSaved(made));
    assert_eq!(page(&mut world), ["bo"]);
    for told in ["dee", "bo"] {
        world.pass(5);
        let id = world.page().id;
        assert_eq!(notified(&world.due(id)), [told]);
    }
}

#[test]
fn a_gap_is_skipped_at_once_and_said() {
    let mut world = world_of(vec![by_schedule("nights"), by_schedule("web")]);
    let mut nights = layer("nights", &["dee"]);
    nights.windows = read_windows("mon-sun 22:00-06:00").unwrap();
    schedule(&mut world, "nights", vec![nights]);
    assert_eq!(page(&mut world), ["bo"]);
    assert_eq!(world.page().fired[0].skipped, Some(SkipReason::Uncovered));
    assert_eq!(world.page().fired[0].uncovered, [key("nights")]);
    // A schedule that is gone is one by which nobody is on call.
    let mut world = world_of(vec![by_schedule("gone")]);
    assert_eq!(page(&mut world), ["ana"], "the last resort");
}

#[test]
fn each_page_goes_to_the_next_of_those_who_take_turns() {
    let mut world = world_of(vec![step(|step| step.round_robin = vec![key("pool")])]);
    schedule(&mut world, "pool", vec![layer("all", &["bo+cy+dee"])]);
    let mut told = Vec::new();
    for _ in 0..6 {
        told.extend(page(&mut world));
        world.says("ana", Command::Ack).unwrap();
    }
    let mut three: Vec<String> = told[..3].to_vec();
    three.sort_unstable();
    assert_eq!(three, ["bo", "cy", "dee"], "nobody twice before everybody once");
    assert_eq!(told[..3], told[3..]);
}

#[test]
fn a_team_is_all_its_members_and_nobody_is_told_twice() {
    let mut world = world_of(vec![step(|step| {
        step.people = vec![who("cy")];
        step.schedules = vec![key("web")];
        step.teams = vec![key("shop")];
    })]);
    let members = vec![who("bo"), who("cy"), who("dee")];
    let team = Team { key: key("shop"), name: "Shop".to_owned(), members, origin: Origin::File };
    world.directory.apply(&DirectoryChange::TeamSaved(team));
    assert_eq!(page(&mut world), ["cy", "bo", "dee"]);
    let ways: Vec<&Way> = world.page().fired[0].meant.iter().map(|meant| &meant.by).collect();
    assert!(matches!(ways.as_slice(), [Way::Named, Way::Schedule { .. }, Way::Team { .. }]), "{ways:?}");
}

/// The schedule `web` is bo's, with dee as a shadow.
pub(crate) fn shadowed(world: &mut World) {
    let shadow = Layer { shadow: true, ..layer("learning", &["dee"]) };
    schedule(world, "web", vec![layer("day", &["bo"]), shadow]);
}

#[test]
fn a_shadow_is_told_and_never_counted_on() {
    let mut world = world_of(vec![step(|step| {
        step.schedules = vec![key("web")];
        step.needs = AckNeed::Everyone;
    })]);
    shadowed(&mut world);
    assert_eq!(page(&mut world), ["bo", "dee"]);
    assert!(world.says("dee", Command::Ack).is_err(), "each who is on call owes an answer of their own");
    world.says("bo", Command::Ack).unwrap();
    assert!(matches!(world.page().state, PageState::Acknowledged { .. }), "{:?}", world.page().state);
    assert!(matches!(world.page().recipient(who("dee")).unwrap().state, RecipientState::Covered { .. }));

    // A shadow who can be reached is nobody to rely on: the next step follows at once.
    let mut world = world_of(vec![by_schedule("web"), step(|step| step.people = vec![who("cy")])]);
    shadowed(&mut world);
    page(&mut world);
    let (id, reason) = (world.page().id, "no".to_owned());
    let notice = world.page().notices.iter().find(|notice| notice.person == who("bo")).unwrap().id;
    let failed = world.delivery(Command::NoticeFailed { page: id, notice, reason, attempt: Attempt::default() });
    assert_eq!(notified(&failed), ["cy"]);
}

#[test]
fn a_step_whose_conditions_do_not_hold_is_passed_over_and_said() {
    let within = |text: &str| Some(Hours { zone: chrono_tz::UTC, windows: read_windows(text).unwrap() });
    let cases: [(&str, When, bool); 6] = [
        ("its severity", When { severities: vec![key("sev3")], ..When::default() }, true),
        ("another severity", When { severities: vec![key("sev1")], ..When::default() }, false),
        ("a tier that no service has", When { tiers: vec![1], ..When::default() }, false),
        // The tests begin on a Sunday at noon.
        ("its hours", When { hours: within("sun 12:00-13:00"), ..When::default() }, true),
        ("hours that are over", When { hours: within("sun 11:00-12:00"), ..When::default() }, false),
        ("both", When { severities: vec![key("sev3")], hours: within("mon-fri"), ..When::default() }, false),
    ];
    for (name, when, holds) in cases {
        let first = step(|step| (step.people, step.when) = (vec![who("bo")], when.clone()));
        let mut world = world_of(vec![first, step(|step| step.people = vec![who("cy")])]);
        assert_eq!(page(&mut world), [if holds { "bo" } else { "cy" }], "{name}");
        let skipped = world.page().fired[0].skipped;
        assert_eq!(skipped, (!holds).then_some(SkipReason::Condition), "{name}");
    }
}

#[test]
fn the_page_says_whom_the_first_step_means() {
    let mut world = world_of(vec![by_schedule("web")]);
    let raised = world.says("ana", Command::Page { target: "oncall".to_owned(), message: None }).unwrap();
    let named = changes(&raised).iter().find_map(|change| match change {
        Change::Paged { people, .. } => Some(people.clone()),
        _ => None,
    });
    assert_eq!(named, Some(vec![who("bo")]));
}

#[test]
fn a_week_may_begin_on_any_day() {
    let window =
        Window { opens: (Weekday::Sat, chrono::NaiveTime::MIN), closes: (Weekday::Mon, chrono::NaiveTime::MIN) };
    let mut world = world_of(vec![by_schedule("weekend")]);
    let weekend = Layer { windows: vec![window], ..layer("weekend", &["dee"]) };
    schedule(&mut world, "weekend", vec![weekend]);
    assert_eq!(page(&mut world), ["dee"]);
}

#[test]
fn pages_of_older_versions_are_read_as_they_were_written() {
    let step: Step =
        serde_json::from_str(r#"{"people":["00000000-0000-0000-0000-00000000000b"],"wait_s":300,"needs":"anyone"}"#)
            .unwrap();
    let people = vec![PersonId(uuid::Uuid::from_u128(11))];
    assert_eq!(step, Step { people, wait_s: 300, ..Step::default() });
    assert_eq!(
        serde_json::to_string(&step).unwrap(),
        r#"{"people":["00000000-0000-0000-0000-00000000000b"],"wait_s":300,"needs":"anyone"}"#
    );
}

#[test]
fn a_simulation_tells_by_the_same_method_as_a_page() {
    let mut world = world_of(vec![by_schedule("web")]);
    let bo = world.directory.people.get_mut(&who("bo")).unwrap();
    bo.contacts = vec![ContactMethod::Console, ContactMethod::Sms, ContactMethod::Ntfy, ContactMethod::Voice];
    let rule = |urgency, method, minutes: i64| PersonalRule { urgency, method, after_s: minutes * 60 };
    bo.rules = vec![
        rule(Urgency::Low, ContactMethod::Ntfy, 1),
        rule(Urgency::High, ContactMethod::Sms, 0),
        rule(Urgency::High, ContactMethod::Voice, 5),
    ];
    page(&mut world);
    let (severity, services) = (world.incident().severity.clone(), BTreeSet::new());
    let circumstances = |urgency| Circumstances { severity: &severity, urgency, services: &services, now: world.now };
    let pinned = Pinned::of(&world.directory.policies[&key("oncall")]);
    let length = (world.now, TimeDelta::minutes(1), TimeDelta::minutes(5));
    let told = |urgency| simulate(&pinned, &world.directory, circumstances(urgency), length)[0].told.clone();
    let by = |planned: &[(ContactMethod, i64)]| {
        let after = |(method, minutes): &(ContactMethod, i64)| (*method, TimeDelta::minutes(*minutes));
        vec![(who("bo"), planned.iter().map(after).collect::<Vec<_>>())]
    };
    let paged: Vec<_> = world.page().notices.iter().map(|notice| (notice.person, notice.method)).collect();
    assert_eq!(paged, [(who("bo"), ContactMethod::Sms)]);
    assert_eq!(told(Urgency::High), by(&[(ContactMethod::Sms, 0), (ContactMethod::Voice, 5)]));
    assert_eq!(told(Urgency::Low), by(&[(ContactMethod::Ntfy, 1)]));
}

#[test]
fn it_is_the_turn_of_somebody_who_can_be_told() {
    let turns = |world: &mut World| {
        schedule(world, "pool", vec![layer("day", &["mute+bo+cy"])]);
        world.directory.policies.get_mut(&key("oncall")).unwrap().steps =
            vec![step(|step| step.round_robin = vec![key("pool")]), step(|step| step.people = vec![who("dee")])];
    };
    let mut world = world_of(Vec::new());
    turns(&mut world);
    let mut told = Vec::new();
    for _ in 0..4 {
        told.extend(page(&mut world));
        world.says("ana", Command::Ack).unwrap();
    }
    told.sort();
    assert_eq!(told, ["bo", "bo", "cy", "cy"], "mute has no contact method");
    // Where none of them can be told, that is why.
    let mut world = world_of(Vec::new());
    turns(&mut world);
    for handle in ["bo", "cy"] {
        world.directory.people.get_mut(&who(handle)).unwrap().contacts.clear();
    }
    assert_eq!(page(&mut world), ["dee"]);
    assert_eq!(world.page().fired[0].skipped, Some(SkipReason::Unreachable));
}
