//! A desk that does as it is told and writes down what it was asked.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use firebell_core::ids::WorkspaceId;
use futures_util::future::BoxFuture;

use crate::platform::incoming::{Answer, Desk, Happening, Incoming, Kept, NotKept};

#[derive(Default)]
pub(in crate::platform) struct Script {
    answers: Mutex<VecDeque<(Duration, Result<Answer, NotKept>)>>,
    taken: Mutex<Vec<Incoming>>,
    /// Id, raw, and whether it is carried out.
    kept: Mutex<Vec<(String, Vec<u8>, bool)>>,
    heard: Mutex<Vec<(String, Happening)>>,
    pub(in crate::platform) rooms: Mutex<Vec<String>>,
    keeping: Mutex<HashMap<String, (Duration, bool)>>,
    deaf: Mutex<HashMap<String, usize>>,
}

impl Script {
    /// The next request is answered after a while; without any it is answered with nothing.
    pub(in crate::platform) fn answers(&self, after_ms: u64, answer: Result<Answer, NotKept>) {
        self.answers.lock().unwrap().push_back((Duration::from_millis(after_ms), answer));
    }

    /// How keeping this id goes: how long it takes, and whether it works.
    pub(in crate::platform) fn keeps(&self, id: &str, after_ms: u64, works: bool) {
        self.keeping.lock().unwrap().insert(id.to_owned(), (Duration::from_millis(after_ms), works));
    }

    /// This event cannot be heard so many times.
    pub(in crate::platform) fn is_deaf_to(&self, id: &str, times: usize) {
        self.deaf.lock().unwrap().insert(id.to_owned(), times);
    }

    /// As if another process had kept it.
    pub(in crate::platform) fn has_kept(&self, id: &str, raw: Vec<u8>) {
        self.kept.lock().unwrap().push((id.to_owned(), raw, false));
    }

    pub(in crate::platform) fn taken(&self) -> Vec<Incoming> {
        self.taken.lock().unwrap().clone()
    }

    pub(in crate::platform) fn heard(&self) -> Vec<(String, Happening)> {
        self.heard.lock().unwrap().clone()
    }

    pub(in crate::platform) fn heard_ids(&self) -> Vec<String> {
        self.heard().into_iter().map(|(id, _)| id).collect()
    }

    /// What was ever kept, with whether it is carried out.
    pub(in crate::platform) fn kept(&self) -> Vec<(String, bool)> {
        self.kept.lock().unwrap().iter().map(|(id, _, done)| (id.clone(), *done)).collect()
    }
}

impl Desk for Script {
    fn take(&self, _workspace: WorkspaceId, incoming: Incoming) -> BoxFuture<'_, Result<Answer, NotKept>> {
        self.taken.lock().unwrap().push(incoming);
        let (after, answer) = self.answers.lock().unwrap().pop_front().unwrap_or((Duration::ZERO, Ok(Answer::Nothing)));
        Box::pin(async move {
            tokio::time::sleep(after).await;
            answer
        })
    }

    fn keep<'d>(&'d self, _workspace: WorkspaceId, id: &'d str, raw: &'d [u8]) -> BoxFuture<'d, Result<Kept, NotKept>> {
        let (after, works) = self.keeping.lock().unwrap().get(id).copied().unwrap_or((Duration::ZERO, true));
        Box::pin(async move {
            tokio::time::sleep(after).await;
            if !works {
                return Err(NotKept);
            }
            let mut kept = self.kept.lock().unwrap();
            if kept.iter().any(|(known, ..)| known == id) {
                return Ok(Kept::Known);
            }
            kept.push((id.to_owned(), raw.to_vec(), false));
            Ok(Kept::New)
        })
    }

    fn hear(&self, _workspace: WorkspaceId, id: String, happening: Happening) -> BoxFuture<'_, Result<(), NotKept>> {
        let mut deaf = self.deaf.lock().unwrap();
        let left = deaf.get_mut(&id).filter(|times| **times > 0);
        let heard = left.is_none();
        if let Some(times) = left {
            *times -= 1;
        } else {
            self.heard.lock().unwrap().push((id, happening));
        }
        Box::pin(std::future::ready(if heard { Ok(()) } else { Err(NotKept) }))
    }

    fn done<'d>(&'d self, _workspace: WorkspaceId, id: &'d str) -> BoxFuture<'d, Result<(), NotKept>> {
        let mut kept = self.kept.lock().unwrap();
        kept.iter_mut().filter(|(known, ..)| known == id).for_each(|(_, _, done)| *done = true);
        Box::pin(std::future::ready(Ok(())))
    }

    fn is_room<'d>(&'d self, _workspace: WorkspaceId, room: &'d str) -> BoxFuture<'d, Result<bool, NotKept>> {
        let is_room = self.rooms.lock().unwrap().iter().any(|held| held == room);
        Box::pin(std::future::ready(Ok(is_room)))
    }

    fn waiting(&self, _workspace: WorkspaceId) -> BoxFuture<'_, Result<Vec<(String, Vec<u8>)>, NotKept>> {
        let kept = self.kept.lock().unwrap();
        let waiting = kept.iter().filter(|(.., done)| !done).map(|(id, raw, _)| (id.clone(), raw.clone()));
        Box::pin(std::future::ready(Ok(waiting.collect())))
    }
}
