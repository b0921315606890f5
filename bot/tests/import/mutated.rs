//! No export whatsoever brings the importer down, and what it makes always holds together.

use std::collections::HashSet;

use firebell::import::import;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::import::support::{FIXTURES, check, now};

/// What is done to one value of an export.
#[derive(Debug, Clone)]
enum Change {
    Remove,
    Set(Value),
    /// The value of another place, so that references go astray.
    Copy(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let strange = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(vec![-1_i64, 0, 1, 59, 60, 86_399, 65_536, i64::MAX, i64::MIN]).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["9999-12-31T23:59:59-12:00", "2026-03-29T02:30:00", "24:00", "none", "1w"])
            .prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[["a"]]])),
        Just(json!([{"id": {"id": 1}}, null, 7])),
    ];
    prop_oneof![
        1 => Just(Change::Remove),
        3 => strange.prop_map(Change::Set),
        2 => any::<prop::sample::Index>().prop_map(Change::Copy),
    ]
}

/// The pointers of all values inside of one.
fn places(value: &Value, at: &str, places: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, item)| (name.replace('~', "~0").replace('/', "~1"), item)).collect()
        }
        _ => Vec::new(),
    };
    for (name, item) in inner {
        let at = format!("{at}/{name}");
        places.push(at.clone());
        self::places(item, &at, places);
    }
}

fn apply(export: &mut Value, at: prop::sample::Index, change: &Change) {
    let mut all = Vec::new();
    places(export, "", &mut all);
    if all.is_empty() {
        return;
    }
    let place = at.get(&all);
    let value = match change {
        Change::Set(value) => value.clone(),
        Change::Copy(from) => export.pointer(from.get(&all).as_str()).unwrap().clone(),
        Change::Remove => {
            let (parent, name) = place.rsplit_once('/').unwrap();
            match export.pointer_mut(parent).unwrap() {
                Value::Object(fields) => drop(fields.remove(&name.replace("~1", "/").replace("~0", "~"))),
                Value::Array(items) => drop(items.remove(name.parse().unwrap())),
                other => panic!("{other} has no parts"),
            }
            return;
        }
    };
    *export.pointer_mut(place).unwrap() = value;
}

/// Extremes, and what lies beyond the edges of hours and keys.
const NUMBERS: [i64; 5] = [i64::MIN, 0, 61, 65_536, i64::MAX];

#[test]
fn any_value_may_be_something_else() {
    for (vendor, json) in FIXTURES {
        let whole: Value = serde_json::from_str(json).unwrap();
        let mut all = Vec::new();
        places(&whole, "", &mut all);
        // Most changes are of no consequence, and one file need not be read twice.
        let mut checked = HashSet::new();
        for place in &all {
            let numbers = NUMBERS.into_iter().filter(|_| whole.pointer(place).unwrap().is_number()).map(Value::from);
            for value in numbers.chain([Value::Null]) {
                let mut export = whole.clone();
                *export.pointer_mut(place).unwrap() = value;
                if let Ok(imported) = import(vendor, &export.to_string(), now())
                    && checked.insert(imported.toml.clone())
                {
                    check(&imported.toml);
                }
            }
        }
        assert!(checked.len() > 50, "{vendor}: {} different files", checked.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_export_gives_a_sound_file_or_an_error(
        fixture in 0..FIXTURES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), change()), 1..12),
    ) {
        let (vendor, json) = FIXTURES[fixture];
        let mut export: Value = serde_json::from_str(json).unwrap();
        for (at, change) in &changes {
            apply(&mut export, *at, change);
        }
        if let Ok(imported) = import(vendor, &export.to_string(), now()) {
            check(&imported.toml);
            prop_assert!(imported.report.to_string().ends_with(" left out.\n"));
        }
    }

    #[test]
    fn no_text_brings_it_down(fixture in 0..FIXTURES.len(), text in "\\PC{0,64}", cut in any::<prop::sample::Index>()) {
        let (vendor, json) = FIXTURES[fixture];
        let end = cut.index(json.len());
        let piece: String = json.chars().take(end).collect();
        for text in [text.clone(), format!("{piece}{text}")] {
            if let Ok(imported) = import(vendor, &text, now()) {
                check(&imported.toml);
            }
        }
    }
}
