//! Messages through a bot of Telegram, with a button that acknowledges. What people answer comes by [`updates`].
//!
//! Source: <https://core.telegram.org/bots/api>.

pub(crate) mod updates;

use firebell_core::effect::Delivery;
use reqwest::Url;
use serde_json::{Value, json};

use crate::notify::http::{
    Answer, Caller, Failure, below, check_base, delivered, id_text, misconfigured, wait_seconds,
};
use crate::notify::message::{Message, Purpose, cut};
use crate::notify::secret::{Address, Secret};
use crate::notify::setup::{Setup, SetupError};

const NAME: &str = "Telegram";
/// The limit of a message is 4,096 units of UTF-16.
const TEXT_UNITS: usize = 4_000;
const ANSWER_UNITS: usize = 190;
/// What the data of the button begins with; the code follows.
const ACK: &str = "ack:";

/// A bot.
#[derive(Debug, Clone)]
pub struct TelegramConfig {
    /// `https://api.telegram.org`, or a server of one's own.
    pub base: Url,
    /// The token that `@BotFather` gave, digits, a colon and more.
    pub token: Secret,
}

/// Sends through one bot. An address is the number of a chat, or `@channel`.
#[derive(Clone)]
pub struct Telegram {
    config: TelegramConfig,
    caller: Caller,
}

impl Telegram {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: TelegramConfig, setup: &Setup) -> Result<Self, SetupError> {
        check_base(NAME, &config.base)?;
        let is_token = config.token.expose().split_once(':').is_some_and(|(bot, key)| {
            !bot.is_empty() && bot.bytes().all(|byte| byte.is_ascii_digit()) && !key.is_empty() && !key.contains('/')
        });
        if !is_token {
            return Err(SetupError::new(
                NAME,
                "the bot's token is not digits, a colon and more; copy it from @BotFather",
            ));
        }
        Ok(Self { config, caller: Caller::trusted(setup)? })
    }

    /// Whether an address is the number of a chat or the name of a channel.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        chat(address).map(drop)
    }

    pub(crate) async fn send(&self, to: &Address, message: &Message) -> Delivery {
        let chat = match chat(to) {
            Ok(chat) => chat,
            Err(why) => return Delivery::Impossible(why),
        };
        if let Some(id) = message.purpose.over().and_then(|over| over.parse::<i64>().ok()) {
            match self.edit(&chat, id, message).await {
                Ok(true) => return delivered(id.to_string()),
                Ok(false) => {}
                Err(delivery) => return delivery,
            }
        }
        match self.call("sendMessage", &new_message(&chat, message)).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => delivered(id_text(&answer.json()["result"]["message_id"])),
            Ok(answer) => refusal(&answer),
        }
    }

    /// The number of the bot, which its token begins with and everybody may know.
    pub(crate) fn number(&self) -> &str {
        let token = self.config.token.expose();
        token.split_once(':').map_or("", |(number, _)| number)
    }

    /// Writes to a chat.
    pub(crate) async fn say(&self, chat: i64, text: &str) -> Delivery {
        let body = json!({ "chat_id": chat, "text": cut(text, TEXT_UNITS, char::len_utf16) });
        match self.call("sendMessage", &body).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => delivered(id_text(&answer.json()["result"]["message_id"])),
            Ok(answer) => refusal(&answer),
        }
    }

    /// Tells the person who pressed the button what came of it; until then the button shows that it waits.
    pub async fn answer_callback(&self, callback: &str, text: &str) -> Delivery {
        let body = json!({ "callback_query_id": callback, "text": cut(text, ANSWER_UNITS, char::len_utf16) });
        match self.call("answerCallbackQuery", &body).await {
            Err(failure) => failure.into(),
            Ok(answer) if answer.is_success() => delivered(callback),
            Ok(answer) => refusal(&answer),
        }
    }

    /// Puts a text in the place of a message, and takes its buttons away. False when it can no longer be edited.
    async fn edit(&self, chat: &Value, id: i64, message: &Message) -> Result<bool, Delivery> {
        let text = cut(&message.whole(), TEXT_UNITS, char::len_utf16);
        let body =
            json!({ "chat_id": chat, "message_id": id, "text": text, "link_preview_options": { "is_disabled": true } });
        let answer = self.call("editMessageText", &body).await?;
        let said = description(&answer);
        match answer.status.as_u16() {
            _ if answer.is_success() || said.contains("message is not modified") => Ok(true),
            400 if said.contains("message to edit not found") || said.contains("message can't be edited") => Ok(false),
            _ => Err(refusal(&answer)),
        }
    }

    async fn call(&self, method: &str, body: &Value) -> Result<Answer, Failure> {
        self.caller.call_telling(self.caller.post(self.url(method)).json(body), wait_in_body).await
    }

    fn url(&self, method: &str) -> Url {
        below(&self.config.base, &[&format!("bot{}", self.config.token.expose()), method])
    }
}

/// The wait that an answer asks for in its own way: Telegram's stands in the body.
fn wait_in_body(answer: &Answer) -> Option<chrono::TimeDelta> {
    answer.json()["parameters"]["retry_after"].as_i64().map(wait_seconds)
}

fn chat(address: &Address) -> Result<Value, String> {
    let text = address.expose();
    let is_channel = text.strip_prefix('@').is_some_and(|name| {
        (4..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    match text.parse::<i64>() {
        Ok(id) if id != 0 && !text.starts_with('+') => Ok(id.into()),
        _ if is_channel => Ok(text.into()),
        _ => Err("this is no chat of Telegram; write /start to the bot to link yours, or give @ and a channel's name"
            .to_owned()),
    }
}

fn new_message(chat: &Value, message: &Message) -> Value {
    let mut body = json!({
        "chat_id": chat,
        "text": cut(&message.whole(), TEXT_UNITS, char::len_utf16),
        "disable_notification": matches!(message.purpose, Purpose::Over { .. }),
        "link_preview_options": { "is_disabled": true },
    });
    // The bot is asked for what was pressed, so the button needs no URL of ours.
    if let Some(code) = &message.code {
        let acknowledge = json!({ "text": "Acknowledge", "callback_data": format!("{ACK}{code}") });
        let mut row = vec![acknowledge];
        // Telegram refuses the whole message for the URL of a host without a dot.
        if let Some(ack) = message.ack.as_ref().filter(|ack| ack.url.domain().is_some_and(|host| host.contains('.'))) {
            row.push(json!({ "text": "Open", "url": ack.url.as_str() }));
        }
        body["reply_markup"] = json!({ "inline_keyboard": [row] });
    }
    body
}

fn description(answer: &Answer) -> String {
    answer.json()["description"].as_str().unwrap_or_default().to_owned()
}

fn refusal(answer: &Answer) -> Delivery {
    let json = answer.json();
    let said = description(answer);
    match answer.status.as_u16() {
        401 | 404 => misconfigured(NAME, "it does not know the bot's token; configure a valid one"),
        403 => Delivery::Impossible(
            "the person blocked the bot of Telegram, or left its chat; write /start to it again".to_owned(),
        ),
        400 if json["parameters"]["migrate_to_chat_id"].is_i64() => Delivery::Impossible(
            "the group of Telegram became a supergroup with another number; link it again".to_owned(),
        ),
        400 if said.contains("chat not found") => Delivery::Impossible(
            "Telegram does not know the chat; write /start to the bot and link it again".to_owned(),
        ),
        _ => answer.refused(NAME),
    }
}
