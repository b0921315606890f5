//! ntfy: topics, of which some are protected, and messages that take the place of others.
//!
//! Shapes: <https://docs.ntfy.sh/publish/#publish-as-json>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::http::{Provider, Reply, Request};

pub(crate) const TOKEN: &str = "tk_ntfy";

#[derive(Default)]
pub(crate) struct Ntfy {
    /// In the order of their coming.
    pub(crate) messages: Vec<Value>,
    /// Whether a message needs the token.
    pub(crate) protected: bool,
    /// What the last request showed of who it is.
    pub(crate) authorization: String,
}

impl Ntfy {
    /// What stands on the devices that follow a topic.
    pub(crate) fn shown(&self, topic: &str) -> Vec<Value> {
        let mut shown: Vec<Value> = Vec::new();
        for message in self.messages.iter().filter(|message| message["topic"] == topic) {
            match shown.iter_mut().find(|held| held["sequence_id"] == message["sequence_id"]) {
                Some(held) => *held = message.clone(),
                None => shown.push(message.clone()),
            }
        }
        shown
    }
}

impl Provider for Ntfy {
    fn take(&mut self, request: &Request) -> Reply {
        request.header("authorization").clone_into(&mut self.authorization);
        let error = |http: u16, code: u32| Reply::Json(http, json!({ "code": code, "http": http, "error": "told to" }));
        if request.method != "POST" || request.path != "/" {
            return error(404, 40_401);
        }
        let basic = format!("Basic {}", STANDARD.encode("user:pass"));
        let is_known = self.authorization == format!("Bearer {TOKEN}") || self.authorization == basic;
        if !is_known && !self.authorization.is_empty() {
            return error(401, 40_101);
        }
        let body = request.json();
        let topic = body["topic"].as_str().unwrap_or_default();
        if topic == "reserved" || self.protected && !is_known {
            return error(403, 40_301);
        }
        let priority = body["priority"].as_i64().unwrap_or(3);
        let actions = body["actions"].as_array().map_or(0, Vec::len);
        if topic.is_empty() || !(1..=5).contains(&priority) || actions > 3 {
            return error(400, 40_024);
        }
        self.messages.push(body.clone());
        Reply::Json(200, json!({ "id": format!("id{}", self.messages.len()), "event": "message", "topic": topic }))
    }
}
