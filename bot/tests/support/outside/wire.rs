//! What the fakes of JSON APIs share: calls, answers, what goes wrong, and paging.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::Response;
use reqwest::Url;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What becomes of a call.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// It takes effect, and the connection breaks in the answer.
    Lose,
    /// It takes effect, and nobody answers.
    Hang,
    /// It takes effect, and a gateway answers with this status.
    Gateway(u16),
    /// It takes no effect and is answered with this status, these headers and this message.
    Refuse(u16, Vec<(&'static str, String)>, &'static str),
}

/// One call.
pub(crate) struct Call {
    pub(crate) method: String,
    /// The segments behind the base, decoded.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
    pub(crate) base: String,
    target: String,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

/// A service's state and rules.
pub(crate) trait Service: Send + Sync + 'static {
    fn answer(&self, call: &Call) -> Reply;
}

/// A fault, the calls that it befalls, and how many more of them.
struct Trouble {
    method: &'static str,
    path: &'static str,
    fault: Fault,
    spared: usize,
    left: usize,
}

/// The wire to a service.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Inner>);

struct Inner {
    base: String,
    troubles: Mutex<Vec<Trouble>>,
    calls: Mutex<Vec<String>>,
    after: Mutex<Option<(usize, Deed)>>,
}

/// What somebody else does meanwhile.
type Deed = Box<dyn FnOnce() + Send>;

impl Wire {
    /// Serves below a path, such as `/api/v3`.
    pub(crate) async fn serve(path: &str, service: Arc<dyn Service>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}{path}", listener.local_addr().unwrap());
        let inner = Inner { base, troubles: Mutex::default(), calls: Mutex::default(), after: Mutex::default() };
        let wire = Self(Arc::new(inner));
        let served = wire.clone();
        let answer = move |request: Request| {
            let (wire, service) = (served.clone(), Arc::clone(&service));
            async move { wire.answer(request, &*service).await }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
        wire
    }

    pub(crate) fn base(&self) -> Url {
        self.0.base.parse().unwrap()
    }

    /// The next so many calls of a method whose path contains `path` go wrong.
    pub(crate) fn trouble(&self, method: &'static str, path: &'static str, fault: Fault, times: usize) {
        self.trouble_after(0, (method, path), fault, times);
    }

    /// As [`Wire::trouble`], once so many of the calls went well.
    pub(crate) fn trouble_after(&self, spared: usize, of: (&'static str, &'static str), fault: Fault, times: usize) {
        let trouble = Trouble { method: of.0, path: of.1, fault, spared, left: times };
        self.0.troubles.lock().unwrap().push(trouble);
    }

    /// Once so many calls more were answered, somebody else does this.
    pub(crate) fn after(&self, calls: usize, deed: impl FnOnce() + Send + 'static) {
        *self.0.after.lock().unwrap() = Some((calls, Box::new(deed)));
    }

    /// The calls since this was asked last, as `METHOD path?query`.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.calls.lock().unwrap())
    }

    fn befalls(&self, call: &Call) -> Option<Fault> {
        let mut troubles = self.0.troubles.lock().unwrap();
        let mut of_it = troubles.iter_mut().filter(|it| it.method == call.method && call.target.contains(it.path));
        let trouble = of_it.find(|it| it.left > 0)?;
        if trouble.spared > 0 {
            trouble.spared -= 1;
            return None;
        }
        trouble.left -= 1;
        Some(trouble.fault.clone())
    }

    async fn answer(&self, request: Request, service: &dyn Service) -> Response<Body> {
        let Some(call) = self.read(request).await else { return response(Reply::said(404, "Not Found")) };
        self.0.calls.lock().unwrap().push(format!("{} {}", call.method, call.target));
        match self.befalls(&call) {
            None => {
                let reply = service.answer(&call);
                self.count_down();
                response(reply)
            }
            Some(Fault::Lose) => {
                let reply = service.answer(&call);
                let half = futures_util::stream::iter([Ok("{"), Err(io::Error::other("lost"))]);
                Response::builder().status(reply.status).body(Body::from_stream(half)).unwrap()
            }
            Some(Fault::Hang) => {
                service.answer(&call);
                std::future::pending().await
            }
            Some(Fault::Gateway(status)) => {
                service.answer(&call);
                Response::builder().status(status).body(Body::from("<html>Bad gateway</html>")).unwrap()
            }
            Some(Fault::Refuse(status, headers, message)) => {
                response(Reply { headers, ..Reply::said(status, message) })
            }
        }
    }

    fn count_down(&self) {
        let mut after = self.0.after.lock().unwrap();
        match after.take() {
            Some((1, deed)) => deed(),
            other => *after = other.map(|(calls, deed)| (calls - 1, deed)),
        }
    }

    async fn read(&self, request: Request) -> Option<Call> {
        let url: Url = format!("http://fake{}", request.uri()).parse().unwrap();
        let prefix = self.base().path().trim_end_matches('/').to_owned();
        let path = url.path().strip_prefix(&prefix)?.to_owned();
        let decoded = |segment: &str| percent_decoded(segment);
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let method = request.method().to_string();
        let bytes = to_bytes(request.into_body(), 64 * 1024 * 1024).await.unwrap();
        Some(Call {
            method,
            path: path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect(),
            query: url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
            headers,
            // What is no JSON, such as a form with files, is kept as a text.
            body: serde_json::from_slice(&bytes).unwrap_or_else(|_| text_or_null(&bytes)),
            base: self.0.base.clone(),
            target: url.query().map_or(path.clone(), |query| format!("{path}?{query}")),
        })
    }
}

impl Call {
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// Every value of what may be given several times.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(held, _)| held == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.body[name].as_str().map(str::to_owned)
    }

    /// One page of a list, by `page` and `per_page`, with the headers that lead to the next one.
    pub(crate) fn page(&self, all: &[Value]) -> Reply {
        let number = |name: &str, other: usize| self.query(name).and_then(|it| it.parse().ok()).unwrap_or(other);
        let (page, size): (usize, usize) = (number("page", 1).max(1), number("per_page", 30).clamp(1, 100));
        let start = ((page - 1) * size).min(all.len());
        let end = (start + size).min(all.len());
        let mut headers = Vec::new();
        if end < all.len() {
            let mut url: Url = format!("{}/{}", self.base, self.path.join("/")).parse().unwrap();
            let kept = self.query.iter().filter(|(name, _)| name != "page");
            url.query_pairs_mut().extend_pairs(kept).append_pair("page", &(page + 1).to_string());
            headers.push(("link", format!("<{url}>; rel=\"next\", <{url}>; rel=\"last\"")));
            headers.push(("x-next-page", (page + 1).to_string()));
        } else {
            headers.push(("x-next-page", String::new()));
        }
        Reply { status: 200, headers, body: Some(json!(all[start..end])) }
    }
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Some(body) }
    }

    pub(crate) fn said(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "message": message }))
    }
}

fn text_or_null(bytes: &[u8]) -> Value {
    if bytes.is_empty() { Value::Null } else { json!(String::from_utf8_lossy(bytes)) }
}

fn response(reply: Reply) -> Response<Body> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    let body = reply.body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    response.header("content-type", "application/json").body(body).unwrap()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
