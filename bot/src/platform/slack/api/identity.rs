//! Who the app is, and where its events come from.

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap};

use super::{Api, ApiError, Method};
use crate::platform::lenient::answer;

/// Who the app is in its workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    pub team: String,
    /// The organisation that the workspace is part of.
    pub enterprise: Option<String>,
    pub team_name: String,
    /// The bot as a user.
    pub user: String,
    pub bot: Option<String>,
    /// Of the workspace.
    pub url: String,
    /// What the bot's token is allowed.
    pub scopes: Vec<String>,
    /// Slack's time when it answered, to the second.
    pub server_time: Option<DateTime<Utc>>,
}

answer! {
    pub(super) struct AuthTest {
        team_id: String,
        enterprise_id: String,
        team: String,
        user_id: String,
        bot_id: String,
        url: String,
    }
}

answer! {
    struct OneBot {
        bot: Bot,
    }
}

answer! {
    struct Bot {
        app_id: String,
    }
}

answer! {
    pub(super) struct Connection {
        url: String,
    }
}

impl Api {
    /// Asks who the app is, which also tells whether the token is good.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `invalid_auth`, `token_revoked` or `account_inactive` when the token is not good.
    pub async fn auth_test(&self) -> Result<Identity, ApiError> {
        let answered = self.ask(Method::AuthTest, None, &serde_json::json!({})).await?;
        let said: AuthTest = super::error::read(Method::AuthTest, &answered.body)?;
        if said.user_id.is_empty() || said.team_id.is_empty() {
            return Err(ApiError::Unknown);
        }
        let scopes = answered.headers.get("x-oauth-scopes").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let scopes = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Identity {
            team: said.team_id,
            enterprise: some(said.enterprise_id),
            team_name: said.team,
            user: said.user_id,
            bot: some(said.bot_id),
            url: said.url,
            scopes,
            server_time: server_time(&answered.headers),
        })
    }

    /// Who the app is, asked once.
    ///
    /// # Errors
    /// As of [`Api::auth_test`]; the next call asks again.
    pub async fn me(&self) -> Result<&Identity, ApiError> {
        self.me.get_or_try_init(|| self.auth_test()).await
    }

    /// The id of the app whose bot this is.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `bot_not_found`.
    pub async fn app_of_bot(&self) -> Result<String, ApiError> {
        let bot = self.me().await?.bot.as_deref().unwrap_or_default();
        let found: OneBot = self.call(Method::BotsInfo, None, &[("bot", bot)]).await?;
        if found.bot.app_id.is_empty() { Err(ApiError::Unknown) } else { Ok(found.bot.app_id) }
    }

    /// The id of the app whose own token this is, which stands in it: `xapp-1-A0123456789-...`. It is no secret.
    pub fn app_of_token(&self) -> Option<&str> {
        let mut parts = self.app.as_ref()?.expose().split('-');
        let id = (parts.next() == Some("xapp")).then(|| parts.nth(1)).flatten()?;
        (id.starts_with('A') && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(id)
    }

    /// The URL of a WebSocket to listen on, good for one connection that begins within 30 s. Whoever knows it may listen.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `not_authed` when there is no app token.
    pub async fn connections_open(&self) -> Result<String, ApiError> {
        let connection: Connection = self.call(Method::ConnectionsOpen, None, &[("", ""); 0]).await?;
        if connection.url.is_empty() { Err(ApiError::Unknown) } else { Ok(connection.url) }
    }
}

fn server_time(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let said = headers.get(DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(said).ok().map(|time| time.to_utc())
}
