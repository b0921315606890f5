//! Twilio: messages, calls, and signed callbacks.
//!
//! Shapes: <https://www.twilio.com/docs/messaging/api/message-resource>,
//! <https://www.twilio.com/docs/voice/api/call-resource>.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};

use super::http::{Form, Provider, Reply, Request};

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// An API key with the same secret.
pub(crate) const API_KEY: &str = "SK00000000000000000000000000000001";
pub(crate) const TOKEN: &str = "twilio-token";
pub(crate) const FROM: &str = "+15005550006";

#[derive(Default)]
pub(crate) struct Twilio {
    pub(crate) messages: Vec<Form>,
    pub(crate) calls: Vec<Call>,
    /// The error of a number that cannot be reached.
    pub(crate) bad: HashMap<&'static str, u64>,
    /// The account's token was changed.
    pub(crate) locked: bool,
}

pub(crate) struct Call {
    pub(crate) sid: String,
    pub(crate) form: Form,
    pub(crate) status: &'static str,
}

/// A request that Twilio would make to us.
pub(crate) struct Callback {
    pub(crate) url: String,
    pub(crate) params: Vec<(String, String)>,
    /// The header `X-Twilio-Signature`.
    pub(crate) signature: String,
}

impl Twilio {
    /// How a message or a call fares, as its `StatusCallback` is told.
    pub(crate) fn callback(&self, sid: &str, status: &str) -> Callback {
        let (form, names) = match self.calls.iter().find(|call| call.sid == sid) {
            Some(call) => (&call.form, ["CallSid", "CallStatus"]),
            None => (&self.messages[message_place(sid)], ["MessageSid", "MessageStatus"]),
        };
        let params = vec![
            (names[0].to_owned(), sid.to_owned()),
            (names[1].to_owned(), status.to_owned()),
            ("AccountSid".to_owned(), ACCOUNT.to_owned()),
            ("To".to_owned(), form.get("To").to_owned()),
            ("From".to_owned(), FROM.to_owned()),
        ];
        signed(form.get("StatusCallback"), params)
    }

    /// The key that was pressed in a call, as the `action` of a gather is told.
    pub(crate) fn press(&self, sid: &str, action: &str, digits: &str) -> Callback {
        let call = self.calls.iter().find(|call| call.sid == sid).unwrap();
        let pairs = [("CallSid", sid), ("Digits", digits), ("To", call.form.get("To")), ("CallStatus", "in-progress")];
        signed(action, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
    }

    fn send(&mut self, form: Form) -> Reply {
        if let Some(code) = self.bad.get(form.get("To")) {
            return error(400, *code);
        }
        if form.get("Body").is_empty() || form.get("From").is_empty() && form.get("MessagingServiceSid").is_empty() {
            return error(400, 21_602);
        }
        self.messages.push(form);
        let sid = format!("SM{:032x}", self.messages.len());
        Reply::Json(201, json!({ "sid": sid, "status": "queued", "account_sid": ACCOUNT, "error_code": null }))
    }

    fn call(&mut self, form: Form) -> Reply {
        if let Some(code) = self.bad.get(form.get("To")) {
            return error(400, *code);
        }
        if form.get("From").is_empty() || form.get("Url").is_empty() == form.get("Twiml").is_empty() {
            return error(400, 21_205);
        }
        let sid = format!("CA{:032x}", self.calls.len() + 1);
        self.calls.push(Call { sid: sid.clone(), form, status: "ringing" });
        Reply::Json(201, json!({ "sid": sid, "status": "queued" }))
    }

    fn update(&mut self, sid: &str, form: &Form) -> Reply {
        let Some(call) = self.calls.iter_mut().find(|call| call.sid == sid) else { return error(404, 20_404) };
        assert_eq!(form.get("Status"), "completed");
        if !matches!(call.status, "queued" | "ringing" | "in-progress") {
            return error(400, 21_220);
        }
        call.status = "completed";
        Reply::Json(200, json!({ "sid": sid, "status": "completed" }))
    }
}

impl Provider for Twilio {
    fn take(&mut self, request: &Request) -> Reply {
        let known = [ACCOUNT, API_KEY].map(|user| format!("Basic {}", STANDARD.encode(format!("{user}:{TOKEN}"))));
        if self.locked || !known.iter().any(|known| known == request.header("authorization")) {
            return error(401, 20_003);
        }
        match *request.segments() {
            ["2010-04-01", "Accounts", ACCOUNT, "Messages.json"] => self.send(request.form()),
            ["2010-04-01", "Accounts", ACCOUNT, "Calls.json"] => self.call(request.form()),
            ["2010-04-01", "Accounts", ACCOUNT, "Calls", sid] => {
                self.update(sid.trim_end_matches(".json"), &request.form())
            }
            _ => error(404, 20_404),
        }
    }
}

fn error(status: u16, code: u64) -> Reply {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    let body: Value = json!({ "code": code, "message": "told to", "more_info": more, "status": status });
    Reply::Json(status, body)
}

fn message_place(sid: &str) -> usize {
    usize::from_str_radix(&sid[2..], 16).unwrap() - 1
}

/// The request that Twilio would make of these.
pub(crate) fn signed(url: &str, params: Vec<(String, String)>) -> Callback {
    let mut sorted = params.clone();
    sorted.sort();
    let text = sorted.iter().fold(url.to_owned(), |text, (name, value)| text + name + value);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, text.as_bytes()));
    Callback { url: url.to_owned(), params, signature }
}
