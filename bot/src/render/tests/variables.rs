//! What templates can name is what the page says.

use std::collections::BTreeSet;

use super::super::check::views;
use super::super::helpers::HELPERS;
use super::super::variables::Variables;
use super::exports::keeps;
use super::renderer;

#[test]
fn the_page_of_variables_is_kept_in_step() {
    keeps("templates/VARIABLES.md", &Variables::new().page());
}

#[test]
fn every_variable_is_explained() {
    assert_eq!(Variables::new().unexplained(), Vec::<String>::new(), "say in the view what these are");
}

#[test]
fn what_templates_are_rendered_with_keeps_to_the_schema() {
    let renderer = renderer();
    let json = Variables::new().json();
    let validator = jsonschema::validator_for(&json["variables"]).unwrap();
    let views = views(&renderer).unwrap();
    for view in &views["postmortem/standard.md"] {
        let errors: Vec<String> =
            validator.iter_errors(view).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        let names: BTreeSet<&String> = view.as_object().unwrap().keys().collect();
        let told: BTreeSet<&String> = json["variables"]["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, told);
    }
}

#[test]
fn every_helper_is_explained() {
    // The language tells the names of those that are registered nowhere else.
    let told = format!("{:?}", renderer().templates);
    let names = told.rsplit_once("helpers: [").and_then(|(_, rest)| rest.split_once(']')).unwrap().0;
    let registered: BTreeSet<&str> = names.split(", ").map(|name| name.trim_matches('"')).collect();
    // These are registered for each rendering.
    let registered: BTreeSet<&str> = registered.into_iter().chain(["each", "rows", "picture"]).collect();
    let explained: BTreeSet<&str> = HELPERS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(registered, explained);
    assert!(HELPERS.iter().all(|(name, usage, about)| usage.contains(name) && about.ends_with('.')));
}
