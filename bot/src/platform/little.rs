//! A little server on loopback for the tests of all platforms: it answers as each test says, and keeps what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::platform::rest::{self, Rest};

/// What it answers.
pub(crate) enum Reply {
    /// Status 200 and this.
    Ok(Value),
    /// A status, headers and this.
    Told(u16, &'static [(&'static str, &'static str)], Value),
    /// A status with `Retry-After` where there is one, and a body.
    Status(u16, Option<&'static str>, &'static str),
    /// The connection breaks in the middle of the answer.
    Broken,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// `GET` or another.
    pub(crate) verb: String,
    /// What comes after `/api/` or, for files, the path.
    pub(crate) method: String,
    pub(crate) query: String,
    pub(crate) args: Value,
    pub(crate) token: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

type Says = Box<dyn FnMut(&Asked) -> Reply + Send>;

#[derive(Clone)]
pub(crate) struct Little {
    says: Arc<Mutex<Says>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub(crate) origin: String,
    pub(crate) clock: Clock,
}

impl Little {
    pub(crate) async fn new(says: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let this = Self { says: Arc::new(Mutex::new(Box::new(says))), asked: Arc::default(), origin, clock };
        let router = Router::new().fallback(take).with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        this
    }

    /// Calls by its clock.
    pub(crate) fn rest(&self) -> Rest {
        Rest::new(rest::client().unwrap(), self.clock.clone())
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds)).unwrap();
    }

    /// What was asked since the last time, and with what.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// What was asked since the last time.
    pub(crate) fn methods(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.method).collect()
    }
}

async fn take(State(little): State<Little>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(body, 1 << 24).await.unwrap().to_vec();
    let content_type = header("content-type");
    let args = match content_type.as_deref() {
        Some("application/json") => serde_json::from_slice(&body).unwrap(),
        Some("application/x-www-form-urlencoded") => form(&body),
        _ => Value::Null,
    };
    let method = head.uri.path().trim_start_matches("/api/").to_owned();
    let token = header("authorization");
    let (verb, query) = (head.method.to_string(), head.uri.query().unwrap_or_default().to_owned());
    let asked = Asked { verb, method, query, args, token, content_type, body };
    let reply = (little.says.lock().unwrap())(&asked);
    little.asked.lock().unwrap().push(asked);
    match reply {
        Reply::Ok(value) => {
            Response::builder().header("x-oauth-scopes", "chat:write, commands").body(value.to_string().into()).unwrap()
        }
        Reply::Told(status, headers, value) => {
            let begun = Response::builder().status(status);
            let begun = headers.iter().fold(begun, |begun, (name, value)| begun.header(*name, *value));
            begun.body(if value.is_null() { Body::empty() } else { value.to_string().into() }).unwrap()
        }
        Reply::Status(status, wait, body) => {
            let begun = Response::builder().status(status);
            let begun = wait.into_iter().fold(begun, |begun, wait| begun.header("retry-after", wait));
            begun.body(body.into()).unwrap()
        }
        Reply::Broken => {
            let halves = [Ok("{\"ok\":"), Err(std::io::Error::other("the line broke"))];
            Response::new(Body::from_stream(futures_util::stream::iter(halves)))
        }
    }
}

fn form(body: &[u8]) -> Value {
    let url = format!("http://form/?{}", std::str::from_utf8(body).unwrap());
    let url: reqwest::Url = url.parse().unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect()
}
