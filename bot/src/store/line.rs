//! What comes first, and what waits for the writer of a SQLite file.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::job::Job;

pub(super) enum Message {
    Work(Turn, Box<dyn Job>),
    /// Finish what was queued before this, then close the file and say so.
    Close(oneshot::Sender<()>),
}

/// So long, and for the work under way then, works that come first keep the others waiting: a machine that is slow for a
/// moment must not wake people later, and what else people wait for must go on where it stays slow.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);

/// When a work is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Before whatever else waits.
    First,
    Usual,
}

/// The works that the writer took from its queue and has not carried out yet, in the order in which they came.
#[derive(Default)]
pub(super) struct Line {
    pub(super) first: VecDeque<Box<dyn Job>>,
    pub(super) usual: Vec<Box<dyn Job>>,
    /// Who waits for the end.
    pub(super) closers: Vec<oneshot::Sender<()>>,
}

impl Line {
    /// Waits until something comes, then takes it and `most` messages at most; false once nothing can come any more.
    pub(super) async fn wait(&mut self, queue: &mut mpsc::Receiver<Message>, most: usize) -> bool {
        let mut messages = Vec::new();
        let taken = queue.recv_many(&mut messages, most).await;
        for message in messages {
            self.add(message, queue);
        }
        taken > 0
    }

    /// Takes what came meanwhile, without waiting for more.
    pub(super) fn take(&mut self, queue: &mut mpsc::Receiver<Message>) {
        while let Ok(message) = queue.try_recv() {
            self.add(message, queue);
        }
    }

    fn add(&mut self, message: Message, queue: &mut mpsc::Receiver<Message>) {
        match message {
            Message::Work(Turn::First, job) => self.first.push_back(job),
            Message::Work(Turn::Usual, job) => self.usual.push(job),
            Message::Close(closer) => {
                queue.close();
                self.closers.push(closer);
            }
        }
    }
}

/// Where works are carried out side by side: lets those that come first go first.
#[derive(Debug, Clone, Default)]
pub(super) struct Precedence(watch::Sender<usize>);

impl Precedence {
    /// Waits for the work's turn, which lasts until the answer is dropped.
    pub(super) async fn turn(&self, turn: Turn) -> HasTurn {
        match turn {
            Turn::First => self.0.send_modify(|under_way| *under_way += 1),
            Turn::Usual => {
                let mut first = self.0.subscribe();
                let _ = tokio::time::timeout(PATIENCE, first.wait_for(|under_way| *under_way == 0)).await;
            }
        }
        HasTurn { turn, under_way: self.0.clone() }
    }
}

/// A work has its turn.
pub(super) struct HasTurn {
    turn: Turn,
    under_way: watch::Sender<usize>,
}

impl Drop for HasTurn {
    fn drop(&mut self) {
        if self.turn == Turn::First {
            self.under_way.send_modify(|under_way| *under_way -= 1);
        }
    }
}
