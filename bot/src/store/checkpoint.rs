//! Moving SQLite's log into the database beside the writer, so that no commit has to wait for it.

use std::sync::Arc;

use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::error::{During as _, StoreError};
use super::sqlite::Opener;

/// After so many commits the log is moved; SQLite's own measure is 1,000 pages, and few commits touch less than ten.
const COMMITS: u64 = 128;

/// Moves the log from time to time, on a connection of its own that is opened for the first time it is needed.
pub(super) struct Checkpoints {
    commits: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Checkpoints {
    pub(super) fn of(opener: Arc<Opener>) -> Self {
        let (commits, seen) = watch::channel(0);
        Self { commits, task: tokio::spawn(run(opener, seen)) }
    }

    /// Something was committed.
    pub(super) fn committed(&self) {
        self.commits.send_modify(|count| *count += 1);
    }

    /// Ends with its connection closed.
    pub(super) async fn close(self) {
        drop(self.commits);
        // A panic of it was reported already, and the log is moved at the next start.
        let _ = self.task.await;
    }
}

async fn run(opener: Arc<Opener>, mut commits: watch::Receiver<u64>) {
    let mut connection: Option<SqliteConnection> = None;
    let mut moved = 0;
    while let Ok(count) = commits.wait_for(|count| *count >= moved + COMMITS).await.map(|count| *count) {
        moved = count;
        connection = match move_log(&opener, connection).await {
            Ok(connection) => Some(connection),
            // The writer does it when the log has grown too long, and reports what keeps it from that.
            Err(error) => {
                tracing::debug!(%error, "log of the database not moved; it is tried again");
                None
            }
        };
    }
    if let Some(connection) = connection {
        let _ = connection.close().await;
    }
}

/// Moves as much of the log as nobody still reads, and waits for nobody.
async fn move_log(opener: &Opener, held: Option<SqliteConnection>) -> Result<SqliteConnection, StoreError> {
    opener.is_in_place()?;
    let mut connection = match held {
        Some(connection) => connection,
        None => opener.connect().await?,
    };
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await.during("move the log")?;
    Ok(connection)
}
