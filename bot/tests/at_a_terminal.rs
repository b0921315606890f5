//! At a real terminal, where everybody begins: other tests see pipes alone.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::Home;

/// A process whose input, output and log are one terminal.
struct AtTerminal {
    terminal: File,
    child: Child,
    seen: String,
}

impl AtTerminal {
    fn run(home: &Home, words: &[&str], colours: bool) -> Self {
        let mine: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&mine).unwrap();
        unlockpt(&mine).unwrap();
        let name = ptsname(&mine, Vec::new()).unwrap().into_string().unwrap();
        let theirs = || File::options().read(true).write(true).open(&name).unwrap();
        let mut command: Command = home.command();
        command.args(words).env("TERM", "xterm").env("HOME", home.path(""));
        if colours {
            command.env_remove("NO_COLOR");
        }
        let child = command.stdin(theirs()).stdout(theirs()).stderr(theirs()).spawn().unwrap();
        Self { terminal: mine.into(), child, seen: String::new() }
    }

    /// Waits until something stands on the terminal after what was waited for before.
    fn shows(&mut self, text: &str) {
        loop {
            if let Some(at) = self.seen.find(text) {
                self.seen.drain(..at + text.len());
                return;
            }
            assert!(self.reads(), "{text:?} is not in:\n{}", self.seen);
        }
    }

    fn says(&mut self, line: &str) {
        write!(self.terminal, "{line}\r").unwrap();
    }

    /// Everything up to the end, and the exit code.
    fn ends(mut self) -> (i32, String) {
        while self.reads() {}
        (self.child.wait().unwrap().code().unwrap_or(-1), std::mem::take(&mut self.seen))
    }

    /// A terminal whose other end is closed by all answers with an error.
    fn reads(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let count = self.terminal.read(&mut bytes).unwrap_or(0);
        self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        count > 0
    }
}

impl Drop for AtTerminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_demonstration_is_played() {
    let home = Home::new();
    let (code, shown) = AtTerminal::run(&home, &["demo", "--instant"], true).ends();
    assert_eq!(code, 0, "{shown}");
    assert!(
        shown.contains("\u{1b}[1;31mPAGE @dba1\u{1b}[0m") && shown.contains("Wrote ./INC-1-postmortem.md"),
        "{shown}"
    );
}

#[test]
fn somebody_runs_an_incident_at_the_console() {
    let home = Home::new();
    let mut console = AtTerminal::run(&home, &["console"], true);
    console.shows("you are @ana. /help explains");
    console.says("/incident declare checkout is down sev1");
    console.shows("INC-1 declared at SEV1. Paging @bo.");
    console.shows("PAGE @bo");
    console.says("@bo /incident ack");
    console.shows("You have INC-1.");
    console.says("/quit");
    let (code, shown) = console.ends();
    assert_eq!(code, 0, "{shown}");
}

#[test]
fn the_log_has_colours_unless_they_are_refused() {
    for colours in [true, false] {
        let home = Home::new();
        let mut serving = AtTerminal::run(&home, &["serve", "--listen", "127.0.0.1:0"], colours);
        serving.shows("firebell serves");
        home.says("ana", "/incident declare checkout is down sev1").done();
        serving.shows("PAGE @bo");
        assert!(Command::new("kill").arg(serving.child.id().to_string()).status().unwrap().success());
        let (code, shown) = serving.ends();
        assert_eq!((code, shown.contains("firebell stopped"), shown.contains('\u{1b}')), (0, true, colours), "{shown}");
    }
}

#[test]
fn commands_answer_at_a_terminal() {
    let home = Home::founded();
    for (words, code) in [(&["check"][..], 0), (&["list"], 0), (&["verify"], 0), (&["show", "INC-9"], 3)] {
        let (ended, shown) = AtTerminal::run(&home, words, true).ends();
        assert_eq!(ended, code, "{words:?}: {shown}");
    }
}
