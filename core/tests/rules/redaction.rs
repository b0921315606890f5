//! Words that leave the record for good, wherever they stand.

use firebell_core::command::{ActionTraits, Command, Fix, RedactTarget};
use firebell_core::decide::Erased;
use firebell_core::ids::{EntryId, IncidentId, MessageId};
use firebell_core::incident::{Incident, Status};
use firebell_core::timeline::REDACTED;

use crate::world::{World, kinds};

const ONE: IncidentId = IncidentId(1);

fn redact(entry: i64) -> Command {
    Command::Redact { target: RedactTarget::Entry(EntryId(entry)), reason: "a password".to_owned() }
}

fn redact_message(message: MessageId) -> Command {
    Command::Redact { target: RedactTarget::Message(message), reason: "a password".to_owned() }
}

fn correct(entry: i64, text: &str) -> Command {
    Command::Correct { entry: EntryId(entry), fix: Fix::Text(text.to_owned()) }
}

/// Whether a word stands anywhere in the row, the bodies or the messages.
fn holds(world: &World, secret: &str) -> bool {
    let (row, history) = (serde_json::to_string(world.incident()).unwrap(), &world.history[&ONE]);
    let bodies = history.iter().map(|entry| serde_json::to_string(&entry.change).unwrap());
    let messages = world.messages.values().filter_map(|message| message.text.clone());
    bodies.chain(messages).chain([row]).any(|text| text.contains(secret))
}

#[test]
fn redacted_words_leave_the_row_and_the_bodies() {
    let said = "hunter2".to_owned();
    let commands = [
        Command::SetSummary { text: said.clone() },
        Command::SetImpact {
            text: Some(said.clone()),
            started_at: None,
            ended_at: None,
            measures: firebell_core::incident::Measures::default(),
        },
        Command::Update { text: said.clone(), next: None },
        Command::AddAction { text: said.clone(), owner: None, due: None, traits: ActionTraits::default() },
        Command::Note { text: said.clone(), at: None },
        Command::Link { url: said.clone(), title: Some(said.clone()) },
        Command::Page { target: "@bo".to_owned(), message: Some(said.clone()) },
        Command::Cancel { reason: Some(said.clone()) },
        Command::Resolve { summary: said },
    ];
    for command in commands {
        let mut world = World::declared();
        let decision = world.says("ana", command.clone()).unwrap();
        let entry = decision.entries.iter().find(|(_, entry)| entry.kind != "member_joined").unwrap().1.id;
        assert!(holds(&world, "hunter2"), "{command:?}");
        let decision = world.says("ana", redact(entry.0)).unwrap();
        assert_eq!(decision.erased, [Erased::Entry(ONE, entry)]);
        assert!(!holds(&world, "hunter2"), "{command:?}");
        let folded = Incident::fold(&world.history[&ONE]).unwrap();
        assert_eq!(Incident { version: world.incident().version, ..folded }, *world.incident());
    }
}

#[test]
fn a_redacted_entry_takes_its_corrections_along_and_no_new_words() {
    let mut world = World::declared();
    world.says("ana", correct(1, "hunter2 is down")).unwrap();
    let correction = world.incident().entries;
    world.says("ana", correct(1, "hunter3 is down")).unwrap();
    let decision = world.says("ana", redact(1)).unwrap();
    assert_eq!(kinds(&decision), ["entry_redacted"; 3]);
    assert_eq!(world.incident().title, REDACTED);
    assert!(!holds(&world, "hunter"));
    assert_eq!(world.refuses("ana", redact(1)), "E1 is already redacted");
    assert_eq!(world.refuses("ana", redact(correction)), format!("E{correction} is already redacted"));
    assert_eq!(world.refuses("ana", correct(1, "again")), "E1 holds no words that could be corrected");
    let fix = Fix::HappenedAt(world.now - chrono::TimeDelta::minutes(5));
    world.says("ana", Command::Correct { entry: EntryId(1), fix }).unwrap();
    assert_eq!(world.incident().declared.at, world.now - chrono::TimeDelta::minutes(5), "its time is no secret");
}

#[test]
fn a_redacted_correction_leaves_the_entry_without_words_until_the_next_one() {
    let mut world = World::declared();
    world.says("ana", correct(1, "hunter2 is down")).unwrap();
    let correction = world.incident().entries;
    world.says("ana", redact(correction)).unwrap();
    assert_eq!(world.incident().title, REDACTED);
    world.says("ana", correct(1, "search is down")).unwrap();
    assert_eq!(world.incident().title, "search is down");
}

#[test]
fn a_redaction_leaves_what_is_no_words() {
    let mut world = World::declared();
    world.says("ana", Command::Resolve { summary: "hunter2".to_owned() }).unwrap();
    let entry = world.incident().entries;
    let resolved = world.incident().milestones.resolved.clone();
    world.says("ana", redact(entry)).unwrap();
    assert_eq!(world.incident().milestones.resolved, resolved);
    assert!(matches!(&world.incident().status, Status::Resolved { resolved } if resolved.text == REDACTED));
    world.says("ana", Command::Close).unwrap();
    let without_words = world.incident().entries;
    let refusal = world.refuses("ana", redact(without_words));
    assert_eq!(refusal, format!("E{without_words} holds no words that could be redacted"));
    assert_eq!(world.refuses("ana", redact(99)), "INC-1 has no entry E99; `/incident INC-1 timeline` shows them");
}

#[test]
fn a_redacted_message_takes_every_entry_that_cites_it_along() {
    // By the message, or by one of the entries that cite it.
    for by_entry in [false, true] {
        let mut world = World::declared();
        let message = world.message(1, "bo", "hunter2");
        let first = world.says("ana", Command::Mark { message }).unwrap().entries[0].1.id;
        world.says("ana", Command::Unmark { message }).unwrap();
        world.says("cy", Command::Mark { message }).unwrap();
        let command = if by_entry { redact(first.0) } else { redact_message(message) };
        let decision = world.says("bo", command).unwrap();
        assert_eq!(kinds(&decision), ["entry_redacted", "entry_redacted", "message_redacted"]);
        assert!(decision.erased.contains(&Erased::Message(ONE, message)));
        assert!(!holds(&world, "hunter2"));
        assert_eq!(world.refuses("bo", redact_message(message)), "M1 is already redacted");
        assert_eq!(
            world.refuses("bo", Command::Mark { message }),
            "M1 was deleted or redacted; nothing of it is left to mark"
        );
    }
    let mut world = World::declared();
    let missing = world.refuses("ana", redact_message(MessageId(4)));
    assert_eq!(missing, "INC-1 has no message M4; `/incident INC-1 timeline` shows them");
}

#[test]
fn a_record_that_does_not_add_up_is_never_called_redacted() {
    let mut world = World::declared();
    world.says("ana", Command::Note { text: "hunter2".to_owned(), at: None }).unwrap();
    let entry = world.incident().entries;
    world.history.get_mut(&ONE).unwrap()[0].change = None;
    let refusal = world.refuses("ana", redact(entry));
    let text = "the entries of INC-1 do not add up, so nothing was redacted; ask an operator to run `firebell verify`";
    assert_eq!(refusal, text);
}

#[test]
fn the_reason_of_a_redaction_can_be_redacted_too() {
    let mut world = World::declared();
    let message = world.message(1, "ana", "it is slow");
    let reason = || "it was hunter2".to_owned();
    world.says("ana", Command::SetSummary { text: "hunter2".to_owned() }).unwrap();
    let entry = EntryId(world.incident().entries);
    for target in [RedactTarget::Entry(entry), RedactTarget::Message(message)] {
        world.says("ana", Command::Redact { target, reason: reason() }).unwrap();
    }
    let redactions = [world.incident().entries - 1, world.incident().entries];
    assert_eq!(world.refuses("ana", correct(redactions[0], "no")), "E5 holds no words that could be corrected");
    for redaction in redactions {
        world.says("ana", redact(redaction)).unwrap();
    }
    // And once more, the reason of the redaction of a reason.
    world.says("ana", redact(redactions[1] + 1)).unwrap();
    assert!(!holds(&world, "hunter2"));
    assert_eq!(world.incident().summary.as_ref().unwrap().text, REDACTED);
    assert_eq!(world.refuses("ana", redact(entry.0)), format!("{entry} is already redacted"));
    assert_eq!(world.refuses("ana", redact_message(message)), "M1 is already redacted");
}
