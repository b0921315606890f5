//! Where alarms go: a webhook on loopback.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::Value;

/// Remembers what it is sent.
pub(crate) struct Webhook {
    pub(crate) url: String,
    heard: Receiver<Value>,
}

impl Webhook {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/alarm", listener.local_addr().unwrap());
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            let calls = listener.incoming().map_while(Result::ok);
            calls.take_while(|call| take(call, &tell)).for_each(drop);
        });
        Self { url, heard }
    }

    /// The next text that it is sent.
    pub(crate) fn hears(&self) -> String {
        let body = self.heard.recv_timeout(Duration::from_mins(1)).expect("the webhook hears nothing");
        body["text"].as_str().unwrap().to_owned()
    }

    pub(crate) fn was_left_alone(&self) -> bool {
        self.heard.try_recv().is_err()
    }
}

/// Takes one request; false once nobody listens any more.
fn take(mut call: &TcpStream, tell: &Sender<Value>) -> bool {
    let mut lines = BufReader::new(call);
    let mut length = 0;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        if let Some(count) = line.to_lowercase().strip_prefix("content-length:") {
            length = count.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    call.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
    tell.send(serde_json::from_slice(&body).unwrap()).is_ok()
}
