//! Opsgenie's Alert API: alerts by their alias.
//!
//! Shapes: <https://docs.opsgenie.com/docs/alert-api>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::http::{Provider, Reply, Request};

pub(crate) const KEY: &str = "eb243592-faa2-4ba2-a551-1afdf565c889";

#[derive(Default)]
pub(crate) struct Opsgenie {
    pub(crate) open: BTreeMap<String, Value>,
    pub(crate) requests: usize,
}

impl Provider for Opsgenie {
    fn take(&mut self, request: &Request) -> Reply {
        if request.header("authorization") != format!("GenieKey {KEY}") {
            return Reply::Json(401, json!({ "message": "Key format is not valid!", "took": 0.001, "requestId": "r" }));
        }
        let body = request.json();
        match *request.segments() {
            ["v2", "alerts"] => {
                let length = body["message"].as_str().unwrap_or_default().chars().count();
                let responder = &body["responders"][0];
                if !(1..=130).contains(&length) || responder["type"] == "team" && responder["name"] == "nobody" {
                    return Reply::Json(422, json!({ "message": "Request body is not processable", "requestId": "r" }));
                }
                self.open.insert(body["alias"].as_str().unwrap().to_owned(), body);
            }
            ["v2", "alerts", alias, "close"] => {
                assert_eq!(request.query, "identifierType=alias");
                self.open.remove(alias);
            }
            _ => return Reply::Json(404, json!({ "message": "not found" })),
        }
        self.requests += 1;
        Reply::Json(202, json!({ "result": "Request will be processed", "took": 0.1, "requestId": "43a29c5c" }))
    }
}
