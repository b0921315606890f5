//! One transaction on either engine, and how one text serves both.

use sqlx::{PgConnection, SqliteConnection};

use super::dialect::PG_CHANNEL;
use super::error::{During, StoreError};

/// The transaction that a work may touch; nothing else is its to touch.
pub enum Tx<'a> {
    /// A transaction of the SQLite writer or of a reader.
    Sqlite(&'a mut SqliteConnection),
    /// A transaction of the Postgres pool.
    Pg(&'a mut PgConnection),
}

impl Tx<'_> {
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
                let $c = &mut **$c;
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
