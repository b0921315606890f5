//! Moving SQLite's log into the database beside the writer, so that no commit has to wait for it.
//!
//! A log to which the writer never stops adding is never moved to its end from beside it, and only a log that was moved to
//! its end is begun anew. So the writer itself moves the little that came meanwhile, when the log has grown long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::error::{During as _, StoreError};
use super::sqlite::Opener;

/// After so many commits the log is moved: so few that what is flushed at once does not hold up the flush of a commit.
const COMMITS: u64 = 16;
/// So many pages, 16 MiB, are a long log.
const LONG: i64 = 4_096;

/// Moves the log from time to time, on a connection of its own that is opened for the first time it is needed.
pub(super) struct Checkpoints {
    commits: watch::Sender<u64>,
    rest: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Checkpoints {
    pub(super) fn of(opener: Arc<Opener>) -> Self {
        let (commits, seen) = watch::channel(0);
        let rest = Arc::new(AtomicBool::new(false));
        Self { commits, rest: rest.clone(), task: tokio::spawn(run(opener, seen, rest)) }
    }

    /// Something was committed.
    pub(super) fn committed(&self) {
        self.commits.send_modify(|count| *count += 1);
    }

    /// Whether a long log was moved but for what came meanwhile; says so once.
    pub(super) fn leave_the_rest(&self) -> bool {
        self.rest.swap(false, Ordering::Relaxed)
    }

    /// Ends with its connection closed.
    pub(super) async fn close(self) {
        drop(self.commits);
        // A panic of it was reported already, and the log is moved at the next start.
        let _ = self.task.await;
    }
}

async fn run(opener: Arc<Opener>, mut commits: watch::Receiver<u64>, rest: Arc<AtomicBool>) {
    let mut held: Option<SqliteConnection> = None;
    let mut moved = 0;
    while let Ok(count) = commits.wait_for(|count| *count >= moved + COMMITS).await.map(|count| *count) {
        moved = count;
        held = match move_beside(&opener, held).await {
            Ok((connection, pages)) => {
                rest.fetch_or(pages >= LONG, Ordering::Relaxed);
                Some(connection)
            }
            // The writer does it when the log has grown too long, and reports what keeps it from that.
            Err(error) => {
                tracing::debug!(%error, "log of the database not moved; it is tried again");
                None
            }
        };
    }
    if let Some(connection) = held {
        let _ = connection.close().await;
    }
}

async fn move_beside(opener: &Opener, held: Option<SqliteConnection>) -> Result<(SqliteConnection, i64), StoreError> {
    opener.is_in_place()?;
    let mut connection = match held {
        Some(connection) => connection,
        None => opener.connect().await?,
    };
    let pages = move_log(&mut connection).await?;
    Ok((connection, pages))
}

/// Moves as much of the log as nobody still reads, and waits for nobody. Answers how many pages the log has.
pub(super) async fn move_log(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let moved: Result<(i64, i64, i64), sqlx::Error> =
        sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(connection).await;
    // Whether it was busy, the pages of the log, and how many of these are moved.
    let (_, pages, _) = moved.during("move the log")?;
    Ok(pages)
}
