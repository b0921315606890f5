//! The heartbeat: a call to a watcher outside, made for as long as Firebell is well. When it stops, whatever the reason,
//! the watcher raises the alarm, a machine that is gone included.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use chrono::TimeDelta;
use reqwest::{Client, StatusCode, Url};

/// How soon is looked again after a beat that was held back or not taken, unless beats are more frequent anyway.
const AGAIN: TimeDelta = TimeDelta::seconds(10);

/// Calls one URL. Who knows it can silence the watcher, so it is in no text.
#[derive(Debug)]
pub struct Heartbeat {
    url: Url,
    every: TimeDelta,
    /// Made at the first beat.
    client: OnceLock<Client>,
    /// It was said in the log that it is held back.
    held_back: AtomicBool,
    /// How many beats in a row were not taken.
    failures: AtomicU64,
}

/// What became of one beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// The watcher knows that all is well.
    Taken,
    /// The watcher could not be told.
    NotTaken,
    /// All is not well, so it is not told that it is.
    HeldBack,
}

/// The watcher did not take a beat. The URL is left out.
#[derive(Debug, thiserror::Error)]
enum BeatError {
    #[error("prepare the heartbeat: {0}; check this machine's certificates")]
    Client(#[source] reqwest::Error),
    #[error("call the heartbeat's URL: {0}; check it, and the network")]
    NoAnswer(#[source] reqwest::Error),
    #[error("call the heartbeat's URL: it answered {0}; check it in [heartbeat]")]
    Answered(StatusCode),
}

impl Heartbeat {
    /// A heartbeat to this URL, so often while all is well.
    pub fn new(url: Url, every: TimeDelta) -> Self {
        let (held_back, failures) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { url, every, client: OnceLock::new(), held_back, failures }
    }

    /// From the start of one beat to that of the next.
    pub fn pause(&self, after: Beat) -> TimeDelta {
        match after {
            Beat::Taken => self.every,
            Beat::NotTaken | Beat::HeldBack => self.every.min(AGAIN),
        }
    }

    /// Calls the URL if `well` says that all is; an outage of the watcher is in the log once, and so is its end.
    pub async fn beat(&self, well: Result<(), Vec<String>>) -> Beat {
        if let Err(why) = well {
            if !self.held_back.swap(true, Ordering::Relaxed) {
                let why = why.join("; ");
                tracing::warn!(why, "the heartbeat is held back, so that the watcher raises the alarm");
            }
            return Beat::HeldBack;
        }
        if self.held_back.swap(false, Ordering::Relaxed) {
            tracing::info!("the heartbeat goes on");
        }
        match self.call().await {
            Ok(()) => {
                let failures = self.failures.swap(0, Ordering::Relaxed);
                if failures > 0 {
                    tracing::info!(failures, "the heartbeat's URL answers again");
                }
                Beat::Taken
            }
            Err(error) => {
                if self.failures.fetch_add(1, Ordering::Relaxed) == 0 {
                    tracing::error!(%error, "heartbeat not taken; it is tried again");
                }
                Beat::NotTaken
            }
        }
    }

    async fn call(&self) -> Result<(), BeatError> {
        let client = match self.client.get() {
            Some(client) => client,
            None => {
                let made = crate::client::client().map_err(BeatError::Client)?;
                self.client.get_or_init(|| made)
            }
        };
        let answer = client.get(self.url.clone()).send().await;
        let answer = answer.map_err(|error| BeatError::NoAnswer(error.without_url()))?;
        if answer.status().is_success() { Ok(()) } else { Err(BeatError::Answered(answer.status())) }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers each call with the next of these, and then nobody any more; what it was asked.
    async fn watcher(answers: Vec<&'static str>) -> (Url, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ping/hunter2", listener.local_addr().unwrap()).parse().unwrap();
        let asked = tokio::spawn(async move {
            let mut asked = Vec::new();
            for answer in answers {
                let (mut call, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let length = call.read(&mut request).await.unwrap();
                asked.push(String::from_utf8_lossy(&request[..length]).lines().next().unwrap().to_owned());
                let text = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                call.write_all(text.as_bytes()).await.unwrap();
            }
            asked
        });
        (url, asked)
    }

    #[tokio::test]
    async fn only_a_success_is_taken_and_no_redirect_is_followed() {
        let elsewhere = "302 Found\r\nLocation: http://127.0.0.1:1/";
        let table = [("200 OK", Beat::Taken), (elsewhere, Beat::NotTaken), ("404 Not Found", Beat::NotTaken)];
        let (url, asked) = watcher(table.map(|(answer, _)| answer).to_vec()).await;
        let heartbeat = Heartbeat::new(url, TimeDelta::minutes(1));
        for (answer, expected) in table {
            assert_eq!(heartbeat.beat(Ok(())).await, expected, "{answer}");
        }
        assert_eq!(asked.await.unwrap(), ["GET /ping/hunter2 HTTP/1.1"; 3]);
        assert_eq!(heartbeat.beat(Ok(())).await, Beat::NotTaken, "nobody is there any more");
    }

    #[tokio::test]
    async fn who_is_not_well_calls_nobody() {
        let (url, asked) = watcher(vec!["200 OK"]).await;
        let heartbeat = Heartbeat::new(url, TimeDelta::minutes(1));
        for _ in 0..2 {
            assert_eq!(heartbeat.beat(Err(vec!["it is not".to_owned()])).await, Beat::HeldBack);
        }
        assert_eq!(heartbeat.beat(Ok(())).await, Beat::Taken);
        assert_eq!(asked.await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn an_error_does_not_tell_the_url() {
        let (url, asked) = watcher(vec!["500 Oops"]).await;
        let heartbeat = Heartbeat::new(url, TimeDelta::minutes(1));
        let answered = heartbeat.call().await.unwrap_err().to_string();
        asked.await.unwrap();
        let nobody = heartbeat.call().await.unwrap_err().to_string();
        assert!(answered.contains("it answered 500"), "{answered}");
        assert!(nobody.starts_with("call the heartbeat's URL: "), "{nobody}");
        for said in [answered, nobody] {
            assert!(!said.contains("hunter2") && !said.contains("127.0.0.1"), "{said}");
        }
    }

    #[test]
    fn what_was_not_taken_is_tried_again_soon() {
        let at = "http://127.0.0.1/".parse::<Url>().unwrap();
        for (every, again) in [(60, 10), (10, 10), (5, 5)] {
            let heartbeat = Heartbeat::new(at.clone(), TimeDelta::seconds(every));
            let pauses = [Beat::Taken, Beat::NotTaken, Beat::HeldBack].map(|beat| heartbeat.pause(beat).num_seconds());
            assert_eq!(pauses, [every, again, again], "every {every} s");
        }
    }
}
