//! What is composed is read back as it was meant, whatever the values look like.

mod meant;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use self::meant::{Given, meant};
use super::super::parse::{Context, parse};
use super::super::verbs::argument::{Argument, Need, Takes, Written};
use super::super::verbs::{Name, VERBS, Verb};
use super::super::{Ask, Command, Query, Request};
use super::{NotComposed, compose};
use crate::ids::IncidentId;
use crate::refusal::Refusal;

fn now() -> DateTime<Utc> {
    "2026-11-21T14:00:00Z".parse().unwrap()
}

fn read(line: &str) -> Result<Request, Refusal> {
    parse(line, &Context { zone: Tz::UTC, now: now(), severities: &[] })
}

fn composed(word: &str, given: &[(&str, &str)]) -> String {
    compose(Verb::find(word).unwrap(), None, given).unwrap()
}

/// A value that reads as what the argument takes.
fn sample(takes: Takes) -> &'static str {
    match takes {
        Takes::Text(_) => "it burns",
        Takes::Words(words) => words[0],
        Takes::Severity => "sev2",
        Takes::Person => "ana",
        Takes::Target | Takes::Pageable | Takes::Covered | Takes::Schedule | Takes::Duty => "primary",
        Takes::Number => "2",
        Takes::Role => "legal",
        Takes::Services => "checkout, search",
        Takes::Type => "security",
        Takes::Field => "region",
        Takes::FieldValue => "region=eu",
        Takes::Incident => "INC-7",
        Takes::Action => "A2",
        Takes::Cause => "F2",
        Takes::Category => "capacity",
        Takes::Count => "34k",
        Takes::Money => "12.5k EUR",
        Takes::Team => "storefront",
        Takes::Tracker => "github",
        Takes::Entry | Takes::EntryOrMessage => "E4",
        Takes::Message => "M3",
        Takes::Duration => "1 h 30 min",
        Takes::Past | Takes::Instant => "yesterday 13:50",
        Takes::Future | Takes::Ahead => "in 3 days",
        Takes::Url | Takes::Support => "https://example.org/a?b=c",
        Takes::Template => "short",
        Takes::Section => "lessons",
        Takes::Place => "main",
        Takes::Command => "declare",
        Takes::Flag => super::ON,
    }
}

/// The values that the verb must have, apart from the argument itself.
fn besides(verb: &'static Verb, argument: &Argument) -> Vec<(&'static str, &'static str)> {
    let needed = |other: &&Argument| other.need == Need::Yes && other.name != argument.name;
    verb.arguments.iter().filter(needed).map(|other| (other.name, sample(other.takes))).collect()
}

#[test]
fn every_argument_of_every_verb_is_composed_and_changes_what_is_read() {
    for verb in VERBS {
        for argument in verb.arguments {
            let what = format!("{} of {}", argument.name, verb.word);
            let without = besides(verb, argument);
            let mut with = without.clone();
            with.push((argument.name, sample(argument.takes)));
            match argument.name {
                "as" => with[1] = ("right", "14:05"),
                "name" => with.push(("value", "eu")),
                "number" if verb.name == Name::Overrides => with.push(("do", "end")),
                "number" => with.push(("answer", "accept")),
                "text" if verb.word == "handoff" => with.push(("do", "accept")),
                "remove" if verb.name == Name::Evidence => with[1] = ("what", "E4"),
                "at" if verb.name == Name::Times => with.push(("which", "detected")),
                "which" | "clear" if verb.name == Name::Times => {
                    let other = if argument.name == "clear" { ("which", "detected") } else { ("at", "14:05") };
                    with.push(other);
                }
                "action" if verb.name == Name::EditAction => with.push(("text", "it burns")),
                "do" if verb.word == "room" => with.push(("place", "eu")),
                "do" if verb.name == Name::Contacts => with.push(("what", "ABC234")),
                "what" if verb.name == Name::Postmortem => with.push(("do", "comment")),
                "section" if verb.name == Name::Postmortem => with.extend([("do", "comment"), ("what", "why?")]),
                "clear" if verb.name == Name::Postmortem => with.push(("do", "due")),
                _ => {}
            }
            let line = compose(verb, Some(IncidentId(4)), &with).unwrap();
            let request = read(&line).unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
            assert_eq!(request.incident, Some(IncidentId(4)), "{what}");
            if let Ok(other) = read(&compose(verb, Some(IncidentId(4)), &without).unwrap()) {
                let same = request == other;
                // Markdown is the form of an export that nobody names.
                assert_eq!(same, argument.name == "format", "{what} is passed over");
            }
        }
    }
}

#[test]
fn no_verb_takes_a_word_that_is_no_argument() {
    for verb in VERBS {
        let placed =
            verb.arguments.iter().filter(|argument| matches!(argument.written, Written::Place | Written::Mention));
        let takes_text = placed.clone().any(|argument| matches!(argument.takes, Takes::Text(_)));
        let mut words: Vec<&str> = placed.map(|argument| sample(argument.takes)).collect();
        words.push("more");
        let line = format!("{} {} {}", verb.slash.typed(), verb.word, words.join(" "));
        let is_refused = read(&line).is_err();
        // How a postmortem stands is said without any more words.
        assert_eq!(is_refused, !takes_text || verb.name == Name::Postmortem, "{line}");
    }
}

#[test]
fn lines_stay_readable_where_nothing_can_be_misread() {
    for (word, given, line) in [
        ("show", &[][..], "show"),
        ("lead", &[("person", "ana")], "lead @ana"),
        ("lead", &[("person", "@ana")], "lead @ana"),
        ("sev", &[("severity", "sev2")], "sev sev2"),
        ("status", &[("status", "identified")], "status identified"),
        ("list", &[("which", "all")], "list all"),
        ("export", &[("format", "json")], "export json"),
        ("field", &[("name", "region"), ("clear", "true")], "field region --clear"),
        ("field", &[("name", "region"), ("value", "eu"), ("clear", "false")], "field region eu"),
        ("correct", &[("as", "time"), ("entry", "E4"), ("right", "now")], "correct E4 now --time"),
        ("note", &[("at", "14:05"), ("text", "over")], "note over --at=\u{2}14:05\u{3}"),
        ("role", &[("person", "ana")], "role \u{2}\u{3} @ana"),
    ] {
        assert_eq!(composed(word, given), line);
    }
}

#[test]
fn what_a_verb_does_not_know_is_said() {
    let note = Verb::find("note").unwrap();
    let error = compose(note, None, &[("next", "30m")]).unwrap_err();
    assert_eq!(error.to_string(), "note takes no \"next\"");
    let correct = Verb::find("correct").unwrap();
    let error = compose(correct, None, &[("as", "--time now")]).unwrap_err();
    assert!(matches!(error, NotComposed::NoWord { argument: "as", .. }));
    assert_eq!(error.to_string(), "as of correct is one of text, time");
}

#[test]
fn a_missing_word_is_refused_and_no_other_takes_its_place() {
    for (word, given) in [
        ("role", &[("person", "ana")][..]),
        ("page", &[("message", "ana is asked")]),
        ("correct", &[("right", "E4 is wrong")]),
        ("redact", &[("reason", "M3 holds a password")]),
        ("link", &[("title", "https://example.org is down")]),
        ("declare", &[("severity", "sev1")]),
        ("action", &[("owner", "ana")]),
    ] {
        let line = composed(word, given);
        assert!(read(&line).is_err(), "{line:?} is read as {:?}", read(&line));
    }
}

/// Values that look like options, people, verbs, numbers, quotes, seals.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("--".to_owned()),
        Just("--private ".to_owned()),
        Just("—at 14:05".to_owned()),
        Just("--severity=sev1".to_owned()),
        Just("@ana".to_owned()),
        Just("sev1".to_owned()),
        Just("INC-3".to_owned()),
        Just("/incident resolve x".to_owned()),
        Just("\u{2}".to_owned()),
        Just("\u{3} ".to_owned()),
        Just("\n".to_owned()),
        Just("  ".to_owned()),
        "[\"'“”‘’,.=] ?",
        "\\PC{0,5}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn values_are_read_back_as_they_are(
        verb in 0..VERBS.len(),
        values in proptest::collection::vec((any::<bool>(), hostile()), 12),
    ) {
        let verb = &VERBS[verb];
        let given: Given = verb
            .arguments
            .iter()
            .zip(&values)
            .filter(|(argument, (wanted, _))| *wanted || argument.need != Need::No)
            .map(|(argument, (_, value))| (argument.name, if is_free(argument.takes) { value } else { sample(argument.takes) }))
            .collect();
        let line = compose(verb, None, &given.iter().map(|(name, value)| (*name, *value)).collect::<Vec<_>>()).unwrap();
        // A seal within a value is made visible, as it is in every text that is kept.
        let visible: Vec<String> =
            given.values().map(|value| value.replace('\u{2}', "\u{2402}").replace('\u{3}', "\u{2403}")).collect();
        let given: Given = given.keys().copied().zip(visible.iter().map(String::as_str)).collect();
        let expected = meant(verb.name, &given, now());
        match (read(&line), expected) {
            (Ok(request), Some(ask)) => prop_assert_eq!(request, Request { incident: None, ask }, "{:?}", line),
            (Err(_), None) => {}
            (is, should) => prop_assert!(false, "{line:?} is read as {is:?} and means {should:?}"),
        }
    }

    #[test]
    fn no_value_makes_another_request(
        verb in 0..VERBS.len(),
        values in proptest::collection::vec(hostile(), 12),
    ) {
        let verb = &VERBS[verb];
        let flags = |argument: &&Argument| argument.written != Written::Flag;
        let given: Vec<(&str, &str)> =
            verb.arguments.iter().filter(flags).zip(&values).map(|(argument, value)| (argument.name, value.as_str())).collect();
        let line = compose(verb, Some(IncidentId(9)), &given).unwrap();
        if let Ok(Request { incident, ask }) = read(&line) {
            prop_assert_eq!(incident, Some(IncidentId(9)));
            let declared = if let Ask::Command(Command::Declare(declare)) = &ask {
                declare.private || declare.drill || declare.here
            } else {
                false
            };
            prop_assert!(!declared, "{:?}", line);
            let is_help = matches!(ask, Ask::Query(Query::Help { .. }));
            prop_assert_eq!(is_help, verb.word == "help");
        }
    }
}

fn is_free(takes: Takes) -> bool {
    matches!(
        takes,
        Takes::Text(_)
            | Takes::Person
            | Takes::Target
            | Takes::Pageable
            | Takes::Covered
            | Takes::Schedule
            | Takes::Duty
            | Takes::Severity
            | Takes::Services
            | Takes::Type
            | Takes::Field
    )
}
