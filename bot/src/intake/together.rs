//! What waits is carried out together: while one commit is under way, others gather for the next.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Jobs that wait to be carried out. Whoever has the turn carries out what waits for everybody, `AT_ONCE` jobs at most.
pub(super) struct Together<J, A, const AT_ONCE: usize> {
    waiting: Mutex<VecDeque<(J, oneshot::Sender<A>)>>,
    turn: tokio::sync::Mutex<()>,
}

impl<J, A, const AT_ONCE: usize> Default for Together<J, A, AT_ONCE> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }
}

impl<J, A, const AT_ONCE: usize> Together<J, A, AT_ONCE> {
    /// Has a job carried out, by this caller's `work` or by another's, and answers what came of it; `None` if whoever
    /// had the turn was stopped, so that nobody knows. `work` answers its jobs in their order.
    pub(super) async fn carry_out<W>(&self, job: J, work: impl Fn(Vec<J>) -> W) -> Option<A>
    where
        W: Future<Output = Vec<A>>,
    {
        let (answer, mut answered) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back((job, answer));
        loop {
            tokio::select! {
                biased;
                answer = &mut answered => return answer.ok(),
                _turn = self.turn.lock() => self.take_turn(&work).await,
            }
        }
    }

    async fn take_turn<W>(&self, work: impl Fn(Vec<J>) -> W)
    where
        W: Future<Output = Vec<A>>,
    {
        let (jobs, answers): (Vec<J>, Vec<_>) = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let count = waiting.len().min(AT_ONCE);
            waiting.drain(..count).filter(|(_, answer)| !answer.is_closed()).unzip()
        };
        if jobs.is_empty() {
            return;
        }
        for (answer, result) in answers.into_iter().zip(work(jobs).await) {
            let _ = answer.send(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn everybody_is_answered_and_few_turns_are_taken() {
        let (together, turns) = (Arc::new(Together::<usize, usize, 8>::default()), Arc::new(AtomicUsize::new(0)));
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..64 {
            let (together, turns) = (together.clone(), turns.clone());
            tasks.spawn(async move {
                let work = |jobs: Vec<usize>| async {
                    turns.fetch_add(1, Ordering::SeqCst);
                    assert!(jobs.len() <= 8);
                    tokio::task::yield_now().await;
                    jobs.into_iter().map(|job| job * 2).collect()
                };
                (number, together.carry_out(number, work).await)
            });
        }
        for (number, answer) in tasks.join_all().await {
            assert_eq!(answer, Some(number * 2));
        }
        assert!(turns.load(Ordering::SeqCst) < 20, "{turns:?} turns for 64 jobs");
    }

    #[tokio::test]
    async fn whoever_is_stopped_in_a_turn_leaves_the_others_to_go_on() {
        let together = Arc::new(Together::<usize, usize, 8>::default());
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let begun = Mutex::new(Some(begun));
        let first = {
            let together = together.clone();
            tokio::spawn(async move {
                let work = |_: Vec<usize>| {
                    begun.lock().unwrap().take().map(|begun| begun.send(()));
                    std::future::pending::<Vec<usize>>()
                };
                together.carry_out(1, work).await
            })
        };
        has_begun.await.unwrap();
        let second = {
            let together = together.clone();
            tokio::spawn(async move { together.carry_out(2, async |jobs: Vec<usize>| jobs).await })
        };
        tokio::task::yield_now().await;
        first.abort();
        assert_eq!(second.await.unwrap(), Some(2));
    }
}
