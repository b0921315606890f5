//! Waiting for another thread's answer without resting at once.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

/// Longer than a quick statement takes, and about what it costs to wake a processor that rests.
const MOMENT: Duration = Duration::from_micros(60);

/// Runs a future of many short waits, and asks again for a moment before each rest. SQLite answers from a thread of its
/// own, mostly within microseconds; to go to sleep and be woken between two statements takes longer than the statements.
pub(super) async fn eager<F: Future>(future: F) -> F::Output {
    // The scheduler's budget would make the future seem unready after a number of questions.
    let mut future = pin!(tokio::task::unconstrained(future));
    poll_fn(move |context| {
        let began = Instant::now();
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(context) {
                return Poll::Ready(value);
            }
            if began.elapsed() > MOMENT {
                return Poll::Pending;
            }
            // Where processors are few, the thread that is waited for may want this one.
            std::thread::yield_now();
        }
    })
    .await
}
