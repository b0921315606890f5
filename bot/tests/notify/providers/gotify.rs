//! Gotify: applications with tokens, and their messages.
//!
//! Shapes: <https://gotify.net/api-docs#/message/createMessage>.

use serde_json::{Value, json};

use super::http::{Provider, Reply, Request};

pub(crate) const TOKEN: &str = "AbCdEfGhIjKlMnO";

#[derive(Default)]
pub(crate) struct Gotify {
    pub(crate) messages: Vec<Value>,
}

impl Provider for Gotify {
    fn take(&mut self, request: &Request) -> Reply {
        let error = |status: u16, what: &str| {
            Reply::Json(status, json!({ "error": what, "errorCode": status, "errorDescription": "told to" }))
        };
        if request.method != "POST" || request.path != "/message" {
            return error(404, "Not Found");
        }
        if request.header("x-gotify-key") != TOKEN {
            return error(401, "Unauthorized");
        }
        let body = request.json();
        if body["message"].as_str().is_none_or(str::is_empty) {
            return error(400, "Bad Request");
        }
        self.messages.push(body.clone());
        Reply::Json(200, json!({ "id": self.messages.len(), "appid": 1, "message": body["message"] }))
    }
}
