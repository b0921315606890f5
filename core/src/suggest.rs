//! "Did you mean": the known word that a mistyped one is nearest to.

/// Longer words are compared by their beginning: the comparison costs the product of both lengths,
/// and the word may be a megabyte that somebody pasted.
const COMPARED_CHARS: usize = 40;

/// Beyond this many mistakes a suggestion is a guess and confuses more than it helps.
const MAX_DISTANCE: usize = 3;

/// The candidate that `word` most likely stands for, or `None` if none is near.
///
/// Counts inserted, missing, wrong and swapped letters without regard to case. One mistake is
/// allowed per three letters, at least one and at most three, but never as many as the shorter
/// word has letters. Among equals the candidate listed first wins.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = comparable(word.trim());
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&word, &comparable(candidate))?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn distance(word: &str, candidate: &str) -> Option<usize> {
    let (a, b) = (word.chars().count(), candidate.chars().count());
    let allowed = (a.max(b) / 3).clamp(1, MAX_DISTANCE);
    // The lengths alone show most candidates to be too far away.
    if a.abs_diff(b) > allowed {
        return None;
    }
    let distance = strsim::damerau_levenshtein(word, candidate);
    (distance <= allowed && distance < a.min(b)).then_some(distance)
}

fn comparable(text: &str) -> String {
    text.chars().take(COMPARED_CHARS).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use proptest::prelude::*;

    const COMMANDS: [&str; 7] = ["declare", "resolve", "reopen", "ack", "severity", "timeline", "why-paged"];

    #[test]
    fn mistyped_words_find_their_command() {
        for (word, expected) in [
            ("declare", Some("declare")),
            ("DECLARE", Some("declare")),
            (" declare ", Some("declare")),
            ("delcare", Some("declare")),
            ("declre", Some("declare")),
            ("resolv", Some("resolve")),
            ("sevrity", Some("severity")),
            ("tmieline", Some("timeline")),
            ("why-pagd", Some("why-paged")),
            ("akc", Some("ack")),
            ("ak", Some("ack")),
            ("kca", None),
            ("a", None),
            ("", None),
            ("banana", None),
            ("🔥🔥🔥", None),
        ] {
            assert_eq!(nearest(word, COMMANDS), expected, "for {word:?}");
        }
    }

    #[test]
    fn the_nearest_wins_and_among_equals_the_first() {
        assert_eq!(nearest("sev2", ["sev11", "sev22", "sev2"]), Some("sev2"));
        assert_eq!(nearest("sev5", ["sev1", "sev2"]), Some("sev1"));
        assert_eq!(nearest("sev5", []), None);
    }

    #[test]
    fn letters_of_any_script_count_as_one() {
        assert_eq!(nearest("ÜBERSICTH", ["übersicht"]), Some("übersicht"));
    }

    #[test]
    fn only_the_first_forty_letters_are_compared() {
        let long = "x".repeat(1 << 20);
        let forty = "x".repeat(40);
        assert_eq!(nearest(&long, [forty.as_str()]), Some(forty.as_str()));
        assert_eq!(nearest(&long, COMMANDS), None);
    }

    proptest! {
        #[test]
        fn a_candidate_finds_itself(word in "[a-z-]{2,60}") {
            prop_assert_eq!(nearest(&word.to_uppercase(), [word.as_str()]), Some(word.as_str()));
        }

        #[test]
        fn no_text_panics(word in any::<String>(), candidate in any::<String>()) {
            let found = nearest(&word, [candidate.as_str()]);
            prop_assert!(found.is_none_or(|found| found == candidate));
        }
    }
}
