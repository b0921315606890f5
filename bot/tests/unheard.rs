//! Nobody takes what Firebell says: a pipe is closed, a disk is full. It ends as it says it ends, or goes on.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::support::{Ended, Home};

/// Somewhere that takes no words: a disk that is full.
fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// A pipe that nobody reads any more.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn ended(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

const READERS: [&[&str]; 9] = [
    &["check"],
    &["check", "--json"],
    &["verify"],
    &["list", "--all"],
    &["list", "--json"],
    &["show", "INC-1"],
    &["export", "INC-1"],
    &["export", "INC-1", "-o", "a.md"],
    &["do", "--as", "ana", "/incident show"],
];

fn incident() -> Home {
    let home = Home::founded();
    home.says("ana", "/incident declare it is down sev4").done();
    home
}

#[test]
fn what_cannot_be_shown_is_a_fault() {
    let home = incident();
    for words in READERS {
        let said = ended(home.command().args(words).stdout(full()));
        assert_eq!(said.code, 1, "{words:?}: {said:?}");
        assert_eq!(
            said.err, "firebell: write to standard output: No space left on device (os error 28)\n",
            "{words:?}"
        );
    }
    let said = ended(home.command().args(["demo", "--instant"]).stdout(full()));
    assert_eq!((said.code, said.err.lines().count()), (1, 1), "{said:?}");
    assert!(said.err.contains("No space left on device"), "{said:?}");
}

#[test]
fn what_is_done_is_said_to_be_done() {
    let home = incident();
    let said = ended(home.command().args(["do", "--as", "ana", "/incident note rolled back"]).stdout(full()));
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("it is done, but the answer cannot be shown: write to standard output: No space"),
        "{said:?}"
    );
    assert!(home.says("ana", "/incident timeline").done().contains("rolled back"));
}

#[test]
fn whoever_has_read_enough_is_no_fault() {
    let home = incident();
    for words in READERS {
        let said = ended(home.command().args(words).stdout(closed()));
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{words:?}");
    }
    // The demonstration was not played to its end, and nobody is to think so.
    let said = ended(home.command().args(["demo", "--instant"]).stdout(closed()));
    assert_eq!((said.code, said.err.contains("panicked")), (1, false), "{said:?}");
}

#[test]
fn the_exit_code_tells_where_nothing_else_can() {
    let home = incident();
    for stderr in [full, closed] {
        for (words, code) in [
            (&["show", "INC-9"][..], 3),
            (&["do", "--as", "ana", "/incident INC-9 ack"], 3),
            (&["list", "--db", "none.db"], 1),
            (&["do", "--as", "ana", "/incident note it goes on"], 0),
            (&["frobnicate"], 2),
        ] {
            assert_eq!(ended(home.command().args(words).stderr(stderr())).code, code, "{words:?}");
        }
    }
}

#[test]
fn a_log_that_nobody_takes_does_not_keep_people_from_being_paged() {
    let home = Home::new();
    let mut command = home.command();
    command.args(["serve", "--listen", "127.0.0.1:0"]).stdin(Stdio::null());
    let mut serving = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(serving.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("firebell serves") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it served");
    }
    drop(log);
    let out = BufReader::new(serving.stdout.take().unwrap());
    for (number, title) in ["checkout is down", "search is down"].into_iter().enumerate() {
        let declared = home.says("ana", &format!("/incident declare {title} sev1"));
        assert_eq!((declared.code, declared.err.as_str()), (0, ""), "{number}: {declared:?}");
    }
    let pages = out.lines().map_while(Result::ok).filter(|line| line.starts_with("PAGE @bo")).take(2);
    assert_eq!(pages.count(), 2);
    let id = serving.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(serving.wait().unwrap().code(), Some(0), "it stops as it was told to");
}
