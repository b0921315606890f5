use firebell_core::form::{Field, Form, Input, Source};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{form, home, options, source_of};
use super::limits::{faults, text};
use super::samples::{choice, choices, every_field, field, page};
use super::{cut, pretty};
use crate::platform::incoming::{Home, HomeRow, Section};

fn of(fields: Vec<Field>) -> Form {
    Form { fields, ..every_field(false) }
}

#[test]
fn a_form_with_every_kind_of_field() {
    let mut view = form(&every_field(true), "INC-42 and more");
    // Of the long menu the ends are enough.
    let long = view["blocks"][4]["element"]["options"].as_array_mut().unwrap();
    assert_eq!(long.len(), 100);
    long.drain(1..99);
    insta::assert_snapshot!("form", pretty(&view));
}

#[test]
fn a_home_page() {
    insta::assert_snapshot!("home", pretty(&home(&page(2))));
}

#[test]
fn a_home_page_that_is_cut_says_how_much_is_left() {
    let view = home(&page(60));
    let blocks = view["blocks"].as_array().unwrap();
    assert_eq!(faults(&view["blocks"], 100), Vec::<String>::new());
    assert!(blocks.len() > 95, "{}", blocks.len());
    let said = |block: &&Value| block["type"] == "context";
    let said: Vec<&str> =
        blocks.iter().filter(said).filter_map(|block| block["elements"][0]["text"].as_str()).collect();
    let [first, second, last] = said[..] else { panic!("{said:?}") };
    assert!(first.ends_with(" more") && second.ends_with(" more"), "{said:?}");
    assert_eq!(last, "Nothing is open.");
    let titles: Vec<&str> = blocks.iter().filter_map(|block| block["text"]["text"].as_str()).collect();
    let rows = titles.iter().filter(|title| title.starts_with("*INC-")).count();
    let left: usize =
        [first, second].iter().map(|said| said.split(' ').nth(1).unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(rows + left, 120, "no row is neither shown nor counted");
}

#[test]
fn an_empty_home_page_still_declares() {
    let view = home(&Home::default());
    assert_eq!(view["blocks"][0]["elements"][0]["action_id"], "firebell:declare");
    assert_eq!(view["blocks"].as_array().unwrap().len(), 1);
}

#[test]
fn a_form_of_nothing_says_so() {
    let nothing = field("one", true, Input::Choice { choices: Vec::new(), initial: None });
    for fields in [vec![], vec![nothing]] {
        let view = form(&of(fields), "");
        assert_eq!(view["blocks"][0]["text"]["text"], "There is nothing to fill in.");
        assert!(view.get("private_metadata").is_none());
    }
}

#[test]
fn metadata_comes_back_whole_or_not_at_all() {
    for (length, kept) in [(1, true), (3_000, true), (3_001, false)] {
        let metadata = "m".repeat(length);
        let view = form(&every_field(false), &metadata);
        assert_eq!(view.get("private_metadata"), kept.then(|| json!(metadata)).as_ref(), "{length}");
    }
}

#[test]
fn a_menu_offers_what_it_can_hold() {
    assert_eq!(options(&[]), json!({ "options": [] }));
    let shown = options(&choices(130));
    assert_eq!(shown["options"].as_array().unwrap().len(), 100);
    let odd =
        [choice("", "no value"), choice(&"v".repeat(151), "long"), choice("a", " "), choice("b", &"l".repeat(80))];
    let shown = options(&odd);
    let texts: Vec<&str> =
        shown["options"].as_array().unwrap().iter().filter_map(|one| one["text"]["text"].as_str()).collect();
    assert_eq!(texts, ["a", &format!("{}…", "l".repeat(74))]);
}

#[test]
fn what_is_chosen_is_among_the_options() {
    let all = choices(130);
    for chosen in [vec!["v99", "v129"], vec!["v0", "v101", "v102"], vec!["gone"]] {
        let initial: Vec<String> = chosen.iter().map(|&value| value.to_owned()).collect();
        let toggles = field("areas", false, Input::Toggles { choices: all.clone(), initial });
        let view = form(&of(vec![toggles]), "");
        let element = &view["blocks"][0]["element"];
        assert_eq!(faults(&view["blocks"], 100), Vec::<String>::new());
        assert_eq!(element["options"].as_array().unwrap().len(), 100);
        let held: Vec<&str> = element["initial_options"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["value"].as_str())
            .collect();
        let expected: Vec<&str> = chosen.into_iter().filter(|value| *value != "gone").collect();
        assert_eq!(held, expected);
    }
}

#[test]
fn a_menus_name_says_what_it_offers() {
    for source in Source::ALL {
        let view = form(&of(vec![field("one", false, Input::Pick { source, many: true, initial: vec![] })]), "");
        let name = view["blocks"][0]["element"]["action_id"].as_str().unwrap();
        assert_eq!(source_of(name), Some(source));
    }
    for name in ["", "firebell:field", "firebell:pick:", "firebell:pick:money", "pick:people", "people"] {
        assert_eq!(source_of(name), None, "{name}");
    }
}

fn any_choices() -> impl Strategy<Value = Vec<firebell_core::form::Choice>> {
    let one = (".{0,160}", ".{0,90}").prop_map(|(value, label)| choice(&value, &label));
    proptest::collection::vec(one, 0..8).prop_map(|few| few.into_iter().cycle().take(130).collect())
}

fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        (any::<String>(), 0_usize..9_000).prop_map(|(initial, max)| Input::Line { initial, max }),
        ("(?s).{0,4000}", 0_usize..9_000).prop_map(|(initial, max)| Input::Text { initial, max }),
        (any_choices(), 0_usize..9).prop_map(|(choices, at)| {
            let initial = choices.get(at).map(|one| one.value.clone());
            Input::Choice { choices, initial }
        }),
        (any_choices(), any::<bool>()).prop_map(|(initial, many)| Input::Pick {
            source: Source::People,
            many,
            initial
        }),
        any_choices().prop_map(|choices| {
            let initial = choices.iter().map(|one| one.value.clone()).step_by(3).collect();
            Input::Toggles { choices, initial }
        }),
    ]
}

fn any_section() -> impl Strategy<Value = Section> {
    let row = (any::<String>(), 0_usize..30).prop_map(|(text, count)| HomeRow {
        text: text.repeat(8),
        controls: super::samples::buttons().into_iter().cycle().take(count).collect(),
    });
    (".{0,200}", proptest::collection::vec(row, 0..40), any::<String>()).prop_map(|(title, rows, empty)| Section {
        title,
        rows,
        empty,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_form_is_within_the_limits(
        title in ".{0,60}",
        hint in proptest::option::of(".{0,2500}"),
        inputs in proptest::collection::vec((any_input(), any::<bool>()), 0..6),
    ) {
        const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
        let fields = inputs.into_iter().zip(NAMES).map(|((input, required), name)| Field {
            hint: hint.clone(),
            ..field(name, required, input)
        });
        let view = form(&Form { title, ..of(fields.collect()) }, "m");
        let mut found = faults(&view["blocks"], 100);
        text(&view["title"], 24, &mut found);
        text(&view["submit"], 24, &mut found);
        prop_assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_home_page_is_within_the_limits(sections in proptest::collection::vec(any_section(), 0..30)) {
        let view = home(&Home { sections });
        prop_assert_eq!(faults(&view["blocks"], 100), Vec::<String>::new());
        prop_assert!(cut::length(&view.to_string()) < 250_000);
    }
}
