//! The binary, serving from a fresh folder of its own.

use std::fs::File;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;

/// Nothing more comes once nothing came for so long: every loop looks again within a second.
const QUIET: Duration = Duration::from_millis(1_200);
/// The longest that anything is waited for.
const LIMIT: Duration = Duration::from_mins(2);

/// A process that serves.
pub(crate) struct Served {
    folder: tempfile::TempDir,
    child: Child,
}

/// One line on what the figures are measured on.
pub(crate) fn describe(fake: &str) -> Result<String, Failure> {
    let mut file = tempfile::tempfile()?;
    let begun = Instant::now();
    for _ in 0..200 {
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
    }
    let (folder, flush) = (std::env::temp_dir(), begun.elapsed() / 200);
    Ok(format!("On SQLite under {}; a flush takes {flush:.0?}. The fake {fake} answers in 100 ms.", folder.display()))
}

impl Served {
    /// Serves by this configuration, with these secrets.
    pub(crate) fn start(configuration: &str, secrets: &[(&str, String)]) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("firebell.toml"), configuration)?;
        let child = Command::new(env!("CARGO_BIN_EXE_firebell"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .envs(secrets.iter().map(|(name, value)| (*name, value)))
            .env_remove("FIREBELL_DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("log"))?)
            .spawn()?;
        Ok(Self { folder, child })
    }

    /// What another command of Firebell's says on the same database.
    pub(crate) fn asked(&self, arguments: &[&str]) -> Result<String, Failure> {
        let output = Command::new(env!("CARGO_BIN_EXE_firebell"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("FIREBELL_DATABASE_URL")
            .output()?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Waits until it is so.
    pub(crate) async fn until(&self, what: &str, so: impl Fn() -> bool) -> Result<(), Failure> {
        let begun = Instant::now();
        while !so() {
            if begun.elapsed() > LIMIT {
                return Err(format!("waited in vain for {what}; the log:\n{}", self.log()?).into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Waits until what is counted grows no more.
    pub(crate) async fn quiet(&self, count: impl Fn() -> usize) {
        let mut seen = (count(), Instant::now());
        while seen.1.elapsed() < QUIET {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let now = count();
            if now != seen.0 {
                seen = (now, Instant::now());
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
        let warns = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
        Ok(self.log()?.lines().filter(warns).map(str::to_owned).collect())
    }

    fn log(&self) -> Result<String, Failure> {
        Ok(std::fs::read_to_string(self.folder.path().join("log"))?)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The parts that are measured, by the arguments: all of them where none is named.
pub(crate) fn parts(arguments: impl Iterator<Item = String>, all: &[&str]) -> Result<Vec<String>, Failure> {
    let mut which = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            // Cargo adds it to whatever it runs as a benchmark.
            "--bench" => {}
            "all" => which.extend(all.iter().map(|&part| part.to_owned())),
            part if all.contains(&part) => which.push(part.to_owned()),
            other => return Err(format!("{other} is none of {} and all", all.join(", ")).into()),
        }
    }
    if which.is_empty() {
        which.extend(all.iter().map(|&part| part.to_owned()));
    }
    Ok(which)
}
