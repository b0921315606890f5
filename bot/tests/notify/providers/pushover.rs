//! Pushover: users, and urgent messages that repeat until they are cancelled.
//!
//! Shapes: <https://pushover.net/api>.

use serde_json::{Value, json};

use super::http::{Form, Provider, Reply, Request};

pub(crate) const TOKEN: &str = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
pub(crate) const USER: &str = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG";

#[derive(Default)]
pub(crate) struct Pushover {
    pub(crate) messages: Vec<Form>,
    /// Receipts of what is repeated.
    pub(crate) repeating: Vec<String>,
}

impl Pushover {
    fn send(&mut self, form: Form) -> Reply {
        if form.get("user") != USER {
            return error(json!({ "user": "invalid", "errors": ["user identifier is not a valid user"] }));
        }
        if !matches!(form.get("device"), "" | "phone") {
            return error(json!({ "device": "invalid", "errors": ["device name is not valid for user"] }));
        }
        let (retry, expire) = (form.get("retry").parse::<u32>(), form.get("expire").parse::<u32>());
        let urgent = form.get("priority") == "2";
        if urgent && !(retry.is_ok_and(|retry| retry >= 30) && expire.is_ok_and(|expire| expire <= 10_800)) {
            return error(json!({ "expire": "must be supplied with priority=2", "errors": ["expire"] }));
        }
        let length = form.get("message").chars().count();
        if !(1..=1_024).contains(&length) || form.get("title").chars().count() > 250 {
            return error(json!({ "message": "cannot be blank or too long", "errors": ["message"] }));
        }
        self.messages.push(form);
        let mut body =
            json!({ "status": 1, "request": format!("647d2300-702c-4b38-8b2f-d56326ae460{}", self.messages.len()) });
        if urgent {
            let receipt = format!("r{:029}", self.messages.len());
            body["receipt"] = receipt.as_str().into();
            self.repeating.push(receipt);
        }
        Reply::Json(200, body)
    }

    fn cancel(&mut self, receipt: &str) -> Reply {
        if !self.repeating.iter().any(|held| held == receipt) {
            return Reply::Json(404, json!({ "receipt": "not found", "errors": ["receipt not found"], "status": 0 }));
        }
        self.repeating.retain(|held| held != receipt);
        Reply::Json(200, json!({ "status": 1 }))
    }
}

impl Provider for Pushover {
    fn take(&mut self, request: &Request) -> Reply {
        let form = request.form();
        if form.get("token") != TOKEN {
            return error(json!({ "token": "invalid", "errors": ["application token is invalid"] }));
        }
        match *request.segments() {
            ["1", "messages.json"] => self.send(form),
            ["1", "receipts", receipt, "cancel.json"] => self.cancel(receipt),
            _ => Reply::Json(404, json!({ "status": 0 })),
        }
    }
}

fn error(mut body: Value) -> Reply {
    body["status"] = 0.into();
    Reply::Json(400, body)
}
