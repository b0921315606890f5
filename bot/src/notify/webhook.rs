//! Messages to a URL of the person's, signed as Standard Webhooks asks.
//!
//! The body is JSON, and grows by fields alone:
//!
//! ```json
//! { "type": "page", "timestamp": "2026-03-01T12:00:00Z",
//!   "data": { "key": "...", "again": false, "urgent": true, "subject": "...", "text": "...", "reference": null,
//!             "ack": { "url": "...", "post_url": "..." } } }
//! ```
//!
//! `type` is `page`, `over`, `code`, `proof` or `alarm`; `reference` of what is over is the `webhook-id` of its page;
//! `ack` is null where there is nothing to acknowledge. A receiver that has seen a `webhook-id` may pass over it.

use chrono::SecondsFormat;
use firebell_core::effect::Delivery;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::notify::guard::Guard;
use crate::notify::http::{Answer, Caller, delivered};
use crate::notify::message::Message;
use crate::notify::secret::{Address, Secret};
use crate::notify::setup::{Now, Setup, SetupError};
use crate::notify::standard_webhooks::Signer;

const NAME: &str = "the webhook";

/// What signs webhooks.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// `whsec_` and base64; signs for receivers that have no secret of their own.
    pub secret: Option<Secret>,
}

/// Posts to URLs. An address is a URL, or a URL, a space and the receiver's own signing secret.
pub struct Webhook {
    signer: Option<Signer>,
    caller: Caller,
    guard: Guard,
    now: Now,
}

impl Webhook {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: &WebhookConfig, setup: &Setup) -> Result<Self, SetupError> {
        let signer = config.secret.as_ref().map(|secret| Signer::new(secret.expose())).transpose();
        let signer = signer.map_err(|why| SetupError::new("webhooks", why))?;
        Ok(Self { signer, caller: Caller::guarded(setup)?, guard: setup.guard, now: setup.now.clone() })
    }

    /// Whether an address is a URL that may be called, and there is a secret to sign with.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        self.target(address).map(drop)
    }

    pub(crate) async fn send(&self, to: &Address, message: &Message) -> Delivery {
        let ack = message.ack.as_ref().map(|ack| json!({ "url": ack.url.as_str(), "post_url": ack.post_url.as_str() }));
        let data = json!({
            "key": message.key,
            "again": message.again,
            "urgent": message.is_urgent(),
            "subject": message.subject,
            "text": message.text,
            "reference": message.purpose.over(),
            "ack": ack,
        });
        self.post(to, &message.mark(), message.purpose.word(), &data).await
    }

    /// Posts what it concerns under a type. A receiver that has seen the mark may pass over it.
    pub(crate) async fn post(&self, to: &Address, mark: &str, kind: &str, data: &Value) -> Delivery {
        let (url, signer) = match self.target(to) {
            Ok(target) => target,
            Err(why) => return Delivery::Impossible(why),
        };
        let (id, now) = (format!("msg_{mark}"), (self.now)());
        let timestamp = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = json!({ "type": kind, "timestamp": timestamp, "data": data }).to_string();
        let seconds = now.timestamp();
        let request = self
            .caller
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signer.sign(&id, seconds, body.as_bytes()))
            .body(body);
        match self.caller.call(request).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => delivered(id),
            Ok(answer) => refusal(&answer),
        }
    }

    fn target(&self, address: &Address) -> Result<(Url, Signer), String> {
        let (url, secret) = match address.expose().split_once(' ') {
            Some((url, secret)) => (url, Some(secret.trim())),
            None => (address.expose(), None),
        };
        let url: Url =
            url.parse().map_err(|_| "this is no URL; give a whole one that begins with https://".to_owned())?;
        self.guard.check(&url)?;
        let signer = match secret {
            Some(secret) => Some(Signer::new(secret)?),
            None => self.signer.clone(),
        };
        let signer =
            signer.ok_or("there is no secret to sign with; give the URL, a space, and one that begins with whsec_")?;
        Ok((url, signer))
    }
}

/// A refusal lies with the receiver, whatever it is: the URL and the secret are the person's.
fn refusal(answer: &Answer) -> Delivery {
    let status = answer.status.as_u16();
    let why = match status {
        401 | 403 => "does not accept the signature; check the signing secret on both sides".to_owned(),
        404 => "is not at this URL; correct it".to_owned(),
        410 => "wants no more messages; give another URL".to_owned(),
        300..=399 => format!("answers {status}, a redirect, which is not followed; give the URL it leads to"),
        _ => format!("refused the message with status {status}; see its own log"),
    };
    Delivery::Impossible(format!("{NAME} {why}"))
}
