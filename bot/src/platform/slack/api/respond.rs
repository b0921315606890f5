//! Answers to the address that came with a request, which are no calls of a method.

use serde_json::Value;

use super::files::done;
use super::messages::Range;
use super::{Api, ApiError};
use crate::platform::rest::Key;

/// What is read of an answer to an answer.
const RECEIPT_BYTES: usize = 4096;

impl Api {
    /// Answers a request at the address that came with it: at most five times within half an hour
    /// (<https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>).
    ///
    /// # Errors
    /// [`ApiError`]; refused with `foreign_host` when the address is not one of Slack's.
    pub async fn respond(&self, response_url: &str, body: &Value) -> Result<(), ApiError> {
        let url = self.trusted(response_url)?;
        let begun = self.rest.request(reqwest::Method::POST, url).json(body);
        let key = Key { method: "response_url", place: None };
        done(self.rest.send(key, begun, RECEIPT_BYTES).await).map(drop)
    }

    /// One message, of which it may be known in which thread it is.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn message_of(
        &self,
        channel: &str,
        ts: &str,
        thread_ts: Option<&str>,
    ) -> Result<Option<Value>, ApiError> {
        let Some(thread) = thread_ts.filter(|thread| *thread != ts) else { return self.message(channel, ts).await };
        let only = Range { oldest: Some(ts), latest: Some(ts), inclusive: true, limit: 10, cursor: None };
        match self.replies(channel, thread, only).await {
            Ok(page) => Ok(page.messages.into_iter().find(|message| message["ts"] == ts)),
            Err(error) if matches!(error.code(), Some("thread_not_found" | "message_not_found")) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
