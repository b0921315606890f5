//! Where a text can be cut for Slack: entities and what stands between angle brackets stay whole.

pub(super) use crate::platform::cut::length;
use crate::platform::cut::{Whole, bracketed};

const WHOLE: Whole = Whole { thing, inside: entity };

/// As [`Whole::pieces`].
pub(super) fn pieces(text: &str, max: usize) -> Vec<&str> {
    WHOLE.pieces(text, max)
}

/// As [`Whole::clipped`].
pub(super) fn clipped(text: &str, max: usize) -> String {
    WHOLE.clipped(text, max)
}

/// As [`Whole::within`].
pub(super) fn within(text: &str, max: usize) -> &str {
    WHOLE.within(text, max)
}

fn thing(text: &str) -> Option<usize> {
    // A sign that begins nothing is one by itself, and no letter.
    let alone = || text.starts_with(['&', '<']).then_some(1);
    entity(text).or_else(|| bracketed(text)).or_else(alone)
}

/// Slack knows these three alone.
///
/// Source: "Escaping text", <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
fn entity(text: &str) -> Option<usize> {
    ["&amp;", "&lt;", "&gt;"].into_iter().find(|entity| text.starts_with(entity)).map(str::len)
}
