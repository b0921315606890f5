//! What Slack's payloads say. They are read field by field and not as one type: a field that is missing or new must not
//! cost the rest, and what is not understood is told as such, never as an error that Slack would repeat for ever.

mod back;
mod command;
mod event;
mod interaction;
mod message;
#[cfg(test)]
pub(super) mod tests;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub use self::back::{Back, Hidden, Surface, View};
pub use self::command::command;
pub use self::event::{Mark, What, event, is_marked};
pub use self::interaction::interaction;
pub use self::message::{permalink, said};
use crate::platform::inlet::{self, Decoded};

/// A person's request of Slack's.
pub(super) type Request = inlet::Request<Back>;
/// An event of Slack's.
pub(super) type Heard = inlet::Heard<What>;

/// The text at a place; an empty one counts as missing.
fn at<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn owned(value: &Value, pointer: &str) -> Option<String> {
    at(value, pointer).map(str::to_owned)
}

/// A word of Slack's that names a kind, for a log: never so long that it could be a text.
fn word(value: &Value, pointer: &str) -> String {
    const LONGEST: usize = 40;
    let word = at(value, pointer).unwrap_or("(none)");
    word.chars().filter(|letter| letter.is_ascii_alphanumeric() || "_:()".contains(*letter)).take(LONGEST).collect()
}

/// The instant of one of Slack's timestamps, which are also the ids of messages: `1355517523.000005`.
pub(super) fn instant(ts: &str) -> Option<DateTime<Utc>> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(seconds) || !digits(fraction) {
        return None;
    }
    let micros: u32 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    DateTime::from_timestamp(seconds.parse().ok()?, micros * 1000)
}
