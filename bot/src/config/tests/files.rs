use std::fs;
use std::path::PathBuf;

use crate::config::{Config, ConfigError, Sources, Text};

fn sources(texts: &[(&str, &str)]) -> Sources {
    Sources(
        texts
            .iter()
            .map(|(name, text)| Text { name: (*name).to_owned(), text: (*text).to_owned(), calendar: false })
            .collect(),
    )
}

fn error(texts: &[(&str, &str)]) -> String {
    Config::default().directory_of(&sources(texts)).unwrap_err().to_string()
}

#[test]
fn names_are_checked_across_all_files() {
    let people = ("people.toml", "last_resort = [\"bo\"]\n[[people]]\nhandle = \"ana\"\n[[people]]\nhandle = \"bo\"");
    let web =
        "[[schedules]]\nkey = \"web\"\n[[schedules.layers]]\nname = \"a\"\nstart = \"2026-01-05\"\nturn = \"1w\"\n";
    let sound = format!("{web}people = [\"ana\", [\"ana\", \"bo\"]]\n");
    let directory = Config::default().directory_of(&sources(&[("on-call.toml", &sound), people])).unwrap();
    assert_eq!((directory.people.len(), directory.schedules.len(), directory.last_resort.len()), (2, 1, 1));
    let wrong = format!("# ärger\n{web}people = [\"ana\", \"anna\"]");
    assert_eq!(
        error(&[people, ("on-call.toml", &wrong), ("last.toml", "")]),
        "on-call.toml:8:18: layer \"a\" of schedule \"web\" names unknown person \"anna\"; did you mean \"ana\"?"
    );
}

#[test]
fn what_is_twice_names_both_places() {
    let ana = "[[people]]\nhandle = \"ana\"\nemail = \"ana@example.com\"\nslack = \"U1\"";
    let cases = [
        (ana, "a.toml:2:10: person \"ana\" is there twice; remove one"),
        (
            "\n[[people]]\nhandle = \"anna\"\nemail = \"ANA@example.com\"",
            "a.toml:4:9: persons \"ana\" and \"anna\" have one e-mail address",
        ),
        ("[[people]]\nhandle = \"anna\"\nslack = \"U1\"", "a.toml:3:9: persons \"ana\" and \"anna\" have one account"),
    ];
    for (second, expected) in cases {
        let both = error(&[("z.toml", ana), ("a.toml", second)]);
        assert_eq!(both, format!("{expected} (the other one is at z.toml:2:10)"));
    }
    assert_eq!(
        error(&[("a.toml", "[[teams]]\nkey = \"a\"\n[[teams]]\nkey = \"a\""), ("b.toml", "")]),
        "a.toml:4:7: team \"a\" is there twice; remove one"
    );
    assert_eq!(
        error(&[("a.toml", "last_resort = []"), ("b.toml", "\nlast_resort = []")]),
        "b.toml:2:15: \"last_resort\" is there twice; keep one of them (the other one is at a.toml:1:15)"
    );
}

#[test]
fn a_key_of_the_process_says_where_it_belongs() {
    let holds = "a file of the directory holds people, teams, services, policies, schedules, calendars and last_resort";
    for (text, place) in [("\n[database]\nurl = \"x\"", "2:2"), ("slack = []", "1:1"), ("[incidents.x]", "1:2")] {
        let key = text.trim_matches(|c: char| !c.is_alphabetic()).split(|c: char| !c.is_alphabetic()).next().unwrap();
        let first = ("first.toml", "[[teams]]\nkey = \"sea\"\n");
        assert_eq!(
            error(&[first, ("a.toml", text)]),
            format!("a.toml:{place}: \"{key}\" belongs in firebell.toml; {holds}")
        );
    }
    assert_eq!(error(&[("a.toml", "[[team]]")]), "a.toml:1:3: unknown key \"team\"; did you mean \"teams\"?");
    assert_eq!(
        error(&[("a.toml", "[[people]]\nhandle = \"a\"\nkey = 1")]),
        "a.toml:3:1: unknown key \"key\" in [[people]]"
    );
}

#[test]
fn a_file_that_breaks_off_is_the_one_that_is_named() {
    let whole = ("a.toml", "[[people]]\nhandle = \"ana\"");
    assert!(error(&[whole, ("b.toml", "[[people]]\nhandle = "), whole]).starts_with("b.toml:2:"));
    assert!(error(&[("a.toml", "[[people]"), whole]).starts_with("a.toml:1:"));
    assert_eq!(
        error(&[whole, ("b.toml", "[[people]]\nname = \"A\"")]),
        "b.toml:1:1: \"handle\" is missing in [[people]]"
    );
}

#[test]
fn a_folder_is_its_files_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("empty")).unwrap();
    for name in ["b.toml", "a.toml", "notes.md", "empty/c.toml.bak"] {
        fs::write(path(name), format!("\u{feff}# {name}")).unwrap();
    }
    let read = |paths: &[PathBuf]| {
        Sources::read(paths).map(|Sources(texts)| texts.into_iter().map(|text| text.text).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(read(&[folder.path().to_owned()]).unwrap(), "# a.toml # b.toml");
    assert_eq!(read(&[path("b.toml"), folder.path().to_owned()]).unwrap(), "# b.toml # a.toml");
    assert_eq!(read(&[path("notes.md")]).unwrap(), "# notes.md");
    assert!(matches!(read(&[path("none.toml")]), Err(ConfigError::Unreadable { .. })));
    let empty = read(&[path("empty")]).unwrap_err().to_string();
    assert!(empty.contains("there is no file in it whose name ends in .toml"), "{empty}");
    fs::write(path("b.toml"), b"\xff").unwrap();
    assert!(matches!(read(&[path("b.toml")]), Err(ConfigError::Unreadable { .. })));
}

#[test]
fn a_configuration_without_a_directory_may_name_policies_of_the_database() {
    let text = "[incidents]\ndefault_policy = \"web\"\n[[slack]]\non_call_policy = \"web\"\n[[discord]]\non_call_policy = \"dc\"\n";
    let config = Config::parse(text, "firebell.toml").unwrap();
    assert!(!config.describes_directory());
    assert_eq!(config.named_policies().iter().map(ToString::to_string).collect::<Vec<_>>(), ["web", "dc"]);
    let with = format!("{text}[[people]]\nhandle = \"ana\"\n");
    let wrong = Config::parse(&with, "firebell.toml").unwrap_err().to_string();
    assert_eq!(wrong, "firebell.toml:2:18: \"default_policy\" in [incidents] names unknown policy \"web\"");
    assert!(Config::parse("[[people]]\nhandle = \"ana\"\n", "firebell.toml").unwrap().describes_directory());
}

#[test]
fn accounts_are_those_of_the_workspaces_of_the_configuration() {
    let config = Config::parse("[[slack]]\nname = \"eu\"\n", "firebell.toml").unwrap();
    let of = |text: &str| config.directory_of(&sources(&[("a.toml", text)]));
    let directory = of("[[people]]\nhandle = \"ana\"\nslack = \"U1\"").unwrap();
    assert_eq!(directory.people[0].accounts[0].workspace, "slack:eu");
    let wrong = of("[[people]]\nhandle = \"ana\"\nslack = { us = \"U1\" }").unwrap_err().to_string();
    assert_eq!(wrong, "a.toml:3:9: person \"ana\" names unknown Slack workspace \"us\"");
}
