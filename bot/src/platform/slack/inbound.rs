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

pub use self::back::{Back, Surface, View};
pub use self::command::command;
pub use self::event::{event, is_evidence, is_marked};
pub use self::interaction::interaction;
pub use self::message::{permalink, said};
pub use crate::platform::hidden::Hidden;
use crate::platform::inlet::{self, Decoded};
use crate::platform::json::{at, owned, word};

/// A person's request of Slack's.
pub(super) type Request = inlet::Request<Back>;

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
