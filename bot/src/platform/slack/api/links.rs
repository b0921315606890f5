//! What stands above a channel beside its topic: pins and bookmarks.

use serde_json::{Value, json};
use slack_morphism::prelude::SlackApiPinsAddRequest;

use super::{Api, ApiError, Method};
use crate::platform::lenient::answer;

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

/// A link that stands above a channel once, wherever it leads.
#[derive(Debug, Clone, Copy)]
pub struct Lasting<'l> {
    pub title: &'l str,
    pub url: &'l str,
    /// What is in each URL that it may have had before, by which it is told from people's own links of that title.
    pub mark: &'l str,
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

    /// Has a link above a channel lead elsewhere.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `bookmark_not_found`.
    pub async fn bookmarks_edit(&self, channel: &str, id: &str, link: &str) -> Result<(), ApiError> {
        let request = json!({ "channel_id": channel, "bookmark_id": id, "link": link });
        self.call::<_, Value>(Method::BookmarksEdit, Some(channel), &request).await.map(drop)
    }

    /// Has a link stand above a channel: the one that is there is edited, and never a second one added.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn bookmark_once(&self, channel: &str, link: &Lasting<'_>) -> Result<(), ApiError> {
        let there = self.bookmarks(channel).await?;
        if there.iter().any(|held| held.link == link.url) {
            return Ok(());
        }
        match there.iter().find(|held| held.title == link.title && held.link.contains(link.mark)) {
            Some(before) => self.bookmarks_edit(channel, &before.id, link.url).await,
            None => self.bookmarks_add(channel, link.title, link.url).await.map(drop),
        }
    }
}
