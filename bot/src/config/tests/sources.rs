use std::fs;
use std::path::Path;

use chrono::TimeDelta;

use crate::config::{ALARM_WEBHOOK, Config, ConfigError, DATABASE_URL, HEARTBEAT_URL, KEY, KeySource, Secret, Webhook};
use crate::store::DatabaseUrl;

fn nothing(_: &str) -> Option<String> {
    None
}

fn parse(text: &str) -> Config {
    Config::parse(text, "firebell.toml").unwrap()
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.toml");
    let error = Config::load_with(Some(&path), &nothing).unwrap_err();
    assert!(matches!(&error, ConfigError::Unreadable { path: named, .. } if *named == path), "{error}");
    fs::write(&path, "[http]\nlisten = \"[::1]:80\"").unwrap();
    assert_eq!(Config::load_with(Some(&path), &nothing).unwrap().http.listen.port(), 80);
}

#[test]
fn the_environment_prevails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.toml");
    fs::write(&path, "[key]\nfile = \"a.key\"\n[alarm]\nwebhook_file = \"/no/such/file\"").unwrap();
    let set = |name: &str| match name {
        DATABASE_URL => Some("postgres://u:hunter2@host/db".to_owned()),
        KEY => Some("hunter2".to_owned()),
        ALARM_WEBHOOK => Some("https://example.com/hunter2".to_owned()),
        HEARTBEAT_URL => Some("https://hc-ping.com/hunter2".to_owned()),
        _ => None,
    };
    let config = Config::load_with(Some(&path), &set).unwrap();
    assert!(config.database.url.sqlite_file().is_none());
    assert_eq!(config.key_source().unwrap(), KeySource::Text(Secret::new("hunter2")));
    assert_eq!(config.alarm_webhook().unwrap().unwrap().expose(), "https://example.com/hunter2");
    let (url, every) = config.heartbeat().unwrap().unwrap();
    assert_eq!((url.expose(), every), ("https://hc-ping.com/hunter2", TimeDelta::minutes(1)));
    assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");

    let empty = Config::load_with(Some(&path), &|_| Some(String::new())).unwrap();
    assert_eq!(empty.key_source().unwrap(), KeySource::File("a.key".into()));
    let wrong = Config::load_with(Some(&path), &|name| (name == DATABASE_URL).then(|| "mysql://hunter2".to_owned()));
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "FIREBELL_DATABASE_URL in the environment: use this database address: it is neither sqlite:PATH nor postgres://",
    );
}

#[test]
fn the_key_lies_beside_the_sqlite_file() {
    for (url, file) in [
        ("sqlite:firebell.db", Some("firebell.key")),
        ("sqlite:///var/lib/fire bell/a.db", Some("/var/lib/fire bell/firebell.key")),
        ("data/a.db", Some("data/firebell.key")),
        ("sqlite://data/a.db", Some("data/firebell.key")),
        ("sqlite:100%/a.db", Some("100%/firebell.key")),
        ("postgres://u@host/db", None),
    ] {
        let found = parse(&format!("[database]\nurl = \"{url}\"")).key_source();
        match file {
            Some(file) => assert_eq!(found.unwrap(), KeySource::File(file.into()), "{url}"),
            None => assert!(matches!(found, Err(ConfigError::NoKey)), "{url}"),
        }
    }
}

#[test]
fn the_alarm_goes_to_https_or_to_this_machine() {
    for (url, fits) in [
        ("https://hooks.example.com/a", true),
        ("http://localhost:8080/a", true),
        ("http://127.0.0.1:8080/a", true),
        ("http://[::1]:8080/a", true),
        ("http://example.com/a", false),
        ("http://localhost.example.com/a", false),
        ("file:///etc/passwd", false),
        ("hooks.example.com", false),
    ] {
        assert_eq!(Webhook::new(url).is_ok(), fits, "{url}");
    }
}

#[test]
fn the_alarm_may_come_from_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let config = parse(&format!("[alarm]\nwebhook_file = {:?}", file.path()));
    fs::write(file.path(), "https://hooks.example.com/hunter2\n").unwrap();
    assert_eq!(config.alarm_webhook().unwrap(), Some(Webhook::new("https://hooks.example.com/hunter2").unwrap()));
    fs::write(file.path(), "ftp://hunter2").unwrap();
    let error = config.alarm_webhook().unwrap_err().to_string();
    assert!(error.starts_with(&file.path().display().to_string()) && !error.contains("hunter2"), "{error}");
    assert!(parse("[alarm]\nwebhook_file = \"/no/such/file\"").alarm_webhook().is_err());
    assert_eq!(parse("").alarm_webhook().unwrap(), None);
}

#[test]
fn the_heartbeat_may_come_from_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let config = parse(&format!("[heartbeat]\nurl_file = {:?}\nevery = \"30s\"", file.path()));
    fs::write(file.path(), "https://hc-ping.com/hunter2\n").unwrap();
    let url = Webhook::new("https://hc-ping.com/hunter2").unwrap();
    assert_eq!(config.heartbeat().unwrap(), Some((url, TimeDelta::seconds(30))));
    fs::write(file.path(), "hunter2").unwrap();
    let error = config.heartbeat().unwrap_err().to_string();
    assert!(error.starts_with(&file.path().display().to_string()) && !error.contains("hunter2"), "{error}");
    assert_eq!(parse("[heartbeat]\nevery = \"30s\"").heartbeat().unwrap(), None);
}

#[test]
fn secrets_are_not_shown() {
    let url = DatabaseUrl::parse("postgres://u:hunter2@host/db?password=hunter2").unwrap();
    let config = parse("[alarm]\nwebhook = \"https://example.com/hunter2\"");
    let shown = format!("{url:?} {config:?} {:?}", KeySource::Text(Secret::new("hunter2")));
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(url.sqlite_file().is_none());
    assert_eq!(DatabaseUrl::default().sqlite_file(), Some(Path::new("firebell.db")));
}
