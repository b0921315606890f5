//! Follow-ups: what is edited and taken back, and where trackers keep them.

use firebell_core::action::{ActionKind, Priority, Ticket};
use firebell_core::actor::{Actor, Via, Who};
use firebell_core::command::{ActionCommand, ActionEdit, ActionTraits, Command, Declare, Edit, RedactTarget};
use firebell_core::decide::Decision;
use firebell_core::effect::{Lane, Work};
use firebell_core::ids::{ActionId, CauseId, EntryId, IncidentId};
use firebell_core::outlet::Outlet;
use firebell_core::scope::Scope;
use firebell_core::tracking::Tracker;

use crate::world::{World, key, who};

fn add(text: &str) -> Command {
    Command::AddAction { text: text.to_owned(), owner: None, due: None, traits: ActionTraits::default() }
}

fn edit(edit: ActionEdit) -> Command {
    Command::Action(ActionCommand::Edit { action: ActionId(1), edit })
}

fn step(command: ActionCommand) -> Command {
    Command::Action(command)
}

fn tracker(name: &str) -> Tracker {
    Tracker { name: key(name), scope: Scope { always: true, ..Scope::default() }, kinds: Vec::new() }
}

/// Which trackers are told of which follow-ups, and whether it is the first time.
fn told(decision: &Decision) -> Vec<(String, i64, bool)> {
    let of = |work: &Work| match work {
        Work::Ticket { action, tracker, first, .. } => Some((tracker.to_string(), action.0, *first)),
        _ => None,
    };
    decision.effects.iter().filter_map(|effect| of(&effect.work)).collect()
}

fn ticket(tracker: &str, number: &str) -> Ticket {
    Ticket {
        tracker: tracker.to_owned(),
        reference: number.to_owned(),
        number: format!("#{number}"),
        url: format!("https://example.org/{number}"),
    }
}

#[test]
fn an_edit_changes_what_it_names_alone() {
    let mut world = World::declared();
    world.says("ana", add("watch the disk")).unwrap();
    let due = Edit::Set(world.now);
    let given = ActionEdit { owner: Edit::Set("@bo".to_owned()), due, ..ActionEdit::default() };
    world.says("ana", edit(given.clone())).unwrap();
    let (kind, priority) = (Edit::Set(ActionKind::Detect), Edit::Set(Priority::Low));
    world.says("bo", edit(ActionEdit { kind, priority, ..ActionEdit::default() })).unwrap();
    let held = &world.incident().actions[0];
    assert_eq!((held.owner, held.due), (Some(who("bo")), Some(world.now)));
    assert_eq!((held.kind, held.priority), (Some(ActionKind::Detect), Some(Priority::Low)));
    assert_eq!(held.said.text, "watch the disk");
    assert_eq!(world.refuses("ana", edit(given)), "A1 says that already; nothing of it would change");
    let cleared = ActionEdit { owner: Edit::Clear, text: Some("watch both".to_owned()), ..ActionEdit::default() };
    world.says("ana", edit(cleared)).unwrap();
    let held = &world.incident().actions[0];
    assert_eq!((held.owner, held.said.text.as_str()), (None, "watch both"));
}

#[test]
fn what_is_not_there_is_refused() {
    let mut world = World::declared();
    let against = ActionTraits { cause: Some(CauseId(2)), ..ActionTraits::default() };
    let text = "INC-1 has no cause F2; `/incident INC-1 causes` shows them";
    let add_against = Command::AddAction { text: "x".to_owned(), owner: None, due: None, traits: against };
    assert_eq!(world.refuses("ana", add_against), text);
    let nothing = edit(ActionEdit { text: Some("x".to_owned()), ..ActionEdit::default() });
    assert_eq!(world.refuses("ana", nothing), "INC-1 has no action A1; `/incident INC-1 actions` shows them");
    world.says("ana", add("x")).unwrap();
    let cause = Edit::Set(CauseId(2));
    assert_eq!(world.refuses("ana", edit(ActionEdit { cause, ..ActionEdit::default() })), text);
    let reopen = step(ActionCommand::Reopen { action: ActionId(1) });
    assert_eq!(world.refuses("ana", reopen), "A1 is not done; `/incident done A1` says that it is");
    let ask =
        |named: Option<&str>| step(ActionCommand::Ticket { action: ActionId(1), tracker: named.map(str::to_owned) });
    let none = "no tracker is configured, see [[trackers]] in the sample of firebell.toml";
    assert_eq!(world.refuses("ana", ask(None)), none);
    world.settings.trackers = vec![tracker("github"), tracker("jira")];
    assert_eq!(world.refuses("ana", ask(None)), "say which tracker; there are github, jira");
    assert_eq!(world.refuses("ana", ask(Some("git"))), "no tracker is called git; there are github, jira");
    assert_eq!(told(&world.says("ana", ask(Some("JIRA"))).unwrap()), [("jira".to_owned(), 1, false)]);
}

#[test]
fn what_is_done_can_be_taken_back() {
    let mut world = World::declared();
    world.says("ana", add("x")).unwrap();
    world.says("ana", Command::FinishAction { action: ActionId(1) }).unwrap();
    world.says("bo", step(ActionCommand::Reopen { action: ActionId(1) })).unwrap();
    assert!(world.incident().actions[0].done.is_none());
    world.says("ana", Command::FinishAction { action: ActionId(1) }).unwrap();
}

#[test]
fn trackers_are_told_of_what_fits_and_of_what_they_keep() {
    let mut world = World::declared();
    let mut of_team = tracker("team");
    of_team.scope.teams = vec![key("storefront")];
    let mut of_kind = tracker("kind");
    of_kind.kinds = vec![ActionKind::Detect];
    let asked = Tracker { scope: Scope::default(), ..tracker("asked") };
    world.settings.trackers = vec![tracker("all"), of_team, of_kind, asked];
    let decision = world.says("ana", add("x")).unwrap();
    assert_eq!(told(&decision), [("all".to_owned(), 1, true)]);
    let effect = decision.effects.iter().find(|effect| matches!(effect.work, Work::Ticket { .. })).unwrap();
    assert_eq!((&effect.lane, effect.outlet), (&Lane::Tracker(key("all")), Outlet::Trackers));
    assert_eq!(effect.key, format!("INC-1:ticket:all.A1:{}", EntryId(world.incident().entries)));
    let detect = edit(ActionEdit { kind: Edit::Set(ActionKind::Detect), ..ActionEdit::default() });
    let wanted = [("all".to_owned(), 1, false), ("kind".to_owned(), 1, false)];
    assert_eq!(told(&world.says("ana", detect).unwrap()), wanted);
    // One that was asked keeps it from then on.
    let ticketed = ActionCommand::Ticketed { action: ActionId(1), ticket: ticket("asked", "7") };
    world.delivery(step(ticketed.clone()));
    let done = world.says("ana", Command::FinishAction { action: ActionId(1) }).unwrap();
    assert_eq!(told(&done), [wanted[0].clone(), wanted[1].clone(), ("asked".to_owned(), 1, false)]);
    // What is known already is no news, and neither is anything else of the incident to a tracker.
    assert!(world.delivery(step(ticketed)).entries.is_empty());
    assert!(told(&world.says("ana", Command::Note { text: "x".to_owned(), at: None }).unwrap()).is_empty());
    let added = world.history[&IncidentId(1)].iter().find(|held| held.kind == "action_added").unwrap().id;
    let redact = Command::Redact { target: RedactTarget::Entry(added), reason: "secret".to_owned() };
    assert_eq!(told(&world.says("ana", redact).unwrap()).len(), 3, "what was taken out is taken out there, too");
}

#[test]
fn a_tracker_hears_of_private_incidents_and_drills_only_where_it_may() {
    for (private, drill, knows, wanted) in [
        (false, false, false, true),
        (true, false, false, false),
        (true, false, true, true),
        (false, true, true, false),
    ] {
        let mut world = World::new();
        world.settings.trackers =
            vec![Tracker { scope: Scope { always: true, private: knows, ..Scope::default() }, ..tracker("all") }];
        let declare = Declare { title: "x".to_owned(), private, drill, ..Declare::default() };
        world.declare("ana", &declare).unwrap();
        assert_eq!(!told(&world.says("ana", add("x")).unwrap()).is_empty(), wanted, "{private} {drill} {knows}");
        let ask = step(ActionCommand::Ticket { action: ActionId(1), tracker: None });
        if private && !knows {
            let text = "INC-1 is private, and all is not marked as one that may know of it";
            assert_eq!(world.refuses("ana", ask), text);
        } else {
            assert_eq!(told(&world.says("ana", ask).unwrap()).len(), 1, "a drill is kept where it is asked for");
        }
    }
}

#[test]
fn what_somebody_does_in_a_tracker_is_done_here_once() {
    let mut world = World::declared();
    world.says("ana", add("x")).unwrap();
    let actor = Actor { who: Who::Integration(key("github")), via: Via::Delivery };
    let synced = |done| step(ActionCommand::Synced { action: ActionId(1), done });
    assert!(world.run(Some(IncidentId(1)), synced(false), &actor).unwrap().entries.is_empty());
    let decision = world.run(Some(IncidentId(1)), synced(true), &actor).unwrap();
    assert_eq!(decision.entries.len(), 1);
    assert_eq!(decision.entries[0].1.actor, actor);
    assert!(world.incident().actions[0].done.is_some());
    assert!(world.run(Some(IncidentId(1)), synced(true), &actor).unwrap().entries.is_empty());
    world.run(Some(IncidentId(1)), synced(false), &actor).unwrap();
    assert!(world.incident().actions[0].done.is_none());
    let unknown = step(ActionCommand::Synced { action: ActionId(9), done: true });
    assert!(world.run(Some(IncidentId(1)), unknown, &actor).unwrap().entries.is_empty());
}
