//! Where is measured: a fake Slack with people in it, and the binary that serves it from a fresh folder.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use firebell::clock::Clock;
use firebell::platform::slack::manifest;

use crate::Failure;
use crate::support::slack::{Channel, Fake, Kind, Outcome, Settings, User};

/// How long the fake takes for each call of the Web API.
const LATENCY: Duration = Duration::from_millis(100);
/// How many people there are; the first is on call.
const PEOPLE: usize = 20;
/// Nothing more comes once nothing came for so long: every loop looks again within a second.
const QUIET: Duration = Duration::from_millis(1_200);
/// The longest that anything is waited for.
const LIMIT: Duration = Duration::from_mins(2);

/// A workspace that a process serves.
pub(crate) struct Place {
    pub(crate) fake: Fake,
    folder: tempfile::TempDir,
    child: Child,
    clock: Clock,
    general: String,
}

/// One line on what the figures are measured on.
pub(crate) fn describe() -> Result<String, Failure> {
    let mut file = tempfile::tempfile()?;
    let begun = Instant::now();
    for _ in 0..200 {
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
    }
    let (folder, flush) = (std::env::temp_dir(), begun.elapsed() / 200);
    Ok(format!("On SQLite under {}; a flush takes {flush:.0?}. The fake Slack answers in 100 ms.", folder.display()))
}

impl Place {
    /// A process that listens on so many connections.
    pub(crate) async fn new(connections: usize) -> Result<Self, Failure> {
        let fake = Fake::start_with(Settings { start: None, ..Settings::default() }).await;
        fake.subscribe(&manifest::EVENTS.map(|(event, _)| event));
        for number in 0..PEOPLE {
            fake.add_user(User { id: account(number), ..User::named(&format!("p{number}")) });
        }
        fake.set_latency(LATENCY);
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("firebell.toml"), configuration(&fake, connections)?)?;
        let child = Command::new(env!("CARGO_BIN_EXE_firebell"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .env("FIREBELL_SLACK_BOT_TOKEN", fake.bot_token())
            .env("FIREBELL_SLACK_APP_TOKEN", fake.app_token())
            .env_remove("FIREBELL_DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("log"))?)
            .spawn()?;
        let general = fake.channel("general").id;
        let place = Self { fake, folder, child, clock: Clock::system(), general };
        place.until("connections", || place.fake.sockets().len() >= connections).await?;
        Ok(place)
    }

    /// Microseconds since 1970, by the fake's clock.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }

    /// Somebody declares an incident.
    pub(crate) async fn declare(&self, number: usize, what: &str) -> Outcome {
        self.fake.slash(&account(number % PEOPLE), &self.general, "/incident", &format!("declare {what}")).await
    }

    /// The channels whose names end like this.
    pub(crate) fn rooms(&self, slug: &str) -> Vec<Channel> {
        self.fake.with(|state| {
            let found =
                state.channels.values().filter(|channel| channel.kind != Kind::Dm && channel.name.ends_with(slug));
            found.cloned().collect()
        })
    }

    /// Waits until it is so.
    pub(crate) async fn until(&self, what: &str, so: impl Fn() -> bool) -> Result<(), Failure> {
        let begun = Instant::now();
        while !so() {
            if begun.elapsed() > LIMIT {
                let log = std::fs::read_to_string(self.folder.path().join("log"))?;
                return Err(format!("waited in vain for {what}; the log:\n{log}").into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Waits until nothing more is called.
    pub(crate) async fn quiet(&self) {
        let mut seen = (self.fake.calls().len(), Instant::now());
        while seen.1.elapsed() < QUIET {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let count = self.fake.calls().len();
            if count != seen.0 {
                seen = (count, Instant::now());
            }
        }
    }

    /// A figure of the process's memory in MiB, such as `VmRSS`.
    pub(crate) fn memory_mib(&self, which: &str) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
        let kib: f64 = line.ok_or("the process tells nothing of its memory")?.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1_024.0)
    }

    /// The lines of the log that warn.
    pub(crate) fn warnings(&self) -> Result<Vec<String>, Failure> {
        let log = std::fs::read_to_string(self.folder.path().join("log"))?;
        let warns = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
        Ok(log.lines().filter(warns).map(str::to_owned).collect())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn account(number: usize) -> String {
    format!("U0P{number:04}")
}

/// Everybody's account is known, or the first word of each would wait for a call.
fn configuration(fake: &Fake, connections: usize) -> Result<String, Failure> {
    let mut text = "last_resort = [\"p1\"]\n[incidents]\ndefault_policy = \"first\"\n".to_owned();
    writeln!(text, "[[slack]]\napi_url = \"{}\"\nconnections = {connections}", fake.api())?;
    for number in 0..PEOPLE {
        writeln!(text, "[[people]]\nhandle = \"p{number}\"\nslack = \"{}\"", account(number))?;
    }
    text.push_str(
        "[[services]]\nkey = \"checkout\"\npolicy = \"first\"\nrunbook = \"https://wiki.example.com/checkout\"\n",
    );
    text.push_str("[[policies]]\nkey = \"first\"\n[[policies.steps]]\npeople = [\"p0\"]\nwait = \"1h\"\n");
    Ok(text)
}
