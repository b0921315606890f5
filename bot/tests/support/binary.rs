//! The binary itself, run in a folder of its own as a person or a supervisor would run it.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// For stories that would never end.
const LIMIT: Duration = Duration::from_mins(1);

/// Ana and bo respond, cy is the last resort, gus is a guest; bo is paged first.
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
[[people]]
handle = "gus"
name = "Gus"
guest = true
[[policies]]
key = "primary"
name = "Primary"
[[policies.steps]]
people = ["bo"]
wait = "5m"
"#;

/// A folder with a configuration, in which the binary runs.
pub(crate) struct Home(TempDir);

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code, or the number of the signal that ended it, below zero.
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A process that serves.
pub(crate) struct Serving {
    child: Child,
    out: Option<Heard>,
    log: Heard,
    address: SocketAddr,
}

/// A console to which lines are said one by one.
pub(crate) struct AtConsole {
    child: Child,
    out: Heard,
}

/// What a process writes, as it comes.
struct Heard {
    lines: Receiver<String>,
    seen: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// A home whose configuration says this as well.
    pub(crate) fn with(more: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.write("firebell.toml", &format!("{CONFIG}{more}"));
        home
    }

    /// The same, with a database.
    pub(crate) fn founded() -> Self {
        let home = Self::new();
        home.feeds(&["console"], "").done();
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_firebell"));
        command.current_dir(self.0.path()).env("USER", "ana").env_remove("SUDO_USER").env("NO_COLOR", "1");
        for name in [
            "FIREBELL_DATABASE_URL",
            "FIREBELL_KEY",
            "FIREBELL_ALARM_WEBHOOK",
            "FIREBELL_HEARTBEAT_URL",
            "FIREBELL_LOG",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        self.feeds(words, "")
    }

    /// Runs a command with something to read on standard input.
    pub(crate) fn feeds(&self, words: &[&str], input: impl Into<Vec<u8>>) -> Ended {
        let mut command = self.command();
        fed(command.args(words), input.into())
    }

    /// Somebody runs a command of the grammar.
    pub(crate) fn says(&self, who: &str, line: &str) -> Ended {
        self.run(&["do", "--as", who, line])
    }

    /// Serves on a port that is free.
    pub(crate) fn serve(&self) -> Serving {
        Serving::begin(self.command(), Stdio::piped())
    }

    /// A console that stays until it is told to leave.
    pub(crate) fn console(&self) -> AtConsole {
        let mut command = self.command();
        command.arg("console").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let out = Heard::of(child.stdout.take().unwrap());
        AtConsole { child, out }
    }

    /// The same with a standard output of the story's own.
    pub(crate) fn serve_to(&self, out: Stdio) -> Serving {
        Serving::begin(self.command(), out)
    }
}

/// Runs a command to its end with something to read.
pub(crate) fn fed(command: &mut Command, input: Vec<u8>) -> Ended {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Who ends early reads no further, and that is no fault.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: code(output.status), out: text(output.stdout), err: text(output.stderr) }
}

impl Ended {
    /// It was done; answers what it said.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out.trim_end().to_owned()
    }

    /// It failed; answers why, which stands on standard error alone.
    pub(crate) fn fault(self) -> String {
        self.ended_with(1)
    }

    pub(crate) fn wrong_usage(self) -> String {
        self.ended_with(2)
    }

    pub(crate) fn refused(self) -> String {
        self.ended_with(3)
    }

    fn ended_with(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        self.err.trim_end().to_owned()
    }
}

impl Serving {
    fn begin(mut command: Command, out: Stdio) -> Self {
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]).stdin(Stdio::null());
        let mut child = command.stdout(out).stderr(Stdio::piped()).spawn().unwrap();
        let out = child.stdout.take().map(Heard::of);
        let mut log = Heard::of(child.stderr.take().unwrap());
        let line = log.waits_for("firebell serves");
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = line["address"].as_str().unwrap().parse().unwrap();
        Self { child, out, log, address }
    }

    /// Waits until something has been shown; answers its line.
    pub(crate) fn shows(&mut self, text: &str) -> String {
        self.out.as_mut().unwrap().waits_for(text)
    }

    /// Waits until something stands on standard error; answers its line.
    pub(crate) fn logs(&mut self, text: &str) -> String {
        self.log.waits_for(text)
    }

    /// Waits until so many lines of standard error hold a text.
    pub(crate) fn logs_times(&mut self, text: &str, times: usize) {
        while self.log.seen.matches(text).count() < times {
            self.log.takes_a_line(text);
        }
    }

    /// Waits until it is ready again.
    pub(crate) fn is_ready(&mut self) {
        self.waits_until(|serving| serving.asked("/readyz").0 == 200);
    }

    /// Waits until so many effects of a kind were delivered and settled.
    pub(crate) fn delivers(&mut self, kind: &str, count: u64) {
        let start = format!("firebell_effects_total{{work=\"{kind}\",outcome=\"delivered\"}} ");
        self.waits_until(|serving| {
            let numbers = serving.asked("/metrics").1;
            let delivered = numbers.lines().find_map(|line| line.strip_prefix(&start));
            delivered.is_some_and(|delivered| delivered.parse::<u64>().unwrap() >= count)
        });
    }

    /// Waits until everything that a declaration sets off is done, so that nothing of it waits for its lease later.
    pub(crate) fn delivers_a_page(&mut self) {
        for (kind, count) in [("notice", 1), ("post", 1), ("invite", 2)] {
            self.delivers(kind, count);
        }
    }

    fn waits_until(&mut self, happens: impl Fn(&Self) -> bool) {
        let until = Instant::now() + LIMIT;
        while !happens(self) {
            assert!(Instant::now() < until, "it never happens");
            // What is logged meanwhile is as good a reason to look again as a tenth of a second.
            if let Ok(line) = self.log.lines.recv_timeout(Duration::from_millis(100)) {
                self.log.seen.push_str(&line);
            }
        }
    }

    /// What `/readyz` or another path answers: the status and the body.
    pub(crate) fn asked(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a signal, such as `-TERM`.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn stop(mut self, signal: &str) -> Ended {
        self.signal(signal);
        let err = self.log.rest();
        let out = self.out.as_mut().map(Heard::rest).unwrap_or_default();
        Ended { code: code(self.child.wait().unwrap()), out, err }
    }
}

impl AtConsole {
    pub(crate) fn says(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits until something has been shown.
    pub(crate) fn shows(&mut self, text: &str) {
        self.out.waits_for(text);
    }

    /// Nothing more is said; waits for the end.
    pub(crate) fn leaves(mut self) {
        drop(self.child.stdin.take());
        self.out.rest();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for AtConsole {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Heard {
    fn of(from: impl Read + Send + 'static) -> Self {
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut line = Vec::new();
            while from.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                if tell.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
                line.clear();
            }
        });
        Self { lines, seen: String::new() }
    }

    fn waits_for(&mut self, text: &str) -> String {
        if let Some(line) = self.seen.lines().find(|line| line.contains(text)) {
            return line.to_owned();
        }
        loop {
            let line = self.takes_a_line(text);
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The next line; `text` is what is waited for.
    fn takes_a_line(&mut self, text: &str) -> String {
        let Ok(line) = self.lines.recv_timeout(LIMIT) else { panic!("no {text:?} in:\n{}", self.seen) };
        self.seen.push_str(&line);
        line
    }

    /// Everything that was written up to the end.
    fn rest(&mut self) -> String {
        let until = Instant::now() + LIMIT;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.seen.push_str(&line),
                Err(RecvTimeoutError::Disconnected) => return std::mem::take(&mut self.seen),
                Err(RecvTimeoutError::Timeout) => panic!("it does not end:\n{}", self.seen),
            }
        }
    }
}

fn code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| -signal)).unwrap()
}
