//! PagerDuty's Events API v2: alerts by their key.
//!
//! Shapes: <https://developer.pagerduty.com/docs/events-api-v2/overview/>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::http::{Provider, Reply, Request};

pub(crate) const KEY: &str = "R012345678901234567890123456789X";

#[derive(Default)]
pub(crate) struct PagerDuty {
    /// The open alerts.
    pub(crate) open: BTreeMap<String, Value>,
    pub(crate) events: usize,
}

impl Provider for PagerDuty {
    fn take(&mut self, request: &Request) -> Reply {
        let invalid = |why: &str| {
            Reply::Json(
                400,
                json!({ "status": "invalid event", "message": "Event object is invalid", "errors": [why] }),
            )
        };
        if request.path != "/v2/enqueue" {
            return Reply::Json(404, json!({}));
        }
        let event = request.json();
        if event["routing_key"] != KEY {
            return invalid("Invalid routing key");
        }
        let dedup = event["dedup_key"].as_str().unwrap_or_default().to_owned();
        let payload = &event["payload"];
        match event["event_action"].as_str() {
            Some("trigger") => {
                let summary = payload["summary"].as_str().unwrap_or_default().chars().count();
                let severity = payload["severity"].as_str().unwrap_or_default();
                let is_severity = ["critical", "error", "warning", "info"].contains(&severity);
                if !(1..=1_024).contains(&summary) || payload["source"].is_null() || !is_severity || dedup.len() > 255 {
                    return invalid("'payload' is invalid");
                }
                self.open.insert(dedup.clone(), event);
            }
            Some("resolve") if !dedup.is_empty() => drop(self.open.remove(&dedup)),
            _ => return invalid("'event_action' is invalid"),
        }
        self.events += 1;
        Reply::Json(202, json!({ "status": "success", "message": "Event processed", "dedup_key": dedup }))
    }
}
