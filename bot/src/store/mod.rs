//! The one door to the database, SQLite or Postgres. Everything durable passes through [`Store::write`].

#![allow(clippy::doc_markdown, reason = "SQLite is a name, not code")]

pub mod actions;
mod batch;
pub mod bulk;
pub mod bundles;
pub mod calendars;
pub mod cards;
mod checkpoint;
pub mod contacts;
pub mod copies;
mod dialect;
pub mod digests;
pub mod directory;
mod eager;
pub mod effects;
pub mod entries;
mod error;
pub mod feeds;
pub mod files;
pub mod handoffs;
pub mod inbox;
pub mod incidents;
pub mod installation;
pub mod integrations;
mod job;
pub mod leases;
mod line;
pub mod links;
pub mod meant;
pub mod messages;
mod migrate;
pub mod outlets;
pub mod pages;
mod pg;
mod read;
pub mod searched;
mod sqlite;
pub mod synthetic;
pub mod tickets;
pub mod timers;
mod tx;
mod url;
pub mod versions;
mod wake;
pub mod walk;
mod writer;
pub mod writes;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{ConnectOptions as _, Connection as _, SqlitePool};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

pub use bulk::{execute_in, select_in};
pub use error::{Cause, During, StoreError};
pub use migrate::schema_number;
pub use tx::{Tx, execute, on};
pub use url::{DatabaseUrl, UrlRefused};
pub use writes::{Writes, put};

use checkpoint::Checkpoints;
use job::Waiting;
use line::{Message, Precedence, Turn};
use writer::Writer;

/// How a store behaves.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// How long one work may take, all its attempts together.
    pub deadline: Duration,
    /// How long to wait for another process that writes to the same SQLite file.
    pub busy_timeout: Duration,
    /// Connections that read a SQLite file beside the writer.
    pub readers: u32,
    /// Connections to Postgres.
    pub pg_connections: u32,
    /// How often to look whether another process wrote to the same SQLite file.
    pub other_processes_every: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(5),
            busy_timeout: Duration::from_secs(5),
            readers: 4,
            pg_connections: 16,
            other_processes_every: Duration::from_millis(100),
        }
    }
}

/// The database. Clones share it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Engine,
    deadline: Duration,
    hints: watch::Sender<u64>,
}

enum Engine {
    Sqlite { queue: mpsc::Sender<Message>, readers: SqlitePool, opener: Arc<sqlite::Opener> },
    Pg { pool: PgPool, precedence: Precedence, listener: AbortHandle },
}

impl Store {
    /// Opens the database, creating a SQLite file that does not exist, and migrates it.
    ///
    /// # Errors
    /// `Gone` when it cannot be reached, `Newer` when it is ahead of this binary, `Foreign` when it is somebody else's.
    pub async fn open(url: &DatabaseUrl, options: StoreOptions) -> Result<Self, StoreError> {
        let (hints, _) = watch::channel(0);
        let engine = match &url.0 {
            url::Place::Sqlite(path) => open_sqlite(path, &options, hints.clone()).await?,
            url::Place::Pg(connect) => open_pg(connect, &options, hints.clone()).await?,
        };
        Ok(Self { shared: Arc::new(Shared { engine, deadline: options.deadline, hints }) })
    }

    /// Runs `work` in a transaction and answers once it is committed. `work` may run several times, must touch
    /// nothing but its transaction, and must pass every error of it on. Dropping this future does not undo a work
    /// that has begun.
    ///
    /// # Errors
    /// What `work` failed with, or what kept it from being stored; nothing of it is stored then. `Unheard`, on Postgres
    /// alone, says that nobody knows: whoever can tell from the database whether it was stored may run it again.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.write_in_turn(Turn::Usual, work).await
    }

    /// [`Store::write`] for a work that waits for no other: what has queued up before it is committed after it. For
    /// timers, for which everything else can wait.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_first<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.write_in_turn(Turn::First, work).await
    }

    async fn write_in_turn<T, F>(&self, turn: Turn, work: F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
        T: Send + 'static,
    {
        match &self.shared.engine {
            Engine::Sqlite { queue, .. } => {
                let (job, answer) = Waiting::new(work);
                queue.send(Message::Work(turn, Box::new(job))).await.map_err(|_| StoreError::closed())?;
                answer.await.unwrap_or_else(|_| Err(StoreError::closed()))
            }
            Engine::Pg { pool, precedence, .. } => {
                let (pool, deadline, turn) = (pool.clone(), self.shared.deadline, precedence.turn(turn).await);
                // A task of its own, so that a caller that leaves does not cut a commit in half.
                let write = tokio::spawn(async move {
                    let _turn = turn;
                    pg::write(pool, work, deadline).await
                });
                let value = write.await.unwrap_or(Err(StoreError::Panicked))?;
                self.shared.hints.send_modify(|count| *count += 1);
                Ok(value)
            }
        }
    }

    /// Whether works wait for one writer, so that what can be one work should not be many.
    pub fn has_one_writer(&self) -> bool {
        matches!(self.shared.engine, Engine::Sqlite { .. })
    }

    /// Runs `work` on one snapshot of the database, which it cannot change.
    ///
    /// # Errors
    /// What `work` failed with, `Gone`, or `Deadline`.
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'t> FnOnce(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send,
        T: Send,
    {
        let snapshot = async {
            match &self.shared.engine {
                Engine::Sqlite { readers, opener, .. } => {
                    opener.is_in_place()?;
                    let mut tx = readers.begin_with(dialect::SQLITE_BEGIN_READ).await.during("begin a read")?;
                    let value = work(&mut Tx::sqlite(&mut tx)).await?;
                    tx.rollback().await.during("end a read").map(|()| value)
                }
                Engine::Pg { pool, .. } => {
                    let mut tx = pool.begin_with(dialect::PG_BEGIN_READ).await.during("begin a read")?;
                    let value = work(&mut Tx::Pg(&mut tx)).await?;
                    tx.rollback().await.during("end a read").map(|()| value)
                }
            }
        };
        tokio::time::timeout(self.shared.deadline, snapshot).await.unwrap_or(Err(StoreError::Deadline))
    }

    /// Runs one statement that reads. Several could each see another state of the database, so they are for
    /// [`Store::read`], which costs two statements more.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn look<T, F>(&self, statement: F) -> Result<T, StoreError>
    where
        F: for<'t> FnOnce(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send,
        T: Send,
    {
        let looked = async {
            match &self.shared.engine {
                Engine::Sqlite { readers, opener, .. } => {
                    opener.is_in_place()?;
                    let mut connection = readers.acquire().await.during("begin a look")?;
                    statement(&mut Tx::sqlite(&mut connection)).await
                }
                Engine::Pg { pool, .. } => {
                    let mut connection = pool.acquire().await.during("begin a look")?;
                    statement(&mut Tx::Pg(&mut connection)).await
                }
            }
        };
        tokio::time::timeout(self.shared.deadline, looked).await.unwrap_or(Err(StoreError::Deadline))
    }

    /// Tells when something may have been committed, here or by another process. Hints can be spurious and can be
    /// missed; whoever waits for one also has a timer.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.hints.subscribe()
    }

    /// Finishes the writes that were handed in before, then closes the database. Later calls fail with `Gone`.
    pub async fn close(&self) {
        match &self.shared.engine {
            Engine::Sqlite { queue, readers, .. } => {
                readers.close().await;
                let (closer, done) = oneshot::channel();
                if queue.send(Message::Close(closer)).await.is_ok() {
                    let _ = done.await;
                }
            }
            Engine::Pg { pool, listener, .. } => {
                listener.abort();
                pool.close().await;
            }
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The SQLite writer ends by itself when its queue has no sender; a listener would listen for ever.
        if let Engine::Pg { listener, .. } = &self.engine {
            listener.abort();
        }
    }
}

async fn open_sqlite(path: &Path, options: &StoreOptions, hints: watch::Sender<u64>) -> Result<Engine, StoreError> {
    /// Works that may wait before callers are held back.
    const QUEUE: usize = 1_024;
    let opener = Arc::new(sqlite::Opener::new(path.to_owned(), options.busy_timeout));
    opener.refuse_others().await?;
    let mut connection = opener.connect().await?;
    opener.is_in_place()?;
    migrate::sqlite(&mut connection).await?;
    let mut connection = sqlite::Guarded::new(connection, options.busy_timeout).await?;
    let data_version = Some(connection.data_version().await?);
    let readers = opener.readers(options.readers);
    let (queue, works) = mpsc::channel(QUEUE);
    let writer = Writer {
        opener: opener.clone(),
        connection: Some(connection),
        hints,
        deadline: options.deadline,
        other_processes_every: options.other_processes_every,
        data_version,
        checkpoints: Checkpoints::of(opener.clone()),
    };
    tokio::spawn(writer.run(works));
    Ok(Engine::Sqlite { queue, readers, opener })
}

/// How long a server may take to answer the first connection.
const CONNECT: Duration = Duration::from_secs(10);

async fn open_pg(
    connect: &PgConnectOptions,
    options: &StoreOptions,
    hints: watch::Sender<u64>,
) -> Result<Engine, StoreError> {
    // Migrations may take longer than a work may, so they have a connection without limits.
    let mut connection = tokio::time::timeout(CONNECT, connect.connect())
        .await
        .map_err(|_| StoreError::Gone { what: "postgres does not answer".to_owned() })?
        .during("connect to postgres")?;
    migrate::postgres(&mut connection).await?;
    connection.close().await.during("close the migrating connection")?;
    let pool = pg::pool(connect.clone(), options.pg_connections, options.deadline);
    // The listener's connection is not one of those that works wait for.
    let listening = pg::pool(connect.clone(), 1, options.deadline);
    let listener = tokio::spawn(wake::listen(listening, hints)).abort_handle();
    Ok(Engine::Pg { pool, precedence: Precedence::default(), listener })
}
