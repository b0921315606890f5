use firebell_core::control::{Button, Control};
use firebell_core::ids::IncidentId;
use proptest::prelude::*;
use serde_json::json;

use super::super::{BLOCKS, FALLBACK, PAGE, SECTION, control_of, cut, message, pages};
use super::limits::faults;
use super::{is_whole, packed, pretty, samples, sections};
use crate::render::{Renderer, Target};

#[test]
fn a_message_with_its_buttons() {
    let card = message(samples::CARD, &samples::buttons());
    insta::assert_snapshot!("message", pretty(&card.blocks));
    assert_eq!(card.fallback, samples::CARD);
}

#[test]
fn a_message_always_says_something() {
    for text in ["", " \n", "\n\n"] {
        let blank = message(text, &[]);
        assert_eq!((sections(&blank.blocks), blank.fallback.as_str()), (vec!["–"], "–"), "{text:?}");
        assert_eq!(pages(text), Vec::<String>::new(), "{text:?}");
    }
}

#[test]
fn buttons_of_a_block_have_names_of_their_own() {
    let ack = |id| Control::of(Button::Acknowledge, IncidentId(id));
    let blocks = message("x", &[ack(1), ack(2), Control::of(Button::Lead, IncidentId(2)), ack(3)]).blocks;
    let rows: Vec<usize> =
        blocks.as_array().unwrap()[1..].iter().map(|row| row["elements"].as_array().unwrap().len()).collect();
    assert_eq!(rows, [1, 2, 1]);
    assert_eq!(faults(&blocks, BLOCKS), Vec::<String>::new());
}

#[test]
fn a_press_is_the_button_that_was_shown() {
    let mut controls: Vec<Control> =
        Button::ALL.into_iter().map(|button| Control::of(button, IncidentId(42))).collect();
    controls.push(Control { button: Button::Declare, incident: None });
    let blocks = message("x", &controls).blocks;
    let rows = blocks.as_array().unwrap().iter().filter_map(|block| block["elements"].as_array());
    let pressed: Vec<Control> = rows.flatten().filter_map(control_of).collect();
    assert_eq!(pressed, controls);
}

#[test]
fn what_is_no_button_of_ours_is_none() {
    for action in [
        json!({}),
        json!(null),
        json!({ "action_id": "ack", "value": "INC-1" }),
        json!({ "action_id": "firebell:", "value": "INC-1" }),
        json!({ "action_id": "firebell:explode", "value": "INC-1" }),
        json!({ "action_id": "firebell:ack", "value": "1; drop" }),
        json!({ "action_id": "firebell:pick:people" }),
        json!({ "action_id": 7 }),
    ] {
        assert_eq!(control_of(&action), None, "{action}");
    }
    let bare = json!({ "action_id": "firebell:declare", "value": "" });
    assert_eq!(control_of(&bare), Some(Control { button: Button::Declare, incident: None }));
}

#[test]
fn a_text_is_cut_where_it_reads_best() {
    for (text, max, pieces) in [
        ("one\ntwo\nthree", 9, vec!["one\ntwo\n", "three"]),
        ("one two three", 9, vec!["one two ", "three"]),
        ("onetwothree", 9, vec!["onetwothr", "ee"]),
        ("one\ntwo three", 10, vec!["one\n", "two three"]),
        ("abc&amp;def", 6, vec!["abc", "&amp;d", "ef"]),
        ("ab<https://a|x>c", 13, vec!["ab", "<https://a|x>", "c"]),
        ("a < b &c; d", 5, vec!["a < ", "b ", "&c; d"]),
        // Nothing else would ever end it.
        ("&amp;&lt;", 3, vec!["&am", "p;", "&lt", ";"]),
        ("<https://a>", 4, vec!["<htt", "ps:/", "/a>"]),
        ("<a&amp;b>", 5, vec!["<a", "&amp;", "b>"]),
        ("e\u{301}e\u{301}e\u{301}", 3, vec!["e\u{301}", "e\u{301}", "e\u{301}"]),
        ("👍🏽👍🏽", 6, vec!["👍🏽", "👍🏽"]),
        ("x👩‍👩‍👧", 8, vec!["x", "👩‍👩‍👧"]),
        ("🔥🔥", 1, vec!["🔥", "🔥"]),
        ("", 5, vec![]),
    ] {
        assert_eq!(cut::pieces(text, max), pieces, "{text:?} in {max}");
    }
}

#[test]
fn a_text_that_is_clipped_says_so() {
    for (text, max, clipped) in [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("one two", 5, "one…"),
        ("ab&amp;c", 6, "ab…"),
        ("ab🔥c", 4, "ab…"),
    ] {
        assert_eq!(cut::clipped(text, max), clipped, "{text:?} in {max}");
    }
}

#[test]
fn a_long_text_fills_messages_of_whole_lines() {
    let lines: Vec<String> = (0..900).map(|n| format!("{n:04}: {}", "word ".repeat(n % 17))).collect();
    let text = lines.join("\n");
    let pages = pages(&text);
    assert!(pages.len() > 3, "{}", pages.len());
    assert_eq!(pages.join("\n"), text);
    assert!(pages.iter().rev().skip(1).all(|page| cut::length(page) > PAGE - 100), "pages are filled");
    for page in &pages {
        assert_eq!(sections(&message(page, &[]).blocks).join("\n"), *page);
    }
}

/// Texts as templates make them: people's words made inert, and links beside them.
fn texts(parts: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = String> {
    let words = prop_oneof![
        4 => "[a-z]{1,12}".prop_map(|word| format!("{word} ")),
        2 => Just("\n".to_owned()),
        2 => Just("<!channel> & <@U1>".to_owned()),
        2 => any::<String>(),
        1 => Just("👩‍👩‍👧e\u{301}".to_owned()),
        1 => (500_usize..4_000).prop_map(|length| "x".repeat(length)),
        1 => (500_usize..1_500).prop_map(|length| "&".repeat(length)),
    ];
    let part = prop_oneof![
        9 => words.prop_map(|text| Renderer::inert(Target::Slack, &text)),
        1 => Just("<https://dash.example/d?x=1&amp;y=2|a label of it>".to_owned()),
    ];
    proptest::collection::vec(part, parts).prop_map(|parts| parts.concat())
}

fn controls() -> impl Strategy<Value = Vec<Control>> {
    let one = (0..Button::ALL.len(), proptest::option::of(1_i64..i64::MAX));
    let one = one.prop_map(|(at, id)| Control { button: Button::ALL[at], incident: id.map(IncidentId) });
    proptest::collection::vec(one, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_message_is_within_the_limits(text in texts(0..60), controls in controls()) {
        let made = message(&text, &controls);
        prop_assert_eq!(faults(&made.blocks, BLOCKS), Vec::<String>::new());
        let shown: usize = sections(&made.blocks).into_iter().map(cut::length).sum();
        prop_assert!(shown <= PAGE);
        prop_assert!(!made.fallback.trim().is_empty() && cut::length(&made.fallback) <= FALLBACK);
        prop_assert!(is_whole(&made.fallback) && sections(&made.blocks).into_iter().all(is_whole));
    }

    #[test]
    fn nothing_is_lost_across_pages(text in texts(0..120)) {
        let pages = pages(&text);
        prop_assert_eq!(packed(&pages.concat()), packed(&text));
        for page in &pages {
            prop_assert!(cut::length(page) <= PAGE && is_whole(page), "{:?}", page);
            let shown = message(page, &[]).blocks;
            prop_assert_eq!(packed(&sections(&shown).concat()), packed(page));
        }
    }

    #[test]
    fn pieces_are_the_text(text in texts(0..12), max in 1_usize..90) {
        let pieces = cut::pieces(&text, max);
        prop_assert_eq!(&pieces.concat(), &text);
        for piece in &pieces {
            prop_assert!(!piece.is_empty() && (cut::length(piece) <= max || piece.chars().count() == 1));
            prop_assert!(max < 5 || is_whole(piece), "{:?}", piece);
            prop_assert!(max < 60 || piece.matches('<').count() == piece.matches('>').count(), "{:?}", piece);
        }
    }

    #[test]
    fn a_clipped_text_begins_as_the_text(text in texts(0..12), max in 6_usize..SECTION) {
        let clipped = cut::clipped(&text, max);
        prop_assert!(cut::length(&clipped) <= max && is_whole(&clipped));
        prop_assert!(clipped == text || text.starts_with(clipped.trim_end_matches('…')));
    }
}
