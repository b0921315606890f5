//! Who may do what.

use firebell_core::command::{Command, Declare, Fix, RedactTarget};
use firebell_core::ids::{EntryId, IncidentId};
use firebell_core::policy::{Viewer, visible};
use firebell_core::refusal::Refusal;

use crate::world::{World, key, who};

fn note() -> Command {
    Command::Note { text: "seen".to_owned(), at: None }
}

fn lead(handle: &str) -> Command {
    Command::Assign { role: key("lead"), person: handle.to_owned() }
}

#[test]
fn guests_and_people_who_left_may_run_nothing() {
    let mut world = World::declared();
    for handle in ["gus", "gone"] {
        let text = format!(
            "@{handle} is a guest here and may not run commands; ask an administrator to make them a responder"
        );
        assert_eq!(world.refuses(handle, note()), text);
        assert_eq!(world.declare(handle, &Declare::default()).unwrap_err().to_string(), text);
    }
}

#[test]
fn a_guest_is_given_no_duty() {
    let mut world = World::declared();
    let text = "@gus is a guest here and may not run commands; ask an administrator to make them a responder";
    assert_eq!(world.refuses("ana", lead("gus")), text);
    assert_eq!(world.refuses("ana", Command::Page { target: "@gus".to_owned(), message: None }), text);
}

#[test]
fn a_private_incident_and_a_missing_one_are_refused_in_the_same_words() {
    let mut world = World::new();
    world.declare("ana", &Declare { title: "leak".to_owned(), private: true, ..Declare::default() }).unwrap();
    let hidden = world.says("bo", note()).unwrap_err();
    let viewer = Viewer::person(&world.directory.people[&who("bo")]);
    assert_eq!(hidden, visible(viewer, IncidentId(1), None).unwrap_err());
    assert_eq!(hidden, visible(viewer, IncidentId(1), Some(world.incident().clone())).unwrap_err());
    assert_eq!(hidden, Refusal::NoIncident { named: IncidentId(1) });
    for insider in ["ana", "adm"] {
        world.says(insider, note()).unwrap();
    }
    world.says("ana", lead("bo")).unwrap();
    world.says("bo", note()).unwrap();
}

#[test]
fn a_private_incident_cannot_be_found_by_merging_into_it() {
    let mut world = World::declared();
    world.declare("ana", &Declare { title: "leak".to_owned(), private: true, ..Declare::default() }).unwrap();
    let merge = |into| Command::Merge { into: IncidentId(into) };
    assert_eq!(world.refuses("bo", merge(2)), "no incident is called INC-2");
    assert_eq!(world.refuses("bo", merge(3)), "no incident is called INC-3");
}

#[test]
fn only_the_lead_the_scribe_or_an_administrator_ends_a_led_incident() {
    let ends = [Command::Cancel { reason: None }, Command::Merge { into: IncidentId(2) }, Command::Close];
    for command in ends {
        for (by, may) in [("bo", true), ("cy", true), ("adm", true), ("ana", false), ("dee", false)] {
            let mut world = World::declared();
            world.declare("ana", &Declare { title: "other".to_owned(), ..Declare::default() }).unwrap();
            world.says("ana", lead("bo")).unwrap();
            world.says("ana", Command::Assign { role: key("scribe"), person: "cy".to_owned() }).unwrap();
            if command == Command::Close {
                world.says("ana", Command::Resolve { summary: "done".to_owned() }).unwrap();
            }
            let outcome = world.says(by, command.clone()).map(|_| ()).map_err(|refusal| refusal.to_string());
            let refused = "only the lead @bo, the scribe or an administrator may end INC-1".to_owned();
            assert_eq!(outcome, if may { Ok(()) } else { Err(refused) }, "{by} {command:?}");
        }
    }
}

#[test]
fn the_author_the_lead_the_scribe_or_an_administrator_corrects_and_redacts() {
    for (by, may) in [("dee", true), ("bo", true), ("cy", true), ("adm", true), ("ana", false)] {
        let mut world = World::declared();
        world.says("ana", lead("bo")).unwrap();
        world.says("ana", Command::Assign { role: key("scribe"), person: "cy".to_owned() }).unwrap();
        world.says("dee", note()).unwrap();
        let entry = EntryId(world.incident().entries);
        let message = world.message(1, "dee", "hunter2");
        let reason = || "a password".to_owned();
        let tries = [
            (Command::Correct { entry, fix: Fix::Text("no".to_owned()) }, format!("{entry}"), "correct"),
            (Command::Redact { target: RedactTarget::Entry(entry), reason: reason() }, format!("{entry}"), "redact"),
            (Command::Redact { target: RedactTarget::Message(message), reason: reason() }, "M1".to_owned(), "redact"),
        ];
        for (command, named, verb) in tries {
            let outcome = world.says(by, command).map(|_| ()).map_err(|refusal| refusal.to_string());
            let refused = format!("only who wrote {named}, the lead, the scribe or an administrator may {verb} it");
            assert_eq!(outcome, if may { Ok(()) } else { Err(refused) }, "{by} {verb}");
        }
    }
}
