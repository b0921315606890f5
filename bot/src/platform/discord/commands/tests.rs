//! The tree holds all that the grammar has, within what Discord takes, and each command of it says what it stands for.

use std::collections::BTreeSet;

use chrono::DateTime;
use chrono_tz::Tz;
use firebell_core::command::parse::{Context, parse};
use firebell_core::command::verbs::argument::{Argument, Need, Takes};
use firebell_core::command::verbs::{INCIDENT, Name, Slash, VERBS, Verb};
use firebell_core::command::{Ask as Meant, Query};
use firebell_core::form::{Choice, Source};
use firebell_core::settings::Settings;
use serde_json::{Value, json};

use super::{Asked, Scope, commands, differ, offer, options, read};
use crate::platform::incoming::Ask;

/// The subcommands of a slash command, each with its group where it has one.
fn leaves(command: &Value) -> Vec<(Option<&str>, &Value)> {
    let options = command["options"].as_array().unwrap();
    options
        .iter()
        .flat_map(|option| match option["type"].as_u64().unwrap() {
            1 => vec![(None, option)],
            2 => {
                let inside = option["options"].as_array().unwrap();
                assert!((1..=25).contains(&inside.len()), "{option}");
                inside.iter().map(|leaf| (option["name"].as_str(), leaf)).collect()
            }
            other => panic!("an option of the kind {other} stands beside subcommands"),
        })
        .collect()
}

fn slashes() -> Vec<Value> {
    commands(Scope::Guild).into_iter().filter(|command| command["type"] == 1).collect()
}

/// A leaf's options, by their names.
fn named(leaf: &Value) -> Vec<(String, Value)> {
    let options = leaf["options"].as_array().cloned().unwrap_or_default();
    options.into_iter().map(|option| (option["name"].as_str().unwrap().to_owned(), option)).collect()
}

/// The `data` of an interaction with a subcommand.
fn chosen(slash: &str, group: Option<&str>, verb: &str, given: &[(&str, Value)]) -> Value {
    let given: Vec<Value> = given.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let leaf = json!({ "type": 1, "name": verb, "options": given });
    let option = group.map_or(leaf.clone(), |group| json!({ "type": 2, "name": group, "options": [leaf] }));
    json!({ "type": 1, "name": slash, "options": [option] })
}

/// A value that an argument takes.
fn sample(argument: &Argument) -> Value {
    json!(match argument.takes {
        Takes::Text(_) => "pool exhausted",
        Takes::Words(words) => words[0],
        Takes::Severity => "sev2",
        Takes::Person => "ana",
        Takes::Target | Takes::Pageable | Takes::Covered | Takes::Schedule | Takes::Duty | Takes::Type => "primary",
        Takes::Number => "2",
        Takes::Role => "lead",
        Takes::Services => "checkout",
        Takes::Field => "region",
        Takes::FieldValue => "region=eu",
        Takes::Incident => "INC-7",
        Takes::Action => "A2",
        Takes::Cause => "F2",
        Takes::Category => "capacity",
        Takes::Count => "34k",
        Takes::Money => "12.5k EUR",
        Takes::Entry | Takes::EntryOrMessage | Takes::Support => "E4",
        Takes::Team => "storefront",
        Takes::Tracker => "github",
        Takes::Message => "M3",
        Takes::Duration => "30m",
        Takes::Past | Takes::Instant => "-10m",
        Takes::Future | Takes::Ahead => "3d",
        Takes::Url => "https://example.org",
        Takes::Template => "standard",
        Takes::Section => "lessons",
        Takes::Place => "slack",
        Takes::Command => "declare",
        Takes::Flag => return json!(true),
    })
}

/// What the grammar reads a command as.
fn meant(data: &Value) -> firebell_core::command::Request {
    let asked = read(data).unwrap();
    let Asked::Ask(Ask::Line { text, .. }) = asked else { panic!("{asked:?} is no line") };
    let settings = Settings::default();
    let now = DateTime::from_timestamp(1_764_264_000, 0).unwrap();
    let context = Context { zone: Tz::UTC, now, severities: &settings.severities };
    parse(&text, &context).unwrap_or_else(|refusal| panic!("{text:?}: {refusal}"))
}

#[test]
fn every_verb_stands_in_the_tree_once_with_every_argument() {
    let slashes = slashes();
    let mut seen = BTreeSet::new();
    for command in &slashes {
        for (group, leaf) in leaves(command) {
            let word = leaf["name"].as_str().unwrap();
            let of = |verb: &&Verb| verb.word == word && command["name"] == verb.slash.word();
            let verb = VERBS.iter().find(of).unwrap();
            assert!(seen.insert(verb.name), "{word} stands there twice");
            assert_eq!(command["name"], verb.slash.word());
            assert_eq!(group, verb.group.word(), "{word}");
            let mut expected: BTreeSet<&str> = verb.arguments.iter().map(|argument| argument.name).collect();
            expected.extend(verb.is_about_one().then_some(INCIDENT));
            let held = named(leaf);
            assert_eq!(held.iter().map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>(), expected, "{word}");
        }
    }
    let missing: Vec<&str> = VERBS.iter().filter(|verb| !seen.contains(&verb.name)).map(|verb| verb.word).collect();
    assert_eq!(missing, Vec::<&str>::new());
    assert_eq!(slashes.len(), Slash::ALL.len());
}

/// Source: <https://discord.com/developers/docs/interactions/application-commands#application-command-object>.
#[test]
fn discord_takes_the_tree() {
    for command in slashes() {
        assert!((1..=25).contains(&command["options"].as_array().unwrap().len()), "{}", command["name"]);
        assert!(is_described(&command), "{command}");
        // A command's words together: names, descriptions and values of choices.
        assert!(words(&command) <= 8_000, "{} has {} characters", command["name"], words(&command));
        for group in command["options"].as_array().unwrap() {
            assert!(is_described(group), "{group}");
        }
        for (_, leaf) in leaves(&command) {
            assert!(is_described(leaf), "{leaf}");
            let options = named(leaf);
            assert!(options.len() <= 25, "{leaf}");
            let needed: Vec<bool> = options.iter().map(|(_, option)| option["required"] == true).collect();
            assert!(needed.is_sorted_by(|one, next| one >= next), "what is required stands first: {leaf}");
            for (name, option) in options {
                assert!(is_described(&option), "{name} of {leaf}");
                let choices = option["choices"].as_array().map_or(0, Vec::len);
                assert!(choices <= 25 && (choices == 0 || option["autocomplete"].is_null()), "{name} of {leaf}");
            }
        }
    }
    let menus: Vec<Value> = commands(Scope::Guild).into_iter().filter(|command| command["type"] == 3).collect();
    assert_eq!(
        menus,
        [
            json!({"type": 3, "name": "Add to timeline"}),
            json!({"type": 3, "name": "Add as evidence"}),
            json!({"type": 3, "name": "Declare incident"})
        ]
    );
    assert!(commands(Scope::Global).iter().all(|command| command["contexts"] == json!([0, 1])));
}

fn is_described(option: &Value) -> bool {
    let (name, about) = (option["name"].as_str().unwrap(), option["description"].as_str().unwrap());
    let plain = name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-' || letter == '_');
    plain && (1..=32).contains(&name.len()) && (1..=100).contains(&about.chars().count())
}

fn words(option: &Value) -> usize {
    let length = |field: &str| option[field].as_str().map_or(0, |text| text.chars().count());
    let below =
        ["options", "choices"].map(|field| option[field].as_array().into_iter().flatten().map(words).sum::<usize>());
    length("name") + length("description") + length("value") + below.iter().sum::<usize>()
}

#[test]
fn each_command_is_read_as_what_it_stands_for() {
    for verb in VERBS {
        let mut given: Vec<(&str, Value)> =
            verb.arguments.iter().map(|argument| (argument.name, sample(argument))).collect();
        // Of what excludes each other the first is given, and what a verb takes in one way alone is given that way.
        if let Some(at) = verb.arguments.iter().position(|argument| argument.need == Need::ThisOrNext) {
            given.remove(at + 1);
        }
        given.retain(|(name, _)| !(verb.name == Name::Correct && *name == "as"));
        given.retain(|(name, _)| !(verb.name == Name::Times && *name == "clear"));
        given.retain(|(name, _)| !(verb.name == Name::Evidence && *name == "title"));
        given.retain(|(name, _)| verb.name != Name::Postmortem || *name == "do");
        given.retain(|(name, _)| !(verb.name == Name::EditAction && *name == "clear"));
        let data = chosen(verb.slash.word(), verb.group.word(), verb.word, &given);
        let request = meant(&data);
        assert_eq!(request.incident, None, "{}", verb.word);
        let is_help = matches!(request.ask, Meant::Query(Query::Help { .. }));
        assert_eq!(is_help, verb.name == Name::Help, "{}", verb.word);
        if verb.is_about_one() {
            let needed = verb.arguments.iter().filter(|argument| {
                // What changes a follow-up says what of it.
                argument.need != Need::No || (verb.name == Name::EditAction && argument.name == "text")
            });
            let mut given: Vec<(&str, Value)> = needed.map(|argument| (argument.name, sample(argument))).collect();
            for (typed, number) in [("INC-7", 7), ("7", 7), ("#7", 7), ("inc-12 api is down", 12)] {
                given.push((INCIDENT, json!(typed)));
                let request = meant(&chosen(verb.slash.word(), verb.group.word(), verb.word, &given));
                assert_eq!(request.incident.map(|id| id.0), Some(number), "{} of {typed}", verb.word);
                given.pop();
            }
        }
    }
}

#[test]
fn what_is_no_incidents_number_is_no_other_incident() {
    for typed in ["soon", "INC-", "7; declare x", "--private", "🔥", ""] {
        let data = chosen("incident", Some("end"), "close", &[(INCIDENT, json!(typed))]);
        let Ok(Asked::Ask(Ask::Line { text, .. })) = read(&data) else { panic!("{typed:?} is no line") };
        let settings = Settings::default();
        let now = DateTime::from_timestamp(1_764_264_000, 0).unwrap();
        let read = parse(&text, &Context { zone: Tz::UTC, now, severities: &settings.severities });
        assert!(read.is_err() || text == "INC-7 close", "{typed:?} is read as {text:?}");
    }
}

#[test]
fn a_declaration_of_nothing_asks_for_the_form() {
    let asked = read(&chosen("incident", None, "declare", &[])).unwrap();
    assert_eq!(asked, Asked::Ask(Ask::Declare { from: None }));
    let message = json!({ "id": "5", "content": "the api answers 500" });
    let on = |name: &str, id: &str| {
        read(&json!({ "type": 3, "name": name, "target_id": id, "resolved": { "messages": { "5": message } } }))
    };
    assert_eq!(on("Add to timeline", "5"), Ok(Asked::Mark(message.clone())));
    assert_eq!(on("Declare incident", "5"), Ok(Asked::DeclareFrom(message.clone())));
    assert!(on("Add to timeline", "6").is_err() && on("Delete", "5").is_err());
}

#[test]
fn mentions_in_options_name_accounts() {
    let data = chosen("incident", None, "page", &[("target", json!("<@!42>")), ("message", json!("ask <@43> too"))]);
    let Ok(Asked::Ask(Ask::Line { mentions, .. })) = read(&data) else { panic!("no line") };
    assert_eq!(mentions, ["42", "43"]);
}

#[test]
fn what_firebell_does_not_have_is_not_understood() {
    for data in [
        json!({}),
        json!({ "type": 1, "name": "incident" }),
        chosen("incident", None, "dance", &[]),
        chosen("dance", None, "declare", &[]),
        // Each stands in one place.
        chosen("oncall", None, "declare", &[("title", json!("x"))]),
        chosen("incident", Some("end"), "resolve", &[("summary", json!("x"))]),
        chosen("incident", None, "close", &[]),
        chosen("incident", None, "note", &[("words", json!("x"))]),
    ] {
        assert!(read(&data).is_err(), "{data}");
    }
}

#[test]
fn whatever_is_offered_while_somebody_types_has_a_source() {
    for verb in VERBS {
        for argument in verb.arguments {
            let option = tree_option(verb, argument.name);
            let typing = focused(verb, argument.name, "a");
            let offered = offer(&typing);
            assert_eq!(offered.is_some(), option["autocomplete"] == true, "{} of {}", argument.name, verb.word);
        }
        if verb.is_about_one() {
            let offered = offer(&focused(verb, INCIDENT, "check")).unwrap();
            let ask = Ask::Options { source: Source::Incidents, typed: "check".to_owned(), incident: None };
            assert_eq!(offered.ask, ask, "{}", verb.word);
        }
    }
}

fn tree_option(verb: &Verb, name: &str) -> Value {
    let slashes = slashes();
    let command = slashes.iter().find(|command| command["name"] == verb.slash.word()).unwrap();
    let (_, leaf) = leaves(command).into_iter().find(|(_, leaf)| leaf["name"] == verb.word).unwrap();
    named(leaf).into_iter().find(|(held, _)| held == name).unwrap().1
}

fn focused(verb: &Verb, name: &str, typed: &str) -> Value {
    let mut data = chosen(verb.slash.word(), verb.group.word(), verb.word, &[(name, json!(typed))]);
    let place = if verb.group.word().is_some() { "/options/0/options/0/options/0" } else { "/options/0/options/0" };
    data.pointer_mut(place).unwrap()["focused"] = json!(true);
    data
}

#[test]
fn the_last_of_several_services_is_offered_behind_the_others() {
    let declare = Verb::find("declare").unwrap();
    let offered = offer(&focused(declare, "service", "checkout, se")).unwrap();
    let ask = Ask::Options { source: Source::Services, typed: "se".to_owned(), incident: None };
    assert_eq!(offered.ask, ask);
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let long = "x".repeat(120);
    let choices = [choice("search", "Search"), choice(&long, "too long to be sent back"), choice("sea", "")];
    let shown = options(&offered, &choices);
    assert_eq!(
        shown,
        json!([{ "name": "checkout,Search", "value": "checkout,search" }, { "name": "checkout,sea", "value": "checkout,sea" }])
    );
    let many: Vec<Choice> = (0..40).map(|number| choice(&format!("s{number}"), &long)).collect();
    let shown = options(&offer(&focused(declare, "service", "s")).unwrap(), &many);
    let shown = shown.as_array().unwrap();
    assert!(shown.len() == 25 && shown.iter().all(|held| held["name"].as_str().unwrap().chars().count() <= 100));
}

#[test]
fn what_discord_adds_to_commands_is_no_difference() {
    let wanted = commands(Scope::Guild);
    let mut held = wanted.clone();
    held.reverse();
    for command in &mut held {
        command["id"] = json!("1");
        command["version"] = json!("2");
        command["application_id"] = json!("3");
        command["integration_types"] = json!([0]);
        command["nsfw"] = json!(false);
        command["default_member_permissions"] = Value::Null;
        if command["type"] == 3 {
            command["description"] = json!("");
        }
    }
    assert!(!differ(&json!(held), &wanted));
    assert!(differ(&json!(held[1..]), &wanted), "one is missing");
    assert!(differ(&json!([]), &wanted));
    let mut other = held.clone();
    other[3]["options"][0]["description"] = json!("Something else.");
    assert!(differ(&json!(other), &wanted), "another description");
    let mut other = held.clone();
    other[3]["options"].as_array_mut().unwrap().swap(0, 1);
    assert!(differ(&json!(other), &wanted), "another order of subcommands");
    held.push(json!({ "type": 1, "name": "dance", "description": "x", "options": [] }));
    assert!(differ(&json!(held), &wanted), "one too many");
}
