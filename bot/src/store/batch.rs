//! Several works in one SQLite transaction, each in a savepoint of its own.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;

use super::error::StoreError;
use super::job::Job;
use super::sqlite::Guarded;

/// The whole transaction is gone, and with it everything that any of its works did.
pub(super) struct Lost {
    pub(super) error: StoreError,
    /// The work that was running when it was lost, if one was.
    pub(super) culprit: Option<usize>,
    /// False if there never was a transaction, so that running the works alone would not help.
    pub(super) began: bool,
}

/// Runs the jobs in the transaction that `connection` has begun and commits. The answer holds one result for each job
/// that was run; those that are `Ok` are stored. After `slice` no further job is begun.
pub(super) async fn run(
    connection: &mut Guarded,
    jobs: &mut [Box<dyn Job>],
    (deadline, slice): (Duration, Duration),
) -> Result<Vec<Result<(), StoreError>>, Lost> {
    let result = if let [job] = jobs {
        run_alone(connection, job.as_mut(), deadline).await
    } else {
        run_all(connection, jobs, (deadline, slice)).await
    };
    if result.is_err() {
        connection.rollback().await;
    }
    result
}

/// A work that is alone needs no savepoint: the transaction is its own.
async fn run_alone(
    connection: &mut Guarded,
    job: &mut dyn Job,
    deadline: Duration,
) -> Result<Vec<Result<(), StoreError>>, Lost> {
    let stored = match run_one(connection, job, deadline).await {
        Ok(()) => connection.commit().await,
        Err(error) => Err(error),
    };
    stored.map(|()| vec![Ok(())]).map_err(|error| Lost { error, culprit: Some(0), began: true })
}

async fn run_all(
    connection: &mut Guarded,
    jobs: &mut [Box<dyn Job>],
    (deadline, slice): (Duration, Duration),
) -> Result<Vec<Result<(), StoreError>>, Lost> {
    let began = Instant::now();
    let mut results = Vec::with_capacity(jobs.len());
    for (at, job) in jobs.iter_mut().enumerate() {
        let lost = |error| Lost { error, culprit: Some(at), began: true };
        match results.last() {
            None => connection.savepoint().await.map_err(lost)?,
            Some(Ok(())) => connection.next_savepoint().await.map_err(lost)?,
            // Whoever was undone left it standing.
            Some(Err(_)) => {}
        }
        let result = run_one(connection, job.as_mut(), deadline).await;
        if let Err(error) = &result {
            // A failing ROLLBACK TO says that SQLite has rolled back everything; the work's own error says why.
            connection.undo().await.map_err(|_| lost(error.clone()))?;
        }
        results.push(result);
        if began.elapsed() >= slice {
            break;
        }
    }
    let lost = |error| Lost { error, culprit: None, began: true };
    connection.commit().await.map_err(lost)?;
    Ok(results)
}

/// Runs one work within its deadline. A statement that is still running when the time is up is interrupted.
async fn run_one(connection: &mut Guarded, job: &mut dyn Job, deadline: Duration) -> Result<(), StoreError> {
    let mut tx = connection.tx();
    // The state that a panic may leave torn is the transaction, which is rolled back.
    let work = AssertUnwindSafe(async { job.run(&mut tx).await }).catch_unwind();
    match tokio::time::timeout(deadline, work).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(StoreError::Panicked),
        Err(_) => {
            connection.interrupt().await;
            Err(StoreError::Deadline)
        }
    }
}
