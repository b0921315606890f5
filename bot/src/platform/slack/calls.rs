//! What answering, reading payloads and the desk need of Slack, by its Web API.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::answer::Calls;
use super::api::{Api, ApiError, Lasting, Post, Upload};
use super::socket::{OpenError, Opener};
use super::{blocks, history};
use crate::content::Content;
use crate::platform::incoming::{Chat, Home, Profile, Unanswered};
use crate::platform::inlet::CallError;

/// Slack's side of a workspace for those who answer. Clones share it.
#[derive(Clone)]
pub struct SlackCalls(Arc<Api>, Arc<Linking>);

/// Held while a link is looked for and set: two at once would each find none, and make two.
type Linking = tokio::sync::Mutex<()>;

/// What is in the URL of every file (<https://docs.slack.dev/reference/objects/file-object>, `permalink`).
const FILE_MARK: &str = "/files/";

impl SlackCalls {
    /// Over the Web API of a workspace.
    pub fn new(api: Arc<Api>) -> Self {
        Self(api, Arc::default())
    }

    /// What happened in a channel from an instant on, as the events that would have told it.
    ///
    /// # Errors
    /// Slack does not tell.
    pub async fn history(&self, channel: &str, from: DateTime<Utc>) -> Result<Vec<Value>, CallError> {
        let oldest = format!("{}.{:06}", from.timestamp(), from.timestamp_subsec_micros());
        told(history::since(&self.0, channel, &oldest).await)
    }

    async fn dm(&self, user: &str, message: &Value) -> Result<(), ApiError> {
        let channel = self.0.open_dm(user).await?;
        let (text, blocks) = parts(message);
        self.0.post(&Post::new(&channel, text, blocks)).await.map(drop)
    }

    /// To a channel, or to a person, whose id begins with another letter.
    async fn file(&self, to: &str, [name, title]: [&str; 2], content: &Content) -> Result<String, ApiError> {
        let dm = if to.starts_with(['U', 'W']) { Some(self.0.open_dm(to).await?) } else { None };
        let channel = dm.as_deref().unwrap_or(to);
        let content = content.bytes();
        let file = Upload { name, title, content, channel: Some(channel), comment: None };
        self.0.upload(&file).await.map(|uploaded| uploaded.permalink)
    }
}

impl Calls for SlackCalls {
    fn respond<'c>(&'c self, response_url: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>> {
        async move { told(self.0.respond(response_url, &body).await) }.boxed()
    }

    fn open_view<'c>(&'c self, trigger_id: &'c str, view: Value) -> BoxFuture<'c, Result<(), CallError>> {
        async move { told(self.0.views_open(trigger_id, &view).await.map(drop)) }.boxed()
    }

    fn ephemeral<'c>(
        &'c self,
        channel: &'c str,
        user: &'c str,
        message: Value,
    ) -> BoxFuture<'c, Result<(), CallError>> {
        async move {
            let (text, blocks) = parts(&message);
            told(self.0.ephemeral(channel, user, text, blocks).await)
        }
        .boxed()
    }

    fn direct<'c>(&'c self, user: &'c str, message: Value) -> BoxFuture<'c, Result<(), CallError>> {
        async move { told(self.dm(user, &message).await) }.boxed()
    }

    fn upload<'c>(
        &'c self,
        channel_or_user: &'c str,
        name: &'c str,
        title: &'c str,
        content: &'c Content,
    ) -> BoxFuture<'c, Result<String, CallError>> {
        async move { told(self.file(channel_or_user, [name, title], content).await) }.boxed()
    }

    fn link<'c>(&'c self, channel: &'c str, title: &'c str, url: &'c str) -> BoxFuture<'c, Result<(), CallError>> {
        async move {
            let _alone = self.1.lock().await;
            told(self.0.bookmark_once(channel, &Lasting { title, url, mark: FILE_MARK }).await)
        }
        .boxed()
    }

    fn message<'c>(
        &'c self,
        channel: &'c str,
        ts: &'c str,
        thread_ts: Option<&'c str>,
    ) -> BoxFuture<'c, Result<Option<Value>, CallError>> {
        async move { told(self.0.message_of(channel, ts, thread_ts).await) }.boxed()
    }

    fn profile<'c>(&'c self, account: &'c str) -> BoxFuture<'c, Result<Option<Profile>, CallError>> {
        async move { told(known(self.0.users_info(account).await)) }.boxed()
    }

    fn channel_name<'c>(&'c self, id: &'c str) -> BoxFuture<'c, Result<Option<String>, CallError>> {
        async move { told(seen(self.0.channel(id).await.map(|channel| channel.name))) }.boxed()
    }

    fn groups(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, CallError>> {
        async move {
            told(match self.0.usergroups().await {
                Err(error) if error.code() == Some("missing_scope") => Ok(Vec::new()),
                other => other,
            })
        }
        .boxed()
    }
}

impl Chat for SlackCalls {
    fn profile<'c>(&'c self, account: &'c str) -> BoxFuture<'c, Result<Option<Profile>, Unanswered>> {
        async move { known(self.0.users_info(account).await).map_err(|error| Unanswered(error.to_string())) }.boxed()
    }

    fn show_home(&self, account: String, home: Home) -> BoxFuture<'_, Result<(), Unanswered>> {
        async move {
            let view = blocks::home(&home);
            self.0.views_publish(&account, &view).await.map_err(|error| Unanswered(error.to_string()))
        }
        .boxed()
    }
}

impl Opener for SlackCalls {
    fn open(&self) -> BoxFuture<'_, Result<String, OpenError>> {
        async move {
            self.0.connections_open().await.map_err(|error| match error {
                ApiError::Refused { code, .. } => OpenError::Refused { code },
                ApiError::RetryAfter(wait) => OpenError::RetryAfter(wait.to_std().unwrap_or_default()),
                ApiError::NotSent | ApiError::Unknown => OpenError::Failed,
            })
        }
        .boxed()
    }
}

fn parts(message: &Value) -> (&str, &Value) {
    (message["text"].as_str().unwrap_or_default(), &message["blocks"])
}

fn told<T>(outcome: Result<T, ApiError>) -> Result<T, CallError> {
    outcome.map_err(|error| {
        let retry_after = match &error {
            ApiError::RetryAfter(wait) => Some(wait.to_std().unwrap_or(Duration::from_secs(1))),
            _ => None,
        };
        CallError { retry_after, reason: error.to_string(), is_final: error.code().is_some() }
    })
}

/// An account that Slack does not know, or does not show, is nobody.
fn known(found: Result<Profile, ApiError>) -> Result<Option<Profile>, ApiError> {
    match found {
        Ok(profile) => Ok(Some(profile)),
        Err(error) if matches!(error.code(), Some("user_not_found" | "user_not_visible" | "users_not_found")) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn seen(found: Result<String, ApiError>) -> Result<Option<String>, ApiError> {
    match found {
        Ok(name) => Ok(Some(name).filter(|name| !name.is_empty())),
        Err(error) if matches!(error.code(), Some("channel_not_found" | "missing_scope")) => Ok(None),
        Err(error) => Err(error),
    }
}
