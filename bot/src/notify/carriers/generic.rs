//! Any carrier with an HTTP API, described by configuration: one request for a message, and where its id is in the
//! answer.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::Value;

use super::Tried;
use crate::notify::http::{Answer, Caller, Failure, check_base, id_text, within};
use crate::notify::message::Message;
use crate::notify::secret::{Address, Secret};
use crate::notify::setup::{Setup, SetupError};

const NAME: &str = "the HTTP carrier";

/// How to ask a carrier.
#[derive(Clone)]
pub struct HttpCarrierConfig {
    /// Its query may hold placeholders, percent-encoded as `{to}` or `%7Bto%7D`.
    pub url: Url,
    /// `POST`, `PUT` or `GET`.
    pub method: Method,
    /// Such as `Authorization`; their values are secrets.
    pub headers: Vec<(String, Secret)>,
    pub format: Format,
    /// The body, with the placeholders `{to}`, `{text}` and `{key}`, which are escaped as the format asks.
    pub body: String,
    /// The statuses that mean that it was taken; 200 to 299 where there are none.
    pub success: Vec<u16>,
    /// Where the id is in a JSON answer, such as `/messages/0/id` (RFC 6901).
    pub id_pointer: Option<String>,
}

/// What a body is, and how what is put into it is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Placeholders stand inside of strings: `{"to": "{to}"}`.
    Json,
    /// Placeholders stand for whole values: `to={to}&text={text}`.
    Form,
}

/// Sends through a carrier of the operator's choice.
pub struct HttpCarrier {
    config: HttpCarrierConfig,
    headers: HeaderMap,
    caller: Caller,
    /// Calls take longer than messages, and it is not known which these are.
    time: Duration,
}

impl HttpCarrier {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: HttpCarrierConfig, setup: &Setup) -> Result<Self, SetupError> {
        let failed = |why: &str| SetupError::new("a carrier of calls or text messages", why);
        check_base("a carrier of calls or text messages", &config.url)?;
        let everything = format!(
            "{}{}",
            config.body,
            config.url.query().unwrap_or_default().replace("%7B", "{").replace("%7D", "}")
        );
        if !everything.contains("{to}") || !everything.contains("{text}") {
            return Err(failed("neither its body nor its URL's query has {to} and {text}; add them"));
        }
        let sample = fill(&config.body, config.format, ["+1", "\"&\n", "k"]);
        if config.format == Format::Json && !config.body.is_empty() && serde_json::from_str::<Value>(&sample).is_err() {
            return Err(failed(
                "its body is no JSON; put the placeholders inside of strings, as in {\"to\": \"{to}\"}",
            ));
        }
        if config.id_pointer.as_ref().is_some_and(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
            return Err(failed("the pointer to the id does not begin with a slash; write it as in /messages/0/id"));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &config.headers {
            let name: HeaderName = name.parse().map_err(|_| failed("the name of a header is none; correct it"))?;
            let mut value: HeaderValue =
                value.expose().parse().map_err(|_| failed("the value of a header cannot be sent; correct it"))?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        Ok(Self { config, headers, caller: Caller::trusted(setup)?, time: setup.times.voice })
    }

    pub(super) async fn send(&self, to: &Address, text: &str, message: &Message) -> Tried {
        let config = &self.config;
        let mark = message.mark();
        let values = [to.expose(), text, &mark];
        let mut url = config.url.clone();
        if let Some(query) = config.url.query() {
            let query = query.replace("%7B", "{").replace("%7D", "}");
            url.set_query(Some(&fill(&query, Format::Form, values)));
        }
        let kind = match config.format {
            Format::Json => "application/json",
            Format::Form => "application/x-www-form-urlencoded",
        };
        let mut request = self.caller.request(config.method.clone(), url).headers(self.headers.clone());
        if !config.body.is_empty() {
            request = request.header(CONTENT_TYPE, kind).body(fill(&config.body, config.format, values));
        }
        match self.caller.call(within(request, self.time)).await {
            Ok(answer) => self.judge(&answer),
            Err(Failure::Later(wait)) => Tried::Failing(wait),
            Err(Failure::Unknown) => Tried::Unknown,
        }
    }

    fn judge(&self, answer: &Answer) -> Tried {
        let status = answer.status.as_u16();
        let success = &self.config.success;
        if success.contains(&status) || success.is_empty() && answer.is_success() {
            let json = answer.json();
            let id = self.config.id_pointer.as_ref().and_then(|pointer| json.pointer(pointer));
            return Tried::Delivered(id.map(id_text).unwrap_or_default());
        }
        match status {
            400 | 410 | 422 => Tried::Refused(format!(
                "the carrier refused the message with status {status}; check the number, then the carrier's log"
            )),
            _ => Tried::Misconfigured(NAME, format!("it answered {status}; check its URL and credentials")),
        }
    }
}

/// Without the URL and the body, which hold the keys of some carriers.
impl fmt::Debug for HttpCarrierConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, format, success, .. } = self;
        let mut shown = f.debug_struct("HttpCarrierConfig");
        shown.field("method", method).field("format", format).field("success", success).finish_non_exhaustive()
    }
}

/// Puts values for `{to}`, `{text}` and `{key}`, in one pass: what was put in is not looked at again.
fn fill(template: &str, format: Format, values: [&str; 3]) -> String {
    let names = ["{to}", "{text}", "{key}"];
    let (mut filled, mut rest) = (String::new(), template);
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        match names.iter().zip(values).find(|(name, _)| rest.starts_with(**name)) {
            Some((name, value)) => {
                filled.push_str(&escape(value, format));
                rest = &rest[name.len()..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled + rest
}

fn escape(value: &str, format: Format) -> String {
    match format {
        Format::Json => {
            let quoted = Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Format::Form => value.bytes().fold(String::new(), |mut escaped, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                escaped.push(char::from(byte));
            } else {
                escaped.push('%');
                escaped.push_str(&crate::text::hex(&[byte]).to_ascii_uppercase());
            }
            escaped
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_not_looked_at_again() {
        let values = ["+49151", "a \"b\" & {to}\nc=ü\\", "k1"];
        let json = fill(r#"{"to":"{to}","m":{"t":"{text}","{x}":"{key}{key}"}}"#, Format::Json, values);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json, serde_json::json!({ "to": "+49151", "m": { "t": values[1], "{x}": "k1k1" } }));
        let form = fill("to={to}&t={text}&{", Format::Form, values);
        assert_eq!(form, "to=%2B49151&t=a%20%22b%22%20%26%20%7Bto%7D%0Ac%3D%C3%BC%5C&{");
    }
}
