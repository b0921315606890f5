//! Whole processes: how soon one is ready, what it weighs, and what a kill leaves.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use firebell::store::{Writes, effects};
use firebell_core::effect::Effect;
use firebell_core::ids::{EntryId, IncidentId, RoomId};
use firebell_core::incident::{Room, RoomState};
use sqlx::{Connection as _, SqliteConnection};

use crate::place::{Fresh, app, random, say, size};
use crate::table::{Table, count};
use crate::{Failure, child};

/// After so many acknowledged notes the child is killed.
const ACKNOWLEDGED: usize = 300;

/// Time until ready, and resident memory when idle.
pub(crate) async fn start(table: &mut Table) -> Result<(), Failure> {
    let fresh = Fresh::sqlite()?;
    app(&fresh.url).await?.store.close().await;
    let mut fastest = f64::MAX;
    for _ in 0..5 {
        let mut served = Served::on(&fresh.url)?;
        fastest = fastest.min(served.ready_ms);
        served.kill()?;
    }
    let mut served = Served::on(&fresh.url)?;
    table.at_most("start: to ready, best of 5", fastest, 60.0, "ms");
    table.told("start: to ready, once more", served.ready_ms, "ms");
    tokio::time::sleep(Duration::from_secs(4)).await;
    table.at_most("start: resident after 4 s", served.resident_mib()?, 20.0, "MiB");
    served.kill()?;
    fresh.gone().await
}

/// A kill with effects open, and what the next process finds.
pub(crate) async fn recover(open: usize, table: &mut Table) -> Result<(), Failure> {
    let fresh = Fresh::sqlite()?;
    fill(&fresh.url, open).await?;
    let mut served = Served::on(&fresh.url)?;
    let acknowledged = served.notes(ACKNOWLEDGED)?;
    served.kill()?;
    let left = opened(&fresh.url).await?;
    table.told("recover: effects open at the kill", f64::from(left), "");
    table.told("recover: log left behind", size_mib(&format!("{}-wal", fresh.url)), "MiB");
    let mut again = Served::on(&fresh.url)?;
    table.at_most("recover: to ready", again.ready_ms, 500.0, "ms");
    again.kill()?;
    let lost = lost(&fresh.url, &acknowledged).await?;
    table.told("recover: notes acknowledged before the kill", count(acknowledged.len()), "");
    table.at_most("recover: of these lost", count(lost), 0.0, "");
    fresh.gone().await
}

/// A database with one incident and effects that are open, in rooms of their own.
async fn fill(url: &str, open: usize) -> Result<(), Failure> {
    let app = app(url).await?;
    say(&app, "declare".to_owned(), "/incident declare checkout is down".to_owned()).await?;
    let now = firebell::clock::Clock::system().now();
    let mut done = 0;
    while done < open {
        let chunk = 2_000.min(open - done);
        let posts: Result<Vec<Effect>, Failure> = (0..chunk)
            .map(|_| {
                let id = RoomId(uuid::Builder::from_random_bytes(random()?).into_uuid());
                let room = Room { id, workspace: app.console, state: RoomState::Requested, adopts: None };
                Ok(Effect::post(IncidentId(1), &room, EntryId(1)))
            })
            .collect();
        let posts = std::sync::Arc::new(posts?);
        app.store
            .write(move |tx| {
                let posts = posts.clone();
                Box::pin(async move {
                    let mut writes = Writes::new(tx);
                    effects::enqueue(tx, &mut writes, &posts, now).await?;
                    writes.run(tx).await.map(drop)
                })
            })
            .await?;
        done += chunk;
    }
    app.store.close().await;
    Ok(())
}

async fn opened(url: &str) -> Result<u32, Failure> {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{url}")).await?;
    Ok(sqlx::query_scalar("SELECT count(*) FROM effect WHERE state = 'open'").fetch_one(&mut connection).await?)
}

async fn lost(url: &str, acknowledged: &[String]) -> Result<usize, Failure> {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{url}")).await?;
    let held: Vec<String> = sqlx::query_scalar("SELECT inbound_id FROM inbox").fetch_all(&mut connection).await?;
    // A reply is kept under its sender and the id.
    let held: HashSet<&str> = held.iter().filter_map(|key| key.rsplit(' ').next()).collect();
    let entries: u32 = sqlx::query_scalar("SELECT count(*) FROM entry WHERE stream = 'INC-1' AND kind = 'noted'")
        .fetch_one(&mut connection)
        .await?;
    let entries = usize::try_from(entries)?;
    let unanswered = acknowledged.iter().filter(|id| !held.contains(id.as_str())).count();
    Ok(unanswered.max(acknowledged.len().saturating_sub(entries)))
}

fn size_mib(path: &str) -> f64 {
    f64::from(u32::try_from(size(Path::new(path)) / 1_024).unwrap_or(u32::MAX)) / 1_024.0
}

/// A child that is ready.
struct Served {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    ready_ms: f64,
}

impl Served {
    fn on(url: &str) -> Result<Self, Failure> {
        let begun = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .args([child::WORD, url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().ok_or("the child has no output")?;
        let mut lines = BufReader::new(out).lines();
        let line = lines.next().ok_or("the child ended before it was ready")??;
        if line != child::READY {
            return Err(format!("the child said {line}").into());
        }
        Ok(Self { child, lines, ready_ms: begun.elapsed().as_secs_f64() * 1_000.0 })
    }

    /// Lets it write notes and hears at least so many acknowledged.
    fn notes(&mut self, least: usize) -> Result<Vec<String>, Failure> {
        self.child.stdin.as_mut().ok_or("the child has no input")?.write_all(b"x")?;
        let lines = self.lines.by_ref().take(least).collect::<Result<Vec<String>, _>>()?;
        Ok(lines)
    }

    /// As `kill -9` does.
    fn kill(&mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn resident_mib(&self) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1_024.0)
    }
}
