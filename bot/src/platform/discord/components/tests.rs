//! Components as Discord takes them, and as they come back.

use firebell_core::control::{Button, Control};
use firebell_core::form::{Choice, Field, Form, FormKind, Input, Source, declare};
use firebell_core::ids::IncidentId;
use firebell_core::settings::Settings;
use serde_json::{Value, json};

use super::{Chosen, Opened, chosen, control_of, menus, modal, opened, rows, values};

const LONG: &str = "a label that is longer than what stands above an input, with 🔥 in it and more behind that";

fn parts(rows: &Value) -> Vec<Value> {
    let rows = rows.as_array().unwrap();
    assert!(rows.len() <= 5 && rows.iter().all(|row| row["type"] == 1), "{rows:#?}");
    rows.iter().flat_map(|row| row["components"].as_array().unwrap().clone()).collect()
}

/// As it comes back when it is pressed.
fn pressed(part: &Value) -> Value {
    json!({ "custom_id": part["custom_id"], "component_type": part["type"] })
}

fn form(fields: Vec<Field>) -> Form {
    Form { kind: FormKind::Change, incident: Some(IncidentId(7)), title: LONG.to_owned(), submit: "Change", fields }
}

fn choices(count: usize) -> Vec<Choice> {
    (0..count).map(|number| Choice { value: format!("v{number}"), label: format!("V{number}") }).collect()
}

fn field(name: &'static str, input: Input) -> Field {
    Field { name, label: LONG, hint: Some(LONG.to_owned()), required: true, input }
}

#[test]
fn every_button_comes_back_as_itself() {
    for button in Button::ALL {
        for incident in [None, Some(IncidentId(42)), Some(IncidentId(i64::MAX))] {
            let control = Control { button, incident };
            let parts = parts(&rows(&[control]));
            assert_eq!(parts.len(), 1);
            assert!(parts[0]["custom_id"].as_str().unwrap().len() <= 100, "{parts:?}");
            assert_eq!(control_of(&pressed(&parts[0])), Some(control));
        }
    }
    for name in ["", "firebell:", "firebell:dance:INC-1", "firebell:ack:INC-x", "other:ack:INC-1", "firebell:more"] {
        assert_eq!(control_of(&json!({ "custom_id": name })), None, "{name}");
    }
}

#[test]
fn what_no_row_has_room_for_stands_in_a_menu() {
    let control = |number| Control::of(Button::Acknowledge, IncidentId(number));
    for count in [0, 1, 5, 6, 25, 26, 40, 60] {
        let controls: Vec<Control> = (1..=count).map(control).collect();
        let parts = parts(&rows(&[controls.clone(), controls.clone()].concat()));
        let (menus, buttons): (Vec<&Value>, Vec<&Value>) = parts.iter().partition(|part| part["type"] == 3);
        let mut found: Vec<Control> = buttons.iter().filter_map(|part| control_of(&pressed(part))).collect();
        for menu in menus {
            let options = menu["options"].as_array().unwrap();
            assert!((1..=25).contains(&options.len()), "{count}");
            let choose = |option: &Value| json!({ "custom_id": menu["custom_id"], "values": [option["value"]] });
            found.extend(options.iter().filter_map(|option| control_of(&choose(option))));
        }
        // Four rows of buttons and one menu hold 45.
        assert_eq!(found, controls[..controls.len().min(45)], "{count}");
    }
}

#[test]
fn a_modal_keeps_within_what_discord_takes() {
    let pick = Input::Pick { source: Source::People, many: true, initial: choices(2) };
    let long = LONG.repeat(200);
    let fields = vec![
        field("one", Input::Line { initial: String::new(), max: 0 }),
        field("two", Input::Text { initial: long, max: 9_000 }),
        field("three", pick),
        field("four", Input::Choice { choices: choices(60), initial: Some("v3".to_owned()) }),
        field("five", Input::Toggles { choices: choices(2), initial: vec!["v1".to_owned()] }),
        field("six", Input::Line { initial: String::new(), max: 10 }),
    ];
    let sent = modal(&form(fields), None);
    assert!(sent["title"].as_str().unwrap().chars().count() <= 45);
    let inputs = parts(&sent["components"]);
    assert_eq!(inputs.len(), 5);
    for input in &inputs {
        assert_eq!(input["type"], 4, "serenity reads back nothing else");
        let count = |name: &str| input[name].as_str().map_or(0, |text| text.chars().count());
        assert!((1..=45).contains(&count("label")) && count("placeholder") <= 100, "{input}");
        let max = usize::try_from(input["max_length"].as_u64().unwrap()).unwrap();
        assert!((1..=4_000).contains(&max) && count("value") <= max, "{input}");
    }
    assert_eq!((&inputs[3]["value"], &inputs[4]["value"]), (&json!("v3"), &json!("v1")));
}

#[test]
fn a_modal_remembers_what_it_is_about() {
    let about = |form: &Form, cites| opened(&json!({ "custom_id": modal(form, cites)["custom_id"] }));
    let change = form(Vec::new());
    let (kind, incident) = (FormKind::Change, Some(IncidentId(7)));
    assert_eq!(about(&change, None), Some(Opened { kind, incident, cites: None }));
    let declare = declare(&Settings::default(), "", "");
    let cites = Some(("1012345678901234567".to_owned(), "18446744073709551615".to_owned()));
    let opening = about(&declare, Some(("1012345678901234567", "18446744073709551615")));
    assert_eq!(opening, Some(Opened { kind: FormKind::Declare, incident: None, cites }));
    for name in ["", "firebell:form:", "firebell:form:dance:-", "firebell:form:change:INC-x", "other:form:change:-"] {
        assert_eq!(opened(&json!({ "custom_id": name })), None, "{name}");
    }
}

#[test]
fn what_was_typed_is_read_and_what_is_no_input_is_passed_over() {
    let data = json!({ "components": [
        { "type": 1, "components": [{ "type": 4, "custom_id": "title", "value": " api is down " }] },
        { "type": 1, "components": [{ "type": 4, "custom_id": "description", "value": "  \n" }] },
        // Newer modals have a label around each input.
        { "type": 18, "component": { "type": 4, "custom_id": "severity", "value": "sev2" } },
        { "type": 18, "component": { "type": 22, "custom_id": "options", "values": ["private"] } },
        { "type": 10, "content": "words" },
        7,
        { "type": 1, "components": [null, { "type": 4 }, { "type": 4, "custom_id": "x" }] },
    ] });
    let read = values(&data);
    assert_eq!(read["title"], [" api is down "]);
    assert_eq!(read["description"], Vec::<String>::new());
    assert_eq!(read["severity"], ["sev2"]);
    assert_eq!(read.len(), 3);
    assert!(values(&json!({})).is_empty() && values(&json!({ "components": "none" })).is_empty());
}

#[test]
fn a_form_of_choices_alone_is_chosen_from_menus() {
    let choice =
        |count, initial: Option<&str>| Input::Choice { choices: choices(count), initial: initial.map(str::to_owned) };
    let form = form(vec![field("severity", choice(25, Some("v3"))), field("status", choice(1, None))]);
    let shown = menus(&form).unwrap();
    assert_eq!(shown["allowed_mentions"], json!({ "parse": [] }));
    let held = parts(&shown["components"]);
    assert_eq!(held.len(), 2);
    let defaults: Vec<&Value> =
        held[0]["options"].as_array().unwrap().iter().filter(|option| option["default"] == true).collect();
    assert_eq!((defaults.len(), &defaults[0]["value"]), (1, &json!("v3")));
    let picked = chosen(&json!({ "custom_id": held[1]["custom_id"], "values": ["v0"] }));
    let values = [("status".to_owned(), vec!["v0".to_owned()])].into_iter().collect();
    assert_eq!(picked, Some(Chosen { kind: FormKind::Change, incident: Some(IncidentId(7)), values }));
    assert_eq!(control_of(&json!({ "custom_id": held[1]["custom_id"], "values": ["v0"] })), None);
    for data in [
        json!({ "custom_id": held[1]["custom_id"] }),
        json!({ "custom_id": "firebell:pick:change:INC-7", "values": ["v0"] }),
        json!({ "custom_id": "firebell:pick:change:7:status", "values": [7] }),
    ] {
        assert_eq!(chosen(&data), None, "{data}");
    }
}

#[test]
fn what_menus_have_no_room_for_is_typed() {
    let choice = |count| Input::Choice { choices: choices(count), initial: None };
    let line = || Input::Line { initial: String::new(), max: 10 };
    let wordy = Input::Choice { choices: vec![Choice { value: LONG.repeat(2), label: String::new() }], initial: None };
    for fields in [
        Vec::new(),
        vec![field("a", choice(26))],
        vec![field("a", choice(0))],
        vec![field("a", wordy)],
        vec![field("a", choice(2)), field("b", line())],
        ["a", "b", "c", "d", "e", "f"].map(|name| field(name, choice(2))).to_vec(),
    ] {
        assert_eq!(menus(&form(fields.clone())), None, "{fields:?}");
    }
}
