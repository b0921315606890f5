//! A carrier of somebody else, with a JSON API of its own making.

use serde_json::{Value, json};

use super::http::{Provider, Reply, Request};

#[derive(Default)]
pub(crate) struct Carrier {
    pub(crate) messages: Vec<Value>,
}

impl Provider for Carrier {
    fn take(&mut self, request: &Request) -> Reply {
        if request.header("authorization") != "Key carrier-key" {
            return Reply::Json(401, json!({ "error": "key" }));
        }
        match request.path.as_str() {
            "/send" => self.messages.push(request.json()),
            "/form" => self.messages.push(json!({ "query": request.query, "form": request.form().0 })),
            "/get" => {
                self.messages.push(json!({ "query": request.query }));
                return Reply::Json(200, json!("ok"));
            }
            _ => return Reply::Json(404, json!({ "error": "path" })),
        }
        Reply::Json(202, json!({ "messages": [{ "id": self.messages.len() }] }))
    }
}
