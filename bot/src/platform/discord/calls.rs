//! What the inlet and the desk ask of Discord.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::answer::{Calls, Channel};
use super::api::{Api, ApiError, Interaction, Member, NewMessage, Upload, User, code};
use super::gateway::{Address, Source, SourceError};
use crate::content::{Content, media_type};
use crate::platform::incoming::{AccountKind, Chat, Home, Profile, Unanswered};
use crate::platform::inlet::CallError;

/// The calls of one guild. Clones share them.
#[derive(Clone)]
pub struct DiscordCalls {
    api: Arc<Api>,
    guild: Arc<str>,
}

impl DiscordCalls {
    /// Calls about this guild.
    pub fn new(api: Arc<Api>, guild: &str) -> Self {
        Self { api, guild: guild.into() }
    }

    /// Gives the first response to an interaction; once more, where nobody knows whether it came through. Where Discord does
    /// not take it, whoever asked is told in person what it says.
    pub async fn respond(&self, to: &Interaction, account: Option<&str>, response: &Value) {
        let mut outcome = self.api.respond(to, response).await;
        if matches!(outcome, Err(ApiError::Unknown | ApiError::NotSent)) {
            outcome = self.api.respond(to, response).await;
        }
        let error = match outcome {
            Ok(()) => return,
            Err(error) if error.is(&[code::ALREADY_ANSWERED]) => return,
            Err(error) => error,
        };
        tracing::warn!(%error, interaction = to.id, "Discord did not take a response, and shows that there was none");
        let data = response.get("data").filter(|data| data.get("content").is_some());
        if let (Some(account), Some(data)) = (account, data)
            && let Err(error) = self.write_to(account, data).await
        {
            tracing::warn!(%error, account, "nor could its words be told in person; the command shows them when it is repeated");
        }
    }

    async fn who(&self, account: &str) -> Result<Option<Profile>, ApiError> {
        if let Some(member) = self.api.member(&self.guild, account).await? {
            return Ok(Some(of_member(account, &member)));
        }
        let user = self.api.user(account).await?;
        Ok(user.map(|user| profile(account, &user, user.shown(), AccountKind::Stranger)))
    }

    async fn write_to(&self, user: &str, body: &Value) -> Result<(), ApiError> {
        let channel = self.api.open_dm(user).await?;
        let text = body.get("content").and_then(Value::as_str).unwrap_or_default();
        self.api.post(&channel, &NewMessage::text(text)).await.map(drop)
    }

    async fn look_at(&self, channel: &str) -> Result<Option<Channel>, ApiError> {
        let found = match self.api.channel(channel).await {
            Ok(found) => found,
            Err(ApiError::Refused { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let thread_of = found.is_thread().then(|| found.parent_id.clone()).filter(|parent| !parent.is_empty());
        Ok(Some(Channel { name: found.name, thread_of }))
    }
}

impl Calls for DiscordCalls {
    fn fulfil<'c>(&'c self, application: &'c str, token: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>> {
        Box::pin(async move { told(self.api.edit_response(&interaction(application, token), &body).await) })
    }

    fn follow_up<'c>(
        &'c self,
        application: &'c str,
        token: &'c str,
        body: Value,
    ) -> BoxFuture<'c, Result<(), CallError>> {
        Box::pin(async move { told(self.api.follow_up(&interaction(application, token), &body, None).await) })
    }

    fn hand_over<'c>(
        &'c self,
        application: &'c str,
        token: &'c str,
        (name, content): (&'c str, &'c Content),
    ) -> BoxFuture<'c, Result<(), CallError>> {
        Box::pin(async move {
            let file = Upload { name, content: content.bytes(), media_type: media_type(name) };
            let body = super::answer::ephemeral("");
            told(self.api.follow_up(&interaction(application, token), &body, Some(&file)).await)
        })
    }

    fn direct<'c>(&'c self, user: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>> {
        Box::pin(async move { told(self.write_to(user, &body).await) })
    }

    fn upload<'c>(
        &'c self,
        channel: &'c str,
        (name, content): (&'c str, &'c Content),
    ) -> BoxFuture<'c, Result<(), CallError>> {
        Box::pin(async move {
            let file = Upload { name, content: content.bytes(), media_type: media_type(name) };
            told(self.api.upload(channel, &NewMessage::default(), &file).await.map(drop))
        })
    }

    fn message<'c>(&'c self, channel: &'c str, message: &'c str) -> BoxFuture<'c, Result<Option<Value>, CallError>> {
        Box::pin(async move { told(self.api.message(channel, message).await) })
    }

    fn profile<'c>(&'c self, account: &'c str) -> BoxFuture<'c, Result<Option<Profile>, CallError>> {
        Box::pin(async move { told(self.who(account).await) })
    }

    fn channel<'c>(&'c self, id: &'c str) -> BoxFuture<'c, Result<Option<Channel>, CallError>> {
        Box::pin(async move { told(self.look_at(id).await) })
    }

    fn roles(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, CallError>> {
        Box::pin(async move {
            let roles = told(self.api.roles(&self.guild).await)?;
            Ok(roles.into_iter().map(|role| (role.id, role.name)).collect())
        })
    }
}

impl Chat for DiscordCalls {
    fn profile<'c>(&'c self, account: &'c str) -> BoxFuture<'c, Result<Option<Profile>, Unanswered>> {
        Box::pin(async move { self.who(account).await.map_err(|error| Unanswered(error.to_string())) })
    }

    /// Discord has no such page, and nobody opens one.
    fn show_home(&self, _: String, _: Home) -> BoxFuture<'_, Result<(), Unanswered>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Source for DiscordCalls {
    fn gateway(&self) -> BoxFuture<'_, Result<Address, SourceError>> {
        Box::pin(async move {
            match self.api.gateway().await {
                Ok(found) => Ok(Address {
                    url: found.url,
                    starts_left: found.session_start_limit.remaining,
                    starts_reset_after: Duration::from_millis(found.session_start_limit.reset_after),
                }),
                Err(error) if error.is_of_token() => Err(SourceError::Unauthorized),
                Err(ApiError::RetryAfter(wait)) => Err(SourceError::RetryAfter(wait.to_std().unwrap_or_default())),
                Err(_) => Err(SourceError::Failed),
            }
        })
    }
}

fn of_member(account: &str, member: &Member) -> Profile {
    let kind = if member.user.bot { AccountKind::Bot } else { AccountKind::Member };
    profile(account, &member.user, member.shown(), kind)
}

/// Discord tells no addresses and no zones.
fn profile(account: &str, user: &User, name: &str, kind: AccountKind) -> Profile {
    Profile {
        account: account.to_owned(),
        name: name.to_owned(),
        handle: user.username.clone(),
        email: None,
        zone: None,
        kind,
    }
}

/// Answers after the first need no id.
fn interaction(application: &str, token: &str) -> Interaction {
    Interaction { id: String::new(), application: application.to_owned(), token: token.to_owned() }
}

/// An outcome for those who know no API.
///
/// # Errors
/// The same, in their words.
pub fn told<T>(outcome: Result<T, ApiError>) -> Result<T, CallError> {
    outcome.map_err(|error| {
        let retry_after = match &error {
            ApiError::RetryAfter(wait) => wait.to_std().ok(),
            _ => None,
        };
        CallError { retry_after, is_final: matches!(error, ApiError::Refused { .. }), reason: error.to_string() }
    })
}
