//! Raising pages: who is told at once, and what is refused.

use firebell_core::command::Command;
use firebell_core::effect::{Priority, Work};
use firebell_core::ids::IncidentId;
use firebell_core::incident::Joined;
use firebell_core::paging::page::{DueStep, PageState};
use firebell_core::reply::Reply;
use firebell_core::timeline::Change;

use crate::world::{World, changes, key, notified, who};

fn page(target: &str) -> Command {
    Command::Page { target: target.to_owned(), message: Some("need the database".to_owned()) }
}

#[test]
fn a_declaration_tells_the_first_step_in_the_same_decision() {
    let mut world = World::new();
    world.policy("oncall", &[&["bo", "cy"], &["dee"]]);
    world.service("shop", "oncall");
    let decision = world.declare_paging();
    assert_eq!(notified(&decision), ["bo", "cy"]);
    let paging = vec!["bo".to_owned(), "cy".to_owned()];
    let (incident, severity) = (IncidentId(1), "sev1".to_owned());
    assert_eq!(decision.reply, Reply::Declared { incident, severity, paging, unpaged: false, deferred: None });
    let notices = decision.effects.iter().filter(|effect| matches!(effect.work, Work::Notice { .. }));
    assert!(notices.into_iter().all(|effect| effect.priority == Priority::Notice));
    let due = world.page().due.clone().unwrap();
    assert_eq!((due.what, due.at - world.now), (DueStep::Step { round: 0, step: 1 }, chrono::TimeDelta::minutes(5)));
    assert_eq!(world.incident().members[&who("bo")].how, Joined::Paged);
}

#[test]
fn the_policies_of_all_services_are_paged_and_else_the_default_one() {
    let mut world = World::new();
    world.policy("fallback", &[&["dee"]]);
    world.settings.default_policy = Some(key("fallback"));
    world.service("shop", "gone-policy");
    assert_eq!(notified(&world.declare_paging()), ["dee"], "a service whose policy was removed has none");
}

#[test]
fn where_no_policy_covers_the_incident_the_last_resort_is_paged_at_once_and_again() {
    let mut world = World::new();
    world.service("shop", "gone-policy");
    world.directory.last_resort = vec![who("dee")];
    let decision = world.declare_paging();
    assert_eq!(notified(&decision), ["dee"]);
    let (incident, severity, paging) = (IncidentId(1), "sev1".to_owned(), vec!["dee".to_owned()]);
    assert_eq!(decision.reply, Reply::Declared { incident, severity, paging, unpaged: false, deferred: None });
    assert!(!changes(&decision).iter().any(|change| matches!(change, Change::StepSkipped { .. })));
    let page = world.page().id;
    world.pass(5);
    assert_eq!(notified(&world.due(page)), ["dee"]);
    world.says("dee", Command::Ack).unwrap();
    assert_eq!(world.open_pages(), 0);
}

#[test]
fn a_severity_that_pages_says_so_where_nobody_is_named() {
    let mut world = World::new();
    world.service("shop", "gone-policy");
    let decision = world.declare_paging();
    let (incident, severity) = (IncidentId(1), "sev1".to_owned());
    assert_eq!(
        decision.reply,
        Reply::Declared { incident, severity, paging: Vec::new(), unpaged: true, deferred: None }
    );
    assert_eq!(world.pages.len(), 0);
}

#[test]
fn a_change_to_a_severity_that_pages_pages_once() {
    let mut world = World::declared();
    world.directory.last_resort = vec![who("dee")];
    let to = |word: &str| Command::Severity { to: word.to_owned() };
    let paging = vec!["dee".to_owned()];
    let raised = world.says("ana", to("sev2")).unwrap();
    assert_eq!(
        raised.reply,
        Reply::SeveritySet { incident: IncidentId(1), to: "sev2".to_owned(), paging, unpaged: false, deferred: None }
    );
    for word in ["sev1", "sev3", "sev1"] {
        assert_eq!(notified(&world.says("ana", to(word)).unwrap()), Vec::<&str>::new(), "the page is still open");
    }
    world.says("dee", Command::Ack).unwrap();
    world.says("ana", to("sev3")).unwrap();
    assert_eq!(notified(&world.says("ana", to("sev1")).unwrap()), ["dee"]);
}

#[test]
fn a_person_is_paged_by_name_and_a_policy_by_its_key() {
    let mut world = World::declared();
    world.policy("oncall", &[&["cy"]]);
    let bo = world.says("ana", page("@bo")).unwrap();
    assert_eq!(bo.reply, Reply::Paging { incident: IncidentId(1), people: vec!["bo".to_owned()], deferred: None });
    assert_eq!(notified(&world.says("ana", page("dee")).unwrap()), ["dee"]);
    assert_eq!(notified(&world.says("ana", page("me")).unwrap()), ["ana"]);
    let policy = world.says("ana", page("oncall")).unwrap();
    assert_eq!(notified(&policy), ["cy"]);
    let raised = changes(&policy)[0];
    assert!(
        matches!(raised, Change::Paged { policy: Some(_), message: Some(text), .. } if text == "need the database")
    );
}

#[test]
fn a_page_to_nobody_is_refused() {
    let mut world = World::declared();
    world.policy("oncall", &[&["cy"]]);
    let cases = [
        ("@dea", "no person is called @dea; did you mean @dee?"),
        ("@gone", "no person is called @gone"),
        ("oncal", "no person or policy is called oncal; did you mean oncall?"),
        ("mute", "@mute cannot be paged: they have no contact method"),
    ];
    for (target, text) in cases {
        assert_eq!(world.refuses("ana", page(target)), text);
    }
    assert_eq!(world.pages.len(), 0);
}

#[test]
fn a_second_page_under_one_policy_is_refused_until_the_first_is_over() {
    let mut world = World::declared();
    world.policy("oncall", &[&["cy"]]);
    world.says("ana", page("oncall")).unwrap();
    let text = "a page is already open in INC-1 under oncall; it goes on until someone acknowledges it";
    assert_eq!(world.refuses("ana", page("oncall")), text);
    world.says("cy", Command::Ack).unwrap();
    assert_eq!(notified(&world.says("ana", page("oncall")).unwrap()), ["cy"]);
}

#[test]
fn a_reopened_incident_is_paged_again() {
    let mut world = World::declared();
    world.policy("oncall", &[&["cy"]]);
    world.says("ana", page("oncall")).unwrap();
    world.says("ana", Command::Resolve { summary: "done".to_owned() }).unwrap();
    world.says("ana", Command::Reopen { reason: None }).unwrap();
    assert_eq!(world.open_pages(), 0, "what ended stays over");
    assert_eq!(notified(&world.says("ana", page("oncall")).unwrap()), ["cy"]);
    assert!(world.pages.values().any(|page| page.state == PageState::Open));
}

#[test]
fn a_running_page_keeps_the_policy_it_began_with() {
    let mut world = World::declared();
    world.policy("oncall", &[&["bo"], &["cy"]]);
    world.says("ana", page("oncall")).unwrap();
    world.policy("oncall", &[&["ana"], &["dee"]]);
    world.pass(5);
    let id = world.page().id;
    assert_eq!(notified(&world.due(id)), ["cy"]);
    assert_eq!(world.page().pinned.version, 1);
}
