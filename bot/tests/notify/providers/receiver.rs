//! Somebody's receiver of webhooks, which verifies and passes over what it has seen.

use std::collections::BTreeMap;

use firebell::notify::standard_webhooks::Signer;
use serde_json::{Value, json};

use super::http::{Provider, Reply, Request};

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(crate) struct Receiver {
    signer: Signer,
    /// What came, by its id.
    pub(crate) seen: BTreeMap<String, Value>,
    /// How often something came.
    pub(crate) calls: usize,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        Self { signer: Signer::new(SECRET).unwrap(), seen: BTreeMap::new(), calls: 0 }
    }
}

impl Provider for Receiver {
    fn take(&mut self, request: &Request) -> Reply {
        let (id, signature) = (request.header("webhook-id"), request.header("webhook-signature"));
        let seconds = request.header("webhook-timestamp").parse().unwrap_or_default();
        if !self.signer.verify(id, seconds, &request.body, signature) {
            return Reply::Json(401, json!({ "error": "signature" }));
        }
        self.calls += 1;
        self.seen.entry(id.to_owned()).or_insert_with(|| request.json());
        Reply::Json(200, json!({ "ok": true }))
    }
}
