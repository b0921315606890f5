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

/// Asks a bot for what people told it, from an offset on.
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
    Acknowledged {
        /// What [`Telegram::answer_callback`] answers.
        callback: String,
        /// Who pressed, by Telegram's number.
        from: i64,
        chat: i64,
        message: i64,
        code: String,
    },
    /// They wrote `/start` and a code, or followed a link that does: the chat is theirs who were given the code. In a
    /// chat with nobody else both numbers are the same.
    Started { from: i64, chat: i64, code: String },
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
    /// Begins after what was done before; with the offset 0, where Telegram itself thinks that we are.
    pub fn new(telegram: Telegram, offset: i64) -> Self {
        Self { telegram, offset }
    }

    /// The number of the next update, to begin with after a restart.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// Waits for updates, for so long at most. They come again at the next call unless they are [`done`](Self::done):
    /// Telegram forgets what an offset passes.
    ///
    /// # Errors
    /// [`UpdatesError`] with the wait until it is worth asking again.
    pub async fn next(&self, wait: Duration) -> Result<Vec<Update>, UpdatesError> {
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
            Some(updates) => Ok(updates.iter().filter_map(read_update).collect()),
            None => Err(UpdatesError::Refused("its answer makes no sense; check the base URL")),
        }
    }

    /// An update is dealt with, and need not come again.
    pub fn done(&mut self, id: i64) {
        self.offset = self.offset.max(id.saturating_add(1));
    }
}

/// Reads an update, as it comes by long polling or by a webhook; none where it is no update at all.
pub fn read_update(update: &Value) -> Option<Update> {
    let id = update["update_id"].as_i64()?;
    let what = pressed(&update["callback_query"]).or_else(|| started(&update["message"]));
    Some(Update { id, what })
}

fn pressed(query: &Value) -> Option<Happened> {
    let code = query["data"].as_str()?.strip_prefix(ACK).filter(|code| is_code(code))?;
    Some(Happened::Acknowledged {
        callback: query["id"].as_str()?.to_owned(),
        from: query["from"]["id"].as_i64()?,
        chat: query["message"]["chat"]["id"].as_i64()?,
        message: query["message"]["message_id"].as_i64()?,
        code: code.to_owned(),
    })
}

fn started(message: &Value) -> Option<Happened> {
    let mut words = message["text"].as_str()?.split_whitespace();
    // In groups the bot's name follows the command.
    words.next().filter(|word| *word == "/start" || word.starts_with("/start@"))?;
    let code = words.next().filter(|code| is_code(code))?;
    Some(Happened::Started {
        from: message["from"]["id"].as_i64()?,
        chat: message["chat"]["id"].as_i64()?,
        code: code.to_owned(),
    })
}

fn is_code(code: &str) -> bool {
    (1..=CODE_CHARACTERS).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_and_starts_are_read_and_all_else_is_passed_over() {
        let button = |data: &str| {
            json!({ "update_id": 7, "callback_query": { "id": "9", "from": { "id": 5 }, "data": data,
                    "message": { "message_id": 3, "chat": { "id": -4 } } } })
        };
        let text = |text: &str| {
            let message = json!({ "message_id": 3, "from": { "id": 5 }, "chat": { "id": -4 }, "text": text });
            json!({ "update_id": 7, "message": message })
        };
        let own = str::to_owned;
        let pressed = Happened::Acknowledged { callback: own("9"), from: 5, chat: -4, message: 3, code: own("K7QX") };
        let started = Happened::Started { from: 5, chat: -4, code: own("abc_1") };
        let table = [
            (button("ack:K7QX"), Some(pressed)),
            (button("ack:"), None),
            (button("ack:a b"), None),
            (button("other"), None),
            (text("/start abc_1"), Some(started.clone())),
            (text("/start@firebell_bot abc_1"), Some(started)),
            (text("/start"), None),
            (text("/started abc_1"), None),
            (text("hello"), None),
            (json!({ "update_id": 7, "poll": {} }), None),
        ];
        for (update, what) in table {
            assert_eq!(read_update(&update), Some(Update { id: 7, what }), "{update}");
        }
        assert_eq!(read_update(&json!({ "message": {} })), None);
    }
}
