//! What stands above a room, and its end.

use firebell_core::effect::Reference;

use super::{Step, Turn};
use crate::platform::Link;

/// The longest topic and purpose, in characters.
const LINE_MAX: usize = 250;

impl Turn<'_> {
    /// Sets topic and purpose where they differ: each change is a line in the room. Of a room that was just made it is known
    /// that it has neither.
    pub(super) async fn describe(&self, room: &str, topic: &str, purpose: &str) -> Step<Reference> {
        let (topic, purpose) = (shortened(topic), shortened(purpose));
        let (topic_differs, purpose_differs) = if self.notes.undescribed.take(room).is_some() {
            (!topic.is_empty(), !purpose.is_empty())
        } else {
            let channel = self.api.channel(room).await.map_err(|error| self.stop(error))?;
            (plain(&channel.topic.value) != plain(&topic), plain(&channel.purpose.value) != plain(&purpose))
        };
        self.in_time()?;
        let set_topic =
            async { if topic_differs { self.within(room, || self.api.set_topic(room, &topic)).await } else { Ok(()) } };
        let set_purpose = async {
            if purpose_differs { self.within(room, || self.api.set_purpose(room, &purpose)).await } else { Ok(()) }
        };
        let (topic_set, purpose_set) = futures_util::future::join(set_topic, set_purpose).await;
        topic_set.and(purpose_set).map_err(|error| self.stop(error))?;
        Ok(Reference::default())
    }

    /// Adds the links that are not there; in a room that was just made there are none.
    pub(super) async fn bookmark(&self, room: &str, links: &[Link]) -> Step<Reference> {
        let there = if self.notes.without_links.take(room).is_some() {
            Vec::new()
        } else {
            self.within(room, || self.api.bookmarks(room)).await.map_err(|error| self.stop(error))?
        };
        let mut urls: Vec<&str> = there.iter().map(|bookmark| same_url(&bookmark.link)).collect();
        for link in links {
            if urls.contains(&same_url(&link.url)) {
                continue;
            }
            self.in_time()?;
            let add = || self.api.bookmarks_add(room, &link.title, &link.url);
            self.within(room, add).await.map_err(|error| self.stop(error))?;
            urls.push(same_url(&link.url));
        }
        Ok(Reference::default())
    }

    /// Archives a room. One that is gone is closed as well.
    pub(super) async fn close_room(&self, room: &str) -> Step<Reference> {
        let archived = self.within(room, || self.api.archive(room)).await;
        self.pardon(archived, &["already_archived", "is_archived", "channel_not_found"])?;
        Ok(Reference::default())
    }
}

/// At most 250 characters, without half an escape at its end.
fn shortened(text: &str) -> String {
    if text.chars().count() <= LINE_MAX {
        return text.to_owned();
    }
    let head: String = text.chars().take(LINE_MAX - 1).collect();
    let cut = head.rfind('&').filter(|at| !head[*at..].contains(';') && head.len() - at < "&quot;".len());
    format!("{}…", &head[..cut.unwrap_or(head.len())])
}

/// A line without what Slack does to it: escapes, and marks around links.
fn plain(line: &str) -> String {
    let line = line.trim().replace(['<', '>'], "");
    line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn same_url(url: &str) -> &str {
    url.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_and_no_escape_with_it() {
        let a = |count: usize| "a".repeat(count);
        let table = [
            (a(250), a(250)),
            (a(251), a(249) + "…"),
            (a(246) + "&amp;bcd", a(246) + "…"),
            (a(240) + "&amp;bcdefgh", a(240) + "&amp;bcde…"),
            (a(200) + " & " + &a(60), a(200) + " & " + &a(46) + "…"),
        ];
        for (text, line) in table {
            assert_eq!(shortened(&text), line, "{text}");
        }
    }

    #[test]
    fn what_slack_does_to_a_line_is_no_difference() {
        let table = [
            ("sev1 &amp; rising", "sev1 & rising"),
            ("see <https://x.example/a>", "see https://x.example/a"),
            ("a &lt;b&gt; &amp;lt;", "a <b> &lt;"),
        ];
        for (slacks, line) in table {
            assert_eq!(plain(slacks), line);
        }
    }
}
