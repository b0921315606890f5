//! Payloads as docs.slack.dev shows them, with fields that Firebell has no use for left in.

use firebell_core::control::Control;
use serde_json::{Value, json};

use crate::platform::slack::answer::tests::a_form;
use crate::platform::slack::blocks;

pub(in crate::platform::slack) const TS: &str = "1355517523.000005";

pub(in crate::platform::slack) fn slash(text: &str) -> Value {
    json!({
        "token": "gIkuvaNzQIHg97ATvDxqgjtO", "team_id": "T0001", "team_domain": "acme", "channel_id": "C1",
        "channel_name": "payments", "user_id": "U1", "user_name": "ana", "command": "/incident", "text": text,
        "api_app_id": "A123456", "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/1234/5678", "trigger_id": "13345224609.738474920.8088930838d88f",
    })
}

pub(in crate::platform::slack) fn press(control: Control) -> Value {
    let message = blocks::message("A card", &[control]);
    let mut action = button(&message.blocks).expect("a button").clone();
    action["action_ts"] = json!("1548426417.840180");
    json!({
        "type": "block_actions", "team": { "id": "T0001", "domain": "acme" },
        "user": { "id": "U1", "username": "ana", "name": "ana", "team_id": "T0001" }, "api_app_id": "A123456",
        "token": "9s8d9as89d8as9d8as989", "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        "container": { "type": "message", "message_ts": TS, "channel_id": "C1", "is_ephemeral": false },
        "channel": { "id": "C1", "name": "inc-7" }, "message": { "bot_id": "BAH5CA16Z", "type": "message", "ts": TS },
        "response_url": "https://hooks.slack.com/actions/1234/5678", "state": { "values": {} }, "actions": [action],
    })
}

fn button(value: &Value) -> Option<&Value> {
    match value {
        Value::Object(fields) if fields.get("type") == Some(&json!("button")) => Some(value),
        Value::Object(fields) => fields.values().find_map(button),
        Value::Array(values) => values.iter().find_map(button),
        _ => None,
    }
}

/// The form of the tests, sent with this title.
pub(in crate::platform::slack) fn submission(title: &str, metadata: &str) -> Value {
    let mut view = blocks::form(&a_form(), metadata);
    let block = blocks::block_of(&view, "title").expect("a title");
    let element = element_of(&view, &block);
    view["id"] = json!("VNHU13V36");
    view["hash"] = json!("156663117.cd33ad1f");
    view["state"] = json!({ "values": { block: { element: { "type": "plain_text_input", "value": title } } } });
    json!({
        "type": "view_submission", "team": { "id": "T0001", "domain": "acme" }, "user": { "id": "U1", "name": "ana" },
        "api_app_id": "A123456", "trigger_id": "1.2.3", "view": view, "response_urls": [],
    })
}

fn element_of(view: &Value, block: &str) -> String {
    let blocks = view["blocks"].as_array().expect("blocks");
    let found = blocks.iter().find(|other| other["block_id"] == block).expect("the block");
    found["element"]["action_id"].as_str().expect("an element").to_owned()
}

pub(in crate::platform::slack) fn suggestion(typed: &str) -> Value {
    let view = blocks::form(&a_form(), "{\"room\":\"C1\"}");
    let block = blocks::block_of(&view, "services").expect("services");
    let action = element_of(&view, &block);
    json!({
        "type": "block_suggestion", "user": { "id": "U1", "username": "ana", "team_id": "T0001" },
        "container": { "type": "view", "view_id": "VNHU13V36" }, "api_app_id": "A123456", "action_id": action,
        "block_id": block, "value": typed, "team": { "id": "T0001", "domain": "acme" },
        "view": { "id": "VNHU13V36", "private_metadata": "{\"room\":\"C1\"}", "hash": "156663117.cd33ad1f" },
    })
}

pub(in crate::platform::slack) fn shortcut() -> Value {
    json!({
        "type": "shortcut", "token": "XXXXXXXXXXXXX", "action_ts": "1581106241.371594", "callback_id": "declare",
        "team": { "id": "T0001", "domain": "acme" }, "user": { "id": "U1", "username": "ana", "team_id": "T0001" },
        "trigger_id": "944799105734.773906753841.38b5894552bdd4a780554ee59d1f3638",
    })
}

pub(in crate::platform::slack) fn message_shortcut(callback: &str, text: &str) -> Value {
    json!({
        "type": "message_action", "token": "Nj2rfC2hU8mAfgaJLemZgO7H", "callback_id": callback,
        "trigger_id": "13345224609.8534564800.6f8ab1f53e13d0cd15f96106292d5536",
        "response_url": "https://hooks.slack.com/app-actions/T0MJR11A4/21974584944/yk1S9ndf35Q1flupVG5JbpM6",
        "team": { "id": "T0001", "domain": "acme" }, "channel": { "id": "C2", "name": "general" },
        "user": { "id": "U1", "name": "ana" }, "message_ts": TS,
        "message": {
            "type": "message", "user": "U2", "ts": TS, "text": text, "thread_ts": "1355517000.000001",
            "files": [{ "id": "F1", "name": "a<b>.png", "mimetype": "image/png", "size": 2100,
                "permalink": "https://acme.slack.com/files/U2/F1/a.png" }],
        },
    })
}

/// An event in its envelope.
pub(in crate::platform::slack) fn event(id: &str, event: &Value) -> Value {
    json!({
        "token": "one-long-verification-token", "team_id": "T0001", "api_app_id": "A123456", "event": event,
        "type": "event_callback", "event_id": id, "event_time": 1_355_517_523, "event_context": "EC12345",
        "authorizations": [{ "team_id": "T0001", "user_id": "UBOT", "is_bot": true }], "is_ext_shared_channel": false,
    })
}

pub(in crate::platform::slack) fn message(room: &str, ts: &str, text: &str) -> Value {
    json!({
        "type": "message", "channel": room, "user": "U1", "text": text, "ts": ts, "event_ts": ts,
        "channel_type": "channel", "client_msg_id": "a-b-c", "blocks": [{ "type": "rich_text", "elements": [] }],
    })
}

pub(in crate::platform::slack) fn reaction(kind: &str, name: &str) -> Value {
    json!({
        "type": kind, "user": "U1", "reaction": name, "item_user": "U2",
        "item": { "type": "message", "channel": "C1", "ts": TS }, "event_ts": "1360782804.083113",
    })
}

/// One of every kind that is understood.
pub(in crate::platform::slack) fn events() -> Vec<Value> {
    let said = message("C1", TS, "api is down");
    let changed = json!({ "type": "message", "subtype": "message_changed", "channel": "C1", "ts": "1355517600.000001",
        "message": { "type": "message", "user": "U1", "text": "two", "ts": TS,
            "edited": { "user": "U1", "ts": "1355517600.000000" } },
        "previous_message": { "type": "message", "user": "U1", "text": "one", "ts": TS }, "event_ts": "1355517600.000001" });
    let deleted = json!({ "type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "1355517600.000001",
        "deleted_ts": TS, "previous_message": { "user": "U1", "ts": TS }, "event_ts": "1355517600.000001" });
    let pinned = json!({ "type": "pin_added", "user": "U1", "channel_id": "C1", "event_ts": "1360782804.083113",
        "item": { "type": "message", "channel": "C1", "created": 1_360_782_804, "created_by": "U1",
            "message": { "type": "message", "user": "U2", "text": "look", "ts": TS } } });
    let unpinned = json!({ "type": "pin_removed", "user": "U1", "channel_id": "C1", "has_pins": false,
        "item": { "type": "message", "channel": "C1", "message": { "ts": TS, "user": "U2" } }, "event_ts": "1360782804.1" });
    vec![
        said,
        changed,
        deleted,
        pinned,
        unpinned,
        reaction("reaction_added", "pushpin"),
        reaction("reaction_removed", "pushpin"),
        json!({ "type": "member_joined_channel", "user": "U3", "channel": "C1", "channel_type": "C", "team": "T0001" }),
        json!({ "type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home", "event_ts": "1515449522.000016" }),
        json!({ "type": "channel_archive", "channel": "C1", "user": "U1" }),
        json!({ "type": "group_archive", "channel": "G1", "user": "U1" }),
        json!({ "type": "channel_deleted", "channel": "C1" }),
    ]
}

pub(in crate::platform::slack) fn interactions() -> Vec<Value> {
    use firebell_core::control::Button;
    use firebell_core::ids::IncidentId;
    vec![
        press(Control::of(Button::Acknowledge, IncidentId(7))),
        submission("checkout is down", "{\"incident\":7,\"room\":\"C1\"}"),
        suggestion("che"),
        shortcut(),
        message_shortcut("mark", "look"),
        message_shortcut("declare_from", "look"),
    ]
}
