//! What people write in the postmortem.

use firebell_core::command::{Command, Written};
use firebell_core::decide::decide;
use firebell_core::ids::{EntryId, IncidentId};
use firebell_core::incident::Measures;
use firebell_core::postmortem::{PostmortemChange, Review};
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use firebell_core::timeline::Change;

use crate::world::{World, changes, chat, key};

fn written(section: &str, text: &str) -> Written {
    Written { section: key(section), text: text.to_owned() }
}

fn write(world: &mut World, sections: Vec<Written>, copied: Option<i64>) -> Result<Reply, Refusal> {
    let command = Command::WriteSections { sections, copied: copied.map(EntryId) };
    world.says("ana", command).map(|decision| decision.reply)
}

fn text<'w>(world: &'w World, section: &str) -> Option<&'w str> {
    let held = world.incidents[&IncidentId(1)].postmortem.sections.get(&key(section));
    held.map(|said| said.text.as_str())
}

#[test]
fn what_is_written_stands_until_it_is_taken_away() {
    let mut world = World::declared();
    let reply = write(&mut world, vec![written("summary", " It broke.\r\nTwice. "), written("lessons", "one")], None);
    let sections = vec!["summary".to_owned(), "lessons".to_owned()];
    assert_eq!(reply.unwrap(), Reply::SectionsWritten { incident: IncidentId(1), sections });
    assert_eq!(text(&world, "summary"), Some("It broke.\nTwice."));
    write(&mut world, vec![written("lessons", " \n ")], None).unwrap();
    assert_eq!(text(&world, "lessons"), None);
}

#[test]
fn a_copy_replaces_nothing_that_was_written_since() {
    let mut world = World::declared();
    write(&mut world, vec![written("summary", "first"), written("lessons", "first")], None).unwrap();
    let copied = world.incidents[&IncidentId(1)].entries;
    write(&mut world, vec![written("summary", "second")], None).unwrap();
    // The other section is not stored either: whoever mends the conflict sends both again.
    let refused = write(&mut world, vec![written("lessons", "mine"), written("summary", "mine")], Some(copied));
    let by = Some("ana".to_owned());
    let conflict = Refusal::SectionConflict { section: "summary".to_owned(), entry: EntryId(copied + 1), by };
    assert_eq!(refused, Err(conflict));
    assert_eq!((text(&world, "summary"), text(&world, "lessons")), (Some("second"), Some("first")));
    write(&mut world, vec![written("lessons", "mine"), written("summary", "second")], Some(copied)).unwrap();
    assert_eq!(text(&world, "lessons"), Some("mine"));
}

#[test]
fn a_copy_replaces_no_summary_and_no_impact_that_was_told_since() {
    let mut world = World::declared();
    let copied = world.incidents[&IncidentId(1)].entries;
    let impact = Command::SetImpact {
        text: Some("nobody can pay".to_owned()),
        started_at: None,
        ended_at: None,
        measures: Measures::default(),
    };
    world.says("ana", Command::SetSummary { text: "the disk is full".to_owned() }).unwrap();
    world.says("ana", impact).unwrap();
    for (section, entry) in [("summary", copied + 1), ("impact", copied + 2)] {
        let refused = write(&mut world, vec![written(section, "mine")], Some(copied));
        let by = Some("ana".to_owned());
        let conflict = Refusal::SectionConflict { section: section.to_owned(), entry: EntryId(entry), by };
        assert_eq!(refused, Err(conflict));
        write(&mut world, vec![written(section, "both")], Some(entry)).unwrap();
        assert_eq!(text(&world, section), Some("both"));
    }
}

#[test]
fn what_is_published_is_written_no_more_and_what_was_approved_is_reviewed_again() {
    let mut world = World::declared();
    write(&mut world, vec![written("summary", "first")], None).unwrap();
    assert_eq!(
        write(&mut world, vec![written("summary", "first")], None),
        Err(Refusal::NothingWritten { incident: IncidentId(1) })
    );
    let held = world.incidents.get_mut(&IncidentId(1)).unwrap();
    held.postmortem.state = Review::Published;
    let refused = write(&mut world, vec![written("summary", "second")], None).unwrap_err().to_string();
    assert!(refused.contains("postmortem revise"), "{refused}");
    world.incidents.get_mut(&IncidentId(1)).unwrap().postmortem.state = Review::Approved;
    let command = Command::WriteSections { sections: vec![written("summary", "second")], copied: None };
    let facts = world.facts(Some(IncidentId(1)), &command);
    let decision = decide(&facts, command, &chat("ana"), world.now).unwrap();
    let words = PostmortemChange::SectionWritten { section: key("summary"), text: "second".to_owned() };
    assert_eq!(changes(&decision), [&Change::Postmortem(words)]);
    assert_eq!(decision.incidents[0].postmortem.state, Review::InReview);
}

#[test]
fn a_section_that_is_too_long_is_refused() {
    let mut world = World::declared();
    let refused = write(&mut world, vec![written("summary", &"x".repeat(32_769))], None);
    assert_eq!(refused, Err(Refusal::TooLong { what: "section".to_owned(), max: 32_768 }));
}
