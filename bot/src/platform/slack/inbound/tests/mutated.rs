//! Payloads from which things are missing or in which they are of another kind.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixtures::{event, events, interactions, slash};
use crate::platform::slack::inbound;
use crate::platform::slack::inlet::Settings;

/// Every place in a value.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(values) => values.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in below {
        let place = format!("{at}/{name}");
        places(value, &place, all);
        all.push(place);
    }
}

fn mutate(payload: &mut Value, cut: prop::sample::Index, other: Option<Value>) {
    let mut all = Vec::new();
    places(payload, "", &mut all);
    if all.is_empty() {
        return;
    }
    let place = &all[cut.index(all.len())];
    let (parent, name) = place.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    match (other, payload.pointer_mut(parent)) {
        (Some(other), _) => *payload.pointer_mut(place).unwrap() = other,
        (None, Some(Value::Object(fields))) => drop(fields.remove(&name)),
        (None, Some(Value::Array(values))) => drop(values.remove(name.parse().unwrap())),
        (None, _) => unreachable!("a place has a parent"),
    }
}

fn any_other() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(Value::Null)),
        1 => any::<i64>().prop_map(|number| Some(json!(number))),
        1 => any::<String>().prop_map(|text| Some(json!(text))),
        1 => Just(Some(json!([]))),
        1 => Just(Some(json!({}))),
    ]
}

fn any_payload() -> impl Strategy<Value = Value> {
    let events = events().into_iter().map(|inner| event("Ev1", &inner));
    let all: Vec<Value> = events.chain(interactions()).chain([slash("declare api")]).collect();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_makes_reading_panic(
        mut payload in any_payload(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_other()), 1..6),
    ) {
        for (cut, other) in changes {
            mutate(&mut payload, cut, other);
        }
        let settings = Settings { reactions: vec!["pushpin".into()], evidence: Vec::new(), bot_user: "UBOT".into() };
        inbound::event(&payload, &settings);
        inbound::interaction(&payload);
        inbound::command(&payload);
    }
}
