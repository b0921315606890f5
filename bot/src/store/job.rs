//! A work on its way to the writer, with the caller that waits for it.

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::error::StoreError;
use super::tx::Tx;

/// A work whose answer's type is forgotten, so that works of all kinds share one queue.
pub(super) trait Job: Send {
    /// Runs the work and keeps its value for [`Job::stored`]. It may be run again; the last value counts.
    fn run<'t>(&'t mut self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, Result<(), StoreError>>;
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    /// Tells the caller that its work is committed.
    fn stored(self: Box<Self>);
    /// Tells the caller that nothing of its work is stored.
    fn failed(self: Box<Self>, error: StoreError);
}

pub(super) struct Waiting<T, F> {
    work: F,
    value: Option<T>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Waiting<T, F> {
    pub(super) fn new(work: F) -> (Self, oneshot::Receiver<Result<T, StoreError>>) {
        let (caller, answer) = oneshot::channel();
        (Self { work, value: None, caller }, answer)
    }
}

impl<T, F> Job for Waiting<T, F>
where
    F: for<'t> Fn(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync,
    T: Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx<'_>) -> BoxFuture<'t, Result<(), StoreError>> {
        Box::pin(async move {
            self.value = None;
            self.value = Some((self.work)(tx).await?);
            Ok(())
        })
    }

    fn is_abandoned(&self) -> bool {
        self.caller.is_closed()
    }

    fn stored(self: Box<Self>) {
        // A caller that left before the answer loses nothing but the answer.
        let _ = self.caller.send(self.value.ok_or(StoreError::Panicked));
    }

    fn failed(self: Box<Self>, error: StoreError) {
        let _ = self.caller.send(Err(error));
    }
}
