//! What a little server needs to be a little Slack.

use serde_json::{Value, json};

pub(crate) use crate::platform::little::{Asked, Little, Reply};
use crate::platform::rest::Token;
use crate::platform::slack::api::Api;

impl Little {
    /// Slack's API on it.
    pub(crate) fn api(&self) -> Api {
        let token = |text| Token::new(text).unwrap();
        let (bot, app) = (token("xoxb-secret"), token("xapp-secret"));
        Api::new(self.rest(), &format!("{}/api/", self.origin), bot, Some(app)).unwrap()
    }
}

/// An answer that says `ok`, and more.
pub(crate) fn ok(mut more: Value) -> Reply {
    more["ok"] = true.into();
    Reply::Ok(more)
}

/// A refusal.
pub(crate) fn no(code: &str) -> Reply {
    Reply::Ok(json!({ "ok": false, "error": code }))
}

/// The app's own account.
pub(crate) fn me() -> Reply {
    ok(json!({ "team_id": "T1", "team": "Acme", "user_id": "UBOT", "bot_id": "B1", "url": "https://acme.slack.com/" }))
}
