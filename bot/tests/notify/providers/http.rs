//! An HTTP server on loopback whose connections break where they are told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use firebell::notify::Url;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What a provider does with a request.
pub(crate) trait Provider: Send + 'static {
    fn take(&mut self, request: &Request) -> Reply;
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What a provider answers.
#[derive(Debug)]
pub(crate) enum Reply {
    Json(u16, Value),
    /// Nothing until its state changes.
    Wait,
}

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is answered with this, and has no effect.
    Status(u16),
    /// As `Status`, with a wish to be left alone for so many seconds.
    Busy(u16, u32),
    /// It is read and never answered.
    Hang,
    /// The connection breaks before it has an effect.
    ResetBefore,
    /// The connection breaks after it had its effect.
    ResetAfter,
}

/// A provider that listens.
pub(crate) struct Fake<P> {
    pub(crate) url: Url,
    inner: Arc<Inner<P>>,
}

struct Inner<P> {
    state: Mutex<P>,
    faults: Mutex<VecDeque<Fault>>,
    changed: Notify,
    /// A request was answered.
    taken: Notify,
}

impl<P: Provider> Fake<P> {
    pub(crate) async fn start(state: P) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let inner = Arc::new(Inner {
            state: Mutex::new(state),
            faults: Mutex::default(),
            changed: Notify::new(),
            taken: Notify::new(),
        });
        let served = Arc::clone(&inner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served)));
            }
        });
        Self { url, inner }
    }

    /// The next request fares so.
    pub(crate) fn fails(&self, fault: Fault) {
        self.inner.faults.lock().unwrap().push_back(fault);
    }

    /// Returns once the state is so.
    pub(crate) async fn until(&self, is_so: impl Fn(&P) -> bool) {
        loop {
            let changed = self.inner.taken.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if is_so(&self.inner.state.lock().unwrap()) {
                return;
            }
            changed.await;
        }
    }

    /// Looks at the state, or changes it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut P) -> T) -> T {
        let found = look(&mut self.inner.state.lock().unwrap());
        self.inner.changed.notify_waiters();
        found
    }
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        assert!(self.header("content-type").starts_with("application/json"), "{:?}", self.headers);
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn form(&self) -> Form {
        assert_eq!(self.header("content-type"), "application/x-www-form-urlencoded");
        Form::of(std::str::from_utf8(&self.body).unwrap())
    }

    /// The segments of the path.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.trim_start_matches('/').split('/').collect()
    }
}

/// The fields of a form, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form(pub(crate) Vec<(String, String)>);

impl Form {
    pub(crate) fn of(encoded: &str) -> Self {
        let url: Url = format!("http://x/?{encoded}").parse().unwrap();
        Self(url.query_pairs().into_owned().collect())
    }

    /// A field; empty where it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }
}

async fn serve<P: Provider>(stream: TcpStream, fake: Arc<Inner<P>>) {
    let mut stream = BufReader::new(stream);
    let Some(request) = read(&mut stream).await else { return };
    let fault = fake.faults.lock().unwrap().pop_front();
    let (status, body, wait) = match fault {
        Some(Fault::Status(status)) => (status, json!({ "error": "told to" }), None),
        Some(Fault::Busy(status, wait)) => (status, json!({ "error": "told to" }), Some(wait)),
        Some(Fault::ResetBefore) => return,
        Some(Fault::Hang) => return hang(&mut stream).await,
        Some(Fault::ResetAfter) => {
            let _ = take(&request, &fake).await;
            return;
        }
        None => {
            let (status, body) = take(&request, &fake).await;
            (status, body, None)
        }
    };
    let body = body.to_string();
    let wait = wait.map(|wait| format!("retry-after: {wait}\r\n")).unwrap_or_default();
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n{wait}\r\n", body.len());
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}

async fn take<P: Provider>(request: &Request, fake: &Inner<P>) -> (u16, Value) {
    loop {
        let changed = fake.changed.notified();
        let reply = fake.state.lock().unwrap().take(request);
        fake.taken.notify_waiters();
        match reply {
            Reply::Json(status, body) => return (status, body),
            Reply::Wait => changed.await,
        }
    }
}

/// Until the caller goes away.
async fn hang(stream: &mut BufReader<TcpStream>) {
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut first = lines[0].split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let headers: Vec<(String, String)> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(k, v)| (k.to_lowercase(), v.to_owned()))
        .collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, length)| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { method, path: path.to_owned(), query: query.to_owned(), headers, body })
}
