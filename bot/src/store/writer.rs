//! The one writer of a SQLite file: takes what has queued up, commits it together, then answers everybody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::batch::{self, Lost};
use super::checkpoint::{self, Checkpoints};
use super::eager::eager;
use super::error::StoreError;
use super::job::Job;
use super::line::{Line, Message, PATIENCE};
use super::sqlite::{Guarded, Opener};

const BATCH: usize = 256;
/// After so long a batch is committed, so that a timer that falls due meanwhile does not wait for the rest of it.
const SLICE: Duration = Duration::from_millis(8);

pub(super) struct Writer {
    pub(super) opener: Arc<Opener>,
    /// None after the connection was lost, until the next batch opens another.
    pub(super) connection: Option<Guarded>,
    pub(super) hints: watch::Sender<u64>,
    pub(super) deadline: Duration,
    pub(super) other_processes_every: Duration,
    /// The last `PRAGMA data_version`: it moves only when another connection commits.
    pub(super) data_version: Option<i64>,
    pub(super) checkpoints: Checkpoints,
}

impl Writer {
    /// Serves the queue until the store is closed or dropped.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        let mut look = interval(self.other_processes_every);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut line = Line::default();
        loop {
            if line.usual.is_empty() {
                tokio::select! {
                    came = line.wait(&mut queue, BATCH) => {
                        if !came {
                            break;
                        }
                    }
                    _ = look.tick() => {
                        self.look_for_other_processes().await;
                        self.tidy_log().await;
                        continue;
                    }
                }
            } else {
                line.take(&mut queue);
            }
            self.carry_out_first(&mut line, &mut queue).await;
            let usual = std::mem::take(&mut line.usual);
            line.usual = eager(self.commit_together(usual)).await;
            self.tidy_log().await;
        }
        self.close().await;
        for closer in line.closers {
            let _ = closer.send(());
        }
    }

    /// Carries out what comes before all else, one by one and for as long as more of it comes; but what else waits is kept
    /// waiting no longer than [`PATIENCE`].
    async fn carry_out_first(&mut self, line: &mut Line, queue: &mut mpsc::Receiver<Message>) {
        let began = Instant::now();
        while let Some(job) = line.first.pop_front() {
            eager(self.commit_together(vec![job])).await;
            if began.elapsed() < PATIENCE {
                line.take(queue);
            }
        }
    }

    /// Commits jobs at once, as many as a slice of time allows, and answers the others; if the common transaction is
    /// lost, gives every innocent one its own.
    async fn commit_together(&mut self, mut jobs: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        jobs.retain(|job| !job.is_abandoned());
        if jobs.is_empty() {
            return jobs;
        }
        let lost = match self.attempt(&mut jobs).await {
            Ok(results) => {
                let left = jobs.split_off(results.len());
                self.answer(jobs, results);
                return left;
            }
            Err(lost) => lost,
        };
        if jobs.len() == 1 || !lost.began {
            for job in jobs {
                job.failed(lost.error.clone());
            }
            return Vec::new();
        }
        tracing::warn!(error = %lost.error, works = jobs.len(), "lost a common transaction; running its works one by one");
        for (at, job) in jobs.into_iter().enumerate() {
            if lost.culprit == Some(at) {
                job.failed(lost.error.clone());
            } else {
                self.commit_alone(job).await;
            }
        }
        Vec::new()
    }

    async fn commit_alone(&mut self, job: Box<dyn Job>) {
        let mut jobs = vec![job];
        match self.attempt(&mut jobs).await {
            Ok(results) => self.answer(jobs, results),
            Err(lost) => jobs.into_iter().for_each(|job| job.failed(lost.error.clone())),
        }
    }

    async fn attempt(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Vec<Result<(), StoreError>>, Lost> {
        let deadline = self.deadline;
        let connection = self.begin().await.map_err(|error| Lost { error, culprit: None, began: false })?;
        let result = batch::run(connection, jobs, (deadline, SLICE)).await;
        if let Err(lost) = &result
            && matches!(lost.error, StoreError::Gone { .. })
        {
            self.connection = None;
        }
        result
    }

    /// Begins a transaction, on a new connection if the old one is lost.
    async fn begin(&mut self) -> Result<&mut Guarded, StoreError> {
        self.opener.is_in_place()?;
        if let Some(mut connection) = self.connection.take() {
            match connection.begin().await {
                Ok(()) => return Ok(self.connection.insert(connection)),
                Err(StoreError::Busy) => {
                    self.connection = Some(connection);
                    return Err(StoreError::Busy);
                }
                Err(error) => {
                    tracing::warn!(%error, "lost the connection to the database file; opening it again");
                }
            }
        }
        let mut connection = self.opener.writer().await?;
        // Another connection counts its versions anew.
        self.data_version = None;
        connection.begin().await?;
        Ok(self.connection.insert(connection))
    }

    fn answer(&self, jobs: Vec<Box<dyn Job>>, results: Vec<Result<(), StoreError>>) {
        if results.iter().any(Result::is_ok) {
            self.hints.send_modify(|count| *count += 1);
            self.checkpoints.committed();
        }
        for (job, result) in jobs.into_iter().zip(results) {
            match result {
                Ok(()) => job.stored(),
                Err(error) => job.failed(error),
            }
        }
    }

    async fn look_for_other_processes(&mut self) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        // A failure shows itself to the next write; a hint is not worth a report.
        let Ok(version) = connection.data_version().await else {
            return;
        };
        if self.data_version.replace(version).is_some_and(|before| before != version) {
            self.hints.send_modify(|count| *count += 1);
        }
    }

    /// Empties the log after a redaction; a look at the clock tries again while readers hold it. Otherwise ends what was
    /// begun beside the writer.
    async fn tidy_log(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        connection.forget_log().await;
        if self.checkpoints.leave_the_rest() {
            connection.move_log().await;
        }
    }

    /// Moves the log into the database as far as readers let it; the last connection to close does the rest.
    async fn close(self) {
        self.checkpoints.close().await;
        let Some(connection) = self.connection else {
            return;
        };
        let mut connection: SqliteConnection = connection.into_inner();
        if let Err(error) = checkpoint::move_log(&mut connection).await {
            tracing::warn!(%error, "the log of the database was not checkpointed; the next start does it");
        }
        if let Err(error) = connection.close().await {
            tracing::warn!(%error, "the database file did not close cleanly; the next start recovers it");
        }
    }
}
