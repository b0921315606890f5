use uuid::Uuid;

use super::*;

const BO: PersonId = PersonId(Uuid::from_u128(1));
const CY: PersonId = PersonId(Uuid::from_u128(2));

/// So many microseconds after the message was sent.
fn us(after: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_772_442_000_000_000 + after).unwrap()
}

fn said(text: &str) -> Happened<PersonId> {
    Happened::Said { author: BO, text: text.to_owned() }
}

fn edited(at: i64, text: &str) -> Happened<PersonId> {
    Happened::Edited { author: BO, at: us(at), text: text.to_owned() }
}

fn deleted(at: i64) -> Happened<PersonId> {
    Happened::Deleted { at: us(at) }
}

/// Bo's message, once all of this has come in.
fn message(happened: &[Happened<PersonId>]) -> Message {
    let mut message = Message { id: MessageId(3), author: BO, sent_at: us(0), revisions: Vec::new() };
    for one in happened {
        if let Some(Revised { number, at, text }) = message.revised(one) {
            let says = text.map_or(Says::Deleted, Says::Words);
            message.revisions.push(Revision { number, at, hash: Hash::ZERO, says });
        }
    }
    message
}

/// The revisions as they came in: microseconds and words, `-` for none.
fn kept(message: &Message) -> Vec<(i64, &str)> {
    fn words(says: &Says) -> &str {
        match says {
            Says::Words(text) => text,
            Says::Redacted => "redacted",
            Says::Deleted => "-",
        }
    }
    message.revisions.iter().map(|held| ((held.at - us(0)).num_microseconds().unwrap(), words(&held.says))).collect()
}

/// Why, what came in, the revisions that are kept of it, and what the message says by then.
type Story = (&'static str, Vec<Happened<PersonId>>, &'static [(i64, &'static str)], Option<&'static str>);

#[test]
fn what_happens_to_a_message_is_kept_once_and_in_the_order_of_its_instants() {
    let (a, b, c) = (|| said("a"), |at| edited(at, "b"), |at| edited(at, "c"));
    let table: [Story; 16] = [
        ("said once", vec![a()], &[(0, "a")], Some("a")),
        ("said twice", vec![a(), a()], &[(0, "a")], Some("a")),
        ("edited", vec![a(), b(5)], &[(0, "a"), (5, "b")], Some("b")),
        ("an edit that arrives twice", vec![a(), b(5), b(5)], &[(0, "a"), (5, "b")], Some("b")),
        ("an edit that changes no word", vec![a(), edited(5, "a")], &[(0, "a")], Some("a")),
        ("edited and edited back", vec![a(), b(5), edited(9, "a")], &[(0, "a"), (5, "b"), (9, "a")], Some("a")),
        (
            "the first edit again after that",
            vec![a(), b(5), edited(9, "a"), b(5)],
            &[(0, "a"), (5, "b"), (9, "a")],
            Some("a"),
        ),
        ("an edit that was overtaken", vec![a(), c(9), b(5)], &[(0, "a"), (9, "c"), (5, "b")], Some("c")),
        ("two edits told in one second", vec![a(), b(5), c(5), b(5)], &[(0, "a"), (5, "b"), (5, "c")], Some("c")),
        ("an edit told in whole seconds", vec![a(), b(-400)], &[(0, "a"), (1, "b")], Some("b")),
        ("an edit before the original", vec![b(5), a()], &[(5, "b"), (0, "a")], Some("b")),
        ("the same, told in whole seconds", vec![b(-400), a(), a()], &[(1, "b"), (0, "a")], Some("b")),
        ("deleted", vec![a(), b(5), deleted(9)], &[(0, "a"), (5, "b"), (9, "-")], None),
        ("deleted twice", vec![a(), deleted(9), deleted(12)], &[(0, "a"), (9, "-")], None),
        ("deleted by a clock that is behind", vec![a(), b(5), deleted(2)], &[(0, "a"), (5, "b"), (5, "-")], None),
        ("edited after that", vec![a(), deleted(9), b(5), c(20), a()], &[(0, "a"), (9, "-")], None),
    ];
    for (why, happened, expected, says) in table {
        let message = message(&happened);
        assert_eq!(kept(&message), expected, "{why}");
        assert_eq!(message.captured().unwrap().text.as_deref(), says, "{why}");
        let numbers: Vec<i64> = message.revisions.iter().map(|held| held.number).collect();
        assert_eq!(numbers, (1..).take(expected.len()).collect::<Vec<i64>>(), "{why}");
    }
    assert_eq!(message(&[]).captured(), None);
}

#[test]
fn nobody_but_the_author_changes_the_words() {
    let by_cy = [
        Happened::Said { author: CY, text: "b".to_owned() },
        Happened::Edited { author: CY, at: us(5), text: "b".to_owned() },
    ];
    for happened in by_cy {
        assert_eq!(kept(&message(&[said("a"), happened])), [(0, "a")]);
    }
}

#[test]
fn a_redacted_message_takes_no_words_and_can_be_deleted() {
    let mut message = message(&[said("a"), edited(5, "b")]);
    for revision in &mut message.revisions {
        revision.says = Says::Redacted;
    }
    for happened in [said("a"), edited(3, "a"), edited(9, "c")] {
        assert_eq!(message.revised(&happened), None, "{happened:?}");
    }
    assert_eq!(message.revised(&deleted(9)), Some(Revised { number: 3, at: us(9), text: None }));
}

#[test]
fn what_is_shown_tells_an_edit_a_deletion_and_a_redaction_apart() {
    let redacted = |mut message: Message| {
        for revision in message.revisions.iter_mut().filter(|revision| revision.says != Says::Deleted) {
            revision.says = Says::Redacted;
        }
        message
    };
    let told = |happened: &[Happened<PersonId>]| message(happened);
    // Edited, deleted, and whether there are words.
    let table = [
        ("said", told(&[said("a")]), (false, false, true)),
        ("edited", told(&[said("a"), edited(5, "b")]), (true, false, true)),
        ("edited, and nothing else is known", told(&[edited(5, "b")]), (true, false, true)),
        ("deleted", told(&[said("a"), deleted(5)]), (false, true, false)),
        ("deleted after an edit", told(&[said("a"), edited(5, "b"), deleted(9)]), (true, true, false)),
        ("redacted", redacted(told(&[said("a")])), (false, false, false)),
        ("redacted after an edit", redacted(told(&[said("a"), edited(5, "b")])), (true, false, false)),
        ("redacted after its deletion", redacted(told(&[said("a"), deleted(5)])), (false, true, false)),
    ];
    for (why, message, (edited, deleted, words)) in table {
        let captured = message.captured().unwrap();
        assert_eq!((captured.edited, captured.deleted, captured.text.is_some()), (edited, deleted, words), "{why}");
    }
}

#[test]
fn whoever_did_not_write_it_or_comes_too_late_is_refused() {
    let edit = || Amendment::Edit { text: "b".to_owned() };
    let refusal = |message: &Message, by, amendment: &Amendment| {
        message.refuse_amending(by, amendment).err().map(|refusal| refusal.to_string())
    };
    let (there, gone) = (message(&[said("a")]), message(&[said("a"), deleted(5)]));
    let mut redacted = there.clone();
    redacted.revisions[0].says = Says::Redacted;
    let table = [
        (&there, BO, edit(), None),
        (&there, BO, Amendment::Delete, None),
        (&there, CY, edit(), Some("only who wrote M3 may edit it")),
        (&gone, CY, Amendment::Delete, Some("only who wrote M3 may delete it")),
        (&gone, BO, edit(), Some("M3 was deleted or redacted; nothing of it is left to edit")),
        (&gone, BO, Amendment::Delete, Some("M3 was deleted or redacted; nothing of it is left to delete")),
        (&redacted, BO, edit(), Some("M3 was deleted or redacted; nothing of it is left to edit")),
        (&redacted, BO, Amendment::Delete, None),
    ];
    for (message, by, amendment, expected) in table {
        assert_eq!(refusal(message, by, &amendment).as_deref(), expected, "{amendment:?}");
    }
}
