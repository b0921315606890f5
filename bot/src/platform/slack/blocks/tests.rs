//! What Slack is sent stays within its limits, says all that it was given, and comes back as it went.

mod limits;
mod messages;
mod round;
mod samples;
mod views;

use serde_json::Value;

use super::cut;

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// Every text of a message's sections, one after the other.
fn sections(blocks: &Value) -> Vec<&str> {
    let blocks = blocks.as_array().unwrap().iter();
    blocks.filter(|block| block["type"] == "section").map(|block| block["text"]["text"].as_str().unwrap()).collect()
}

/// What a text says, without the blanks and ends of lines at which it may be cut.
fn packed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// Whether every entity is whole.
fn is_whole(text: &str) -> bool {
    text.split('&').skip(1).all(|after| ["amp;", "lt;", "gt;"].iter().any(|entity| after.starts_with(entity)))
}
