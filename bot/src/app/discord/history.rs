//! What Discord remembers of a room: its own messages, and those of its threads.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::app::gaps::History;
use crate::platform::discord::api::{Api, ApiError};
use crate::platform::discord::history::{self, Looked};
use crate::platform::discord::{calls, inbound};
use crate::platform::inlet::CallError;

/// The history of a server's rooms.
pub(super) struct Remembered {
    pub(super) api: Arc<Api>,
    pub(super) guild: String,
    pub(super) marks: Vec<String>,
}

impl History for Remembered {
    fn since<'h>(&'h self, room: &'h str, from: DateTime<Utc>) -> BoxFuture<'h, Result<Vec<Value>, CallError>> {
        Box::pin(async move { calls::told(self.read(room, from).await) })
    }
}

impl Remembered {
    async fn read(&self, room: &str, from: DateTime<Utc>) -> Result<Vec<Value>, ApiError> {
        let mut told = self.said_in(room, from).await?;
        // A thread has no threads of its own.
        if !self.api.channel(room).await?.is_thread() {
            for thread in history::threads(&self.api, &self.guild, room, from).await? {
                told.extend(self.said_in(&thread.id, from).await?);
            }
        }
        Ok(told.iter().flat_map(|event| inbound::each(event, self.api.now())).collect())
    }

    async fn said_in(&self, channel: &str, from: DateTime<Utc>) -> Result<Vec<Value>, ApiError> {
        history::since(&self.api, Looked { guild: &self.guild, channel, marks: &self.marks }, from).await
    }
}
