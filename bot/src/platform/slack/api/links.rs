//! What stands above a channel beside its topic: pins and bookmarks.

use serde_json::{Value, json};
use slack_morphism::prelude::SlackApiPinsAddRequest;

use super::lenient::answer;
use super::{Api, ApiError, Method};

answer! {
    /// A link above a channel.
    pub struct Bookmark {
        pub id: String,
        pub title: String,
        pub link: String,
    }
}

answer! {
    struct Pins {
        items: Vec<Value>,
    }
}

answer! {
    struct Bookmarks {
        bookmarks: Vec<Bookmark>,
    }
}

answer! {
    pub(super) struct OneBookmark {
        bookmark: Bookmark,
    }
}

impl Api {
    /// Pins a message.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `already_pinned`.
    pub async fn pins_add(&self, channel: &str, ts: &str) -> Result<(), ApiError> {
        let request = SlackApiPinsAddRequest::new(channel.into(), ts.into());
        self.call::<_, Value>(Method::PinsAdd, Some(channel), &request).await.map(drop)
    }

    /// What is pinned in a channel, as Slack tells it: with `created` in seconds and `created_by`
    /// (<https://docs.slack.dev/reference/methods/pins.list>).
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn pins_list(&self, channel: &str) -> Result<Vec<Value>, ApiError> {
        let list: Pins = self.call(Method::PinsList, Some(channel), &[("channel", channel)]).await?;
        Ok(list.items)
    }

    /// The links above a channel.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn bookmarks(&self, channel: &str) -> Result<Vec<Bookmark>, ApiError> {
        let request = [("channel_id", channel)];
        let list: Bookmarks = self.call(Method::BookmarksList, Some(channel), &request).await?;
        Ok(list.bookmarks)
    }

    /// Adds a link above a channel.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn bookmarks_add(&self, channel: &str, title: &str, link: &str) -> Result<Bookmark, ApiError> {
        let request = json!({ "channel_id": channel, "title": title, "type": "link", "link": link });
        let added: OneBookmark = self.call(Method::BookmarksAdd, Some(channel), &request).await?;
        Ok(added.bookmark)
    }
}
