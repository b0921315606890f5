//! Answers to whoever asked, in the way that fits how they asked.

mod ack;
mod place;
mod say;
#[cfg(test)]
pub(super) mod tests;

use futures_util::future::BoxFuture;
use serde_json::Value;

pub use self::ack::{at_once, late, not_kept, not_kept_steps, unread};
pub use self::place::Place;
pub use self::say::{carry_out, say};
use super::blocks;
use super::text;
use crate::content::Content;
use crate::platform::incoming::{Answer, Profile};
use crate::platform::inlet::{CallError, Step};

/// What reading payloads and answering needs of the Web API. A message is an object with `text` and `blocks`.
pub trait Calls: Send + Sync {
    /// Posts to the address that came with a request: at most five times, for half an hour.
    ///
    /// Source: <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>.
    fn respond<'c>(&'c self, response_url: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>>;

    /// Opens a form; a trigger is good for three seconds.
    fn open_view<'c>(&'c self, trigger_id: &'c str, view: Value) -> BoxFuture<'c, Result<(), CallError>>;

    /// Shows a message to one person in a channel that both are in.
    fn ephemeral<'c>(&'c self, channel: &'c str, user: &'c str, message: Value)
    -> BoxFuture<'c, Result<(), CallError>>;

    /// Writes to one person.
    fn direct<'c>(&'c self, user: &'c str, message: Value) -> BoxFuture<'c, Result<(), CallError>>;

    /// Uploads a file to a channel, or to a person by the id of the account; where it can be read.
    fn upload<'c>(
        &'c self,
        channel_or_user: &'c str,
        name: &'c str,
        title: &'c str,
        content: &'c Content,
    ) -> BoxFuture<'c, Result<String, CallError>>;

    /// Has a link to a file stand above a channel under this title, in the place of the one before.
    fn link<'c>(&'c self, channel: &'c str, title: &'c str, url: &'c str) -> BoxFuture<'c, Result<(), CallError>>;

    /// A message as Slack tells it; `None` where there is none.
    fn message<'c>(
        &'c self,
        channel: &'c str,
        ts: &'c str,
        thread_ts: Option<&'c str>,
    ) -> BoxFuture<'c, Result<Option<Value>, CallError>>;

    /// Who an account belongs to; `None` where Slack knows nobody.
    fn profile<'c>(&'c self, account: &'c str) -> BoxFuture<'c, Result<Option<Profile>, CallError>>;

    /// The name of a channel without its sign; `None` where it cannot be seen.
    fn channel_name<'c>(&'c self, id: &'c str) -> BoxFuture<'c, Result<Option<String>, CallError>>;

    /// The ids and handles of all user groups, none where the app may not see them.
    fn groups(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, CallError>>;
}

/// How many messages one answer may have: the address of a request takes five.
const PAGES: usize = 5;

/// What an answer takes, in its order.
pub fn steps(answer: Answer) -> Vec<Step> {
    match answer {
        Answer::Text(text) => vec![Step::Say(pages(&text))],
        Answer::Document { name, title, content, for_room, link } => {
            let announced = format!("{} is being uploaded.", text::inert(&name));
            vec![Step::Say(vec![announced]), Step::Upload { name, title, content, for_room, link }]
        }
        Answer::Form(form) => vec![Step::Open(form)],
        Answer::Invalid { field, message } => vec![Step::Say(vec![text::inert(&format!("{field}: {message}"))])],
        Answer::Options(_) | Answer::Nothing => Vec::new(),
    }
}

fn pages(text: &str) -> Vec<String> {
    let mut pages = blocks::pages(text);
    if pages.len() > PAGES {
        let left_out = pages.len() - (PAGES - 1);
        pages.truncate(PAGES - 1);
        pages.push(format!("{left_out} more pages are left out; `/incident export` gives the whole as a file."));
    }
    pages
}
