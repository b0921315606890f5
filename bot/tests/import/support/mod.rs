//! What the tests of the importer share.

mod on_call;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use firebell::import::{Imported, Vendor, import};
use firebell_core::directory::{PersonalRule, Urgency};
pub(crate) use on_call::on_call;
use toml::{Table, Value};

pub(crate) const FIXTURES: [(Vendor, &str); 3] = [
    (Vendor::PagerDuty, include_str!("../fixtures/pagerduty.json")),
    (Vendor::Opsgenie, include_str!("../fixtures/opsgenie.json")),
    (Vendor::GrafanaOnCall, include_str!("../fixtures/grafana-oncall.json")),
];

/// The time of all tests: late in 2026.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-29T12:00:00Z".parse().unwrap()
}

/// Imports and checks that the file holds together.
pub(crate) fn imported(vendor: Vendor, json: &str) -> Imported {
    let imported = import(vendor, json, now()).unwrap_or_else(|error| panic!("{error}\n{json:.2000}"));
    check(&imported.toml);
    imported
}

/// Reads the file and checks every reference, every key and every form that a value has.
pub(crate) fn check(text: &str) -> Table {
    let file: Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text:.4000}"));
    let sections = ["people", "teams", "services", "schedules", "policies"];
    assert!(file.keys().all(|key| sections.contains(&key.as_str())), "{file}");
    let people = keys(&file, "people", "handle");
    let teams = keys(&file, "teams", "key");
    let schedules = keys(&file, "schedules", "key");
    let policies = keys(&file, "policies", "key");
    keys(&file, "services", "key");
    rows(&file, "people").iter().for_each(check_person);
    for team in rows(&file, "teams") {
        all_in(&team, "members", &people);
    }
    for service in rows(&file, "services") {
        all_in(&service, "team", &teams);
        all_in(&service, "policy", &policies);
    }
    for schedule in rows(&file, "schedules") {
        all_in(&schedule, "team", &teams);
        schedule["zone"].as_str().unwrap().parse::<chrono_tz::Tz>().unwrap();
        let layers = rows(&schedule, "layers");
        assert!(!layers.is_empty());
        keys(&schedule, "layers", "name");
        for layer in &layers {
            check_layer(layer, &people);
        }
    }
    for policy in rows(&file, "policies") {
        assert!((1..=100).contains(&policy["rounds"].as_integer().unwrap()));
        let steps = rows(&policy, "steps");
        assert!(!steps.is_empty());
        for step in steps {
            let named =
                [("people", &people), ("schedules", &schedules), ("round_robin", &schedules), ("teams", &teams)];
            let count: usize = named.into_iter().map(|(field, known)| all_in(&step, field, known)).sum();
            assert!(count > 0, "a step names nobody: {step}");
        }
    }
    file
}

fn check_person(person: &Table) {
    let contacts = strings(person, "contacts");
    for contact in &contacts {
        assert!(["slack", "email", "sms", "voice"].contains(&contact.as_str()), "{contact}");
        let known = match contact.as_str() {
            "slack" | "email" => person.contains_key(contact),
            _ => person.get("addresses").and_then(Value::as_table).is_some_and(|known| known.contains_key(contact)),
        };
        assert!(known, "{contact} has no address: {person}");
    }
    assert_eq!(contacts.iter().collect::<HashSet<_>>().len(), contacts.len());
    let Some(rules) = person.get("rules").map(|rules| rules.as_table().unwrap()) else { return };
    for urgency in rules.keys() {
        let of: Vec<PersonalRule> = strings(rules, urgency)
            .iter()
            .map(|rule| PersonalRule::read(urgency_of(urgency), rule).unwrap_or_else(|error| panic!("{rule}: {error}")))
            .collect();
        let methods: Vec<&str> = of.iter().map(|rule| rule.method.word()).collect();
        assert!(methods.iter().all(|method| contacts.iter().any(|contact| contact == method)), "{person}");
        let each: HashSet<_> = of.iter().map(|rule| (rule.method, rule.after_s)).collect();
        assert_eq!(each.len(), of.len(), "a rule stands twice: {person}");
        assert!(!of.is_empty() && of.is_sorted_by_key(|rule| rule.after_s), "{person}");
    }
}

fn urgency_of(word: &str) -> Urgency {
    [Urgency::High, Urgency::Low].into_iter().find(|urgency| urgency.word() == word).unwrap()
}

fn check_layer(layer: &Table, people: &HashSet<String>) {
    for field in ["start", "from", "until"] {
        if let Some(at) = layer.get(field) {
            chrono::NaiveDateTime::parse_from_str(at.as_str().unwrap(), "%Y-%m-%dT%H:%M:%S").unwrap();
        }
    }
    assert!(layer.contains_key("start"));
    assert_ne!(layer.contains_key("turn"), layer.contains_key("handoff"));
    assert_eq!(layer.contains_key("every"), layer.contains_key("handoff"));
    let pools = layer["people"].as_array().unwrap();
    assert!(!pools.is_empty());
    for pool in pools {
        let pool = pool.as_array().map_or(std::slice::from_ref(pool), Vec::as_slice);
        assert!(!pool.is_empty());
        for handle in pool {
            assert!(people.contains(handle.as_str().unwrap()), "{handle}");
        }
    }
}

pub(crate) fn rows(of: &Table, field: &str) -> Vec<Table> {
    let rows = of.get(field).map_or(&[][..], |rows| rows.as_array().unwrap());
    rows.iter().map(|row| row.as_table().unwrap().clone()).collect()
}

/// The keys of a section; each is a sound one and there once.
fn keys(of: &Table, section: &str, field: &str) -> HashSet<String> {
    let mut keys = HashSet::new();
    for row in rows(of, section) {
        let key = row[field].as_str().unwrap().to_owned();
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        assert!((1..=64).contains(&key.len()) && key.bytes().all(fits), "{key}");
        if let Some(name) = row.get("name").and_then(Value::as_str) {
            assert!((1..=200).contains(&name.chars().count()) && !name.chars().any(char::is_control), "{name}");
        }
        assert!(keys.insert(key.clone()), "{section} {key} is there twice");
    }
    keys
}

pub(crate) fn strings(of: &Table, field: &str) -> Vec<String> {
    match of.get(field) {
        None => Vec::new(),
        Some(Value::String(one)) => vec![one.clone()],
        Some(several) => several.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
    }
}

/// Checks that all that a field names is known, and counts it.
fn all_in(of: &Table, field: &str, known: &HashSet<String>) -> usize {
    let named = strings(of, field);
    for name in &named {
        assert!(known.contains(name), "{field} names {name}: {of}");
    }
    assert_eq!(named.iter().collect::<HashSet<_>>().len(), named.len(), "{field} names one twice: {of}");
    named.len()
}
