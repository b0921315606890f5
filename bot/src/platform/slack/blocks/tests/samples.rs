//! Samples of everything that Slack is shown, for the snapshots and for other people's rules.

use std::fs;
use std::path::Path;

use firebell_core::control::{Button, Control};
use firebell_core::form::{Choice, Field, Form, FormKind, Input, Source};
use firebell_core::ids::IncidentId;
use serde_json::{Value, json};

use super::super::{form, home, message, pages};
use crate::platform::incoming::{Home, HomeRow, Section};

/// Where the samples go for `scripts/interop/blocks_check.py`.
const FOLDER: &str = "FIREBELL_BLOCKS_DIR";

pub(super) const CARD: &str = "*INC-42: checkout is down*\nSEV1 · investigating\n*lead* @ana · *comms* –\n\
                               Said: &lt;!channel&gt; &amp; 🔥";

/// The buttons of a card.
pub(super) fn buttons() -> Vec<Control> {
    let those = [
        Button::Acknowledge,
        Button::Lead,
        Button::Update,
        Button::Change,
        Button::Action,
        Button::Resolve,
        Button::Timeline,
    ];
    those.into_iter().map(|button| Control::of(button, IncidentId(42))).collect()
}

pub(super) fn choice(value: &str, label: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned() }
}

pub(super) fn choices(count: usize) -> Vec<Choice> {
    (0..count).map(|n| choice(&format!("v{n}"), &format!("Choice {n}"))).collect()
}

pub(super) fn field(name: &'static str, required: bool, input: Input) -> Field {
    Field { name, label: name, hint: None, required, input }
}

/// A form with every kind of field, empty or filled.
pub(super) fn every_field(filled: bool) -> Form {
    let text = |words: &str| if filled { words.to_owned() } else { String::new() };
    let word = |value: &str| filled.then(|| value.to_owned());
    let first = |count| if filled { choices(count) } else { Vec::new() };
    let fields = vec![
        Field {
            hint: Some("What users feel, in <ten> words".to_owned()),
            ..field("title", true, Input::Line { initial: text("checkout & <search>"), max: 200 })
        },
        field("words", false, Input::Text { initial: text("one\ntwo"), max: 3_000 }),
        field("severity", true, Input::Choice { choices: choices(4), initial: word("v2") }),
        field("status", false, Input::Choice { choices: choices(4), initial: word("v1") }),
        field("type", true, Input::Choice { choices: choices(130), initial: word("v129") }),
        field("services", false, Input::Pick { source: Source::Services, many: true, initial: first(2) }),
        field("owner", false, Input::Pick { source: Source::People, many: false, initial: first(1) }),
        field("flags", false, Input::Toggles { choices: choices(2), initial: word("v0").into_iter().collect() }),
        field("areas", false, Input::Toggles { choices: choices(12), initial: word("v11").into_iter().collect() }),
        field("nothing", false, Input::Choice { choices: Vec::new(), initial: None }),
    ];
    Form { kind: FormKind::Declare, incident: None, title: "Declare an incident".to_owned(), submit: "Declare", fields }
}

/// A home page with this many rows in each of three sections.
pub(super) fn page(rows: i64) -> Home {
    let row = |id: i64| HomeRow {
        text: format!("*INC-{id}* checkout &amp; search · SEV1 · investigating"),
        controls: [Button::Acknowledge, Button::Timeline]
            .into_iter()
            .skip(usize::from(id % 2 == 0))
            .map(|button| Control::of(button, IncidentId(id)))
            .collect(),
    };
    let section = |title: &str, rows: i64| Section {
        title: title.to_owned(),
        rows: (1..=rows).map(row).collect(),
        empty: "Nothing is open.".to_owned(),
    };
    Home { sections: vec![section("Open incidents", rows), section("My pages", rows), section("On call", 0)] }
}

/// Every sample, as one line of JSON each.
fn lines() -> Vec<Value> {
    let long = format!("{CARD}\n").repeat(300);
    let hard = "&amp;".repeat(1_900);
    let mut controls = buttons();
    controls.extend(Button::ALL.into_iter().cycle().take(60).map(|button| Control { button, incident: None }));
    let said = [
        message(CARD, &buttons()),
        message("", &[]),
        message("x", &controls),
        message(&long, &buttons()),
        message(&hard, &[]),
    ];
    let paged = pages(&long).into_iter().map(|page| message(&page, &[]));
    let kinds = FormKind::ALL.into_iter().map(|kind| Form { kind, ..every_field(true) });
    let empty = Form { fields: Vec::new(), title: "t".repeat(60), ..every_field(false) };
    let forms = kinds.chain([every_field(false), empty]).map(|one| form(&one, "INC-42"));
    let homes = [0, 3, 60].map(|rows| home(&page(rows)));
    let messages = said.into_iter().chain(paged).map(|one| json!({ "kind": "message", "blocks": one.blocks }));
    messages.chain(forms.chain(homes).map(|view| json!({ "kind": "view", "view": view }))).collect()
}

/// `FIREBELL_BLOCKS_DIR=dir cargo nextest run --workspace blocks` keeps what `scripts/interop/blocks_check.py` reads.
#[test]
fn samples_are_written_for_other_peoples_rules() {
    let lines: Vec<String> = lines().iter().map(Value::to_string).collect();
    assert!(lines.iter().all(|line| !line.contains('\n')));
    if let Some(folder) = std::env::var_os(FOLDER) {
        fs::create_dir_all(&folder).unwrap();
        fs::write(Path::new(&folder).join("blocks.jsonl"), lines.join("\n") + "\n").unwrap();
    }
}
