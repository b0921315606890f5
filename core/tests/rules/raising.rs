//! Pages of their own: about something that no incident was declared for.

use firebell_core::actor::{Actor, Via, Who};
use firebell_core::command::{Command, Raise, Whom};
use firebell_core::directory::{Origin, Team, Urgency};
use firebell_core::effect::Work;
use firebell_core::ids::IncidentId;
use firebell_core::paging::page::PageState;
use firebell_core::reply::Reply;

use crate::world::{World, chat, key, notified, who};

fn about(whom: Whom) -> Raise {
    let title = "the queue grows".to_owned();
    Raise { whom, title, description: None, urgency: None, severity: None, key: None }
}

fn any(named: &str) -> Command {
    Command::Raise(about(Whom::Any(named.to_owned())))
}

fn world() -> World {
    let mut world = World::new();
    world.policy("web", &[&["bo"], &["cy"]]);
    world.service("shop", "web");
    let members = vec![who("cy"), who("dee")];
    let team = Team { key: key("sea"), name: "Sea".to_owned(), members, origin: Origin::File };
    world.directory.teams.insert(key("sea"), team);
    world
}

#[test]
fn a_service_a_policy_a_team_and_a_person_can_be_paged() {
    for (named, told) in [
        ("shop", vec!["bo"]),
        ("web", vec!["bo"]),
        ("sea", vec!["cy", "dee"]),
        ("@dee", vec!["dee"]),
        ("dee", vec!["dee"]),
        ("me", vec!["ana"]),
    ] {
        let mut world = world();
        let raised = world.run(None, any(named), &chat("ana")).unwrap();
        assert_eq!(notified(&raised), told, "{named}");
        let rooms = raised.effects.iter().filter(|effect| matches!(effect.work, Work::OpenRoom { .. })).count();
        assert_eq!((rooms, world.incident().title.as_str()), (0, "the queue grows"), "{named}");
        assert_eq!(world.page().state, PageState::Open);
    }
}

#[test]
fn what_is_nobodys_name_is_refused_with_what_is_near() {
    let mut world = world();
    let refused = |world: &mut World, whom| {
        let error = world.run(None, Command::Raise(about(whom)), &chat("ana")).unwrap_err();
        error.to_string()
    };
    let table = [
        (Whom::Any("shpo".to_owned()), "no service, policy, team or person is called shpo; did you mean shop?"),
        (Whom::Service("web".to_owned()), "no service is called web"),
        (Whom::Team("see".to_owned()), "no team is called see; did you mean sea?"),
        (Whom::Person("boo".to_owned()), "no person is called boo; did you mean bo?"),
        (Whom::Any("@mute".to_owned()), "@mute cannot be paged: they have no contact method"),
        (Whom::Any("gus".to_owned()), "@gus is a guest"),
    ];
    for (whom, expected) in table {
        let said = refused(&mut world, whom);
        assert!(said.starts_with(expected), "{said}");
    }
    let by_guest = world.run(None, any("shop"), &chat("gus")).unwrap_err().to_string();
    assert!(by_guest.contains("guest"), "{by_guest}");
}

#[test]
fn a_service_without_a_policy_pages_the_last_resort() {
    let mut world = world();
    world.directory.services.get_mut(&key("shop")).unwrap().policy = None;
    let alone = world.run(None, any("shop"), &chat("ana")).unwrap();
    assert!(matches!(alone.reply, Reply::Raised { unpaged: true, .. }), "{:?}", alone.reply);
    world.directory.last_resort = vec![who("adm")];
    let raised = world.run(None, any("shop"), &chat("ana")).unwrap();
    assert_eq!(notified(&raised), ["adm"]);
}

#[test]
fn the_urgency_is_what_was_asked_for() {
    let mut world = world();
    let raise = Raise { urgency: Some(Urgency::Low), ..about(Whom::Policy("web".to_owned())) };
    world.run(None, Command::Raise(raise), &chat("ana")).unwrap();
    assert_eq!(world.page().urgency, Urgency::Low);
}

#[test]
fn a_key_stands_for_one_incident_until_that_is_over() {
    let mut world = world();
    let program = Actor { who: Who::Integration(key("grafana")), via: Via::Web };
    let keyed = || Command::Raise(Raise { key: Some("disk".to_owned()), ..about(Whom::Service("shop".to_owned())) });
    let first = world.run(None, keyed(), &program).unwrap();
    let raised = first.raised.clone().unwrap();
    assert_eq!(
        (raised.integration, raised.key.as_str(), raised.incident, raised.before),
        (key("grafana"), "disk", IncidentId(1), None)
    );
    world.raised = Some(IncidentId(1));
    let again = world.run(None, keyed(), &program).unwrap();
    assert!(matches!(again.reply, Reply::Raised { incident: IncidentId(1), again: true, .. }));
    assert!(again.entries.is_empty() && again.effects.is_empty());
    world.run(Some(IncidentId(1)), Command::Resolve { summary: "it is over".to_owned() }, &program).unwrap();
    let anew = world.run(None, keyed(), &program).unwrap();
    let raised = anew.raised.clone().unwrap();
    assert_eq!((raised.incident, raised.before), (IncidentId(2), Some(IncidentId(1))));
    assert_eq!(notified(&anew), ["bo"]);
}

#[test]
fn a_key_stands_for_what_its_incident_was_merged_into() {
    let mut world = world();
    let program = Actor { who: Who::Integration(key("grafana")), via: Via::Web };
    let keyed = || Command::Raise(Raise { key: Some("disk".to_owned()), ..about(Whom::Service("shop".to_owned())) });
    world.run(None, keyed(), &program).unwrap();
    world.run(None, any("sea"), &chat("ana")).unwrap();
    world.raised = Some(IncidentId(1));
    world.run(Some(IncidentId(1)), Command::Merge { into: IncidentId(2) }, &chat("ana")).unwrap();
    let again = world.run(None, keyed(), &program).unwrap();
    assert!(matches!(again.reply, Reply::Raised { incident: IncidentId(2), again: true, .. }), "{:?}", again.reply);
    assert!(again.entries.is_empty() && again.effects.is_empty());
    world.run(Some(IncidentId(2)), Command::Resolve { summary: "done".to_owned() }, &chat("ana")).unwrap();
    let anew = world.run(None, keyed(), &program).unwrap().raised.unwrap();
    assert_eq!((anew.incident, anew.before), (IncidentId(3), Some(IncidentId(1))));
}

#[test]
fn a_person_has_no_keys() {
    let mut world = world();
    let raise = Raise { key: Some("disk".to_owned()), ..about(Whom::Service("shop".to_owned())) };
    assert_eq!(world.run(None, Command::Raise(raise), &chat("ana")).unwrap().raised, None);
}
