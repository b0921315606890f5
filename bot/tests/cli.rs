//! The binary itself: exit codes, two processes on one database, and a process that is killed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const CONFIG: &str = r#"
last_resort = ["cy"]
[incidents]
default_policy = "primary"
[[people]]
handle = "ana"
name = "Ana"
[[people]]
handle = "bo"
name = "Bo"
[[people]]
handle = "cy"
name = "Cy"
[[policies]]
key = "primary"
name = "Primary"
[[policies.steps]]
people = ["bo"]
wait = "5m"
"#;

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("firebell.toml"), CONFIG).unwrap();
        Self(home)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_firebell"));
        command.current_dir(self.path()).env("USER", "root-of-test").env_remove("SUDO_USER").env("NO_COLOR", "1");
        for name in ["FIREBELL_DATABASE_URL", "FIREBELL_KEY", "FIREBELL_LOG"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, words: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = self.command().args(words).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    fn serve(&self) -> Serving {
        let mut child = self
            .command()
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("firebell serves") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "serve ended before it served");
        }
        Serving { out: BufReader::new(child.stdout.take().unwrap()), child, _log: log }
    }
}

struct Serving {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    _log: BufReader<std::process::ChildStderr>,
}

impl Serving {
    /// Reads what is shown until a line contains `text`.
    fn shows(&mut self, text: &str) -> String {
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "{text:?} was not shown in:\n{seen}");
            seen.push_str(&line);
            if line.contains(text) {
                return seen;
            }
        }
    }

    fn stop(mut self, signal: &str) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let mut rest = String::new();
        let _ = self.out.read_to_string(&mut rest);
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn exit_codes_tell_faults_wrong_usage_and_refusals_apart() {
    let home = Home::new();
    let (code, out, err) = home.run(&["check"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("the configuration is sound"), "{out}");
    assert_eq!(home.run(&["frobnicate"]).0, 2);
    assert_eq!(home.run(&["verify", "42"]).0, 2, "an incident is INC-n");
    let (code, _, err) = home.run(&["list"]);
    assert_eq!(code, 1, "there is no database yet");
    assert!(err.contains("there is no database at firebell.db"), "{err}");
    assert_eq!(home.serve().stop("-TERM"), 0);
    let (code, _, err) = home.run(&["do", "--as", "bob", "/incident list"]);
    assert_eq!(code, 3);
    assert!(err.contains("did you mean @bo?"), "{err}");
    assert_eq!(home.run(&["do", "--as", "ana", "/incident ack"]).0, 3);
    assert_eq!(home.run(&["show", "INC-9"]).0, 3);
    std::fs::write(home.path().join("firebell.toml"), "[database]\nurll = 1\n").unwrap();
    let (code, _, err) = home.run(&["check"]);
    assert_eq!(code, 1);
    assert!(err.contains("firebell.toml:2:1") && err.contains("did you mean \"url\""), "{err}");
}

#[test]
fn do_and_serve_work_together_on_one_sqlite_file() {
    let home = Home::new();
    let mut serving = home.serve();
    let (code, out, err) = home.run(&["do", "--as", "ana", "/incident declare checkout is down sev1"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("INC-1"), "{out}");
    serving.shows("PAGE @bo");
    assert_eq!(home.run(&["do", "--as", "bo", "/incident ack"]).0, 0);
    serving.shows("Acknowledged");
    let (_, json, _) = home.run(&["show", "INC-1", "--json"]);
    let record: serde_json::Value = serde_json::from_str(&json).unwrap();
    let actor = &record["entries"][0]["actor"];
    assert_eq!(actor["via"]["cli"]["os_user"], "root-of-test", "{actor}");
    assert_eq!(serving.stop("-INT"), 0);
    let (code, _, err) = home.run(&["do", "--as", "bo", "/incident note nobody serves"]);
    assert_eq!(code, 0);
    assert!(err.contains("neither `firebell serve` nor a console is alive"), "{err}");
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let home = Home::new();
    let serving = home.serve();
    assert_eq!(home.run(&["do", "--as", "ana", "/incident declare checkout is down sev1"]).0, 0);
    serving.stop("-KILL");
    assert_eq!(home.run(&["do", "--as", "ana", "/incident page @cy we need you"]).0, 0);
    let mut again = home.serve();
    again.shows("PAGE @cy");
    assert_eq!(again.stop("-TERM"), 0);
    let (code, out, _) = home.run(&["verify"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("INC-1:") && out.contains("intact"), "{out}");
}

#[test]
fn an_exported_postmortem_anchors_the_record() {
    let home = Home::new();
    home.serve().stop("-TERM");
    home.run(&["do", "--as", "ana", "/incident declare checkout is down sev1"]);
    for (format, file) in [("md", "a.md"), ("json", "a.json")] {
        assert_eq!(home.run(&["export", "INC-1", "--format", format, "-o", file]).0, 0);
        let (code, out, err) = home.run(&["verify", "INC-1", "--against", file]);
        assert_eq!(code, 0, "{out}{err}");
        let path = home.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        // The head of another record: any hash that was never this chain's.
        let head = head_of(&text, format);
        std::fs::write(&path, text.replace(&head, &"ab".repeat(32))).unwrap();
        let (code, out, _) = home.run(&["verify", "INC-1", "--against", file]);
        assert_eq!(code, 1, "{out}");
        assert!(out.contains("BROKEN"), "{out}");
    }
}

fn head_of(text: &str, format: &str) -> String {
    if format == "json" {
        let record: serde_json::Value = serde_json::from_str(text).unwrap();
        return record["head"]["hash"].as_str().unwrap().to_owned();
    }
    let line = text.lines().find(|line| line.starts_with("- Head:")).unwrap();
    line.split('`').nth(1).unwrap().to_owned()
}

#[test]
fn the_demonstration_writes_the_same_postmortem_each_time() {
    let home = Home::new();
    let document = home.path().join("INC-1-postmortem.md");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let (code, out, err) = home.run(&["demo", "--instant"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("PAGE @dba1") && out.contains("Wrote ./INC-1-postmortem.md"), "{out}");
        seen.push((out, std::fs::read(&document).unwrap()));
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn replays_want_a_database_of_their_own_and_export_everything() {
    let home = Home::new();
    let transcript = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts/cloudflare-2019-07-02.txt");
    let words = ["replay", transcript, "--instant", "--export", "out", "--db", "replay.db"];
    let (code, out, err) = home.run(&words);
    assert_eq!(code, 0, "{out}{err}");
    // What is asked for in chat is the same.
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/goldens/cloudflare-2019-07-02/standard.md");
    let written = std::fs::read_to_string(home.path().join("out/INC-1-postmortem.md")).unwrap();
    assert_eq!(written, std::fs::read_to_string(golden).unwrap());
    assert!(home.path().join("out/INC-1.json").exists());
    let (code, _, err) = home.run(&words);
    assert_eq!(code, 1);
    assert!(err.contains("a database of its own"), "{err}");
}
