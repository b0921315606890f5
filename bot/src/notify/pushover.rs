//! Push messages through Pushover, which repeats an urgent one until somebody acknowledges it.
//!
//! Source: <https://pushover.net/api> and <https://pushover.net/api/receipts>.

use firebell_core::effect::Delivery;
use reqwest::Url;

use crate::notify::http::{Answer, Caller, below, check_base, delivered, misconfigured};
use crate::notify::message::{Message, Purpose, characters, cut};
use crate::notify::secret::{Address, Secret};
use crate::notify::setup::{Setup, SetupError};

const NAME: &str = "Pushover";
const TITLE_CHARACTERS: usize = 250;
const TEXT_CHARACTERS: usize = 1_024;
/// How often an urgent message is repeated, in seconds; the least that Pushover allows.
const RETRY: &str = "30";
/// How long an urgent message is repeated, in seconds; the longest that Pushover allows. The end of the page cancels
/// it.
const EXPIRE: &str = "10800";

/// An application of Pushover.
#[derive(Debug, Clone)]
pub struct PushoverConfig {
    /// `https://api.pushover.net` but in tests.
    pub base: Url,
    /// The application's token.
    pub token: Secret,
    /// The name of the sound of pages; the device's own where there is none.
    pub sound: Option<String>,
}

/// Sends to users of Pushover. An address is a user's key, or `key/device`.
pub struct Pushover {
    config: PushoverConfig,
    caller: Caller,
}

impl Pushover {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: PushoverConfig, setup: &Setup) -> Result<Self, SetupError> {
        check_base(NAME, &config.base)?;
        Ok(Self { config, caller: Caller::trusted(setup)? })
    }

    /// Whether an address is a user's key, with a device or without.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        read(address).map(drop)
    }

    pub(crate) async fn send(&self, to: &Address, message: &Message) -> Delivery {
        let (user, device) = match read(to) {
            Ok(read) => read,
            Err(why) => return Delivery::Impossible(why),
        };
        if let Some(receipt) = message.purpose.over().filter(|over| is_key(over))
            && let Err(delivery) = self.cancel(receipt).await
        {
            return delivery;
        }
        let mut form = self.form(message);
        form.push(("user", user.to_owned()));
        form.extend(device.map(|device| ("device", device.to_owned())));
        let request = self.caller.post(below(&self.config.base, &["1", "messages.json"])).form(&form);
        match self.caller.call(request).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => {
                let json = answer.json();
                let id = json["receipt"].as_str().or_else(|| json["request"].as_str());
                delivered(id.unwrap_or_default())
            }
            Ok(answer) => refusal(&answer),
        }
    }

    /// Stops the repetition of an urgent message. One that is unknown or over need not be stopped.
    async fn cancel(&self, receipt: &str) -> Result<(), Delivery> {
        let url = below(&self.config.base, &["1", "receipts", receipt, "cancel.json"]);
        let request = self.caller.post(url).form(&[("token", self.config.token.expose())]);
        let answer = self.caller.call(request).await?;
        if is_of_token(&answer) { Err(refusal(&answer)) } else { Ok(()) }
    }

    fn form(&self, message: &Message) -> Vec<(&'static str, String)> {
        let priority = match &message.purpose {
            Purpose::Page { urgent: true } | Purpose::Alarm => "2",
            Purpose::Page { urgent: false } => "1",
            Purpose::Code | Purpose::Proof | Purpose::News => "0",
            Purpose::Over { .. } => "-1",
        };
        let text = cut(message.text.trim(), TEXT_CHARACTERS, characters);
        let mut form = vec![
            ("token", self.config.token.expose().to_owned()),
            ("title", cut(&message.title(), TITLE_CHARACTERS, characters)),
            // An empty text is refused.
            ("message", if text.is_empty() { message.title() } else { text }),
            ("priority", priority.to_owned()),
        ];
        if message.is_urgent() {
            form.extend([("retry", RETRY.to_owned()), ("expire", EXPIRE.to_owned())]);
        }
        if matches!(message.purpose, Purpose::Page { .. } | Purpose::Alarm) {
            form.extend(self.config.sound.clone().map(|sound| ("sound", sound)));
        }
        if let Some(ack) = &message.ack {
            form.extend([("url", ack.url.to_string()), ("url_title", "Acknowledge".to_owned())]);
            // Pushover posts there when the person acknowledges in its own app.
            form.extend(message.is_urgent().then(|| ("callback", ack.post_url.to_string())));
        }
        form
    }
}

/// The user's key and the device.
fn read(address: &Address) -> Result<(&str, Option<&str>), String> {
    let address = address.expose();
    let (user, device) = address.split_once('/').map_or((address, None), |(user, device)| (user, Some(device)));
    let is_device = |device: &str| {
        (1..=25).contains(&device.len())
            && device.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if is_key(user) && device.is_none_or(is_device) {
        return Ok((user, device));
    }
    Err("this is no key of a user of Pushover; it has 30 letters and digits and stands on the front page there"
        .to_owned())
}

/// Keys of users and receipts are written alike.
fn is_key(text: &str) -> bool {
    text.len() == 30 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_of_token(answer: &Answer) -> bool {
    answer.status == 401 || answer.json()["token"] == "invalid"
}

fn refusal(answer: &Answer) -> Delivery {
    let json = answer.json();
    match answer.status.as_u16() {
        _ if is_of_token(answer) => {
            misconfigured(NAME, "it does not know the application's token; configure a valid one")
        }
        400 if json["user"] == "invalid" => Delivery::Impossible(
            "Pushover does not know the user's key, or no device of theirs is active; check both there".to_owned(),
        ),
        400 if json["device"] == "invalid" => {
            Delivery::Impossible("Pushover does not know the device; leave it out or correct it".to_owned())
        }
        _ => answer.refused(NAME),
    }
}
