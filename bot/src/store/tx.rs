//! One transaction on either engine, and how one text serves both.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{PgConnection, SqliteConnection};

use super::dialect::PG_CHANNEL;
use super::error::{During, StoreError};

/// The transaction that a work may touch; nothing else is its to touch.
pub enum Tx<'a> {
    /// A transaction of the SQLite writer or of a reader.
    Sqlite(SqliteTx<'a>),
    /// A transaction of the Postgres pool.
    Pg(&'a mut PgConnection),
}

/// A transaction on SQLite; stands for its connection.
pub struct SqliteTx<'a> {
    connection: &'a mut SqliteConnection,
    /// Set when words were erased that the log must not keep; absent on a reader.
    erased: Option<&'a AtomicBool>,
}

impl Deref for SqliteTx<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection
    }
}

impl DerefMut for SqliteTx<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection
    }
}

impl<'a> Tx<'a> {
    /// A transaction on this SQLite connection.
    pub(super) fn sqlite(connection: &'a mut SqliteConnection) -> Self {
        Self::Sqlite(SqliteTx { connection, erased: None })
    }

    /// A transaction of the SQLite writer, which hears of erased words through `erased`.
    pub(super) fn sqlite_writer(connection: &'a mut SqliteConnection, erased: &'a AtomicBool) -> Self {
        Self::Sqlite(SqliteTx { connection, erased: Some(erased) })
    }
}

impl Tx<'_> {
    /// Asks that erased words leave SQLite's log once this transaction is committed. Postgres overwrites its log and
    /// vacuums its tables by itself.
    pub(super) fn forget_log(&mut self) {
        if let Self::Sqlite(SqliteTx { erased: Some(erased), .. }) = self {
            erased.store(true, Ordering::SeqCst);
        }
    }

    /// Asks other replicas to look for work once this transaction is committed. This process, and other processes
    /// on one SQLite file, are hinted by the commit itself.
    pub async fn wake(&mut self) -> Result<(), StoreError> {
        if let Self::Pg(connection) = self {
            sqlx::query("SELECT pg_notify($1, '')")
                .bind(PG_CHANNEL)
                .execute(&mut **connection)
                .await
                .during("wake other replicas")?;
        }
        Ok(())
    }
}

/// Compiles `$body` once for each engine: `on!(tx, |c| sqlx::query("..").execute(c).await)`.
#[macro_export]
macro_rules! store_on {
    ($tx:expr, |$c:ident| $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite($c) => {
                let $c: &mut sqlx::SqliteConnection = &mut **$c;
                $body
            }
            $crate::store::Tx::Pg($c) => {
                let $c = &mut **$c;
                $body
            }
        }
    };
}
pub use crate::store_on as on;

/// Runs one statement and answers how many rows it changed: `execute!(tx, "UPDATE t SET a = $1 WHERE id = $2", [a, id])`.
#[macro_export]
macro_rules! store_execute {
    ($tx:expr, $sql:expr, [$($value:expr),* $(,)?] $(,)?) => {
        $crate::store::on!(&mut *$tx, |c| sqlx::query($sql)$(.bind($value))*
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
    };
}
pub use crate::store_execute as execute;
