//! Reminders of what was promised: to whom, when, and never for what is done.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::action::ActionChange;
use firebell_core::command::{ActionTraits, Command, Declare, ReviewCommand};
use firebell_core::decide::Decision;
use firebell_core::directory::{Origin, Team};
use firebell_core::ids::ActionId;
use firebell_core::timeline::Change;

use crate::review::told;
use crate::world::{World, changes, key, kinds, who};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A Monday at noon, with INC-1 that team web owns, led by dee.
fn world(private: bool) -> World {
    let mut world = World::new();
    world.now = at("2026-03-02T12:00:00Z");
    let members = ["cy", "bo"].map(who).to_vec();
    let team = Team { key: key("web"), name: "Web".to_owned(), members, origin: Origin::File };
    world.directory.teams.insert(key("web"), team);
    world.declare("ana", &Declare { title: "it is down".to_owned(), private, ..Declare::default() }).unwrap();
    let incident = world.incidents.values_mut().next().unwrap();
    incident.owning_team = Some(key("web"));
    world
}

fn promises(world: &mut World, owner: Option<&str>, due: &str) {
    let (text, owner, due) = ("alert on disk".to_owned(), owner.map(str::to_owned), Some(at(due)));
    world.says("ana", Command::AddAction { text, owner, due, traits: ActionTraits::default() }).unwrap();
}

/// What happens at the next reminder, and when that is.
fn next(world: &mut World) -> (String, Decision) {
    world.now = world.incident().remind_at().unwrap();
    let decision = world.delivery(Command::RemindersDue);
    // A timer that comes again finds nothing to do.
    assert_eq!(world.delivery(Command::RemindersDue), Decision::nothing());
    (world.now.format("%a %m-%d %H:%M").to_string(), decision)
}

#[test]
fn an_owner_is_nudged_and_then_the_team() {
    let mut world = world(false);
    promises(&mut world, Some("ana"), "2026-03-05T10:00:00Z");
    let expected: [(&str, &[&str]); 5] = [
        ("Wed 03-04 09:00", &["ana"]),
        ("Fri 03-06 09:00", &["ana"]),
        ("Mon 03-09 09:00", &["ana"]),
        ("Mon 03-16 09:00", &["ana", "bo", "cy"]),
        ("Mon 03-23 09:00", &["ana", "bo", "cy"]),
    ];
    for (number, (when, whom)) in expected.into_iter().enumerate() {
        // The third day after a Thursday at ten is a Sunday, so the team hears on Monday.
        let whom = if number == 2 { &["ana", "bo", "cy"] } else { whom };
        let (is, decision) = next(&mut world);
        assert_eq!((is.as_str(), told(&decision).as_slice()), (when, whom));
        assert_eq!(kinds(&decision), ["action_nudged"]);
    }
    world.says("ana", Command::FinishAction { action: ActionId(1) }).unwrap();
    assert_eq!(world.incident().remind_at(), None, "what is done is let be");
}

#[test]
fn whoever_has_left_is_not_told_and_their_team_is() {
    for owner in [Some("bo"), None] {
        let mut world = world(false);
        promises(&mut world, owner, "2026-03-05T09:00:00Z");
        if owner.is_some() {
            world.directory.people.get_mut(&who("bo")).unwrap().active = false;
        }
        let (_, decision) = next(&mut world);
        let team: &[&str] = if owner.is_some() { &["cy"] } else { &["bo", "cy"] };
        assert_eq!(told(&decision), team);
        let nudged =
            |change: &Change| matches!(change, Change::Action(ActionChange::ActionNudged { person: None, .. }));
        assert!(changes(&decision).into_iter().all(nudged));
    }
}

#[test]
fn where_nobody_owns_the_incident_its_lead_is_told() {
    let mut world = world(false);
    world.incidents.values_mut().next().unwrap().owning_team = None;
    world.says("ana", Command::Assign { role: key("lead"), person: "dee".to_owned() }).unwrap();
    promises(&mut world, None, "2026-03-05T09:00:00Z");
    assert_eq!(told(&next(&mut world).1), ["dee"]);
}

#[test]
fn of_a_private_incident_members_alone_are_reminded() {
    let mut world = world(true);
    promises(&mut world, Some("bo"), "2026-03-05T09:00:00Z");
    let (_, decision) = next(&mut world);
    assert_eq!(told(&decision), [""; 0], "neither bo nor the team takes part");
    world.says("ana", Command::Assign { role: key("lead"), person: "cy".to_owned() }).unwrap();
    assert_eq!(told(&next(&mut world).1), ["cy"]);
}

#[test]
fn the_owner_of_a_postmortem_is_reminded_until_it_is_published() {
    let mut world = world(false);
    world.settings.postmortem.publish_with_errors = true;
    let due = Some(at("2026-03-12T12:00:00Z"));
    world.says("ana", Command::Review(ReviewCommand::Own { owner: "bo".to_owned() })).unwrap();
    world.says("bo", Command::Review(ReviewCommand::Due { due })).unwrap();
    for when in ["Wed 03-11 09:00", "Fri 03-13 09:00", "Mon 03-16 09:00", "Tue 03-17 09:00"] {
        let (is, decision) = next(&mut world);
        assert_eq!((is.as_str(), told(&decision)), (when, vec!["bo"]));
        assert_eq!(kinds(&decision), ["postmortem_reminded"]);
        assert_eq!(decision.effects.len(), 2, "the room hears of it, too");
    }
    // Its new owner is in Tokyo, where the morning comes sooner.
    world.directory.people.get_mut(&who("cy")).unwrap().zone = chrono_tz::Asia::Tokyo;
    let given = world.says("bo", Command::Review(ReviewCommand::Own { owner: "cy".to_owned() })).unwrap();
    assert_eq!(kinds(&given), ["member_joined", "postmortem_assigned", "postmortem_due"]);
    assert_eq!(world.incident().remind_at(), Some(at("2026-03-18T00:00:00Z")));
    world.says("cy", Command::Review(ReviewCommand::Publish)).unwrap();
    assert_eq!(world.incident().remind_at(), None);
}

#[test]
fn a_process_that_was_down_tells_once() {
    let mut world = world(false);
    promises(&mut world, Some("ana"), "2026-03-05T09:00:00Z");
    promises(&mut world, Some("ana"), "2026-03-05T10:00:00Z");
    world.now = at("2026-06-06T03:00:00Z");
    let decision = world.delivery(Command::RemindersDue);
    assert_eq!(kinds(&decision), ["action_nudged", "action_nudged"]);
    assert!(world.incident().remind_at().unwrap() > world.now);
    assert_eq!(world.delivery(Command::RemindersDue), Decision::nothing());
}

#[test]
fn nobody_is_reminded_of_what_was_none() {
    let mut world = world(false);
    promises(&mut world, Some("ana"), "2026-03-05T09:00:00Z");
    world.says("ana", Command::Cancel { reason: None }).unwrap();
    world.now += TimeDelta::days(30);
    assert_eq!(world.incident().remind_at(), None);
    assert_eq!(world.delivery(Command::RemindersDue), Decision::nothing());
}
