use super::super::super::{Command, Declare};
use super::{at, does, refuses};

const USAGE: &str = "/incident declare <title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T] [--description TEXT] [--here]";

fn declared(title: &str) -> Declare {
    Declare { title: title.to_owned(), ..Declare::default() }
}

fn noted(text: &str, time: Option<&str>) -> Command {
    Command::Note { text: text.to_owned(), at: time.map(at) }
}

#[test]
fn declarations_are_read() {
    let sev1 = |title: &str| Declare { severity: Some("sev1".to_owned()), ..declared(title) };
    let services =
        |names: &[&str]| Declare { services: names.iter().map(|&n| n.to_owned()).collect(), ..declared("x") };
    for (line, expected) in [
        ("checkout is down", declared("checkout is down")),
        ("it's down, the users' carts too", declared("it's down, the users' carts too")),
        ("checkout is down SEV1", sev1("checkout is down")),
        ("sev1: checkout is down", sev1("checkout is down")),
        ("--sev SEV1 checkout is down", sev1("checkout is down")),
        ("checkout --severity=sev1 is down sev1", sev1("checkout is down")),
        ("\"sev2 alarm --drill\" sev1", sev1("sev2 alarm --drill")),
        ("“a  b”", declared("a b")),
        ("the \"blue\" button", declared("the \"blue\" button")),
        ("a “b", declared("a “b")),
        ("x --service a,b --service=b --SERVICE 'c'", services(&["a", "b", "c"])),
        ("x —service a, b", services(&["a", "b"])),
        ("a — b —c", declared("a — b —c")),
        ("x --type Security", Declare { incident_type: Some("Security".to_owned()), ..declared("x") }),
        (
            "x --field region=eu --field 'tier=1 of 3'",
            Declare {
                fields: [("region", "eu"), ("tier", "1 of 3")].map(|(f, v)| (f.to_owned(), v.to_owned())).to_vec(),
                ..declared("x")
            },
        ),
        ("x --private —drill", Declare { private: true, drill: true, ..declared("x") }),
        ("-- --private", declared("--private")),
        (
            "x --impact-started yesterday 23:50",
            Declare { impact_started: Some(at("2026-11-20T22:50:00Z")), ..declared("x") },
        ),
        ("--impact-started -10m x", Declare { impact_started: Some(at("2026-11-21T13:50:00Z")), ..declared("x") }),
    ] {
        for verb in ["declare", "/incident declare", "/Incident  NEW"] {
            does(&format!("{verb} {line}"), Command::Declare(expected.clone()));
        }
    }
}

#[test]
fn wrong_declarations_are_refused_with_the_usage() {
    for (line, problem) in [
        ("", "say what happened"),
        ("sev1", "say what happened"),
        ("\" \"", "say what happened"),
        ("x sev1 --sev sev2", "sev2 and sev1 are two severities, name one or quote the title"),
        ("x --servise a", "there is no option --servise, perhaps --service is meant"),
        ("x --banana a", "there is no option --banana, write -- before text that begins so"),
        ("x --private --private", "--private is given twice"),
        ("x --private=no", "--private takes no value"),
        ("x --service", "--service needs a value"),
        ("x --service --drill", "--service needs a value"),
        ("x --service ,", "--service needs a value"),
        ("x --impact-started", "--impact-started needs a value"),
        ("x --field region", "\"region\" is no field, write it as --field region=eu"),
        ("x --field =eu", "\"=eu\" is no field, write it as --field region=eu"),
        ("x --type", "--type needs a value"),
    ] {
        refuses(&format!("declare {line}"), &format!("{problem}: {USAGE}"));
    }
    refuses(
        &format!("declare {}", "x".repeat(201)),
        "the title is longer than 200 characters; shorten it or link to it",
    );
}

#[test]
fn times_take_as_many_words_as_they_have() {
    for (line, text, time) in [
        ("rolled back --at 14:05 to 1.4", "rolled back to 1.4", Some("2026-11-21T13:05:00Z")),
        ("--at 10m ago it broke", "it broke", Some("2026-11-21T13:50:00Z")),
        ("x --at=mon 10:00 y", "x y", Some("2026-11-16T09:00:00Z")),
        ("x --at=\"mon 10:00\" y", "x y", Some("2026-11-16T09:00:00Z")),
        ("x --at 'mon 10:00' y", "x y", Some("2026-11-16T09:00:00Z")),
        ("x --at yesterday 3 pods died", "x 3 pods died", Some("2026-11-19T23:00:00Z")),
        ("a\n  b --at now\nc", "a\n  b\nc", Some("2026-11-21T14:00:00Z")),
        ("he said \"use --at\"", "he said \"use --at\"", None),
    ] {
        does(&format!("note {line}"), noted(text, time));
    }
    let form = "write 14:05, -10m, 10m ago, yesterday 23:50, mon 10:00, now, 2026-11-21 14:05 or 2026-11-21T14:05:00Z";
    refuses("note x --at soon or so", &format!("`soon` is not a time; {form}"));
    refuses("note x --at yesterday 25:00", &format!("`yesterday 25:00` is not a time; {form}"));
    refuses(
        "action x --due yesterday 10:00",
        "`yesterday 10:00` is not in the future; name a later time, such as 3d or fri 17:00",
    );
}
