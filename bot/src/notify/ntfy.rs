//! Push messages through ntfy, on the operator's server or on one of the person's own.
//!
//! Source: <https://docs.ntfy.sh/publish/>.

use firebell_core::effect::Delivery;
use reqwest::Url;
use serde_json::{Value, json};

use crate::notify::guard::Guard;
use crate::notify::http::{Answer, Caller, check_base, delivered, misconfigured};
use crate::notify::message::{Message, Purpose, cut};
use crate::notify::secret::{Address, Secret};
use crate::notify::setup::{Setup, SetupError};

const NAME: &str = "ntfy";
/// The server turns a longer text into an attachment; it counts 4,096 bytes.
const TEXT_BYTES: usize = 3_900;
const TITLE_BYTES: usize = 250;

/// The operator's ntfy server.
#[derive(Debug, Clone)]
pub struct NtfyConfig {
    /// Where the server is, such as `https://ntfy.sh`.
    pub base: Url,
    pub auth: Option<NtfyAuth>,
}

/// How Firebell shows who it is.
#[derive(Debug, Clone)]
pub enum NtfyAuth {
    /// An access token, `tk_` and more.
    Token(Secret),
    Basic {
        user: String,
        password: Secret,
    },
}

/// Sends to topics of ntfy. An address is a topic of the operator's server, or the URL of a topic elsewhere; the
/// operator's credentials never go elsewhere.
pub struct Ntfy {
    config: NtfyConfig,
    own: Caller,
    others: Caller,
    guard: Guard,
}

/// Where a topic is.
struct Target<'t> {
    topic: String,
    /// The server's root, which takes messages as JSON.
    root: Url,
    caller: &'t Caller,
    is_own: bool,
}

impl Ntfy {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: NtfyConfig, setup: &Setup) -> Result<Self, SetupError> {
        check_base(NAME, &config.base)?;
        Ok(Self { config, own: Caller::trusted(setup)?, others: Caller::guarded(setup)?, guard: setup.guard })
    }

    /// Whether an address is a topic or the URL of one.
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
        // The id of the sequence, by which a later message takes the place of this one on the person's devices.
        let sequence =
            message.purpose.over().filter(|over| is_topic(over)).map_or_else(|| message.mark(), str::to_owned);
        let mut request = target.caller.post(target.root.clone()).json(&body(&target.topic, &sequence, message));
        if target.is_own {
            request = match &self.config.auth {
                None => request,
                Some(NtfyAuth::Token(token)) => request.bearer_auth(token.expose()),
                Some(NtfyAuth::Basic { user, password }) => request.basic_auth(user, Some(password.expose())),
            };
        }
        match target.caller.call(request).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => delivered(sequence),
            Ok(answer) => refusal(&answer, target.is_own),
        }
    }

    fn target(&self, address: &Address) -> Result<Target<'_>, String> {
        let address = address.expose();
        if is_topic(address) {
            let root = self.config.base.clone();
            return Ok(Target { topic: address.to_owned(), root, caller: &self.own, is_own: true });
        }
        let no_topic =
            || "this is neither a topic of ntfy (letters, digits, - and _, at most 64) nor the URL of one".to_owned();
        let mut root: Url = address.parse().map_err(|_| no_topic())?;
        self.guard.check(&root)?;
        // The server cannot live below a path.
        let topic = root.path().trim_start_matches('/').to_owned();
        if !is_topic(&topic) || root.query().is_some() || root.fragment().is_some() {
            return Err(no_topic());
        }
        root.set_path("/");
        Ok(Target { topic, root, caller: &self.others, is_own: false })
    }
}

/// Topics and ids of sequences are written alike.
fn is_topic(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn body(topic: &str, sequence: &str, message: &Message) -> Value {
    let (priority, tag) = match &message.purpose {
        Purpose::Page { urgent: true } | Purpose::Alarm => (5, "rotating_light"),
        Purpose::Page { urgent: false } => (4, "bell"),
        Purpose::Code | Purpose::Proof | Purpose::News => (3, "key"),
        Purpose::Over { .. } => (2, "white_check_mark"),
    };
    let mut body = json!({
        "topic": topic,
        "title": cut(&message.title(), TITLE_BYTES, char::len_utf8),
        "message": cut(message.text.trim(), TEXT_BYTES, char::len_utf8),
        "priority": priority,
        "tags": [tag],
        // Servers before 2.16 pass over it, and show a message of its own.
        "sequence_id": sequence,
    });
    if let Some(ack) = &message.ack {
        body["click"] = ack.url.as_str().into();
        body["actions"] = json!([
            { "action": "http", "label": "Acknowledge", "url": ack.post_url.as_str(), "method": "POST", "clear": true },
            { "action": "view", "label": "Open", "url": ack.url.as_str() },
        ]);
    }
    body
}

fn refusal(answer: &Answer, is_own: bool) -> Delivery {
    match (answer.status.as_u16(), is_own) {
        (300..=399, false) => {
            Delivery::Impossible("the URL of ntfy is a redirect; give the URL it leads to".to_owned())
        }
        (401, true) => misconfigured(NAME, "it does not know Firebell's token or user; configure a valid one"),
        (403, true) => Delivery::Impossible(
            "the topic of ntfy is not open to Firebell; choose another topic, or let its user write there".to_owned(),
        ),
        (401 | 403, false) => Delivery::Impossible(
            "the topic on your server of ntfy is protected; let everyone write there, or choose another".to_owned(),
        ),
        (404, false) => Delivery::Impossible("there is no ntfy at this URL; give the URL of a topic".to_owned()),
        (404, true) => misconfigured(NAME, "there is no ntfy at the configured URL; correct it"),
        _ => answer.refused(NAME),
    }
}
