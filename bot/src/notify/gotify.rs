//! Push messages through Gotify, on the operator's server or on one of the person's own.
//!
//! Source: <https://gotify.net/api-docs>.

use firebell_core::effect::Delivery;
use reqwest::Url;
use serde_json::{Value, json};

use crate::notify::guard::Guard;
use crate::notify::http::{Answer, Caller, below, check_base, delivered, id_text, misconfigured};
use crate::notify::message::{Message, Purpose, characters, cut};
use crate::notify::secret::Address;
use crate::notify::setup::{Setup, SetupError};

const NAME: &str = "Gotify";
/// The server has no limit; phones do.
const TEXT_CHARACTERS: usize = 4_000;

/// The operator's Gotify server.
#[derive(Debug, Clone)]
pub struct GotifyConfig {
    pub base: Url,
}

/// Sends to applications of Gotify. An address is the token of an application on the operator's server, or the URL of a
/// server with one: `https://push.example.org/?token=A...`.
pub struct Gotify {
    config: GotifyConfig,
    own: Caller,
    others: Caller,
    guard: Guard,
}

struct Target<'t> {
    token: String,
    root: Url,
    caller: &'t Caller,
    is_own: bool,
}

impl Gotify {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: GotifyConfig, setup: &Setup) -> Result<Self, SetupError> {
        check_base(NAME, &config.base)?;
        Ok(Self { config, own: Caller::trusted(setup)?, others: Caller::guarded(setup)?, guard: setup.guard })
    }

    /// Whether an address is a token or the URL of a server with one.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        self.target(address).map(drop)
    }

    pub(crate) async fn send(&self, to: &Address, message: &Message) -> Delivery {
        let target = match self.target(to) {
            Ok(target) => target,
            Err(why) => return Delivery::Impossible(why),
        };
        let request = target.caller.post(below(&target.root, &["message"]));
        let request = request.header("X-Gotify-Key", &target.token).json(&body(message));
        match target.caller.call(request).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => delivered(id_text(&answer.json()["id"])),
            Ok(answer) => refusal(&answer, target.is_own),
        }
    }

    fn target(&self, address: &Address) -> Result<Target<'_>, String> {
        let address = address.expose();
        if is_token(address) {
            let root = self.config.base.clone();
            return Ok(Target { token: address.to_owned(), root, caller: &self.own, is_own: true });
        }
        let no_token = || "this is neither an application's token of Gotify nor a URL with ?token= and one".to_owned();
        let mut root: Url = address.parse().map_err(|_| no_token())?;
        self.guard.check(&root)?;
        let pairs: Vec<_> = root.query_pairs().into_owned().collect();
        let [(name, token)] = pairs.as_slice() else { return Err(no_token()) };
        if name != "token" || !is_token(token) {
            return Err(no_token());
        }
        let token = token.clone();
        root.set_query(None);
        root.set_fragment(None);
        Ok(Target { token, root, caller: &self.others, is_own: false })
    }
}

/// Tokens of applications begin with `A`; those of clients, with `C`, cannot send.
fn is_token(text: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (8..=64).contains(&text.len()) && text.starts_with('A') && text.bytes().all(is_of_token)
}

fn body(message: &Message) -> Value {
    // From 8 on a phone makes a sound and shows it on top, below 4 it stays silent.
    let priority = match &message.purpose {
        Purpose::Page { urgent: true } | Purpose::Alarm => 10,
        Purpose::Page { urgent: false } => 8,
        Purpose::Code | Purpose::Proof | Purpose::News => 5,
        Purpose::Over { .. } => 1,
    };
    let mut text = cut(message.text.trim(), TEXT_CHARACTERS, characters);
    let mut extras = json!({ "client::display": { "contentType": "text/plain" } });
    if let Some(ack) = &message.ack {
        text = format!("{text}\n\nAcknowledge: {}", ack.url);
        extras["client::notification"] = json!({ "click": { "url": ack.url.as_str() } });
    }
    json!({ "title": message.title(), "message": text.trim(), "priority": priority, "extras": extras })
}

fn refusal(answer: &Answer, is_own: bool) -> Delivery {
    match (answer.status.as_u16(), is_own) {
        (300..=399, false) => {
            Delivery::Impossible("the URL of Gotify is a redirect; give the URL it leads to".to_owned())
        }
        (401 | 403, _) => Delivery::Impossible(
            "Gotify does not know the application's token; make an application there and give its token".to_owned(),
        ),
        (404, false) => Delivery::Impossible("there is no Gotify at this URL; give the server's URL".to_owned()),
        (404, true) => misconfigured(NAME, "there is no Gotify at the configured URL; correct it"),
        _ => answer.refused(NAME),
    }
}
