//! The tags of a forum's posts: by what an incident's status and severity are seen in the list.

use firebell_core::effect::Reference;
use serde_json::json;

use super::{Step, Turn};
use crate::platform::Labels;
use crate::platform::discord::api::{ApiError, Tag, code};
use crate::platform::discord::text::clipped;

/// How many tags a forum can have, a post can have, and how long a tag's name can be
/// (<https://discord.com/developers/docs/resources/channel#forum-tag-object>).
const IN_FORUM: usize = 20;
const ON_POST: usize = 5;
const NAME: usize = 20;

impl Turn<'_> {
    /// Has a post's tags say how its incident stands; tags that other people put on it stay.
    pub(super) async fn tag(&self, room: &str, forum: &str, labels: &Labels) -> Step<Reference> {
        let there = self.tags_with(forum, labels).await?;
        let wanted = of_labels(&there, labels);
        let post = self.api.channel(room).await.map_err(|error| self.stop_in(room, error))?;
        let ours = |id: &String| there.iter().any(|tag| tag.id == *id && is_label(tag, &labels.all));
        let theirs = post.applied_tags.iter().filter(|id| !ours(id)).cloned();
        let applied: Vec<String> = wanted.into_iter().chain(theirs).take(ON_POST).collect();
        let same = applied.len() == post.applied_tags.len() && applied.iter().all(|id| post.applied_tags.contains(id));
        if !same {
            self.in_time()?;
            let change = json!({ "applied_tags": applied });
            let tagged = self.within(room, || self.api.modify_thread(room, &change)).await;
            tagged.map_err(|error| self.stop_in(room, error))?;
        }
        Ok(Reference::default())
    }

    /// The tags of the forum; those that are missing are made, as long as there is room for them.
    async fn tags_with(&self, forum: &str, labels: &Labels) -> Step<Vec<Tag>> {
        let known = self.notes.tags.get(forum).unwrap_or_default();
        if missing(&known, labels).is_empty() {
            return Ok(known);
        }
        let _held = self.notes.tagging.lock().await;
        let made = self.make_tags(forum, labels).await;
        let there = made.map_err(|error| match error {
            // Somebody else made one at the same moment.
            error if error.is(&[code::TAG_NAME_TWICE]) => self.put_off(chrono::TimeDelta::seconds(1)),
            error => self.stop_in(forum, error),
        })?;
        self.notes.tags.put(forum.to_owned(), there.clone());
        Ok(there)
    }

    async fn make_tags(&self, forum: &str, labels: &Labels) -> Result<Vec<Tag>, ApiError> {
        let there = self.api.channel(forum).await?.available_tags;
        let mut all = there.clone();
        all.extend(missing(&there, labels).into_iter().map(|name| Tag { name, ..Tag::default() }));
        all.truncate(IN_FORUM.max(there.len()));
        if all.len() == there.len() {
            return Ok(there);
        }
        self.api.modify_channel(forum, &json!({ "available_tags": all })).await?;
        Ok(self.api.channel(forum).await?.available_tags)
    }
}

/// The tags that say what the labels say, as far as they are there.
pub(super) fn of_labels(there: &[Tag], labels: &Labels) -> Vec<String> {
    let named = |label: &String| there.iter().find(|tag| is_label(tag, std::slice::from_ref(label)));
    labels.now.iter().filter_map(named).map(|tag| tag.id.clone()).collect()
}

fn missing(there: &[Tag], labels: &Labels) -> Vec<String> {
    let is_there = |label: &&String| there.iter().any(|tag| is_label(tag, std::slice::from_ref(*label)));
    labels.now.iter().filter(|label| !is_there(label)).map(|label| clipped(label, NAME)).collect()
}

fn is_label(tag: &Tag, labels: &[String]) -> bool {
    labels.iter().any(|label| clipped(label, NAME).to_lowercase() == tag.name.to_lowercase())
}
