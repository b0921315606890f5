//! The usages as people know them, and that the README lists every one.

use super::argument::Takes;
use super::{Slash, VERBS, Verb};
use crate::rca::CauseRole;
use crate::times::KeyTime;

#[test]
fn usages_are_made_from_the_arguments() {
    for (word, form) in [
        (
            "declare",
            "<title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T] [--description TEXT] [--here]",
        ),
        ("show", ""),
        ("list", "[all]"),
        ("status", "<investigating|identified|mitigated>"),
        ("sev", "<sevN>"),
        ("lead", "[@person]"),
        ("comms", "[@person]"),
        ("scribe", "[@person]"),
        ("role", "<role> [@person]"),
        ("page", "<person|policy> [message]"),
        ("ack", ""),
        ("why-paged", "[@person]"),
        ("note", "<text> [--at T]"),
        ("update", "<text> [--next 30m]"),
        ("snooze", "[30m]"),
        ("timeline", ""),
        ("mark", "<message>"),
        ("unmark", "<message>"),
        ("correct", "<entry> <text|time> [--text|--time]"),
        ("redact", "<entry|message> <reason>"),
        ("link", "<url> [title]"),
        ("summary", "[text]"),
        ("impact", "[text] [--started T] [--ended T] [--users N] [--requests N] [--money M] [--slo N]"),
        ("times", "[impact-started|detected|declared|acknowledged|mitigated|impact-ended|resolved] [T] [--clear]"),
        ("trigger", "<text>"),
        ("factor", "<text> [--category C] [--because F2]"),
        ("why", "<text> [--of F2]"),
        ("limited", "<text>"),
        ("detection", "<text> [--should]"),
        ("evidence", "<cause> <entry|message|link> [title] [--remove]"),
        ("confirm", "<cause>"),
        ("rule-out", "<cause> <reason>"),
        ("suspect", "<cause>"),
        ("because", "<cause> <led-to-it> [--remove]"),
        ("cause", "<cause> [--text TEXT] [--role R] [--category C]"),
        ("causes", "[--at T]"),
        ("field", "<name> <value|--clear>"),
        (
            "action",
            "<text> [@owner] [--due D] [--type prevent|detect|mitigate|process] [--priority high|medium|low] [--against F2]",
        ),
        ("actions", "[--mine] [--overdue] [--team T] [--all]"),
        ("similar", ""),
        ("done", "<action>"),
        (
            "edit-action",
            "<action> [text] [@owner] [--due D] [--type prevent|detect|mitigate|process] [--priority high|medium|low] \
             [--against F2] [--no-owner|--no-due|--no-type|--no-priority|--no-cause]",
        ),
        ("undone", "<action>"),
        ("ticket", "<action> [tracker]"),
        ("merge", "<INC-n>"),
        ("cancel", "[reason]"),
        ("resolve", "<summary>"),
        ("reopen", "[reason]"),
        ("close", ""),
        (
            "postmortem",
            "[status|lint|write|edit|review|sign|back|publish|revise|send|owner|due|comment|settle|template] [what] [--section S] [--template T] [--clear]",
        ),
        ("export", "[md|html|pdf|json] [--template T]"),
        ("room", "[add] [place]"),
        ("mirror", "<on|off>"),
        ("me", "[link|unlink] [code|account]"),
        ("help", "[command]"),
        ("who", "[service|policy|schedule]"),
        ("schedule", "<schedule> [--from T] [--to T]"),
        ("take", "<schedule> [--for 2h]"),
        ("cover", "<@person> [schedule] <--to T> [--from T]"),
        ("override", "<schedule> <@person> <--to T> [--from T] [--instead person]"),
        ("overrides", "[end] [number]"),
        ("swap", "<schedule> <@person> <--mine T> [--theirs T]"),
        ("swaps", "[accept|decline|withdraw] [number]"),
        ("handoff", "[accept|note] [schedule] [text]"),
        ("gaps", "[schedule] [--to T]"),
        ("fairness", "<schedule> [--from T] [--to T]"),
        ("simulate", "<service|policy> [--at T] [--severity sevN]"),
        ("proof", ""),
        ("/oncall me", "[confirm|set|remove|order|rules|test] [what]"),
        ("feed", "[revoke] [schedule]"),
    ] {
        assert_eq!(Verb::by_name(word).map(Verb::form).as_deref(), Some(form), "{word}");
    }
    let page = Slash::OnCall.verb("page").map(Verb::form);
    assert_eq!(page.as_deref(), Some("<person|team|service|policy> <message> [--urgency high|low] [--severity sevN]"));
}

#[test]
fn arguments_have_names_of_their_own_and_short_words() {
    for verb in VERBS {
        for (at, argument) in verb.arguments.iter().enumerate() {
            let before = verb.arguments.get(..at).unwrap_or_default();
            assert!(before.iter().all(|other| other.name != argument.name), "{} of {}", argument.name, verb.word);
            assert!(argument.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", argument.name);
            assert_ne!(argument.name, super::INCIDENT, "{} has an incident of its own", verb.word);
            assert!((1..=100).contains(&argument.about.chars().count()), "{} of {}", argument.name, verb.word);
        }
        assert!((1..=100).contains(&verb.about.chars().count()), "{}", verb.word);
    }
}

#[test]
fn the_readme_lists_every_verb() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let row = |verb: &Verb| format!("| `{}` | {} |", verb.usage().replace('|', "\\|"), verb.about);
    let table: Vec<String> = VERBS.iter().map(row).collect();
    let table = table.join("\n");
    assert!(readme.contains(&table), "the table of README.md is to be\n{table}");
}

#[test]
fn closed_words_are_those_of_what_they_name() {
    let words = |verb: &str, name: &str| match Verb::find(verb).and_then(|verb| verb.argument(name)).map(|it| it.takes)
    {
        Some(Takes::Words(words)) => words.to_vec(),
        other => panic!("{other:?}"),
    };
    assert_eq!(words("times", "which"), KeyTime::ALL.map(KeyTime::word));
    assert_eq!(words("cause", "role"), CauseRole::ALL.map(CauseRole::word));
}
