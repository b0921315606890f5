//! A watcher outside that is told that all is well: a web server on loopback, and what it was asked.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Remembers what it is asked.
pub(crate) struct Watcher {
    pub(crate) url: String,
    status: Arc<AtomicU16>,
    heard: Receiver<String>,
}

impl Watcher {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/ping/hunter2", listener.local_addr().unwrap());
        let (tell, heard) = channel();
        let status = Arc::new(AtomicU16::new(200));
        let answers = status.clone();
        std::thread::spawn(move || {
            let calls = listener.incoming().map_while(Result::ok);
            calls.take_while(|call| take(call, answers.load(Ordering::SeqCst), &tell)).for_each(drop);
        });
        Self { url, status, heard }
    }

    /// From now on it answers with this status.
    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// The first line of the next call.
    pub(crate) fn hears(&self) -> String {
        self.heard.recv_timeout(Duration::from_mins(1)).expect("the watcher hears nothing")
    }

    /// How often it was called since somebody asked last.
    pub(crate) fn calls(&self) -> usize {
        self.heard.try_iter().count()
    }
}

/// Takes one request; false once nobody listens any more. One that sends nothing only looked whether anybody is there.
fn take(mut call: &TcpStream, status: u16, tell: &Sender<String>) -> bool {
    let mut lines = BufReader::new(call).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let Some(first) = lines.next() else { return true };
    lines.for_each(drop);
    let answer = format!("HTTP/1.1 {status} As told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    // Told first: whoever asks after the call must find it.
    tell.send(first).is_ok() && call.write_all(answer.as_bytes()).is_ok()
}
