//! What a request brings along.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::fake::multipart::{Part, parts};
use super::openapi::document;
use super::refusal::Refusal;
use super::state::State;

#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Such as `POST /channels/{channel_id}/messages`.
    pub(super) name: String,
    pub(super) params: Vec<(String, String)>,
    pub(super) query: BTreeMap<String, String>,
    /// Null where there was none.
    pub(super) body: Value,
    pub(super) files: Vec<Part>,
}

impl Request {
    pub(super) fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// What rate limits and faults tell apart: a channel, a guild, or whoever owns a webhook.
    pub(super) fn about(&self) -> Option<&str> {
        let major = ["channel_id", "guild_id", "webhook_id", "application_id"];
        major.into_iter().map(|name| self.param(name)).find(|id| !id.is_empty())
    }

    pub(super) fn channel(&self) -> &str {
        self.param("channel_id")
    }

    pub(super) fn message(&self) -> &str {
        self.param("message_id")
    }

    /// A number of the query, held within a span.
    pub(super) fn number(&self, name: &str, otherwise: usize, (least, most): (usize, usize)) -> Result<usize, Refusal> {
        let Some(text) = self.query.get(name) else { return Ok(otherwise) };
        let number: usize =
            text.parse().map_err(|_| Refusal::field(name, "NUMBER_TYPE_COERCE", "Value is not int."))?;
        if number < least {
            let message = format!("int value should be greater than or equal to {least}.");
            return Err(Refusal::field(name, "NUMBER_TYPE_MIN", &message));
        }
        if number > most {
            let message = format!("int value should be less than or equal to {most}.");
            return Err(Refusal::field(name, "NUMBER_TYPE_MAX", &message));
        }
        Ok(number)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.query.get(name).map(String::as_str), Some("true" | "1" | "True"))
    }
}

impl State {
    /// Notes what Discord's document does not allow of a request.
    pub(super) fn hold_against(&mut self, request: &Request) {
        let (method, template) = request.name.split_once(' ').unwrap();
        let body = Some(&request.body).filter(|body| !body.is_null() || !request.files.is_empty());
        let faults = document().faults((method, template), &request.query, body);
        self.violations.extend(faults.iter().map(|fault| format!("{}: {fault}", request.name)));
    }
}

/// The body of a request and the files in it.
pub(super) fn body_of(content_type: &str, bytes: &[u8]) -> Result<(Value, Vec<Part>), Refusal> {
    if content_type.starts_with("multipart/form-data") {
        let (mut json, mut files) = (Value::Null, Vec::new());
        for part in parts(content_type, bytes) {
            if part.name == "payload_json" {
                json = serde_json::from_slice(&part.bytes).map_err(|_| Refusal::of(50109))?;
            } else {
                files.push(part);
            }
        }
        return Ok((json, files));
    }
    if bytes.is_empty() {
        return Ok((Value::Null, Vec::new()));
    }
    let json = serde_json::from_slice(bytes).map_err(|_| Refusal::of(50109))?;
    Ok((json, Vec::new()))
}

pub(super) fn query_of(query: &str) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://discord/?{query}")).unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}
