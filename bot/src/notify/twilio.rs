//! Text messages and calls through Twilio: what is sent here, what it posts to us in [`inbound`], and what a call says
//! in [`twiml`].
//!
//! Source: <https://www.twilio.com/docs/messaging/api/message-resource> and
//! <https://www.twilio.com/docs/voice/api/call-resource>.

mod errors;
pub mod inbound;
pub mod twiml;

use std::time::Duration;

use reqwest::{RequestBuilder, Url};

use self::errors::{Fault, Why};
use crate::notify::carriers::{Tried, spoken};
use crate::notify::http::{Answer, Caller, Failure, WAIT_ACCOUNT, below, check_base, within};
use crate::notify::message::Message;
use crate::notify::phone;
use crate::notify::secret::{Address, Secret};
use crate::notify::setup::{Setup, SetupError};

const NAME: &str = "Twilio";
/// How long a call rings, in seconds; shorter than until most mailboxes answer.
const RING: &str = "25";

/// An account of Twilio.
#[derive(Debug, Clone)]
pub struct TwilioConfig {
    /// `https://api.twilio.com` but for regions and tests.
    pub base: Url,
    /// `AC` and 32 digits.
    pub account: String,
    /// The key's SID where an API key is used, else none.
    pub api_key: Option<String>,
    /// The auth token, or the API key's secret.
    pub secret: Secret,
    pub from: Sender,
    /// BCP 47 language of calls that are spoken without a page of ours, such as `en-GB`.
    pub language: String,
}

/// As whom messages come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A number of the account, which can also call.
    Number(String),
    /// A messaging service (`MG` and 32 digits), and the number that calls.
    Service { sid: String, caller: String },
}

/// Sends through one account of Twilio. Clones share its connections.
#[derive(Clone)]
pub struct Twilio {
    config: TwilioConfig,
    caller: Caller,
    voice_time: Duration,
}

impl Twilio {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: TwilioConfig, setup: &Setup) -> Result<Self, SetupError> {
        check_base(NAME, &config.base)?;
        if !is_sid(&config.account, "AC") {
            return Err(SetupError::new(NAME, "the account is not AC and 32 hexadecimal digits; copy the Account SID"));
        }
        let (number, service) = match &config.from {
            Sender::Number(number) => (number, None),
            Sender::Service { sid, caller } => (caller, Some(sid)),
        };
        phone::check(number).map_err(|why| SetupError::new(NAME, format!("the sender: {why}")))?;
        if service.is_some_and(|sid| !is_sid(sid, "MG")) {
            return Err(SetupError::new(
                NAME,
                "the messaging service is not MG and 32 hexadecimal digits; copy its SID",
            ));
        }
        Ok(Self { config, caller: Caller::trusted(setup)?, voice_time: setup.times.voice })
    }

    pub(crate) async fn text(&self, to: &Address, body: String, message: &Message) -> Tried {
        let mut form = vec![("To", to.expose().to_owned()), ("Body", body)];
        form.push(match &self.config.from {
            Sender::Number(number) => ("From", number.clone()),
            Sender::Service { sid, .. } => ("MessagingServiceSid", sid.clone()),
        });
        form.extend(status_url(message).map(|url| ("StatusCallback", url)));
        self.call(self.post(&["Messages.json"]).form(&form)).await
    }

    pub(crate) async fn ring(&self, to: &Address, message: &Message) -> Tried {
        let number = match &self.config.from {
            Sender::Number(number) | Sender::Service { caller: number, .. } => number,
        };
        let mut form = vec![("To", to.expose().to_owned()), ("From", number.clone()), ("Timeout", RING.to_owned())];
        match message.ack.as_ref().and_then(|ack| ack.voice_url.as_ref()) {
            Some(url) => form.extend([("Url", url.to_string()), ("Method", "POST".to_owned())]),
            // Nobody can be asked for a key without a page of ours; the words come with the call itself.
            None => form.push(("Twiml", twiml::say(&spoken(message), &self.config.language))),
        }
        if let Some(url) = status_url(message) {
            form.extend([("StatusCallback", url), ("StatusCallbackMethod", "POST".to_owned())]);
            let events = ["initiated", "ringing", "answered", "completed"];
            form.extend(events.map(|event| ("StatusCallbackEvent", event.to_owned())));
        }
        self.call(within(self.post(&["Calls.json"]).form(&form), self.voice_time)).await
    }

    /// Ends a call, whether it rings or is spoken; none where the account knows no such call. One that is over need not
    /// be ended.
    pub(crate) async fn hang_up(&self, sid: &str) -> Option<Tried> {
        let request = self.post(&["Calls", &format!("{sid}.json")]).form(&[("Status", "completed")]);
        match self.caller.call(request).await {
            Ok(answer) if answer.status == 404 => None,
            Ok(answer) if Fault::of(&answer.json()).is_over() => Some(Tried::Delivered(sid.to_owned())),
            Ok(answer) => Some(judge(&answer)),
            Err(failure) => Some(failed(&failure)),
        }
    }

    async fn call(&self, request: RequestBuilder) -> Tried {
        match self.caller.call(request).await {
            Ok(answer) => judge(&answer),
            Err(failure) => failed(&failure),
        }
    }

    fn post(&self, path: &[&str]) -> RequestBuilder {
        let TwilioConfig { base, account, api_key, secret, .. } = &self.config;
        let url = below(&below(base, &["2010-04-01", "Accounts", account]), path);
        let user = api_key.as_ref().unwrap_or(account);
        self.caller.post(url).basic_auth(user, Some(secret.expose()))
    }
}

/// Whether a text is an id of Twilio's: two letters and 32 hexadecimal digits.
pub(crate) fn is_sid(text: &str, kind: &str) -> bool {
    text.strip_prefix(kind)
        .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn status_url(message: &Message) -> Option<String> {
    message.ack.as_ref()?.status_url.as_ref().map(Url::to_string)
}

fn judge(answer: &Answer) -> Tried {
    let json = answer.json();
    if answer.is_success() {
        return Tried::Delivered(json["sid"].as_str().unwrap_or_default().to_owned());
    }
    let status = answer.status.as_u16();
    match Fault::of(&json).why(status) {
        Why::Person(why) => Tried::Refused(why),
        Why::Account(why) => Tried::Misconfigured(NAME, why),
        Why::Busy => Tried::Failing(WAIT_ACCOUNT),
    }
}

fn failed(failure: &Failure) -> Tried {
    match failure {
        Failure::Later(wait) => Tried::Failing(*wait),
        Failure::Unknown => Tried::Unknown,
    }
}
