use std::collections::HashSet;

use proptest::prelude::*;

use super::super::super::verbs::argument::Written;
use super::super::super::verbs::{VERBS, Verb};
use super::super::super::{Ask, Query};
use super::read;

#[test]
fn every_example_is_read_and_every_usage_shows_its_verb_and_options() {
    for verb in VERBS {
        let request = read(&verb.shown_example()).unwrap();
        let is_help = matches!(request.ask, Ask::Query(Query::Help { .. }));
        assert_eq!(is_help, verb.word == "help", "{}", verb.example);
        assert!(verb.usage().starts_with(&format!("{} {}", verb.slash.typed(), verb.word)));
        for argument in verb.arguments.iter().filter(|argument| !matches!(argument.written, Written::Either(_))) {
            for option in argument.options() {
                assert!(verb.usage().contains(&format!("--{option}")), "{option} of {}", verb.word);
            }
        }
    }
}

#[test]
fn every_word_and_alias_names_one_verb_of_its_slash_command() {
    let (mut seen, mut named) = (HashSet::new(), HashSet::new());
    for verb in VERBS {
        for word in std::iter::once(&verb.word).chain(verb.aliases) {
            assert!(seen.insert((verb.slash, word)), "{word}");
        }
        assert!(named.insert(verb.named()), "{}", verb.named());
        assert_eq!(Verb::by_name(&verb.named()).map(|found| found.name), Some(verb.name));
    }
}

#[test]
fn a_megabyte_is_answered() {
    for piece in
        ["x", "\" ", "'a ", "“a ", "--service a ", "--at ", "—a ", "@a ", "\0", "🔥 ", "sev1 ", "--x=\"a ", "\u{202e}"]
    {
        let text = piece.repeat((1 << 20) / piece.len());
        for verb in ["", "declare ", "note ", "action ", "correct E1 ", "link "] {
            let answer = read(&format!("{verb}{text}"));
            assert!(answer.is_err() || piece == "--service a ", "{verb}{piece}");
        }
    }
}

proptest! {
    #[test]
    fn no_line_panics(line in any::<String>()) {
        let _ = read(&line);
    }

    #[test]
    fn no_words_after_a_verb_panic(
        verb in 0..VERBS.len(),
        words in proptest::collection::vec("(--|—)?(service|at|due|sev|next)?=?[\"'“”‘’@#EMA]?\\PC{0,6}['\"”’]?", 0..8),
    ) {
        let line = format!("{} INC-1 {} {}", VERBS[verb].slash.typed(), VERBS[verb].word, words.join(" "));
        if let Err(refusal) = read(&line) {
            prop_assert!(!refusal.to_string().is_empty());
        }
    }

    #[test]
    fn a_note_keeps_plain_words(words in "[a-z']{1,9}( [a-z]{1,9}'?[a-z]{0,3}){0,9}") {
        super::does(&format!("note {words}"), super::Command::Note { text: words, at: None });
    }
}
