//! Answers to whoever asked, in the way that fits how they asked.

mod ack;
mod say;
#[cfg(test)]
pub(super) mod tests;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

pub use self::ack::{at_once, late, later, not_kept, not_kept_steps, unread};
pub use self::say::carry_out;
use super::text;
use crate::content::Content;
use crate::platform::incoming::{Answer, Profile};
use crate::platform::inlet::{CallError, Step};

/// What a channel is to those who read payloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub name: String,
    /// The channel that it is a thread of.
    pub thread_of: Option<String>,
}

/// What reading payloads and answering needs of the REST API.
pub trait Calls: Send + Sync {
    /// Puts the answer in the place of the one that was promised.
    fn fulfil<'c>(&'c self, application: &'c str, token: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>>;

    /// Says more to whoever asked.
    fn follow_up<'c>(
        &'c self,
        application: &'c str,
        token: &'c str,
        body: Value,
    ) -> BoxFuture<'c, Result<(), CallError>>;

    /// Hands a file to whoever asked alone.
    fn hand_over<'c>(
        &'c self,
        application: &'c str,
        token: &'c str,
        file: (&'c str, &'c Content),
    ) -> BoxFuture<'c, Result<(), CallError>>;

    /// Writes to one person.
    fn direct<'c>(&'c self, user: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>>;

    /// Posts a file, by its name, in a channel.
    fn upload<'c>(&'c self, channel: &'c str, file: (&'c str, &'c Content)) -> BoxFuture<'c, Result<(), CallError>>;

    /// A message as Discord tells it; `None` where there is none.
    fn message<'c>(&'c self, channel: &'c str, message: &'c str) -> BoxFuture<'c, Result<Option<Value>, CallError>>;

    /// Who an account belongs to; `None` where Discord knows nobody.
    fn profile<'c>(&'c self, account: &'c str) -> BoxFuture<'c, Result<Option<Profile>, CallError>>;

    /// What a channel is; `None` where it cannot be seen.
    fn channel<'c>(&'c self, id: &'c str) -> BoxFuture<'c, Result<Option<Channel>, CallError>>;

    /// The ids and names of all roles of the guild.
    fn roles(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, CallError>>;
}

/// How many messages one answer may have. Discord sets no number; a person reads no more.
const PAGES: usize = 5;
/// Only whoever asked sees it.
///
/// Source: <https://discord.com/developers/docs/resources/message#message-object-message-flags>.
pub(super) const EPHEMERAL: u64 = 1 << 6;

/// What an answer takes, in its order.
pub fn steps(answer: Answer) -> Vec<Step> {
    match answer {
        Answer::Text(text) => vec![Step::Say(pages(&text))],
        Answer::Document { name, title, content, for_room, link } => {
            vec![Step::Upload { name, title, content, for_room, link }]
        }
        Answer::Form(form) => vec![Step::Open(form)],
        Answer::Invalid { field, message } => vec![Step::Say(vec![text::inert(&format!("{field}: {message}"))])],
        Answer::Options(_) => Vec::new(),
        Answer::Nothing => vec![Step::Say(vec!["Done.".to_owned()])],
    }
}

/// A message that only whoever asked sees, and that calls nobody.
pub(super) fn ephemeral(text: &str) -> Value {
    json!({ "content": text, "flags": EPHEMERAL, "allowed_mentions": { "parse": [] } })
}

fn pages(text: &str) -> Vec<String> {
    let mut pages = text::pages(text);
    if pages.len() > PAGES {
        let left_out = pages.len() - (PAGES - 1);
        pages.truncate(PAGES - 1);
        pages.push(format!("{left_out} more pages are left out; `/incident record export` gives the whole as a file."));
    }
    pages
}
