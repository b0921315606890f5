//! Writes on Postgres: a transaction of the pool for each work, run again when the database asks for it.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Executor as _, Postgres, pool::PoolConnection};

use super::dialect::{PG_BEGIN_WRITE, PG_COMMIT};
use super::error::{During, StoreError};
use super::tx::Tx;

const ATTEMPTS: u32 = 10;

/// A pool whose statements the server itself ends soon after the deadline, so that a work that was given up does
/// not hold its locks.
pub(super) fn pool(options: PgConnectOptions, connections: u32, deadline: Duration) -> PgPool {
    let limit = format!("SET statement_timeout = {}", deadline.as_millis().saturating_add(1_000));
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(deadline)
        .after_connect(move |connection, _| {
            let limit = limit.clone();
            Box::pin(async move { connection.execute(sqlx::AssertSqlSafe(limit)).await.map(drop) })
        })
        .connect_lazy_with(options)
}

/// Runs `work` until it is committed, fails, or the deadline over all attempts is reached.
pub(super) async fn write<T, F>(pool: PgPool, work: F, deadline: Duration) -> Result<T, StoreError>
where
    F: for<'t> Fn(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
    T: Send + 'static,
{
    let committing = AtomicBool::new(false);
    let attempts = async {
        let mut attempt = 1;
        loop {
            match attempt_once(&pool, &work, &committing).await {
                Err(error) if error.is_retryable_conflict() && attempt < ATTEMPTS => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                Err(error) if error.is_retryable_conflict() => return Err(StoreError::Busy),
                result => return result,
            }
        }
    };
    let late = || {
        if committing.load(Ordering::SeqCst) {
            StoreError::Unheard { what: "the commit did not end within the deadline".to_owned() }
        } else {
            StoreError::Deadline
        }
    };
    tokio::time::timeout(deadline, attempts).await.unwrap_or_else(|_| Err(late()))
}

async fn attempt_once<T, F>(pool: &PgPool, work: &F, committing: &AtomicBool) -> Result<T, StoreError>
where
    F: for<'t> Fn(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync,
{
    let mut held = Held { connection: pool.acquire().await.during("take a connection")?, finished: false };
    held.connection.execute(PG_BEGIN_WRITE).await.during("begin a write")?;
    let mut tx = Tx::Pg(&mut held.connection);
    // The state that a panic may leave torn is the transaction, which is rolled back.
    let result = AssertUnwindSafe(async { work(&mut tx).await }).catch_unwind().await;
    let result = match result.unwrap_or(Err(StoreError::Panicked)) {
        Ok(value) => {
            committing.store(true, Ordering::SeqCst);
            let committed = held.connection.execute(PG_COMMIT).await.during("commit a write");
            committing.store(false, Ordering::SeqCst);
            committed.map(|_| value).map_err(StoreError::of_commit)
        }
        Err(error) => Err(error),
    };
    // A connection that cannot even roll back is not given back to the pool.
    held.finished = result.is_ok() || held.connection.execute("ROLLBACK").await.is_ok();
    result
}

/// A connection that is closed rather than given back when its transaction was left open.
struct Held {
    connection: PoolConnection<Postgres>,
    finished: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        if !self.finished {
            self.connection.close_on_drop();
        }
    }
}

/// Grows with the attempts and differs between works that collide, so that they do not collide again.
fn pause(attempt: u32) -> Duration {
    static TURN: AtomicU64 = AtomicU64::new(0);
    // Steps of the golden ratio spread consecutive turns evenly over the range.
    let turn = TURN.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48;
    let longest_us = 2_000_u64 << attempt.min(6);
    Duration::from_micros(longest_us / 4 + longest_us * turn / (1 << 16))
}
