//! Opening a SQLite file, and the writer's connection with the statements that only the writer may use.

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::checkpoint;
use super::dialect::SQLITE_BEGIN_WRITE;
use super::error::{During, StoreError};
use super::tx::Tx;

pub(super) struct Opener {
    path: PathBuf,
    busy_timeout: Duration,
    /// The number of the file that was opened first.
    file: OnceLock<u64>,
}

impl Opener {
    pub(super) fn new(path: PathBuf, busy_timeout: Duration) -> Self {
        Self { path, busy_timeout, file: OnceLock::new() }
    }

    /// Whether the path still leads to the file that was opened first. A file that is deleted or replaced takes
    /// everything with it that is written to it afterwards, and SQLite does not notice.
    pub(super) fn is_in_place(&self) -> Result<(), StoreError> {
        let what = match std::fs::metadata(&self.path) {
            Ok(found) if found.ino() == *self.file.get_or_init(|| found.ino()) => return Ok(()),
            Ok(_) => "is another file now; put the old one back, or restart Firebell on this one".to_owned(),
            Err(error) => format!("is gone while it was in use ({error}); put it back"),
        };
        Err(StoreError::Gone { what: format!("{} {what}", self.path.display()) })
    }

    /// Refuses a file in which something else keeps its data. A connection that may write would change how that file is
    /// written before a statement could tell, so this looks with one that may not.
    pub(super) async fn refuse_others(&self) -> Result<(), StoreError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
        if let Some(folder) = folder {
            return Err(StoreError::Gone { what: format!("there is no folder {}", folder.display()) });
        }
        // What else is wrong with the file, the connection that may write tells.
        let Ok(mut connection) = self.options().read_only(true).connect().await else { return Ok(()) };
        let sql = "SELECT count(*) > 0 AND count(*) FILTER (WHERE name = 'installation') = 0 FROM sqlite_master \
                   WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations'";
        let others: Result<bool, _> = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        let _ = connection.close().await;
        if others.is_ok_and(|others| others) { Err(StoreError::Foreign) } else { Ok(()) }
    }

    /// A connection that may write, durable at every commit.
    pub(super) async fn connect(&self) -> Result<SqliteConnection, StoreError> {
        // A log that once grew is cut back to this many bytes.
        const LOG_BYTES: &str = "67108864";
        // As many pages: so long a log is moved by the commit that finds it, because what else moves it lags behind.
        const LOG_PAGES: &str = "16384";
        // Kibibytes that a connection keeps of the file.
        const CACHE: &str = "-8192";
        self.options()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("journal_size_limit", LOG_BYTES)
            .pragma("wal_autocheckpoint", LOG_PAGES)
            .pragma("cache_size", CACHE)
            // What a savepoint may have to restore is small, and a full disk for temporary files must not matter.
            .pragma("temp_store", "MEMORY")
            // Redacted words must not stay behind in free pages.
            .pragma("secure_delete", "ON")
            .connect()
            .await
            .during("open the database file")
    }

    pub(super) async fn writer(&self) -> Result<Guarded, StoreError> {
        Guarded::new(self.connect().await?, self.busy_timeout).await
    }

    pub(super) fn readers(self: &Arc<Self>, count: u32) -> SqlitePool {
        let opener = self.clone();
        SqlitePoolOptions::new()
            .max_connections(count)
            .min_connections(0)
            .acquire_timeout(self.busy_timeout)
            .after_connect(move |_, _| {
                let in_place = opener.is_in_place().map_err(|error| sqlx::Error::Protocol(error.to_string()));
                Box::pin(std::future::ready(in_place))
            })
            .connect_lazy_with(self.options().read_only(true))
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.path)
            .foreign_keys(true)
            .busy_timeout(self.busy_timeout)
            .statement_cache_capacity(512)
    }
}

/// The writer's connection. Nothing is committed on it but by [`Guarded::commit`]: when SQLite rolls back a whole
/// transaction and a work goes on regardless, its next statements would otherwise be committed one by one.
pub(super) struct Guarded {
    connection: SqliteConnection,
    may_commit: Arc<AtomicBool>,
    interrupted: Arc<AtomicBool>,
    /// Words were erased that the log may still hold.
    erased: AtomicBool,
    /// A process that ended too early may have left words in the log.
    inherited: bool,
    busy_timeout: Duration,
}

impl Guarded {
    pub(super) async fn new(mut connection: SqliteConnection, busy_timeout: Duration) -> Result<Self, StoreError> {
        // Long enough not to be felt by a fast statement, short enough to stop a slow one in milliseconds.
        const OPERATIONS: i32 = 10_000;
        let may_commit = Arc::new(AtomicBool::new(false));
        let interrupted = Arc::new(AtomicBool::new(false));
        {
            let mut handle = connection.lock_handle().await.during("prepare the writer")?;
            let allowed = Arc::clone(&may_commit);
            handle.set_commit_hook(move || allowed.load(Ordering::SeqCst));
            let stop = Arc::clone(&interrupted);
            handle.set_progress_handler(OPERATIONS, move || !stop.load(Ordering::SeqCst));
        }
        let erased = AtomicBool::new(false);
        Ok(Self { connection, may_commit, interrupted, erased, inherited: true, busy_timeout })
    }

    pub(super) fn tx(&mut self) -> Tx<'_> {
        Tx::sqlite_writer(&mut self.connection, &self.erased)
    }

    pub(super) fn into_inner(self) -> SqliteConnection {
        self.may_commit.store(true, Ordering::SeqCst);
        self.connection
    }

    pub(super) async fn begin(&mut self) -> Result<(), StoreError> {
        self.execute(SQLITE_BEGIN_WRITE, "begin a write").await
    }

    pub(super) async fn savepoint(&mut self) -> Result<(), StoreError> {
        self.execute("SAVEPOINT work", "begin a work").await
    }

    /// Keeps the work since its savepoint, and sets one for the next.
    pub(super) async fn next_savepoint(&mut self) -> Result<(), StoreError> {
        self.execute("RELEASE work; SAVEPOINT work", "begin another work").await
    }

    /// Undoes the work since its savepoint, which stands for the next. Fails if the whole transaction is gone.
    pub(super) async fn undo(&mut self) -> Result<(), StoreError> {
        self.execute("ROLLBACK TO work", "undo a work").await
    }

    pub(super) async fn commit(&mut self) -> Result<(), StoreError> {
        self.may_commit.store(true, Ordering::SeqCst);
        let result = self.execute("COMMIT", "commit a write").await;
        self.may_commit.store(false, Ordering::SeqCst);
        result
    }

    /// Rolls back what may be left of a transaction. That there is none left is no error.
    pub(super) async fn rollback(&mut self) {
        let _ = self.execute("ROLLBACK", "roll back").await;
    }

    /// Stops the statement that a dropped work left running; returns when the connection is free again.
    pub(super) async fn interrupt(&mut self) {
        self.interrupted.store(true, Ordering::SeqCst);
        // The connection serves its commands in order, so an answer to this one says that the other has ended.
        let _ = self.data_version().await;
        self.interrupted.store(false, Ordering::SeqCst);
    }

    pub(super) async fn data_version(&mut self) -> Result<i64, StoreError> {
        sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(&mut self.connection)
            .await
            .during("look for other processes")
    }

    /// Empties the log if words were erased whose pages it may still hold. Waits for nobody: while somebody reads or
    /// another process writes, the words stay in the log, and the next call tries again.
    pub(super) async fn forget_log(&mut self) {
        let erased = self.erased.load(Ordering::SeqCst);
        if !erased && !self.inherited {
            return;
        }
        match self.truncate_log().await {
            Ok(true) => {
                self.inherited = false;
                self.erased.store(false, Ordering::SeqCst);
            }
            Ok(false) => {}
            Err(error) if erased => tracing::warn!(%error, "log with redacted words not emptied; it is tried again"),
            Err(error) => tracing::debug!(%error, "log of an earlier process not emptied; it is tried again"),
        }
    }

    /// Moves what is left of the log, so that the next commit begins it anew.
    pub(super) async fn move_log(&mut self) {
        if let Err(error) = checkpoint::move_log(&mut self.connection).await {
            tracing::debug!(%error, "log of the database not moved to its end; it is tried again");
        }
    }

    /// False if somebody still needs the log.
    async fn truncate_log(&mut self) -> Result<bool, StoreError> {
        let restore = format!("PRAGMA busy_timeout = {}", self.busy_timeout.as_millis());
        self.execute("PRAGMA busy_timeout = 0", "stop waiting for others").await?;
        let busy: Result<i64, sqlx::Error> =
            sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut self.connection).await;
        self.connection.execute(sqlx::AssertSqlSafe(restore)).await.during("wait for others again")?;
        Ok(busy.during("empty the log")? == 0)
    }

    async fn execute(&mut self, sql: &'static str, what: &'static str) -> Result<(), StoreError> {
        self.connection.execute(sqlx::query(sql)).await.map(drop).during(what)
    }
}
