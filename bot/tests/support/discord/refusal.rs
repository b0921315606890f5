//! How Discord says no: <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json>

use serde_json::{Value, json};

/// An error's status and body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u64,
    pub(super) message: String,
    pub(super) errors: Option<Value>,
    /// Seconds to wait, of 429.
    pub(super) wait: Option<f64>,
}

const CODES: &[(u64, u16, &str)] = &[
    (0, 401, "401: Unauthorized"),
    (10002, 404, "Unknown Application"),
    (10003, 404, "Unknown Channel"),
    (10004, 404, "Unknown Guild"),
    (10007, 404, "Unknown Member"),
    (10008, 404, "Unknown Message"),
    (10009, 404, "Unknown permission overwrite"),
    (10011, 404, "Unknown Role"),
    (10013, 404, "Unknown User"),
    (10014, 404, "Unknown Emoji"),
    (10015, 404, "Unknown Webhook"),
    (10062, 404, "Unknown interaction"),
    (10063, 404, "Unknown application command"),
    (20028, 429, "The write action you are performing on the channel has hit the write rate limit"),
    (30003, 400, "Maximum number of pins reached for the channel (50)"),
    (30010, 400, "Maximum number of reactions reached (20)"),
    (30013, 400, "Maximum number of server channels reached (500)"),
    (30032, 400, "Maximum number of application commands reached (100)"),
    (40001, 401, "Unauthorized. Provide a valid token and try again"),
    (40005, 413, "Request entity too large"),
    (40060, 400, "Interaction has already been acknowledged."),
    (40062, 429, "Service resource is being rate limited"),
    (40067, 400, "A tag is required to create a forum post in this channel"),
    (50001, 403, "Missing Access"),
    (50003, 403, "Cannot execute action on a DM channel"),
    (50005, 403, "Cannot edit a message authored by another user"),
    (50006, 400, "Cannot send an empty message"),
    (50007, 403, "Cannot send messages to this user"),
    (50008, 400, "Cannot send messages in a non-text channel"),
    (50013, 403, "Missing Permissions"),
    (
        50016,
        400,
        "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete",
    ),
    (50019, 400, "A message can only be pinned to the channel it was sent in"),
    (50021, 403, "Cannot execute action on a system message"),
    (50024, 400, "Cannot execute action on this channel type"),
    (50027, 401, "Invalid Webhook Token"),
    (50033, 400, "Invalid Recipient(s)"),
    (50034, 400, "A message provided was too old to bulk delete"),
    (50035, 400, "Invalid Form Body"),
    (50083, 400, "Thread is archived"),
    (50109, 400, "The request body contains invalid JSON."),
    (160_002, 403, "Cannot reply without permission to read message history"),
    (160_004, 400, "A thread has already been created for this message"),
    (160_005, 400, "Thread is locked"),
    (160_006, 400, "Maximum number of active threads reached"),
];

impl Refusal {
    /// The error of this code; 400 where the table does not have it.
    pub(super) fn of(code: u64) -> Self {
        let known = CODES.iter().find(|(known, _, _)| *known == code);
        let (status, message) = known.map_or((400, "Unknown error"), |&(_, status, message)| (status, message));
        Self { status, code, message: message.to_owned(), errors: None, wait: None }
    }

    /// There is nothing of that path.
    pub(super) fn not_found() -> Self {
        Self { status: 404, message: "404: Not Found".to_owned(), ..Self::of(0) }
    }

    pub(super) fn method_not_allowed() -> Self {
        Self { status: 405, message: "405: Method Not Allowed".to_owned(), ..Self::of(0) }
    }

    /// One field is wrong.
    pub(super) fn field(path: &str, code: &str, message: &str) -> Self {
        let mut form = Form::default();
        form.wrong(path, code, message);
        form.done().unwrap_err()
    }

    /// Too many of something; `seconds` says for how long.
    pub(super) fn limited(seconds: f64) -> Self {
        Self {
            status: 429,
            code: 0,
            message: "You are being rate limited.".to_owned(),
            errors: None,
            wait: Some(seconds),
        }
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        if let Some(wait) = self.wait {
            body["retry_after"] = json!(wait);
            body["global"] = json!(false);
            body.as_object_mut().unwrap().remove("code");
        }
        body
    }
}

impl From<u64> for Refusal {
    fn from(code: u64) -> Self {
        Self::of(code)
    }
}

/// What is wrong with the fields of a body, by path such as `components.0.components.1.label`.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String, String)>);

impl Form {
    pub(super) fn wrong(&mut self, path: &str, code: &str, message: &str) {
        self.0.push((path.to_owned(), code.to_owned(), message.to_owned()));
    }

    pub(super) fn need(&mut self, path: &str) {
        self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A text must have so many characters; a missing one is no matter.
    pub(super) fn text(&mut self, path: &str, text: &Value, (least, most): (usize, usize)) {
        let Some(text) = text.as_str() else { return };
        self.within(path, text.chars().count(), (least, most));
    }

    /// The same of a text that must be there.
    pub(super) fn needed(&mut self, path: &str, text: &Value, span: (usize, usize)) {
        if text.is_string() {
            self.text(path, text, span);
        } else {
            self.need(path);
        }
    }

    pub(super) fn within(&mut self, path: &str, length: usize, (least, most): (usize, usize)) {
        if length == 0 && least > 0 {
            self.need(path);
        } else if length < least || length > most {
            let message = if least == 0 {
                format!("Must be {most} or fewer in length.")
            } else {
                format!("Must be between {least} and {most} in length.")
            };
            let code = if least == 0 { "BASE_TYPE_MAX_LENGTH" } else { "BASE_TYPE_BAD_LENGTH" };
            self.wrong(path, code, &message);
        }
    }

    pub(super) fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut tree = json!({});
        for (path, code, message) in self.0 {
            let mut at = &mut tree;
            for step in path.split('.').filter(|step| !step.is_empty()) {
                at = &mut at[step];
            }
            if at["_errors"].is_null() {
                at["_errors"] = json!([]);
            }
            at["_errors"].as_array_mut().unwrap().push(json!({"code": code, "message": message}));
        }
        Err(Refusal { errors: Some(tree), ..Refusal::of(50035) })
    }
}
