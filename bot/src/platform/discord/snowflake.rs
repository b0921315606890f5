//! Discord's ids, which hold the instant at which they were made.
//!
//! Source: <https://discord.com/developers/docs/reference#snowflakes>.

use chrono::{DateTime, Utc};

/// The first millisecond of 2015, from which ids count.
const EPOCH_MS: i64 = 1_420_070_400_000;
/// How many bits stand behind the time.
const BITS: u32 = 22;

/// When an id was made; `None` for what is no id.
pub fn time_of(id: &str) -> Option<DateTime<Utc>> {
    let made = i64::try_from(id.parse::<u64>().ok()? >> BITS).ok()?;
    DateTime::from_timestamp_millis(made.checked_add(EPOCH_MS)?)
}

/// The least id that can have been made at an instant or later; lists are read from there on.
pub fn at(instant: DateTime<Utc>) -> String {
    let since = u64::try_from(instant.timestamp_millis() - EPOCH_MS).unwrap_or(0);
    (since << BITS).to_string()
}

/// Whether a text can be an id.
pub fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok()
}

/// Ids as they follow one another.
pub fn order(id: &str) -> u64 {
    id.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_time() {
        // Discord's own example.
        let time = time_of("175928847299117063").unwrap();
        assert_eq!(time.to_rfc3339(), "2016-04-30T11:18:25.796+00:00");
        assert_eq!(at(time), "175928847298985984");
        assert_eq!(time_of(&at(time)), Some(time));
        assert_eq!(at("2001-01-01T00:00:00Z".parse().unwrap()), "0");
        for text in ["", "x", "-1", "99999999999999999999999"] {
            assert!(time_of(text).is_none() && !is_id(text), "{text}");
        }
        assert!(is_id("175928847299117063") && order("10") > order("9"));
    }
}
