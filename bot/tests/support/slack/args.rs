//! What a call of the Web API brings along.

use serde_json::{Map, Value, json};

use super::super::fake::multipart::parts;
use super::methods::Refusal;

/// The arguments of a call, from the query, a form or JSON.
#[derive(Debug, Clone, Default)]
pub(crate) struct Args {
    pub(crate) map: Map<String, Value>,
}

/// These take no JSON: Slack does not look at such a body, so that every argument is missing.
const FORM_ONLY: &[&str] = &[
    "bots.info",
    "chat.getPermalink",
    "conversations.history",
    "conversations.info",
    "conversations.list",
    "conversations.members",
    "conversations.replies",
    "files.info",
    "files.list",
    "pins.list",
    "reactions.get",
    "team.info",
    "usergroups.list",
    "usergroups.users.list",
    "users.conversations",
    "users.info",
    "users.list",
    "users.lookupByEmail",
];

impl Args {
    /// Reads a request.
    pub(super) fn read(method: &str, query: &str, content_type: &str, body: &[u8]) -> Result<Self, Refusal> {
        let mut args = Self::default();
        args.add_form(query);
        if content_type.starts_with("application/json") {
            if FORM_ONLY.contains(&method) || body.is_empty() {
                return Ok(args);
            }
            match serde_json::from_slice(body) {
                Ok(Value::Object(map)) => args.map.extend(map),
                Ok(_) => return Err("json_not_object".into()),
                Err(_) => return Err("invalid_json".into()),
            }
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            args.add_form(&String::from_utf8_lossy(body));
        } else if content_type.contains("boundary=") {
            for part in parts(content_type, body) {
                args.map.insert(part.name, Value::String(String::from_utf8_lossy(&part.bytes).into_owned()));
            }
        } else if !body.is_empty() {
            return Err("invalid_post_type".into());
        }
        args.map.retain(|_, value| !value.is_null());
        Ok(args)
    }

    fn add_form(&mut self, form: &str) {
        let url = reqwest::Url::parse(&format!("http://slack/?{form}")).unwrap();
        for (name, value) in url.query_pairs() {
            self.map.insert(name.into_owned(), Value::String(value.into_owned()));
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.map.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    /// An argument that the method cannot do without.
    pub(super) fn need(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).filter(|text| !text.is_empty()).ok_or_else(|| missing(name))
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_deref(), Some("true" | "1"))
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// A list, or words with commas between them.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        match self.json(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => {
                let text = self.text(name).unwrap_or_default();
                text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
            }
        }
    }

    /// A structure, which forms have as a string.
    pub(super) fn json(&self, name: &str) -> Option<Value> {
        match self.map.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            other => Some(other.clone()),
        }
    }
}

fn missing(name: &str) -> Refusal {
    let message = format!("[ERROR] missing required field: {name}");
    Refusal::with("invalid_arguments", json!({"response_metadata": {"messages": [message]}}))
}
