//! The database remembers which keys signed it: with any other, nothing is opened and nothing is written.

use std::fs;

use crate::support::{Home, fed};

const OTHER: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A home in which something was recorded.
fn used() -> Home {
    let home = Home::founded();
    home.says("ana", "/incident declare checkout is down").done();
    home
}

fn bytes(home: &Home) -> Vec<u8> {
    fs::read(home.path("firebell.db")).unwrap()
}

#[test]
fn a_lost_key_is_asked_for_and_not_made_anew() {
    let home = used();
    fs::rename(home.path("firebell.key"), home.path("kept")).unwrap();
    let before = bytes(&home);
    let commands: [&[&str]; 6] = [
        &["list"],
        &["show", "INC-1"],
        &["export", "INC-1"],
        &["verify"],
        &["do", "--as", "ana", "/incident note hello"],
        &["serve", "--listen", "127.0.0.1:0"],
    ];
    for command in commands {
        let why = home.run(command).fault();
        assert!(why.contains("there is no key file firebell.key") && why.contains("restore"), "{command:?}: {why}");
        assert!(!home.path("firebell.key").exists(), "{command:?} made a key");
    }
    assert_eq!(bytes(&home), before, "something was written");
    fs::rename(home.path("kept"), home.path("firebell.key")).unwrap();
    let verified = home.run(&["verify", "INC-1"]).done();
    assert!(verified.starts_with("INC-1: ") && verified.ends_with(": intact"), "{verified}");
}

#[test]
fn another_key_is_named_and_refused() {
    let home = used();
    let with = |key: &str, words: &[&str]| {
        let mut command = home.command();
        fed(command.env("FIREBELL_KEY", key).args(words), Vec::new())
    };
    let different = with(&format!("k1:{OTHER}"), &["list"]).fault();
    let expected = "firebell: this database was written with the key k1 of fingerprint ";
    assert!(different.starts_with(expected) && different.contains("the key k1 that is given has"), "{different}");
    let absent = with(&format!("k2:{OTHER}"), &["do", "--as", "ana", "/incident note hello"]).fault();
    assert!(absent.starts_with("firebell: this database was written with the key k1 (fingerprint "), "{absent}");
    assert!(absent.contains("behind the current one"), "{absent}");
    assert!(with(&format!("replay:{OTHER}"), &["list"]).fault().contains("is that of replays"));
    assert!(!home.run(&["show", "INC-1"]).done().contains("hello"));
}

#[test]
fn a_new_key_in_front_of_the_old_one_is_remembered() {
    let home = used();
    let old = home.read("firebell.key");
    home.write("new.key", &format!("k2:{OTHER},{old}"));
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(home.path("new.key"), mode).unwrap();
    fs::rename(home.path("new.key"), home.path("firebell.key")).unwrap();
    home.says("ana", "/incident note signed with the new key").done();
    assert!(!home.run(&["verify"]).done().contains("BROKEN"));
    home.write("firebell.key", &old);
    let why = home.run(&["list"]).fault();
    assert!(why.contains("was written with the key k2 (fingerprint "), "{why}");
}

#[test]
fn a_replay_touches_no_database_of_somebody_else_and_is_no_evidence() {
    let home = used();
    home.write("day.txt", "@start 2026-03-02 16:00\n@person ana \"Ana\"\n[16:02] ana: /incident declare it fails\n");
    let before = bytes(&home);
    let why = home.run(&["replay", "day.txt", "--instant", "--db", "firebell.db"]).fault();
    assert_eq!(why, "firebell: a replay needs a database of its own; name one that does not exist yet with --db");
    assert_eq!(bytes(&home), before, "something was written");
    let shown = home.run(&["demo", "--instant"]).done();
    assert!(shown.contains("intact, but no evidence: everybody knows the key of replays"), "{shown}");
    let verified = home.run(&["verify", "--json"]).done();
    let reports: serde_json::Value = serde_json::from_str(&verified).unwrap();
    assert!(reports.as_array().unwrap().iter().all(|report| report["evidence"] == true), "{verified}");
}

#[test]
fn a_key_that_nobody_could_use_is_found_by_checking() {
    let home = used();
    let checked =
        |variable: &str| crate::support::fed(home.command().args(["check"]).env("FIREBELL_KEY", variable), Vec::new());
    let why = checked("hunter2").fault();
    assert!(
        why.starts_with("firebell: FIREBELL_KEY in the environment: read the installation key: key 1 is not"),
        "{why}"
    );
    assert!(!why.contains("hunter2"), "{why}");
    assert!(checked(OTHER).done().contains("key                              from the environment\n"));
    let key = home.read("firebell.key");
    home.write("firebell.key", "hunter2");
    let why = home.run(&["check"]).fault();
    assert!(why.starts_with("firebell: key file firebell.key: read the installation key: "), "{why}");
    home.write("firebell.key", &key);
    fs::set_permissions(home.path("firebell.key"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let why = home.run(&["check"]).fault();
    assert_eq!(why, "firebell: firebell.key can be read by others (mode 644); run `chmod 600 firebell.key`");
    fs::remove_file(home.path("firebell.key")).unwrap();
    let why = home.run(&["check"]).fault();
    assert!(why.starts_with("firebell: there is no key file firebell.key: "), "{why}");
    let why = crate::support::fed(home.command().args(["check"]).env("FIREBELL_LOG", "[["), Vec::new()).fault();
    assert!(why.contains("read the log level \"[[\""), "{why}");
}

#[test]
fn checking_makes_no_key() {
    let home = Home::new();
    assert!(home.run(&["check"]).done().contains("firebell.key (made at the first start)"));
    assert!(!home.path("firebell.key").exists() && !home.path("firebell.db").exists());
}
