//! Telegram's Bot API: chats, messages that are edited, buttons, and updates that are asked for.
//!
//! Shapes: <https://core.telegram.org/bots/api>.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::http::{Provider, Reply, Request};

pub(crate) const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
pub(crate) const CHAT: i64 = 4_242;

#[derive(Default)]
pub(crate) struct Telegram {
    pub(crate) messages: Vec<Value>,
    /// What was answered to whom pressed a button.
    pub(crate) answers: HashMap<String, String>,
    /// What an error of a chat says.
    pub(crate) bad: HashMap<i64, (u16, Value)>,
    updates: Vec<Value>,
    pressed: usize,
    next: i64,
}

impl Telegram {
    /// Somebody presses the first button of a message.
    pub(crate) fn press(&mut self, message: usize) {
        let held = &self.messages[message - 1];
        let data = held["reply_markup"]["inline_keyboard"][0][0]["callback_data"].clone();
        let place = json!({ "message_id": message, "chat": { "id": held["chat_id"] } });
        self.pressed += 1;
        let query =
            json!({ "id": format!("cb{}", self.pressed), "from": { "id": CHAT }, "message": place, "data": data });
        self.push("callback_query", query);
    }

    /// Somebody writes to the bot.
    pub(crate) fn says(&mut self, text: &str) {
        self.push("message", json!({ "message_id": 1, "from": { "id": CHAT }, "chat": { "id": CHAT }, "text": text }));
    }

    fn push(&mut self, kind: &str, what: Value) {
        self.next += 1;
        let mut update = json!({ "update_id": self.next });
        update[kind] = what;
        self.updates.push(update);
    }

    fn updates(&mut self, body: &Value) -> Reply {
        let offset = body["offset"].as_i64().unwrap_or_default();
        self.updates.retain(|update| update["update_id"].as_i64() >= Some(offset));
        if self.updates.is_empty() && body["timeout"] != 0 {
            return Reply::Wait;
        }
        ok(Value::from(self.updates.clone()))
    }

    fn send(&mut self, body: &Value) -> Reply {
        let chat = body["chat_id"].as_i64().unwrap_or_default();
        if let Some((status, parameters)) = self.bad.get(&chat) {
            let said =
                if *status == 403 { "Forbidden: bot was blocked by the user" } else { "Bad Request: chat not found" };
            let mut error = json!({ "ok": false, "error_code": status, "description": said });
            error["parameters"] = parameters.clone();
            return Reply::Json(*status, error);
        }
        let text = body["text"].as_str().unwrap_or_default();
        if text.is_empty() || text.encode_utf16().count() > 4_096 {
            return error(400, "Bad Request: message is too long");
        }
        self.messages.push(body.clone());
        ok(json!({ "message_id": self.messages.len(), "chat": { "id": chat }, "text": text }))
    }

    fn edit(&mut self, body: &Value) -> Reply {
        let place = body["message_id"].as_u64().and_then(|id| usize::try_from(id).ok()?.checked_sub(1));
        let Some(held) = place.and_then(|place| self.messages.get_mut(place)) else {
            return error(400, "Bad Request: message to edit not found");
        };
        if held["text"] == body["text"] && held["reply_markup"] == body["reply_markup"] {
            return error(400, "Bad Request: message is not modified");
        }
        // Buttons that are not sent again are taken away.
        *held = body.clone();
        ok(body.clone())
    }
}

impl Provider for Telegram {
    fn take(&mut self, request: &Request) -> Reply {
        let body = request.json();
        let [bot, method] = *request.segments() else { return error(404, "Not Found") };
        if bot != format!("bot{TOKEN}") {
            return error(401, "Unauthorized");
        }
        match method {
            "sendMessage" => self.send(&body),
            "editMessageText" => self.edit(&body),
            "getUpdates" => self.updates(&body),
            "answerCallbackQuery" => {
                let own = |name: &str| body[name].as_str().unwrap().to_owned();
                self.answers.insert(own("callback_query_id"), own("text"));
                ok(true.into())
            }
            _ => error(404, "Not Found"),
        }
    }
}

fn ok(result: Value) -> Reply {
    let mut body = json!({ "ok": true });
    body["result"] = result;
    Reply::Json(200, body)
}

fn error(status: u16, said: &str) -> Reply {
    Reply::Json(status, json!({ "ok": false, "error_code": status, "description": said }))
}
