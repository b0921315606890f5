//! The manifest against what the code uses, and its YAML against a reader of YAML.

use yaml_rust2::{Yaml, YamlLoader};

use super::*;

fn socket() -> Manifest {
    Manifest { name: "Firebell".to_owned(), request_url: None }
}

fn http() -> Manifest {
    Manifest { name: "Firebell".to_owned(), request_url: Some("https://bell.example.com/".to_owned()) }
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn every_method_and_every_event_has_its_scope_and_no_scope_is_there_for_nothing() {
    let manifest = socket().value();
    let granted = texts(&manifest["oauth_config"]["scopes"]["bot"]);
    let mut needed = vec!["commands", "files:read"];
    for method in Method::ALL {
        needed.extend(method.scopes());
    }
    let events = texts(&manifest["settings"]["event_subscriptions"]["bot_events"]);
    for (event, scopes) in EVENTS {
        assert!(events.contains(&event), "{event}");
        needed.extend(scopes);
    }
    for scope in &needed {
        assert!(granted.contains(scope), "{scope} is missing");
    }
    for scope in &granted {
        assert!(needed.contains(scope), "{scope} is there for nothing");
    }
    assert_eq!(events.len(), EVENTS.len());
    assert!(granted.is_sorted());
}

/// Written out, so that what the app asks for cannot grow unseen.
#[test]
fn the_app_asks_for_just_this() {
    let granted: Vec<&str> = scopes().into_iter().collect();
    let expected = "bookmarks:read bookmarks:write channels:history channels:join channels:manage channels:read \
                    chat:write commands files:read files:write groups:history groups:read groups:write im:history \
                    im:write pins:read pins:write reactions:read usergroups:read usergroups:write users:read \
                    users:read.email";
    assert_eq!(granted.join(" "), expected);
}

#[test]
fn events_that_need_no_scope_are_few() {
    let free: Vec<&str> = EVENTS.iter().filter(|(_, scopes)| scopes.is_empty()).map(|(event, _)| *event).collect();
    assert_eq!(free, ["app_home_opened"]);
}

#[test]
fn by_socket_there_is_no_url_and_by_http_each_has_its_own() {
    let manifest = socket().value();
    assert_eq!(manifest["settings"]["socket_mode_enabled"], true);
    assert!(!manifest.to_string().contains("url"));
    let manifest = http().value();
    let table = [
        ("/settings/event_subscriptions/request_url", "https://bell.example.com/slack/events"),
        ("/settings/interactivity/request_url", "https://bell.example.com/slack/interactions"),
        ("/settings/interactivity/message_menu_options_url", "https://bell.example.com/slack/interactions"),
        ("/features/slash_commands/0/url", "https://bell.example.com/slack/commands"),
        ("/features/slash_commands/1/url", "https://bell.example.com/slack/commands"),
        ("/features/slash_commands/1/command", "/oncall"),
    ];
    for (pointer, url) in table {
        assert_eq!(manifest.pointer(pointer).unwrap(), url, "{pointer}");
    }
    assert_eq!(manifest["settings"]["socket_mode_enabled"], false);
}

#[test]
fn lengths_are_within_slacks() {
    let long = Manifest { name: "N".repeat(99), request_url: None }.value();
    let within = |value: &Value, max: usize| {
        let length = value.as_str().unwrap().chars().count();
        assert!((1..=max).contains(&length), "{value}: {length}");
    };
    within(&long["display_information"]["name"], 35);
    within(&long["display_information"]["description"], 140);
    within(&long["features"]["bot_user"]["display_name"], 80);
    for shortcut in long["features"]["shortcuts"].as_array().unwrap() {
        within(&shortcut["name"], 24);
        within(&shortcut["description"], 150);
    }
    let unnamed = Manifest { name: "  ".to_owned(), request_url: None }.value();
    assert_eq!(unnamed["display_information"]["name"], "Firebell");
}

#[test]
fn what_is_printed_reads_back_as_the_same() {
    for manifest in [socket(), http(), Manifest { name: "no: \"#1\"\u{2028}é".to_owned(), request_url: None }] {
        let value = manifest.value();
        assert_eq!(serde_json::from_str::<Value>(&manifest.json()).unwrap(), value);
        let yaml = manifest.yaml();
        assert_eq!(from_yaml(&YamlLoader::load_from_str(&yaml).unwrap()[0]), value, "{yaml}");
        assert!(yaml.contains("connections:write") && !value.to_string().contains("connections:write"));
    }
}

#[test]
fn any_value_survives_yaml() {
    let values = [
        json!({}),
        json!([]),
        json!({"a": {}, "b": [], "c": [[1, [2, {}]], {"d": null, "e": [true]}]}),
        json!([
            "yes",
            "null",
            "1e3",
            "2026-01-01",
            "a: b",
            "- x",
            "# c",
            "",
            " ",
            "\u{7f}\u{85}\u{feff}\r\n\t\"\\",
            "🔥"
        ]),
        json!([{"x": [{"y": {"z": 1}}]}, -1.5]),
    ];
    for value in values {
        let yaml = yaml::write(&value);
        assert_eq!(from_yaml(&YamlLoader::load_from_str(&yaml).unwrap()[0]), value, "{yaml}");
    }
}

fn from_yaml(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Real(number) => json!(number.parse::<f64>().unwrap()),
        Yaml::Integer(number) => json!(number),
        Yaml::String(text) => json!(text),
        Yaml::Boolean(yes) => json!(yes),
        Yaml::Array(items) => items.iter().map(from_yaml).collect(),
        Yaml::Hash(fields) => {
            fields.iter().map(|(name, value)| (name.as_str().unwrap().to_owned(), from_yaml(value))).collect()
        }
        Yaml::Null => Value::Null,
        other => panic!("{other:?}"),
    }
}
