//! Pages that are handed on to Opsgenie, by its Alert API.
//!
//! Source: <https://docs.opsgenie.com/docs/alert-api>.

use firebell_core::effect::Delivery;
use reqwest::{RequestBuilder, Url};
use serde_json::{Value, json};

use crate::notify::http::{Answer, Caller, below, check_base, delivered, misconfigured};
use crate::notify::message::{Message, Purpose, characters, cut, mark};
use crate::notify::secret::{Address, Secret};
use crate::notify::setup::{Setup, SetupError};

const NAME: &str = "Opsgenie";
const MESSAGE_CHARACTERS: usize = 130;
const DESCRIPTION_CHARACTERS: usize = 15_000;

/// An API integration of Opsgenie.
#[derive(Debug, Clone)]
pub struct OpsgenieConfig {
    /// `https://api.opsgenie.com`, or `https://api.eu.opsgenie.com`.
    pub base: Url,
    pub api_key: Secret,
}

/// Makes alerts in Opsgenie. An address is a responder: `team:NAME`, `user:MAIL`, `schedule:NAME` or `escalation:NAME`.
pub struct Opsgenie {
    config: OpsgenieConfig,
    caller: Caller,
}

impl Opsgenie {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: OpsgenieConfig, setup: &Setup) -> Result<Self, SetupError> {
        check_base(NAME, &config.base)?;
        Ok(Self { config, caller: Caller::trusted(setup)? })
    }

    /// Whether an address names a responder.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        responder(address).map(drop)
    }

    pub(crate) async fn send(&self, to: &Address, message: &Message) -> Delivery {
        let responder = match responder(to) {
            Ok(responder) => responder,
            Err(why) => return Delivery::Impossible(why),
        };
        let is_over = matches!(message.purpose, Purpose::Over { .. });
        let alias = message.purpose.over().map_or_else(|| alias(to, message), str::to_owned);
        let request = if is_over { self.close(&alias, message) } else { self.create(&alias, &responder, message) };
        let key = format!("GenieKey {}", self.config.api_key.expose());
        match self.caller.call(request.header("Authorization", key)).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => delivered(alias),
            // What is not there is over.
            Ok(answer) if is_over && answer.status == 404 => delivered(alias),
            Ok(answer) => refusal(&answer),
        }
    }

    fn create(&self, alias: &str, responder: &Value, message: &Message) -> RequestBuilder {
        let priority = match message.purpose {
            Purpose::Page { urgent: true } | Purpose::Alarm => "P1",
            Purpose::Page { urgent: false } => "P2",
            Purpose::Code | Purpose::Proof | Purpose::News | Purpose::Over { .. } => "P5",
        };
        let link = message.ack.as_ref().map(|ack| format!("\n\nAcknowledge: {}", ack.url)).unwrap_or_default();
        let room = DESCRIPTION_CHARACTERS.saturating_sub(link.chars().count());
        let body = json!({
            "message": cut(&message.title(), MESSAGE_CHARACTERS, characters),
            "alias": alias,
            "description": format!("{}{link}", cut(message.text.trim(), room, characters)),
            "responders": [responder],
            "priority": priority,
            "source": "firebell",
        });
        self.caller.post(below(&self.config.base, &["v2", "alerts"])).json(&body)
    }

    fn close(&self, alias: &str, message: &Message) -> RequestBuilder {
        let mut url = below(&self.config.base, &["v2", "alerts", alias, "close"]);
        url.set_query(Some("identifierType=alias"));
        self.caller.post(url).json(&json!({ "source": "firebell", "note": message.title() }))
    }
}

fn responder(address: &Address) -> Result<Value, String> {
    let named = address.expose().split_once(':').filter(|(_, name)| !name.trim().is_empty());
    match named {
        Some(("user", mail)) => Ok(json!({ "type": "user", "username": mail.trim() })),
        Some((kind @ ("team" | "schedule" | "escalation"), name)) => Ok(json!({ "type": kind, "name": name.trim() })),
        _ => {
            Err("this is no responder of Opsgenie; write team:NAME, user:MAIL, schedule:NAME or escalation:NAME"
                .to_owned())
        }
    }
}

/// One alert for each responder of a page, whatever the number of notices.
fn alias(to: &Address, message: &Message) -> String {
    let what = if matches!(message.purpose, Purpose::Page { .. } | Purpose::Over { .. }) {
        message.stem()
    } else {
        &message.key
    };
    format!("firebell-{}", mark(&format!("{what} {}", to.expose())))
}

fn refusal(answer: &Answer) -> Delivery {
    match answer.status.as_u16() {
        401 | 403 => {
            misconfigured(NAME, "it does not take the API key, or the key may not create alerts; configure a valid one")
        }
        404 => misconfigured(NAME, "there is no Opsgenie at the configured URL; correct it"),
        400 | 422 => {
            Delivery::Impossible("Opsgenie refused the alert; check that the responder exists there".to_owned())
        }
        _ => answer.refused(NAME),
    }
}
