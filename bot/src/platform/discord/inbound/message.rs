//! Messages as they stand in their channels.
//!
//! Source: <https://discord.com/developers/docs/resources/message#message-object>.

use firebell_core::file::Attached;
use serde_json::Value;

use crate::platform::discord::snowflake::time_of;
use crate::platform::incoming::Said;
use crate::platform::json::{at, list, owned};

/// A reply.
const REPLY: i64 = 19;

/// A message, its text still as Discord writes it, without its files.
pub fn said(message: &Value) -> Option<Said> {
    let id = owned(message, "/id")?;
    Some(Said {
        author: owned(message, "/author/id")?,
        sent_at: time_of(&id)?,
        text: content(message),
        parent: parent(message),
        files: files(message, &id),
        id,
    })
}

/// Where a message can be read.
///
/// Source: <https://discord.com/developers/docs/reference#message-formatting>, which Discord's own "Copy Message Link" makes.
pub fn permalink(guild: &str, channel: &str, message: &str) -> Option<String> {
    let plain = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    [guild, channel, message]
        .into_iter()
        .all(plain)
        .then(|| format!("https://discord.com/channels/{guild}/{channel}/{message}"))
}

/// What it answers.
fn parent(message: &Value) -> Option<String> {
    let is_reply = message.get("type").and_then(Value::as_i64) == Some(REPLY);
    owned(message, "/message_reference/message_id").filter(|_| is_reply)
}

/// The words. What has none of its own, as what apps post and what is passed on from another channel, is told by what is
/// shown.
pub(super) fn content(message: &Value) -> String {
    let mut lines: Vec<String> = owned(message, "/content").into_iter().collect();
    lines.extend(list(message, "/message_snapshots").iter().filter_map(|shot| owned(shot, "/message/content")));
    if lines.is_empty() {
        lines.extend(list(message, "/embeds").iter().filter_map(embedded));
    }
    lines.extend(
        list(message, "/sticker_items")
            .iter()
            .filter_map(|sticker| Some(format!("[sticker: {}]", at(sticker, "/name")?))),
    );
    lines.extend(owned(message, "/poll/question/text").map(|question| format!("[poll: {question}]")));
    lines.join("\n")
}

fn embedded(embed: &Value) -> Option<String> {
    let words: Vec<&str> = ["/title", "/description"].into_iter().filter_map(|place| at(embed, place)).collect();
    (!words.is_empty()).then(|| words.join("\n"))
}

/// The files. Discord's own address of a file is good for a day, so that they are named by where they can be asked for.
pub(super) fn files(message: &Value, id: &str) -> Vec<Attached> {
    let (guild, channel) = (at(message, "/guild_id"), at(message, "/channel_id"));
    let attached = |file: &Value| {
        Some(Attached {
            external_id: format!("{}/{id}/{}", channel?, at(file, "/id")?),
            name: at(file, "/filename").unwrap_or("without a name").to_owned(),
            media_type: owned(file, "/content_type"),
            size: file.get("size").and_then(Value::as_i64),
            permalink: guild.and_then(|guild| permalink(guild, channel?, id)),
        })
    };
    list(message, "/attachments").iter().filter_map(attached).collect()
}
