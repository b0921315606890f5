//! What holds for a whole policy: pages that wait for hours, pages anew after an acknowledgement; and steps that tell
//! channels and webhooks.

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use firebell_core::command::{Command, Declare, Raise, Whom};
use firebell_core::directory::Urgency;
use firebell_core::effect::Work;
use firebell_core::ids::{IncidentId, PageId, WorkspaceId};
use firebell_core::incident::Channel;
use firebell_core::oncall::text::read_windows;
use firebell_core::paging::page::{DueStep, Page, PageState, Pinned, Recipient, RecipientState, SkipReason};
use firebell_core::paging::policy::{AckNeed, Circumstances, Hours, Step, Terms, When};
use firebell_core::paging::simulate::simulate;
use firebell_core::place::Place;
use firebell_core::reply::Reply;
use firebell_core::timeline::Change;
use uuid::Uuid;

use crate::world::{World, changes, chat, key, kinds, notified, who};

const OFFICE: &str = "mon-fri 09:00-17:00";

fn hours() -> Hours {
    Hours { zone: chrono_tz::UTC, windows: read_windows(OFFICE).unwrap() }
}

/// A world in which pages of sev3 do not hurry, with a policy of bo and then cy under these terms.
fn world(terms: Terms) -> World {
    let mut world = World::declared();
    for severity in world.settings.severities.iter_mut().filter(|held| !held.pages) {
        severity.urgency = Urgency::Low;
    }
    world.policy("web", &[&["bo"], &["cy"]]);
    world.directory.policies.get_mut(&key("web")).unwrap().terms = terms;
    world
}

fn deferring() -> World {
    world(Terms { defer: Some(hours()), again_s: None })
}

fn raise(world: &mut World) -> firebell_core::decide::Decision {
    world.says("ana", Command::Page { target: "web".to_owned(), message: None }).unwrap()
}

/// Monday at nine; the world begins on the Sunday before.
fn monday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap()
}

#[test]
fn a_page_that_does_not_hurry_waits_for_the_hours_of_its_policy() {
    let mut world = deferring();
    let raised = raise(&mut world);
    assert!(notified(&raised).is_empty());
    let reply = Reply::Paging { incident: IncidentId(1), people: Vec::new(), deferred: Some(monday()) };
    assert_eq!(raised.reply, reply);
    assert!(
        changes(&raised)
            .iter()
            .any(|change| matches!(change, Change::PageDeferred { until, .. } if *until == monday()))
    );
    let page = world.page().clone();
    assert_eq!(page.due_at(), Some(monday()));
    world.now = monday() - TimeDelta::microseconds(1);
    assert!(notified(&world.due(page.id)).is_empty());
    world.now = monday();
    assert_eq!(notified(&world.due(page.id)), ["bo"]);
    assert!(!world.page().due.as_ref().unwrap().deferred);
}

#[test]
fn a_page_that_hurries_waits_for_no_hours() {
    let mut world = deferring();
    world.settings.severities.iter_mut().for_each(|severity| severity.urgency = Urgency::High);
    assert_eq!(notified(&raise(&mut world)), ["bo"]);
}

#[test]
fn a_later_step_waits_for_the_hours_too() {
    let mut world = deferring();
    world.now = Utc.with_ymd_and_hms(2026, 3, 2, 16, 58, 0).unwrap();
    assert_eq!(notified(&raise(&mut world)), ["bo"]);
    world.pass(5);
    let page = world.page().id;
    assert_eq!(kinds(&world.due(page)), ["page_deferred"]);
    assert_eq!(world.page().due_at(), Some(Utc.with_ymd_and_hms(2026, 3, 3, 9, 0, 0).unwrap()));
    assert!(world.page().is_open());
}

#[test]
fn a_page_goes_on_at_once_when_its_incident_begins_to_hurry() {
    let mut world = deferring();
    raise(&mut world);
    world.pass(10);
    let risen = world.says("ana", Command::Severity { to: "sev2".to_owned() }).unwrap();
    assert_eq!(notified(&risen), ["bo"]);
    assert_eq!(world.page().urgency, Urgency::High);
    world.pass(5);
    let page = world.page().id;
    assert_eq!(notified(&world.due(page)), ["cy"], "and never waits for hours again");
}

#[test]
fn a_page_that_was_said_not_to_hurry_hurries_when_the_severity_rises_alone() {
    // To which severity it goes from sev3, and whether that lets the page go on; all but sev4 hurry.
    for (to, goes_on) in [("sev4", false), ("sev2", true)] {
        let mut world = world(Terms { defer: Some(hours()), again_s: None });
        let hurry = |held: &mut firebell_core::settings::Severity| {
            held.urgency = if held.key == key("sev4") { Urgency::Low } else { Urgency::High };
        };
        world.settings.severities.iter_mut().for_each(hurry);
        raise_low(&mut world);
        let changed = world.run(Some(IncidentId(2)), Command::Severity { to: to.to_owned() }, &chat("ana")).unwrap();
        assert_eq!(!notified(&changed).is_empty(), goes_on, "{to}");
        if !goes_on {
            let back = Command::Severity { to: "sev3".to_owned() };
            let back = world.run(Some(IncidentId(2)), back, &chat("ana")).unwrap();
            assert_eq!(notified(&back), ["bo"], "and then the incident hurries");
        }
    }
}

/// A page of its own, of which whoever raised it says that it does not hurry.
fn raise_low(world: &mut World) {
    let (whom, title) = (Whom::Policy("web".to_owned()), "disk filling".to_owned());
    let (urgency, severity) = (Some(Urgency::Low), Some("sev3".to_owned()));
    let raise = Raise { whom, title, urgency, severity, description: None, key: None };
    let raised = world.run(None, Command::Raise(raise), &chat("ana")).unwrap();
    assert_eq!(notified(&raised), Vec::<&str>::new());
}

#[test]
fn a_page_anew_hurries_as_its_incident_does_by_then() {
    let mut world = world(Terms { defer: Some(hours()), again_s: Some(3_600) });
    raise(&mut world);
    let page = world.page().id;
    world.says("bo", Command::Ack).unwrap();
    world.says("ana", Command::Severity { to: "sev2".to_owned() }).unwrap();
    world.pass(60);
    assert_eq!(notified(&world.due(page)), ["bo"], "outside of the hours");
}

#[test]
fn a_channel_with_somebody_who_is_learning_is_answered_by_anybody() {
    let step = Step { rooms: vec!["slack:C1".to_owned()], wait_s: 300, ..Step::default() };
    let mut world = telling(step);
    raise(&mut world);
    let page = world.page().id;
    let (person, since) = (who("cy"), world.now);
    let learning = Recipient { person, since, needs: AckNeed::Nobody, state: RecipientState::Waiting };
    world.pages.get_mut(&page).unwrap().recipients.push(learning);
    world.says("dee", Command::Ack).unwrap();
    assert!(!world.page().is_open());
}

#[test]
fn an_acknowledgement_ends_a_page_that_waits() {
    let mut world = deferring();
    raise(&mut world);
    world.says("cy", Command::Ack).unwrap();
    let page = world.page().clone();
    assert!(matches!(page.state, PageState::Acknowledged { by, .. } if by == who("cy")));
    world.now = monday();
    assert!(notified(&world.due(page.id)).is_empty());
}

fn again() -> World {
    world(Terms { defer: None, again_s: Some(3_600) })
}

fn newest(world: &World, but: PageId) -> Page {
    world.pages.values().find(|page| page.id != but).cloned().unwrap()
}

#[test]
fn what_goes_on_long_after_an_acknowledgement_is_paged_anew() {
    let mut world = again();
    raise(&mut world);
    let first = world.page().id;
    world.says("bo", Command::Ack).unwrap();
    assert_eq!(world.page().due.as_ref().unwrap().what, DueStep::Again);
    world.pass(59);
    assert!(notified(&world.due(first)).is_empty(), "never early");
    world.pass(1);
    let anew = world.due(first);
    assert_eq!(notified(&anew), ["bo"]);
    assert!(
        changes(&anew).iter().any(|change| matches!(change, Change::Paged { again_of: Some(of), .. } if *of == first))
    );
    assert!(notified(&world.due(first)).is_empty(), "and once");
    let second = newest(&world, first);
    assert!(second.is_open());
    assert_eq!(second.pinned, world.pages[&first].pinned, "under the policy as it was");
    world.says("cy", Command::Ack).unwrap();
    assert!(world.pages[&second.id].due.is_some(), "until it is over");
}

#[test]
fn what_is_over_is_not_paged_anew() {
    let mut world = again();
    raise(&mut world);
    let page = world.page().id;
    world.says("bo", Command::Ack).unwrap();
    world.says("bo", Command::Resolve { summary: "done".to_owned() }).unwrap();
    world.pass(60);
    assert!(notified(&world.due(page)).is_empty());
    assert_eq!(world.page().due, None);
}

#[test]
fn a_page_is_not_due_anew_without_terms_or_before_everybody_has_answered() {
    let mut world = world(Terms::default());
    raise(&mut world);
    world.says("bo", Command::Ack).unwrap();
    assert_eq!(world.page().due, None);
    let mut world = again();
    world.policy_of("web", &[&["bo", "cy"]], AckNeed::Everyone, 1);
    world.directory.policies.get_mut(&key("web")).unwrap().terms.again_s = Some(60);
    raise(&mut world);
    world.says("bo", Command::Ack).unwrap();
    assert!(matches!(world.page().due.as_ref().unwrap().what, DueStep::LastResort { .. }));
}

#[test]
fn a_condition_may_ask_for_the_urgency() {
    let mut world = world(Terms::default());
    let when = When { urgencies: vec![Urgency::High], ..When::default() };
    world.directory.policies.get_mut(&key("web")).unwrap().steps[0].when = when;
    assert_eq!(notified(&raise(&mut world)), ["cy"]);
    assert_eq!(world.page().fired[0].skipped, Some(SkipReason::Condition));
}

/// A world whose policy's only step tells a channel and a webhook.
fn telling(step: Step) -> World {
    let mut world = World::declared();
    let workspace = WorkspaceId(Uuid::from_u128(77));
    world.places = vec![Place { platform: "slack", name: "main".to_owned(), ..Place::plain(workspace) }];
    world.policy("web", &[&["bo"]]);
    world.directory.policies.get_mut(&key("web")).unwrap().steps = vec![step];
    world
}

fn told(decision: &firebell_core::decide::Decision) -> Vec<String> {
    let shown = |work: &Work| match work {
        Work::Call { channel: Channel { external_id, .. }, .. } => Some(external_id.clone()),
        Work::Hook { webhook, .. } => Some(webhook.to_string()),
        _ => None,
    };
    decision.effects.iter().filter_map(|effect| shown(&effect.work)).collect()
}

#[test]
fn a_step_tells_channels_and_webhooks_and_waits_for_whoever_reads_there() {
    let step =
        Step { rooms: vec!["slack:C1".to_owned()], webhooks: vec![key("bridge")], wait_s: 300, ..Step::default() };
    let mut world = telling(step);
    let raised = raise(&mut world);
    assert_eq!(told(&raised), ["C1", "bridge"]);
    assert_eq!(world.page().fired[0].places, ["slack:C1", "bridge"]);
    assert_eq!(world.page().fired[0].skipped, None);
    assert_eq!(world.page().due_at(), Some(world.now + TimeDelta::minutes(5)));
    world.says("dee", Command::Ack).unwrap();
    assert!(!world.page().is_open(), "anybody may answer who reads it");
}

#[test]
fn a_step_whose_only_channel_is_not_there_is_skipped() {
    let step = Step { rooms: vec!["discord:9".to_owned()], wait_s: 300, ..Step::default() };
    let mut world = telling(step);
    raise(&mut world);
    assert_eq!(world.page().fired[0].skipped, Some(SkipReason::Empty));
}

#[test]
fn what_is_private_is_told_in_no_channel() {
    let step =
        Step { rooms: vec!["slack:C1".to_owned()], webhooks: vec![key("bridge")], wait_s: 300, ..Step::default() };
    let mut world = telling(step);
    let declare = Declare { title: "keys leaked".to_owned(), private: true, ..Declare::default() };
    world.declare("ana", &declare).unwrap();
    let page = Command::Page { target: "web".to_owned(), message: None };
    let raised = world.run(Some(IncidentId(2)), page, &chat("ana")).unwrap();
    assert_eq!(told(&raised), ["bridge"]);
}

#[test]
fn a_channel_that_could_not_be_told_is_said() {
    let step = Step { rooms: vec!["slack:C1".to_owned()], wait_s: 300, ..Step::default() };
    let mut world = telling(step);
    raise(&mut world);
    let (page, reason) = (world.page().id, "it is archived".to_owned());
    let failed = world.delivery(Command::PlaceFailed { page, place: "C1".to_owned(), reason });
    assert_eq!(kinds(&failed), ["place_failed"]);
}

#[test]
fn a_simulation_waits_for_the_hours_as_a_page_does() {
    let world = deferring();
    let (severity, services) = (world.incident().severity.clone(), std::collections::BTreeSet::new());
    let pinned = Pinned::of(&world.directory.policies[&key("web")]);
    let times = |urgency| {
        let circumstances = Circumstances { severity: &severity, urgency, services: &services, now: world.now };
        let length = (world.now, TimeDelta::minutes(10), TimeDelta::minutes(5));
        simulate(&pinned, &world.directory, circumstances, length).iter().map(|step| step.at).collect::<Vec<_>>()
    };
    assert_eq!(times(Urgency::Low), [monday(), monday() + TimeDelta::minutes(5)]);
    assert_eq!(times(Urgency::High), [world.now, world.now + TimeDelta::minutes(5)]);
}
