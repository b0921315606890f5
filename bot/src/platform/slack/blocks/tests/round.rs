//! From a form, over what a person fills in, to what is read.

use firebell_core::form::{Form, Values};
use serde_json::{Map, Value, json};

use super::super::{block_of, form, values};
use super::samples::every_field;

/// What Slack sends when the form is sent as it was opened: the state that follows from its view.
///
/// Source: <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>.
fn sent(view: &Value) -> Value {
    let mut state = Map::new();
    for block in view["blocks"].as_array().unwrap() {
        let element = &block["element"];
        let kind = element["type"].as_str().unwrap();
        let held = match kind {
            "plain_text_input" => json!({ "type": kind, "value": element["initial_value"] }),
            "multi_external_select" | "multi_static_select" | "checkboxes" => {
                json!({ "type": kind, "selected_options": element["initial_options"].as_array().cloned().unwrap_or_default() })
            }
            _ => json!({ "type": kind, "selected_option": element["initial_option"] }),
        };
        let name = element["action_id"].as_str().unwrap().to_owned();
        state.insert(block["block_id"].as_str().unwrap().to_owned(), json!({ name: held }));
    }
    json!({ "values": state })
}

fn read(form_: &Form) -> Values {
    values(&sent(&form(form_, "")))
}

#[test]
fn what_was_filled_in_is_read() {
    let expected = [
        ("title", vec!["checkout & <search>"]),
        ("words", vec!["one\ntwo"]),
        ("severity", vec!["v2"]),
        ("status", vec!["v1"]),
        ("type", vec!["v129"]),
        ("services", vec!["v0", "v1"]),
        ("owner", vec!["v0"]),
        ("flags", vec!["v0"]),
        ("areas", vec!["v11"]),
    ];
    let expected: Values = expected
        .into_iter()
        .map(|(name, held)| (name.to_owned(), held.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(read(&every_field(true)), expected);
}

#[test]
fn what_was_left_empty_holds_nothing() {
    let read = read(&every_field(false));
    assert_eq!(read.len(), 9);
    assert!(read.values().all(Vec::is_empty), "{read:?}");
}

#[test]
fn a_state_that_is_not_ours_holds_nothing() {
    for state in [
        json!(null),
        json!({}),
        json!({ "values": [] }),
        json!({ "values": { "b1": { "a": { "type": "plain_text_input", "value": "x" } } } }),
        json!({ "values": { "field:title": "x" } }),
    ] {
        assert_eq!(values(&state), Values::new(), "{state}");
    }
    let odd = json!({ "values": { "field:title": { "a": { "value": 7, "selected_options": [{}, { "value": "y" }] }, "b": 1 } } });
    assert_eq!(values(&odd)["title"], ["y"]);
}

#[test]
fn an_error_finds_the_block_of_its_field() {
    let view = form(&every_field(false), "");
    for field in ["title", "services", "areas"] {
        let block = block_of(&view, field).unwrap();
        let blocks = view["blocks"].as_array().unwrap();
        let found = blocks.iter().find(|held| held["block_id"] == block.as_str()).unwrap();
        assert_eq!(found["label"]["text"], field);
    }
    for (view, field) in [(&view, "nothing"), (&view, "nonsense"), (&json!({}), "title")] {
        assert_eq!(block_of(view, field), None, "{field}");
    }
}
