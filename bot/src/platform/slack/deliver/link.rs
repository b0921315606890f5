//! The link above a room that leads to its card, from where the timeline is a button away.

use std::time::Duration;

use tokio::time::timeout_at;

use super::{Turn, fail};
use crate::platform::slack::api::{ApiError, Lasting};

/// What stands on it.
const TITLE: &str = "Timeline";
/// When it is given up for this time, from the start of the attempt: the worker waits for 20 s, and the card is shown by
/// then.
const DONE_BY: Duration = Duration::from_secs(18);

impl Turn<'_> {
    /// Has the link lead to the card. Without it the card is a card nevertheless: while Slack does not answer, it is looked
    /// after again with the next version, and so it is by a process that does not know of it.
    pub(super) async fn link_card(&self, room: &str, ts: &str) {
        if self.notes.linked.holds(room, &ts.to_owned()) || !self.has_time() {
            return;
        }
        let is_first = self.notes.unlinked.take(room).is_some() && !self.again;
        let linked = timeout_at(self.began + DONE_BY, self.link(room, ts, is_first)).await;
        let linked = linked.unwrap_or(Err(ApiError::Unknown));
        if let Err(error) = &linked {
            tracing::warn!(room, %error, "the link to the card is not above its room");
        }
        if linked.map_or_else(|error| error.code().is_some_and(|code| !fail::is_of_token(code)), |()| true) {
            self.notes.linked.put(room.to_owned(), ts.to_owned());
        }
    }

    async fn link(&self, room: &str, ts: &str, is_first: bool) -> Result<(), ApiError> {
        let me = self.api.me().await?;
        let (mark, url) = (format!("/archives/{room}/p"), permalink(&me.url, room, ts));
        let link = Lasting { title: TITLE, url: &url, mark: &mark };
        if is_first {
            self.within(room, || self.api.bookmarks_add(room, link.title, link.url)).await.map(drop)
        } else {
            self.within(room, || self.api.bookmark_once(room, &link)).await
        }
    }
}

/// Where a message can be read that is in no thread, in the workspace of this URL.
///
/// Source: <https://docs.slack.dev/reference/methods/chat.getPermalink>, which costs a call for what can be built.
fn permalink(workspace: &str, room: &str, ts: &str) -> String {
    format!("{}/archives/{room}/p{}", workspace.trim_end_matches('/'), ts.replace('.', ""))
}
