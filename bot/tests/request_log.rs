//! The log of requests: one line each, with what an operator searches for and nothing of what a person typed.

use serde_json::Value;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::support::{Ended, Home, fed};

const SECRET: &str = "hunter2-password";

/// Runs a command of the grammar with a log for machines.
fn says(home: &Home, who: &str, line: &str) -> Ended {
    home.run(&["do", "--log-format", "json", "--as", who, line])
}

/// The lines of a log for machines; whatever else stands on standard error is left out.
fn lines(err: &str) -> Vec<Value> {
    err.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The only line that is told of a request.
fn told(ended: &Ended) -> Value {
    let [line] = <[Value; 1]>::try_from(lines(&ended.err)).unwrap_or_else(|_| panic!("{ended:?}"));
    assert!(line["request"].as_str().unwrap().starts_with("cli:"), "{line}");
    assert!(line["took_ms"].is_u64() && line["timestamp"].is_string(), "{line}");
    assert!(line.get("workspace").is_none(), "the command line is no workspace: {line}");
    line
}

#[test]
fn a_command_is_told_when_it_is_committed() {
    let home = Home::founded();
    let declared = told(&says(&home, "ana", "/incident declare it is down sev4"));
    let noted = told(&says(&home, "ana", &format!("/incident note the key is {SECRET}")));
    for (line, command) in [(declared, "declare"), (noted, "note")] {
        assert_eq!((&line["level"], &line["message"]), (&"INFO".into(), &"command committed".into()), "{line}");
        assert_eq!((&line["actor"], &line["command"]), (&"ana".into(), &command.into()), "{line}");
        assert_eq!((&line["incident"], &line["repeated"]), (&"INC-1".into(), &false.into()), "{line}");
    }
}

#[test]
fn a_refusal_is_told_by_its_kind() {
    let home = Home::founded();
    says(&home, "ana", "/incident declare it is down sev4").done();
    for (who, line, actor, command, incident, kind) in [
        (SECRET, "/incident ack", Value::Null, Value::Null, Value::Null, "unknown_person"),
        ("ana", &format!("/incident {SECRET}"), "ana".into(), Value::Null, Value::Null, "usage"),
        ("ana", &format!("/incident page {SECRET}"), "ana".into(), "page".into(), "INC-1".into(), "unknown_target"),
        ("ana", "/incident INC-7 note x", "ana".into(), "note".into(), "INC-7".into(), "no_incident"),
        (
            "ana",
            &format!("/oncall me set ntfy {SECRET}"),
            "ana".into(),
            "set_contact".into(),
            Value::Null,
            "not_allowed",
        ),
        ("gus", "/incident show", "gus".into(), "show".into(), Value::Null, "guest"),
    ] {
        let ended = says(&home, who, line);
        assert_eq!(ended.code, 3, "{ended:?}");
        let told = told(&ended);
        assert_eq!((&told["level"], &told["message"]), (&"INFO".into(), &"request refused".into()), "{told}");
        assert_eq!((&told["actor"], &told["command"], &told["incident"]), (&actor, &command, &incident), "{told}");
        assert_eq!(told["refusal"], kind, "{told}");
        assert!(!told.to_string().contains(SECRET), "{told}");
    }
}

#[tokio::test]
async fn a_fault_is_told_once_and_as_an_error() {
    let home = Home::founded();
    says(&home, "ana", "/incident declare it is down sev4").done();
    let file = format!("sqlite:{}", home.path("firebell.db").display());
    let mut database = SqliteConnection::connect(&file).await.unwrap();
    database.execute("UPDATE incident SET title = 'another'").await.unwrap();
    database.close().await.unwrap();
    let line = format!("/incident INC-1 note {SECRET}");
    let ended = says(&home, "ana", &line);
    let told = told(&ended);
    assert_eq!((&told["level"], &told["message"]), (&"ERROR".into(), &"request failed".into()), "{told}");
    assert_eq!((&told["command"], &told["incident"]), (&"note".into(), &"INC-1".into()), "{told}");
    assert!(told["fault"].as_str().unwrap().contains("incident INC-1"), "{told}");
    assert_eq!((ended.code, ended.err.contains(SECRET)), (1, false), "{ended:?}");
    let last = ended.err.lines().last().unwrap();
    assert!(last.starts_with("firebell: failed to "), "the person hears of it: {last}");
    // Who reads the log as text at a terminal has the answer before their eyes.
    assert_eq!(home.says("ana", &line).fault().lines().count(), 1);
    let mut asked_for = home.command();
    asked_for.env("FIREBELL_LOG", "info").args(["do", "--as", "ana", &line]);
    let err = fed(&mut asked_for, Vec::new()).err;
    assert_eq!(err.matches("request failed").count(), 1, "{err}");
}

#[test]
fn a_query_is_told_to_those_who_ask_for_it() {
    let home = Home::founded();
    let listed = says(&home, "ana", "/incident list");
    assert!(lines(&listed.err).is_empty(), "a query changes nothing: {listed:?}");
    let mut asked_for = home.command();
    asked_for.env("FIREBELL_LOG", "firebell=debug");
    asked_for.args(["do", "--log-format", "json", "--as", "ana", "/incident list"]);
    let line = told(&fed(&mut asked_for, Vec::new()));
    assert_eq!((&line["level"], &line["message"]), (&"DEBUG".into(), &"query answered".into()), "{line}");
    assert_eq!(line["command"], "list", "{line}");
}
