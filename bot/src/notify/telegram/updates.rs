//! What people tell a bot of Telegram. It is asked for by long polling, so that no URL of ours need be public.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACK, Telegram};
use crate::notify::http::{Failure, WAIT_ACCOUNT, within};

/// How many are taken at once; the rest comes with the next.
const AT_ONCE: u32 = 20;
/// What they take at most: each may hold two messages of 4,096 characters, escaped to six bytes each, and as much again
/// of what describes them. An answer that is cut would come again and again.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// How much later than the poll's end its answer may come.
const GRACE: Duration = Duration::from_secs(10);
const CODE_CHARACTERS: usize = 64;

/// Asks a bot for what people told it. Nothing of it need be kept: what was not confirmed comes again.
pub struct Updates {
    telegram: Telegram,
    offset: i64,
}

/// One thing that happened, with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub id: i64,
    /// None for what means nothing to us, which is to be passed over.
    pub what: Option<Happened>,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// They pressed the button of a page.
    Pressed {
        /// What [`Telegram::answer_callback`] answers.
        callback: String,
        chat: i64,
        code: String,
    },
    /// They wrote to the bot in a chat with nobody else.
    Said { chat: i64, text: String },
}

/// Telegram told nothing this time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdatesError {
    #[error("ask Telegram for updates: it was not reached, or is busy; ask again in {} s", .0.num_seconds())]
    Later(TimeDelta),
    #[error("ask Telegram for updates: {0}")]
    Refused(&'static str),
}

impl UpdatesError {
    /// When it is worth asking again.
    pub fn wait(&self) -> TimeDelta {
        match self {
            Self::Later(wait) => *wait,
            Self::Refused(_) => WAIT_ACCOUNT,
        }
    }
}

impl Updates {
    /// Begins where Telegram itself thinks that we are.
    pub fn new(telegram: Telegram) -> Self {
        Self { telegram, offset: 0 }
    }

    /// Waits for updates, for so long at most. They come again at the next call unless they are [`done`](Self::done):
    /// Telegram forgets what an offset passes.
    ///
    /// # Errors
    /// [`UpdatesError`] with the wait until it is worth asking again.
    pub async fn next(&mut self, wait: Duration) -> Result<Vec<Update>, UpdatesError> {
        let body = json!({
            "offset": self.offset,
            "timeout": wait.as_secs(),
            "limit": AT_ONCE,
            "allowed_updates": ["message", "callback_query"],
        });
        let caller = self.telegram.caller.reading(ANSWER_BYTES);
        let request = within(caller.post(self.telegram.url("getUpdates")).json(&body), wait + GRACE);
        let answer = match caller.call_telling(request, super::wait_in_body).await {
            Ok(answer) => answer,
            Err(Failure::Later(wait)) => return Err(UpdatesError::Later(wait)),
            Err(Failure::Unknown) => return Err(UpdatesError::Later(TimeDelta::seconds(1))),
        };
        match answer.status.as_u16() {
            200 => {}
            401 | 404 => return Err(UpdatesError::Refused("it does not know the bot's token; configure a valid one")),
            409 => {
                return Err(UpdatesError::Refused(
                    "another program asks for them, or a webhook is set; stop it, or delete the webhook",
                ));
            }
            _ => return Err(UpdatesError::Refused("it answered with an error; see the status of Telegram")),
        }
        match answer.json()["result"].as_array() {
            Some(updates) => {
                // Everything before the offset is forgotten there by now. After a week in which nobody says anything
                // Telegram counts from another number, which may be a lower one.
                if updates.is_empty() {
                    self.offset = 0;
                }
                Ok(updates.iter().filter_map(read_update).collect())
            }
            None => Err(UpdatesError::Refused("its answer makes no sense; check the base URL")),
        }
    }

    /// An update is dealt with, and need not come again.
    pub fn done(&mut self, id: i64) {
        self.offset = self.offset.max(id.saturating_add(1));
    }
}

/// Reads an update; none where it is no update at all.
fn read_update(update: &Value) -> Option<Update> {
    let id = update["update_id"].as_i64()?;
    let what = pressed(&update["callback_query"]).or_else(|| said(&update["message"]));
    Some(Update { id, what })
}

fn pressed(query: &Value) -> Option<Happened> {
    let code = query["data"].as_str()?.strip_prefix(ACK).filter(|code| is_code(code))?;
    Some(Happened::Pressed {
        callback: query["id"].as_str()?.to_owned(),
        chat: query["message"]["chat"]["id"].as_i64()?,
        code: code.to_owned(),
    })
}

/// In groups people talk to each other, and the buttons are enough.
fn said(message: &Value) -> Option<Happened> {
    let (chat, text) = (message["chat"]["id"].as_i64()?, message["text"].as_str()?);
    (message["from"]["id"].as_i64() == Some(chat)).then(|| Happened::Said { chat, text: text.to_owned() })
}

fn is_code(code: &str) -> bool {
    (1..=CODE_CHARACTERS).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_and_replies_are_read_and_all_else_is_passed_over() {
        let button = |data: &str| {
            json!({ "update_id": 7, "callback_query": { "id": "9", "from": { "id": 5 }, "data": data,
                    "message": { "message_id": 3, "chat": { "id": -4 } } } })
        };
        let text = |chat: i64, text: &str| {
            let message = json!({ "message_id": 3, "from": { "id": 5 }, "chat": { "id": chat }, "text": text });
            json!({ "update_id": 7, "message": message })
        };
        let own = str::to_owned;
        let pressed = Happened::Pressed { callback: own("9"), chat: -4, code: own("K7QX") };
        let table = [
            (button("ack:K7QX"), Some(pressed)),
            (button("ack:"), None),
            (button("ack:a b"), None),
            (button("other"), None),
            (text(5, "K7QX"), Some(Happened::Said { chat: 5, text: own("K7QX") })),
            (text(-4, "K7QX"), None),
            (json!({ "update_id": 7, "message": { "chat": { "id": 5 }, "from": { "id": 5 } } }), None),
            (json!({ "update_id": 7, "poll": {} }), None),
        ];
        for (update, what) in table {
            assert_eq!(read_update(&update), Some(Update { id: 7, what }), "{update}");
        }
        assert_eq!(read_update(&json!({ "message": {} })), None);
    }
}
