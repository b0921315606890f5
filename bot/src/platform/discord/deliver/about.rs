//! What is said of a room besides what is said in it.

use firebell_core::effect::Reference;
use serde_json::{Value, json};

use super::{Step, Turn};
use crate::platform::discord::api::{Around, Mentions};
use crate::platform::discord::deliver::say::Saying;
use crate::platform::discord::deliver::spot::Spot;
use crate::platform::discord::text::clipped;
use crate::platform::{Labels, Link};

/// The longest topic of a channel, in characters.
const TOPIC: usize = 1_024;
/// The longest address and the longest text of a button, how many stand in a row, and how many rows there are
/// (<https://discord.com/developers/docs/components/reference#button>).
const URL: usize = 512;
const LABEL: usize = 80;
const ROW: usize = 5;
const BUTTONS: usize = 25;
/// How many of the newest messages are looked through for links that stand there.
const LOOKED_THROUGH: u8 = 100;

impl Turn<'_> {
    /// Has a channel's topic or a post's tags say how the incident stands. Other threads have neither.
    pub(super) async fn describe(&self, room: &str, topic: &str, labels: &Labels) -> Step<Reference> {
        match (self.spot(room).await?, self.settings.forum()) {
            (Spot::Channel { .. }, _) => self.set_topic(room, topic).await,
            (Spot::Post { .. }, Some(forum)) if self.settings.tags => self.tag(room, forum, labels).await,
            _ => Ok(Reference::default()),
        }
    }

    async fn set_topic(&self, room: &str, topic: &str) -> Step<Reference> {
        let topic = clipped(topic.trim(), TOPIC);
        if self.notes.undescribed.take(room).is_none() {
            let now = self.api.channel(room).await.map_err(|error| self.stop_in(room, error))?.topic;
            if now.trim() == topic {
                return Ok(Reference::default());
            }
        }
        self.in_time()?;
        let set = self.api.modify_channel(room, &json!({ "topic": topic })).await;
        set.map_err(|error| self.stop_in(room, error))?;
        Ok(Reference::default())
    }

    /// Shows links as buttons of a message, since nothing in Discord stands above a room. What is shown already is not shown
    /// again.
    pub(super) async fn show_links(&self, room: &str, links: &[Link]) -> Step<Reference> {
        let shown = if self.notes.without_links.take(room).is_some() && !self.again {
            Vec::new()
        } else {
            self.links_in(room).await?
        };
        let is_new = |link: &&Link| link.url.len() <= URL && !shown.iter().any(|url| same(url, &link.url));
        let new: Vec<&Link> = links.iter().filter(is_new).take(BUTTONS).collect();
        if new.is_empty() {
            return Ok(Reference::default());
        }
        let button =
            |link: &&Link| json!({ "type": 2, "style": 5, "label": clipped(&link.title, LABEL), "url": link.url });
        let row = |row: &[&Link]| json!({ "type": 1, "components": row.iter().map(button).collect::<Vec<_>>() });
        let components = new.chunks(ROW).map(row).collect();
        let saying = Saying { text: "Links of this incident:", components, mentions: Mentions::default() };
        let id = self.say_in(room, saying).await?;
        Ok(Reference { external_id: id, name: String::new() })
    }

    async fn links_in(&self, room: &str) -> Step<Vec<String>> {
        let me = &self.api.me().await.map_err(|error| self.stop(error))?.id;
        let newest = self.api.messages(room, Around::Newest, LOOKED_THROUGH).await;
        let newest = newest.map_err(|error| self.stop_in(room, error))?;
        let ours = newest.iter().filter(|message| message["author"]["id"] == me.as_str());
        let rows = ours.flat_map(|message| all(&message["components"])).flat_map(|row| all(&row["components"]));
        Ok(rows.filter_map(|button| button["url"].as_str().map(str::to_owned)).collect())
    }
}

fn all(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}
