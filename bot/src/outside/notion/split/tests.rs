use proptest::prelude::*;

use super::super::node::rich_text;
use super::*;
use crate::outside::fakes::notion_check;

fn whole(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

#[test]
fn a_text_is_cut_between_words_and_never_within_a_letter() {
    let words = "word ".repeat(401);
    let flags = "\u{1f525}".repeat(1_001);
    let table = [
        (String::new(), vec![]),
        ("a".repeat(2_000), vec![2_000]),
        ("a".repeat(2_001), vec![2_000, 1]),
        (words, vec![2_000, 5]),
        (flags, vec![2_000, 2]),
    ];
    for (text, wanted) in table {
        let pieces = pieces(&[Run::plain(&text)]);
        let lengths: Vec<usize> = pieces.iter().map(|piece| piece.text.encode_utf16().count()).collect();
        assert_eq!((lengths, whole(&pieces)), (wanted, text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_is_lost_and_each_part_is_taken(
        texts in prop::collection::vec(("\\PC{0,40}", 1..300_usize, any::<bool>()), 0..40),
    ) {
        let runs: Vec<Run> = texts
            .iter()
            .map(|(text, times, bold)| if *bold { Run::bold(text.repeat(*times)) } else { Run::plain(text.repeat(*times)) })
            .collect();
        let parts = parts(runs.clone());
        prop_assert_eq!(merged(parts.concat()), merged(runs));
        for part in &parts {
            let json = rich_text(part);
            prop_assert_eq!(notion_check::rich_text(&json, "part"), Ok(()));
            prop_assert!(json.to_string().len() <= 150_000);
        }
    }
}
