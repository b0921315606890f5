//! A document that is posted to a webhook, signed as all of them are.
//!
//! The body is that of `notify/webhook.rs` with the type `document`:
//!
//! ```json
//! { "type": "document", "timestamp": "2026-03-01T12:00:00Z",
//!   "data": { "id": "...", "event": "published", "incident": "INC-42", "format": "markdown", "title": "...",
//!             "url": null, "markdown": "..." } }
//! ```
//!
//! What the document says stands under the name of its format: `markdown` and `html` as a text, `document` as JSON. `id` is
//! the same for all versions of one document; `webhook-id` is the same for all attempts to post one version.

use firebell_core::effect::Delivery;
use serde_json::{Value, json};

use crate::notify::{Address, Webhook};
use crate::outside::page::digest;

/// The type of such a message.
const KIND: &str = "document";

/// A document for a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookDraft {
    /// The same for all versions of one document.
    pub key: String,
    /// What happened to it, such as `published`.
    pub event: String,
    /// The incident's name.
    pub incident: String,
    pub title: String,
    /// Where people read it, if anywhere.
    pub url: Option<String>,
    pub content: Content,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Markdown(String),
    Html(String),
    /// The documented JSON of an export.
    Document(Value),
}

/// Posts a document. To do it again is harmless to a receiver that looks at `webhook-id`.
pub async fn publish(webhook: &Webhook, to: &Address, draft: &HookDraft) -> Delivery {
    let data = data(draft);
    let mark = digest(&[&draft.key, &data.to_string()], 16);
    webhook.post(to, &mark, KIND, &data).await
}

fn data(draft: &HookDraft) -> Value {
    let (format, content) = match &draft.content {
        Content::Markdown(text) => ("markdown", json!(text)),
        Content::Html(text) => ("html", json!(text)),
        Content::Document(document) => ("document", document.clone()),
    };
    json!({
        "id": draft.key,
        "event": draft.event,
        "incident": draft.incident,
        "format": format,
        "title": draft.title,
        "url": draft.url,
        format: content,
    })
}

#[cfg(test)]
mod tests;
