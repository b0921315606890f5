//! Block Kit: messages, forms and the home page.

mod button;
mod cut;
mod form;
mod home;
mod select;
#[cfg(test)]
mod tests;
mod values;

use firebell_core::control::Control;
use serde::Serialize;
use serde_json::Value;
use slack_morphism::prelude::*;

pub use self::button::control_of;
pub use self::form::form;
pub use self::home::home;
pub use self::select::{options, source_of};
pub use self::values::{block_of, values};

/// The longest text of one section.
///
/// Source: <https://docs.slack.dev/reference/block-kit/blocks/section-block>.
const SECTION: usize = 3_000;
/// The longest text of one message. Slack refuses blocks of more than about 13 200 characters, their own JSON counted
/// (`msg_blocks_too_long`), and has been seen to refuse 11 341 characters of text: <https://github.com/slackapi/bolt-js/issues/2867>.
pub const PAGE: usize = 9_000;
/// The most blocks of one message.
///
/// Source: <https://docs.slack.dev/reference/block-kit/blocks>.
const BLOCKS: usize = 50;
/// The longest text that is shown where blocks are not, as in notifications.
const FALLBACK: usize = 3_000;
/// What begins every name that is sent back when something is pressed or filled in.
const PREFIX: &str = "firebell:";

/// A message as Slack takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// An array.
    pub blocks: Value,
    /// What stands where blocks are not shown; mrkdwn, as Slack has it in `text`.
    pub fallback: String,
}

/// A text with its buttons. `text` is mrkdwn in which people's words are inert; what is longer than a message takes is
/// clipped, so a long text goes through [`pages`] first; buttons beyond the 50th block are left out.
pub fn message(text: &str, controls: &[Control]) -> Message {
    let text = if text.trim().is_empty() { "–" } else { text.trim_matches('\n') };
    let buttons = button::rows(controls);
    let text = cut::clipped(text, PAGE);
    let texts = cut::pieces(&text, SECTION).into_iter().filter_map(section);
    let blocks: Vec<SlackBlock> = texts.chain(buttons).take(BLOCKS).collect();
    Message { blocks: wire(&blocks), fallback: cut::clipped(&text, FALLBACK) }
}

/// A long text in messages' worth of it, cut at the ends of lines where there are any; empty for a blank text.
pub fn pages(text: &str) -> Vec<String> {
    let pages = cut::pieces(text.trim_matches('\n'), PAGE).into_iter();
    pages.map(|page| page.trim_matches('\n').to_owned()).filter(|page| !page.trim().is_empty()).collect()
}

/// One text; `None` for a blank one, which Slack refuses.
fn section(text: &str) -> Option<SlackBlock> {
    let text = text.trim_matches('\n');
    let shown = !text.trim().is_empty();
    // Slack would hide the end of a long one behind "see more".
    shown.then(|| SlackSectionBlock::new().with_text(mrkdwn(text).into()).with_expand(true).into())
}

/// A line in small type.
fn context(text: &str) -> SlackBlock {
    SlackContextBlock::new(vec![SlackContextBlockElement::MarkDown(mrkdwn(text))]).into()
}

/// Marked-up text in which Slack looks for no names, rooms and addresses of its own accord.
///
/// Source: <https://docs.slack.dev/reference/block-kit/composition-objects/text-object>.
fn mrkdwn(text: &str) -> SlackBlockMarkDownText {
    SlackBlockMarkDownText::new(text.to_owned()).with_verbatim(true)
}

/// Text without any markup, of at most `max`; people's `:x:` stays as they wrote it.
fn plain(text: &str, max: usize) -> SlackBlockPlainText {
    SlackBlockPlainText::new(cut::clipped(text, max)).with_emoji(false)
}

fn wire(value: &impl Serialize) -> Value {
    // Only a map with keys that are no text has no JSON, and Block Kit knows none.
    serde_json::to_value(value).unwrap_or_default()
}
