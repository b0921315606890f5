//! Pages that are handed on to PagerDuty, by its Events API v2.
//!
//! Source: <https://developer.pagerduty.com/docs/events-api-v2/overview/>.

use firebell_core::effect::Delivery;
use reqwest::Url;
use serde_json::{Value, json};

use crate::notify::http::{Answer, Caller, below, check_base, delivered};
use crate::notify::message::{Message, Purpose, characters, cut, mark};
use crate::notify::secret::Address;
use crate::notify::setup::{Setup, SetupError};

const NAME: &str = "PagerDuty";
const SUMMARY_CHARACTERS: usize = 1_024;
const DEDUP_CHARACTERS: usize = 255;
/// The whole event may have 512 KB.
const TEXT_CHARACTERS: usize = 10_000;

/// Where PagerDuty is.
#[derive(Debug, Clone)]
pub struct PagerDutyConfig {
    /// `https://events.pagerduty.com`, or `https://events.eu.pagerduty.com`.
    pub base: Url,
}

/// Sends events to services of PagerDuty. An address is the integration key (routing key) of a service.
pub struct PagerDuty {
    config: PagerDutyConfig,
    caller: Caller,
}

impl PagerDuty {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: PagerDutyConfig, setup: &Setup) -> Result<Self, SetupError> {
        check_base(NAME, &config.base)?;
        Ok(Self { config, caller: Caller::trusted(setup)? })
    }

    /// Whether an address is a routing key: 32 letters and digits.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        let key = address.expose();
        if key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(());
        }
        Err("this is no integration key of PagerDuty; it has 32 letters and digits, and stands with the service's \
             integration of Events API v2"
            .to_owned())
    }

    pub(crate) async fn send(&self, to: &Address, message: &Message) -> Delivery {
        if let Err(why) = self.check(to) {
            return Delivery::Impossible(why);
        }
        let dedup = dedup_key(message);
        let request = self.caller.post(below(&self.config.base, &["v2", "enqueue"])).json(&event(to, &dedup, message));
        match self.caller.call(request).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => delivered(dedup),
            Ok(answer) => refusal(&answer),
        }
    }
}

/// What the notices of a page and its end have in common, so that PagerDuty holds one alert of them.
fn dedup_key(message: &Message) -> String {
    if let Some(over) = message.purpose.over() {
        return over.to_owned();
    }
    let stem = match message.purpose {
        Purpose::Page { .. } | Purpose::Over { .. } => message.stem(),
        // Each of these stands for itself.
        Purpose::Code | Purpose::Proof | Purpose::News | Purpose::Alarm => &message.key,
    };
    let key = format!("firebell-{stem}");
    if key.chars().count() > DEDUP_CHARACTERS { format!("firebell-{}", mark(stem)) } else { key }
}

fn event(to: &Address, dedup: &str, message: &Message) -> Value {
    let mut event = json!({ "routing_key": to.expose(), "dedup_key": dedup, "event_action": "resolve" });
    let severity = match message.purpose {
        Purpose::Over { .. } => return event,
        Purpose::Page { urgent: true } | Purpose::Alarm => "critical",
        Purpose::Page { urgent: false } => "error",
        Purpose::Code | Purpose::Proof | Purpose::News => "info",
    };
    event["event_action"] = "trigger".into();
    event["client"] = "Firebell".into();
    event["payload"] = json!({
        "summary": cut(&message.title(), SUMMARY_CHARACTERS, characters),
        "source": "firebell",
        "severity": severity,
        "custom_details": { "text": cut(message.text.trim(), TEXT_CHARACTERS, characters) },
    });
    if let Some(ack) = &message.ack {
        event["client_url"] = ack.url.as_str().into();
        event["links"] = json!([{ "href": ack.url.as_str(), "text": "Acknowledge" }]);
    }
    event
}

fn refusal(answer: &Answer) -> Delivery {
    match answer.status.as_u16() {
        400 | 401 | 403 => Delivery::Impossible(
            "PagerDuty refused the event; check that the integration key is of Events API v2 and still exists"
                .to_owned(),
        ),
        _ => answer.refused(NAME),
    }
}
