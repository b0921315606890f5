//! The command line as scripts and people use it: exit codes, words, and input of every kind.

use std::collections::BTreeSet;
use std::path::Path;

use firebell_core::command::verbs::VERBS;
use serde_json::Value;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::support::{Ended, Home};

const COMMANDS: [&str; 22] = [
    "serve", "console", "replay", "demo", "check", "plan", "apply", "versions", "pull", "schedule", "doctor",
    "manifest", "verify", "export", "contacts", "list", "show", "do", "ping", "report", "schema", "template",
];

/// An incident that bo is paged for.
fn incident() -> Home {
    let home = Home::founded();
    assert_eq!(home.says("ana", "/incident declare it is down sev1").done(), "INC-1 declared at SEV1. Paging @bo.");
    home
}

#[test]
fn every_command_explains_itself() {
    let home = Home::new();
    let all = home.run(&["--help"]).done();
    for command in COMMANDS {
        assert!(all.contains(&format!("\n  {command} ")), "{command} is not in:\n{all}");
        let help = home.run(&[command, "--help"]).done();
        assert!(help.contains(&format!("Usage: firebell {command}")), "{help}");
        let help = home.run(&[command, "--nonsense"]).wrong_usage();
        assert!(help.contains("unexpected argument '--nonsense'") || command == "do", "{help}");
    }
    assert!(home.run(&["--version"]).done().starts_with("firebell "));
}

#[test]
fn wrong_usage_says_what_is_right() {
    let home = Home::new();
    let table: [(&[&str], &str); 20] = [
        (&[], "Usage: firebell [OPTIONS] <COMMAND>"),
        (&["frobnicate"], "unrecognized subcommand 'frobnicate'"),
        (&["serve", "--listen", "somewhere"], "invalid value 'somewhere' for '--listen <ADDRESS>'"),
        (&["serve", "--log-format", "xml"], "[possible values: text, json]"),
        (&["replay"], "<FILE>"),
        (&["replay", "a.txt", "--speed", "0"], "the speed is a number above 0, as in --speed 60"),
        (&["replay", "a.txt", "--speed", "2", "--instant"], "cannot be used with '--instant'"),
        (&["manifest"], "<PLATFORM>"),
        (&["manifest", "teams"], "[possible values: slack]"),
        (&["manifest", "slack", "--format", "toml"], "[possible values: yaml, json]"),
        (&["manifest", "slack", "--name", " "], "a name has 1 to 35 characters"),
        (&["manifest", "slack", "--url", "http://bell.example.com"], "Slack posts to https alone"),
        (&["verify", "--against", "a.md"], "<INCIDENT>"),
        (&["export"], "<INCIDENT>"),
        (&["export", "INC-1", "--format", "docx"], "[possible values: md, html, pdf, json]"),
        (&["export", "INC-1", "--zone", "Nowhere"], "invalid value 'Nowhere' for '--zone <ZONE>'"),
        (&["export", "INC-1", "--format", "json", "--template", "standard"], "a record as JSON has none"),
        (&["show", "1"], "an incident is numbered like INC-42"),
        (&["do", "/incident list"], "--as <PERSON>"),
        (&["do", "--as", "ana"], "<WORDS>..."),
    ];
    for (words, expected) in table {
        let said = home.run(words).wrong_usage();
        assert!(said.contains(expected), "{words:?}: {said}");
    }
}

#[test]
fn a_fault_says_what_failed_and_what_to_do() {
    let home = incident();
    home.run(&["export", "INC-1", "-o", "a.md"]).done();
    let table: [(&[&str], &str); 13] = [
        (
            &["serve", "--db", "none/a.db", "--listen", "127.0.0.1:0"],
            "failed to reach the database: there is no folder none;",
        ),
        (&["list", "--db", "none.db"], "there is no database at none.db; name it with --db or start `firebell serve`"),
        (&["list", "--db", "firebell.toml"], "failed to reach the database: (code 26) file is not a database"),
        (&["list", "--db", ":memory:"], "a database in memory forgets its pages when the process ends; name a file"),
        (&["list", "--db", "mysql://x/y"], "it is neither sqlite:PATH nor postgres://"),
        (&["list", "--config", "none.toml"], "none.toml"),
        (&["replay", "none.txt"], "read none.txt: No such file"),
        (&["replay", "."], "read .: Is a directory"),
        (&["verify", "INC-1", "--against", "none.md"], "read none.md: No such file"),
        (&["verify", "INC-1", "--against", "firebell.toml"], "firebell.toml carries no head of a record"),
        (&["export", "INC-1", "-o", "none/a.md"], "write none/a.md: No such file"),
        (&["ping", "--url", "https://localhost/readyz"], "only http is spoken here"),
        (&["serve", "--listen", "192.0.2.1:7373"], "listen on 192.0.2.1:7373: "),
    ];
    for (words, expected) in table {
        let said = home.run(words).fault();
        assert!(said.starts_with("firebell: ") && said.contains(expected), "{words:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{words:?}: {said}");
    }
}

#[tokio::test]
async fn a_database_of_something_else_is_left_alone() {
    let home = Home::new();
    let file = home.path("other.db");
    let url = format!("sqlite:{}?mode=rwc", file.display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('ada')").await.unwrap();
    other.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let expected = "firebell: failed to use this database: it holds tables of something else and none of Firebell's; \
                    name another one";
    for words in
        [&["list"][..], &["show", "INC-1"], &["verify"], &["console"], &["do", "--as", "ana", "/incident list"]]
    {
        let said = home.run(&[&["--db", "other.db"], words].concat()[..]).fault();
        assert_eq!(said, expected, "{words:?}");
    }
    assert_eq!(home.run(&["serve", "--listen", "127.0.0.1:0", "--db", "other.db"]).fault(), expected);
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_refusal_says_why_and_changes_nothing() {
    let home = incident();
    let before = home.run(&["show", "INC-1", "--json"]).done();
    let guest = "! @gus is a guest here and may not run commands; ask an administrator to make them a responder";
    let table: [(&[&str], &str); 11] = [
        (&["show", "INC-9"], "! No incident is called INC-9"),
        (&["show", "INC-9", "--json"], "! No incident is called INC-9"),
        (&["export", "INC-9"], "! No incident is called INC-9"),
        (&["export", "INC-9", "--format", "json", "-o", "a.json"], "! No incident is called INC-9"),
        (
            &["export", "INC-1", "--template", "nope"],
            "! No postmortem template is called nope; there are customer, executive, five-whys, security, short, standard",
        ),
        (&["do", "--as", "ana", "/incident INC-9 note hello"], "! No incident is called INC-9"),
        (&["do", "--as", "anna", "/incident list"], "! No person is called @anna; did you mean @ana?"),
        (&["do", "--as", "gus", "/incident list"], guest),
        (&["do", "--as", "gus", "/incident ack"], guest),
        (&["do", "--as", "ana", "/incident page @nobody"], "! No person or policy is called nobody"),
        (&["do", "--as", "ana", "/incident", "note"], "! Say what to note: /incident note <text> [--at T]"),
    ];
    for (words, expected) in table {
        assert_eq!(home.run(words).refused(), expected, "{words:?}");
    }
    assert!(!home.path("a.json").exists());
    assert_eq!(home.run(&["show", "INC-1", "--json"]).done(), before);
    home.says("bo", "/incident ack").done();
    home.says("ana", "/incident resolve it is up").done();
    home.says("ana", "/incident INC-1 close").done();
    let over =
        "! INC-1 is closed and takes no more of this; it is closed for good: declare a new incident and link this one";
    assert_eq!(home.says("ana", "/incident INC-1 page @bo").refused(), over);
}

#[test]
fn readers_speak_json_with_the_same_keys_each_time() {
    let home = incident();
    let table: [(&[&str], &str); 4] = [
        (
            &["check"],
            "alarm_when_the_database_is_lost calendars contact_methods_beside_chat database heartbeat key last_resort listen people policies \
             postmortem_templates schedules services severities_that_page synthetic_page targets_of_postmortems teams templates trackers warnings",
        ),
        (&["verify"], "anchors entries evidence head intact redacted stream"),
        (&["show", "INC-1"], "actions causes entries head incident intervals key_times messages metrics pages"),
        (
            &["list"],
            "actions analysis announcements card declared drill entries fields headline id impact kind last_update marked members \
             milestones mirror owning_team postmortem roles rooms services severity status summary times title update_due version visibility",
        ),
    ];
    for (words, keys) in table {
        let said = home.run(&[words, &["--json"]].concat()).done();
        let value: Value = serde_json::from_str(&said).unwrap();
        let value = value.get(0).unwrap_or(&value);
        let found: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(found, keys.split_whitespace().collect(), "{words:?}");
    }
    assert_eq!(
        home.run(&["export", "INC-1", "--format", "json"]).done(),
        home.run(&["show", "INC-1", "--json"]).done()
    );
    let empty = Home::founded();
    assert_eq!(empty.run(&["list", "--json"]).done(), "[]");
}

#[test]
fn words_of_every_kind_are_kept_or_refused() {
    let home = incident();
    for (number, text) in
        ["two\nlines", "tab\there", "\u{1b}[2J\u{7}", "🔥 שלום \u{202e}", "$(id) `id` %s \\n", "-x --"]
            .into_iter()
            .enumerate()
    {
        let noted = home.says("ana", &format!("/incident note -- {text}"));
        assert_eq!(noted.done(), format!("Noted in INC-1 as E{}.", 7 + number), "{text:?}");
    }
    let shown = home.says("ana", "/incident timeline").done();
    assert!(shown.contains("␛[2J␇"), "{shown}");
    assert_eq!(shown.chars().find(|c| c.is_control() && *c != '\n'), None, "{shown:?}");
    for empty in ["", " ", "\n", "/incident", "help"] {
        assert!(home.says("ana", empty).done().contains("/incident declare <title>"), "{empty:?}");
    }
    // A system hands over some 128 KiB in one argument.
    let piece = "x".repeat(1 << 16);
    let mut words = vec!["do", "--as", "ana", "/incident", "note"];
    words.extend(std::iter::repeat_n(piece.as_str(), 16));
    assert_eq!(home.run(&words).refused(), "! The note is longer than 8000 characters; shorten it or link to it");
    words.drain(3..5);
    let refused = home.run(&words).refused();
    assert!(refused.starts_with("! There is no command \"xxxx") && refused.len() < 200, "{refused}");
}

#[test]
fn bytes_that_are_no_text_are_wrong_usage() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let home = incident();
    let mut command = home.command();
    command.args(["do", "--as", "ana"]).arg(OsStr::from_bytes(b"/incident note \xff\xfe"));
    let said = crate::support::fed(&mut command, Vec::new()).wrong_usage();
    assert!(said.contains("invalid UTF-8"), "{said}");
}

#[test]
fn every_verb_has_its_help() {
    let home = Home::founded();
    let asked = VERBS
        .iter()
        .flat_map(|verb| [format!("/help {}\n", verb.named()), format!("@ana /incident help {}\n", verb.named())]);
    let told = home.feeds(&["console"], asked.collect::<String>()).done();
    for verb in VERBS {
        let usage = verb.usage();
        assert_eq!(told.lines().filter(|line| *line == usage).count(), 2, "{usage} in:\n{told}");
        let alone = home.says("ana", &format!("/incident help {}", verb.named())).done();
        assert!(alone.starts_with(&usage) && alone.contains(verb.about), "{alone}");
    }
}

#[test]
fn a_console_takes_whatever_a_pipe_holds() {
    let home = Home::founded();
    let told = home.feeds(&["console"], odd_lines()).done();
    assert!(!told.contains("panicked"), "{told}");
    let order = told.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(order, None);
    for expected in
        ["no handle", "a room has a name", "there is no command /nonsense", "is longer than 8000 characters"]
    {
        assert!(told.contains(expected), "{expected:?} was not said");
    }
    // The last line has no end, and counts.
    let last = told.lines().last().unwrap();
    assert!(last.starts_with("Noted in INC-1 as E"), "{last}");
    let verified = home.run(&["verify"]).done();
    assert!(verified.contains("INC-1: ") && verified.lines().all(|line| line.ends_with(": intact")), "{verified}");
}

/// More than two hundred lines that nobody should write, in an incident that is open.
fn odd_lines() -> Vec<u8> {
    let pieces = [
        "",
        "@",
        "#",
        "@ana",
        "@bo #inc-1",
        "/nonsense",
        "/incident",
        "/",
        "🔥👩‍🚒",
        "שלום עולם",
        "\u{202e}evil",
        "\u{1b}[2J\u{7}\0",
        "\t",
        "\r",
        "\"",
        "'",
        "\\",
        "--",
        "--at",
        "/who",
        "/rooms",
        "/help x",
        "INC-99999999999999999999",
        "E0",
        "%s%n",
        "$(id)",
    ];
    let mut lines = vec![b"@ana /incident declare it is odd".to_vec()];
    for (at, first) in pieces.into_iter().enumerate() {
        for second in pieces.iter().cycle().skip(at * 7).take(8) {
            lines.push(format!("{first} {second}").into_bytes());
        }
    }
    lines.push(b"\xff\xfe\xfa".to_vec());
    lines.push(vec![b'x'; 1 << 20]);
    lines.push([b"/incident note ".to_vec(), vec![b'y'; 1 << 20]].concat());
    lines.push(b"@ana /incident INC-1 note the last".to_vec());
    lines.join(&b'\n')
}

const STORY: &str = r#"@title The day the disk filled up
@zone Europe/Amsterdam
@start 2026-03-02 16:00
@person ana "Ana"
@person bo "Bo"
@policy primary "Primary" bo 5m, ana+bo 10m
@last-resort ana
@default-policy primary

[16:02] bo: /incident declare writes fail sev1
> INC-1
[+7m] wait
[16:10] ana INC-1: /incident ack
[+30s] ana: the disk is full
"#;

#[test]
fn a_broken_transcript_is_named_with_its_line() {
    let home = Home::new();
    let table = [
        ("", 1, "nothing happens in this transcript"),
        ("@zone Foo/Bar\n", 1, "`Foo/Bar` is no time zone"),
        ("@person ana \"Ana\"\n@start 2026-03-02 16:00\n[16:02] ana hello\n", 3, "is not who speaks"),
        ("@start 2026-03-02 16:00\n[16:02] ana: hello\n", 2, "ana"),
        ("@person ana \"Ana\"\n@start 2026-03-02 16:00\n\n[15:02] ana: hello\n", 4, "earlier than the line before"),
        ("@person ana \"Ana\"\n@start 2026-03-02 16:00\n[16:02] ana: hello\n", 3, "nobody has declared an incident"),
        (
            "@person ana \"Ana\"\n@start 2026-03-02 16:00\n[16:02] ana #nowhere: hello\n",
            3,
            "there is no room #nowhere here; write INC-n, or the name that the room was opened under",
        ),
        ("\n\n  more\n", 3, "there is no utterance directly above that this line could continue"),
        ("@person ana \"Ana\"\n@start 2026-03-02 16:00\n[16:02] ana: hello\n\n> x\n", 5, "no utterance directly above"),
    ];
    for (text, line, expected) in table {
        home.write("story.txt", text);
        let said = home.run(&["replay", "story.txt", "--instant"]).fault();
        assert!(said.starts_with(&format!("firebell: story.txt:{line}: ")) && said.contains(expected), "{said}");
    }
    std::fs::write(home.path("story.txt"), [STORY.as_bytes(), b"[+1m] ana: \xff\n"].concat()).unwrap();
    let said = home.run(&["replay", "story.txt", "--instant"]).fault();
    assert_eq!(said, "firebell: story.txt:15: this is no text in UTF-8; save the file in that encoding");
    home.write("story.txt", &STORY.replace("> INC-1", "> INC-9"));
    let Ended { code, err, .. } = home.run(&["replay", "story.txt", "--instant"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("story.txt:10: the reply does not contain \"INC-9\"; it was: INC-1 declared at SEV1."),
        "{err}"
    );
}

#[test]
fn what_is_said_in_a_transcript_may_have_paragraphs() {
    let home = Home::new();
    home.write(
        "story.txt",
        &format!("{STORY}[+1m] ana: /incident postmortem write went-well one\n\n\n  two\n  three\n\n"),
    );
    home.run(&["replay", "story.txt", "--instant", "--export", "out"]).done();
    let document = std::fs::read_to_string(home.path("out/INC-1-postmortem.md")).unwrap();
    assert!(document.contains("\none\n\n\ntwo\nthree\n"), "{document}");
}

#[test]
fn a_transcript_gives_no_orders_to_a_terminal() {
    let home = Home::new();
    let orders = "a\0b\u{1b}[2J\u{7}\r\u{9b}31m\u{202e}c";
    let title = format!("@title {orders}\n");
    let story = STORY.replacen("@title The day the disk filled up\n", &title, 1);
    home.write("story.txt", &format!("{story}[+1m] ana: {orders}\n  {orders}\n[+1m] bo: /incident note {orders}\n"));
    let told = home.run(&["replay", "story.txt", "--instant"]).done();
    assert!(told.starts_with("a␀b␛[2J␇␍�31m⟨U+202E⟩c\n"), "{told:?}");
    let order = told.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
    assert_eq!(order, None, "{told:?}");
}

#[test]
fn a_replay_writes_the_same_bytes_each_time() {
    let home = Home::new();
    home.write("story.txt", STORY);
    let mut seen = Vec::new();
    for folder in ["one", "two"] {
        let told = home.run(&["replay", "story.txt", "--instant", "--export", folder]).done();
        let files = ["INC-1-postmortem.md", "INC-1.json"].map(|file| home.read(&format!("{folder}/{file}")));
        seen.push((told.replace(folder, "folder"), files));
    }
    let (told, [document, record]) = &seen[0];
    assert!(told.contains("PAGE @bo") && document.contains("writes fail") && record.contains("the disk is full"));
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn a_replay_keeps_away_from_a_database_in_use() {
    let home = incident();
    home.write("story.txt", STORY);
    let before = home.run(&["show", "INC-1", "--json"]).done();
    let said = home.run(&["replay", "story.txt", "--instant", "--db", "firebell.db"]).fault();
    assert_eq!(said, "firebell: a replay needs a database of its own; name one that does not exist yet with --db");
    assert_eq!(home.run(&["show", "INC-1", "--json"]).done(), before);
    assert!(home.run(&["verify"]).done().lines().all(|line| line.ends_with(": intact")));
}

#[test]
fn a_replay_leaves_nothing_behind() {
    let home = Home::new();
    std::fs::create_dir(home.path("tmp")).unwrap();
    for (story, code) in [(STORY.to_owned(), 0), (STORY.replace("> INC-1", "> INC-9"), 1)] {
        home.write("story.txt", &story);
        let mut command = home.command();
        command.args(["replay", "story.txt", "--instant"]).env("TMPDIR", home.path("tmp"));
        assert_eq!(crate::support::fed(&mut command, Vec::new()).code, code);
        let left: Vec<_> = std::fs::read_dir(home.path("tmp")).unwrap().map(|item| item.unwrap().file_name()).collect();
        assert_eq!(left, Vec::<std::ffi::OsString>::new(), "after exit code {code}");
    }
}

#[test]
fn a_demonstration_that_cannot_write_says_so() {
    let home = Home::new();
    let mut command = home.command();
    command.args(["demo", "--instant"]).current_dir(unwritable());
    let Ended { code, out, err } = crate::support::fed(&mut command, Vec::new());
    assert_eq!(code, 1);
    assert!(err.starts_with("firebell: write ./INC-1-postmortem.md: "), "{err}");
    assert!(out.contains("PAGE @dba1") && !out.contains("Wrote"), "{out}");
}

#[test]
fn a_demonstration_replaces_nobodys_postmortem() {
    let home = Home::new();
    home.write("INC-1-postmortem.md", "What we learned from our own first incident.");
    for _ in 0..2 {
        let told = home.run(&["demo", "--instant"]).done();
        assert!(told.contains("\nWrote ./INC-1-postmortem-2.md: "), "{told}");
    }
    assert_eq!(home.read("INC-1-postmortem.md"), "What we learned from our own first incident.");
    assert!(!home.path("INC-1-postmortem-3.md").exists());
}

/// A folder in which even root makes no file.
fn unwritable() -> &'static Path {
    Path::new("/proc")
}

#[test]
fn a_ping_asks_whether_a_replica_is_ready() {
    let home = Home::new();
    let serving = home.serve();
    let url = serving.url("/readyz");
    assert_eq!(home.run(&["ping", "--url", &url]).done(), "");
    // Without a URL it is the one that is configured.
    let address = url.strip_prefix("http://").and_then(|url| url.strip_suffix("/readyz")).unwrap();
    home.write("other.toml", &format!("[http]\nlisten = \"{address}\"\n"));
    assert_eq!(home.run(&["ping", "--config", "other.toml"]).done(), "");
    assert_eq!(serving.asked("/healthz"), (200, "ok".to_owned()));
    assert_eq!(serving.stop("-TERM").code, 0);
    let said = home.run(&["ping", "--config", "other.toml"]).fault();
    assert!(said.starts_with(&format!("firebell: ping {url}: ")), "{said}");
    let said = home.run(&["ping", "--url", &url]).fault();
    assert!(said.ends_with("; is Firebell running and listening there?"), "{said}");
}
